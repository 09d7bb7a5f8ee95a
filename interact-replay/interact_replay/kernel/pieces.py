"""A state's outputs → its HTML, cut where states are likely to differ."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any
from urllib.parse import quote

from ..image import url
from ..svg import IMG_ALT, Tidy, is_matplotlibs
from .capture import Outputs


class Rich(str):
    """A piece that Sphinx has to render: MIME type and text, as JSON."""


class Picture(str):
    """A piece that is an image of pixels with all of them, which may share most of them with those of other states."""


FIGURE = '<div class="interact-figure">'

_PRIORITY = (
    "text/html",
    "image/svg+xml",
    "image/webp",
    "image/png",
    "image/jpeg",
    "image/gif",
    "text/markdown",
    "text/latex",
    "text/plain",
)
_OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\n])")
"""What a progress bar has shown before it went back to the beginning of the line."""


def pieces(outputs: Outputs, tidy: Tidy, prefix: str) -> list[str]:
    """The HTML of a state's outputs; identifiers in figures begin with `prefix`."""
    result: list[str] = []
    for i, output in enumerate(outputs):
        if output["output_type"] == "stream":
            result += _text(output["text"], f"interact-text interact-{output['name']}")
        elif output["output_type"] == "error":
            result += _text("\n".join(output["traceback"]), "interact-text interact-stderr")
        else:
            result += _display(output["data"], output["metadata"], tidy, f"{prefix}{i}-")
    return result


def _display(data: dict[str, Any], metadata: dict[str, Any], tidy: Tidy, prefix: str) -> list[str]:
    mime_type = next((m for m in _PRIORITY if m in data), "")
    if not (content := data.get(mime_type)):
        return []
    if mime_type == "text/html":
        return ['<div class="interact-html">', *content.splitlines(keepends=True), "</div>"]
    if mime_type == "image/svg+xml":
        return [FIGURE, *(tidy(content, prefix) if is_matplotlibs(content) else _foreign(content)), "</div>"]
    if mime_type.startswith("image/"):
        size = "".join(f' {k}="{v}"' for k, v in metadata.get(mime_type, {}).items() if k in ("width", "height"))
        tag = f'<img{IMG_ALT}{size} decoding="sync" src="{url(mime_type, "".join(content.split()))}">'
        return [FIGURE, Picture(tag) if ' src="data:image/webp' in tag else tag, "</div>"]  # what is no WebP had better stay
    if mime_type == "text/plain":
        return _text(content, "interact-text")
    return [Rich(json.dumps([mime_type, content]))]


def _foreign(svg: str) -> list[str]:
    """Somebody else's drawing, with its own identifiers and style sheets: an image of its own, as MyST-NB shows it."""
    begin = svg.find("<svg")
    if begin < 0:
        raise ValueError(f"what says it is an image/svg+xml has no <svg> in it: {svg[:60]!r}")
    svg = svg[begin:]
    if "xmlns=" not in svg.partition(">")[0]:
        svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    lines = (quote(line, safe=" =:;,/()'*+!@$?-._~") for line in svg.splitlines(keepends=True))
    return [f'<img{IMG_ALT} decoding="sync" src="data:image/svg+xml,', *lines, '">']


def _text(text: str, classes: str) -> list[str]:
    if "\x1b[" in text:  # colours: Sphinx has a lexer for them
        return [Rich(json.dumps(["text/plain", text]))]
    text = _OVERWRITTEN.sub("", text.rstrip("\n").replace("\r\n", "\n"))
    return [f'<pre class="{classes}">', *re.findall(r"\S+|\s+", escape(text)), "</pre>"]


def without_names(found: list[str], prefix: str) -> str:
    """The HTML with its identifiers numbered: Matplotlib makes them of coordinates, last digits and all."""
    names: dict[str, str] = {}
    return re.sub(rf'(?<=[#"]){prefix}[\w-]+', lambda match: names.setdefault(match[0], str(len(names))), "".join(found))
