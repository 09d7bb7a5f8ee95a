"""A recording in a notebook's output → nodes → the page's controls and default state, and the file it is played from.

On HTML pages the node writes itself; everywhere else (PDF, EPUB, text) its still takes its place.
"""

from __future__ import annotations

import json
from hashlib import sha256
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote

from docutils import nodes
from myst_nb.core.render import MimeData, MimeRenderPlugin, NbElementRenderer
from sphinx.builders import Builder
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from .. import MIME_TYPE
from ..page.html import Controls, texts
from ..page.latex import FORMULA, typeset
from ..page.strings import strings
from ..recording import filled
from ..svg import is_matplotlibs, make_tidy

_logger = logging.getLogger(__name__)

_MESSAGES = {
    "omitted": "this interact is shown without a part of it: %s",
    "limited": "this interact does not offer all that Jupyter does: %s",
    "raised": "%s; these states show the error",
    "thinned": (
        "this interact is recorded with %s. Raise interact_max_states, interact_max_kilobytes or interact_max_seconds to "
        "have more, or set interact_strict to have such an interact stop the build"
    ),
}


class interact(nodes.General, nodes.Element):
    """A recording. Children: its still, then every rich piece, then every text of `formulas`, rendered by Sphinx."""


class figure_inline(nodes.General, nodes.Element):
    """A cell's SVG figure that stands in the page itself. Child: its still, as MyST-NB would have rendered it."""


class InteractRenderer(MimeRenderPlugin):
    """Called by MyST-NB for every output (entry point `myst_nb.mime_renderers`)."""

    mime_priority_overrides = [("*", MIME_TYPE, 1)]

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """A recording becomes an `interact` node, a figure an inline one if wished; anything else is not for us."""
        if inline:
            return None
        inline_svg = renderer.renderer.sphinx_env.config.interact_inline_svg
        if data.mime_type == "image/svg+xml" and inline_svg and is_matplotlibs(data.string):
            return [_figure(renderer, data)]
        if data.mime_type != MIME_TYPE:
            return None
        recording: dict[str, Any] = data.content
        still = _nodes(renderer, data, recording["still"])
        if "reason" in recording:
            _logger.warning(
                "this interact is shown as a still: %s. Add 'interact.still' to suppress_warnings to leave it so.",
                recording["reason"],
                location=(renderer.renderer.document["source"], data.line),
                type="interact",
                subtype="still",
            )
        if "outputs" not in recording:
            return [still]
        for kind, text in recording["messages"]:
            if kind == "thinned":
                _logger.info("%s:%d: %s", renderer.renderer.document["source"], data.line, _MESSAGES[kind] % text)
                continue
            _logger.warning(
                f"{_MESSAGES[kind]}. Add 'interact.{kind}' to suppress_warnings to leave it so.",
                text,
                location=(renderer.renderer.document["source"], data.line),
                type="interact",
                subtype=kind,
            )
        formulas = list(dict.fromkeys(filter(FORMULA.search, texts(recording))))
        node = interact("", still, recording=recording, alt=_alt(renderer, data), formulas=formulas)
        for mime_type, text in (rich for output in recording["outputs"] for chunk in output["chunks"] for rich in chunk["rich"]):
            output = {"output_type": "display_data", "data": {mime_type: text}, "metadata": {}}
            node += _nodes(renderer, data, [output])
        for text in formulas:
            node += nodes.inline("", "", *typeset(text, lambda html: nodes.raw("", html, format="html")))
        return [node]


def _figure(renderer: NbElementRenderer, data: MimeData) -> figure_inline:
    config = renderer.renderer.sphinx_env.config
    tidy = make_tidy(config.interact_svg_digits, config.interact_svg_colors)
    html = "".join(tidy(data.string, f"f{data.cell_index}-{data.output_index}-"))
    html = filled(html, _alts(_alt(renderer, data)))
    still = nodes.container("", *renderer.render_image(data))
    return figure_inline("", still, html=f'<div class="interact-figure">{html}</div>')


def _alt(renderer: NbElementRenderer, data: MimeData) -> str:
    """The text alternative that the cell's metadata gives its figures."""
    options = renderer.renderer.get_cell_level_config("render_image_options", data.cell_metadata, line=data.line)
    return options.get("alt", "")


def _alts(alt: str) -> list[str]:
    """The first two fillings: what the text alternative is in an SVG's tag and in an image's."""
    return [f' role="img" aria-label="{escape(alt)}"' if alt else "", f' alt="{escape(alt)}"']


def _nodes(renderer: NbElementRenderer, data: MimeData, outputs: list[dict[str, Any]]) -> nodes.container:
    """Outputs as MyST-NB itself renders those of a cell."""
    container = nodes.container(classes=["interact-rich"])
    token = SimpleNamespace(map=[data.line, data.line], meta={"index": data.cell_index, "metadata": data.cell_metadata})
    with renderer.renderer.current_node_context(container):
        renderer.renderer._render_nb_cell_code_outputs(token, [_namespace(o) for o in outputs])
    return container


