import io
import re

import matplotlib
import numpy as np
import pytest
from interact_replay.svg import SVG_ALT, make_tidy

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

COLORS = {"#000000": "currentColor", "#ff0000": "var(--red)"}


def draw(plot):
    with matplotlib.rc_context({"svg.hashsalt": "x"}):
        fig, ax = plt.subplots()
        plot(ax)
        out = io.StringIO()
        fig.savefig(out, format="svg")
        plt.close(fig)
    return out.getvalue()


@pytest.fixture(scope="module")
def line():
    return draw(lambda ax: ax.plot(np.linspace(0, 1, 20), np.linspace(0, 1, 20) ** 3, "r", marker="o"))


def test_it_stands_in_a_page(line):
    html = "".join(make_tidy(1, COLORS)(line, "i1-"))
    assert html.startswith("<svg" + SVG_ALT) and html.endswith("</svg>")
    for gone in ("<?xml", "<!DOCTYPE", "<metadata", "<style", "xmlns", "xlink", "#000000", "#ff0000", "\n"):
        assert gone not in html
    assert "currentColor" in html and "var(--red)" in html


def test_identifiers_are_used_and_own(line):
    html = "".join(make_tidy(1, COLORS)(line, "i1-"))
    found = re.findall(r' id="([^"]+)"', html)
    used = set(re.findall(r'(?:url\(|href=")#([^)"]+)', html))
    assert set(found) == used and len(found) == len(used) > 3
    assert all(name.startswith("i1-") for name in found)


def test_coordinates_are_rounded_and_no_further(line):
    exact = "".join(make_tidy(None, {})(line, ""))
    rounded = "".join(make_tidy(1, {})(line, ""))
    assert len(rounded) < len(exact)
    numbers = [np.array([float(n) for n in re.findall(r"-?\d+\.?\d*", re.sub(r"#\w+|\w+-\w+", "", text))]) for text in (exact, rounded)]
    assert numbers[0].shape == numbers[1].shape
    assert np.abs(numbers[0] - numbers[1]).max() <= 0.05 + 1e-9


def test_whole_numbers_keep_their_zeros():
    line = '<svg width="100">\n<path d="M 100.2 10.4 L 0.2 -0.3"/>\n</svg>'
    assert 'd="M 100 10 L 0 0"' in "".join(make_tidy(0, {})(line, ""))


def test_definitions_come_in_a_fixed_order():
    """Whichever text of a state is the first to need a letter."""
    orders = []
    for first, second in ("QX", "XQ"):
        drawn = draw(lambda ax, first=first, second=second: ax.set(xlabel=first, title=second))
        html = "".join(make_tidy(1, {})(drawn, ""))
        orders.append(re.findall(r' id="(DejaVu[^"]+)"', html))
    assert orders[0] == orders[1] and len(orders[0]) > 5


def test_each_definition_stands_once_and_none_is_lost():
    """Parts that come from memory bring their own."""
    one, two, odd = '<path id="a" d="M 1 1"/>', '<clipPath id="b"><rect x="1"/></clipPath>', "<b>?</b>"
    uses = "".join(f'<use xlink:href="#{name}"/>' for name in "abc")
    svg = f'<svg width="9"><defs>{one}\n{two}</defs>{uses}<defs>{two}{one}</defs><defs>{one}{odd}</defs></svg>'
    html = "".join(make_tidy(1, {})(svg, ""))
    assert html.count("<defs>") == html.count("</defs>") == 1
    assert html.count('id="b"') == html.count("<b>?</b>") == 1 and html.count("</clipPath>") == 1


def test_definitions_are_ordered_by_what_they_look_like():
    """Not by their names, which change as a whole with the last digit of a coordinate."""

    def drawn(*names):
        paths = "\n".join(f'<path id="{name}" d="M 0 {i}"/>' for i, name in enumerate(names))
        uses = "".join(f'<use xlink:href="#{name}"/>' for name in names)
        html = "".join(make_tidy(1, {})(f'<svg width="9"><defs>{paths}</defs>{uses}</svg>', ""))
        return re.sub(' id="[ab]"', "", html.split("<use")[0])

    assert drawn("a", "b") == drawn("b", "a") != drawn("a")


def test_collections_are_not_counted():
    """What was drawn before a collection, and is now drawn from memory, must not change the names in it."""

    def marks(extra):
        def plot(ax):
            x = np.arange(20)
            for shift in range(extra):
                ax.scatter(x, shift + x, c=x, marker="s")
            ax.scatter(x, 4 + x, c=x)

        html = "".join(make_tidy(1, {})(draw(plot), ""))
        return set(re.findall(r'href="#(C[^"]*)"', html))

    assert marks(0) < marks(1) == marks(2)


def test_scales_keep_their_digits(line):
    assert "scale(0.015625)" in "".join(make_tidy(1, {})(line, ""))


def test_an_image_is_one_line():
    svg = draw(lambda ax: ax.imshow(np.eye(5)))
    lines = make_tidy(1, {})(svg, "")
    image = next(text for text in lines if "data:image/" in text)
    assert re.search(r'base64,[A-Za-z0-9+/=]{50,}"', image)


def test_what_a_style_says_twice_counts_once():
    """Matplotlib asks for crisp pixels in two ways; as attributes they may stand only once."""
    svg = draw(lambda ax: ax.imshow(np.eye(2), interpolation="none"))
    assert svg.count("image-rendering:") == 2
    tidied = "".join(make_tidy(1, {})(svg, ""))
    assert tidied.count("image-rendering") == 1 and 'image-rendering="pixelated"' in tidied


def test_frames_follow_the_paper_and_data_keep_their_colours():
    """White behind text that follows the theme does so, too; what a figure says by a colour stays."""

    def framed(ax):
        ax.plot([0, 1], label="line")
        ax.legend()
        ax.text(0.2, 0.2, "text", bbox={"facecolor": "white"})
        ax.table([["1", "2"]])
        ax.scatter([0, 1], [0, 1], c="white", edgecolors="red")
        ax.pcolormesh([[0, 1], [1, 0]], cmap="gray", vmax=1, rasterized=False)
        ax.contourf([[0, 1], [1, 0]], levels=[0, 0.5, 1], colors=["black", "white"])

    drawn = draw(framed)
    html = "".join(make_tidy(1, COLORS)(drawn, ""))
    patches = re.findall(r'<g id="patch_\d+">\s*<path[^>]*#ffffff', drawn)
    assert html.count("var(--interact-paper, #fff)") == len(patches) == 6  # figure, axes, legend, text, two cells
    assert html.count("#ffffff") == drawn.count("#ffffff") - 6 > 4
    assert re.search(r'<g fill="#000"><path d="[^"]*" clip-path="[^"]*"/>', html) and html.count('fill="#000"') == 2
