"""Parts of a figure that look as they did in another state are not worked out again.

More than half of the time that a figure takes goes into the ticks of its axes: making them, measuring their labels,
drawing them. Where the state of an axis, and all that decides where it lies, is the same as in a figure drawn before,
its box is known, and the strokes and texts it consists of are handed to the renderer once more. So it is with texts,
legends, arrows and collections (scattered points, filled areas), which take long to draw, too.

"The same" is taken literally: all attributes of the part are compared, as pickle writes them down. A part that holds
anything which is not Matplotlib's own, or cannot be written down, is drawn as always.
"""

from __future__ import annotations

import io
import pickle
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from hashlib import blake2b
from types import FunctionType
from typing import Any, cast

import matplotlib
import numpy as np
from matplotlib import ticker
from matplotlib.artist import Artist, allow_rasterization
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis, YAxis
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.category import UnitData
from matplotlib.cbook import CallbackRegistry
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path
from matplotlib.quiver import Barbs, Quiver
from matplotlib.spines import Spine
from matplotlib.text import Annotation, OffsetFrom, Text
from matplotlib.transforms import Bbox, BboxBase, Transform, TransformedPath

_MOST = 1000
"""Entries of a memory; the one that was not asked for longest makes room."""

_HOPELESS = 12
"""A part that was new so many times in a row is drawn without a look into the memory."""

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

_READ = {"matplotlib", "numpy", "builtins", "collections", "functools"}
"""Whose objects say all about themselves when they are pickled."""

_STROKES = {"draw_path", "draw_markers", "draw_path_collection", "draw_text", "draw_tex", "draw_text_image"}
_STROKES |= {"open_group", "close_group"}
"""What can be told to another renderer."""

_NOTE = "what was drawn before: {}"
_NOTED = re.compile(f"<!-- {_NOTE.format('([0-9]+)')} -->")

_Call = tuple[str, tuple[Any, ...], dict[str, Any]]


