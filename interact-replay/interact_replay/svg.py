"""Matplotlib's SVG → lines that can stand in an HTML page and repeat from state to state.

The file Matplotlib writes is a document of its own: with a prologue, a style sheet that would reach the whole page,
identifiers that would clash with the next figure's, coordinates of six decimals, and black on white. Here it becomes
an element of the page. It is read line by line, as Matplotlib writes it: drawings of others must not come here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from .image import url
from .recording import placeholder

SVG_ALT, IMG_ALT = placeholder(0), placeholder(1)
"""Where the text alternative of a figure goes, which only the page knows."""

Tidy = Callable[[str, str], list[str]]

_REFERENCE = re.compile(r'(url\(#|href="#)([^)"]+)')
_ID = re.compile(r' id="([^"]*)"')
_DROPPED = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>", re.DOTALL)
_DEFS = re.compile(r"<defs>(.*?)</defs>", re.DOTALL)
_ELEMENT = re.compile(r'<(\w+) id="[^"]*"(?:[^>]*/>|.*?</\1>)', re.DOTALL)
_COLLECTION = re.compile(r'(?<=["#])C[\da-f]+_(?=[\da-f]+_)')
"""The number of a collection in the figure; that of a mark and what it looks like follow."""
_BASE64 = re.compile(r'data:(image/\w+);base64,([^"]*)')
_STYLE = re.compile(r' ?style="([^"]*)"')
_LENGTHS = re.compile(r'(?:\b(?:x|y|[xy][12]|c[xy]|r|width|height|d|points)="|translate\()[^"()]*')
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_PATH = re.compile(r"[MLCQHVAmlcqhva] ?[-\d]")
# What CSS knows and SVG has no attribute for stays in `style`.
_NO_ATTRIBUTE = re.compile(r"font\s*:|mix-blend-mode|isolation")
_STYLE_SHEET = "*{stroke-linejoin: round; stroke-linecap: butt}"
"""The two rules that Matplotlib gives every drawing."""
# The paper of figure and axes, the frames of legends and texts, the cells of tables; the white of data stays white.
_PAPER = re.compile(r'(<g id="patch_\d+">\s*<path [^>]*style="fill: )#ffffff(?=[";])')
# What says values by colours has to keep them; Matplotlib writes no black, since it is SVG's default.
_FIELD = re.compile(r'(<g id="(?:QuadMesh|\w+ContourSet|PolyCollection)_\d+")')


def is_matplotlibs(svg: str) -> bool:
    """Whether Matplotlib has written this drawing."""
    return _STYLE_SHEET in svg


def make_tidy(digits: int | None, colors: Mapping[str, str]) -> Tidy:
    """A function (svg, prefix) → lines.

    `digits` is how many decimals of a coordinate (in points) to keep, None for all. `colors` maps colours as
    Matplotlib writes them ("#0067a5") to what the page shall use ("var(--blue)").
    """

    places = f".{digits}f"

    def shorten(match: re.Match[str]) -> str:
        text = format(float(match[0]), places)
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text

    def attributes(match: re.Match[str]) -> str:
        if _NO_ATTRIBUTE.search(match[1]):
            return match[0]
        pairs = (pair.partition(":") for pair in match[1].split(";") if pair.strip())
        last = {k.strip(): v.strip() for k, _, v in pairs}  # of what a style says twice, the last counts
        return "".join(f' {k}="{colors.get(v.lower(), v)}"' for k, v in last.items())

    @lru_cache(maxsize=100_000)
    def line(raw: str, prefix: str) -> str:
        text = raw.strip()
        if _PATH.match(text):  # most lines
            text = text if digits is None else _NUMBER.sub(shorten, text)
        elif text:
            text = _ID.sub(rf' id="{prefix}\1"', _REFERENCE.sub(rf"\g<1>{prefix}\g<2>", text))
            if text.startswith("<svg"):
                text = _root(text)
            if digits is not None:
                text = _LENGTHS.sub(lambda m: _NUMBER.sub(shorten, m[0]), text)
            text = _STYLE.sub(attributes, text)
        # Attributes that Matplotlib puts on lines of their own must not grow together.
        return text if text[:1] in '<"zMLCQ' else " " + text

    def tidy(svg: str, prefix: str) -> list[str]:
        svg = _DROPPED.sub("", svg[svg.index("<svg") :]).replace("xlink:href", "href")
        svg = _COLLECTION.sub("C", _BASE64.sub(_image, svg))
        svg = _PAPER.sub(r"\1var(--interact-paper, #fff)", svg)
        svg = _FIELD.sub(r'\1 fill="#000"', svg)
        used = {match[2] for match in _REFERENCE.finditer(svg)}
        svg = _ID.sub(lambda match: match[0] if match[1] in used else "", svg)
        definitions = {one for match in _DEFS.finditer(svg) for one in _each(match[1])}
        svg = _DEFS.sub("", svg)
        end_of_root = svg.index(">") + 1
        # Definitions come first, in a fixed order: which text is the first to need a letter changes with the state.
        ordered = sorted(definitions, key=lambda element: (_without_id(element), element))
        svg = "\n".join([svg[:end_of_root], "<defs>", *ordered, "</defs>", svg[end_of_root:]])
        return [text for raw in svg.splitlines() if (text := line(raw, prefix))]

    return tidy


def _each(definitions: str) -> list[str]:
    """The elements, one by one; how far in they stand makes no difference."""
    definitions = "\n".join(text.strip() for text in definitions.splitlines())
    found = [match[0] for match in _ELEMENT.finditer(definitions)]
    return [definitions.strip()] if _ELEMENT.sub("", definitions).strip() else found


def _without_id(element: str) -> str:
    """What it looks like; the identifiers that Matplotlib makes of it change with the last digit."""
    return _ID.sub("", element, count=1)


def _image(match: re.Match[str]) -> str:
    return url(match[1], "".join(match[2].split()))


def _root(text: str) -> str:
    """The opening tag: no namespaces (HTML knows them), the style sheet's two rules, black follows the text."""
    text = re.sub(r' (?:xmlns(?::\w+)?|version)="[^"]*"', "", text)
    return text.replace("<svg", f'<svg{SVG_ALT} fill="currentColor" stroke-linejoin="round" stroke-linecap="butt"', 1)
