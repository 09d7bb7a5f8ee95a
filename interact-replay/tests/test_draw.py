"""The quick way of drawing gives what Matplotlib's own gives."""

import base64
import io
import re
from functools import partial

import matplotlib
import numpy as np
import pytest
from interact_replay.image import url
from interact_replay.kernel.draw import draw, drawing
from interact_replay.kernel.pieces import without_names
from interact_replay.kernel.reuse import Memory
from interact_replay.svg import make_tidy
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import print_figure, select_figure_formats
from PIL import Image

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402

pytestmark = pytest.mark.usefixtures("figures")

X = np.linspace(0.1, 6, 40)


def line():
    plt.plot(X, np.sin(X), "o--", label="sine")
    plt.legend()
    plt.title("a title")
    plt.grid()


def long_labels():
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.barh(["a name too long for its place", "b"], [1, 2])
    ax.set_xlabel("two\nlines $\\frac{1}{2}$")


def outside():
    fig, ax = plt.subplots()
    ax.annotate("far away", (0.5, 0.5), (1.6, 1.4), xycoords="axes fraction", arrowprops={"arrowstyle": "->"})
    ax.plot(X, X, clip_on=False)
    ax.set_xlim(1, 3)
    ax.legend(["beside"], loc="upper left", bbox_to_anchor=(1.1, 1))


def log_axes():
    plt.loglog(X, X**3)
    plt.suptitle("a title of the figure", y=1.1)


def twins():
    fig, ax = plt.subplots()
    ax.plot(X)
    ax.twinx().plot(1000 * X, "r")
    ax.tick_params(axis="x", rotation=60)


def equal():
    fig, (one, two) = plt.subplots(1, 2, sharey=True)
    one.scatter(X, X, c=X)
    one.set_aspect("equal", adjustable="datalim")
    two.pie([1, 2, 3], labels=["one", "two", "three"])


def contours():
    plt.contourf(np.outer(X, X))
    plt.colorbar(label="height")


def image():
    plt.imshow(np.outer(np.sin(X), np.cos(X)), interpolation="bilinear")
    plt.colorbar(orientation="horizontal")


def table():
    plt.axis("off")
    plt.table([["1", "2"], ["3", "4"]], colLabels=["a", "b"], loc="bottom")


def polar():
    plt.subplot(projection="polar").plot(X, X)


def surface():
    plt.subplot(projection="3d").plot(X, X, X)


def tight_layout():
    line()
    plt.tight_layout()


def constrained():
    fig, axes = plt.subplots(2, 2, layout="constrained")
    axes[0, 0].set_ylabel("a label")


def text_alone():
    plt.figure().text(0.2, 0.3, "text")


FIGURES = [line, long_labels, outside, log_axes, twins, equal, contours, image, table, polar, surface]
FIGURES += [tight_layout, constrained, text_alone]


@pytest.mark.parametrize("make", FIGURES)
@pytest.mark.parametrize("settings", [{}, {"facecolor": "red", "dpi": 150}, {"bbox_inches": None}, {"pad_inches": 1}])
def test_svg_is_the_same(make, settings, same):
    tidy, memory = make_tidy(None, {}), Memory()
    pictures = []
    for print_it in (print_figure, *[partial(draw, memory=memory)] * 4):
        make()
        svg = print_it(plt.gcf(), fmt="svg", metadata={"Date": None}, **settings)
        pictures.append(without_names(tidy(svg, "i-"), "i-") if svg else "")
        plt.close("all")
    assert all(same(pictures[0], other) for other in pictures[1:])


@pytest.mark.parametrize("make", FIGURES)
def test_png_is_the_same(make):
    memory = Memory()
    pictures = set()
    for print_it in (print_figure, *[partial(draw, memory=memory)] * 4):
        make()
        pictures.add(print_it(plt.gcf(), fmt="png", base64=True))
        plt.close("all")
    assert len(pictures) == 1


def test_dots_per_inch_may_be_those_of_the_figure():
    pictures = set()
    for print_it in (print_figure, partial(draw, memory=Memory())):
        line()
        pictures.add(print_it(plt.gcf(), fmt="png", dpi="figure", base64=True))
        plt.close("all")
    assert len(pictures) == 1


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA"))


