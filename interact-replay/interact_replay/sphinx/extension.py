"""The Sphinx extension: options for the build kernel, files for the page."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, fields
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.core.render import strip_ansi
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError, ExtensionError
from sphinx.util import logging
from sphinx.util.matching import get_matching_files

from .. import MIME_TYPE, OPTIONS_VARIABLE, Options, __version__
from ..errors import ERROR_PREFIX
from ..kernel.cache import fingerprint
from ..kernel.pool import available_cores
from ..progress import Watch
from ..recording import VERSION
from .render import figure_inline, interact, waiting
from .still import ChooseStill, alive
from .write import recording_files, visit_figure_html, visit_html

KERNEL = "interact-replay"
_STATIC = Path(__file__).parents[1] / "page" / "static"
_ALWAYS = {"ipykernel", "ipython", "ipywidgets", "matplotlib", "matplotlib-inline", "numpy", "pillow"}
_LIBRARIES = {
    *("altair", "bokeh", "holoviews", "networkx", "pandas", "plotly", "polars", "scikit-learn", "scipy", "seaborn"),
    *("statsmodels", "sympy", "torch"),
}
"""What notebooks mostly reckon and draw with: another version of one that they name has all of them executed again."""
_BY_THE_WAY = ("cache", "processes")
"""Options that change no recording."""
_DRIVING = re.compile(r"interactive\(children=|\w*Box\(children=.*\b(?:interactive|Output)\(", re.DOTALL)
"""How ipywidgets writes a widget that drives a function."""

_logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register options, node, transform and files."""
    app.setup_extension("myst_nb")
    for name, default in asdict(Options()).items():
        app.add_config_value(f"interact_{name}", default, "" if name in _BY_THE_WAY else "env")
    app.add_config_value("interact_inline_svg", False, "env")
    app.add_config_value("interact_dirhtml", False, "")
    app.connect("config-inited", _configure)
    app.connect("source-read", _choose_kernel)
    app.connect("doctree-read", _stop_if_dead)
    app.connect("doctree-read", _gather)
    app.connect("env-updated", _unwritten)
    app.connect("builder-inited", _add_static_path)
    app.connect("html-page-context", _add_files)
    app.connect("build-finished", _sweep)
    app.add_node(interact, html=(visit_html, None))
    app.add_node(figure_inline, html=(visit_figure_html, None))
    app.add_post_transform(ChooseStill)
    return {"version": __version__, "env_version": VERSION, "parallel_read_safe": True, "parallel_write_safe": True}


