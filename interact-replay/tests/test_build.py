"""Real builds with plain Sphinx and MyST-NB. Cells that do not disturb each other share one."""

import json
import math
import re
import shutil
from html import unescape
from types import SimpleNamespace

import nbformat
import pytest
from interact_replay import MIME_TYPE
from interact_replay.recording import VERSION, encode
from interact_replay.recording import shown as shown_in
from interact_replay.sphinx.extension import _choose_kernel
from sphinx_command import sphinx

IMPORTS = """
import matplotlib.pyplot as plt, numpy as np, ipywidgets as w
from ipywidgets import interact, interactive, interactive_output, interact_manual, fixed
from IPython.display import display, Markdown, HTML, Math
"""
PYTHON = {"name": "python3", "display_name": "Python 3"}


def write(path, cells, kernel=PYTHON, begin="# Test"):
    """A notebook; a cell is its source, or that and its tags, or a whole cell."""
    found = nbformat.v4.new_notebook(metadata={"kernelspec": kernel} if kernel else {})
    found.cells.append(nbformat.v4.new_markdown_cell(begin))
    for cell in cells:
        source, *tags = cell if isinstance(cell, tuple) else (cell,)
        found.cells.append(source if isinstance(source, dict) else nbformat.v4.new_code_cell(source, metadata={"tags": tags}))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(found, path)


class Build:
    """What Sphinx makes of a folder; `cells` are those of index.ipynb, None if it is there."""

    def __init__(self, folder, cells=None, builder="html", strict=True, conf="", define=(), begin="# Test"):
        if cells is not None:
            write(folder / "index.ipynb", [IMPORTS, *cells], begin=begin)
            head = "extensions = ['myst_nb', 'interact_replay']\nexclude_patterns = ['out*', 'jupyter_execute']\ninteract_strict = True\ninteract_max_seconds = 9999\n"
            (folder / "conf.py").write_text(f"{head}{conf}\n")
        self.out = folder / f"out-{builder}"
        options = ["-b", builder, "-d", "_trees", *(["-W"] if strict else []), *(f"-D{item}" for item in define)]
        self.ok, self.log = sphinx(folder, *options, ".", self.out)

    def html(self, page="index"):
        return (self.out / f"{page}.html").read_text()

    def controls(self, number, page="index"):
        found = re.search(rf"id=\"interact-{number}\" .*? data-controls='(.*?)'", self.html(page))
        return json.loads(unescape(found[1]))

    def file(self, number, page="index"):
        return self.out / "_static" / "interact" / page / f"{number}.js"

    def outputs(self, number, page="index"):
        return json.loads(re.fullmatch(r'interactReplay\("[^"]*",(.*)\)\n', self.file(number, page).read_text())[1])["outputs"]

    def states(self, number, output=0, page="index"):
        found, controls = self.outputs(number, page)[output], self.controls(number, page)
        total = math.prod(len(controls[i]["labels"]) for i in found["controls"])
        return [shown_in(found, i) for i in range(total)]


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
    "shared control": (
        "a, b = w.IntSlider(0, min=0, max=2), w.IntSlider(1, min=0, max=3)\n"
        "one = interactive_output(lambda a: print('one', a), {'a': a})\n"
        "both = interactive_output(lambda a, b: print('both', a, b), {'a': a, 'b': b})\n"
        "w.HBox([w.VBox([a, b]), one, both])"
    ),
    "thinned": "interact(lambda a: print(a), a=(0.0, 1000.0, 0.1))",
    "allowed to raise": ("interact(lambda a: print(1 / (1 - a)), a=(0, 2))", "raises-exception"),
}
STATES = {"annotation": 4, "number": 5, "one exactly": 1, "thinned": 11}
FIGURE = "%config InlineBackend.figure_formats = ['svg']\nplt.plot([0, 1])\nplt.show()"
CHOICES = (
    "@interact(x=(0, 4), k=w.RadioButtons(options=['one', r'$\\mu$'], value=None, description=r'$\\kappa$'), c=False)\n"
    "def f(x, k, c):\n    plt.plot([0, x])\n    plt.show()\n    print('x is', x)"
)
CONF = """
project, version, epub_show_urls = 'test', '1', 'no'
suppress_warnings = ['epub.unknown_project_files']
html_baseurl = 'https://example.org/book/'
interact_thin = 11
interact_inline_svg = True
"""