class Memory:
    """What parts of figures looked like, for as long as the states of one interact are recorded."""

    def __init__(self) -> None:
        self.active = True
        self._known: dict[Any, Any] = {}
        self._texts: list[str] = []
        self._states: set[Any] = set()
        self._news: Counter[int] = Counter()

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` gave for this key before, or gives now."""
        value = self._known.pop(key) if key in self._known else make()
        self._known[key] = value
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return value

    def keep(self, text: str) -> int:
        """A number for a piece of SVG."""
        self._texts.append(text)
        return len(self._texts) - 1

    def told(self, svg: str) -> str:
        """`svg` with the pieces for which only their numbers were written; what they define may stand there twice."""
        return _NOTED.sub(lambda match: self._texts[int(match[1])], svg)

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """While this lasts, everything is drawn as if for the first time."""
        self.active = False
        try:
            yield
        finally:
            self.active = True

    def count(self, index: int, state: Any) -> None:
        """Note that part number `index` of a figure was seen in this state."""
        self._news[index] = 0 if state in self._states else self._news[index] + 1
        self._states.add(state)

    @contextmanager
    def at_work(self, figure: Figure) -> Iterator[None]:
        """While this lasts, parts of `figure` are measured and drawn from memory where that is possible."""
        for axes in _visible_axes(figure):
            axes.viewLim  # noqa: B018 - asked for its limits, it finds them
        with ExitStack() as stack:
            if (settings := _settings()) and not stands_beside(figure):
                for index, artist in enumerate(_worthwhile(figure)):
                    if self._news[index] < _HOPELESS and "draw" not in vars(artist):
                        _KINDS.get(type(artist), _Part)(self, artist, settings, index).put_on(stack)
            yield


def stands_beside(figure: Figure) -> bool:
    """Whether a note has its place from another part of the figure, which may find its own only when it is drawn."""
    for axes in all_axes(figure.axes):
        for note in (text for text in axes.texts if isinstance(text, Annotation)):
            for place in note.xycoords, note.anncoords:
                parts = place if isinstance(place, tuple) else (place,)
                if any(isinstance(part, (Artist, OffsetFrom)) for part in parts):
                    return True
    return False


def _settings() -> bytes | None:
    """All settings as they are now, None if they cannot be told; a cycle of colours is of no use for drawing."""
    settings: Any = dict.copy(matplotlib.rcParams)
    settings.pop("axes.prop_cycle")
    try:
        return blake2b(pickle.dumps(settings), digest_size=20).digest()
    except Exception:  # whatever it is that cannot be written down
        return None


def _worthwhile(figure: Figure) -> list[Artist]:
    """The parts of a figure whose drawing takes longer than finding out whether they are the same."""
    found = [artist for axes in _visible_axes(figure) if type(axes) is Axes for artist in axes.get_children()]
    return [artist for artist in found if _is_worthwhile(artist)]


def _is_worthwhile(artist: Artist) -> bool:
    if type(artist) is Text:
        return artist.get_text() != ""
    # How long arrows of a field are is decided by much more than themselves.
    return type(artist) in _KINDS or isinstance(artist, Collection) and not isinstance(artist, (Quiver, Barbs))


def all_axes(some: Iterable[Any]) -> Iterator[Any]:
    """`some` axes and those inside them."""
    for axes in some:
        yield axes
        yield from all_axes(axes.child_axes)


def _visible_axes(figure: Figure) -> list[Any]:
    return [axes for axes in all_axes(figure.axes) if axes.get_visible()]


class _Part:
    """An artist that is drawn from memory."""

    kept_at = 2
    """Which drawing is kept: not the first, since much changes with every state."""

    def __init__(self, memory: Memory, artist: Any, settings: bytes, index: int) -> None:
        self.memory, self.artist, self.settings, self.index = memory, artist, settings, index

    def put_on(self, stack: ExitStack) -> None:
        """Replace the artist's methods, of this one only, until the stack is unwound."""
        # As every artist of Matplotlib, it first ends the rasterizing of the one before.
        _put(stack, self.artist, "draw", partial(allow_rasterization(self._draw), self.artist))

    def state(self) -> bytes | None:
        """All that decides how the artist looks, but for its place, at the moment of drawing; None if nobody can say."""
        state = _state(self.artist)
        self.memory.count(self.index, state)
        return state

    def place(self) -> bytes:
        """Where the artist lies."""
        return _numbers(*_room(self.artist))

    def _draw(self, artist: Any, renderer: Any) -> None:
        draw, state = type(artist).draw, self.state()
        if state is None:
            draw(artist, renderer)
            return
        seen = self.memory.get(("drawing", *_kind(renderer), self.settings, state, self.place()), _Seen)
        seen.times += 1
        if seen.times == self.kept_at:
            recorder = _Recorder(renderer)
            draw(artist, recorder)
            seen.calls = recorder.calls if recorder.is_complete() else None
        elif seen.calls is None:
            draw(artist, renderer)
        else:
            seen.tell(renderer, self.memory)


class _AxisPart(_Part):
    """An axis: its box is remembered, too, and those of its spines, which have room for its ticks.

    Its state is that before it is measured, which makes ticks.
    """

    kept_at = 1

    def put_on(self, stack: ExitStack) -> None:
        self.before = super().state()
        if self.before is None:
            return
        self.limits = self.artist.axes.viewLim.bounds
        super().put_on(stack)
        _put(stack, self.artist, "get_tightbbox", self._tight_box)
        _put(stack, self.artist, "get_ticks_position", self._ticks_position)
        for spine in _spines(self.artist):
            if type(spine) is Spine:
                _put(stack, spine, "get_window_extent", self._extent(spine))

    def state(self) -> bytes | None:
        return self.before

    def place(self) -> bytes:
        axis = self.artist
        found = _room(axis)
        if (limits := axis.axes.viewLim.bounds) != self.limits:  # changed for an aspect, and what stands at data with them
            found += limits
        for one in _together(axis):
            found += [*one.get_view_interval(), *one.axes.bbox.bounds]
            if not _VIEW_IS_ENOUGH.issuperset(map(type, _tickers(axis))):
                found += [*one.get_data_interval(), one.get_minpos()]
        return _numbers(*found)

    def _remembered(self, *what: Any, make: Callable[[], Any]) -> Any:
        return self.memory.get((*what, self.settings, self.before, self.place()), make)

    def _ticks_position(self) -> str:
        return self._remembered("position", make=lambda: type(self.artist).get_ticks_position(self.artist))

    def _tight_box(self, renderer: Any = None, *, for_layout_only: bool = False) -> Bbox | None:
        axis, offset = self.artist, self.artist.offsetText

        def make() -> tuple[Bbox | None, str, tuple[float, float]]:
            box = type(axis).get_tightbbox(axis, renderer, for_layout_only=for_layout_only)
            return box, offset.get_text(), offset.get_position()

        box, text, position = self._remembered("box", *_kind(renderer), for_layout_only, make=make)
        # A title makes room for it.
        offset.set_text(text)
        offset.set_position(position)
        return box and box.frozen()

    def _extent(self, spine: Spine) -> Callable[..., Bbox]:
        def get_window_extent(renderer: Any = None) -> Bbox:
            make = partial(Spine.get_window_extent, spine, renderer)
            return self._remembered("spine", spine.spine_type, make=make).frozen()

        return get_window_extent


_KINDS: dict[type, type[_Part]] = {
    XAxis: _AxisPart,
    YAxis: _AxisPart,
    Legend: _Part,
    FancyArrowPatch: _Part,
    Text: _Part,
    Annotation: _Part,
}


class _Seen:
    """How often an artist was drawn, by which calls; its number as SVG; what it is for Agg, empty if unknown."""

    times = 0
    calls: list[_Call] | None = None
    text: int | None = None
    paint: list[_Call] | None = None

    def tell(self, renderer: Any, memory: Memory) -> None:
        """Have it drawn once more."""
        if not self.calls:
            return
        # Layouts are rehearsed with a renderer whose methods do nothing.
        is_agg = type(renderer) is RendererAgg and "draw_text" not in vars(renderer)
        if hasattr(renderer, "writer"):  # SVG, and nothing is being turned into pixels
            if self.text is None:
                self.text = memory.keep(_svg(self.calls, renderer))
            renderer.writer.comment(_NOTE.format(self.text))
        elif is_agg and self.paint is None:
            self.paint = _paint(self.calls, renderer) or []
        elif is_agg and self.paint:
            _replay(self.paint, renderer._renderer)
        else:
            _replay(self.calls, renderer)


def _put(stack: ExitStack, artist: Artist, name: str, method: Callable[..., Any]) -> None:
    setattr(artist, name, method)
    stack.callback(vars(artist).pop, name)


def _numbers(*numbers: float) -> bytes:
    return np.array(numbers, float).tobytes()


def _room(artist: Any) -> list[float]:
    """The figure and the part of it that the artist is in; its axes are in its state, with their patch."""
    figure, part = artist.get_figure(root=True), artist.get_figure(root=False)
    return [figure.dpi, *figure.bbox.bounds, *part.bbox.bounds]


def _kind(renderer: Any) -> tuple[type, bool]:
    """Of what kind a renderer is; one for SVG also turns into pixels what is to be rasterized."""
    return type(renderer), hasattr(renderer, "writer")


def _together(axis: Any) -> list[Any]:
    """The axis, and those that share its limits."""
    axes = axis.axes
    shared = axes.get_shared_x_axes() if axis.axis_name == "x" else axes.get_shared_y_axes()
    others = (getattr(other, f"{axis.axis_name}axis") for other in shared.get_siblings(axes))
    return [axis, *(other for other in others if other is not axis)]


def _tickers(axis: Any) -> list[Any]:
    return [axis.major.locator, axis.major.formatter, axis.minor.locator, axis.minor.formatter]


def _spines(axis: Any) -> list[Any]:
    return [spine for spine in axis.axes.spines.values() if spine.axis is axis]


def _position(spine: Spine) -> Any:
    """None while it has not been asked for: that would give it one, and its axis new ticks."""
    return vars(spine).get("_position")


def _state(artist: Any) -> bytes | None:
    out = io.BytesIO()
    try:
        if _depends_on_others(artist):
            return None
        axes, spines = artist.axes, _spines(artist) if isinstance(artist, Axis) else []
        # A note finds its place when it is drawn; where categories are placed is decided by the units.
        around = axes.patch, axes.xaxis.units, axes.yaxis.units, isinstance(artist, Annotation) and axes.transData
        _Pickler(out, artist).dump((artist, spines, *around))
    except Exception:  # whatever it is that cannot be written down
        return None
    return blake2b(out.getbuffer(), digest_size=20).digest()


def _depends_on_others(artist: Any) -> bool:
    """Or others on it, on what comes about when it is drawn."""
    if type(artist) in (XAxis, YAxis):  # the label may be aligned with others
        groups = artist.get_figure(root=False)._align_label_groups
        return len(groups[artist.axis_name].get_siblings(artist.axes)) > 1
    if type(artist) is Legend:
        return _seeks_its_place(artist)
    if isinstance(artist, Text) and artist.get_bbox_patch() is not None:  # its frame is found with it, and others may use that
        return True
    if isinstance(artist, FancyArrowPatch) or isinstance(artist, Annotation) and artist.arrow_patch:  # so is its size
        return any(map(_seeks_its_place, cast(Any, artist.axes).get_children()))
    if isinstance(artist, Collection):  # limits of colours that are not known yet are found for all that share them
        return artist.get_array() is not None and not artist.norm.scaled()
    return False


def _seeks_its_place(artist: Any) -> bool:
    """Whether it is a legend, to be where there is nothing else."""
    return isinstance(artist, Legend) and bool(cast(Any, artist)._get_loc() == Legend.codes["best"])


class _Foreign(Exception):
    """Something of which nobody can say whether it is the same."""


class _Pickler(pickle.Pickler):
    """Writes what belongs to an artist, but not the figure around it; only Matplotlib's objects and NumPy's."""

    def __init__(self, out: io.BytesIO, artist: Artist) -> None:
        super().__init__(out, pickle.HIGHEST_PROTOCOL)
        self.artist = artist
        self.together = _together(artist) if isinstance(artist, Axis) else []
        self.around = {artist.axes: "axes", artist.get_figure(root=False): "figure"}

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, Artist):
            return self._artist(thing)
        if isinstance(thing, TransformedPath):  # cut to a shape that is no box: seldom, and not kept
            raise _Foreign
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
        if module.partition(".")[0] not in _READ:
            raise _Foreign
        return NotImplemented

    def _artist(self, thing: Any) -> Any:
        if thing in self.around:
            return tuple, ((self.around[thing],),)
        if isinstance(thing, Axes):
            raise _Foreign
        if type(thing) in (XAxis, YAxis) and thing is not self.artist:
            # Ticks of shared axes belong to one of them.
            return tuple, ((self.together.index(thing), thing._major_tick_kw),)
        make, arguments, state, *_ = thing.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
        state.pop("_remove_method", None)  # leads to the artist's neighbours
        if thing is self.artist:
            state.pop("draw", None)  # ours
        if type(thing) is Spine and not _position(thing):
            del state["_transform"]  # it gets its own when it is first asked for its place
        return make, arguments, state


def _replay(calls: list[_Call], renderer: Any) -> None:
    for name, arguments, named in calls:
        getattr(renderer, name)(*arguments, **named)


def _svg(calls: list[_Call], renderer: Any) -> str:
    """What an SVG file that holds nothing else has in it, definitions included."""
    out = io.StringIO()
    width, height = renderer.get_canvas_width_height()
    alone = RendererSVG(width, height, out)
    _replay(calls, alone)
    alone.finalize()
    # The first definition is the style sheet.
    return out.getvalue().split("</defs>", 1)[1].rpartition("</svg>")[0]


def _paint(calls: list[_Call], renderer: RendererAgg) -> list[_Call] | None:
    """Do these calls, and give those that reach Agg itself: what letters look like is found out only once."""
    agg = renderer._renderer
    recorder = _Recorder(agg)
    renderer._renderer = recorder
    renderer._update_methods()
    try:
        _replay(calls, renderer)
    finally:
        renderer._renderer = agg
        renderer._update_methods()
    return recorder.calls


class _Recorder:
    """A renderer that hands on what it is told, and keeps it in `calls`: None if it cannot be kept."""

    def __init__(self, renderer: Any) -> None:
        vars(self).update(_renderer=renderer, calls=[])

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._renderer, name)
        if not name.startswith(("draw_", "open_", "close_", "start_", "stop_")):
            return method

        def kept(*arguments: Any, **named: Any) -> Any:
            self._keep(name, arguments, named)
            return method(*arguments, **named)

        return kept

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._renderer, name, value)

    def is_complete(self) -> bool:
        """Whether all groups were closed again; that of a text which lies nowhere is not."""
        names = [name for name, *_ in self.calls or ()]
        return names.count("open_group") == names.count("close_group")

    def _keep(self, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        if self.calls is not None:
            try:
                if name not in _STROKES:
                    raise _Foreign
                frozen = tuple(map(_frozen, arguments)), {key: _frozen(value) for key, value in named.items()}
                self.calls.append((name, *frozen))
            except _Foreign:
                vars(self)["calls"] = None


def _frozen(value: Any) -> Any:
    """`value` as it is now; what it belongs to will change, and be forgotten."""
    if value is None or isinstance(value, (str, int, float, tuple, np.generic)):
        return value
    if isinstance(value, Path):
        return value.deepcopy()
    if isinstance(value, list):
        return [_frozen(part) for part in value]
    if isinstance(value, Transform):
        return value.frozen()
    if isinstance(value, (FontProperties, np.ndarray)):
        return value.copy()
    if isinstance(value, Text) and matplotlib.rcParams["svg.fonttype"] == "path" and not _has_wishes(value):
        return None
    if type(value) is GraphicsContextBase and value.get_clip_path()[0] is None:
        copy = GraphicsContextBase()
        copy.copy_properties(value)
        box = value.get_clip_rectangle()
        copy.set_clip_rectangle(box and box.frozen())
        return copy
    raise _Foreign


def _has_wishes(text: Text) -> bool:
    """Whether renderers have to ask the text itself for more than they are told (since Matplotlib 3.11)."""
    return any(getattr(text, name, lambda: None)() is not None for name in ("get_fontfeatures", "get_language"))
