"""ipywidgets controls → finite lists of values and of the labels a reader sees.

The rules are ipywidgets' own: the widgets have been built by it, here they are only read. Subclasses of its classes
count as these.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations_with_replacement
from typing import Any

import ipywidgets as widgets
from ipywidgets.widgets import interaction

from ..errors import CannotSample, TooFine

MOST_VALUES = 100_000


@dataclass
class Control:
    """One control of the page: `values[i]` is what the function gets while the reader sees `labels[i]`."""

    kind: str
    name: str
    description: str
    values: list[Any]
    labels: list[str]
    default: int
    continuous: bool = True
    interval: int | None = None
    repeat: bool = False
    offered: int = 0
    """How many values the control has where all of them are kept."""
    parts: list[str] | None = None
    """The labels of what several thumbs or boxes choose from; `values` are all that they can say together."""
    note: str = ""
    """What of the control the page does not have."""
    locked: bool = False
    """Whether the reader cannot move it, as its author has asked."""

    def __post_init__(self) -> None:
        self.offered = self.offered or len(self.values)

    def public(self) -> dict[str, Any]:
        """What the page needs: everything but the values, which only Python can hold."""
        data = {k: getattr(self, k) for k in ("kind", "name", "description", "labels", "default", "continuous")}
        return data | {k: value for k in ("interval", "parts", "repeat", "locked") if (value := getattr(self, k))}


CHOICES = {
    widgets.RadioButtons: "radio",
    widgets.ToggleButtons: "buttons",
    widgets.SelectionSlider: "range",
    widgets.Dropdown: "select",
    widgets.Select: "select",
}
STEPPED = {
    widgets.IntSlider: "range",
    widgets.FloatSlider: "range",
    widgets.BoundedIntText: "number",
    widgets.BoundedFloatText: "number",
}
INTERVALS = (widgets.IntRangeSlider, widgets.FloatRangeSlider, widgets.SelectionRangeSlider)
MOST_BOXES = 6
"""Options of a SelectMultiple whose subsets are worth writing down."""


def control(widget: widgets.Widget, name: str, thin: int | None = None) -> Control:
    """Read an ipywidgets control.

    `thin` is the most values that a slider may have; a finer one keeps that many, evenly spaced, its ends and its
    start among them.

    Raises CannotSample for a widget that has no finite list of values, TooFine for a slider of over 100,000 steps
    that is not thinned.
    """
    common: dict[str, Any] = {"name": name, "description": getattr(widget, "description", "") or name}
    common["continuous"] = bool(getattr(widget, "continuous_update", True))
    if isinstance(widget, (widgets.Checkbox, widgets.ToggleButton)):
        return Control("checkbox", values=[False, True], labels=["off", "on"], default=int(widget.value), **common)
    for cls, kind in CHOICES.items():
        if isinstance(widget, cls):
            return _choice(widget, kind, common, thin if kind == "range" else None)
    if isinstance(widget, widgets.Play):
        values, common["offered"] = _grid(widget.min, widget.max, widget.step, widget.value, thin)
        common |= {"interval": int(widget.interval), "repeat": bool(widget.repeat)}
        return _numbers("play", values, widget.value, [_readout(v, "d") for v in values], common)
    if isinstance(widget, widgets.FloatLogSlider):
        begin = math.log(widget.value, widget.base)
        exponents, common["offered"] = _grid(widget.min, widget.max, widget.step, begin, thin)
        values = [_tidy(widget.base**e) for e in exponents]
        values[exponents.index(begin)] = widget.value
        return _numbers("range", values, widget.value, [_readout(v, widget.readout_format) for v in values], common)
    for cls, kind in STEPPED.items():
        whole = isinstance(widget.value, int) if isinstance(widget, cls) else False
        if isinstance(widget, cls) and (whole or widget.step is not None):
            values, common["offered"] = _grid(widget.min, widget.max, widget.step or 1, widget.value, thin)
            form = getattr(widget, "readout_format", "")
            return _numbers(kind, values, widget.value, [_readout(v, form) for v in values], common)
    if isinstance(widget, (widgets.IntText, widgets.FloatText)):
        return _unbounded(widget, common, thin)
    if isinstance(widget, widgets.DatePicker) and None not in (widget.min, widget.max, widget.value):
        return _days(widget, common, thin)
    if isinstance(widget, INTERVALS):
        return _interval(widget, common, thin)
    if isinstance(widget, widgets.SelectMultiple) and 0 < len(widget._options_values) <= MOST_BOXES:
        return _subsets(widget, common)
    if isinstance(widget, widgets.Combobox) and widget.options:
        options = list(dict.fromkeys([*widget.options, widget.value]))
        common["note"] = f"{common['description']}: texts that are not among its options"
        return Control("select", values=options, labels=options, default=options.index(widget.value), **common)
    raise CannotSample(
        f"{type(widget).__name__} ({common['description']!r}) has no finite list of values. Offer sliders, choices or "
        "checkboxes instead"
    )


def _choice(widget: widgets.Widget, kind: str, common: dict[str, Any], thin: int | None) -> Control:
    labels, values = [str(label) for label in widget._options_labels], list(widget._options_values)
    if not values:
        raise CannotSample(f"{type(widget).__name__} ({common['description']!r}) has no options")
    if widget.index is None:
        # Nothing is chosen at first: a state of its own, that the reader leaves with the first choice.
        return Control(kind, values=[*values, None], labels=[*labels, ""], default=len(values), **common)
    kept = _evenly(len(values), thin, widget.index)
    default, offered = kept.index(widget.index), len(values)
    values, labels = [values[i] for i in kept], [labels[i] for i in kept]
    return Control(kind, values=values, labels=labels, default=default, offered=offered, **common)


def _unbounded(widget: widgets.Widget, common: dict[str, Any], thin: int | None) -> Control:
    """A box for any number offers what `interact` would offer for that number alone."""
    low, high, value = interaction._get_min_max_value(None, None, widget.value)
    whole = isinstance(value, int)
    step = widget.step or (1 if whole else 0.1)
    if not whole:
        step = max(step if widget.step else 0.1, (high - low) / 100)
    values, common["offered"] = _grid(low, high, step, value, thin)
    common["note"] = f"{common['description']}: numbers below {low} or above {high}"
    return _numbers("number", values, value, [_readout(v, "") for v in values], common)


def _days(widget: widgets.DatePicker, common: dict[str, Any], thin: int | None) -> Control:
    count, start = (widget.max - widget.min).days + 1, (widget.value - widget.min).days
    kept = _evenly(count, thin, start)
    days = [widget.min + timedelta(i) for i in kept]
    labels = [day.isoformat() for day in days]
    return Control("range", values=days, labels=labels, default=kept.index(start), offered=count, **common)


def _interval(widget: widgets.Widget, common: dict[str, Any], thin: int | None) -> Control:
    """Two thumbs: all pairs of ends, the first end changing slowest."""
    if isinstance(widget, widgets.SelectionRangeSlider):
        ends, labels = list(widget._options_values), [str(label) for label in widget._options_labels]
        start = tuple(ends[i] for i in widget.index)
        count = len(ends)
    else:
        most = thin and max(3, (math.isqrt(8 * thin + 1) - 1) // 2)  # ends, of which there are so many pairs
        ends, count = _grid(widget.min, widget.max, widget.step or 1, widget.value[0], most)
        ends = sorted({*ends, widget.value[1]})
        labels, start = [_readout(v, widget.readout_format) for v in ends], widget.value
    pairs = list(combinations_with_replacement(range(len(ends)), 2))
    values = [(ends[i], ends[j]) for i, j in pairs]
    common["offered"] = count * (count + 1) // 2
    names = [f"{labels[i]} \N{EN DASH} {labels[j]}" for i, j in pairs]
    return Control("interval", values=values, labels=names, default=values.index(tuple(start)), parts=labels, **common)


def _subsets(widget: widgets.Widget, common: dict[str, Any]) -> Control:
    """A box for each option: option i is chosen in the subsets whose number has bit i."""
    options, labels = list(widget._options_values), [str(label) for label in widget._options_labels]
    chosen = [[i for i in range(len(options)) if number >> i & 1] for number in range(2 ** len(options))]
    values = [tuple(options[i] for i in subset) for subset in chosen]
    names = [", ".join(labels[i] for i in subset) for subset in chosen]
    return Control("multiple", values=values, labels=names, default=chosen.index(sorted(widget.index)), parts=labels, **common)


def _numbers(kind: str, values: list[float], value: Any, labels: list[str], common: dict[str, Any]) -> Control:
    return Control(kind, values=values, labels=labels, default=values.index(value), **common)


def _grid(low: float, high: float, step: float, value: float, thin: int | None) -> tuple[list[float], int]:
    """low, low + step, … up to high, and the value that the control starts with, wherever it lies; how many there are.

    With `thin`, that many of them at most.
    """
    if not all(math.isfinite(x) for x in (low, high, step)) or step <= 0:
        raise CannotSample(f"a slider from {low} to {high} in steps of {step} has no finite list of values")
    count = math.floor((high - low) / step + 1e-9) + 1
    if count > MOST_VALUES and not thin:
        raise TooFine(f"a slider from {low} to {high} in steps of {step} has {count:,} values")

    def same(number: float) -> bool:
        return math.isclose(number, value, rel_tol=1e-9, abs_tol=step * 1e-6)

    start = min(max(round((value - low) / step), 0), count - 1)
    on_grid = same(low + start * step)
    # The starting value reaches the function exactly as the author wrote it. Where values are left out, one that lies
    # between two others stands for the nearer of them, but not for an end.
    thinned = bool(thin and count > thin)
    if thinned and not on_grid:
        start = min(max(start, 1), count - 2)
    grid = [_tidy(low + i * step) for i in _evenly(count, thin, start) if i != start or not (on_grid or thinned)]
    return sorted([*grid, value]), count + (not on_grid)


def _evenly(count: int, most: int | None, start: int) -> list[int]:
    """At most `most` of the numbers below `count`, evenly spaced: its ends and `start` are among them."""
    if not most or count <= most:
        return list(range(count))
    kept = [round(i * (count - 1) / (most - 1)) for i in range(most)]
    if start not in kept:  # it takes the place of its nearest
        kept.remove(min(kept[1:-1], key=lambda i: abs(i - start)))
    return sorted({*kept, start})


def _tidy(number: float) -> float:
    """Without the dust of binary fractions, as the sliders of ipywidgets do: 0.1 + 0.2 is 0.3."""
    return number if isinstance(number, int) else float(f"{number:.12g}")


def _readout(value: float, form: str) -> str:
    """A d3 format (ipywidgets' readout_format) by Python's formatting, which shares its grammar; without one, all digits.

    Not so its exponents, which JavaScript writes without a leading zero, nor "g", which keeps trailing zeros there.
    """
    if found := re.fullmatch(r"\.([1-9]\d*)([eg])", form):
        digits, general = int(found[1]), found[2] == "g"
        mantissa, exponent = f"{value:.{digits - general}e}".split("e")
        short = general and -6 <= int(exponent) < digits
        text = f"{value:.{digits - 1 - int(exponent)}f}" if short else f"{mantissa}e{int(exponent):+d}"
    else:
        try:
            text = format(int(value) if form.endswith("d") else value, form or ".12g")
        except ValueError:
            text = str(value)
    return text.replace("-", "\N{MINUS SIGN}", 1) if text.startswith("-") else text
