"""The IPython extension of the build kernel: shown interacts become recordings.

ipywidgets does its own work here, so every way of calling `interact` gives the controls that a reader's Jupyter
shows. Only three things differ from a kernel with a reader in front of it: nobody answers on the comms; a function
is called when its controls are displayed, once for each state; what is displayed is a recording.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from itertools import count
from typing import Any

import comm
import ipywidgets
from IPython.core.interactiveshell import InteractiveShell
from ipywidgets.widgets import interaction

from . import MIME_TYPE, OPTIONS_VARIABLE, Options
from .record import NotAlive, record

_numbers = count(1)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Called by IPython at the start of the kernel (`--ext myst_nb_interact.kernel`)."""
    options = Options(**json.loads(os.environ.get(OPTIONS_VARIABLE, "{}")))
    # The hook that comm provides for kernels without a front end: no widget state reaches the notebook.
    comm.create_comm = comm.DummyComm
    # The function is called for every state, the first one included, when the controls are shown.
    ipywidgets.interactive.update = lambda self, *args: None
    ipywidgets.interactive_output = ipywidgets.widgets.interactive_output = _interactive_output
    interaction.interactive_output = _interactive_output
    formatter: Any = shell.display_formatter
    formatter.mimebundle_formatter.for_type(
        ipywidgets.Widget, lambda widget: _bundle(widget, shell, options)
    )


def _interactive_output(f: Callable[..., Any], controls: dict[str, ipywidgets.Widget]) -> ipywidgets.Output:
    """As ipywidgets' own, but for the calls: the output remembers what to call."""
    output = ipywidgets.Output()
    output._interact = (f, controls)
    return output


def _bundle(widget: ipywidgets.Widget, shell: InteractiveShell, options: Options) -> dict[str, Any]:
    plain = {"text/plain": repr(widget)}
    if type(widget)._repr_mimebundle_ is not ipywidgets.Widget._repr_mimebundle_:
        # A canvas of `%matplotlib widget` has a picture of itself.
        plain |= {k: v for k, v in widget._repr_mimebundle_().items() if k.startswith("image/")}
    try:
        recording = record(widget, shell, options, next(_numbers))
    except NotAlive as reason:
        recording = reason.recording
    return {**plain, MIME_TYPE: recording} if recording else plain
