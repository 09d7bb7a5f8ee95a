"""A recording's node → the page's controls and default state, and the files that it is played from."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.writers.html5 import HTML5Translator

from ..page.html import Controls, calls, rendered, written
from ..page.strings import strings
from .render import figure_inline, interact


def recording_files(docname: str, recording: dict[str, Any]) -> list[str]:
    """A page's files of a recording, below the output folder: the recording, then the chunks of outputs that have several."""
    number = recording["number"]
    chunks = (
        f"{number}-{k}-{c}"
        for k, output in enumerate(recording["outputs"])
        if len(output["chunks"]) > 1
        for c in range(len(output["chunks"]))
    )
    return [f"_static/interact/{docname}/{name}.js" for name in (number, *chunks)]


def visit_html(self: HTML5Translator, node: interact) -> None:
    """Write the controls, the default state, and the recording's files."""
    recording, builder = node["recording"], cast(StandaloneHTMLBuilder, self.builder)
    pieces = iter([_html(self, child) for child in node.children[1:]])
    outputs = rendered(recording["outputs"], node["alt"], lambda *_: next(pieces))
    name = f"interact-{recording['number']}"
    files = recording_files(builder.current_docname, recording)
    arguments = [",".join(map(written, call)) for call in calls(outputs, recording)]
    # A browser, or a server between, may have kept the recording of an older build: its address and its key are others.
    version = sha256("".join(arguments).encode()).hexdigest()[:16]
    for file, texts in zip(files, arguments, strict=True):
        path = Path(builder.outdir, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'interactReplay("{name}-{version}",{texts})\n', encoding="utf-8")
    root = "../" * builder.get_target_uri(builder.current_docname).count("/")
    controls = Controls(recording, outputs, dict(zip(node["formulas"], pieces)), name, strings(builder.config.language))
    self.body.append(controls.figure(f"{name}-{version}", f' data-src="{root}{quote(files[0])}?v={version}"'))
    raise nodes.SkipNode


def visit_figure_html(self: HTML5Translator, node: figure_inline) -> None:
    """Write the figure."""
    self.body.append(node["html"])
    raise nodes.SkipNode


def _html(translator: HTML5Translator, node: nodes.Node) -> str:
    """What a node adds to the page."""
    body, translator.body = translator.body, []
    try:
        node.walkabout(translator)
        return "".join(translator.body)
    finally:
        translator.body = body
