"""Ciò che la ricerca del sito sfoglia: le sezioni del libro, gli esercizi e i termini del glossario, con il loro testo.

Si leggono le pagine già scritte, dove numeri, rimandi e formule ci sono come li vede chi legge. L'indice lo fa il browser
alla prima ricerca (ricerca.js): pesa meno del testo che serve comunque per gli estratti, e chi indicizza e chi
cerca riducono le parole alla radice con lo stesso programma.
"""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
BLOCKS = {"aside", "blockquote", "br", "dd", "div", "dt", "figcaption", "h4", "li", "p", "pre", "summary", "td", "th", "tr"}
# Ciò che non si cerca: disegni, comandi, la seconda copia delle formule, codice nascosto, risultati; e le risposte agli esercizi.
UNREAD_TAGS = {"annotation", "button", "nav", "noscript", "script", "style", "svg"}
UNREAD = {"headerlink", "katex-html", "cell_output", "hide", "solution", "suggerimento", "strumenti"}
# Quanto conta trovare una parola qui, se altrove conta 1: chi studia cerca dove una cosa si spiega.
ROUTINE = dict.fromkeys(("Riprendiamo", "Allenamento", "Esercizi", "Quiz", "In cinque righe", "E adesso"), 0.6)
SERVICE = {"dettagli": 0.7, "insegnare": 0.3, "bibliografia": 0.5}


class Sections(HTMLParser):
    """Divide una pagina: ogni titolo, esercizio o termine comincia un pezzo, con l'indirizzo a cui si atterra."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        # Per ogni elemento aperto: nome, pezzo e parte in cui si scriveva, quanti figli.
        self.path: list[tuple[str, Any, str, list[str]]] = []
        self.ids: list[str] = []
        self.current: dict[str, Any] | None = None
        self.part = "text"
        self.unread = 0
        self.feed(re.sub("<svg.*?</svg>", "", page[page.index("<article>") : page.index("</article>")], flags=re.DOTALL))
        self.close()

    def begin(self, kind: str, anchor: str) -> None:
        """Comincia un pezzo."""
        self.current = {"kind": kind, "anchor": anchor, "title": "", "text": "", "forms": []}
        self.found.append(self.current)

    def write(self, text: str) -> None:
        """Aggiunge del testo al pezzo."""
        if self.current and not self.unread:
            if self.part == "form":
                self.current["forms"][-1] += text
            self.current["title" if self.part == "title" else "text"] += text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Un elemento si apre."""
        if tag in BLOCKS:
            self.write(" ")
        if tag in EMPTY:
            return
        given = dict(attrs)
        classes, anchor = set((given.get("class") or "").split()), given.get("id") or ""
        if self.path and self.path[-1][0] == "mfrac" and self.path[-1][3]:
            self.write("/")
        if self.path:
            self.path[-1][3].append(tag)
        self.path.append((tag, self.current, self.part, []))
        if self.unread or tag in UNREAD_TAGS or classes & UNREAD:
            self.unread += 1
        elif tag == "section":
            self.ids.append(anchor)
        elif tag in ("h1", "h2", "h3"):
            self.begin(tag, next(anchor for anchor in reversed(self.ids) if anchor))
            self.part = "title"
        elif "exercise" in classes:
            self.begin("exercise", anchor)
        elif tag == "dt" and anchor.startswith("term-"):
            self.begin("term", anchor)
            self.part = "title"
        elif "admonition-title" in classes and self.current["kind"] == "exercise" and not self.current["title"]:
            self.part = "title"
        elif tag == "em" and self.current["kind"] == "term" and ". " not in self.current["text"]:
            self.current["forms"].append("")
            self.part = "form"
        if "section-number" in classes and self.current["kind"] == "h1":
            self.write("Capitolo ")

    def handle_endtag(self, tag: str) -> None:
        """Un elemento si chiude: si torna dove si era. Dopo un titolo, invece, comincia il suo testo."""
        if tag in EMPTY:
            return
        name, current, part, _ = self.path.pop()
        assert name == tag, f"<{name}> si chiude con </{tag}>"
        if self.unread:
            self.unread -= 1
        else:
            self.part = part
            if tag == "section":
                self.ids.pop()
            if tag in ("section", "dl", "div"):
                self.current = current
        if tag in BLOCKS:
            self.write(" ")

    def handle_data(self, data: str) -> None:
        """Un pezzo di testo."""
        self.write(data)


def tidy(text: str) -> str:
    """Il testo con uno spazio solo fra le parole, senza i segni invisibili e senza spazi prima delle virgole."""
    return re.sub(r" ([,.;:])(?= |$)", r"\1", " ".join(re.sub("[\u2060-\u2064\u200b]", "", text).split()))


def order(app: Sphinx) -> list[str]:
    """Le pagine nell'ordine in cui si leggono."""
    found, todo = [], [app.config.root_doc]
    while todo:
        found.append(todo.pop(0))
        todo = app.env.toctree_includes.get(found[-1], []) + todo
    return found


def write(app: Sphinx) -> None:
    """Scrive le sezioni in uno script: da disco una pagina non può leggere altro."""
    pages, sections = [], []
    for name in order(app):
        found = Sections(Path(app.builder.get_outfilename(name)).read_text("utf-8")).found
        for piece in found:
            title = re.sub(r"^(\d+(?:\.\d+)+)\. ", r"\1 ", tidy(piece["title"]))
            weight = SERVICE.get(Path(name).name, 1) * ROUTINE.get(title.lstrip("0123456789. "), 1)
            sections.append([len(pages), piece["kind"], piece["anchor"], title, tidy(piece["text"]), weight, piece["forms"]])
        pages.append([app.builder.get_target_uri(name), tidy(found[0]["title"]) if found else ""])
    data = json.dumps({"pages": pages, "sections": sections}, ensure_ascii=False, separators=(",", ":"))
    Path(app.outdir, "_static", "sezioni.js").write_text(f"globalThis.sezioni = {data};\n", encoding="utf-8")
