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
        # Where the callbacks themselves draw, to move the controls is the call.
        self.watched_beside = self.watched and any(source.f is not moving for source in layout.sources)

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

    def given(self, widget: Any, number: int) -> list[int | None]:
        """The value that each other control has once `widget` has gone to its value `number`, if it is the same from wherever."""
        place, controls = self._layout.places[widget], self._layout.controls
        before, after = [], []
        for end in (0, -1):
            self.reset()
            self.put({i: range(len(control.values))[end] for i, control in enumerate(controls)} | {place: int(number == 0)})
            before.append(self.numbers())
            self._move(widget, place, number)
            after.append(self.numbers())
        same = {i for i in before[0] if i != place and before[0][i] != before[1][i] and after[0][i] == after[1][i]}
        return [after[0][i] if i in same else None for i in range(len(controls))]

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
    if not driver.watched_beside:
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
    found: dict[str, dict[str, list[int | None]]] = {}
    if not driver.watched_beside:
        return found
    with captured(shell):
        for widget, place in driver.places():
            last = len(layout.controls[place].values) - 1
            if not last or not watchers(widget):
                continue
            ends = [driver.given(widget, number) for number in (0, last)]
            if any(number is not None for end in ends for number in end):
                rows = [ends[0], *(driver.given(widget, number) for number in range(1, last)), ends[1]]
                columns = {str(other): list(column) for other, column in enumerate(zip(*rows)) if set(column) != {None}}
                found[str(place)] = columns
        driver.reset()
    return found
