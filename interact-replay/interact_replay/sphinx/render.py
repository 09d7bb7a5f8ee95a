"""A recording in a notebook's output → nodes, which `write` and `still` make into what stands on the page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from docutils import nodes
from myst_nb.core.render import MimeData, MimeRenderPlugin, NbElementRenderer
from sphinx.util import logging

from .. import MIME_TYPE
from ..page.html import alternatives, texts
from ..page.latex import FORMULA, typeset
from ..recording import VERSION, filled, messages
from ..svg import is_matplotlibs, make_tidy

_logger = logging.getLogger(__name__)

_THINNED = (
    ". Raise interact_max_states, interact_max_kilobytes or interact_max_seconds to have more, or set interact_strict to have "
    "such an interact stop the build"
)
_OTHER_VERSION = (
    "its recording has the format %s, and this version of the plug-in knows format %s alone; have the notebook executed again"
)


class interact(nodes.General, nodes.Element):
    """A recording. Children: its still, then every rich piece, then every text of `formulas`, rendered by Sphinx."""


class waiting(nodes.General, nodes.Element):
    """Controls whose output is displayed later, and which then stand above it."""


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
        place = (renderer.renderer.document["source"], data.line)
        if "waits" in recording:
            return [waiting("", number=recording["waits"])]
        if "outputs" in recording and recording.get("version") != VERSION:
            recording = {"still": recording["still"], "reason": _OTHER_VERSION % (recording.get("version"), VERSION)}
        still = _nodes(renderer, data, recording["still"])
        still["gathers"] = recording.get("gathers", [])
        for kind, text in messages(recording):
            if kind == "thinned":
                _logger.info("%s:%d: %s%s", *place, text, _THINNED)
                continue
            _logger.warning(
                f"%s. Add 'interact.{kind}' to suppress_warnings to leave it so.", text, location=place, type="interact", subtype=kind
            )
        if "outputs" not in recording:
            return [still]
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
    html = filled(html, alternatives(_alt(renderer, data)))
    still = nodes.container("", *renderer.render_image(data))
    return figure_inline("", still, html=f'<div class="interact-figure">{html}</div>')


def _alt(renderer: NbElementRenderer, data: MimeData) -> str:
    """The text alternative that the cell's metadata gives its figures."""
    options = renderer.renderer.get_cell_level_config("render_image_options", data.cell_metadata, line=data.line)
    return options.get("alt", "")


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