def number_of(way):
    """Which interact of the page it is: one of the cells before has two."""
    names = list(WAYS)
    return names.index(way) + 1 + (names.index(way) > names.index("two in a cell"))


@pytest.fixture(scope="module")
def ways(tmp_path_factory):
    """A page with all ways of calling and two static figures; another, whose kernel has a name that nobody else knows."""
    folder = tmp_path_factory.mktemp("ways")
    write(folder / "more" / "other.ipynb", [IMPORTS, (CHOICES, "remove-input")], {"name": "conda-base-py", "display_name": "x", "language": "python"})
    begin = "# Test\n\n```{toctree}\nmore/other\n```"
    return Build(folder, [*WAYS.values(), FIGURE, FIGURE.split("\n", 1)[1]], conf=CONF, begin=begin)


def test_the_build_is_clean(ways):
    assert ways.ok, ways.log


@pytest.mark.parametrize("way", WAYS)
def test_way_of_calling(ways, way):
    number = number_of(way)
    states, controls = ways.states(number), ways.controls(number)
    assert len(states) == STATES.get(way, 3)
    assert len(set(states)) == len(states)
    default = 0
    for i in ways.outputs(number)[0]["controls"]:
        default = default * len(controls[i]["labels"]) + controls[i]["default"]
    assert f'<div class="interact-output" data-output="0">{states[default]}</div>' in ways.html()


def test_what_the_states_show(ways):
    for way, state, text in [
        *(("inside a function", 2, "x 7"), ("fixed", 0, "kept"), ("markdown", 2, "<strong>2</strong>")),
        *(("html and latex", 1, "<b>1</b>"), ("frame", 1, "<td>1</td>"), ("pyplot", 0, "<svg"), ("annotated", 0, "<svg")),
        *(("the backend by its short name", 0, "<svg"), ("number", 0, "x -1"), ("two in a cell", 2, "first 2")),
        ("allowed to raise", 1, "ZeroDivisionError"),
    ]:
        assert text in ways.states(number_of(way))[state]
    assert "second 2" in ways.states(number_of("two in a cell") + 1)[2]
    assert ways.states(number_of("two figures"))[0].count("<svg") == 2
    assert '<div class="interact-row"><div class="interact-label"><b>bold</b></div>' in ways.html()
    assert "ZeroDivisionError" not in ways.states(number_of("allowed to raise"))[2]


def test_no_widget_script_and_no_clashing_identifier(ways):
    html = ways.html()
    assert "html-manager" not in html and "widget-state" not in html and "require.js" not in html
    found = re.findall(r' id="([^"]+)"', html)
    assert len(found) == len(set(found))


def test_several_outputs_share_a_control(ways):
    number = number_of("shared control")
    assert [len(ways.states(number, k)) for k in (0, 1)] == [3, 12]
    assert "both 2 1" in ways.states(number, 1)[2 * 4 + 1]


def test_static_figures_can_stand_in_the_page(ways):
    cells = ways.html().split('<div class="cell docutils container">')[-2:]
    assert all('<div class="interact-figure"><svg fill="currentColor"' in cell and "<img" not in cell for cell in cells)


def test_a_recording_is_named_by_what_it_holds(ways):
    """So that browsers do not show one that they kept of an older build."""
    found = re.findall(r'data-interact="(interact-\d+)-(\w+)" data-src="([^"]+)"', ways.html())
    versions = {}
    for name, version, source in found:
        file, _, asked = source.partition("?v=")
        key, _, content = (ways.out / file).read_text().partition(",")
        assert asked == version and key == f'interactReplay("{name}-{version}"'
        assert versions.setdefault(version, content) == content
    assert len(found) == len(WAYS) + 1 and len(versions) == len(set(versions.values())) > 10


@pytest.mark.parametrize(
    ("builder", "file", "define", "live"),
    [
        ("latex", "test.tex", ["html_file_suffix=.htm"], "https://example.org/book/more/other.htm"),
        ("text", "more/other.txt", ["interact_dirhtml=1"], "more/other/#interact-1"),
        ("epub", "more/other.xhtml", ["html_file_suffix=.htm", "html_link_suffix="], "https://example.org/book/more/other#"),
        ("singlehtml", "index.html", [], "https://example.org/book/more/other.html"),
    ],
)
def test_other_formats_get_the_still(ways, builder, file, define, live):
    """The default state, what it is the state of, what else there is to choose, and where the live one is."""
    build = Build(ways.out.parent, builder=builder, define=define, strict=False)
    assert build.ok, build.log
    text = (build.out / file).read_text()
    assert "x is 2" in text and "interact-output" not in text
    assert "x: 2. c: off" in text and "one" in text and live in text
    assert r"\mu" in text and r"\kappa" in text and "$\\mu$" not in text
    if builder != "text":
        assert re.search(r"\.png|_images", text)


