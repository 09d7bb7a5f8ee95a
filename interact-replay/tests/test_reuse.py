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
from interact_replay.kernel import reuse
from interact_replay.kernel.draw import draw
from interact_replay.kernel.pieces import without_names
from interact_replay.kernel.reuse import Memory
from interact_replay.svg import make_tidy

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib import patheffects, ticker  # noqa: E402
from matplotlib.axis import Tick  # noqa: E402
from matplotlib.patches import Circle  # noqa: E402

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
    ax.plot(X, np.sin(X))
    ax.set(xlabel="x", ylabel="y", title="a title", yscale=scale)
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
def grid_clipped(radius):
    fig, ax = base()
    ax.grid()
    for tick in ax.xaxis.get_major_ticks():
        tick.gridline.set_clip_path(Circle((3, 0), radius, transform=ax.transData))


@each(2, 3)
def function_scale(power):
    fig, ax = base()
    ax.set_xscale("function", functions=(lambda x: x**power, lambda x: x ** (1 / power)))


@each(1, 2)
def zero_with_aspect(aspect):
    """The x axis is where y is 0; where that is, is known when it is drawn."""
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.plot([0, 4], [-0.2, 0.1])
    ax.set(xlim=(0, 4), ylim=(-0.2, 0.1))
    ax.spines["bottom"].set_position("zero")
    ax.set_aspect(aspect, adjustable="datalim")


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


@each(3, 20)
def pushed_title(pad):
    """A title moves up where there are labels at the top."""
    fig, ax = base()
    ax.tick_params(labeltop=True, pad=pad)


@each("abc", "bca")
def categories(names):
    """Where a category lies is decided by those that came before."""
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.bar(list(names), [1, 2, 3])
    ax.annotate("here", ("b", 1), xytext=(0, 3), textcoords="offset points")
    ax.text("c", 2, "there")


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
    *(partial(made_with, **rc) for rc in
      ({"xtick.color": "red"}, {"font.size": 7}, {"axes.grid": True}, {"font.family": "serif"},
       {"axes.unicode_minus": False}, {"axes.formatter.use_mathtext": True, "axes.formatter.limits": (0, 0)})),
    shared, shared_otherwise, shared_log, refusing,
    partial(change, "tight layout", lambda fig, ax: fig.tight_layout()),
    partial(change, "constrained", lambda fig, ax: None, layout="constrained"),
    partial(change, "constrained otherwise", lambda fig, ax: ax.set_ylabel("two\nlines"), layout="constrained"),
    *(partial(change, f"patch {width}", lambda fig, ax, width=width: (ax.grid(), ax.patch.set_bounds(0, 0, width, 1)))
      for width in (0.5, 0.7)),
    partial(change, "dpi, as many pixels", lambda fig, ax: None, figsize=(1.5, 1), dpi=200),
    drawn_with(**{"axes.unicode_minus": False}), drawn_with(**{"svg.fonttype": "none"}),
    partial(change, "constrained, long", lambda fig, ax: ax.set_xlabel("a label longer than the axes " * 2), layout="constrained"),
]  # fmt: skip


@pytest.fixture
def memories():
    """One that has everything drawn as Matplotlib draws it, and one that keeps all it sees."""
    plain, memory = Memory(), Memory()
    plain.active = False
    assert memory.active, "this Matplotlib is not among those tried out"
    return plain, memory


def picture(make, memory, box):
    with matplotlib.rc_context():
        make()
        matplotlib.rcParams.update(getattr(make, "settings", {}))
        shown = draw(plt.gcf(), fmt="svg", memory=memory, bbox_inches=box, metadata={"Date": None})
    plt.close("all")
    return without_names(TIDY(shown, "i-"), "i-")


BOXES = [None, pytest.param("tight", marks=pytest.mark.lento)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("box", BOXES)
def test_all_that_is_drawn_from_memory_is_as_it_should_be(box, same, memories):
    plain, memory = memories
    expected = [picture(make, plain, box) for make in FIGURES]
    order = [*range(len(FIGURES))] * 2
    random.Random(str(box)).shuffle(order)
    wrong = [FIGURES[i] for i in order if not same(picture(FIGURES[i], memory, box), expected[i])]
    assert not wrong


@pytest.mark.lento
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("box", BOXES)
def test_changes_may_come_together(box, same, memories):
    """Three in a figure, by lot; then another in the place of one, again and again."""
    plain, memory = memories
    lot = random.Random(str(box))
    changes = [make.args[1] for make in FIGURES if getattr(make, "func", None) is change]
    wrong = []
    for _ in range(25):
        chosen = lot.sample(changes, 3)
        for place in (0, 1, 2, 0):
            chosen[place] = lot.choice(changes)
            made = partial(change, "several", partial(all_of, chosen))
            try:
                expected = picture(made, plain, box)
            except Exception:  # some do not go together
                plt.close("all")
                continue
            wrong += [chosen[:] for _ in range(2) if not same(picture(made, memory, box), expected)]
    assert not wrong


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


@pytest.mark.parametrize("box", [None, "tight"])
def test_axes_come_from_memory(monkeypatch, box):
    """Otherwise the comparison above would say nothing."""
    memory, figures = Memory(), [base()[0] for _ in range(2)]

    def shown(figure):
        return TIDY(draw(figure, fmt="svg", memory=memory, bbox_inches=box, metadata={"Date": None}), "i-")

    first = shown(figures[0])
    monkeypatch.setattr(Tick, "__init__", lambda *_, **__: pytest.fail("a tick is made again"))
    assert shown(figures[1]) == first


def test_a_memory_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(reuse, "_MOST", 5)
    memory = Memory()
    for i in range(20):
        memory.get(i, lambda: "made")
        assert memory.get(0, lambda: "made again") == "made"  # what is asked for stays
    assert len(memory._known) == 5


def test_states_are_compared_less_and_less_often():
    memory, compared = Memory(), []
    for state in range(1, 40):
        for _ in range(2):
            memory.get("axis" if state % 2 else state, lambda: None)
        if memory.is_to_be_checked():
            compared.append(state)
        assert not memory.is_to_be_checked()
    assert compared == [1, 2, 4, 8, 16, 32]
