"""Real builds with plain Sphinx and MyST-NB, one small notebook each."""

import json
import math
import re
import subprocess
import sys

import nbformat
import pytest
from myst_nb_interact.codec import decode, filled

IMPORTS = """
import matplotlib.pyplot as plt, numpy as np, ipywidgets as w
from ipywidgets import interact, interactive, interactive_output, interact_manual, fixed
from IPython.display import display, Markdown, HTML, Math
"""


class Build:
    def __init__(self, folder, cells, builder="html", strict=True, conf="", tags=()):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
        notebook.cells.append(nbformat.v4.new_markdown_cell("# Test"))
        for source in [IMPORTS, *cells]:
            notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)}))
        nbformat.write(notebook, folder / "index.ipynb")
        conf = f"extensions = ['myst_nb', 'myst_nb_interact']\nexclude_patterns = ['out*', 'jupyter_execute']\n{conf}\n"
        (folder / "conf.py").write_text(conf)
        command = [sys.executable, "-m", "sphinx", "-b", builder, *(["-W"] if strict else []), "."]
        self.out = folder / f"out-{builder}"
        done = subprocess.run([*command, str(self.out)], cwd=folder, capture_output=True, text=True, timeout=300)
        self.ok, self.log = done.returncode == 0, re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr)

    @property
    def html(self):
        return (self.out / "index.html").read_text()

    def recording(self, number):
        text = (self.out / "_static" / "interact" / f"index-{number}.js").read_text()
        return json.loads(re.fullmatch(r'mystNbInteract\("[^"]*",(.*)\)\n', text)[1])

    def states(self, number, output=0):
        found = self.recording(number)["outputs"][output]
        total = math.prod(len(self.recording(number)["controls"][i]["labels"]) for i in found["controls"])
        return [filled(decode(found, i), found["rich"]) for i in range(total)]


WAYS = {
    "decorator": "@interact(x=(0, 2))\ndef f(x):\n    print('x', x)",
    "bare decorator": "@interact\ndef f(x=w.IntSlider(0, min=0, max=2)):\n    print('x', x)",
    "function": "def f(x):\n    print('x', x)\ninteract(f, x=[('zero', 0), ('one', 1), ('two', 2)])",
    "lambda": "interact(lambda x: print('x', x), x=[0, 1, 2])",
    "number": "interact(lambda x: print('x', x), x=1)",
    "two in a cell": (
        "interact(lambda x: print('first', x), x=(0, 2))\ninteract(lambda x: print('second', x), x=(0, 2))"
    ),
    "result": "interact(lambda x: x, x={'a': 0, 'b': 1, 'c': 2})",
    "options": "@interact.options(auto_display=True)\ndef f(x=w.Dropdown(options=[0, 1, 2])):\n    return x",
    "interactive": "widget = interactive(lambda x: print('x', x), x=(0, 2))\ndisplay(widget)",
    "last expression": "interactive(lambda x: print('x', x), x=(0, 2))",
    "changed before it is shown": (
        "widget = interactive(lambda x: print('x', x), x=(0, 9))\nwidget.children[0].max = 2\ndisplay(widget)"
    ),
    "interactive_output": (
        "s = w.IntSlider(0, min=0, max=2)\nout = interactive_output(lambda x: print('x', x), {'x': s})\n"
        "w.VBox([w.HBox([w.HTML('<b>bold</b>'), s]), out])"
    ),
    "fixed": "interact(lambda x, y: print('x', x, y), x=(0, 2), y=fixed('kept'))",
    "inside a function": "def show(n):\n    interact(lambda x: print('x', x + n), x=(0, 2))\nshow(5)",
    "annotation": "def f(x: bool, y=True):\n    print(x, y)\ninteract(f)",
    "play": "interact(lambda x: print('x', x), x=w.Play(min=0, max=2))",
    "choices": "interact(lambda x: print('x', x), x=w.ToggleButtons(options=['p', 'q', 'r']))",
    "markdown": "interact(lambda x: display(Markdown(f'**{x}**')), x=(0, 2))",
    "html and latex": "interact(lambda x: display(HTML(f'<b>{x}</b>'), Math(f'x={x}')), x=(0, 2))",
    "frame": (
        "class Frame:\n    def __init__(self, x):\n        self._repr_html_ = lambda: f'<table><tr><td>{x}</td></tr></table>'\n"
        "interact(lambda x: Frame(x), x=(0, 2))"
    ),
    "annotated": (
        "@interact(x=(0, 2))\ndef f(x):\n    fig, ax = plt.subplots()\n    ax.annotate(f'here {x}', (0, x), (1, 1), arrowprops={})"
    ),
    "pyplot": "@interact(x=(0, 2))\ndef f(x):\n    plt.plot([0, x])\n    plt.tight_layout()",
    "the backend by its short name": "%matplotlib inline\n@interact(x=(0, 2))\ndef f(x):\n    plt.imshow([[0, x], [1, 2]])",
    "two figures": (
        "%config InlineBackend.figure_formats = ['svg']\n@interact(x=(0, 2))\ndef f(x):\n    for k in range(2):\n"
        "        fig, ax = plt.subplots()\n        ax.contourf((np.arange(9) % (x + 2)).reshape(3, 3))\n        plt.show()"
    ),
    "one exactly": "interact(lambda x: print('only', x), x=['a'])",
}


