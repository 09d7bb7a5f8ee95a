"""I minuti in testa a ogni capitolo sono quelli che si contano."""

import nbformat
import pytest
from conta import Count, count, timed
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook import CHAPTERS

CELLS = [
    "(cap-99)=\n# Un titolo\n\nDue parole, una {term}`loss` e $x^2$:\n\n$$\na + b\n$$",  # 2 + 4 + 1 + 1, e 5
    "```{admonition} Dimostrazione\n:class: dropdown dimostrazione\nNon si vede.\n```",
    "```{exercise} Primo\n:label: es-99-1\nScrivi `relu`.\n```\n\n```{solution-start} es-99-1\n```",  # 1 + 2
    "Nemmeno la soluzione.",
    "```{solution-end}\n```\n\nFine.",  # 1
]


def test_what_is_counted():
    """Ciò che si apre, le soluzioni e il codice nascosto non si contano; una formula in mostra vale cinque parole."""
    cells = [new_markdown_cell(text) for text in CELLS]
    cells.insert(4, new_code_cell("assert True"))
    cells.append(new_code_cell("x = 1\n\nassert x", metadata={"tags": ["hide-cell"]}))
    cells += [new_code_cell("print(x)\n\nprint(y)"), new_code_cell("@interact(x=3)\ndef show(x): ...")]
    cells.append(new_code_cell("@interact(x=3)\ndef quiz_1(x): ...", metadata={"tags": ["remove-input"]}))
    found = count(new_notebook(cells=cells))
    assert found == Count(words=17, lines=4, asserts=2, exercises=1, interactives=1, quizzes=1)
    assert Count(words=1500, exercises=4, interactives=3, quizzes=2).minutes == 50  # 10 + 28 + 9 + 2 = 49


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_minutes(path):
    notebook = nbformat.read(path, 4)
    opening = notebook.cells[0].source
    assert "**Tempo:** circa" in opening and timed(opening, count(notebook).minutes) == opening, "serve make conta"
