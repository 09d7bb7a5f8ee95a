"""What is drawn from memory is what Matplotlib draws.

A memory that takes two different things for the same would show one state's figure in another. So many figures, each
different from the first in one thing, are drawn again and again with one memory, in many orders.
"""

import random
from functools import partial

import matplotlib
import numpy as np
import pytest
from cycler import cycler
from myst_nb_interact import reuse
from myst_nb_interact.draw import draw
from myst_nb_interact.record import _without_names
from myst_nb_interact.reuse import Memory
from myst_nb_interact.svg import make_tidy

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib import patheffects, ticker  # noqa: E402
from matplotlib.backends.backend_agg import RendererAgg  # noqa: E402
from matplotlib.collections import FillBetweenPolyCollection, PathCollection  # noqa: E402
from matplotlib.patches import Circle, FancyArrowPatch  # noqa: E402
from matplotlib.text import OffsetFrom, Text  # noqa: E402
from matplotlib.transforms import Affine2D, Bbox  # noqa: E402

pytestmark = pytest.mark.usefixtures("figures")

X = np.linspace(0.1, 6, 20)
TIDY = make_tidy(None, {})
FIGURES = []


def each(*values):
    """Draw a figure for each of the values."""

    def keep(make):
        FIGURES.extend(partial(make, *value) if isinstance(value, tuple) else partial(make, value) for value in values)
        return make

    return keep


def base(scale="linear", **figure):
    fig, ax = plt.subplots(**{"figsize": (3, 2)} | figure)
    ax.plot(X, np.sin(X), label="sine")
    ax.scatter(X, np.cos(X), c=X, label="points")
    ax.set(xlabel="x", ylabel="y", title="a title", yscale=scale)
    ax.legend(loc="lower left")
    return fig, ax


def change(name, run, **start):
    run(*base(**start))


def all_of(runs, fig, ax):
    for run in runs:
        run(fig, ax)


def of_axes(name, *arguments, **named):
    return partial(change, f"{name} {arguments} {named}", lambda fig, ax: getattr(ax, name)(*arguments, **named))


def of_axis(name, *arguments, **named):
    return partial(change, f"axis {name} {arguments}", lambda fig, ax: getattr(ax.xaxis, name)(*arguments, **named))


def drawn_with(make=base, **settings):
    """Settings that hold while the figure is drawn, and only then."""
    found = partial(make)
    found.settings = settings
    return found


def made_with(**settings):
    with matplotlib.rc_context(settings):
        base()
        plt.gcf().canvas.draw()  # ticks are made now, by these settings


def of_ticks(name, what, value):
    def run(fig, ax):
        for tick in ax.xaxis.get_major_ticks():
            getattr(getattr(tick, what), name)(value)

    return partial(change, f"ticks' {what} {name} {value}", run)


def shared():
    fig, (one, two) = plt.subplots(2, 1, sharex=True, figsize=(3, 2))
    one.plot(X)
    two.plot(X * X)


def shared_otherwise():
    shared()
    plt.gcf().axes[0].set_xlim(-3, 8)


def shared_log():
    fig, (one, two) = plt.subplots(2, 1, sharex=True, figsize=(3, 2))
    one.loglog(X, X)
    two.plot(1000 * X, X)


@each(1, 1000)
def twins(factor):
    fig, ax = base()
    ax.twinx().plot(X, factor * X, "r")


@each(0.4, 0.3)
def inset(side):
    fig, ax = base()
    ax.inset_axes([0.5, 0.5, side, 0.4]).plot(X)


@each(("a", "b"), ("a", "c"), ("b", "a"))
def bars(*names):
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.bar(names, range(1, len(names) + 1))


@each(1, 2)
def dates(day):
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.plot(np.arange(f"2026-01-{day:02}", "2026-03-20", dtype="datetime64[D]"), np.arange(79 - day))


def colors(what, **named):
    fig, ax = plt.subplots(figsize=(3, 2))
    mappable = getattr(ax, what)(np.outer(X, X), **named)
    fig.colorbar(mappable)


