"""What is drawn from memory is what Matplotlib draws.

A memory that takes two different things for the same would show one state's figure in another. So many figures, each
different from the first in one thing, are drawn again and again with one memory, in many orders.
"""

import random
import re

import matplotlib
import numpy as np
import pytest
from myst_nb_interact import reuse
from myst_nb_interact.draw import draw
from myst_nb_interact.record import _without_names
from myst_nb_interact.reuse import Memory
from myst_nb_interact.svg import make_tidy

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib import patheffects, ticker  # noqa: E402
from matplotlib.patches import Circle, FancyArrowPatch  # noqa: E402
from matplotlib.text import Text  # noqa: E402
from matplotlib.transforms import Affine2D, Bbox  # noqa: E402

X = np.linspace(0.1, 6, 20)
TIDY = make_tidy(None, {})


def base(scale="linear", **figure):
    fig, ax = plt.subplots(**{"figsize": (3, 2)} | figure)
    ax.plot(X, np.sin(X), label="sine")
    ax.scatter(X, np.cos(X), c=X, label="points")
    ax.set(xlabel="x", ylabel="y", title="a title", yscale=scale)
    ax.legend(loc="lower left")
    return fig, ax


def change(name, run, **start):
    def make():
        run(*base(**start))

    make.__name__ = name
    return make


def of_axes(name, *arguments, **named):
    return change(f"{name} {arguments} {named}", lambda fig, ax: getattr(ax, name)(*arguments, **named))


def of_axis(name, *arguments, **named):
    shown = [str(a) if "object at" not in str(a) else type(a).__name__ + str(sorted(map(str, vars(a).values())))[:60]
             for a in arguments]
    return change(f"axis {name} {shown} {named}", lambda fig, ax: getattr(ax.xaxis, name)(*arguments, **named))


def drawn_with(make=base, **settings):
    """Settings that hold while the figure is drawn, and only then."""

    def same():
        make()

    same.__name__ = f"{make.__name__} drawn with {settings}"
    same.settings = settings
    return same


def made_with(**settings):
    def make():
        with matplotlib.rc_context(settings):
            base()
            plt.gcf().canvas.draw()  # ticks are made now, by these settings

    make.__name__ = f"made with {settings}"
    return make


def of_ticks(name, what, value):
    def run(fig, ax):
        for tick in ax.xaxis.get_major_ticks():
            getattr(getattr(tick, what), name)(value)

    return change(f"ticks' {what} {name} {value}", run)


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


def twins(factor=1.0):
    def make():
        fig, ax = base()
        ax.twinx().plot(X, factor * X, "r")

    make.__name__ = f"twins {factor}"
    return make


def inset(side=0.4):
    def make():
        fig, ax = base()
        ax.inset_axes([0.5, 0.5, side, 0.4]).plot(X)

    make.__name__ = f"inset {side}"
    return make


def bars(*names):
    def make():
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.bar(names, range(1, len(names) + 1))

    make.__name__ = f"bars {names}"
    return make


def dates(day):
    def make():
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.plot(np.arange(f"2026-01-{day:02}", "2026-03-20", dtype="datetime64[D]"), np.arange(79 - day))

    make.__name__ = f"dates {day}"
    return make


def colors(what, **named):
    def make():
        fig, ax = plt.subplots(figsize=(3, 2))
        mappable = getattr(ax, what)(np.outer(X, X), **named)
        fig.colorbar(mappable)

    make.__name__ = f"{what} {named}"
    return make


def late_colors(top):
    """Limits of colours that are only found when the first of two collections is drawn."""

    def make():
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

    make.__name__ = f"colours up to {top}"
    return make


def aligned(rotation):
    """The ticks of one axes move the label of the other."""

    def make():
        fig, (one, two) = plt.subplots(1, 2, figsize=(3, 2))
        for ax in one, two:
            ax.set(xlabel="x", xlim=(1000, 2000))
        two.tick_params(labelrotation=rotation)
        fig.align_labels()

    make.__name__ = f"aligned {rotation}"
    return make


