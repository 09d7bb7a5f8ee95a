"""The tree of widgets that an author displays → where each control and each output goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from ..errors import CannotSample
from ..recording import parts
from .areas import is_area
from .capture import show_figures
from .controls import Control, control
from .inputs import frozen, kind_of, locked
from .watch import linked_to, watchers


@dataclass
class Source:
    """One function: what is called, and by which controls.

    Of `observe` callbacks, `f` is `moving`: to move the controls is the call.
    """

    f: Callable[..., Any]
    widgets: dict[str, Any]
    shows_result: bool = False
    owner: Any = None
    """The `interactive` that calls it."""

    def call(self, values: dict[str, Any]) -> None:
        """As ipywidgets' own `interactive.update` calls it."""
        result = None
        try:
            result = self.f(**values)
        finally:
            if self.owner:
                self.owner.kwargs, self.owner.result = values, result
            show_figures()
        if self.shows_result and result is not None:
            display(result)


def moving(**_: Any) -> None:
    """The `f` of an `observe` callback."""


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


def observed(parts: Sequence[widgets.Widget]) -> list[Source]:
    """The callbacks that have been attached to controls with `observe`, if there are any, as one function of all of them.

    Which of them draws what cannot be known: to move the controls calls all.
    """
    asked = list(dict.fromkeys(one.widget for part in parts for one in watchers(part)))
    names = [getattr(widget, "description", "") or "value" for widget in asked]
    controls = {name if names.count(name) == 1 else f"{name} {i}": widget for i, (name, widget) in enumerate(zip(names, asked))}
    return [Source(moving, controls)] if asked else []