@each(1, 9)
def late_colors(top):
    """Limits of colours that are only found when the first of two collections is drawn."""
    fig, ax = plt.subplots(figsize=(3, 2))
    norm = matplotlib.colors.Normalize()
    for i, values in enumerate(([0, top], [0.2, 0.5])):
        marks = matplotlib.collections.PathCollection(
            [matplotlib.path.Path.unit_rectangle()], [30], offsets=[[i, 0], [i, 1]], norm=norm,
            offset_transform=ax.transData,
        )
        marks.set_array(np.array(values, float))
        ax.add_collection(marks)
    norm.vmin = norm.vmax = None
    ax.set(xlim=(-1, 2), ylim=(-1, 2))


@each(0, 60)
def aligned(rotation):
    """The ticks of one axes move the label of the other."""
    fig, (one, two) = plt.subplots(1, 2, figsize=(3, 2))
    for ax in one, two:
        ax.set(xlabel="x", xlim=(1000, 2000))
    two.tick_params(labelrotation=rotation)
    fig.align_labels()


@each((3, 9), (30, 9), (30, 5))
def shared_by(labelsize, top):
    """How many ticks there are is decided by the size of the other's labels."""
    fig, (one, two) = plt.subplots(1, 2, sharey=True, figsize=(3, 2))
    one.tick_params(labelsize=labelsize, labelleft=False)
    two.set_ylim(0, top)


@each(0.1, 0.003)
def shared_data(low):
    """On an axis that reaches down to 0, the smallest datum of any of those that share it decides."""
    fig, (one, two) = plt.subplots(1, 2, sharey=True, figsize=(3, 2))
    one.plot([low, 1])
    two.plot([0.5, 1])
    two.set_yscale("log")
    one.set_ylim(1e-6, 1)
    two.yaxis.set_major_locator(ticker.IndexLocator(0.1, 0))
    one.yaxis.set_major_locator(ticker.IndexLocator(0.1, 0))


@each(0, 0.3)
def counted_from(low):
    """An IndexLocator counts from the first datum."""
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.plot([low, 3], [0, 1])
    ax.set(xlim=(0, 4), ylim=(0, 1))
    ax.xaxis.set_major_locator(ticker.IndexLocator(1, 0))


@each(1, 3)
def spine_at(top):
    """The other axis' limits say where a spine lies, and with it the label."""
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.set(xlabel="x", xlim=(0, 1), ylim=(0, top))
    ax.spines["bottom"].set_position(("data", 0.5))


@each(1, 4)
def spine_at_zero(top):
    """The limits are found when they are asked for; the spine lies where they say."""
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.plot([0, 1], [-1, top])
    ax.set(xlabel="x", yticks=[])
    ax.spines["bottom"].set_position("zero")


@each("a", "a long text")
def arrow_of_a_note(text):
    fig, ax = base()
    frame = ax.text(3, 0.5, text, ha="center", bbox={}).get_bbox_patch()
    ax.annotate("a note", (3, 0.5), (1, -0.5), arrowprops={"arrowstyle": "->", "patchB": frame}, zorder=9)


@each(1, 40)
def equal_sides(top):
    """The limits are found when the figure is drawn."""
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.plot([0, 1], [0, top])
    ax.scatter([0.5, 1], [0.2, 0.1])
    ax.text(0.5, 0.1, "a text")
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="x")
    ax.set_aspect("equal", adjustable="datalim")


@each("y", "two\nlines")
def engine(text):
    """Axes find their place when the figure is drawn."""
    fig, (one, two) = plt.subplots(1, 2, figsize=(3, 2), layout="constrained")
    two.set_ylabel(text)
    one.scatter([1, 2], [1, 2])


@each(1, 2)
def clipped(radius):
    fig, ax = base()
    ax.collections[0].set_clip_path(Circle((3, 0), radius, transform=ax.transData))


@each(1, 2)
def grid_clipped(radius):
    fig, ax = base()
    ax.grid()
    for tick in ax.xaxis.get_major_ticks():
        tick.gridline.set_clip_path(Circle((3, 0), radius, transform=ax.transData))


@each(30, 90)
def boxed_clip(left):
    fig, ax = base()
    ax.collections[0].set_clip_box(Bbox([[left, 20], [150, 150]]))


@each(2, 3)
def function_scale(power):
    fig, ax = base()
    ax.set_xscale("function", functions=(lambda x: x**power, lambda x: x ** (1 / power)))