def shared_by(labelsize, limits=(0, 9)):
    """How many ticks there are is decided by the size of the other's labels."""

    def make():
        fig, (one, two) = plt.subplots(1, 2, sharey=True, figsize=(3, 2))
        one.tick_params(labelsize=labelsize, labelleft=False)
        two.set_ylim(limits)

    make.__name__ = f"shared by {labelsize} {limits}"
    return make


def shared_data(low):
    """On an axis that reaches down to 0, the smallest datum of any of those that share it decides."""

    def make():
        fig, (one, two) = plt.subplots(1, 2, sharey=True, figsize=(3, 2))
        one.plot([low, 1])
        two.plot([0.5, 1])
        two.set_yscale("log")
        one.set_ylim(1e-6, 1)
        two.yaxis.set_major_locator(ticker.IndexLocator(0.1, 0))
        one.yaxis.set_major_locator(ticker.IndexLocator(0.1, 0))

    make.__name__ = f"shared data {low}"
    return make


def counted_from(low):
    """An IndexLocator counts from the first datum."""

    def make():
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.plot([low, 3], [0, 1])
        ax.set(xlim=(0, 4), ylim=(0, 1))
        ax.xaxis.set_major_locator(ticker.IndexLocator(1, 0))

    make.__name__ = f"counted from {low}"
    return make


def spine_at(value, top):
    """The other axis' limits say where a spine lies, and with it the label."""

    def make():
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.set(xlabel="x", xlim=(0, 1), ylim=(0, top))
        ax.spines["bottom"].set_position(("data", value))

    make.__name__ = f"spine at {value} of {top}"
    return make


def spine_at_zero(top):
    """The limits are found when they are asked for; the spine lies where they say."""

    def make():
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.plot([0, 1], [-1, top])
        ax.set(xlabel="x", yticks=[])
        ax.spines["bottom"].set_position("zero")

    make.__name__ = f"spine at zero {top}"
    return make


def arrow_of_a_note(text):
    def make():
        fig, ax = base()
        frame = ax.text(3, 0.5, text, ha="center", bbox={}).get_bbox_patch()
        ax.annotate("a note", (3, 0.5), (1, -0.5), arrowprops={"arrowstyle": "->", "patchB": frame}, zorder=9)

    make.__name__ = f"arrow of a note {text}"
    return make


def equal_sides(top):
    """The limits are found when the figure is drawn."""

    def make():
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.plot([0, 1], [0, top])
        ax.scatter([0.5, 1], [0.2, 0.1])
        ax.text(0.5, 0.1, "a text")
        ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="x")
        ax.set_aspect("equal", adjustable="datalim")

    make.__name__ = f"equal sides {top}"
    return make


def engine(text):
    """Axes find their place when the figure is drawn."""

    def make():
        fig, (one, two) = plt.subplots(1, 2, figsize=(3, 2), layout="constrained")
        two.set_ylabel(text)
        one.scatter([1, 2], [1, 2])

    make.__name__ = f"engine {text}"
    return make


def clipped(radius):
    def make():
        fig, ax = base()
        ax.collections[0].set_clip_path(Circle((3, 0), radius, transform=ax.transData))

    make.__name__ = f"clipped {radius}"
    return make


def grid_clipped(radius):
    def make():
        fig, ax = base()
        ax.grid()
        for tick in ax.xaxis.get_major_ticks():
            tick.gridline.set_clip_path(Circle((3, 0), radius, transform=ax.transData))

    make.__name__ = f"grid clipped {radius}"
    return make


def boxed_clip(left):
    def make():
        fig, ax = base()
        ax.collections[0].set_clip_box(Bbox([[left, 20], [150, 150]]))

    make.__name__ = f"clip box {left}"
    return make


def function_scale(power):
    def make():
        fig, ax = base()
        ax.set_xscale("function", functions=(lambda x: x**power, lambda x: x ** (1 / power)))

    make.__name__ = f"function scale {power}"
    return make


def best_place(sign):
    """The axes and the legend stay; only the line moves."""

    def make():
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.plot([0, 1], [0.5 - 0.5 * sign, 0.5 + 0.5 * sign], label="line")
        ax.set(xlim=(0, 1), ylim=(0, 1))
        ax.legend(loc="best")

    make.__name__ = f"best place {sign}"
    return make


