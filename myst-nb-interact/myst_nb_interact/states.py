"""ipywidgets controls → finite lists of values and of the labels a reader sees.

The rules are ipywidgets' own: the widgets have been built by it, here they are only read. Subclasses of its classes
count as these.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from .errors import CannotSample, TooFine

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

    def public(self) -> dict[str, Any]:
        """What the page needs: everything but the values, which only Python can hold."""
        data = {k: getattr(self, k) for k in ("kind", "name", "description", "labels", "default", "continuous")}
        return data | ({"interval": self.interval} if self.interval else {})


CHOICES = {
    widgets.RadioButtons: "radio",
    widgets.ToggleButtons: "buttons",
    widgets.SelectionSlider: "range",
    widgets.Dropdown: "select",
    widgets.Select: "select",
}
STEPPED = (widgets.IntSlider, widgets.FloatSlider, widgets.BoundedIntText, widgets.BoundedFloatText)


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
            return _choice(widget, kind, common)
    if isinstance(widget, widgets.Play):
        values = _grid(widget.min, widget.max, widget.step, widget.value, thin)
        common["interval"] = int(widget.interval)
        return _numbers("play", values, widget.value, [_readout(v, "d") for v in values], common)
    if isinstance(widget, widgets.FloatLogSlider):
        exponents = _grid(widget.min, widget.max, widget.step, math.log(widget.value, widget.base), thin)
        values = [_tidy(widget.base**e) for e in exponents]
        nearest = min(range(len(values)), key=lambda i: abs(exponents[i] - math.log(widget.value, widget.base)))
        values[nearest] = widget.value
        return _numbers("range", values, widget.value, [_readout(v, widget.readout_format) for v in values], common)
    whole = isinstance(widget, STEPPED) and isinstance(widget.value, int)
    if isinstance(widget, STEPPED) and (whole or widget.step is not None):
        values = _grid(widget.min, widget.max, widget.step or 1, widget.value, thin)
        form = getattr(widget, "readout_format", "d" if whole else ".4g")
        return _numbers("range", values, widget.value, [_readout(v, form) for v in values], common)
    raise CannotSample(f"{type(widget).__name__} ({common['description']!r}) has no finite list of values")


def _choice(widget: widgets.Widget, kind: str, common: dict[str, Any]) -> Control:
    labels, values = [str(label) for label in widget._options_labels], list(widget._options_values)
    if not values:
        raise CannotSample(f"{type(widget).__name__} ({common['description']!r}) has no options")
    if widget.index is None:
        # Nothing is chosen at first: a state of its own, that the reader leaves with the first choice.
        return Control(kind, values=[*values, None], labels=[*labels, ""], default=len(values), **common)
    return Control(kind, values=values, labels=labels, default=widget.index, **common)


def _numbers(kind: str, values: list[float], value: Any, labels: list[str], common: dict[str, Any]) -> Control:
    return Control(kind, values=values, labels=labels, default=values.index(value), **common)


def _grid(low: float, high: float, step: float, value: float, thin: int | None) -> list[float]:
    """low, low + step, … up to high, and the value that the control starts with, wherever it lies."""
    if not all(math.isfinite(x) for x in (low, high, step)) or step <= 0:
        raise CannotSample(f"a slider from {low} to {high} in steps of {step} has no finite list of values")
    def same(number: float) -> bool:
        return math.isclose(number, value, rel_tol=1e-9, abs_tol=step * 1e-6)

    count = math.floor((high - low) / step + 1e-9) + 1
    if thin and count > thin:
        kept = [round(i * (count - 1) / (thin - 1)) for i in range(thin)]
        if not any(same(low + i * step) for i in kept):  # the start takes the place of its nearest, but for the ends
            kept.remove(min(kept[1:-1], key=lambda i: abs(low + i * step - value)))
    elif count > MOST_VALUES:
        raise TooFine(f"a slider from {low} to {high} in steps of {step} has {count:,} values")
    else:
        kept = list(range(count))

    grid = [_tidy(low + i * step) for i in kept]
    # The starting value reaches the function exactly as the author wrote it.
    return sorted([*(v for v in grid if not same(v)), value])


def _tidy(number: float) -> float:
    """Without the dust of binary fractions, as the sliders of ipywidgets do: 0.1 + 0.2 is 0.3."""
    return number if isinstance(number, int) else float(f"{number:.12g}")


def _readout(value: float, form: str) -> str:
    """A d3 format (ipywidgets' readout_format) by Python's formatting, which shares its grammar.

    Not so its exponents, which JavaScript writes without a leading zero, nor "g", which keeps trailing zeros there.
    """
    if found := re.fullmatch(r"\.([1-9]\d*)([eg])", form):
        digits, general = int(found[1]), found[2] == "g"
        mantissa, exponent = f"{value:.{digits - general}e}".split("e")
        short = general and -6 <= int(exponent) < digits
        text = f"{value:.{digits - 1 - int(exponent)}f}" if short else f"{mantissa}e{int(exponent):+d}"
    else:
        try:
            text = format(int(value) if form.endswith("d") else value, form)
        except ValueError:
            text = str(value)
    return text.replace("-", "\N{MINUS SIGN}", 1) if text.startswith("-") else text