@each(1, -1)
def best_place(sign):
    """The axes and the legend stay; only the line moves."""
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.plot([0, 1], [0.5 - 0.5 * sign, 0.5 + 0.5 * sign], label="line")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.legend(loc="best")


@each(1, 2)
def zero_with_aspect(aspect):
    """The x axis is where y is 0; where that is, is known when it is drawn."""
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.plot([0, 4], [-0.2, 0.1])
    ax.set(xlim=(0, 4), ylim=(-0.2, 0.1))
    ax.spines["bottom"].set_position("zero")
    ax.set_aspect(aspect, adjustable="datalim")


@each(70, 80)
def best_place_beside_an_arrow(size):
    """How large its head is, is known when it has been drawn."""
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.plot([0, 0.1], [1, 0], label="line")
    ax.plot([0.9, 1], [0, 0])
    ax.add_patch(FancyArrowPatch((0.2, 0.65), (0.9, 0.65), mutation_scale=size))
    ax.legend(loc="best")


@each("m", "km")
def with_formatter(unit):
    fig, ax = base()
    ax.xaxis.set_major_formatter(lambda value, position: f"{value} {unit}")


@each(3, 4)
def with_own_class(length):
    class Own(ticker.MaxNLocator):
        def tick_values(self, low, high):
            return np.linspace(low, high, length)

    fig, ax = base()
    ax.xaxis.set_major_locator(Own())


def written(text="a text", by="text", **how):
    fig, ax = base()
    getattr(ax, by)(**{"text": text, "xy": (1, 0.5)} | how) if by == "annotate" else ax.text(1, 0.5, text, **how)


@each(3, 20)
def pushed_title(pad):
    """A title moves up where there are labels at the top."""
    fig, ax = base()
    ax.tick_params(labeltop=True, pad=pad)


def arrow(**how):
    fig, ax = base()
    ax.add_patch(FancyArrowPatch((1, 0), (4, 0.5), **{"mutation_scale": 9} | how))


@each("a", "a long text")
def arrow_between(text):
    """The arrow ends at the frame of a text, which is only known when it is drawn."""
    fig, ax = base()
    frame = ax.text(3, 0.5, text, ha="center", bbox={}).get_bbox_patch()
    ax.add_patch(FancyArrowPatch((1, 0), (3, 0.5), patchB=frame, mutation_scale=9, zorder=9))


@each(0, 50)
def beside_a_label(rotation):
    """A label finds its place when it is drawn; the annotation stands beside it."""
    fig, ax = base()
    ax.tick_params(labelrotation=rotation)
    ax.annotate("beside", xy=(1, 0.5), xycoords=ax.xaxis.label, va="center")


@each(5, 7)
def beside_a_tick(right):
    """The ticks are made anew; which of them a label belongs to is found when the axis is drawn."""
    fig, ax = base()
    ax.annotate("beside", (0.5, 1), xycoords=ax.get_xticklabels()[2], annotation_clip=False)
    ax.set_xlim(0, right)


@each(0, 60)
def off_a_label(rotation):
    fig, ax = base()
    ax.tick_params(labelrotation=rotation)
    ax.annotate("off", (0, -9), xycoords=OffsetFrom(ax.xaxis.label, (0.5, 0)), annotation_clip=False)


@each("abc", "bca")
def categories(names):
    """Where a category lies is decided by those that came before."""
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.bar(list(names), [1, 2, 3])
    ax.annotate("here", ("b", 1), xytext=(0, 3), textcoords="offset points")
    ax.text("c", 2, "there")
    ax.add_patch(FancyArrowPatch(("b", 1), ("c", 2), mutation_scale=9))


@each(1, 2, 4)
def from_other_axes(top):
    """The other's place is found when the figure is drawn."""
    fig, (one, two) = plt.subplots(1, 2, figsize=(3, 2))
    one.plot([0, 1], [0, top])
    one.set_aspect("equal")
    arrow = {"arrowstyle": "->"}
    two.annotate("", (0, 0), xycoords=two.transAxes, xytext=(1, 1), textcoords=one.transAxes, arrowprops=arrow)
    two.text(0.5, 0.5, "from there", transform=one.transAxes)
    two.scatter([0.2], [0.2], transform=one.transAxes)
    two.add_patch(FancyArrowPatch((0, 0), (0.5, 1), transform=one.transAxes, mutation_scale=9))