def with_formatter(unit):
    def make():
        fig, ax = base()
        ax.xaxis.set_major_formatter(lambda value, position: f"{value} {unit}")

    make.__name__ = f"formatter {unit}"
    return make


def with_own_class(length):
    class Own(ticker.MaxNLocator):
        def tick_values(self, low, high):
            return np.linspace(low, high, length)

    def make():
        fig, ax = base()
        ax.xaxis.set_major_locator(Own())

    make.__name__ = f"own locator {length}"
    return make


def written(text="a text", by="text", **how):
    def make():
        fig, ax = base()
        getattr(ax, by)(**{"text": text, "xy": (1, 0.5)} | how) if by == "annotate" else ax.text(1, 0.5, text, **how)

    make.__name__ = f"{by} {text} {how}"
    return make


def pushed_title(pad):
    """A title moves up where there are labels at the top."""

    def make():
        fig, ax = base()
        ax.tick_params(labeltop=True, pad=pad)

    make.__name__ = f"pushed title {pad}"
    return make


def arrow(**how):
    def make():
        fig, ax = base()
        ax.add_patch(FancyArrowPatch((1, 0), (4, 0.5), **{"mutation_scale": 9} | how))

    make.__name__ = f"arrow {how}"
    return make


def arrow_between(text):
    """The arrow ends at the frame of a text, which is only known when it is drawn."""

    def make():
        fig, ax = base()
        frame = ax.text(3, 0.5, text, ha="center", bbox={}).get_bbox_patch()
        ax.add_patch(FancyArrowPatch((1, 0), (3, 0.5), patchB=frame, mutation_scale=9, zorder=9))

    make.__name__ = f"arrow to {text}"
    return make


def beside_a_label(rotation):
    """A label finds its place when it is drawn; the annotation stands beside it."""

    def make():
        fig, ax = base()
        ax.tick_params(labelrotation=rotation)
        ax.annotate("beside", xy=(1, 0.5), xycoords=ax.xaxis.label, va="center")

    make.__name__ = f"beside a label {rotation}"
    return make


def offset_in_the_way(power):
    def make():
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.plot(X * 10.0**power)
        ax.set_title("title", loc="left")

    make.__name__ = f"offset {power}"
    return make


