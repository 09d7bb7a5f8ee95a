"""Domande ed esiti di disegno: ciò che si vede dice giusto o sbagliato con segno, parola e colore."""

import sys

import pytest
from bs4 import BeautifulSoup
from matplotlib import pyplot as plt
from notebook import ROOT

sys.path.insert(0, str(ROOT / "chapters"))
import disegno


def test_a_question_starts_unanswered():
    asked = disegno.scelta("Quanto vale?", {"1": None, "2": None})
    assert (asked.value, asked.description, asked.options) == (None, "Quanto vale?", ("1", "2"))


@pytest.mark.parametrize(("right", "sign", "color"), [(True, "✓ Giusto:", "verde"), (False, "✗ No:", "rosso")])
def test_a_verdict_has_sign_word_and_color(capsys, right, sign, color):
    """Dove c'è soltanto testo il segno e la parola restano; i caratteri di HTML si vedono come sono."""
    disegno.esito(right, "se x < -2, cross-entropy")
    assert capsys.readouterr().out == f"{sign} se x < −2, cross-entropy\n"
    said = BeautifulSoup(disegno._Esito(right, "a < b")._repr_html_(), "html.parser").p
    assert said.text == f"{sign} a < b" and said["role"] == "alert"
    assert said.strong.text == sign and f"var(--{color}," in said.strong["style"]


def test_without_an_answer_there_is_no_verdict(capsys):
    disegno.esito(None, "Scegli una risposta.")
    assert capsys.readouterr().out == "Scegli una risposta.\n"
    assert "alert" not in disegno._Esito(None, "Scegli.")._repr_html_()


@pytest.mark.parametrize(("answer", "said"), [(None, "Scegli una risposta."), ("a", "Segnato: vai a 3."), ("", "Segnato: vai a 3.")])
def test_before_the_verdict(capsys, answer, said):
    disegno.attesa(answer, "Segnato: vai a 3.")
    assert capsys.readouterr().out == f"{said}\n"


def test_a_wire_that_the_gradient_does_not_travel_is_dashed():
    figure, ax = plt.subplots()
    nodes = {name: (i, 0, name) for i, name in enumerate("abc")}
    disegno.grafo(ax, nodes, [("a", "b", "1", "0"), ("b", "c", "1", "2")], fermi=[("a", "b")])
    wires = next(part for part in ax.collections if len(part.get_linestyles()) == 2)
    assert [bool(dashes) for _, dashes in wires.get_linestyles()] == [True, False]
    with pytest.raises(ValueError, match="fermi"):
        disegno.grafo(ax, nodes, [], fermi=[("a", "c")])
    plt.close(figure)
