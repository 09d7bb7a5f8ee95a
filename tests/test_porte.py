"""Le porte del libro: JupyterLite, i notebook aperti da soli, i collegamenti a Colab e Binder."""

import functools
import http.server
import importlib.util
import re
import threading
from types import SimpleNamespace
from urllib.parse import urlsplit

import nbformat
import pytest
from nbclient import NotebookClient
from notebook import CHAPTERS, ROOT


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


copie = load(ROOT / "pubblica" / "copie.py")
libro = load(ROOT / "assets" / "estensione" / "libro.py")


@pytest.fixture
def chapters_server():
    """La cartella dei capitoli servita su questo computer, come il deposito la dà a Colab."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(ROOT / "chapters"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_un_notebook_da_solo_prende_cio_che_gli_serve(tmp_path, chapters_server):
    """Come in Colab: nella cartella c'è soltanto il notebook, e le celle arrivano fino ai dati."""
    copie.write(tmp_path / "copie", chapters_server)
    notebook = nbformat.read(next((tmp_path / "copie").glob("10-*.ipynb")), as_version=4)
    last = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and "iris.csv" in cell.source and i)
    notebook.cells = notebook.cells[: last + 1]
    alone = tmp_path / "da-solo"
    alone.mkdir()
    NotebookClient(notebook, kernel_name="python3", timeout=300, resources={"metadata": {"path": str(alone)}}).execute()
    assert {p.relative_to(alone).as_posix() for p in alone.rglob("*.*") if "__pycache__" not in p.parts} == set(copie.BESIDE)


def test_le_copie_sono_i_capitoli(tmp_path):
    """Una copia è il capitolo con una cella in più; accanto c'è tutto ciò che sta accanto ai capitoli."""
    copie.write(tmp_path / "copie")
    for path in CHAPTERS:
        original, copy = nbformat.read(path, as_version=4), nbformat.read(tmp_path / "copie" / path.name, as_version=4)
        assert copy.cells[1:] == original.cells
        assert "http" not in copy.cells[0].source
    beside = {p.relative_to(ROOT / "chapters").as_posix() for p in (ROOT / "chapters").rglob("*.*") if p.suffix in (".py", ".mplstyle", ".csv")}
    assert beside == set(copie.BESIDE)
    pins = (tmp_path / "copie" / "requirements.txt").read_text().split()
    assert [re.match("[a-z-]+", pin).group() for pin in pins] == ["numpy", "matplotlib", "ipywidgets", "jupyterlab-myst"]


def links(deposito, lite, suffix=".ipynb"):
    context = {"page_source_suffix": suffix, "pagename": "chapters/06-ottimizzazione", "sourcename": "chapters/06-ottimizzazione.ipynb"}
    return libro.tools(SimpleNamespace(deposito=deposito, lite=lite), context | {"pathto": lambda path, _: "../" + path})


def test_le_porte_compaiono_solo_se_si_aprono():
    assert [text for text, _, _ in links("", "")] == ["Scarica il notebook"]
    assert links("a/b", "altrove", ".md") == []
    found = {text: (url, note) for text, url, note in links("chi/libro", "cdn.jsdelivr.net")}
    assert found["Apri nel browser"] == ("../lite/lab/index.html?path=06-ottimizzazione.ipynb", "scarica Python da cdn.jsdelivr.net")
    assert found["Apri in Colab"][0] == "https://colab.research.google.com/github/chi/libro/blob/quaderni/06-ottimizzazione.ipynb"
    assert found["Apri in Binder"][0] == "https://mybinder.org/v2/gh/chi/libro/quaderni?urlpath=lab/tree/06-ottimizzazione.ipynb"


@pytest.mark.sito
def test_jupyterlite(page, addresses, site):
    """Dalla pagina di un capitolo si arriva allo stesso notebook, con i file accanto, in italiano, con ipywidgets a disposizione.

    Il kernel non parte: Pyodide arriva da un altro sito, e i controlli non ne chiedono niente.
    """
    strangers = []
    page.route(lambda url: not url.startswith(addresses["http"]), lambda route: (strangers.append(route.request.url), route.abort()))
    page.goto(f"{addresses['http']}/chapters/06-ottimizzazione.html")
    assert not strangers
    page.get_by_role("link", name="Apri nel browser").click()
    page.wait_for_selector(".jp-Notebook", timeout=60_000)
    page.get_by_role("heading", name="Ottimizzare: learning rate ed epoche").wait_for()
    page.get_by_text("Prepara l'ambiente").wait_for()
    page.locator(".jp-DirListing-headerItemText", has_text="Nome").wait_for()
    listed = page.locator(".jp-DirListing-itemText").all_inner_texts()
    assert {path.name for path in CHAPTERS} | {"dati", "disegno.py", "libro.mplstyle"} <= set(listed)
    assert {urlsplit(url).netloc for url in strangers} <= {"cdn.jsdelivr.net"}
    wheels = " ".join(path.name for path in (site / "lite" / "pypi").glob("*.whl"))
    assert all(name in wheels for name in ("comm-", "ipywidgets-", "jupyterlab_widgets-"))


@pytest.mark.sito
def test_da_disco_jupyterlite_non_si_offre(page, addresses):
    page.goto(f"{addresses['disco']}/chapters/06-ottimizzazione.html")
    assert page.get_by_role("link", name="Scarica il notebook").is_visible()
    assert not page.get_by_role("link", name="Apri nel browser").is_visible()


@pytest.mark.sito
@pytest.mark.parametrize("where", ["http", "disco"])
def test_una_figura_da_sola(page, addresses, where):
    """L'indirizzo che la pagina per chi insegna consiglia: una figura sola, larga quanto la finestra, con i cursori vivi."""
    page.set_viewport_size({"width": 900, "height": 700})
    page.goto(f"{addresses[where]}/chapters/08-softmax.html?solo=interact-1")
    figure = page.locator("#interact-1")
    figure.locator("input[type=range]:enabled").first.wait_for()
    assert figure.bounding_box()["width"] > 800
    assert not page.locator("h1, .testata, .piede, #interact-2").filter(visible=True).count()
    before = figure.inner_text()
    figure.get_by_role("slider").first.press("ArrowRight")
    page.wait_for_function("before => document.querySelector('#interact-1').innerText !== before", arg=before)
    assert not page.problems