FIGURES = [
    change("nothing", lambda fig, ax: None),
    change("dpi", lambda fig, ax: None, dpi=130),
    change("size", lambda fig, ax: None, figsize=(3.5, 2)),
    change("log", lambda fig, ax: None, scale="log"),
    change("symlog", lambda fig, ax: ax.set_yscale("symlog", linthresh=0.1)),
    change("symlog, other", lambda fig, ax: ax.set_yscale("symlog", linthresh=0.01)),
    change("base 2", lambda fig, ax: ax.set_xscale("log", base=2)),
    change("logit", lambda fig, ax: ax.set(yscale="logit", ylim=(0.01, 0.99))),
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
    *(change(f"spine {place}", lambda fig, ax, place=place: ax.spines["bottom"].set_position(place)) for place in
      (("outward", 10), ("data", 0), ("data", 0.5), ("axes", 0.3), "zero")),
    change("spine away", lambda fig, ax: ax.spines["top"].set_visible(False)),
    change("spine thick", lambda fig, ax: ax.spines["bottom"].set_linewidth(9)),
    change("spine long", lambda fig, ax: ax.spines["bottom"].set_bounds(-3, 12)),
    change("spine high", lambda fig, ax: (ax.set(xticks=[], title=""), ax.spines["top"].set_position(("outward", 30)))),
    change("spine short", lambda fig, ax: ax.spines["bottom"].set_bounds(1, 3)),
    change("aligned labels", lambda fig, ax: (fig.add_axes([0.1, -0.6, 0.9, 0.2]).set_xlabel("z"), fig.align_labels())),
    change("no data", lambda fig, ax: ax.clear()),
    change("turned offset", lambda fig, ax: (ax.set_ylim(0, 1e8), ax.yaxis.set_offset_position("right"))),
    *(change(f"scatter {name}", lambda fig, ax, name=name, value=value: getattr(ax.collections[0], name)(value))
      for name, value in
      (("set_sizes", [90]), ("set_edgecolor", "red"), ("set_linewidth", 3), ("set_alpha", 0.2), ("set_cmap", "magma"),
       ("set_clim", (0, 3)), ("set_offsets", np.stack([X, X], 1)), ("set_array", X[::-1]), ("set_hatch", "//"),
       ("set_zorder", 9), ("set_clip_on", False), ("set_visible", False), ("set_urls", ["a.html"] * 20),
       ("set_linestyle", ":"), ("set_rasterized", True), ("set_gid", "points"), ("set_snap", True),
       ("set_path_effects", [patheffects.withStroke(linewidth=3, foreground="red")]))),
    *(change(f"legend {how}", lambda fig, ax, how=how: ax.legend(**how)) for how in
      ({"loc": "upper right"}, {"loc": "best"}, {"loc": (0.2, 0.3)}, {"title": "a title"}, {"ncols": 2},
       {"frameon": False}, {"fontsize": 5}, {"labelcolor": "red"}, {"labels": ["other", "names"]},
       {"loc": "upper left", "bbox_to_anchor": (1, 1)}, {"shadow": True}, {"framealpha": 0.1})),
    *(made_with(**rc) for rc in
      ({"xtick.color": "red"}, {"font.size": 7}, {"axes.grid": True}, {"font.family": "serif"},
       {"axes.unicode_minus": False}, {"axes.formatter.use_mathtext": True, "axes.formatter.limits": (0, 0)})),
    shared, shared_otherwise, shared_log, twins(), twins(1000), inset(), inset(0.3),
    bars("a", "b"), bars("a", "c"), bars("b", "a"), dates(1), dates(2),
    colors("pcolormesh"), colors("pcolormesh", vmax=9), colors("contourf"), colors("contourf", levels=[0, 9, 99]),
    colors("contour", levels=3), colors("imshow"), colors("imshow", norm="log"), colors("hexbin", y=np.outer(X, -X)),
    late_colors(1), late_colors(9), best_place(1), best_place(-1),
    with_formatter("m"), with_formatter("km"), with_own_class(3), with_own_class(4),
    change("tight layout", lambda fig, ax: fig.tight_layout()),
    change("constrained", lambda fig, ax: None, layout="constrained"),
    change("constrained otherwise", lambda fig, ax: ax.set_ylabel("two\nlines"), layout="constrained"),
    *(change(f"moved {x}", lambda fig, ax, x=x: ax.text(1, 0, "a", transform=ax.transData + Affine2D().translate(x, 0)))
      for x in (10, 20)),
    written(), written("$x^2$"), written("two\nlines"), written("a text that wraps, as long as it is", wrap=True),
    *(written(**how) for how in
      ({"color": "red"}, {"rotation": 30}, {"ha": "right"}, {"va": "top"}, {"fontsize": 7}, {"alpha": 0.3},
       {"bbox": {"facecolor": "yellow"}}, {"weight": "bold"}, {"style": "italic"}, {"transform": None}, {"zorder": 0},
       {"clip_on": True}, {"linespacing": 3}, {"rotation": 30, "rotation_mode": "anchor"}, {"family": "serif"},
       {"path_effects": [patheffects.withStroke(linewidth=3, foreground="red")]}, {"url": "a.html"})),
    *(written(by="annotate", **how) for how in
      ({}, {"xytext": (3, 0.2)}, {"xytext": (3, 0.2), "arrowprops": {"arrowstyle": "->"}}, {"xycoords": "axes fraction"},
       {"xytext": (3, 0.2), "arrowprops": {"arrowstyle": "-|>", "color": "red"}}, {"textcoords": "offset points"},
       {"xytext": (20, 20), "textcoords": "offset pixels"}, {"annotation_clip": True})),
    *(written("beside", by="annotate", xycoords=how) for how in ("data", "figure points", "axes pixels")),
    pushed_title(3), pushed_title(20), aligned(0), aligned(60),
    shared_by(3), shared_by(30), shared_by(30, (0, 5)), shared_data(0.1), shared_data(0.003),
    counted_from(0), counted_from(0.3), spine_at(0.5, 1), spine_at(0.5, 3), equal_sides(1), equal_sides(40),
    spine_at_zero(1), spine_at_zero(4),
    arrow_of_a_note("a"), arrow_of_a_note("a long text"),
    engine("y"), engine("two\nlines"), clipped(1), clipped(2), grid_clipped(1), grid_clipped(2),
    *(change(f"patch {width}", lambda fig, ax, width=width: (ax.grid(), ax.patch.set_bounds(0, 0, width, 1)))
      for width in (0.5, 0.7)),
    boxed_clip(30), boxed_clip(90), function_scale(2), function_scale(3),
    change("dpi, as many pixels", lambda fig, ax: None, figsize=(1.5, 1), dpi=200),
    drawn_with(**{"axes.unicode_minus": False}), drawn_with(**{"svg.fonttype": "none"}),
    drawn_with(written(rotation=30, rotation_mode="anchor"), **{"svg.fonttype": "none"}),
    *([written(fontfeatures=["-kern"]), written("AVAVA"), written("AVAVA", fontfeatures=["-kern"])]
      if hasattr(Text, "set_fontfeatures") else []),
    *(arrow(**how) for how in
      ({}, {"arrowstyle": "-|>"}, {"connectionstyle": "arc3,rad=0.3"}, {"mutation_scale": 20}, {"color": "red"},
       {"shrinkA": 20}, {"linestyle": ":"}, {"linewidth": 3})),
    change("rasterized", lambda fig, ax: ax.legend(loc="upper left").legend_handles[0].set_rasterized(True)),
    beside_a_label(0), beside_a_label(50), arrow_between("a"), arrow_between("a long text"),
    change("text in a wider figure", lambda fig, ax: ax.text(1, 0.5, "a text"), figsize=(3.5, 2)),
    change("text on other limits", lambda fig, ax: (ax.text(1, 0.5, "a text"), ax.set_xlim(0, 9))),
    change("constrained, long", lambda fig, ax: ax.set_xlabel("a label longer than the axes " * 2), layout="constrained"),
    offset_in_the_way(0), offset_in_the_way(7), offset_in_the_way(-7),
]  # fmt: skip


