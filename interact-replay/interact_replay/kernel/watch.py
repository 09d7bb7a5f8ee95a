"""What happens to other widgets when one is moved: callbacks that authors attach, links between controls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import traitlets
from ipywidgets import Widget
from ipywidgets.widgets.widget import _instances
from ipywidgets.widgets.widget_link import DirectionalLink, Link
from traitlets import ObserveHandler, directional_link, link

_VALUES = {"value", "index", "label"}
"""What a reader changes of a control."""


class Watcher(NamedTuple):
    """A callback, and which trait of its widget it is called for, on which kind of event."""

    widget: Widget
    callback: Any
    name: Any
    kind: Any


def watchers(widget: Widget) -> list[Watcher]:
    """The callbacks that an author has attached to a control's value with `observe`."""
    # traitlets tells nobody which callbacks there are but in this dictionary.
    return [
        Watcher(widget, callback, name, kind)
        for name, kinds in widget._trait_notifiers.items()
        if name in _VALUES or name == traitlets.All
        for kind, callbacks in kinds.items()
        for callback in callbacks
        if not _is_a_librarys(callback)
    ]


def _is_a_librarys(callback: Any) -> bool:
    """Whether a widget's own library has attached it, not the author."""
    if isinstance(callback, (str, ObserveHandler)):
        return True
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, (link, directional_link)):
        return True
    if isinstance(owner, Widget):
        return type(owner).__module__ != "__main__"
    return str(getattr(callback, "__module__", "")).partition(".")[0] in ("ipywidgets", "traitlets")


def linked_to(widget: Widget) -> Iterator[Widget]:
    """Controls that always have the same value as this one, and may be moved in its place."""
    for one in list(_instances.values()):
        # What a link in the browser refers to, in both directions or in one.
        if isinstance(one, (Link, DirectionalLink)):
            yield from _other(widget, one.source, one.target)
    for kinds in widget._trait_notifiers.values():
        for callback in kinds.get("change", ()):
            owner: Any = getattr(callback, "__self__", None)
            # A link that computes something else says nothing that two inputs of one control could show.
            if isinstance(owner, (link, directional_link)) and owner._transform.__module__ == traitlets.traitlets.__name__:
                yield from _other(widget, owner.source, owner.target)


def _other(widget: Widget, *ends: tuple[Any, str]) -> Iterator[Widget]:
    (one, first), (other, second) = ends
    if {first, second} <= {"value"} and one is not other:
        if one is widget:
            yield other
        elif other is widget:
            yield one
