"""The Sphinx extension: options for the build kernel, files for the page."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from . import OPTIONS_VARIABLE, Options, __version__
from .render import ChooseStill, interact, visit_html

KERNEL = "myst-nb-interact"
_STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register options, node, transform and files."""
    app.setup_extension("myst_nb")
    for name, default in asdict(Options()).items():
        app.add_config_value(f"interact_{name}", default, "env")
    app.connect("config-inited", _configure)
    app.connect("builder-inited", _add_static_path)
    app.connect("html-page-context", _add_files)
    app.add_node(interact, html=(visit_html, None))
    app.add_post_transform(ChooseStill)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def _configure(app: Sphinx, config: Config) -> None:
    """Choose the recording kernel, tell it the options, and let a failing cell stop the build."""
    options = {f.name: config[f"interact_{f.name}"] for f in fields(Options)}
    os.environ[OPTIONS_VARIABLE] = json.dumps(options)
    config.nb_kernel_rgx_aliases = config.nb_kernel_rgx_aliases or {"python3?|ir?python.*": KERNEL}
    # Recording takes longer than the 30 seconds that MyST-NB gives a cell, and a dead interactive is no page to publish.
    for name, default in {"nb_execution_timeout": 3600, "nb_execution_raise_on_error": True}.items():
        if name not in config._raw_config:
            config[name] = default


def _add_static_path(app: Sphinx) -> None:
    if app.builder.format == "html":
        app.config.html_static_path.append(str(_STATIC))


def _add_files(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """The player, on pages that have something to play."""
    if doctree is not None and next(doctree.findall(interact), None) is not None:
        app.add_css_file("interact.css")
        app.add_js_file("interact.js", loading_method="defer")
