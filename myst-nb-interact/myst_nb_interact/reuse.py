"""Axes that look as they did in another state are not worked out again.

More than half of the time that a figure takes goes into the ticks of its axes: making them, measuring their labels,
drawing them. Where the state of an axis, and all that decides where it lies, is the same as in a figure drawn before,
its box is known, and the strokes and texts it consists of are handed to the renderer once more.

"The same" is taken literally: all attributes of the axis and of its parts are compared, as pickle writes them down.
An axis that holds anything which is not Matplotlib's own, or cannot be written down, is drawn as always.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from types import FunctionType
from typing import Any

import matplotlib
import numpy as np
from matplotlib import ticker
from matplotlib.artist import Artist, allow_rasterization
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.category import UnitData
from matplotlib.cbook import CallbackRegistry
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.spines import Spine
from matplotlib.text import Text
from matplotlib.transforms import Bbox, BboxBase, Transform, TransformedPath

_MOST = 400
"""Entries of a memory; the one that was not asked for longest makes room."""

_VIEW_IS_ENOUGH = {
    ticker.AutoLocator,
    ticker.AutoMinorLocator,
    ticker.FixedFormatter,
    ticker.FixedLocator,
    ticker.FormatStrFormatter,
    ticker.MaxNLocator,
    ticker.MultipleLocator,
    ticker.NullFormatter,
    ticker.NullLocator,
    ticker.ScalarFormatter,
    ticker.StrMethodFormatter,
}
"""Tickers that do not look at the limits of the data."""

_PASSING = {"_parents", "_invalid", "_mtx", "_inverted", "_affine"}
"""What transforms keep for themselves."""

_Call = tuple[str, tuple[Any, ...], dict[str, Any]]


class Memory:
    """What axes looked like, for as long as the states of one interact are recorded."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}
        self._settings: list[dict[str, Any]] = []

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` gave for this key before, or gives now."""
        value = self._known.pop(key) if key in self._known else make()
        self._known[key] = value
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return value

    @contextmanager
    def at_work(self, figure: Figure) -> Iterator[None]:
        """While this lasts, axes of `figure` are measured and drawn from memory where that is possible."""
        settings = dict(matplotlib.rcParams)
        if settings not in self._settings:
            self._settings.append(settings)
        number = self._settings.index(settings)
        with ExitStack() as stack:
            for axes in all_axes(figure.axes):
                if type(axes) is Axes:
                    for axis in (axes.xaxis, axes.yaxis):
                        state = _state(axis)
                        if state is not None:
                            _Remembered(self, axis, (number, state)).put_on(stack)
            yield


def all_axes(some: Iterable[Axes]) -> Iterator[Axes]:
    """`some` axes and those inside them."""
    for axes in some:
        yield axes
        yield from all_axes(axes.child_axes)


class _Remembered:
    """An axis whose methods ask the memory first."""

    def __init__(self, memory: Memory, axis: Axis, state: Any) -> None:
        self.memory, self.axis, self.state = memory, axis, state

    def put_on(self, stack: ExitStack) -> None:
        """Replace the methods, of this one axis and its spines, until the stack is unwound."""

        def put(artist: Artist, name: str, method: Callable[..., Any]) -> None:
            setattr(artist, name, method)
            stack.callback(vars(artist).pop, name)

        for name in ("draw", "get_tightbbox", "get_ticks_position"):
            put(self.axis, name, getattr(self, name))
        for spine in _spines(self.axis):
            if type(spine) is Spine:
                put(spine, "get_window_extent", self._extent(spine))

    def _remembered(self, *what: Any, make: Callable[[], Any]) -> Any:
        return self.memory.get((*what, self.state, _place(self.axis)), make)

    def get_ticks_position(self) -> str:
        return self._remembered("position", make=lambda: type(self.axis).get_ticks_position(self.axis))

    def get_tightbbox(self, renderer: Any = None, *, for_layout_only: bool = False) -> Bbox | None:
        axis, offset = self.axis, self.axis.offsetText

        def make() -> tuple[Bbox | None, str, tuple[float, float]]:
            box = type(axis).get_tightbbox(axis, renderer, for_layout_only=for_layout_only)
            return box, offset.get_text(), offset.get_position()

        box, text, position = self._remembered("box", type(renderer), for_layout_only, make=make)
        # A title makes room for it.
        offset.set_text(text)
        offset.set_position(position)
        return box and box.frozen()

    def _extent(self, spine: Spine) -> Callable[..., Bbox]:
        def get_window_extent(renderer: Any = None) -> Bbox:
            make = lambda: Spine.get_window_extent(spine, renderer)  # noqa: E731
            return self._remembered("spine", spine.spine_type, make=make).frozen()

        return get_window_extent

    def draw(self, renderer: Any) -> None:
        # As every artist of Matplotlib: it ends the rasterizing of the artist before.
        allow_rasterization(lambda _, renderer: self._draw(renderer))(self.axis, renderer)

    def _draw(self, renderer: Any) -> None:
        axis = self.axis
        drawn = False

        def make() -> list[_Call] | None:
            nonlocal drawn
            drawn = True
            recorder = _Recorder(renderer)
            type(axis).draw(axis, recorder)
            return recorder.calls

        calls = self._remembered("drawing", type(renderer), make=make)
        if drawn:
            return
        if calls is None:
            type(axis).draw(axis, renderer)
            return
        for name, arguments, named in calls:
            getattr(renderer, name)(*arguments, **named)


def _place(axis: Axis) -> bytes:
    """Where the axis lies, and what it measures."""
    numbers = [axis.axes.get_figure(root=True).dpi, *axis.axes.get_figure(root=True).bbox.bounds]
    for one in _together(axis):
        numbers += [*one.get_view_interval(), *one.axes.bbox.bounds]
        if not _VIEW_IS_ENOUGH.issuperset(map(type, _tickers(axis))):
            numbers += [*one.get_data_interval(), one.get_minpos()]
    if any(spine._position and spine._position[0] == "data" for spine in _spines(axis)):
        numbers += axis.axes.viewLim.bounds
    return np.array(numbers, float).tobytes()


def _together(axis: Axis) -> list[Axis]:
    """The axis, and those that share its limits."""
    axes: Any = axis.axes
    shared = axes.get_shared_x_axes() if axis.axis_name == "x" else axes.get_shared_y_axes()
    others = (getattr(other, f"{axis.axis_name}axis") for other in shared.get_siblings(axes))
    return [axis, *(other for other in others if other is not axis)]


def _tickers(axis: Axis) -> list[Any]:
    return [axis.major.locator, axis.major.formatter, axis.minor.locator, axis.minor.formatter]


def _spines(axis: Axis) -> list[Spine]:
    return [spine for spine in axis.axes.spines.values() if spine.axis is axis]


def _state(axis: Axis) -> bytes | None:
    """All that decides how the axis looks, but for its place; None if that cannot be told."""
    groups = axis.axes.get_figure(root=False)._align_label_groups
    if len(groups[axis.axis_name].get_siblings(axis.axes)) > 1:  # its label is aligned with that of others
        return None
    out = io.BytesIO()
    try:
        _Pickler(out, axis).dump((axis, _spines(axis), axis.axes.patch))
    except Exception:  # whatever it is that cannot be written down
        return None
    return out.getvalue()


class _Foreign(Exception):
    """Something of which nobody can say whether it is the same."""


class _Pickler(pickle.Pickler):
    """Writes what belongs to an axis, but not the figure around it; only Matplotlib's objects and NumPy's."""

    def __init__(self, out: io.BytesIO, axis: Axis) -> None:
        super().__init__(out, pickle.HIGHEST_PROTOCOL)
        self.axis = axis
        self.together = _together(axis)
        self.around = {axis.axes: "axes", axis.axes.get_figure(root=False): "figure"}

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, Artist):
            return self._artist(thing)
        if isinstance(thing, TransformedPath):
            path = thing.get_fully_transformed_path()
            return tuple, ((path.vertices, path.codes),)
        if isinstance(thing, BboxBase):
            return tuple, ((type(thing), thing.get_points().tobytes()),)
        if isinstance(thing, Transform):
            if thing.is_affine:
                return tuple, ((type(thing), thing.get_matrix().tobytes()),)
            return tuple, ((type(thing), {name: part for name, part in vars(thing).items() if name not in _PASSING}),)
        if isinstance(thing, UnitData):
            return tuple, ((list(thing._mapping.items()),),)
        if isinstance(thing, CallbackRegistry):
            return tuple, ((),)
        module = (thing if isinstance(thing, (type, FunctionType)) else type(thing)).__module__ or ""
        if module.partition(".")[0] not in ("matplotlib", "numpy", "builtins"):
            raise _Foreign
        return NotImplemented

    def _artist(self, thing: Artist) -> Any:
        if thing in self.around:
            return tuple, ((self.around[thing],),)
        if isinstance(thing, Axes):
            raise _Foreign
        if isinstance(thing, Axis) and thing is not self.axis:
            # Ticks of shared axes belong to one of them.
            return tuple, ((self.together.index(thing), thing._major_tick_kw),)
        if type(thing) is Spine and not thing._position:
            # Only when it is asked for its place does it get its own transform.
            return tuple, ({name: part for name, part in thing.__getstate__().items() if name != "_transform"},)
        return NotImplemented


class _Recorder:
    """A renderer that hands on what it is told, and keeps it in `calls`: None if it cannot be kept."""

    def __init__(self, renderer: Any) -> None:
        vars(self).update(_renderer=renderer, calls=[])

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._renderer, name)
        if not name.startswith(("draw_", "open_group", "close_group", "start_", "stop_")):
            return method

        def kept(*arguments: Any, **named: Any) -> Any:
            self._keep(name, arguments, named)
            return method(*arguments, **named)

        return kept

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._renderer, name, value)

    def _keep(self, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        if self.calls is not None:
            try:
                if name.startswith(("start_", "stop_")):  # pixels come in between
                    raise _Foreign
                frozen = tuple(map(_frozen, arguments)), {key: _frozen(value) for key, value in named.items()}
                self.calls.append((name, *frozen))
            except _Foreign:
                vars(self)["calls"] = None


def _frozen(value: Any) -> Any:
    """`value` as it is now; what it belongs to will change, and be forgotten."""
    if value is None or isinstance(value, (str, int, float, tuple, np.generic, Path)):
        return value
    if isinstance(value, Transform):
        return value.frozen()
    if isinstance(value, (FontProperties, np.ndarray)):
        return value.copy()
    if isinstance(value, Text) and matplotlib.rcParams["svg.fonttype"] == "path":
        # All that renderers then ask the text itself for.
        if value.get_fontfeatures() is None and value.get_language() is None:
            return None
    if type(value) is GraphicsContextBase and value.get_clip_path()[0] is None:
        copy = GraphicsContextBase()
        copy.copy_properties(value)
        box = value.get_clip_rectangle()
        copy.set_clip_rectangle(box and box.frozen())
        return copy
    raise _Foreign