def number_of(way):
    """Which interact of the page it is: one of the cells before has two."""
    names = list(WAYS)
    return names.index(way) + 1 + (names.index(way) > names.index("two in a cell"))


@pytest.fixture(scope="module")
def ways(tmp_path_factory):
    return Build(tmp_path_factory.mktemp("ways"), WAYS.values())


def test_the_build_is_clean(ways):
    assert ways.ok, ways.log


@pytest.mark.parametrize("way", WAYS)
def test_way_of_calling(ways, way):
    number = number_of(way)
    states = ways.states(number)
    assert len(states) == {"annotation": 4, "number": 5, "one exactly": 1}.get(way, 3)
    assert len(set(states)) == len(states)
    recording = ways.recording(number)
    default = 0
    for i in recording["outputs"][0]["controls"]:
        default = default * len(recording["controls"][i]["labels"]) + recording["controls"][i]["default"]
    assert f'<div class="interact-output" data-output="0">{states[default]}</div>' in ways.html


def test_what_the_states_show(ways):
    for way, state, shown in [
        *(("inside a function", 2, "x 7"), ("fixed", 0, "kept"), ("markdown", 2, "<strong>2</strong>")),
        *(("html and latex", 1, "<b>1</b>"), ("frame", 1, "<td>1</td>"), ("pyplot", 0, "<img"), ("annotated", 0, "<img")),
        *(("the backend by its short name", 0, "<img"), ("number", 0, "x -1"), ("two in a cell", 2, "first 2")),
    ]:
        assert shown in ways.states(number_of(way))[state]
    assert "second 2" in ways.states(number_of("two in a cell") + 1)[2]
    assert ways.states(number_of("two figures"))[0].count("<svg") == 2
    assert '<div class="interact-row"><div class="interact-label"><b>bold</b></div>' in ways.html


def test_no_widget_script_and_no_clashing_identifier(ways):
    assert "html-manager" not in ways.html and "widget-state" not in ways.html and "require.js" not in ways.html
    found = re.findall(r' id="([^"]+)"', ways.html)
    assert len(found) == len(set(found))


def test_several_outputs_share_a_control(tmp_path):
    build = Build(
        tmp_path,
        [
            "a, b = w.IntSlider(0, min=0, max=2), w.IntSlider(1, min=0, max=3)\n"
            "one = interactive_output(lambda a: print('one', a), {'a': a})\n"
            "both = interactive_output(lambda a, b: print('both', a, b), {'a': a, 'b': b})\n"
            "w.HBox([w.VBox([a, b]), one, both])"
        ],
    )
    assert build.ok, build.log
    assert [len(build.states(1, k)) for k in (0, 1)] == [3, 12]
    assert "both 2 1" in build.states(1, 1)[2 * 4 + 1]


def test_too_many_states_stop_the_build(tmp_path):
    build = Build(tmp_path, ["interact(lambda a, b: 0, a=(0, 99), b=(0, 99))"])
    assert not build.ok
    assert "index.ipynb" in build.log and "a=(0, 99)" in build.log
    assert "10,000 states (a: 100 values × b: 100 values); the limit is 5,000" in build.log
    assert "interact_max_states" in build.log
    assert not (build.out / "index.html").exists()


def test_thinning_is_an_option(tmp_path):
    build = Build(tmp_path, ["interact(lambda a: print(a), a=(0.0, 1000.0, 0.1))"], conf="interact_thin = 11")
    assert build.ok, build.log
    assert len(build.states(1)) == 11


