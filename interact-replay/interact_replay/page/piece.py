"""A recording → HTML in one piece, which is alive wherever the HTML of a notebook's output is shown.

Controls, default state, recording, style and player stand in it, so that it needs no other file; whoever publishes
notebooks but Sphinx shows it as it shows any `text/html`. What Sphinx would render is rendered here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from .html import Controls, calls, rendered, texts, written
from .latex import FORMULA, marked
from .strings import strings

_STATIC = Path(__file__).parent / "static"
_WIDGET = Path(__file__).with_name("anywidget.mjs")  # not in `static`, which Sphinx copies into every site
_ENDS = re.compile("<(?=/script|script|!--)", re.IGNORECASE)
"""What changes where a script ends."""
_ROOT_EM = re.compile(r"(?<=\d)rem\b")
"""What is of the size of the page's own letters: slides have larger ones than their root says, old themes a root of 10 pixels."""
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


def piece(recording: dict[str, Any], messages: Iterable[str] = ()) -> str:
    """As a page shows it, with what its author has to be told as comments; what has no controls needs no player."""
    comments = "".join(f"<!-- {text.replace('--', '- -')} -->\n" for text in messages)
    outputs = rendered(recording["outputs"], "", render)
    held = _ENDS.sub(r"\\u003c", written(calls(outputs, recording)))
    # Notebooks of which each has a first interact may come together on a page.
    name = f"interact-{sha256(held.encode()).hexdigest()[:12]}"
    formulas = {text: marked(text) for text in texts(recording) if FORMULA.search(text)}
    controls = Controls(recording, outputs, formulas, name, strings(None))
    style, element, player = _shared()
    if not recording["controls"]:
        return f'{comments}<div class="interact-piece">{style}{controls.html()}</div>'
    return (
        f'{comments}<div class="interact-piece" data-lm-suppress-shortcuts="true">{style}{controls.figure(name)}'
        f'<script type="application/json">{held}</script><{element}></{element}>{player}</div>'
    )


@cache
def _shared() -> tuple[str, str, str]:
    """What all pieces have: the style; an element, which the player brings to life; the player, for the first of them to run.

    The element's name tells the version: where pieces of several come together, each is played by its own.
    """
    style, player = ((_STATIC / f"interact-replay.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    style = _ROOT_EM.sub("em", style)
    element = f"interact-replay-{sha256((style + player).encode()).hexdigest()[:8]}"
    called = player.rstrip().removesuffix("();") + f'("{element}");'
    return f"<style>{style}</style>", element, f'<script>if (!customElements.get("{element}")) {{\n{called}\n}}</script>'


def module(html: str) -> str:
    """A piece as an ES module of the form that mystmd's directive `{anywidget}` imports."""
    return f"const html = {json.dumps(html)};\n{_WIDGET.read_text(encoding='utf-8')}"


def render(mime_type: str, text: str) -> str:
    """Markdown, LaTeX, or text with colours."""
    if mime_type == "text/markdown":
        return f'<div class="interact-rich">{_markdown(text)}</div>'
    if mime_type == "text/latex":
        return f'<div class="interact-rich math">{marked(escape(text, quote=False))}</div>'
    return f'<pre class="interact-text">{_coloured(text.rstrip())}</pre>'


def _markdown(text: str) -> str:
    # Here, since few notebooks need it and loading it takes time.
    from markdown_it import MarkdownIt
    from mdit_py_plugins.amsmath import amsmath_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    def formula(content: str, options: dict[str, Any]) -> str:
        return escape(rf"\[{content}\]" if options["display_mode"] else rf"\({content}\)", quote=False)

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    dollarmath_plugin(parser, allow_digits=False, allow_space=False, double_inline=True, renderer=formula)
    amsmath_plugin(parser, renderer=lambda content: escape(content, quote=False))
    return str(parser.render(text))


def _coloured(text: str) -> str:
    try:
        from nbconvert.filters.ansi import ansi2html
    except ImportError:
        return escape(_COLOUR.sub("", text), quote=False)
    return str(ansi2html(text))
