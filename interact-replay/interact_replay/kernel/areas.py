"""Widgets that show what a function, or a callback, has written into them: `Output`, `Label`, `HTML`, …"""

from __future__ import annotations

import base64
import re
from html import escape
from typing import Any
from weakref import WeakKeyDictionary

import ipywidgets as widgets
from IPython.core.getipython import get_ipython

from .capture import Outputs, captured

_TEXTS = (widgets.Text, widgets.Textarea, widgets.IntText, widgets.FloatText)
_KINDS = (
    *(widgets.Output, widgets.Label, widgets.HTML, widgets.HTMLMath, widgets.IntProgress, widgets.FloatProgress),
    *(widgets.Valid, widgets.Image, *_TEXTS),
)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


def is_area(widget: Any) -> bool:
    """Whether something may be written into it."""
    return isinstance(widget, _KINDS)


def is_written(widget: Any) -> bool:
    """Whether it is an `Output` that something has been written into, which only a front end would show."""
    return isinstance(widget, widgets.Output) and bool(widget.outputs)


def is_drawn(output: dict[str, Any]) -> bool:
    """Whether it may be a figure itself, as opposed to a text about a figure that stands elsewhere."""
    return any(kind.startswith("image/") or kind == "text/html" for kind in output.get("data", ()))


def is_drawn_in(widget: Any) -> bool:
    """Whether a figure may stand in it."""
    return isinstance(widget, widgets.Output) and any(map(is_drawn, widget.outputs))


def content(widget: Any) -> Any:
    """What is to be put back with `restore`."""
    return {name: getattr(widget, name) for name in ("outputs", "value", "description") if widget.has_trait(name)}


def restore(widget: Any, kept: dict[str, Any]) -> None:
    """Put back what `content` has found."""
    for name, value in kept.items():
        if getattr(widget, name) is not value:
            setattr(widget, name, value)


def seen(widget: Any) -> Outputs:
    """What it shows, as outputs of a cell."""
    if isinstance(widget, widgets.Output):
        return Outputs(*({"metadata": {}} | output for output in widget.outputs))
    if isinstance(widget, widgets.Image):
        return _displayed(f"image/{widget.format}", base64.b64encode(widget.value).decode()) if widget.value else Outputs()
    if isinstance(widget, widgets.HTMLMath) and "$" in widget.value:
        return _displayed("text/markdown", widget.value)
    name = f'<span class="interact-label">{escape(widget.description)}</span> ' if widget.description else ""
    if isinstance(widget, widgets.Label):
        text = escape(widget.value)
        if "$" in text:
            parts = re.split(r"(\$[^$]+\$)", widget.value)
            return _displayed("text/markdown", "".join(p if i % 2 else _MARKDOWN.sub(r"\\\1", p) for i, p in enumerate(parts)))
    elif isinstance(widget, (widgets.HTML, widgets.HTMLMath)):
        text = widget.value
    elif isinstance(widget, widgets.Valid):
        text = "✔" if widget.value else f"✘ {escape(widget.readout)}"
    elif isinstance(widget, _TEXTS):
        text = f'<input type="text" value="{escape(str(widget.value))}" disabled>'
    else:
        text = f'<progress value="{widget.value - widget.min}" max="{widget.max - widget.min}"></progress>'
    return _displayed("text/html", name + text) if name + text else Outputs()


def _displayed(mime_type: str, content: str) -> Outputs:
    return Outputs({"output_type": "display_data", "data": {mime_type: content}, "metadata": {}})


class Writing:
    """`with output:` in the recording kernel: what is displayed inside is kept in the widget."""

    def __init__(self, output: widgets.Output) -> None:
        self._output, self._depth = output, 0

    def enter(self) -> None:
        """From here on; inside of itself it goes on."""
        self._depth += 1
        if self._depth == 1:
            shell: Any = get_ipython()
            self._captured = captured(shell)
            self._found = self._captured.__enter__()
            self._found += map(dict, self._output.outputs)

    def leave(self, error: BaseException | None) -> bool:
        """Until here. An exception is shown in the output, as ipywidgets does."""
        self._depth -= 1
        if isinstance(error, Exception):
            self._found.failed(error)
        if self._depth == 0:
            self._captured.__exit__(None, None, None)
            self._output.outputs = tuple(self._found)
        return isinstance(error, (Exception, type(None)))


def keep_what_is_written() -> None:
    """Have `Output` keep what is displayed in it, which no front end does here."""
    writings: WeakKeyDictionary[widgets.Output, Writing] = WeakKeyDictionary()

    def enter(self: widgets.Output) -> None:
        writings.setdefault(self, Writing(self)).enter()

    def leave(self: widgets.Output, kind: Any, error: BaseException | None, trace: Any) -> bool:
        return writings[self].leave(error)

    widgets.Output.__enter__ = enter
    widgets.Output.__exit__ = leave
