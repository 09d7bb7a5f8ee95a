"""The IPython extension of the build kernel: shown interacts become recordings.

ipywidgets does its own work here, so every way of calling `interact` gives the controls that a reader's Jupyter
shows. Only three things differ from a kernel with a reader in front of it: a widget tells the front end nothing
before it is displayed; a function is called when its controls are displayed, once for each state; what is displayed
is a recording; also as HTML, where no Sphinx has asked for it alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from hashlib import sha256
from itertools import count
from typing import Any
from weakref import WeakSet

import comm
import ipywidgets
from IPython.core.interactiveshell import InteractiveShell
from ipywidgets.widgets import interaction

from .. import MIME_TYPE, OPTIONS_VARIABLE
from ..errors import CannotSample, InteractError
from ..options import Options
from ..recording import VERSION, messages
from ..svg import make_tidy
from .areas import is_area, is_written, keep_what_is_written, seen
from .capture import Outputs, Publisher
from .encode import chunk
from .layout import Source, moving, observed, sources_in, widgets_in
from .pieces import pieces
from .record import record
from .sample import stills

_numbers = count(1)
_waits = count(1)
_stills = count(1)
_driven: WeakSet[Any] = WeakSet()
"""Controls that a function depends on."""
_shown: WeakSet[Any] = WeakSet()
"""Controls that stand on the page."""
_waiting: list[tuple[int, ipywidgets.Widget]] = []
"""Boxes of such controls that were displayed before the output that they drive, numbered."""
_create_comm: Callable[..., Any]
_LIVE = ("notebook", "nbagg", "widget", "ipympl")


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Called by IPython at the start of the kernel (`--ext interact_replay.kernel.extension`)."""
    global _create_comm
    # The hook that comm provides for kernels without a front end: no state of a recorded widget reaches the notebook.
    _create_comm, comm.create_comm = comm.create_comm, comm.DummyComm
    create = ipywidgets.interactive.__init__

    def create_quietly(self: Any, *arguments: Any, **named: Any) -> None:
        create(self, *arguments, **named)
        driven = {widget._kwarg: widget for widget in self.kwargs_widgets}
        self.out._interact = Source(self.f, driven, self.auto_display, self)
        _driven.update(driven.values())

    # The function is called for every state, the first one included, when the controls are shown.
    ipywidgets.interactive.update = lambda self, *args: None
    ipywidgets.interactive.__init__ = create_quietly
    ipywidgets.interactive_output = ipywidgets.widgets.interactive_output = _interactive_output
    interaction.interactive_output = _interactive_output
    keep_what_is_written()
    _draw_pictures(shell)
    formatter: Any = shell.display_formatter
    formatter.mimebundle_formatter.for_type(ipywidgets.Widget, lambda widget: _displayed(widget, shell))


def _interactive_output(f: Callable[..., Any], controls: dict[str, ipywidgets.Widget]) -> ipywidgets.Output:
    """As ipywidgets' own, but for the calls: the output remembers what to call."""
    output = ipywidgets.Output()
    output._interact = Source(f, controls)
    _driven.update(controls.values())
    return output


def _draw_pictures(shell: InteractiveShell) -> None:
    """`%matplotlib notebook` and `widget` draw in a browser that is connected to the kernel: here they draw pictures instead."""
    enable = shell.enable_matplotlib
    shell.enable_matplotlib = lambda gui=None: enable("inline" if gui in _LIVE else gui)  # type: ignore[method-assign]


def _displayed(widget: ipywidgets.Widget, shell: InteractiveShell) -> dict[str, Any]:
    """A recording, and where nobody has said that he knows what to do with it, as under Sphinx, the same as HTML."""
    bundle = _bundle(widget, shell)
    try:
        if MIME_TYPE in bundle and _asked().get("html"):
            bundle["text/html"] = _html(bundle[MIME_TYPE], shell)
    except Exception as error:
        raise InteractError(f"this recording could not be written as HTML: {type(error).__name__}: {error}", error) from None
    return bundle


def _asked() -> dict[str, Any]:
    """What the environment says: options, and whether HTML is wanted."""
    return dict(json.loads(os.environ.get(OPTIONS_VARIABLE, '{"html": true}')))


def _html(recording: dict[str, Any], shell: InteractiveShell) -> str:
    from ..page.piece import piece

    told = [text for _, text in messages(recording)]
    for text in told:  # the terminal, not the page
        shell.kernel.log.error(text)  # type: ignore[attr-defined]
    if "outputs" in recording:
        return piece(recording, told)
    if not recording["still"] and not told:
        return "<!-- these controls stand with the output that they drive -->"
    defaults = Options()  # those that were asked for may be why there is but a still
    tidy = make_tidy(defaults.svg_digits, defaults.svg_colors)
    still = {"controls": [], "length": 1, "chunks": [chunk([pieces(recording["still"], tidy, f"{_prefix(shell)}s{next(_stills)}-")])]}
    return piece({"controls": [], "layout": {"output": 0}, "outputs": [still]}, told)


def _prefix(shell: InteractiveShell) -> str:
    """With what the identifiers of figures begin, where notebooks may come together on a page: tells the code up to here."""
    return f"i{sha256(repr(shell.user_ns.get('In')).encode()).hexdigest()[:8]}"


