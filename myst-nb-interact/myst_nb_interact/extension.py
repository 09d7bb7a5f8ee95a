"""The Sphinx extension: options for the build kernel, files for the page."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.core.render import strip_ansi
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError, ExtensionError

from . import OPTIONS_VARIABLE, Options, __version__
from .cache import fingerprint
from .errors import ERROR_PREFIX
from .pool import available_cores
from .progress import Watch
from .render import ChooseStill, figure_inline, interact, visit_figure_html, visit_html

KERNEL = "myst-nb-interact"
_STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register options, node, transform and files."""
    app.setup_extension("myst_nb")
    for name, default in asdict(Options()).items():
        app.add_config_value(f"interact_{name}", default, "env")
    app.connect("config-inited", _configure)
    app.connect("doctree-read", _stop_if_dead)
    app.connect("builder-inited", _add_static_path)
    app.connect("html-page-context", _add_files)
    app.add_config_value("interact_inline_svg", False, "env")
    app.add_node(interact, html=(visit_html, None))
    app.add_node(figure_inline, html=(visit_figure_html, None))
    app.add_post_transform(ChooseStill)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def _configure(app: Sphinx, config: Config) -> None:
    """Choose the recording kernel and tell it the options."""
    try:
        options = asdict(Options(**{f.name: config[f"interact_{f.name}"] for f in fields(Options)}))
    except ValueError as error:
        raise ConfigError(f"interact_{error}") from None
    beside = Path(app.outdir).parent.resolve()
    if not config.nb_execution_cache_path:
        # MyST-NB keeps executed notebooks by their code alone; other options or libraries record otherwise.
        decisive = sorted(item for item in options.items() if item[0] not in ("cache", "processes"))
        libraries = sorted((library.name, library.version) for library in distributions())
        config.nb_execution_cache_path = str(beside / ".jupyter_cache" / fingerprint(decisive, libraries))
    # Where Sphinx reads several documents at once, each has its share of the cores.
    options["processes"] = options["processes"] or max(1, available_cores() // app.parallel)
    options["cache"] = options["cache"] or str(beside / ".interact_cache")
    os.environ[OPTIONS_VARIABLE] = json.dumps(options)
    watch = Watch(options["cache"])
    watch.start()
    app.connect("build-finished", lambda *_: watch.stop())
    config.nb_kernel_rgx_aliases = config.nb_kernel_rgx_aliases or {"python3?|ir?python.*": KERNEL}
    # Recording takes longer than the 30 seconds that MyST-NB gives a cell, and whoever mends a cell that cannot be
    # recorded needs to be told what is wrong, also where the first warning ends the build.
    for name, default in {"nb_execution_timeout": 3600, "nb_execution_show_tb": True}.items():
        if name not in config._raw_config:
            config[name] = default


def _stop_if_dead(app: Sphinx, doctree: nodes.document) -> None:
    """A cell that could not be recorded stops the build, whatever becomes of other failing cells."""
    execution = NbMetadataCollector.get_exec_data(app.env, app.env.docname) or {}
    traceback = strip_ansi(execution.get("traceback") or "")
    if ERROR_PREFIX in traceback:
        message = traceback.partition("CellExecutionError: ")[2] or traceback
        raise ExtensionError(f"{app.env.doc2path(app.env.docname)}: {message}")


def _add_static_path(app: Sphinx) -> None:
    if app.builder.format == "html":
        app.config.html_static_path.append(str(_STATIC))


def _add_files(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """The player, on pages that have something to play; the style of figures, where there are any."""
    if doctree is None:
        return
    if next(doctree.findall(interact), None) is not None:
        app.add_js_file("interact.js", loading_method="defer")
    if next(doctree.findall(lambda node: isinstance(node, (interact, figure_inline))), None) is not None:
        app.add_css_file("interact.css")