@each(("linear", 6), ("linear", 9), ("log", 6), ("symlog", 6))
def note(scale, right):
    """What a note points at is elsewhere with other limits, or another scale."""
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.set(xlim=(1, right), ylim=(0, 9), xscale=scale)
    ax.annotate("a note", (2, 3))
    ax.annotate("a note with an arrow", (2, 3), (3, 5), arrowprops={"arrowstyle": "->"})
    ax.annotate("beside", (2, 3), (9, 9), textcoords="offset points")


@each("y", "a long\nlabel")
def cut(label):
    """A figure that is cut to what it shows moves, and with it what has its place in the figure."""
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.set_ylabel(label)
    ax.annotate("a note", (0.4, 0.5), xycoords="figure fraction", annotation_clip=False)


@each(0.3, 0.6)
def part_of_a_figure(share):
    """A note that has its place from the part, in axes that are where they were."""
    fig = plt.figure(figsize=(3, 2))
    part, _ = fig.subfigures(1, 2, width_ratios=[share, 1 - share])
    ax = part.add_axes((0.06 / share, 0.2, 0.18 / share, 0.6))
    ax.annotate("a note", (0.9, 0.9), xycoords="subfigure fraction", annotation_clip=False)


@each(1, 200, 5000)
def field(top):
    """How far an arrow of a field reaches depends on all the data."""
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.quiver(X, X, np.cos(X), np.sin(X), angles="xy")
    ax.plot([0.1, 1], [0.1, top])
    ax.set(xscale="log", yscale="log", xlim=(0.1, 10), ylim=(0.1, 10))


@each(3, 4)
def cycle(count):
    """A cycle of colours is made of arrays."""
    plt.rcParams["axes.prop_cycle"] = cycler(color=plt.cm.viridis(np.linspace(0, 1, count)))
    base()


@each("linear", "log")
def second_axis(scale):
    """Its scale is found when it is drawn."""
    fig, ax = base()
    ax.secondary_yaxis("right", functions=(lambda x: 1e4 * x, lambda x: x / 1e4))
    ax.set_yscale(scale)


@each(False, True)
def pixels(rasterized):
    """At 72 dpi pixels are as large as points."""
    fig, ax = base(dpi=72)
    ax.set_rasterized(rasterized)


def refusing():
    """Limits that cannot be found are not asked for where nobody sees them."""

    class Refusing(ticker.MaxNLocator):
        def nonsingular(self, low, high):
            raise ValueError

    fig, ax = base()
    unseen = fig.add_axes([0, 0, 0.1, 0.1], visible=False)
    unseen.plot(X)
    unseen.yaxis.set_major_locator(Refusing())


@each(0, 7, -7)
def offset_in_the_way(power):
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.plot(X * 10.0**power)
    ax.set_title("title", loc="left")


