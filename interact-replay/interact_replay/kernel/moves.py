"""A control's values in its widget: how one is chosen, which one it has now."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from .controls import CHOICES, Control


def choose(widget: Any, control: Control, number: int) -> bool:
    """Give a widget a value of its control's, as a reader would; False where it has no such value now."""
    if not _selects(widget):
        widget.value = control.values[number]
        return True
    label = control.labels[number]
    offered = [i for i, other in enumerate(widget._options_labels) if str(other) == label]
    if not offered:
        if control.values[number] is None and not label:
            widget.index = None
            return True
        return False
    widget.index = offered[min(control.labels[:number].count(label), len(offered) - 1)]
    return True


def chosen(widget: Any, control: Control) -> int | None:
    """The number of the value that a widget has now; None where the control has none like it."""
    if _selects(widget):
        label = "" if widget.index is None else str(widget._options_labels[widget.index])
        at = [i for i, other in enumerate(control.labels) if other == label]
        same = [] if widget.index is None else [i for i, other in enumerate(widget._options_labels) if str(other) == label]
        return at[min(same.index(widget.index) if same else 0, len(at) - 1)] if at else None
    return next((i for i, value in enumerate(control.values) if _same(value, widget.value)), None)


def joined(one: Control, other: Control) -> Control:
    """With the values of both; the first of them where the second has no more."""
    values, labels = list(one.values), list(one.labels)
    for value, label in zip(other.values, other.labels):
        if label not in labels:
            values.append(value)
            labels.append(label)
    if one.kind != other.kind or len(labels) == len(one.labels) or one.kind not in ("range", "number", "play", *CHOICES.values()):
        return one
    order = list(range(len(values)))
    if all(isinstance(value, (int, float)) for value in values):
        order.sort(key=values.__getitem__)
    picked = [values[i] for i in order], [labels[i] for i in order]
    return replace(one, values=picked[0], labels=picked[1], default=order.index(one.default), offered=len(values))


def _same(one: Any, other: Any) -> bool:
    numbers = isinstance(one, float) and isinstance(other, (int, float))
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) if numbers else bool(one == other)


def _selects(widget: Any) -> bool:
    """Whether it has a list of options, of which equal ones may have different labels."""
    return isinstance(widget, tuple(CHOICES))
