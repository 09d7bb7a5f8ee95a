"""I fogli di un capitolo: la scheda, le varianti, la verifica, in PDF e in notebook; per chi insegna, con le soluzioni."""

import copy
import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import copie
import nbformat
import numpy as np
from nbformat.v4 import new_code_cell, new_markdown_cell

from . import carta
from .capitolo import TEACHER, Chapter, Quiz, simple, useful
from .domande import Question, draw, math

TITLE = "Backpropagation, passo dopo passo"
BLANK = "# Scrivi qui la tua soluzione."
WORKING, RESULT, CHOICE = 4, 4, 2  # i punti di una verifica: il procedimento, il risultato, una risposta del quiz


@dataclass
class Item:
    """Una domanda di un foglio: il titolo, una nota accanto, il testo, le righe per scrivere e, per chi insegna, la soluzione."""

    title: str
    text: str
    lines: int
    note: str = ""
    solution: str = ""
    given: list[Any] = field(default_factory=list)  # le celle di codice che il libro mette sotto un esercizio

    @property
    def figure(self) -> str:
        """La figura che quelle celle disegnano, in SVG, com'è nel libro."""
        drawn = (output.get("data", {}).get("image/svg+xml", "") for cell in self.given for output in cell.outputs)
        return "".join(text[text.find("<svg") :] for text in drawn if text)


@dataclass
class Sheet:
    """Un foglio."""

    name: str
    kind: str
    items: list[Item]
    intro: str = ""
    teacher: bool = False
    cells: list[Any] = field(default_factory=list)  # di un notebook, le celle prima delle domande


