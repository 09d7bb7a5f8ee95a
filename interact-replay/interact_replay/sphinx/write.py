"""A recording's node → the page's controls and default state, and the files that it is played from."""

from __future__ import annotations

import json
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.writers.html5 import HTML5Translator

from ..page.html import Controls
from ..page.strings import strings
from .render import alternatives, figure_inline, interact


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
    rendered = iter([_html(self, child) for child in node.children[1:]])
    alts = alternatives(node["alt"])
    outputs = [
        output | {"chunks": [chunk | {"rich": alts + [next(rendered) for _ in chunk["rich"]]} for chunk in output["chunks"]]}
        for output in recording["outputs"]
    ]
    name = f"interact-{recording['number']}"
    files = recording_files(builder.current_docname, recording)
    calls = _calls(outputs, recording)
    # A browser, or a server between, may have kept the recording of an older build: its address and its key are others.
    version = sha256("".join(calls).encode()).hexdigest()[:16]
    for file, call in zip(files, calls, strict=True):
        path = Path(builder.outdir, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'interactReplay("{name}-{version}",{call})\n', encoding="utf-8")
    root = "../" * builder.get_target_uri(builder.current_docname).count("/")
    text = strings(builder.config.language)
    controls = Controls(recording, outputs, dict(zip(node["formulas"], rendered)), name, text)
    self.body.append(
        f'<div class="interact" id="{name}" data-interact="{name}-{version}" data-src="{root}{quote(files[0])}?v={version}" '
        f"data-controls='{controls.public()}' data-failed=\"{escape(text['failed'])}\" data-loading=\"{escape(text['loading'])}\">"
        f'<noscript><p class="interact-notice">{escape(text["noscript"])}</p></noscript>'
        f'{controls.html()}<button type="button" class="interact-reset" disabled>{escape(text["reset"])}</button>'
        '<p class="interact-notice" role="status" hidden></p></div>'
    )
    raise nodes.SkipNode


def _calls(outputs: list[dict[str, Any]], recording: dict[str, Any]) -> list[str]:
    """What each of the files passes to the player."""
    several = {k: output["chunks"] for k, output in enumerate(outputs) if len(output["chunks"]) > 1}
    there = [output | ({"chunks": [None] * len(several[k])} if k in several else {}) for k, output in enumerate(outputs)]
    main = {"outputs": there} | {key: recording[key] for key in ("reached", "sets") if key in recording}
    return [_json(main), *(f"{_json(chunk)},{k},{c}" for k, chunks in several.items() for c, chunk in enumerate(chunks))]


def _json(what: Any) -> str:
    text = json.dumps(what, ensure_ascii=False, separators=(",", ":"))
    # Line separators end a JavaScript line inside JSON's strings in old engines; U+2028 and U+2029 must be escaped.
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


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