@pytest.fixture(autouse=True)
def clean():
    with matplotlib.rc_context({"svg.hashsalt": "x"}):
        yield
    plt.close("all")


FORMS = [("svg", None), *(pytest.param(*form, marks=pytest.mark.lento) for form in (("svg", "tight"), ("png", None)))]


def picture(make, memory, form, box):
    make()
    with matplotlib.rc_context(getattr(make, "settings", {})):
        metadata = {"metadata": {"Date": None}} if form == "svg" else {}
        shown = draw(plt.gcf(), fmt=form, memory=memory, bbox_inches=box, **metadata)
    plt.close("all")
    return _without_names(TIDY(shown, "i-"), "i-") if form == "svg" else shown


def same(one, two):
    """Where only the box is asked for first, the last digits differ."""
    if isinstance(one, bytes):
        return one == two
    numbers = [np.array(re.findall(r"-?\d+\.\d+", text), float) for text in (one, two)]
    words = [re.sub(r"-?\d+\.\d+", "#", text) for text in (one, two)]
    return words[0] == words[1] and np.allclose(*numbers, atol=2e-6)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("form", "box"), FORMS)
def test_all_that_is_drawn_from_memory_is_as_it_should_be(form, box, monkeypatch):
    monkeypatch.setattr(reuse._Part, "kept_at", 1)
    monkeypatch.setattr(reuse, "_HOPELESS", 10**6)
    plain, memory = Memory(), Memory()
    plain.active = False
    expected = [picture(make, plain, form, box) for make in FIGURES]
    order = [*range(len(FIGURES))] * 2
    random.Random(form).shuffle(order)
    wrong = {FIGURES[i].__name__ for i in order if not same(picture(FIGURES[i], memory, form, box), expected[i])}
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