def test_a_notebook_for_python_is_recorded_whatever_its_kernel_is_called(ways):
    assert len(ways.states(1, page="more/other")) == 30


@pytest.mark.parametrize(
    ("metadata", "kernel"),
    [
        ({"kernelspec": {"name": "venv", "language": "python"}}, "python3"),
        ({"kernelspec": {"name": "venv"}, "language_info": {"name": "python"}}, "python3"),
        ({"language_info": {"name": "python"}}, "python3"),
        ({}, "python3"),
        ({"kernelspec": {"name": "kept", "language": "python"}}, "kept"),
        ({"kernelspec": {"name": "julia-1.10", "language": "julia"}}, "julia-1.10"),
        ({"kernelspec": {"name": "unknown"}}, "unknown"),
        ({"language_info": {"name": "R"}}, None),
    ],
)
def test_only_notebooks_for_python_change_their_kernel(metadata, kernel):
    config = SimpleNamespace(nb_kernel_rgx_aliases={"kept": "kept", "python3": "interact-replay"})
    app = SimpleNamespace(env=SimpleNamespace(doc2path=lambda name: f"{name}.ipynb"), config=config)
    source = [json.dumps({"metadata": metadata})]
    _choose_kernel(app, "page", source)
    assert json.loads(source[0])["metadata"].get("kernelspec", {}).get("name") == kernel


STILLS = {
    "Text": "interact(lambda a: print('still', a), a='text')",
    "DatePicker": "interact(lambda a: print('still', a), a=w.DatePicker())",
    "Password": "interact(lambda a: None, a=w.Password())",
    "ipympl": "import matplotlib; matplotlib.use('module://ipympl.backend_nbagg')\ninteract(lambda a: (plt.plot([0, a]), print('still', a), None)[-1], a=(0, 5))",
}


@pytest.fixture(scope="module")
def stills(tmp_path_factory):
    return Build(tmp_path_factory.mktemp("stills"), STILLS.values(), strict=False)


@pytest.mark.parametrize("reason", STILLS)
def test_what_cannot_be_alive_is_a_still_with_a_warning(stills, reason):
    cell = stills.html().split('<div class="cell docutils container">')[2 + list(STILLS).index(reason)]
    assert stills.ok and "interact-output" not in cell and "interactive(children" not in cell
    output = cell.partition("cell_output")[2]
    assert ("still" in output) == ("print" in STILLS[reason]) and ("<img" in output) == ("plt" in STILLS[reason])
    found = [line for line in stills.log.splitlines() if f"shown as a still: {reason} " in line]
    assert len(found) == 1 and "suppress_warnings" in found[0]


def test_too_many_states_stop_the_build(tmp_path):
    build = Build(tmp_path, ["interact(lambda a, b: 0, a=(0, 99), b=(0, 99))"])
    assert not build.ok
    assert "index.ipynb" in build.log and "a=(0, 99)" in build.log
    assert "10,000 states (a: 100 values × b: 100 values); the limit is 5,000" in build.log
    assert "interact_max_states" in build.log
    assert not (build.out / "index.html").exists()


def test_a_large_recording_stops_the_build(tmp_path):
    cell = "interact(lambda a: print(np.random.default_rng(a).bytes(9000).hex()), a=(0, 9))"
    build = Build(tmp_path, [cell], conf="interact_max_kilobytes = 50")
    assert not build.ok and "the limit is 50 kB" in build.log and "a: 10 values" in build.log


def test_a_state_that_raises_stops_the_build(tmp_path):
    build = Build(tmp_path, ["interact(lambda a: print(1 / (3 - a)), a=(0, 5))"])
    assert not build.ok
    assert "the function raised ZeroDivisionError for a = 3" in build.log


def test_an_interact_that_has_become_text_stops_the_build(tmp_path):
    """As when IPython swallows an error: the cell succeeds, and the page would have no more than the widget's name."""
    build = Build(tmp_path, ["display({'text/plain': 'interactive(children=(IntSlider(value=5), Output()))'}, raw=True)"], strict=False)
    assert not build.ok and "was not recorded" in build.log and "index.ipynb" in build.log