def _configure(app: Sphinx, config: Config) -> None:
    """Choose the recording kernel and tell it the options."""
    try:
        options = asdict(Options(**{f.name: config[f"interact_{f.name}"] for f in fields(Options)}))
    except ValueError as error:
        raise ConfigError(f"interact_{error}") from None
    beside = Path(app.outdir).parent.resolve()
    if not config.nb_execution_cache_path:
        # MyST-NB keeps executed notebooks by their code alone; other options or libraries record otherwise.
        decisive = sorted(item for item in options.items() if item[0] not in _BY_THE_WAY)
        used = _ALWAYS | _named(app, config)
        libraries = sorted((library.name, library.version) for library in distributions() if library.name in used)
        config.nb_execution_cache_path = str(beside / ".jupyter_cache" / fingerprint(decisive, libraries))
    # Where Sphinx reads several documents at once, each has its share of the cores.
    options["processes"] = options["processes"] or max(1, available_cores() // app.parallel)
    options["cache"] = options["cache"] or str(beside / ".interact_cache")
    os.environ[OPTIONS_VARIABLE] = json.dumps(options)
    watch = Watch(options["cache"])
    watch.start()
    app.connect("build-finished", lambda *_: watch.stop())
    config.nb_kernel_rgx_aliases = {**config.nb_kernel_rgx_aliases, "python3?|ir?python.*": KERNEL}  # the first fits
    # Recording takes longer than the 30 seconds that MyST-NB gives a cell, and whoever mends a cell that cannot be
    # recorded needs to be told what is wrong, also where the first warning ends the build.
    for name, default in {"nb_execution_timeout": 3600, "nb_execution_show_tb": True}.items():
        if name not in config._raw_config:
            config[name] = default


def _named(app: Sphinx, config: Config) -> set[str]:
    """The libraries whose names stand in a notebook or in a module beside it."""
    names = get_matching_files(app.srcdir, exclude_patterns=config.exclude_patterns)
    files = [Path(app.srcdir, name) for name in names if name.endswith((".ipynb", ".md", ".py"))]
    text = "".join(file.read_text(encoding="utf-8", errors="replace") for file in files)
    return {name for name in _LIBRARIES if re.search(rf"\b{name.replace('scikit-learn', 'sklearn')}\b", text)}


def _choose_kernel(app: Sphinx, docname: str, source: list[str]) -> None:
    """A notebook says what its author's environment was called; if it is for Python, it runs as `python3` does."""
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    try:
        notebook = json.loads(source[0])
    except ValueError:  # MyST-NB will say so
        return
    metadata = notebook.get("metadata", {})
    kernel = metadata.get("kernelspec", {})
    language = kernel.get("language") or metadata.get("language_info", {}).get("name") or (not kernel and "python")
    named = any(re.fullmatch(name, kernel.get("name", "")) for name in app.config.nb_kernel_rgx_aliases)
    if language == "python" and not named:
        metadata["kernelspec"] = kernel | {"name": "python3"}
        source[0] = json.dumps(notebook)


def _stop_if_dead(app: Sphinx, doctree: nodes.document) -> None:
    """A cell that could not be recorded stops the build, whatever becomes of other failing cells."""
    env, docname = app.env, app.env.docname
    execution = NbMetadataCollector.get_exec_data(env, docname) or {}
    traceback = strip_ansi(execution.get("traceback") or "")
    if ERROR_PREFIX in traceback:
        message = traceback.partition("CellExecutionError: ")[2] or traceback
        raise ExtensionError(f"{env.doc2path(docname)}: {message}")
    env.metadata[docname]["interact"] = [
        file for node in doctree.findall(interact) for file in recording_files(docname, node["recording"])
    ]
    kernel = env.metadata[docname].get("kernelspec", {}).get("name")
    for place, text in _texts(doctree):
        if not execution:
            why = "this build did not execute the notebook (nb_execution_mode)"
        elif not execution["succeeded"]:
            why = "a cell before it failed, so that it was not executed; what stands here is what the file holds"
        elif kernel != KERNEL:
            why = f"the notebook ran in the kernel {kernel!r}; map it to {KERNEL!r} in nb_kernel_rgx_aliases"
        elif text.startswith("interactive("):
            raise ExtensionError(f"{env.doc2path(docname)}: this interact was not recorded: {text}")
        else:
            continue  # no function of its own
        _dead(why, place)


def _gather(app: Sphinx, doctree: nodes.document) -> None:
    """Controls that a later output brings along do not stand here; those that no output does cannot move anything."""
    stills = doctree.findall(lambda node: isinstance(node, nodes.container) and "gathers" in node)
    gathered = {number for still in stills for number in still["gathers"]}
    for node in list(doctree.findall(waiting)):
        bundle = node.parent.parent
        if node["number"] in gathered:
            bundle.parent.remove(bundle)
        else:
            _dead("the output that these controls drive is never displayed", bundle)
            bundle.remove(node.parent)  # what is left is their text


def _dead(why: str, place: nodes.Node) -> None:
    _logger.warning(
        "this interact is dead: %s. Add 'interact.dead' to suppress_warnings to leave it so.",
        why,
        location=place,
        type="interact",
        subtype="dead",
    )


def _texts(doctree: nodes.document) -> Iterator[tuple[nodes.Node, str]]:
    """The outputs that should be recordings, and are text."""
    for bundle in doctree.findall(lambda node: isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"):
        kinds = {child["mime_type"]: child for child in bundle.children}
        text = kinds["text/plain"].astext() if "text/plain" in kinds and MIME_TYPE not in kinds else ""
        if _DRIVING.match(text):
            yield bundle, text


def _files(app: Sphinx, docname: str) -> list[Path]:
    """The recordings of a page."""
    return [Path(app.outdir, file) for file in app.env.metadata[docname].get("interact", ())]


def _unwritten(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Pages that are up to date, but whose recordings are not there, as when somebody deletes `_static`."""
    return [name for name in env.found_docs if alive(app.builder) and not all(file.exists() for file in _files(app, name))]


def _sweep(app: Sphinx, error: Exception | None) -> None:
    """Recordings of notebooks and interacts that are no more are not published."""
    if error or not alive(app.builder):
        return
    wanted = {file for name in app.env.found_docs for file in _files(app, name)}
    for file in Path(app.outdir, "_static", "interact").rglob("*.js"):
        if file.is_file() and file not in wanted:
            file.unlink()


def _add_static_path(app: Sphinx) -> None:
    if app.builder.format == "html":
        app.config.html_static_path.append(str(_STATIC))


def _add_files(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """The player, on pages that have something to play; the style of figures, where there are any."""
    if doctree is None:
        return
    if next(doctree.findall(interact), None) is not None:
        app.add_js_file("interact-replay.js", loading_method="defer")
    if next(doctree.findall(lambda node: isinstance(node, (interact, figure_inline))), None) is not None:
        app.add_css_file("interact-replay.css")
