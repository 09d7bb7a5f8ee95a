"""Copia i capitoli, pronti per essere eseguiti altrove: `python pubblica/copie.py CARTELLA`.

Una copia basta a sé stessa: prima del suo codice ne ha altro, che scrive i file di cui il capitolo si serve. Nel libro non c'è,
perché lì quei file stanno accanto. Le copie si scaricano dal sito, una alla volta o tutte insieme; le aprono JupyterLite e, dal
ramo `quaderni`, Colab, Binder e nbgitpuller.
"""

import json
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = ROOT / "chapters"
BESIDE = ("disegno.py", "libro.mplstyle", "dati/iris.csv", "dati/cifre.csv")
# Ciò che un capitolo importa e ciò che ne mostra il testo, con le versioni del libro.
PACKAGES = ("numpy", "matplotlib", "ipywidgets", "jupyterlab", "jupyterlab-myst")
# Con questa riga comincia l'elenco dei pacchetti: dice anche che la cartella è una di queste, e che si può rifare.
MARK = "# Per eseguire i capitoli di «Backpropagation, passo dopo passo» (pubblica/copie.py)."

NOTE = """\
*Un capitolo di «Backpropagation, passo dopo passo». Sul proprio computer servono NumPy, Matplotlib e ipywidgets; JupyterLab ne \
mostra il testo come nel libro se c'è anche jupyterlab-myst:*

```
python -m pip install {packages}
```"""
# In JupyterLite ipywidgets non è fra i pacchetti che Pyodide trova da sé.
CODE = """\
# Scrive accanto al notebook i file di cui il capitolo si serve, se non ci sono già.
import sys
from pathlib import Path

if sys.platform == "emscripten":
    %pip install -q ipywidgets

for name, text in {{
{files}
}}.items():
    if not Path(name).exists():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")"""


def write(folder: Path) -> None:
    """Scrive le copie in una cartella nuova o vuota, oppure al posto di altre copie. FileExistsError se contiene altro."""
    packages = folder / "requirements.txt"
    if folder.exists() and any(folder.iterdir()):
        if not packages.is_file() or not packages.read_text(encoding="utf-8").startswith(MARK):
            raise FileExistsError(f"In {folder} non ci sono copie dei capitoli, ma altro: non la svuoto.")
        shutil.rmtree(folder)
    for name in BESIDE:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHAPTERS / name, folder / name)
    for path in sorted(CHAPTERS.glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if path.name[:2].isdigit():  # il progetto non si serve di niente, e la sua tabella la scrive da sé
            complete(notebook)
        (folder / path.name).write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    shutil.copy(ROOT / "pubblica" / "LEGGIMI.txt", folder)
    packages.write_text("\n".join([MARK, *pins()]) + "\n", encoding="utf-8")


def complete(notebook: dict) -> None:
    """Mette prima del codice di un notebook una nota e la cella che scrive i file di cui si serve."""
    cells = notebook["cells"]
    code = "".join(line for cell in cells if cell["cell_type"] == "code" for line in cell["source"])
    used = [name for name in BESIDE if not name.startswith("dati/") or name in code]
    files = "\n".join(f"\"{name}\": r'''{(CHAPTERS / name).read_text(encoding='utf-8')}'''," for name in used)
    note = {"cell_type": "markdown", "id": "per-eseguirlo", "metadata": {}, "source": NOTE.format(packages=" ".join(pins()))}
    # Chiusa in JupyterLab e, in Colab, come un modulo.
    hidden = {"jupyter": {"source_hidden": True}, "cellView": "form"}
    prepare = {"cell_type": "code", "id": "preparazione", "metadata": hidden, "execution_count": None, "outputs": []}
    first = next(i for i, cell in enumerate(cells) if cell["cell_type"] == "code")
    cells[first:first] = [note, prepare | {"source": CODE.format(files=files)}]


def pins() -> list[str]:
    """I pacchetti che servono per eseguire i capitoli, con le versioni che il libro fissa."""
    locked = (ROOT / "requirements-jupyter.txt").read_text(encoding="utf-8")
    return [re.search(rf"^{name}==[^ \n]+", locked, re.MULTILINE)[0] for name in PACKAGES]


if __name__ == "__main__":
    try:
        write(Path(sys.argv[1]))
    except FileExistsError as error:
        sys.exit(str(error))
