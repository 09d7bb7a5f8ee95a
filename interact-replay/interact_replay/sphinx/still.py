"""What stands for a recording where nothing can be played: PDF, EPUB, text, a single page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.builders import Builder
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..page.latex import typeset
from ..page.strings import strings
from .render import figure_inline, interact


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