def sheets(chapter: Chapter, seed: int) -> list[Sheet]:
    """Tutti i fogli di un capitolo con quel seme."""
    drills = [_item(f"Allenamento {n}", question) for n, question in enumerate(draw(chapter.number, 0, "allenamento"), 1)]
    given = _given(chapter)
    exercises = [
        Item(f"Esercizio {one.number}. {simple(one.title)}", simple(one.text), 3 + one.minutes // 2, one.effort, given=given[one.label])
        for one in chapter.exercises
    ]
    variants = [_item(f"Domanda {n}", question) for n, question in enumerate(draw(chapter.number, seed, "varianti", 2), 1)]
    found = _pair("scheda", "Scheda", [*drills, *exercises], "Le soluzioni degli esercizi sono nel libro; qui ci sono le risposte dell'allenamento.")
    found[0].cells = [_definitions(chapter), *(new_code_cell(cell.source) for cell in given[""])]
    found += _pair(f"varianti-{seed}", f"Varianti {seed}", variants)
    taken: set[str] = set()
    for version in "AB":
        questions = draw(chapter.number, seed, f"verifica {version}", taken=frozenset(taken))
        taken |= {question.text for question in questions}
        found += _test(chapter, seed, version, questions)
    return found


def _item(title: str, question: Question) -> Item:
    answer = math(question.answer)
    return Item(title, question.text, 4, solution=f"**Risposta:** {answer}\n\n{question.steps}")


def _pair(name: str, kind: str, items: list[Item], intro: str = "") -> list[Sheet]:
    """Un foglio per chi studia e lo stesso per chi insegna."""
    bare = [replace(one, solution="") for one in items]
    solved = [one for one in items if one.solution]
    return [Sheet(name, kind, bare), Sheet(f"{name}-soluzioni", f"{kind}: soluzioni per chi insegna", solved, intro, teacher=True)]


def _test(chapter: Chapter, seed: int, version: str, questions: list[Question]) -> list[Sheet]:
    """La verifica di trenta minuti, e la sua correzione con i punti."""
    rng = np.random.default_rng([seed, chapter.number, ord(version)])
    items, rows = [], []
    for number, question in enumerate(questions, 1):
        item = _item(f"Domanda {number}", question)
        item.note, item.lines = f"{WORKING + RESULT} punti", 6
        rows.append(f"| {number} | {math(question.answer)} | {WORKING} per il procedimento, {RESULT} per il risultato | {WORKING + RESULT} |")
        items.append(item)
    for number, quiz in enumerate(chapter.quizzes, len(questions) + 1):
        text, letter = _choices(quiz, rng)
        items.append(Item(f"Domanda {number}", text, 0, f"{CHOICE} punti", f"**Risposta:** {letter}. {quiz.choices[quiz.right]}"))
        rows.append(f"| {number} | {letter} | {CHOICE} se la risposta è quella, altrimenti 0 | {CHOICE} |")
    total = (WORKING + RESULT) * len(questions) + CHOICE * len(chapter.quizzes)
    rows.append(f"| | | **in tutto** | **{total}** |")
    grid = "\n".join(["| Domanda | Risposta | Criterio | Punti |", "| :-- | :-- | :-- | :-- |", *rows])
    grid += (
        f"\n\nChi sbaglia un conto ma procede bene ha i {WORKING} punti del procedimento. "
        "Il quiz è quello del libro, con le risposte in un altro ordine."
    )
    name, kind = f"verifica-{seed}{version}", f"Verifica {seed}{version}"
    student, teacher = _pair(name, kind, items, grid)
    student.intro = f"Trenta minuti, {total} punti. Nelle domande con le righe si scrive anche il procedimento; nelle altre si segna una risposta."
    teacher.name, teacher.kind = f"{name}-correzione", f"{kind}: correzione per chi insegna"
    return [student, teacher]


def _choices(quiz: Quiz, rng: np.random.Generator) -> tuple[str, str]:
    """Il testo di una domanda con le risposte in ordine sparso, e la lettera di quella giusta."""
    order = [list(quiz.choices)[i] for i in rng.permutation(len(quiz.choices))]
    lines = [f"- ☐ **{letter}.** {choice}" for letter, choice in zip("abcdef", order)]
    return "\n".join([quiz.text, "", *lines]), "abcdef"[order.index(quiz.right)]


def _definitions(chapter: Chapter) -> Any:
    """Una cella con ciò che il capitolo definisce prima degli esercizi."""
    parts = [useful(cell.source) for cell in chapter.before if cell.cell_type == "code"]
    code = "\n\n".join(["# Ciò che il capitolo ha definito.", *filter(None, parts)])
    return new_code_cell(code, metadata={"jupyter": {"source_hidden": True}, "cellView": "form"})


def _given(chapter: Chapter) -> dict[str, list[Any]]:
    """Le celle di codice che il libro mette sotto ogni esercizio, prima della soluzione; sotto "" quelle prima del primo."""
    found: dict[str, list[Any]] = {"": []}
    label, solution = "", False
    after = chapter.notebook.cells[len(chapter.before) - 1 :]
    for cell in after:
        if cell.cell_type == "code":
            if not solution and "def quiz_" not in cell.source and "interact" not in cell.source:
                found[label].append(cell)
            continue
        for line in cell.source.split("\n"):
            solution |= "{solution-start}" in line
            solution &= "{solution-end}" not in line
            if match := re.match(r":label: (es-\S+)$", line):
                label = match[1]
                found[label] = []
    return found


def notebook(chapter: Chapter, sheet: Sheet) -> Any:
    """Un foglio come notebook che basta a sé stesso."""
    book = nbformat.v4.new_notebook(metadata=copy.deepcopy(chapter.notebook.metadata))
    lines = [f"# {sheet.kind}: {chapter.title}" if not sheet.teacher else f"# {sheet.kind}", f"*{foot()}, capitolo {chapter.number}.*"]
    lines += [] if sheet.teacher else ["Nome: … Classe: … Data: …"]
    book.cells = [new_markdown_cell("\n\n".join([*lines, sheet.intro]).strip()), *sheet.cells]
    for item in sheet.items:
        note = f" ({item.note})" if item.note else ""
        book.cells.append(new_markdown_cell(f"## {item.title}{note}\n\n{item.text}"))
        if sheet.teacher:
            book.cells.append(new_markdown_cell(item.solution))
        else:
            book.cells += [new_code_cell(cell.source) for cell in item.given] or [new_code_cell(BLANK)]
    for number, cell in enumerate(book.cells):
        cell.id = f"{sheet.name}-{number}"[-64:]
    if sheet.cells:
        copie.complete(book)
    return nbformat.from_dict(book)


def foot() -> str:
    """Da dove viene il foglio: il libro, la licenza e, se si conosce, l'indirizzo."""
    address = os.environ.get("LIBRO_SITO", "")
    return " · ".join(filter(None, [TITLE, "CC BY 4.0", address]))


def paper(chapter: Chapter, sheet: Sheet) -> str:
    """Un foglio come pagina da stampare."""
    intro, *pieces = carta.html([sheet.intro, *(text for item in sheet.items for text in (item.title, item.text, item.solution))])
    body = [f"<header><p>Capitolo {chapter.number}. {chapter.title}</p><h1>{sheet.kind}</h1></header>"]
    if not sheet.teacher:
        body.append('<div class="chi"><span>Nome</span><span>Classe</span><span>Data</span></div>')
    body.append(intro)
    for item, title, text, solution in zip(sheet.items, pieces[::3], pieces[1::3], pieces[2::3]):
        note = f" <small>{item.note}</small>" if item.note else ""
        title = title.removeprefix("<p>").removesuffix("</p>\n")
        body.append(f'<section class="domanda"><h2>{title}{note}</h2>{text}{item.figure}</section>')
        if sheet.teacher:
            body.append(f'<div class="soluzione">{solution}</div>')
        elif item.lines:
            body.append(f'<div class="righe">{"<div class=riga></div>" * item.lines}</div>')
    return carta.page(f"{sheet.kind}, capitolo {chapter.number}", "\n".join(body))


def write(chapter: Chapter, seed: int, folder: Path) -> list[Path]:
    """Scrive i fogli di un capitolo nella sua cartella, e dice quali."""
    pages: dict[Path, str] = {}
    for sheet in sheets(chapter, seed):
        place = folder / chapter.path.stem / (TEACHER if sheet.teacher else "")
        place.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook(chapter, sheet), place / f"{sheet.name}.ipynb")
        pages[place / f"{sheet.name}.pdf"] = paper(chapter, sheet)
    carta.stampa(pages, foot())
    return list(pages)