def stored(text):
    """A cell with an output as Jupyter stores it."""
    data = {"text/plain": text, "application/vnd.jupyter.widget-view+json": {"model_id": "x", "version_major": 2, "version_minor": 0}}
    output = nbformat.v4.new_output("display_data", data)
    return nbformat.v4.new_code_cell("1", outputs=[output], execution_count=1)


STORED = "nb_execution_mode = 'off'"


def bundle(data, text="the text of a widget"):
    """A cell with a recording, or with what stands for one, as the recording kernel leaves it."""
    output = nbformat.v4.new_output("display_data", {"text/plain": text, MIME_TYPE: {"version": VERSION} | data})
    return nbformat.v4.new_code_cell("1", outputs=[output], execution_count=1)


def recording(length=1, **more):
    """Six states in chunks of that length."""
    chunks = [encode([[f"state {i + k}"] for k in range(length)]) | {"rich": []} for i in range(0, 6, length)]
    control = {"kind": "range", "name": "a", "description": "a", "labels": list("012345"), "default": 0, "continuous": True}
    return {
        **{"number": 1, "controls": [control], "outputs": [{"controls": [0], "length": length, "chunks": chunks}]},
        **{"layout": {"box": "column", "children": [{"control": 0}, {"output": 0}]}, "messages": []},
        "still": [{"output_type": "stream", "name": "stdout", "text": "the still"}],
        **more,
    }


def test_controls_wait_for_their_output(tmp_path):
    """Where it comes they stand above it; where it never comes their text is left, with a warning."""
    cells = [
        *(bundle({"still": [], "waits": n}, f"box {n}") for n in (1, 2, 3, 4)),
        bundle(recording(gathers=[2, 4])),
        bundle({"still": recording()["still"], "gathers": [3]}),
    ]
    build = Build(tmp_path, cells, conf=STORED, strict=False)
    assert build.ok, build.log
    assert [f"box {n}" in build.html() for n in (1, 2, 3, 4)] == [True, False, False, False]
    found = [line for line in build.log.splitlines() if "the output that these controls drive is never displayed" in line]
    assert len(found) == 1 and "index.ipynb:" in found[0] and "suppress_warnings" in found[0]
    quiet = Build(tmp_path, cells, conf=f"{STORED}\nsuppress_warnings = ['interact.dead']", strict=False)
    assert quiet.ok and "never displayed" not in quiet.log
    text = Build(tmp_path, builder="text", strict=False)
    assert [f"box {n}" in (text.out / "index.txt").read_text() for n in (1, 2, 3, 4)] == [True, False, False, False]


def test_a_recording_of_another_format_is_a_still(tmp_path):
    build = Build(tmp_path, [bundle(recording(version=VERSION + 1))], conf=STORED, strict=False)
    assert build.ok, build.log
    assert "the still" in build.html() and "interact-output" not in build.html() and not build.file(1).exists()
    assert f"shown as a still: its recording has the format {VERSION + 1}" in build.log


def test_chunks_are_written_again_where_they_are_missing_and_removed_where_they_are_no_more(tmp_path):
    def files():
        return sorted(file.stem for file in build.file(1).parent.glob("*.js"))

    build = Build(tmp_path, [bundle(recording(2))], conf=STORED, strict=False)
    assert build.ok and files() == ["1", "1-0-0", "1-0-1", "1-0-2"]
    build.file("1-0-1").unlink()
    assert Build(tmp_path, strict=False).ok and files() == ["1", "1-0-0", "1-0-1", "1-0-2"]
    assert Build(tmp_path, [bundle(recording(3))], conf=STORED, strict=False).ok and files() == ["1", "1-0-0", "1-0-1"]
    assert Build(tmp_path, [bundle(recording(6))], conf=STORED, strict=False).ok and files() == ["1"]


