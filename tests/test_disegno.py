"""Domande ed esiti di disegno: ciò che si vede dice giusto o sbagliato con segno, parola e colore."""

import sys

import pytest
from bs4 import BeautifulSoup
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
