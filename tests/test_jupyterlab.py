"""Ciò che fa chi legge in un JupyterLab vero: esegue il capitolo 6, cambia una riga, muove il cursore, guarda la figura."""

import json
import re
import shutil

import pytest
from browser import PATIENCE
from notebook import CHAPTERS, ROOT, cells, chapter
from playwright.sync_api import expect
from programs import jupyter_homes, jupyterlab

pytestmark = pytest.mark.sito
# Di fabbrica le celle lontane entrano nella pagina a poco a poco, e ne cambiano l'altezza mentre si clicca: qui ci sono tutte
# dall'inizio. E nessun avviso di novità, che verrebbe dalla rete, copre la pagina.
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}
CHAPTER_6 = next(path for path in CHAPTERS if path.name.startswith("06"))
# I numeri delle celle di codice, vuoti dove non ci sono: la pagina non li mostra dove il codice è nascosto.
COUNTS = "jupyterapp.shell.currentWidget.content.widgets.filter(c => c.model.type === 'code').map(c => c.model.executionCount)"
EDITED = "source => jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.getSource() === source"


@pytest.fixture
def lab(tmp_path):
    """L'indirizzo di un JupyterLab aperto su una copia dei capitoli, senza le impostazioni di chi esegue i controlli.

    Sono quelle di fabbrica, tranne SETTINGS.
    """
    shutil.copytree(ROOT / "chapters", tmp_path / "chapters")
    overrides = tmp_path / "jupyter_config_dir" / "labconfig" / "default_setting_overrides.json"
    overrides.parent.mkdir(parents=True)
    overrides.write_text(json.dumps(SETTINGS))
    with jupyterlab(tmp_path / "chapters", jupyter_homes(tmp_path), "--expose-app-in-browser") as address:
        yield address


def choose(page, menu, item):
    """Sceglie una voce da un menu."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def test_chi_legge_cambia_una_riga_e_il_cursore_la_segue(page, lab):
    page.goto(f"{lab}lab/tree/{CHAPTER_6.name}")
    page.get_by_role("heading", name="Ottimizzare: learning rate ed epoche").wait_for()
    # Prima che il kernel risponda, eseguire tutto cancellerebbe soltanto i risultati.
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    # I numeri e i risultati salvati sembrerebbero quelli nuovi: si parte senza, e alla fine ogni cella ha il suo.
    choose(page, "Edit", "Clear Outputs of All Cells")
    page.wait_for_function(f"{COUNTS}.every(count => count === null)")
    choose(page, "Run", "Run All Cells")
    page.wait_for_function(f"{COUNTS}.every(count => count !== null)", timeout=300_000)
    assert not page.locator(".jp-OutputArea-output[data-mime-type*=error]").count()

    source = next(cell.source for cell in cells(CHAPTER_6) if "def watch_descent" in cell.source)
    old = "    history = descend(x, w, b, learning_rate, epochs, target=2.0)"
    new = old.replace("2.0", "3.0")
    assert source.count(old) == 1
    cell = page.locator(".jp-CodeCell", has_text="def watch_descent")
    cell.locator(".cm-line", has_text=old.strip()).click()
    editor = cell.locator(".cm-content")  # press gli ridà il fuoco: fuori da qui ogni tasto sarebbe un comando di JupyterLab
    expect(editor).to_be_focused(timeout=PATIENCE)
    editor.press("Home")
    editor.press("Shift+End")
    page.wait_for_function("line => getSelection().toString() === line", arg=old.strip())
    page.keyboard.insert_text(new.strip())  # in un colpo solo: nessun aiuto alla scrittura può metterci del suo
    page.wait_for_function(EDITED, arg=source.replace(old, new))
    prompt = cell.locator(".jp-InputArea-prompt")
    before = prompt.inner_text()
    editor.press("Control+Enter")
    # Il numero torna, nuovo, quando la cella ha finito: prima sotto può esserci ancora il risultato vecchio.
    expect(prompt).not_to_have_text(before, timeout=PATIENCE)
    expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=PATIENCE)

    c = chapter(6)
    pictures = set()
    for epochs in range(3):  # uno scatto alla volta: al secondo il cursore deve essere tornato dal kernel
        text = cell.locator(".jp-OutputArea-output", has_text=f"Dopo {epochs} epoc").last.inner_text()
        y, _, _ = c.descend(c.x, c.w, c.b, 0.02, epochs, target=3.0)[-1]
        assert f"{y:.3f}" == re.search(r"z = ([\d.]+)", text).group(1)
        # La figura precede il testo, ma si disegna per conto suo.
        picture = cell.locator(".jp-OutputArea-output svg, .jp-OutputArea-output img").last
        pictures.add(picture.evaluate("e => e.src || e.outerHTML"))
        handle = cell.get_by_role("slider").nth(1)
        handle.focus()
        handle.press("ArrowRight")
    assert len(pictures) == 3
