"""Quanto c'è da leggere in ogni capitolo, e in quanti minuti: `python pubblica/conta.py [versione di git]`.

Si conta ciò che la pagina mostra senza aprire niente: non i riquadri chiusi, non le soluzioni, non il codice nascosto.
Una formula nella riga vale una parola, una in mostra cinque. Con --scrivi i minuti vanno nei capitoli.
"""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9][0-9]-*.ipynb"))
# I percorsi della copertina, nell'ordine: prima di loro c'è il libro intero.
PATHS = [range(1, 15), range(1, 15), range(1, 7), [1, 2, 3, 4, 5, 14]]
HIDDEN = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
TIME = re.compile(r"\n*^\*\*Tempo:\*\* .*$", re.MULTILINE)


@dataclass
class Count:
    """Ciò che un capitolo chiede a chi legge."""

    words: int = 0
    lines: int = 0
    asserts: int = 0
    exercises: int = 0
    interactives: int = 0
    quizzes: int = 0

    @property
    def time(self) -> float:
        """150 parole al minuto, 7 minuti per esercizio, 3 per interattivo, uno per domanda."""
        return self.words / 150 + 7 * self.exercises + 3 * self.interactives + self.quizzes

    @property
    def minutes(self) -> int:
        """Il tempo, a cinque minuti a cinque."""
        return 5 * round(self.time / 5)


def unfolded(text: str) -> str:
    """Il testo senza i riquadri che si aprono."""
    kept, fence, closed = [], "", False
    lines = text.split("\n")
    for i, line in enumerate(lines):
        if not closed and (opening := re.match(r"(`{3,}|:{3,})\{", line)):
            options = lines[i + 1 : i + 4]
            closed = any(re.match(r":class:.*\bdropdown\b", option) for option in options)
            fence = opening[1]
        if not closed:
            kept.append(line)
        elif line.rstrip() == fence:
            closed = False
    return "\n".join(kept)


def words(text: str) -> int:
    """Le parole di un testo MyST."""
    text = TIME.sub("", text)
    text = re.sub(r"^(`{3,}|:{3,})\{(?:index|raw)\}.*?^\1\s*$", " ", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^(`{3,})\{math\}.*?^\1\s*$|\$\$.*?\$\$", " formula" * 5, text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"\$[^$]+\$", "formula", text)
    text = re.sub(r"^(?:`{3,}|:{3,})(?:\{[\w-]+\})?|^:\w[\w-]*:.*$|^\([\w-]+\)=$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\{[\w-]+\}`([^`<]*)[^`]*`|`[^`]*`|\]\([^)]*\)", lambda m: m[1] or " parola ", text)
    return sum(bool(re.search(r"\w", token)) for token in text.split())


def count(notebook: Any) -> Count:
    """Un capitolo, contato."""
    found, solution = Count(), False
    for cell in notebook.cells:
        if cell.cell_type == "code":
            quiz = "def quiz" in cell.source
            found.quizzes += quiz
            if not quiz and not solution:
                found.interactives += bool(re.search(r"\binteract(?:ive_output)?\(", cell.source))
            found.asserts += len(re.findall(r"^\s*assert\b", cell.source, re.MULTILINE))
            if not solution and not HIDDEN & set(cell.metadata.get("tags", [])):
                found.lines += sum(bool(line.strip()) for line in cell.source.split("\n"))
            continue
        shown = []
        for line in cell.source.split("\n"):
            solution |= "{solution-start}" in line
            shown += [] if solution else [line]
            solution &= "{solution-end}" not in line
        found.exercises += sum(bool(re.match(r"(?:`{3,}|:{3,})\{exercise\}", line)) for line in shown)
        found.words += words(unfolded("\n".join(shown)))
    return found


def sections(path: Path) -> list[int]:
    """I minuti di ogni sezione di un capitolo, almeno uno: una sezione comincia con il suo titolo e finisce prima del seguente."""
    parts: list[list[Any]] = [[]]
    for cell in nbformat.read(path, 4).cells if path.stem[:2].isdigit() else []:
        texts = re.split(r"^(?=## )", cell.source, flags=re.MULTILINE) if cell.cell_type == "markdown" else [cell.source]
        parts[-1].append(cell | {"source": texts[0]})
        parts += [[cell | {"source": text}] for text in texts[1:]]
    return [max(1, round(count(nbformat.from_dict({"cells": part})).time)) for part in parts[1:]]


def hours(text: str) -> str:
    """La copertina con le ore del libro e dei percorsi: la somma dei minuti che i capitoli dicono di sé."""
    minutes = [int(re.search(r"\*\*Tempo:\*\* circa (\d+)", path.read_text("utf-8"))[1]) for path in CHAPTERS]
    totals = iter([round(sum(minutes[n - 1] for n in path) / 60) for path in PATHS])
    return re.sub(r"(?<=\bCirca )\d+(?=\sore\b)", lambda _: str(next(totals)), text)


def timed(text: str, minutes: int) -> str:
    """L'inizio di un capitolo con i suoi minuti, in fondo al riquadro che dice che cosa contiene."""
    line = f"\n\n**Tempo:** circa {minutes} minuti, esercizi compresi.\n:::"
    return re.sub(r"\n:::$", line, TIME.sub("", text), count=1, flags=re.MULTILINE)


def table(titles: list[str], counts: list[Count]) -> str:
    """Una riga per capitolo, e la somma dei primi nove."""
    row = "{:>8} {:>7} {:>6} {:>7} {:>9} {:>11} {:>7}"
    text = [row.format("capitolo", "parole", "righe", "assert", "esercizi", "interattivi", "minuti")]
    for title, c in zip(titles, counts):
        text.append(row.format(title, c.words, c.lines, c.asserts, c.exercises, c.interactives, c.minutes))
    names = ("words", "lines", "asserts", "exercises", "interactives", "minutes")
    sums = [sum(getattr(c, name) for c in counts[:9]) for name in names]
    return "\n".join([*text, row.format("1-9", *sums)])


def at(revision: str) -> dict[str, Count]:
    """I capitoli di una versione di git."""
    git = ["git", "-C", str(CHAPTERS[0].parent)]
    names = subprocess.check_output([*git, "ls-tree", "--name-only", revision, "./"], text=True).split("\n")
    names = [name for name in names if name.endswith(".ipynb")]
    texts = [subprocess.check_output([*git, "show", f"{revision}:./{name}"], text=True) for name in names]
    return {name[:2]: count(nbformat.reads(text, 4)) for name, text in zip(names, texts)}


def write(path: Path) -> None:
    """Scrive i minuti di un capitolo, se non ci sono già."""
    notebook = nbformat.read(path, 4)
    opening = timed(notebook.cells[0].source, count(notebook).minutes)
    if opening != notebook.cells[0].source:
        notebook.cells[0].source = opening
        nbformat.write(notebook, path)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--scrivi"]:
        for path in map(Path, sys.argv[2:] or CHAPTERS):
            write(path)
        cover = ROOT / "index.md"
        cover.write_text(hours(cover.read_text("utf-8")), "utf-8")
    elif sys.argv[1:]:
        before = at(sys.argv[1])
        print(f"{sys.argv[1]}\n{table(list(before), list(before.values()))}\n")
    print(table([path.name[:2] for path in CHAPTERS], [count(nbformat.read(path, 4)) for path in CHAPTERS]))
