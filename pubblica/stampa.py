"""Stampa in PDF il libro in una pagina sola, costruito da Sphinx con `singlehtml`: `python pubblica/stampa.py PAGINA PDF`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import browser
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

# I titoli come si leggono: una formula una volta sola, senza il rimando accanto.
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => {
  const copy = heading.cloneNode(true);
  copy.querySelectorAll(".katex-mathml, .headerlink").forEach((e) => e.remove());
  return copy.textContent.replace(/\\s+/g, " ").trim();
})"""


def stampa(source: Path, target: Path) -> None:
    """Apre la pagina in Chromium e la stampa, con i segnalibri e la struttura per i lettori di schermo."""
    with browser.avvia() as opened, browser.blank_page(opened) as page:
        page.goto(source.resolve().as_uri(), wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        headings, author = page.evaluate(HEADINGS), page.get_attribute("meta[name=author]", "content")
        page.pdf(path=target, prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
    writer = PdfWriter(clone_from=target)
    bookmarks = list(walk(writer.root_object["/Outlines"]))
    if len(bookmarks) != len(headings):
        sys.exit(f"I segnalibri sono {len(bookmarks)}, i titoli {len(headings)}.")
    # Chromium unisce le parole a cavallo di due righe.
    for bookmark, heading in zip(bookmarks, headings):
        bookmark[NameObject("/Title")] = TextStringObject(heading)
    writer.add_metadata({"/Author": author})
    writer.write(str(target))


def walk(parent: DictionaryObject) -> Iterator[DictionaryObject]:
    """I segnalibri sotto a uno, nell'ordine in cui si leggono."""
    item = parent.get("/First")
    while item is not None:
        item = item.get_object()
        yield item
        yield from walk(item)
        item = item.get("/Next")


if __name__ == "__main__":
    stampa(Path(sys.argv[1]), Path(sys.argv[2]))
