"""Copia i capitoli con ciò che sta loro accanto, pronti per essere aperti altrove: `python pubblica/copie.py CARTELLA`.

Ogni notebook riceve una prima cella che prepara l'ambiente. Sta solo nelle copie: nel libro non serve a chi legge, e un
capitolo importa soltanto NumPy, Matplotlib, ipywidgets e disegno. Le copie servono a JupyterLite e, con LIBRO_DEPOSITO e
LIBRO_VERSIONE, al ramo `quaderni`, da cui le aprono Colab, Binder e nbgitpuller.
"""

import json
import os
import re
import shutil
import sys
from pathlib import Path

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
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cell = {"cell_type": "code", "id": "preparazione", "metadata": {"jupyter": {"source_hidden": True}}}
        notebook["cells"].insert(0, cell | {"execution_count": None, "outputs": [], "source": first_cell(source)})
        (folder / path.name).write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    # Per Binder: ciò che un capitolo importa e ciò che ne mostra il testo, con le versioni del libro.
    lines = [line for name in ("requirements.txt", "requirements-jupyter.txt") for line in (ROOT / name).read_text(encoding="utf-8").split("\n")]
    pins = [line for line in lines if re.match("(numpy|matplotlib|ipywidgets|jupyterlab-myst)==", line)]
    (folder / "requirements.txt").write_text("\n".join(pins) + "\n", encoding="utf-8")
    (folder / "runtime.txt").write_text("python-3.12\n", encoding="utf-8")


if __name__ == "__main__":
    repository, version = os.environ.get("LIBRO_DEPOSITO"), os.environ.get("LIBRO_VERSIONE")
    if repository and not version:
        sys.exit("Con LIBRO_DEPOSITO serve LIBRO_VERSIONE: l'etichetta o il commit da cui prendere i file.")
    write(Path(sys.argv[1]), f"https://raw.githubusercontent.com/{repository}/{version}/chapters" if repository else "")