def test_a_large_recording_stops_the_build(tmp_path):
    cell = "interact(lambda a: print(np.random.default_rng(a).bytes(9000).hex()), a=(0, 9))"
    build = Build(tmp_path, [cell], conf="interact_max_kilobytes = 50")
    assert not build.ok and "the limit is 50 kB" in build.log and "a: 10 values" in build.log


def test_a_state_that_raises_stops_the_build(tmp_path):
    build = Build(tmp_path, ["interact(lambda a: print(1 / (3 - a)), a=(0, 5))"])
    assert not build.ok
    assert "the function raised ZeroDivisionError for a = 3" in build.log


def test_unless_the_cell_says_so(tmp_path):
    build = Build(tmp_path, ["interact(lambda a: print(1 / (3 - a)), a=(0, 5))"], tags=["raises-exception"])
    assert build.ok, build.log
    assert "ZeroDivisionError" in build.states(1)[3] and "ZeroDivisionError" not in build.states(1)[2]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("interact(lambda a: print('still', a), a='text')", "Text"),
        ("interact(lambda a: print('still', a), a=w.IntText(3))", "IntText"),
        ("interact_manual(lambda a: print('still', a), a=(0, 5))", "interact_manual"),
        ("%matplotlib widget\ninteract(lambda a: (plt.plot([0, a]), print('still', a), None)[-1], a=(0, 5))", "%matplotlib widget"),
    ],
)
def test_what_cannot_be_alive_is_a_still_with_a_warning(tmp_path, cell, reason):
    build = Build(tmp_path, [cell], strict=False)
    assert build.ok and "still" in build.html and "interact-output" not in build.html
    assert reason in build.log and "suppress_warnings" in build.log
    assert ("<img" in build.html) == ("plt" in cell)


@pytest.mark.parametrize(("builder", "file"), [("latex", "*.tex"), ("text", "index.txt"), ("epub", "index.xhtml"), ("singlehtml", "index.html")])
def test_other_formats_get_the_still(tmp_path, builder, file):
    """The default state, what it is the state of, what else there is to choose, and where the live one is."""
    cell = "@interact(x=(0, 4), k=w.RadioButtons(options=['one', 'two'], value=None), c=False)\ndef f(x, k, c):\n    plt.plot([0, x])\n    plt.show()\n    print('x is', x)"
    conf = "project = 'test'\nversion = '1'\nepub_show_urls = 'no'\nsuppress_warnings = ['epub.unknown_project_files']\nhtml_baseurl = 'https://example.org/book/'"
    build = Build(tmp_path, [cell], builder=builder, conf=conf, strict=False)
    assert build.ok, build.log
    text = next(f for f in build.out.glob(file) if "sphinx" not in f.name).read_text()
    assert "x is 2" in text and "interact-output" not in text
    assert "x: 2. c: off" in text and "one" in text and "two" in text
    assert builder == "text" or "https://example.org/book/index.html" in text
    if builder != "text":
        assert re.search(r"\.png|_images", text)


def test_unchanged_cells_are_not_recorded_again(tmp_path):
    cell = (
        "@interact(x=(0, 30))\ndef f(x):\n    open('calls.md', 'a').write('.')\n    print(x)"  # .md: not an input
    )
    first = Build(tmp_path, [cell])
    assert first.ok, first.log
    calls = (tmp_path / "calls.md").read_text()
    assert len(calls) == 32
    (tmp_path / "calls.md").unlink()
    conf = "interact_processes = 1\ninteract_max_states = 999"  # what does not change a recording
    second = Build(tmp_path, [cell, "print('a new cell')"], conf=conf)
    assert second.ok, second.log
    assert len((tmp_path / "calls.md").read_text()) == 1  # the default state alone
    assert first.states(1) == second.states(1)


def test_static_figures_can_stand_in_the_page(tmp_path):
    cell = "%config InlineBackend.figure_formats = ['svg']\nplt.plot([0, 1])\nplt.show()"
    build = Build(tmp_path, [cell, cell.split("\n", 1)[1]], conf="interact_inline_svg = True")
    assert build.ok, build.log
    assert build.html.count('<div class="interact-figure"><svg fill="currentColor"') == 2 and "<img" not in build.html
    found = re.findall(r' id="([^"]+)"', build.html)
    assert len(found) == len(set(found))
