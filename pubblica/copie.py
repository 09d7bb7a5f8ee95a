"""Copia i capitoli con ciò che sta loro accanto, pronti per essere aperti altrove: `python pubblica/copie.py CARTELLA`.

Ogni notebook riceve una prima cella che prepara l'ambiente. Sta solo nelle copie: nel libro non serve a chi legge, e un
capitolo importa soltanto NumPy, Matplotlib, ipywidgets e disegno. Le copie servono a JupyterLite e, con LIBRO_DEPOSITO e
LIBRO_VERSIONE, al ramo `quaderni`, da cui le aprono Colab, Binder e nbgitpuller.
"""

import os
import re
import shutil
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = ROOT / "chapters"
BESIDE = ["disegno.py", "libro.mplstyle", "dati/iris.csv"]

# In JupyterLite ipywidgets non è fra i pacchetti che Pyodide trova da sé; altrove c'è già.
INSTALL = "# Prepara l'ambiente, la prima volta.\n%pip install -q ipywidgets"
FETCH = """
from pathlib import Path
from urllib.request import urlretrieve

for name in {names}:
    if not Path(name).exists():
        Path(name).parent.mkdir(exist_ok=True)
        urlretrieve("{source}/" + name, name)"""


def first_cell(source: str = "") -> str:
    """Il codice che prepara l'ambiente; con un indirizzo prende di lì i file che mancano, come quando in Colab arriva il notebook da solo."""
    return INSTALL + (FETCH.format(names=BESIDE, source=source) if source else "")


def write(folder: Path, source: str = "") -> None:
    """Scrive le copie in una cartella, che prima viene svuotata."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in BESIDE:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHAPTERS / name, folder / name)
    for path in sorted(CHAPTERS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        cell = nbformat.v4.new_code_cell(first_cell(source), id="preparazione", metadata={"jupyter": {"source_hidden": True}})
        notebook.cells.insert(0, cell)
        nbformat.write(notebook, folder / path.name)
    # Per Binder: solo ciò che un capitolo importa, con le versioni del libro.
    pins = re.findall(r"^(?:numpy|matplotlib|ipywidgets)==.*", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    (folder / "requirements.txt").write_text("\n".join(pins) + "\n", encoding="utf-8")


if __name__ == "__main__":
    repository, version = os.environ.get("LIBRO_DEPOSITO"), os.environ.get("LIBRO_VERSIONE")
    if repository and not version:
        sys.exit("Con LIBRO_DEPOSITO serve LIBRO_VERSIONE: l'etichetta o il commit da cui prendere i file.")
    write(Path(sys.argv[1]), f"https://raw.githubusercontent.com/{repository}/{version}/chapters" if repository else "")
