"""Stampa in PDF il libro in una pagina sola, costruito da Sphinx con `singlehtml`: `python pubblica/stampa.py PAGINA PDF`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import browser
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

# Un titolo come si legge: una formula una volta sola, senza il rimando accanto.
TITLE = """
  const titleOf = (heading) => {
    const copy = heading.cloneNode(true);
    copy.querySelectorAll(".katex-mathml, .headerlink").forEach((e) => e.remove());
    return copy.textContent.replace(/\\s+/g, " ").trim();
  };"""
HEADINGS = "() => {" + TITLE + """
  return [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(titleOf);
}"""

# In ogni pagina il titolo del capitolo: Chromium non sa prenderlo dal testo, ma sa dare a ogni capitolo le pagine sue.
RUNNING = "() => {" + TITLE + """
  document.querySelectorAll("article h1").forEach((heading, k) => {
    const section = heading.closest("section");
    section.style.page = `capitolo${k}`;
    // Ciò a cui portano i collegamenti al capitolo sta prima: fuori, avrebbe una pagina per sé.
    if (section.previousElementSibling?.matches("span[id]")) section.prepend(section.previousElementSibling);
    document.head.append(Object.assign(document.createElement("style"), {
      textContent: `@page capitolo${k} { @top-center { content: ${JSON.stringify(titleOf(heading))}; } }`,
    }));
  });
}"""
# La pagina a cui porta ogni voce dell'indice e ogni rimando; tre zeri finché non si sa.
NUMBERS = """(pages) => document.querySelectorAll(".sommario a, a.rimando").forEach((link) => {
  const number = link.querySelector(".numero") ?? link.appendChild(document.createElement("span"));
  number.className = "numero";
  number.textContent = pages[decodeURIComponent(link.hash.slice(1))] ?? "000";
})"""


def stampa(source: Path, target: Path) -> None:
    """Apre la pagina in Chromium e la stampa, con i segnalibri e la struttura per i lettori di schermo.

    Due volte: la prima per sapere a quale pagina sta ciascuna cosa, la seconda per scriverlo.
    """
    with browser.avvia() as opened, browser.blank_page(opened) as page:
        page.goto(source.resolve().as_uri(), wait_until="load")
        page.evaluate("document.fonts.ready")
        headings, author = page.evaluate(HEADINGS), page.get_attribute("meta[name=author]", "content")
        page.evaluate(RUNNING)
        pages: dict[str, int] = {}
        for last in (False, True):
            page.evaluate(NUMBERS, pages)
            options = {"outline": True, "tagged": True} if last else {}
            page.pdf(path=target, prefer_css_page_size=True, print_background=True, **options)
            known, pages = pages, destinations(target)
    if known != pages:
        sys.exit("I numeri di pagina, scritti, hanno spostato il testo.")
    writer = PdfWriter(clone_from=target)
    bookmarks = list(walk(writer.root_object["/Outlines"]))
    if len(bookmarks) != len(headings):
        sys.exit(f"I segnalibri sono {len(bookmarks)}, i titoli {len(headings)}.")
    # Chromium unisce le parole a cavallo di due righe.
    for bookmark, heading in zip(bookmarks, headings):
        bookmark[NameObject("/Title")] = TextStringObject(heading)
    writer.add_metadata({"/Author": author})
    writer.write(str(target))


def destinations(path: Path) -> dict[str, int]:
    """La pagina di tutto ciò a cui porta un collegamento: la prima è la 1, e il nome è quello dell'indirizzo."""
    reader = PdfReader(path)
    return {
        unquote(name.removeprefix("/")): 1 + reader.get_destination_page_number(place) for name, place in reader.named_destinations.items()
    }


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