def test_what_was_not_recorded_is_told(tmp_path):
    alive = "from ipywidgets import *\ninteract(lambda x: print('x is', x), x=(0, 2))"
    texts = ["interactive(children=(IntSlider(value=5), Output()))", "VBox(children=(IntSlider(value=5), Output()))", "HBox(children=(Button(),))"]
    write(tmp_path / "stored.ipynb", map(stored, texts))
    write(tmp_path / "failed.ipynb", ["1 / 0", stored(texts[0])])
    write(tmp_path / "another.ipynb", [alive], {"name": "another", "display_name": "x", "language": "python"})
    write(tmp_path / "still.ipynb", [alive], kernel=None)
    begin = "# Test\n\n```{toctree}\nstored\nfailed\nanother\nstill\n```"
    conf = (
        "nb_execution_mode = 'force'\nnb_execution_excludepatterns = ['stored*']\nnb_kernel_rgx_aliases = {'another': 'python3'}\n"
        "interact_stills_only = True"
    )
    build = Build(tmp_path, [], conf=conf, strict=False, begin=begin)
    assert build.ok, build.log
    found = re.findall(r"(\w+)\.ipynb:\d+: WARNING: this interact is dead: (.*)", build.log)
    assert [name for name, _ in found] == ["another", "failed", "stored", "stored"]
    assert "the kernel 'python3'" in found[0][1] and "a cell before it failed" in found[1][1] and "did not execute" in found[2][1]
    assert "x is 1" in build.html("still") and "interactive(children" not in build.html("still")


def test_what_has_not_changed_is_not_made_again_and_what_is_gone_is_not_published(tmp_path):
    cell = (
        "@interact(x=(0, 30))\ndef f(x):\n    open('calls.md', 'a').write('.')\n    print(x)"  # .md: not an input
    )
    write(tmp_path / "gone.ipynb", ["import ipywidgets\nipywidgets.interact(lambda x: print('gone', x), x=(0, 2))"])
    conf = "exclude_patterns += ['calls.md']\n"
    first = Build(tmp_path, [cell], conf=conf, strict=False)  # in no table of contents
    assert first.ok, first.log
    states, gone = first.states(1), first.file(1, "gone")
    calls = (tmp_path / "calls.md").read_text()
    assert len(calls) == 32 and gone.exists()
    (tmp_path / "calls.md").unlink()

    shutil.rmtree(first.out / "_static")
    again = Build(tmp_path, define=["interact_processes=1"], strict=False)  # which changes no recording
    assert again.ok and "0 added, 0 changed, 0 removed" in again.log and not (tmp_path / "calls.md").exists()
    assert again.states(1) == states and gone.exists()

    (tmp_path / "gone.ipynb").unlink()
    last = Build(tmp_path, [cell, "print('a new cell')"], conf=f"{conf}interact_max_states = 999", strict=False)
    assert last.ok, last.log
    assert len((tmp_path / "calls.md").read_text()) == 1  # the default state alone
    assert last.states(1) == states and not gone.exists()


BUDGET = {
    "many": "interact(lambda a, b, c: print('many', a, b, c), a=(0, 399), b=(0.0, 1.0), c=(0, 40))",
    "corner": "interact(lambda a: print('corner', 1 / a), a=(0, 5))",
    "text": "interact(lambda a, text, n: print('text', a, text, n), a=(0, 2), text='kept', n=w.IntText(1))",
    "apart": "s = w.IntSlider(0, max=4)\ndisplay(w.HBox([s]), interactive_output(lambda s: print('apart', s), {'s': s}))",
    "button": "w.VBox([interactive(lambda a: print('button', a), a=(0, 2)), w.Button(description='press')])",
    "interval": "interact(lambda r: print('interval', r), r=w.IntRangeSlider(value=(1, 2), max=6))",
}


def test_a_first_build_succeeds_and_says_what_it_did(tmp_path):
    """Nothing of this could be recorded whole: with the options as they are, all of it is alive."""
    build = Build(tmp_path, BUDGET.values(), conf="interact_strict = False", strict=False)
    assert build.ok, build.log
    numbers = {name: i + 1 for i, name in enumerate(BUDGET)}
    sizes = {name: [len(c["labels"]) for c in build.controls(number)] for name, number in numbers.items()}
    assert sizes == {"many": [21, 11, 21], "corner": [6], "text": [3, 1, 5], "apart": [5], "button": [3], "interval": [28]}
    assert "recorded with a: 21 of 400 values, c: 21 of 41 values" in build.log and "interact_max_states" in build.log
    assert "the function raised in 1 of 6 states, first ZeroDivisionError for a = 0" in build.log
    assert "ZeroDivisionError: division by zero" in build.states(numbers["corner"])[0]
    assert "Text ('text') keeps its value" in build.log and "Button ('press')" in build.log
    assert "interactive(children" not in build.html() and "HBox(children" not in build.html()
