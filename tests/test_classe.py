"""Il giro di una classe con nbgrader: il compito, tre consegne, i punti. `make prova-classe`: serve la rete, la prima volta."""

import csv
import os
import subprocess

import nbformat
import pytest
from notebook import ROOT

NAME = "capitolo-05"


def make(target, course):
    """Un comando del Makefile, come lo scrive chi insegna."""
    command = ["make", "-C", str(ROOT), target, "CAPITOLO=05", "SEME=7", f"CORSO={course}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTHONPATH", "MAKE"))}
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr


def answers(book):
    return [cell for cell in book.cells if cell.metadata.get("nbgrader", {}).get("solution")]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Un corso con il compito pronto, e tre consegne: giusta, giusta a metà, con un errore."""
    course = tmp_path_factory.mktemp("corso")
    make("compito", course)
    right = answers(nbformat.read(course / "source" / NAME / f"{NAME}.ipynb", 4))
    for who, good in (("tutto", len(right)), ("metà", len(right) // 2), ("errore", 0)):
        book = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", 4)
        for number, (cell, done) in enumerate(zip(answers(book), right)):
            wrong = "1 / 0" if who == "errore" and not number else f"{cell.metadata.nbgrader.grade_id} = 'non so'" if who == "metà" else cell.source
            cell.source = done.source if number < good else wrong
        folder = course / "submitted" / who / NAME
        folder.mkdir(parents=True)
        nbformat.write(book, folder / f"{NAME}.ipynb")
    make("correggi", course)
    return course


def test_chi_studia_non_ha_le_risposte(course):
    source = (course / "source" / NAME / f"{NAME}.ipynb").read_text("utf-8")
    given = (course / "release" / NAME / f"{NAME}.ipynb").read_text("utf-8")
    assert "HIDDEN TESTS" in source and "expected" in source
    assert "HIDDEN TESTS" not in given and "expected" not in given


def test_i_punti_sono_giusti(course):
    with open(course / "voti.csv", encoding="utf-8") as file:
        points = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
    assert points == {"tutto": (12, 12), "metà": (6, 12), "errore": (0, 12)}
