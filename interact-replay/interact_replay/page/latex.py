r"""LaTeX in a description, an option or a label (`$\alpha$`), which ipywidgets has MathJax set in Jupyter."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from docutils import nodes
from docutils.utils.math import latex2mathml, tex2unichar

# Prices are no formulas: "from $5 to $10".
FORMULA = re.compile(r"(\$\$.+?\$\$|\$(?!\s)[^$]+(?<!\s)\$(?!\d)|\\\(.+?\\\)|\\\[.+?\\\])", re.DOTALL)
_COMMAND = re.compile(r"\\([A-Za-z]+) ?")
_SIGNS = {
    **{name: name for name in latex2mathml.functions},
    **{name: sign for kind in ("alpha", "ord", "bin", "rel", "op") for name, sign in getattr(tex2unichar, f"math{kind}").items()},
}


def bare(formula: str) -> str:
    """Without its delimiters."""
    return formula.strip("$") if formula.startswith("$") else formula[2:-2]


def marked(text: str) -> str:
    """HTML in which the page's MathJax or KaTeX finds the formulas; where it has neither, a reader does."""
    return FORMULA.sub(lambda match: f'<span class="math">{_delimited(match[0])}</span>', text)


def _delimited(formula: str) -> str:
    return f"\\[{bare(formula)}\\]" if formula.startswith(("$$", r"\[")) else f"\\({bare(formula)}\\)"


def typeset(text: str, words: Callable[[str], nodes.Node]) -> list[nodes.Node]:
    """Its formulas as nodes that Sphinx sets as those of the document, and between them what `words` makes of the rest."""
    return [
        nodes.math(text=bare(unescape(part))) if i % 2 else words(part)
        for i, part in enumerate(FORMULA.split(text))
        if part
    ]


def plain(text: str) -> str:
    r"""The text where nothing can be set, as in a list: no dollars, and a sign for each command that has one."""

    def formula(match: re.Match[str]) -> str:
        return _COMMAND.sub(lambda command: _SIGNS.get(command[1], command[0]), bare(match[0]))

    return FORMULA.sub(formula, text)
