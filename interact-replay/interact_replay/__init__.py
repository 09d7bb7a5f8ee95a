"""interact-replay: `ipywidgets.interact` cells that stay alive on static pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .options import Options

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["MIME_TYPE", "OPTIONS_VARIABLE", "Options", "setup"]
__version__ = "0.1.0"

MIME_TYPE = "application/vnd.interact-replay+json"
"""What a recording is called in a notebook's outputs."""

OPTIONS_VARIABLE = "INTERACT_REPLAY"
"""The environment variable in which the build kernel finds the options, as JSON."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx's entry point."""
    from .sphinx.extension import setup as setup_extension

    return setup_extension(app)
