"""Axes that look as they did in another state are not worked out again.

More than half of the time that an SVG figure takes goes into the ticks of its axes. Where all that decides how an
axis looks is the same as in a figure drawn before, its box is known, and its lines are written down once more.

"The same" is taken literally: all attributes of the axis, of its spines and of the patch behind it, as pickle writes
them down, Matplotlib's settings, the limits, the place in the figure. Figures with axes of another kind, shared axes,
or labels aligned with others are drawn as always; so is an axis with units, or with anything that is not Matplotlib's.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Callable, Iterator
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
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.cbook import CallbackRegistry
from matplotlib.figure import Figure
from matplotlib.spines import Spine
from matplotlib.transforms import Bbox, BboxBase, Transform, TransformedPath

IS_KNOWN = (3, 10) <= matplotlib.__version_info__[:2] < (3, 12)  # with others, axes are drawn as always
_MOST = 1000  # entries of a memory; the one that was not asked for longest makes room
_VIEW_IS_ENOUGH = {ticker.AutoLocator, ticker.FixedLocator, ticker.MaxNLocator, ticker.MultipleLocator, ticker.NullLocator}
_VIEW_IS_ENOUGH |= {ticker.FixedFormatter, ticker.NullFormatter, ticker.ScalarFormatter}  # not the limits of the data
_PASSING = {"_parents", "_invalid", "_mtx", "_inverted", "_affine"}  # what transforms keep for themselves
_READ = {"matplotlib", "numpy", "builtins", "collections", "functools"}  # whose objects pickle all about themselves
_NOTED = re.compile("<!-- an axis drawn before: ([0-9]+) -->")


class Memory:
    """What axes looked like, for as long as the states of one interact are recorded."""

    def __init__(self) -> None:
        self.active = IS_KNOWN
        self._known: dict[Any, Any] = {}
        self._noted: list[str] = []
        self._used, self._states = False, 0

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` gave for this key before, or gives now."""
        self._used |= key in self._known
        self._known[key] = value = self._known.pop(key) if key in self._known else make()
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return value

    def is_to_be_checked(self) -> bool:
        """Whether the state just drawn is the first, second, fourth, eighth … in which something came from memory."""
        used, self._used, self._states = self._used, False, self._states + self._used
        return used and self._states & (self._states - 1) == 0

    def note(self, svg: str, renderer: Any) -> None:
        """Have `svg` written where the renderer is."""
        renderer.writer.comment(f"an axis drawn before: {len(self._noted)}")
        self._noted.append(svg)

    def told(self, svg: str) -> str:
        """`svg` with what was noted for it; what that defines may stand there twice."""
        noted, self._noted = self._noted, []
        return _NOTED.sub(lambda match: noted[int(match[1])], svg)

    @contextmanager
    def at_work(self, figure: Figure) -> Iterator[None]:
        """While this lasts, axes of `figure` are measured and drawn from memory where that is possible."""
        # Asked for their limits, axes find them.
        found, shown = [], [axes for axes in figure.axes if axes.axison and axes.get_visible() and axes.viewLim]
        if self.active and shown and all(map(_is_plain, figure.axes)):
            settings: Any = dict.copy(matplotlib.rcParams)
            settings.pop("axes.prop_cycle")  # of no use for drawing, and not the same twice
            settings = pickle.dumps(settings)
            every = (axis for axes in shown for axis in (axes.xaxis, axes.yaxis))
            found = [_Remembered(self, axis, state) for axis in every if (state := _fingerprint(axis, settings))]
        with ExitStack() as stack:
            for one in found:
                one.put_on(stack)
            yield


