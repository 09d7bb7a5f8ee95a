"""Le porte del libro: JupyterLite, i notebook aperti da soli, i collegamenti a Colab e Binder."""

import importlib.metadata
import json
import shutil
import subprocess
import sys
from types import SimpleNamespace
from urllib.parse import urlsplit

import avviso
import copie
import libro
import nbformat
import pytest
from kernel import Kernel
from notebook import CHAPTERS, ROOT, cells
from packaging.requirements import Requirement

# Il kernel non parla con nessuno, se non con chi lo ha avviato.
ALONE = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "urllib.Request") and "127.0.0.1" not in str(arguments):
        raise ConnectionError(f"nessuno risponde: {event} {arguments}")

sys.addaudithook(refuse)
"""


def execute(path):
    """Esegue un notebook dove si trova, nel kernel di tutti e senza rete; un errore, anche dentro a un interact, ferma il controllo."""
    with Kernel(path.parent) as kernel:
        kernel.run(ALONE)
        for cell in cells(path):
            kernel.run(cell.source)
        assert kernel.models, "nessun interact si è aperto"


def test_le_copie_sono_i_capitoli(tmp_path):
    """Una copia è il capitolo con due celle in più; accanto c'è tutto ciò che sta accanto ai capitoli."""
    copie.write(tmp_path / "copie")
    for path in CHAPTERS:
        original, copy = nbformat.read(path, as_version=4), nbformat.read(tmp_path / "copie" / path.name, as_version=4)
        nbformat.validate(copy)
        added = [cell for cell in copy.cells if cell not in original.cells]
        assert [cell for cell in copy.cells if cell in original.cells] == original.cells
        assert [cell.cell_type for cell in added] == ["markdown", "code"]
        assert copy.cells[copy.cells.index(added[1]) + 1].source.startswith("import matplotlib")
    beside = {p.relative_to(ROOT / "chapters").as_posix() for p in (ROOT / "chapters").rglob("*.*") if p.suffix in (".py", ".mplstyle", ".csv")}
    assert beside == set(copie.BESIDE)


@pytest.mark.parametrize("there", [None, "appunti.txt", "requirements.txt"])
def test_le_copie_non_cancellano_altro(tmp_path, there):
    """Una cartella che non contiene copie dei capitoli resta com'è; le copie si rifanno."""
    if there:
        (tmp_path / there).write_text("numpy\n", encoding="utf-8")
        done = subprocess.run([sys.executable, ROOT / "pubblica" / "copie.py", tmp_path], capture_output=True, text=True, timeout=120)
        assert done.returncode == 1 and str(tmp_path) in done.stderr and "Traceback" not in done.stderr
        assert [path.name for path in tmp_path.iterdir()] == [there] and (tmp_path / there).read_text() == "numpy\n"
    else:
        copie.write(tmp_path)
        (tmp_path / "99-vecchio.ipynb").touch()
        copie.write(tmp_path)
        assert [path.name for path in sorted(tmp_path.glob("*.ipynb"))] == [*(path.name for path in CHAPTERS), "progetto.ipynb"]


def links(deposito, lite, suffix=".ipynb"):
    context = {"page_source_suffix": suffix, "pagename": "chapters/06-ottimizzazione"}
    return libro.tools(SimpleNamespace(deposito=deposito, lite=lite), context | {"pathto": lambda path, _: "../" + path})


def test_le_porte_compaiono_solo_se_si_aprono():
    assert [text for text, _, _ in links("", "")] == ["Scarica il notebook"]
    assert links("a/b", "altrove", ".md") == []
    found = {text: (url, note) for text, url, note in links("chi/libro", "cdn.jsdelivr.net")}
    assert found["Apri nel browser"] == ("../lite/notebooks/index.html?path=06-ottimizzazione.ipynb", "scarica Python da cdn.jsdelivr.net")
    assert found["Apri in Colab"][0] == "https://colab.research.google.com/github/chi/libro/blob/quaderni/06-ottimizzazione.ipynb"
    assert found["Apri in Binder"][0] == "https://mybinder.org/v2/gh/chi/libro/quaderni?urlpath=lab/tree/06-ottimizzazione.ipynb"


@pytest.mark.sito
def test_il_notebook_che_si_scarica_si_esegue_da_solo(page, addresses, tmp_path):
    """Il notebook che la pagina offre, solo in una cartella e senza rete: porta con sé disegno, stile e i dati che usa."""
    page.goto(f"{addresses['http']}/chapters/14-autodiff.html")
    with page.expect_download() as download:
        page.get_by_role("link", name="Scarica il notebook").click()
    path = tmp_path / download.value.suggested_filename
    assert path.name == "14-autodiff.ipynb"
    download.value.save_as(path)
    execute(path)
    carried = set(copie.BESIDE) - {"dati/cifre.csv"}  # le cifre sono di un altro capitolo
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*") if "__pycache__" not in p.parts} == {path.name, *carried}
    for name in carried:
        assert (tmp_path / name).read_bytes() == (ROOT / "chapters" / name).read_bytes()