FIGURES += [
    partial(change, "nothing", lambda fig, ax: None),
    partial(change, "dpi", lambda fig, ax: None, dpi=130),
    partial(change, "size", lambda fig, ax: None, figsize=(3.5, 2)),
    partial(change, "log", lambda fig, ax: None, scale="log"),
    partial(change, "symlog", lambda fig, ax: ax.set_yscale("symlog", linthresh=0.1)),
    partial(change, "symlog, other", lambda fig, ax: ax.set_yscale("symlog", linthresh=0.01)),
    partial(change, "base 2", lambda fig, ax: ax.set_xscale("log", base=2)),
    partial(change, "logit", lambda fig, ax: ax.set(yscale="logit", ylim=(0.01, 0.99))),
    *(of_axes("set_xlim", *limits) for limits in ((0, 6), (0, 7), (6, 0), (0, 1e7), (1e6, 1e6 + 1))),
    *(of_axes("set_ylim", *limits) for limits in ((-2, 2), (-1e-6, 1e-6))),
    *(of_axes("set_xlabel", text) for text in ("", "another", "$x^2$", "two\nlines")),
    *(of_axes("set_xlabel", "x", **how) for how in
      ({"color": "red"}, {"loc": "right"}, {"labelpad": 20}, {"fontsize": 14}, {"rotation": 10}, {"alpha": 0.4})),
    *(of_axes("set_title", text) for text in ("", "another", "two\nlines")),
    of_axes("set_title", "a title", loc="right"),
    *(of_axes("grid", **how) for how in
      ({}, {"axis": "x"}, {"color": "red"}, {"linestyle": ":"}, {"alpha": 0.3}, {"which": "both"}, {"linewidth": 3})),
    *(of_axes("tick_params", **how) for how in
      ({"length": 9}, {"width": 3}, {"color": "red"}, {"direction": "in"}, {"pad": 12}, {"labelsize": 5},
       {"labelcolor": "red"}, {"labelrotation": 40}, {"top": True}, {"labeltop": True}, {"bottom": False},
       {"labelbottom": False}, {"grid_color": "red", "axis": "y"}, {"zorder": 0.1}, {"labelleft": False})),
    *(of_axes("set_xticks", *what) for what in
      ([[1, 2, 5]], [[1, 2]], [[1, 2], ["one", "two"]], [[1, 2], ["one", "2"]], [[]])),
    of_axes("set_xticks", [1, 2.5], minor=True),
    of_axes("minorticks_on"),
    of_axes("set_axisbelow", True),
    of_axes("set_axisbelow", False),
    of_axes("set_axis_off"),
    of_axes("set_frame_on", False),
    of_axes("set_facecolor", "yellow"),
    of_axes("set_aspect", "equal"),
    of_axes("set_aspect", "equal", adjustable="datalim"),
    of_axes("set_position", [0.3, 0.3, 0.5, 0.5]),
    of_axes("set_xmargin", 0.3),
    of_axes("invert_xaxis"),
    of_axes("ticklabel_format", style="sci", scilimits=(0, 0)),
    of_axes("ticklabel_format", useOffset=False),
    of_axes("locator_params", nbins=3),
    of_axes("label_outer"),
    *(of_axis("set_major_locator", locator) for locator in
      (ticker.MultipleLocator(2), ticker.MultipleLocator(3), ticker.MultipleLocator(2, offset=1),
       ticker.NullLocator(), ticker.FixedLocator([1, 2]), ticker.LinearLocator(4), ticker.LinearLocator(5),
       ticker.MaxNLocator(3), ticker.IndexLocator(2, 0), ticker.IndexLocator(2, 1), ticker.LogLocator())),
    *(of_axis("set_major_formatter", formatter) for formatter in
      ("{x:.1f}", "{x:.2f}", ticker.PercentFormatter(), ticker.PercentFormatter(xmax=6), ticker.EngFormatter("m"),
       ticker.NullFormatter(), ticker.FormatStrFormatter("%d!"), ticker.LogFormatter(), ticker.FixedFormatter("abc"))),
    of_axis("set_label_position", "top"),
    of_axis("set_label_coords", 0.5, -0.3),
    of_axis("set_ticks_position", "top"),
    of_axis("set_visible", False),
    of_axis("set_zorder", 9),
    of_axis("set_alpha", 0.5),
    of_axis("set_url", "other.html"),
    of_axis("set_in_layout", False),
    of_axis("tick_top"),
    of_axis("set_remove_overlapping_locs", False),
    *(of_ticks("set_color", what, "red") for what in ("label1", "gridline", "tick1line")),
    of_ticks("set_visible", "label1", False),
    of_ticks("set_fontweight", "label1", "bold"),
    of_ticks("set_path_effects", "label1", [patheffects.withStroke(linewidth=3, foreground="red")]),
    of_ticks("set_bbox", "label1", {"facecolor": "yellow"}),
    of_ticks("set_clip_on", "label1", True),
    of_ticks("set_markersize", "tick1line", 12),
    *(partial(change, f"spine {place}", lambda fig, ax, place=place: ax.spines["bottom"].set_position(place)) for place in
      (("outward", 10), ("data", 0), ("data", 0.5), ("axes", 0.3), "zero")),
    partial(change, "spine away", lambda fig, ax: ax.spines["top"].set_visible(False)),
    partial(change, "spine thick", lambda fig, ax: ax.spines["bottom"].set_linewidth(9)),
    partial(change, "spine long", lambda fig, ax: ax.spines["bottom"].set_bounds(-3, 12)),
    partial(change, "spine high", lambda fig, ax: (ax.set(xticks=[], title=""), ax.spines["top"].set_position(("outward", 30)))),
    partial(change, "spine short", lambda fig, ax: ax.spines["bottom"].set_bounds(1, 3)),
    partial(change, "aligned labels", lambda fig, ax: (fig.add_axes([0.1, -0.6, 0.9, 0.2]).set_xlabel("z"), fig.align_labels())),
    partial(change, "no data", lambda fig, ax: ax.clear()),
    partial(change, "turned offset", lambda fig, ax: (ax.set_ylim(0, 1e8), ax.yaxis.set_offset_position("right"))),
    *(partial(change, f"scatter {name}", lambda fig, ax, name=name, value=value: getattr(ax.collections[0], name)(value))
      for name, value in
      (("set_sizes", [90]), ("set_edgecolor", "red"), ("set_linewidth", 3), ("set_alpha", 0.2), ("set_cmap", "magma"),
       ("set_clim", (0, 3)), ("set_offsets", np.stack([X, X], 1)), ("set_array", X[::-1]), ("set_hatch", "//"),
       ("set_zorder", 9), ("set_clip_on", False), ("set_visible", False), ("set_urls", ["a.html"] * 20),
       ("set_linestyle", ":"), ("set_rasterized", True), ("set_gid", "points"), ("set_snap", True),
       ("set_path_effects", [patheffects.withStroke(linewidth=3, foreground="red")]))),
    *(partial(change, f"legend {how}", lambda fig, ax, how=how: ax.legend(**how)) for how in
      ({"loc": "upper right"}, {"loc": "best"}, {"loc": (0.2, 0.3)}, {"title": "a title"}, {"ncols": 2},
       {"frameon": False}, {"fontsize": 5}, {"labelcolor": "red"}, {"labels": ["other", "names"]},
       {"loc": "upper left", "bbox_to_anchor": (1, 1)}, {"shadow": True}, {"framealpha": 0.1})),
    *(partial(made_with, **rc) for rc in
      ({"xtick.color": "red"}, {"font.size": 7}, {"axes.grid": True}, {"font.family": "serif"},
       {"axes.unicode_minus": False}, {"axes.formatter.use_mathtext": True, "axes.formatter.limits": (0, 0)})),
    shared, shared_otherwise, shared_log, refusing,
    partial(colors, "pcolormesh"), partial(colors, "pcolormesh", vmax=9), partial(colors, "contourf"), partial(colors, "contourf", levels=[0, 9, 99]),
    partial(colors, "contour", levels=3), partial(colors, "imshow"), partial(colors, "imshow", norm="log"), partial(colors, "hexbin", y=np.outer(X, -X)),
    partial(change, "tight layout", lambda fig, ax: fig.tight_layout()),
    partial(change, "constrained", lambda fig, ax: None, layout="constrained"),
    partial(change, "constrained otherwise", lambda fig, ax: ax.set_ylabel("two\nlines"), layout="constrained"),
    *(partial(change, f"moved {x}", lambda fig, ax, x=x: ax.text(1, 0, "a", transform=ax.transData + Affine2D().translate(x, 0)))
      for x in (10, 20)),
    written, partial(written, "$x^2$"), partial(written, "two\nlines"), partial(written, "a text that wraps, as long as it is", wrap=True),
    *(partial(written, **how) for how in
      ({"color": "red"}, {"rotation": 30}, {"ha": "right"}, {"va": "top"}, {"fontsize": 7}, {"alpha": 0.3},
       {"bbox": {"facecolor": "yellow"}}, {"weight": "bold"}, {"style": "italic"}, {"transform": None}, {"zorder": 0},
       {"clip_on": True}, {"linespacing": 3}, {"rotation": 30, "rotation_mode": "anchor"}, {"family": "serif"},
       {"path_effects": [patheffects.withStroke(linewidth=3, foreground="red")]}, {"url": "a.html"})),
    *(partial(written, by="annotate", **how) for how in
      ({}, {"xytext": (3, 0.2)}, {"xytext": (3, 0.2), "arrowprops": {"arrowstyle": "->"}}, {"xycoords": "axes fraction"},
       {"xytext": (3, 0.2), "arrowprops": {"arrowstyle": "-|>", "color": "red"}}, {"textcoords": "offset points"},
       {"xytext": (20, 20), "textcoords": "offset pixels"}, {"annotation_clip": True})),
    of_axes("annotate", "a note", (2, 0.3)), of_axes("annotate", "two", (2, 0.3), (3, 0.6), arrowprops={"arrowstyle": "->"}),
    of_axes("annotate", "three", (2, 0.3), (9, 9), textcoords="offset points"), of_axes("text", 3, 0.5, "a text"),
    *(partial(written, "beside", by="annotate", xycoords=how) for how in ("data", "figure points", "axes pixels")),
    *(partial(change, f"patch {width}", lambda fig, ax, width=width: (ax.grid(), ax.patch.set_bounds(0, 0, width, 1)))
      for width in (0.5, 0.7)),
    partial(change, "dpi, as many pixels", lambda fig, ax: None, figsize=(1.5, 1), dpi=200),
    drawn_with(**{"axes.unicode_minus": False}), drawn_with(**{"svg.fonttype": "none"}),
    drawn_with(partial(written, rotation=30, rotation_mode="anchor"), **{"svg.fonttype": "none"}),
    *([partial(written, fontfeatures=["-kern"]), partial(written, "AVAVA"), partial(written, "AVAVA", fontfeatures=["-kern"])]
      if hasattr(Text, "set_fontfeatures") else []),
    *(partial(arrow, **how) for how in
      ({}, {"arrowstyle": "-|>"}, {"connectionstyle": "arc3,rad=0.3"}, {"mutation_scale": 20}, {"color": "red"},
       {"shrinkA": 20}, {"linestyle": ":"}, {"linewidth": 3})),
    partial(change, "rasterized", lambda fig, ax: ax.legend(loc="upper left").legend_handles[0].set_rasterized(True)),
    partial(change, "hidden", lambda fig, ax: ax.text("q", 1, "hidden", visible=False)),
    partial(change, "not a number", lambda fig, ax: ax.text(np.nan, 1, "nowhere")),
    partial(change, "empty", lambda fig, ax: ax.text("q", 1, "")),
    partial(change, "text in a wider figure", lambda fig, ax: ax.text(1, 0.5, "a text"), figsize=(3.5, 2)),
    partial(change, "text on other limits", lambda fig, ax: (ax.text(1, 0.5, "a text"), ax.set_xlim(0, 9))),
    partial(change, "constrained, long", lambda fig, ax: ax.set_xlabel("a label longer than the axes " * 2), layout="constrained"),
]  # fmt: skip