class _Remembered:
    """An axis whose methods, of this one only, look into the memory; `state` is that before it was measured."""

    def __init__(self, memory: Memory, axis: Any, state: bytes) -> None:
        self.memory, self.axis, self.state, self.limits = memory, axis, state, axis.axes.viewLim.bounds

    def put_on(self, stack: ExitStack) -> None:
        """Replace the methods until the stack is unwound."""

        def put(artist: Artist, name: str, method: Callable[..., Any]) -> None:
            setattr(artist, name, method)
            stack.callback(vars(artist).pop, name)

        put(self.axis, "draw", partial(allow_rasterization(self._draw), self.axis))
        put(self.axis, "get_tightbbox", self._tight_box)
        position = partial(type(self.axis).get_ticks_position, self.axis)
        put(self.axis, "get_ticks_position", lambda: self._get("position", position))
        for spine in (spine for spine in self.axis.axes.spines.values() if spine.axis is self.axis):
            make = partial(Spine.get_window_extent, spine)
            put(spine, "get_window_extent", lambda *_, spine=spine, make=make: self._get(spine.spine_type, make).frozen())

    def _get(self, what: Any, make: Callable[[], Any]) -> Any:
        axis, axes, figure = self.axis, self.axis.axes, self.axis.get_figure(root=True)
        place = [figure.dpi, *figure.bbox.bounds, *axes.bbox.bounds, *axis.get_view_interval()]
        if axes.viewLim.bounds != self.limits:  # changed for an aspect, and what stands at data with them
            place += axes.viewLim.bounds
        tickers = axis.major.locator, axis.major.formatter, axis.minor.locator, axis.minor.formatter
        if not _VIEW_IS_ENOUGH.issuperset(map(type, tickers)):
            place += [*axis.get_data_interval(), axis.get_minpos()]
        return self.memory.get((what, self.state, np.array(place, float).tobytes()), make)

    def _draw(self, axis: Any, renderer: Any) -> None:
        def make() -> str:
            """What an SVG file that holds nothing else has in it, after the style sheet."""
            out, (width, height) = io.StringIO(), renderer.get_canvas_width_height()
            type(axis).draw(axis, alone := RendererSVG(width, height, out))
            alone.finalize()
            return out.getvalue().split("</defs>", 1)[1].rpartition("</svg>")[0]

        if hasattr(renderer, "writer"):
            self.memory.note(self._get("drawing", make), renderer)
        else:  # turned into pixels, or only rehearsed
            type(axis).draw(axis, renderer)

    def _tight_box(self, renderer: Any = None, *, for_layout_only: bool = False) -> Bbox | None:
        axis, offset = self.axis, self.axis.offsetText

        def make() -> tuple[Bbox | None, str, tuple[float, float]]:
            box = type(axis).get_tightbbox(axis, renderer, for_layout_only=for_layout_only)
            return box, offset.get_text(), offset.get_position()

        box, text, position = self._get(("box", for_layout_only), make)
        offset.set_text(text)  # a title makes room for it
        offset.set_position(position)
        return box and box.frozen()


def _is_plain(axes: Axes) -> bool:
    """Whether nothing but what is fingerprinted decides how the axes' two axes look."""
    figure: Any = axes.get_figure(root=False)
    families = axes.get_shared_x_axes(), axes.get_shared_y_axes(), *figure._align_label_groups.values()
    if any(len(family.get_siblings(axes)) > 1 for family in families) or axes.child_axes or axes.get_rasterized():
        return False
    return type(axes) is Axes and type(figure) is Figure and axes.get_rasterization_zorder() is None


def _fingerprint(axis: Any, settings: bytes) -> bytes | None:
    out = io.BytesIO()
    try:
        if axis.have_units():
            return None
        _Pickler(out, axis).dump((settings, axis, list(axis.axes.spines.values()), axis.axes.patch))
    except Exception:  # whatever it is that cannot be written down
        return None
    return blake2b(out.getbuffer(), digest_size=20).digest()


class _Pickler(pickle.Pickler):
    """Writes what belongs to an axis, but not the figure around it; only Matplotlib's objects and NumPy's."""

    def __init__(self, out: io.BytesIO, axis: Any) -> None:
        super().__init__(out, pickle.HIGHEST_PROTOCOL)
        axes = axis.axes
        self.around = {axes: "axes", axes.get_figure(root=False): "figure", axes.xaxis: "x", axes.yaxis: "y"}
        del self.around[axis]

    def reducer_override(self, thing: Any) -> Any:
        """How one thing is written."""
        if isinstance(thing, Artist) and thing in self.around:
            return tuple, ((self.around[thing],),)
        if isinstance(thing, (Axes, Figure, TransformedPath)):  # the last: cut to a shape that is no box, seldom
            raise pickle.PicklingError  # nobody can say whether it is the same
        if isinstance(thing, Artist):
            make, arguments, state = cast(Any, thing.__reduce_ex__(pickle.HIGHEST_PROTOCOL))[:3]
            state.pop("_remove_method", None)  # leads to the artist's neighbours
            if type(thing) is Spine and not vars(thing).get("_position"):
                del state["_transform"]  # it gets its own when it is first asked for its place
            return make, arguments, state
        if isinstance(thing, BboxBase):
            return tuple, ((type(thing), thing.get_points().tobytes()),)
        if isinstance(thing, Transform):
            own = {name: part for name, part in vars(thing).items() if name not in _PASSING}
            return tuple, ((type(thing), thing.get_matrix().tobytes() if thing.is_affine else own),)
        if isinstance(thing, CallbackRegistry):
            return tuple, ((),)
        module = (thing if isinstance(thing, (type, FunctionType)) else type(thing)).__module__ or ""
        if module.partition(".")[0] not in _READ:
            raise pickle.PicklingError
        return NotImplemented
