"""Widgets put into a state as a reader of Jupyter would, and back to where they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import ipywidgets as widgets
from IPython.core.interactiveshell import InteractiveShell

from ..errors import CannotSample
from .areas import content, restore
from .capture import captured
from .controls import Control
from .controls import control as read
from .layout import Layout, moving
from .moves import choose, chosen, joined
from .watch import watchers

_OF_CHOICES = ("options", "index", "disabled", "description")
_OF_OTHERS = ("min", "max", "step", "value", "disabled", "description")
"""What a callback may change of a control, in the order in which it can be put back."""


class Driver:
    """Moves the controls of a layout. All begins, and begins again, as it was when this was made."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._controls = [widget for widget in layout.places if not isinstance(widget, widgets.fixed)]
        self._start = [self._traits(widget) for widget in self._controls]
        self._written = [content(area) for area in layout.areas]
        self._there = True
        self.watched = any(map(watchers, self._controls))

    def reset(self) -> None:
        """As at the start, without telling the author's callbacks."""
        self._there = True
        with self._quiet():
            for widget, kept in zip(self._controls, self._start):
                if not all(_same(getattr(widget, name), before) for name, before in kept.items()):
                    with widget.hold_trait_notifications():
                        for name, before in kept.items():
                            setattr(widget, name, before)
            for area, kept in zip(self._layout.areas, self._written):
                restore(area, kept)

    def put(self, state: dict[int, int]) -> bool:
        """Move control `i` to its value number `state[i]`, as a reader would; whether all of them are there then."""
        wanted = {i: state.get(i, control.default) for i, control in enumerate(self._layout.controls)}
        for _ in range(1 + self.watched):  # what another one has moved is moved back, where it can be
            moved = [self._move(widget, i, wanted[i]) for widget, i in self.places()]
            self._there = all(moved)
        if self.watched:
            self._there = self.numbers() == wanted
        return self._there

    def _move(self, widget: Any, place: int, number: int) -> bool:
        control = self._layout.controls[place]
        return control.kind == "frozen" or self._number(widget) == number or choose(widget, control, number)

    def elsewhere(self) -> tuple[int, ...] | None:
        """The values of all controls where `put` has not brought them to what was wanted; None where it has."""
        if self._there:
            return None
        found = self.numbers()
        return tuple(0 if found.get(i) is None else found[i] for i in range(len(self._layout.controls)))  # type: ignore[misc]

    def numbers(self) -> dict[int, int | None]:
        """Which of its values each control has now; None where it has none like it."""
        return {i: self._number(widget) for widget, i in self.places()}

    def given(self, place: int, number: int, sizes: list[int]) -> list[int | None]:
        """The value that each other control has once this one has gone to its value `number`, if it is the same from wherever."""
        ways = []
        for end in (0, -1):
            self.reset()
            self.put({i: range(size)[end] for i, size in enumerate(sizes)} | {place: 1 if number == 0 else 0})
            before = self.numbers()
            for widget in [widget for widget, i in self.places() if i == place][:1]:
                self._move(widget, place, number)
            ways.append((before, self.numbers()))
        (one, after_one), (other, after_other) = ways
        same = {i for i in one if i != place and one[i] != other[i] and after_one[i] == after_other[i]}
        return [after_one[i] if i in same else None for i in range(len(sizes))]

    def places(self) -> list[tuple[Any, int]]:
        """The controls, and the number of each."""
        return [(widget, self._layout.places[widget]) for widget in self._controls]

    def _number(self, widget: Any) -> int | None:
        control = self._layout.controls[self._layout.places[widget]]
        return 0 if control.kind == "frozen" else chosen(widget, control)

    @staticmethod
    def _traits(widget: Any) -> dict[str, Any]:
        names = _OF_CHOICES if hasattr(widget, "_options_labels") else _OF_OTHERS
        return {name: getattr(widget, name) for name in names if widget.has_trait(name)}

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        asked = [watcher for widget in self._controls for watcher in watchers(widget)]
        for one in asked:
            one.widget.unobserve(one.callback, one.name, one.kind)
        try:
            yield
        finally:
            for one in asked:
                one.widget.observe(one.callback, one.name, one.kind)


def _same(one: Any, other: Any) -> bool:
    try:
        return one is other or bool(one == other)
    except ValueError:  # arrays among the options
        return False


def grown(layout: Layout, shell: InteractiveShell) -> dict[Any, Control]:
    """The controls that offer more once another one has been moved: with all that they can offer."""
    driver = Driver(layout)
    found: dict[Any, Control] = {}
    if not driver.watched or not any(source.f is not moving for source in layout.sources):
        return {}
    with captured(shell):
        for place, control in enumerate(layout.controls):
            for number in range(len(control.values)):
                driver.reset()
                driver.put({place: number})
                for widget, other in layout.places.items():
                    before = found.get(widget, layout.controls[other])
                    with suppress(CannotSample):
                        after = joined(before, read(widget, before.name))
                        if after is not before:
                            found[widget] = after
        driver.reset()
    return found


def sets(layout: Layout, shell: InteractiveShell) -> dict[str, dict[str, list[int | None]]]:
    """Which controls are given a value when another one is moved, whatever theirs was: a list of presets does that.

    For each of the values of the control that is moved, the number of the other's; None where that one stays as it is.
    """
    driver = Driver(layout)
    sizes = [len(control.values) for control in layout.controls]
    found: dict[str, dict[str, list[int | None]]] = {}
    if not driver.watched or not any(source.f is not moving for source in layout.sources):
        return found
    with captured(shell):
        for place in {place for widget, place in driver.places() if sizes[place] > 1 and watchers(widget)}:
            ends = [driver.given(place, number, sizes) for number in (0, sizes[place] - 1)]
            if any(number is not None for end in ends for number in end):
                rows = [ends[0], *(driver.given(place, number, sizes) for number in range(1, sizes[place] - 1)), ends[1]]
                columns = {str(other): list(column) for other, column in enumerate(zip(*rows)) if set(column) != {None}}
                found[str(place)] = columns
        driver.reset()
    return found
