"""Ciò che fa chi legge in un JupyterLab vero: esegue il capitolo 6, cambia una riga, muove il cursore, guarda la figura."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from urllib.request import urlopen

import pytest
from notebook import CHAPTERS, ROOT, chapter
from playwright.sync_api import expect

pytestmark = pytest.mark.sito
# Le celle lontane non ci sono, e una che si accorcia può lasciare la pagina altrove:
# si scorre, dal fondo di nuovo all'inizio, finché non compare quella che contiene i testi cercati.
SCROLL = """texts => {
  if ([...document.querySelectorAll(".jp-CodeCell")].some((cell) => texts.every((text) => cell.textContent.includes(text)))) return true;
  const panel = document.querySelector(".jp-WindowedPanel-outer");
  const end = panel.scrollTop + panel.clientHeight >= panel.scrollHeight - 1;
  panel.scrollTop = end ? 0 : panel.scrollTop + 600;
}"""
CHAPTER_6 = next(path for path in CHAPTERS if path.name.startswith("06"))


@pytest.fixture
def lab(tmp_path):
    """L'indirizzo di un JupyterLab aperto su una copia dei capitoli, con le impostazioni di fabbrica."""
    shutil.copytree(ROOT / "chapters", tmp_path / "chapters")
    homes = {name: str(tmp_path / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0", "--IdentityProvider.token="]
    server = subprocess.Popen(command, cwd=tmp_path / "chapters", env=os.environ | homes, stderr=subprocess.PIPE, text=True)
    try:
        log = []
        for line in server.stderr:
            log.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                break
        else:
            raise AssertionError("".join(log))
        threading.Thread(target=server.stderr.read, daemon=True).start()  # nessuno legge il resto, e il server non si ferma
        # L'indirizzo lo scrive poco prima di rispondere.
        while server.poll() is None:
            with contextlib.suppress(OSError), urlopen(found[0]):
                break
            time.sleep(0.1)
        yield found[0]
    finally:
        server.terminate()
        server.wait()


def test_chi_legge_cambia_una_riga_e_il_cursore_la_segue(page, lab):
    page.goto(f"{lab}lab/tree/{CHAPTER_6.name}")
    page.get_by_role("heading", name="Ottimizzare: learning rate ed epoche").wait_for()
    # Prima che il kernel risponda l'indicatore sembra già fermo, ed eseguire tutto cancellerebbe soltanto i risultati.
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function("document.querySelector('.jp-Notebook-ExecutionIndicator').dataset.status === 'busy'")
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=300_000)
    assert not page.locator(".jp-OutputArea-output[data-mime-type*=error]").count()

    cell = page.locator(".jp-CodeCell", has_text="def watch_descent")
    page.wait_for_function(SCROLL, arg=["def watch_descent"], polling=100)
    line = cell.locator(".cm-line", has_text="history = descend(")
    line.click()
    editor = cell.locator(".cm-content")  # press gli ridà il fuoco: fuori da qui ogni tasto sarebbe un comando di JupyterLab
    editor.press("Home")
    editor.press("Shift+End")
    editor.press_sequentially(line.inner_text().strip().replace("target=2.0", "target=3.0"))
    expect(line).to_have_text(re.compile("target=3.0"), timeout=60_000)
    editor.press("Control+Enter")

    def shown(epochs):
        """Il testo sotto la figura quando parla di tante epoche, e la figura."""
        page.wait_for_function(SCROLL, arg=["target=3.0", f"Dopo {epochs} epoc"], polling=100)
        text = cell.locator(".jp-OutputArea-output", has_text=f"Dopo {epochs} epoc").last
        text.wait_for()
        return text.inner_text(), cell.locator(".jp-OutputArea-output svg, .jp-OutputArea-output img").last.evaluate("e => e.src || e.outerHTML")

    c = chapter(6)
    pictures = []
    for epochs in range(3):  # uno scatto alla volta: al secondo il cursore deve essere tornato dal kernel
        text, picture = shown(epochs)
        y, _, _ = c.descend(c.x, c.w, c.b, 0.02, epochs, target=3.0)[-1]
        assert f"{y:.3f}" == re.search(r"z = ([\d.]+)", text).group(1)
        pictures.append(picture)
        handle = cell.get_by_role("slider").nth(1)
        handle.focus()
        handle.press("ArrowRight")
    assert len(set(pictures)) == 3
