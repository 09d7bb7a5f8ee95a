"""The tree of widgets that an author displays → where each control and each output goes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from .capture import show_figures
from ..errors import CannotSample
from .controls import Control, control, frozen


@dataclass
class Source:
    """One output area: what is called, and by which controls."""

    f: Callable[..., Any]
    widgets: dict[str, Any]
    shows_result: bool = False
    manual: bool = False

    def call(self, values: dict[str, Any]) -> None:
        """As ipywidgets' own `interactive.update` calls it."""
        try:
            result = self.f(**values)
        finally:
            show_figures()
        if self.shows_result and result is not None:
            display(result)


def widgets_in(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    """A widget and all that are in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from widgets_in(child)


def sources_in(widget: widgets.Widget) -> Iterator[Source]:
    """What the output areas in a tree of boxes are written by."""
    for part in widgets_in(widget):
        if source := getattr(part, "_interact", None):
            yield source


class Layout:
    """What stands where: `tree`, with the numbers of `controls` and `sources` at its leaves.

    Above the widget stands what is `beside` it: boxes of its controls that the author has displayed before. `omitted`
    says which parts the page cannot have; no function depends on them.

    Raises CannotSample where no control has a finite list of values, TooFine where one's list is too long.
    """

    def __init__(
        self, widget: widgets.Widget, sources: list[Source], thin: int | None, beside: Sequence[widgets.Widget] = ()
    ) -> None:
        self.sources, self._thin = sources, thin
        self.controls: list[Control] = []
        self.places: dict[Any, int] = {}
        self.omitted: list[str] = []
        self._names: dict[Any, str] = {}
        for source in sources:
            for name, part in source.widgets.items():
                self._names.setdefault(part, name)
        shown = self._part(widget)
        self.tree: dict[str, Any] = {"box": "column", "children": [*map(self._part, beside), shown]}
        if not beside and "children" in shown:
            self.tree = shown
        # controls that an author does not show at all
        hidden = [part for part in self._names if not isinstance(part, widgets.fixed) and part not in self.places]
        self.tree["children"][:0] = [self._control(part, self._names[part]) for part in hidden]
        if self.controls and all(c.kind == "frozen" for c in self.controls):
            raise CannotSample(
                f"{', '.join(c.note for c in self.controls)}, and no control has a finite list of values. Offer sliders, "
                "choices or checkboxes instead"
            )

    def used_by(self, source: Source) -> list[int]:
        """The numbers of the controls that a function depends on, each one once."""
        return list(dict.fromkeys(self.places[part] for part in source.widgets.values() if part in self.places))

    def sizes_of(self, source: Source) -> list[int]:
        """How many values each of these controls has."""
        return [len(self.controls[i].values) for i in self.used_by(source)]

    def states_of(self, source: Source) -> int:
        """How many states the function has."""
        return math.prod(self.sizes_of(source))

    def default(self, source: Source) -> tuple[int, ...]:
        """The state in which the page begins."""
        return tuple(self.controls[i].default for i in self.used_by(source))

    def arguments(self, source: Source, state: dict[int, int]) -> dict[str, Any]:
        """What the function gets while control `i` has its value number `state[i]`."""
        return {
            name: part.value if isinstance(part, widgets.fixed) else self.controls[i := self.places[part]].values[state[i]]
            for name, part in source.widgets.items()
        }

    def _part(self, widget: Any) -> dict[str, Any]:
        if source := getattr(widget, "_interact", None):
            return {"output": self.sources.index(source)}
        if hasattr(widget, "children"):
            children = [self._part(child) for child in widget.children]
            titles = getattr(widget, "titles", ())  # of a Tab or an Accordion, whose parts are shown one below the other
            titled = [part for title, child in zip(titles, children) for part in (title and {"html": escape(title)}, child)]
            parts = [*titled, *children[len(titles) :]]
            box = "row" if isinstance(widget, widgets.HBox) else "column"
            return {"box": box, "children": [part for part in parts if part]}
        if isinstance(widget, (widgets.HTML, widgets.HTMLMath)):
            return {"html": widget.value, "math": isinstance(widget, widgets.HTMLMath)}
        if isinstance(widget, widgets.Label):
            return {"html": escape(widget.value), "math": True}
        if widget in self._names:
            return self._control(widget, self._names[widget])
        try:
            return self._control(widget, getattr(widget, "description", ""))
        except CannotSample:
            self.omitted.append(f"{type(widget).__name__} ({getattr(widget, 'description', '')!r})")
            return {}

    def _control(self, widget: Any, name: str) -> dict[str, Any]:
        if widget not in self.places:
            try:
                found = control(widget, name, self._thin)
            except CannotSample:
                if widget not in self._names or not hasattr(widget, "value"):
                    raise
                found = frozen(widget, name)
            self.places[widget] = len(self.controls)
            self.controls.append(found)
        return {"control": self.places[widget]}