def _bundle(widget: ipywidgets.Widget, shell: InteractiveShell) -> dict[str, Any]:
    """What is displayed instead of a widget. Every failure reaches the author: IPython would swallow all but one kind."""
    strict = _may_not_fail(shell)
    sources: list[Source] = []
    try:
        asked = _asked()
        html = asked.pop("html", False)
        options = Options(**asked)
        strict = strict and options.strict
        if isinstance(shell.display_pub, Publisher):
            return _within(widget, shell, shell.display_pub)
        parts = list(widgets_in(widget))
        sources = list(sources_in(widget)) or observed([*parts, *(part for _, box in _waiting for part in widgets_in(box))])
        if not sources and not _driven.isdisjoint(parts):
            return _wait(widget)
        controls = {control for source in sources for control in source.widgets.values()}
        _driven.update(controls)
        beside = [one for one in _waiting if not controls.isdisjoint(widgets_in(one[1]))]
        if not sources and not any(map(is_written, parts)):
            return _as_always(widget, alive=False)
        sources = sources or [Source(moving, {})]
        prefix = f"{_prefix(shell)}-" if html else ""
        recording = record(widget, sources, shell, options, _numbers, strict, [box for _, box in beside], prefix)
        if sources[0].f is moving and not any(map(is_area, parts)) and _is_empty(recording):
            return _wait(widget)  # its callback draws elsewhere
        _waiting[:] = [one for one in _waiting if one not in beside]
        _shown.update(controls)
        recording |= {"gathers": [number for number, _ in beside]} if beside else {}
        if not _may_not_fail(shell):  # the author knows
            recording["messages"] = [message for message in recording.get("messages", ()) if message[0] != "raised"]
        return _as_always(widget, alive=True) | {MIME_TYPE: recording}
    except CannotSample as reason:
        written = Outputs(*(output for part in widgets_in(widget) if is_area(part) for output in seen(part)))
        return _as_always(widget, alive=True) | {MIME_TYPE: {"version": VERSION, "still": written, "reason": str(reason)}}
    except InteractError as error:
        failure = error
    except Exception as error:
        failure = InteractError(f"this {type(widget).__name__} could not be recorded: {type(error).__name__}: {error}", error)
    if strict:
        raise failure
    try:
        still = stills(sources or list(sources_in(widget)), shell)
    except Exception:
        still = Outputs()
    error_output = {"output_type": "error", "ename": "InteractError", "evalue": str(failure), "traceback": [str(failure)]}
    return {"text/plain": str(failure), MIME_TYPE: {"version": VERSION, "still": still or [error_output], "reason": str(failure)}}


def _is_empty(recording: dict[str, Any]) -> bool:
    return any(kind == "empty" for kind, _ in recording.get("messages", ()))


def _wait(widget: ipywidgets.Widget) -> dict[str, Any]:
    """Controls whose output is displayed later, and they with it; nothing where they have been displayed already."""
    if _shown.issuperset(_driven.intersection(widgets_in(widget))):
        return {"text/plain": repr(widget), MIME_TYPE: {"version": VERSION, "still": []}}
    _waiting.append((number := next(_waits), widget))
    return {"text/plain": repr(widget), MIME_TYPE: {"version": VERSION, "still": [], "waits": number}}


def _may_not_fail(shell: InteractiveShell) -> bool:
    """Whether this cell is not among those that may raise."""
    kernel: Any = shell.kernel  # type: ignore[attr-defined]
    return bool(kernel.get_parent().get("content", {}).get("stop_on_error", True))


def _within(widget: ipywidgets.Widget, shell: InteractiveShell, publisher: Publisher) -> dict[str, Any]:
    """What a function that is being recorded shows of a widget: texts as they are, an interact as it begins."""
    if is_area(widget):
        publisher.outputs += seen(widget)
        return {"text/plain": ""}
    sources = list(sources_in(widget))
    publisher.outputs += stills(sources, shell)
    pictures = {k: v for k, v in _as_always(widget, alive=True).items() if k.startswith("image/")}
    if not pictures:
        name = "the controls of an interact" if sources else type(widget).__name__
        publisher.outputs.omitted.append(f"{name}, shown by the function")
    return pictures or {"text/plain": ""}


def _as_always(widget: ipywidgets.Widget, alive: bool) -> dict[str, Any]:
    """What the widget itself gives; its text and its pictures alone, where a recording tells the rest."""
    bundle = widget._repr_mimebundle_()
    data = (bundle[0] if isinstance(bundle, tuple) else bundle) or {}
    still = {k: v for k, v in data.items() if k.startswith(("image/", "text/plain"))}
    if alive or len(still) > 1:  # a canvas of `%matplotlib widget` has a picture of itself
        return still
    _open(widget)
    return data


def _open(widget: ipywidgets.Widget) -> None:
    """Tell the front end of a widget and of those that it refers to, as ipywidgets does when they are made."""
    if not isinstance(widget.comm, comm.DummyComm):
        return
    widget.comm = None
    for value in (getattr(widget, name) for name in widget.keys):
        for part in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(part, ipywidgets.Widget):
                _open(part)
    comm.create_comm, quiet = _create_comm, comm.create_comm
    try:
        widget.open()
    finally:
        comm.create_comm = quiet
