"""Controls of which the page has no list of values: kept as they are, or another input for one that has."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from .controls import CHOICES, STEPPED, Control


def frozen(widget: widgets.Widget, name: str) -> Control:
    """A control without a finite list of values, as it is at first: the rest of the interact can be alive."""
    description = getattr(widget, "description", "") or name
    note = f"{type(widget).__name__} ({description!r}) keeps its value"
    return Control("frozen", name, description, [widget.value], [str(widget.value)], 0, note=note)


def locked(widget: widgets.Widget, name: str) -> Control:
    """A control that its author has disabled: it has the value that it has."""
    found = frozen(widget, name)
    found.note, found.locked = "", True
    return found


def kind_of(widget: widgets.Widget) -> dict[str, Any]:
    """What another input looks like that moves a control as well."""
    if isinstance(widget, widgets.Play):
        return {"kind": "play", "interval": int(widget.interval), "repeat": bool(widget.repeat)}
    kinds = CHOICES | STEPPED | {widgets.FloatLogSlider: "range", widgets.IntText: "number", widgets.FloatText: "number"}
    found = next((kind for cls, kind in kinds.items() if isinstance(widget, cls)), None)
    return {"kind": found} if found else {}