@pytest.fixture
def memories(monkeypatch):
    """One that has everything drawn as Matplotlib draws it, and one that keeps all it sees, at once."""
    monkeypatch.setattr(reuse._Part, "kept_at", 1)
    monkeypatch.setattr(reuse, "_HOPELESS", 10**6)
    plain, memory = Memory(), Memory()
    plain.active = False
    return plain, memory


FORMS = [("svg", None), *(pytest.param(*form, marks=pytest.mark.lento) for form in (("svg", "tight"), ("png", None)))]


def picture(make, memory, form, box):
    metadata = {"metadata": {"Date": None}} if form == "svg" else {}
    with matplotlib.rc_context():
        make()
        matplotlib.rcParams.update(getattr(make, "settings", {}))
        shown = draw(plt.gcf(), fmt=form, memory=memory, bbox_inches=box, **metadata)
    plt.close("all")
    return _without_names(TIDY(shown, "i-"), "i-") if form == "svg" else shown


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("form", "box"), FORMS)
def test_all_that_is_drawn_from_memory_is_as_it_should_be(form, box, same, memories):
    plain, memory = memories
    expected = [picture(make, plain, form, box) for make in FIGURES]
    order = [*range(len(FIGURES))] * 3
    random.Random(form).shuffle(order)
    wrong = [FIGURES[i] for i in order if not same(picture(FIGURES[i], memory, form, box), expected[i])]
    assert not wrong


