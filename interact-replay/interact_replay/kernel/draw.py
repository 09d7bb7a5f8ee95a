"""Figure → picture, as IPython's inline backend makes it, but sooner, and smaller where that cannot be seen.

Cut to what it shows ("tight", the inline backend's default), Matplotlib draws a figure twice, the first time only to
learn where everything goes. Nearly every figure can be asked for its box directly. Axes that look as in another
state come from memory. An image that is only enlarged, with hard edges, is written with the pixels of its data: the
browser enlarges it. Where Matplotlib would write a PNG it writes WebP, without the way through a PNG.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import matplotlib
from IPython.core.formatters import PNGFormatter
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import print_figure
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.text import Annotation, OffsetFrom
from matplotlib.transforms import Bbox
from matplotlib_inline import backend_inline
from PIL import features

from ..image import LOSSLESS
from .reuse import Memory

_PLACED_BY_DRAWING = {"3d"} if matplotlib.__version_info__ < (3, 11) else set()
"""Projections whose axes find their box only when they are drawn."""
_UNDERSTOOD = {"base64", "dpi", "edgecolor", "facecolor", "metadata", "pil_kwargs"}
"""Settings that leave the box to us."""


def shows_pixels(shell: InteractiveShell) -> bool:
    """Whether figures are displayed as the inline backend does if nobody says anything: as PNG."""
    formatters: dict[str, Any] = shell.display_formatter.formatters  # type: ignore[union-attr]
    return _is_the_backends(formatters["image/png"], "png") and Figure not in formatters["image/svg+xml"].type_printers


@contextmanager
def drawing(shell: InteractiveShell, memory: Memory, vector: bool = False) -> Iterator[None]:
    """While this lasts, figures are displayed by `draw`, with the settings that the notebook has chosen.

    `vector`: where they would be PNG, they are SVG.
    """
    formatters: dict[str, Any] = shell.display_formatter.formatters  # type: ignore[union-attr]
    kept, made = {}, []
    for name, form in (("image/svg+xml", "svg"), ("image/png", "png")):
        if _is_the_backends(formatters[name], form):
            kept[name] = formatters[name].type_printers[Figure]
            how = {"memory": memory, **kept[name].keywords}
            if name == "image/png" and vector:
                formatters[name].pop(Figure)
                name = "image/svg+xml"
                how["fmt"] = "svg"
                made.append(formatters[name])
            elif name == "image/png" and "pil_kwargs" not in how and features.check("webp"):
                formatters[name].pop(Figure)
                name = "image/webp"
                formatters[name] = PNGFormatter(format_type=name, print_method="_repr_webp_")
                how |= {"fmt": "webp", "pil_kwargs": LOSSLESS}
            formatters[name].for_type(Figure, partial(draw, **how))
    # Of a transparent figure it looks up whether the ticks are light or dark, and makes all of them for that.
    metadata = backend_inline._fetch_figure_metadata
    backend_inline._fetch_figure_metadata = lambda figure: {}
    try:
        yield
    finally:
        backend_inline._fetch_figure_metadata = metadata
        formatters.pop("image/webp", None)
        for formatter in made:
            formatter.pop(Figure)
        for name, printer in kept.items():
            formatters[name].for_type(Figure, printer)


def _is_the_backends(formatter: Any, form: str) -> bool:
    """Whether it is the inline backend that has figures displayed in this form: an author's own formatter stays."""
    printer = formatter.type_printers.get(Figure)
    return isinstance(printer, partial) and printer.func is print_figure and printer.keywords.get("fmt") == form


def draw(figure: Figure, fmt: str, memory: Memory, bbox_inches: Any = "tight", **settings: Any) -> Any:
    """As `IPython.core.pylabtools.print_figure`, without what need not be done twice."""
    with ExitStack() as stack:
        if fmt == "svg":
            stack.enter_context(_own_pixels(figure))
            stack.enter_context(memory.at_work(figure))
        dpi = settings.get("dpi", figure.dpi)
        understood = _UNDERSTOOD.issuperset(settings) and isinstance(dpi, (int, float))
        if bbox_inches == "tight" and understood and _knows_its_box(figure):
            bbox_inches = _tight_box(figure, fmt, dpi)
        picture = print_figure(figure, fmt=fmt, bbox_inches=bbox_inches, **settings)
    return memory.told(picture) if picture and fmt == "svg" else picture


def _knows_its_box(figure: Figure) -> bool:
    """Whether its box is found without drawing it: not where a layout, a second axis or pixels are made by drawing."""
    found = list(_all_axes(figure.axes))
    plain = all(isinstance(axes, Axes) and axes.name not in _PLACED_BY_DRAWING and not axes.get_rasterized() for axes in found)
    return bool(found and plain and figure.get_layout_engine() is None and not _stands_beside(found))


def _all_axes(some: Iterable[Any]) -> Iterator[Any]:
    """`some` axes and those inside them."""
    for axes in some:
        yield axes
        yield from _all_axes(axes.child_axes)


def _stands_beside(some: Iterable[Axes]) -> bool:
    """Whether a note has its place from another part of the figure, which may find its own only when it is drawn."""
    notes = (text for axes in some for text in axes.texts if isinstance(text, Annotation))
    places = (place for note in notes for place in (note.xycoords, note.anncoords))
    parts = (part for place in places for part in (place if isinstance(place, tuple) else (place,)))
    return any(isinstance(part, (Artist, OffsetFrom)) for part in parts)


def _tight_box(figure: Figure, fmt: str, dpi: float) -> Bbox:
    own, canvas = figure.dpi, figure.canvas
    figure.dpi = 72 if fmt == "svg" else dpi
    try:
        renderer: Any
        if fmt == "svg":
            renderer = RendererSVG(*figure.bbox.size, io.StringIO())
        else:
            renderer = FigureCanvasAgg(figure).get_renderer()
        return figure.get_tightbbox(renderer).padded(matplotlib.rcParams["savefig.pad_inches"])
    finally:
        figure.set_canvas(canvas)
        figure.dpi = own


@contextmanager
def _own_pixels(figure: Figure) -> Iterator[None]:
    """While this lasts, images that Matplotlib would enlarge with hard edges keep the pixels of their data."""
    with ExitStack() as stack:
        for image in (image for axes in _all_axes(figure.axes) for image in axes.images):
            if type(image) is AxesImage and image.get_interpolation() in ("auto", "antialiased", "nearest") and _enlarged(image):
                stack.callback(image.set_interpolation, image.get_interpolation())
                image.set_interpolation("none")
        yield


def _enlarged(image: AxesImage) -> bool:
    """More than three times in both directions: from there on "auto" means hard edges."""
    if image.axes is None or image.get_array() is None:
        return False
    image.axes.apply_aspect()
    rows, columns = image.get_size()
    box = image.get_window_extent()
    return box.width > 3 * columns and box.height > 3 * rows