@pytest.mark.sito
def test_l_archivio_basta_a_se_stesso(site, tmp_path):
    """Nell'archivio ci sono i capitoli, i file che usano, come si comincia e che cosa si installa, con le versioni del libro."""
    shutil.unpack_archive(site / "capitoli.zip", tmp_path)
    folder = tmp_path / "capitoli"
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*.*")}
    assert files == {"LEGGIMI.txt", "requirements.txt", *(path.name for path in CHAPTERS), "progetto.ipynb", *copie.BESIDE}
    pins = [Requirement(line) for line in (folder / "requirements.txt").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    assert [pin.name for pin in pins] == ["numpy", "matplotlib", "ipywidgets", "jupyterlab", "jupyterlab-myst"]
    assert all(str(pin.specifier) == f"=={importlib.metadata.version(pin.name)}" for pin in pins)
    assert "requirements.txt" in (folder / "LEGGIMI.txt").read_text(encoding="utf-8")
    execute(next(folder.glob("01-*.ipynb")))


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
    page.wait_for_selector(".jp-Notebook")
    page.get_by_role("heading", name="Ottimizzare: learning rate ed epoche").wait_for()
    page.get_by_role("emphasis").filter(has_text="Un capitolo di «Backpropagation, passo dopo passo».").wait_for()
    page.get_by_role("option", name="Grezzo").wait_for(state="attached")
    # Niente intorno: né l'elenco dei file né altre finestre. I file ci sono lo stesso.
    assert not page.locator(".jp-DirListing").count()
    listed = json.loads((site / "lite" / "api" / "contents" / "all.json").read_text(encoding="utf-8"))["content"]
    expected = {*(path.name for path in CHAPTERS), "progetto.ipynb", "dati", "disegno.py", "libro.mplstyle", "LEGGIMI.txt", "requirements.txt"}
    assert {entry["name"] for entry in listed} == expected
    # Python qui non arriva: lo si dice, e si dice che cosa fare.
    said = page.get_by_role("alert").filter(has_text="Python non arriva da cdn.jsdelivr.net")
    said.wait_for()
    assert "scaricare il notebook" in said.inner_text()
    assert {urlsplit(url).netloc for url in strangers} <= {"cdn.jsdelivr.net"}
    wheels = " ".join(path.name for path in (site / "lite" / "pypi").glob("*.whl"))
    assert all(name in wheels for name in ("comm-", "ipywidgets-", "jupyterlab_widgets-"))


def test_l_avviso_si_mette_una_volta_sola(tmp_path):
    """Anche dove c'era già; se la pagina non è più quella, lo si dice, e non si scrive niente."""
    schema = tmp_path / "extensions/@jupyterlite/pyodide-kernel-extension/static/schema/kernel.v0.schema.json"
    schema.parent.mkdir(parents=True)
    schema.write_text(json.dumps({"properties": {"pyodideUrl": {"default": "https://altrove.example/p.mjs"}}}))
    page = tmp_path / "notebooks" / "index.html"
    page.parent.mkdir()
    page.write_text("<head></head>")
    avviso.add(tmp_path)
    once = page.read_text(encoding="utf-8")
    avviso.add(tmp_path)
    assert page.read_text(encoding="utf-8") == once and once.count("https://altrove.example/p.mjs") == 1
    page.write_text("<body>")
    with pytest.raises(ValueError, match="JupyterLite è cambiato"):
        avviso.add(tmp_path)
    assert page.read_text() == "<body>"


@pytest.mark.sito
@pytest.mark.parametrize(("where", "width"), [("disco", 1200), ("http", 360)])
def test_jupyterlite_non_si_offre_da_disco_e_su_un_telefono(page, addresses, where, width):
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{addresses[where]}/chapters/06-ottimizzazione.html")
    assert page.get_by_role("link", name="Scarica il notebook").is_visible()
    assert not page.get_by_role("link", name="Apri nel browser").is_visible()


@pytest.mark.sito
@pytest.mark.parametrize("where", ["http", "disco"])
def test_una_figura_da_sola(page, addresses, where):
    """L'indirizzo che la pagina per chi insegna consiglia: una figura sola, larga quanto la finestra, con i cursori vivi."""
    page.set_viewport_size({"width": 900, "height": 700})
    page.goto(f"{addresses[where]}/chapters/08-softmax.html?solo=interact-2")
    figure = page.locator("#interact-2")
    figure.locator("input[type=range]:enabled").first.wait_for()
    assert figure.bounding_box()["width"] > 800
    assert not page.locator("h1:not(.interact-heading), .testata, .piede, #interact-1").filter(visible=True).count()
    before = figure.inner_text()
    figure.get_by_role("slider").first.press("ArrowRight")
    page.wait_for_function("before => document.querySelector('#interact-2').innerText !== before", arg=before)
    assert not page.problems