def _namespace(output: dict[str, Any]) -> Any:
    from nbformat import from_dict

    return from_dict(output)


class ChooseStill(SphinxPostTransform):
    """Where the page cannot be alive, the still stands; where it can, it must not be copied along."""

    default_priority = 6  # after MyST-NB has chosen among MIME types

    def run(self, **kwargs: Any) -> None:
        """Run the transform."""
        plays = alive(self.env.app.builder)
        found: list[nodes.Element] = [*self.document.findall(interact), *self.document.findall(figure_inline)]
        for node in found:
            still = node.children[0]
            assert isinstance(still, nodes.Element)
            if plays:
                still.clear()
            elif isinstance(node, interact):
                node.replace_self(_still(node, still, _docname(node) or self.env.docname, self.config))
            else:
                node.replace_self(still.children)


def alive(builder: Builder) -> bool:
    """Whether its pages play recordings. In a single page names that are unique in a document are not."""
    return builder.format == "html" and builder.name not in ("epub", "singlehtml")


def _docname(node: nodes.Node) -> str | None:
    """The document that a node comes from, where a builder has joined several into one."""
    parent = node.parent
    while parent is not None and "docname" not in parent:  # Sphinx writes it on the sections that it joins
        parent = parent.parent
    return parent["docname"] if parent is not None else None


def _still(node: interact, still: nodes.Element, docname: str, config: Config) -> nodes.container:
    """A recording where it cannot be played: what there is to choose, the default state, where the live one is."""
    text = strings(config.language)
    lines, lists = [], []
    for control in node["recording"]["controls"]:
        labels, default = control["labels"], control["default"]
        if control["kind"] in ("radio", "buttons"):
            items = [nodes.list_item("", _paragraph(label)) for label in labels if label]
            lists += [_paragraph(control["description"]), nodes.bullet_list("", *items, bullet="-")]
        if labels[default]:
            value = text.get(labels[default], labels[default]) if control["kind"] == "checkbox" else labels[default]
            lines.append(f"{control['description'].rstrip(':')}: {value}")
    page = f"{_address(docname, config)}#interact-{node['recording']['number']}"
    where = nodes.reference("", page, refuri=config.html_baseurl + page) if config.html_baseurl else nodes.Text(page)
    return nodes.container(
        "",
        *lists,
        *([_paragraph(". ".join(lines), classes=["interact-values"])] if lines else []),
        *still.children,
        nodes.paragraph("", f"{text['live']} ", where, classes=["interact-live"]),
        classes=["interact-still"],
    )


def _paragraph(text: str, **attributes: Any) -> nodes.paragraph:
    return nodes.paragraph("", "", *typeset(text, nodes.Text), **attributes)


def _address(docname: str, config: Config) -> str:
    """Where the page is in the site, which another builder writes than this one."""
    if config.interact_dirhtml:
        return quote(docname.removesuffix("index") if f"/{docname}".endswith("/index") else f"{docname}/")
    suffix = config.html_file_suffix if config.html_link_suffix is None else config.html_link_suffix
    return quote(docname) + (".html" if suffix is None else suffix)


def recording_file(docname: str, number: int) -> str:
    """Where a page's recording is, below the output folder."""
    return f"_static/interact/{docname}/{number}.js"


def visit_html(self: HTML5Translator, node: interact) -> None:
    """Write the controls, the default state, and the recording's file."""
    recording, builder = node["recording"], cast(StandaloneHTMLBuilder, self.builder)
    rendered = iter([_html(self, child) for child in node.children[1:]])
    alts = _alts(node["alt"])
    outputs = [
        output | {"chunks": [chunk | {"rich": alts + [next(rendered) for _ in chunk["rich"]]} for chunk in output["chunks"]]}
        for output in recording["outputs"]
    ]
    payload = json.dumps(outputs, ensure_ascii=False, separators=(",", ":"))
    # Line separators end a JavaScript line inside JSON's strings in old engines; U+2028 and U+2029 must be escaped.
    payload = payload.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    # A browser, or a server between, may have kept the recording of an older build: its address and its key are others.
    version = sha256(payload.encode()).hexdigest()[:16]
    name = f"interact-{recording['number']}"
    file = recording_file(builder.current_docname, recording["number"])
    path = Path(builder.outdir, file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'interactReplay("{name}-{version}",{payload})\n', encoding="utf-8")
    root = "../" * builder.get_target_uri(builder.current_docname).count("/")
    text = strings(builder.config.language)
    controls = Controls(recording, outputs, dict(zip(node["formulas"], rendered)), name, text)
    self.body.append(
        f'<div class="interact" id="{name}" data-interact="{name}-{version}" data-src="{root}{quote(file)}?v={version}" '
        f"data-controls='{controls.public()}' data-failed=\"{escape(text['failed'])}\">"
        f'<noscript><p class="interact-notice">{escape(text["noscript"])}</p></noscript>'
        + controls.part(recording["layout"])
        + f'<button type="button" class="interact-reset" disabled>{escape(text["reset"])}</button>'
        '<p class="interact-notice" role="status" hidden></p></div>'
    )
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