@pytest.mark.lento
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("form", "box"), [("svg", "tight"), ("svg", None), ("png", None)])
def test_changes_may_come_together(form, box, same, memories):
    """Three in a figure, by lot; then another in the place of one, again and again."""
    plain, memory = memories
    lot = random.Random(form)
    changes = [make.args[1] for make in FIGURES if getattr(make, "func", None) is change]
    wrong = []
    for _ in range(40):
        chosen = lot.sample(changes, 3)
        for place in (0, 1, 2, 0):
            chosen[place] = lot.choice(changes)
            made = partial(change, "several", partial(all_of, chosen))
            try:
                expected = picture(made, plain, form, box)
            except Exception:  # some do not go together
                plt.close("all")
                continue
            wrong += [chosen[:] for _ in range(2) if not same(picture(made, memory, form, box), expected)]
    assert not wrong


def test_what_happens_to_a_figure_later_does_not_matter(monkeypatch):
    monkeypatch.setattr(reuse._Part, "kept_at", 1)
    memory, pictures = Memory(), []
    for _ in range(2):
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.set(xlim=(0, 2), ylim=(0, 9))
        area = ax.fill_between([0, 1, 2], [0, 5, 0])
        pictures.append(TIDY(draw(fig, fmt="svg", memory=memory, metadata={"Date": None}), "i-"))
        area.get_paths()[0].vertices[:] *= 0.5
        ax.set(xlim=(0, 9), ylim=(0, 99))
        fig.set_dpi(20)
    assert pictures[0] == pictures[1]