def embedded(svg):
    return [pixels(found) for found in re.findall(r'data:image/png;base64,([^"]*)', svg)]


def test_an_enlarged_image_keeps_its_own_pixels():
    data = np.random.default_rng(0).random((7, 9))
    plt.imshow(data, cmap="viridis")
    own = embedded(draw(plt.gcf(), fmt="svg", memory=Memory()))[0]
    large = embedded(print_figure(plt.gcf(), fmt="svg"))[0]
    assert own.shape[:2] == (7, 9) and large.shape[0] > 200
    assert plt.gca().images[0].get_interpolation() == matplotlib.rcParams["image.interpolation"]
    rows, columns = [(np.arange(n) + 0.5) / n * m for n, m in zip((7, 9), large.shape)]
    # Matplotlib's SVG hands over the rows of its own image from the top, those of an enlarged one too.
    sampled = large[np.ix_(rows.astype(int), columns.astype(int))]
    assert (sampled == own).all() or (sampled[::-1] == own).all()


@pytest.mark.parametrize("settings", [{"interpolation": "bilinear"}, {"interpolation": "hanning"}])
def test_a_smoothed_image_stays_smooth(settings):
    plt.imshow(np.eye(5), **settings)
    assert embedded(draw(plt.gcf(), fmt="svg", memory=Memory()))[0].shape[0] > 200


def test_an_image_that_is_made_smaller_is_resampled():
    plt.imshow(np.eye(1000))
    assert embedded(draw(plt.gcf(), fmt="svg", memory=Memory()))[0].shape[0] < 500


@pytest.mark.parametrize("make", [make for make in FIGURES if make is not text_alone])  # without axes nothing is shown
def test_png_is_recorded_as_webp_with_the_same_pixels(make):
    shell = InteractiveShell.instance()
    select_figure_formats(shell, {"png"}, dpi=50)
    make()
    expected, _ = shell.display_formatter.format(plt.gcf())
    memory = Memory()
    for _ in range(4):
        with drawing(shell, memory):
            plt.close("all")
            make()
            found, _ = shell.display_formatter.format(plt.gcf())
        assert "image/png" not in found
        assert (pixels(found["image/webp"]) == pixels(expected["image/png"])).all()
    assert shell.display_formatter.format(plt.gcf())[0].keys() == expected.keys()


def test_settings_for_png_are_heeded():
    shell = InteractiveShell.instance()
    select_figure_formats(shell, {"png"}, pil_kwargs={"optimize": True})
    line()
    with drawing(shell, Memory()):
        assert "image/png" in shell.display_formatter.format(plt.gcf())[0]


@pytest.mark.parametrize("colors", [1, 2, 200, 256, 257, 4000])
@pytest.mark.parametrize("opaque", [True, False])
def test_a_smaller_image_has_the_same_pixels(colors, opaque):
    rng = np.random.default_rng(colors)
    palette = rng.integers(0, 256, (colors, 4), dtype=np.uint8)
    if opaque:
        palette[:, 3] = 255
    out = io.BytesIO()
    Image.fromarray(palette[rng.integers(0, colors, (90, 80))]).save(out, "png")
    data = base64.b64encode(out.getvalue()).decode()
    found = url("image/png", data)
    assert len(found) <= len(f"data:image/png;base64,{data}")
    assert len(found) < 0.5 * len(data) or colors > 256
    assert (pixels(found.split(",")[1]) == pixels(data)).all()


@pytest.mark.parametrize("mime_type", ["image/png", "image/gif"])
@pytest.mark.parametrize("data", ["", "bm8gaW1hZ2U=", "%%%"])
def test_what_is_no_image_stays(mime_type, data):
    assert url(mime_type, data) == f"data:{mime_type};base64,{data}"


def test_a_picture_whose_colors_are_to_be_seen_in_a_special_way_stays():
    out = io.BytesIO()
    Image.new("RGB", (50, 50), "red").save(out, "png", icc_profile=b"a profile")
    data = base64.b64encode(out.getvalue()).decode()
    assert url("image/png", data) == f"data:image/png;base64,{data}"
