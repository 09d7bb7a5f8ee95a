"""Il compito di un capitolo per nbgrader: le domande con i numeri estratti, una cella per ogni risposta, e le celle che la valutano.

`python -m schede.compito 5 CARTELLA --seme 7` prepara la cartella di un corso; chi insegna esegue `nbgrader` da lì.
"""

import argparse
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from . import fogli
from .capitolo import Chapter, chapter, simple
from .domande import Question, draw

POINTS = 2
CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "backpropagation"\n'
# Una risposta vale se è quella, a meno dell'arrotondamento; chi ne dà una di un'altra forma ha un messaggio, non un errore di NumPy.
CHECK = """\
### BEGIN HIDDEN TESTS
def flat(value):
    return [x for one in value for x in flat(one)] if isinstance(value, (list, tuple)) else [float(value)]


expected, found = flat({answer}), flat(getattr({name}, "tolist", lambda: {name})())
assert len(found) == len(expected), f"servono {{len(expected)}} numeri: ricevuti {{len(found)}}"
assert all(abs(a - b) < 1e-6 for a, b in zip(found, expected)), "la risposta non è quella"
### END HIDDEN TESTS"""


def assignment(chapter: Chapter, questions: list[Question]) -> nbformat.NotebookNode:
    """Il notebook di chi insegna: nbgrader ne toglie le risposte e le prove nascoste."""
    opening = (
        f"# Compito: {simple(chapter.title)}\n\n*{fogli.foot()}, capitolo {chapter.number}.*\n\nIn ogni cella il nome prende la risposta: "
        "un numero, oppure una lista di numeri nell'ordine della domanda. Una matrice è una lista di righe."
    )
    cells = [new_markdown_cell(opening)]
    for number, question in enumerate(questions, 1):
        name = f"risposta_{number}"
        solution = f"### BEGIN SOLUTION\n{name} = {question.answer!r}\n### END SOLUTION"
        cells.append(new_markdown_cell(f"## Domanda {number}\n\n{question.text}"))
        cells.append(_graded(new_code_cell(solution), name, solution=True))
        cells.append(_graded(new_code_cell(CHECK.format(name=name, answer=repr(question.answer))), f"prova_{number}", points=POINTS))
    for cell in cells:
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id", f"testo-{cells.index(cell)}").replace("_", "-")
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})


def _graded(cell: nbformat.NotebookNode, name: str, solution: bool = False, points: int = 0) -> nbformat.NotebookNode:
    """Una cella che nbgrader conosce: da riempire, oppure che dà punti."""
    cell.metadata.nbgrader = {
        "schema_version": 3,
        "cell_type": "code",
        "grade_id": name,
        "grade": bool(points),
        "solution": solution,
        "locked": bool(points),
        "task": False,
        **({"points": points} if points else {}),
    }
    return cell


def write(chapter: Chapter, seed: int, course: Path) -> Path:
    """Aggiunge il compito di un capitolo alla cartella di un corso, e la prepara se è nuova."""
    name = f"capitolo-{chapter.number:02}"
    target = course / "source" / name / f"{name}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    if not (course / "nbgrader_config.py").exists():
        (course / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    nbformat.write(assignment(chapter, draw(chapter.number, seed, "compito", 2)), target)
    return target


def main() -> None:
    """Prepara il compito di un capitolo."""
    parser = argparse.ArgumentParser(prog="schede.compito", description="Il compito di un capitolo, per nbgrader.")
    parser.add_argument("capitolo", type=int)
    parser.add_argument("cartella", type=Path)
    parser.add_argument("--seme", type=int, default=1)
    asked = parser.parse_args()
    try:
        print(write(chapter(asked.capitolo), asked.seme, asked.cartella))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