def test_a_figure_gets_its_own_methods_back():
    fig, ax = base()
    memory = Memory()
    with memory.at_work(fig):
        assert "draw" in vars(ax.xaxis)
    draw(fig, fmt="svg", memory=memory)
    methods = {"draw", "get_tightbbox", "get_ticks_position", "get_window_extent"}
    assert not [artist for artist in ax.get_children() if methods & vars(artist).keys()]


def test_settings_may_change_in_place():
    matplotlib.rcParams["font.sans-serif"] = ["DejaVu Sans"]
    memory, pictures = Memory(), []
    for font in ["DejaVu Sans", "DejaVu Serif"] * 3:
        matplotlib.rcParams["font.sans-serif"][0] = font
        fig, ax = plt.subplots(figsize=(3, 2))
        pictures.append(draw(fig, fmt="svg", memory=memory, metadata={"Date": None}))
    assert "DejaVuSans-" in pictures[4] and "DejaVuSerif-" in pictures[5] and "DejaVuSans-" not in pictures[5]


def test_all_kinds_of_parts_come_from_memory(monkeypatch):
    """Otherwise the comparison above would say nothing."""

    def shown():
        fig, ax = base()
        ax.text(1, 0, "a text")
        ax.annotate("a note", (1, 0.5))
        ax.add_patch(FancyArrowPatch((1, 0), (4, 0.5)))
        ax.fill_between(X, X)
        return TIDY(draw(fig, fmt="svg", memory=memory, metadata={"Date": None}), "i-")

    memory = Memory()
    pictures = [shown() for _ in range(6)]
    for kind in (*reuse._KINDS, PathCollection, FillBetweenPolyCollection):
        # Titles that are empty are not worth it.
        monkeypatch.setattr(kind, "draw", lambda it, _: getattr(it, "get_text", lambda: "a part")() and pytest.fail("drawn again"))
    assert shown() == pictures[5]


@pytest.mark.skipif(matplotlib.__version_info__ < (3, 11), reason="Agg is handed a font, not the letters' pixels")
def test_letters_are_made_into_pixels_once(monkeypatch):
    def shown():
        return draw(base()[0], fmt="png", memory=memory)

    memory = Memory()
    pictures = [shown() for _ in range(6)]
    monkeypatch.setattr(RendererAgg, "draw_text", lambda *_, **__: pytest.fail("drawn again"))
    assert shown() == pictures[0]


def test_a_memory_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(reuse, "_MOST", 5)
    memory = Memory()
    for i in range(20):
        memory.get(i, lambda: "made")
        assert memory.get(0, lambda: "made again") == "made"  # what is asked for stays
    assert len(memory._known) == 5


def test_parts_that_are_always_new_are_left_alone():
    memory = Memory()
    for i in range(reuse._HOPELESS + 3):
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.text(0.5, 0.5, f"text {i}")
        draw(fig, fmt="svg", memory=memory)
        plt.close(fig)
    texts = [news for news in memory._news.values() if news == reuse._HOPELESS]
    assert len(texts) == 1 and len(memory._states) < reuse._HOPELESS + 9