class Layout:
    """What stands where: `tree`, with the numbers of `controls` and of outputs at its leaves.

    Outputs are what the `sources` display, and after them what stands in the `areas`, widgets into which something may be
    written. Above the widget stands what is `beside` it: boxes of its controls that the author has displayed before.
    `omitted` says which parts the page cannot have; no function depends on them.

    Raises CannotSample where no control has a finite list of values, TooFine where one's list is too long.
    """

    def __init__(
        self, widget: widgets.Widget, sources: list[Source], thin: int | None, beside: Sequence[widgets.Widget] = ()
    ) -> None:
        self.sources, self._thin = sources, thin
        self.controls: list[Control] = []
        self.places: dict[Any, int] = {}
        self.areas: list[Any] = []
        self.omitted: list[str] = []
        self._names: dict[Any, str] = {}
        for source in sources:
            for name, part in source.widgets.items():
                self._names.setdefault(part, name)
        shown = self._part(widget)
        self.tree: dict[str, Any] = {"box": "column", "children": [*map(self._part, beside), shown]}
        if not beside and shown.get("box") in ("row", "column"):
            self.tree = shown
        placed = {part["output"] for part in parts(self.tree) if "output" in part}
        self.tree["children"] += [{"output": i} for i in range(len(sources)) if i not in placed]
        # Controls that an author does not show at all; what is hidden on purpose stays so.
        missing = [part for part in self._names if not isinstance(part, widgets.fixed) and part not in self.places]
        leaves = [self._control(part, self._names[part]) for part in missing]
        self.tree["children"][:0] = [leaf for part, leaf in zip(missing, leaves) if not _is_hidden(part)]
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

    def default(self, source: Source) -> tuple[int, ...]:
        """The state in which the page begins."""
        return tuple(self.controls[i].default for i in self.used_by(source))

    def arguments(self, source: Source, state: dict[int, int]) -> dict[str, Any]:
        """What the function gets while control `i` has its value number `state[i]`."""
        return {
            name: part.value if isinstance(part, widgets.fixed) else self.controls[i := self.places[part]].values[state[i]]
            for name, part in source.widgets.items()
        }

    def settled(self, outputs: list[dict[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The tree and the outputs, where texts that no control changes stand as labels."""
        begin = len(self.sources)
        labels = {i: label for i, area in enumerate(self.areas, begin) if not outputs[i]["controls"] and (label := _label(area))}
        kept = [i for i in range(len(outputs)) if i not in labels]

        def part(old: dict[str, Any]) -> dict[str, Any]:
            if "children" in old:
                return old | {"children": [part(child) for child in old["children"]]}
            number = old.get("output")
            if number is None:
                return old
            more = {"area": old["area"]} if "area" in old else {}
            return more | (labels[number] if number in labels else {"output": kept.index(number)})

        return part(self.tree), [outputs[i] for i in kept]

    def _part(self, widget: Any) -> dict[str, Any]:
        if _is_hidden(widget):
            return {}
        if source := getattr(widget, "_interact", None):
            return {"output": self.sources.index(source)}
        if hasattr(widget, "children"):
            return self._box(widget)
        if widget in self._names:
            return self._control(widget, self._names[widget])
        if is_area(widget) and not any(other in self._names for other in linked_to(widget)):
            self.areas.append(widget)
            return {"output": len(self.sources) + len(self.areas) - 1}
        if isinstance(widget, widgets.Button) and any(widget is getattr(s.owner, "manual_button", None) for s in self.sources):
            return {}  # the page does not wait to be asked
        try:
            return self._control(widget, getattr(widget, "description", ""))
        except CannotSample:
            self.omitted.append(f"{type(widget).__name__} ({getattr(widget, 'description', '')!r})")
            return {}

    def _box(self, widget: Any) -> dict[str, Any]:
        """A box with its parts; a tab or an accordion has a place for each of them, a grid knows where they are."""
        parts = [self._part(child) for child in widget.children]
        if isinstance(widget, (widgets.Tab, widgets.Accordion)):
            titles = [widget.get_title(i) or str(i + 1) for i in range(len(parts))]
            box = "tabs" if isinstance(widget, widgets.Tab) else "accordion"
            return {"box": box, "titles": titles, "children": parts, "chosen": widget.selected_index}
        if isinstance(widget, widgets.GridBox):
            placed = [part | {"area": child.layout.grid_area or ""} for part, child in zip(parts, widget.children) if part]
            sizes = {
                name: getattr(widget.layout, f"grid_{trait}") or ""
                for name, trait in (("columns", "template_columns"), ("rows", "template_rows"), ("areas", "template_areas"), ("gap", "gap"))
            }
            return {"box": "grid", **sizes, "children": placed}
        box = "row" if isinstance(widget, widgets.HBox) else "column"
        return {"box": box, "children": [part for part in parts if part]}

    def _control(self, widget: Any, name: str) -> dict[str, Any]:
        """A control, or another input for one that always has the same value."""
        if widget in self.places:
            return {"control": self.places[widget]}
        for other in linked_to(widget):
            if other in self._names and widget not in self._names:
                self._control(other, self._names[other])
            if other in self.places:
                self.places[widget] = self.places[other]
                return {"control": self.places[widget], "description": widget.description} | kind_of(widget)
        try:
            still = getattr(widget, "disabled", False) or _is_hidden(widget)
            found = locked(widget, name) if still else control(widget, name, self._thin)
        except CannotSample:
            if widget not in self._names or not hasattr(widget, "value"):
                raise
            found = frozen(widget, name)
        self.places[widget] = len(self.controls)
        self.controls.append(found)
        return {"control": self.places[widget]}


def _label(widget: Any) -> dict[str, Any]:
    """What a text beside the controls is in the tree."""
    if isinstance(widget, (widgets.HTML, widgets.HTMLMath)) and not widget.description:
        return {"html": widget.value, "math": isinstance(widget, widgets.HTMLMath)}
    if isinstance(widget, widgets.Label) and not widget.description:
        return {"html": escape(widget.value), "math": True}
    return {}


def _is_hidden(widget: Any) -> bool:
    """Whether its author has put it out of sight."""
    layout = getattr(widget, "layout", None)
    return layout is not None and (layout.display == "none" or layout.visibility == "hidden")
