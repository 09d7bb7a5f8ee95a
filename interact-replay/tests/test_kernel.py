"""The recording kernel itself, one cell at a time: what becomes of it, and that nothing fails in silence."""

import json
import os
import re
import sys
from concurrent.futures.process import BrokenProcessPool

import pytest
from interact_replay import MIME_TYPE, OPTIONS_VARIABLE
from interact_replay.errors import InteractError
from interact_replay.kernel import pool


@pytest.fixture(scope="module")
def kernel(open_kernel):
    return open_kernel(strict=True)


STRANGE = """
class Strange(w.{base}):
    @property
    def {name}(self):
        raise RuntimeError("strange")
"""
FAILURES = {
    "a process that is killed": ("interact(lambda x: os.kill(os.getpid(), 9) if x == 7 else None, x=(0, 60))", "ended from outside"),
    "a process that ends itself": ("interact(lambda x: os._exit(3) if x == 7 else None, x=(0, 60))", "ended from outside"),
    "reading a widget": (STRANGE.format(base="IntSlider", name="min") + "interact(lambda x: None, x=Strange())", "RuntimeError: strange"),
    "reading a box": (STRANGE.format(base="VBox", name="children") + "display(Strange())", "RuntimeError: strange"),
    "an option": ("os.environ['INTERACT_REPLAY'] = '{\"thin\": 1}'\ninteract(lambda x: None, x=(0, 9))", "thin is 1"),
    "an unknown option": ("os.environ['INTERACT_REPLAY'] = '{\"thinn\": 1}'\ninteract(lambda x: None, x=(0, 9))", "thinn"),
    "writing the cache": (
        "open('file', 'w').close()\nos.environ['INTERACT_REPLAY'] = '{\"cache\": \"file/below\", \"strict\": true}'\ninteract(lambda x: None, x=(0, 9))",
        "NotADirectoryError",
    ),
    "a picture that is none": (
        "class Odd:\n    def _repr_svg_(self):\n        return 'odd'\ninteract(lambda x: Odd(), x=(0, 9))",
        "has no <svg> in it",
    ),
    "leaving Python": ("interact(lambda x: sys.exit() if x == 3 else None, x=(0, 9))", "SystemExit for x = 3"),
    "a state in another process": ("interact(lambda x: 1 / (40 - x), x=(0, 60))", "ZeroDivisionError for x = 40"),
}


@pytest.fixture
def environment(kernel):
    """What a cell changes in it is gone after the test."""
    yield
    kernel.run(f"os.environ[{OPTIONS_VARIABLE!r}] = {json.dumps({'cache': str(kernel.folder / '.cache'), 'processes': 2, 'max_seconds': 9999, 'strict': True})!r}")


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_of_any_kind_stops_the_cell(kernel, environment, failure):
    cell, message = FAILURES[failure]
    kernel.run(cell)
    assert not kernel.outputs, "something is left in the page"
    assert "interact-replay: " in kernel.error and message in kernel.error


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux records in several processes")
def test_a_process_that_ends_before_all_calls_are_handed_out(monkeypatch):
    """Its end is told as that of any other, not as the pool's own error."""

    def submit(*_):
        raise BrokenProcessPool("a child process terminated abruptly")

    monkeypatch.setattr(pool.ProcessPoolExecutor, "submit", submit)
    with pytest.raises(InteractError, match="ended from outside"):
        list(pool.map_ordered(print, range(60), 2, 60))


@pytest.mark.parametrize("failure", FAILURES)
def test_in_a_cell_that_may_fail_a_still_with_the_reason_is_left(kernel, environment, failure):
    cell, message = FAILURES[failure]
    kernel.run(cell, forgiving=True)
    if "function raised" in message or "for x" in message:  # an error of the function itself is shown in its state
        assert message.split(" for ")[0] in "".join(kernel.states())
    else:
        (recording,) = kernel.recordings
        assert message in recording["reason"] and not kernel.error


def test_the_traceback_comes_from_the_other_process(kernel):
    kernel.run("def inner(x):\n    return 1 / (40 - x)\ninteract(lambda x: inner(x), x=(0, 60))")
    assert "return 1 / (40 - x)" in kernel.error and "in inner" in kernel.error


def test_a_broken_link_beside_the_notebook_is_passed_over(kernel):
    (kernel.folder / "link").symlink_to("nowhere")
    os.mkfifo(kernel.folder / "pipe")
    assert len(kernel.run("interact(lambda x: print('beside', x), x=(0, 2))").states()) == 3


def test_warnings_are_the_same_in_every_state(kernel):
    kernel.run(
        "@interact(x=(0, 40))\ndef f(x):\n    warnings.warn('careful')\n    np.log(np.zeros(1))\n    print(x, file=sys.stderr)"
    )
    states = kernel.states()
    assert len(states) == 41 and all(text.count("careful") == 2 and "divide by zero" in text for text in states)
    assert "ipykernel" not in "".join(states)


def test_an_interactive_taken_apart_is_alive_in_its_new_places(kernel):
    make = "i = interactive(lambda a, b: print('sum', a + b), a=(0, 2), b=(0, 3))\n"
    for cell in (
        make + "display(w.VBox([w.HBox(i.children[:-1]), i.children[-1]]))",
        make + "i.children = (w.HBox(i.children[:-1]), i.children[-1])\ndisplay(i)",
        make + "display(w.VBox([w.HBox([i.children[0], i.children[1]]), i.out]))",
    ):
        states = kernel.run(cell).states()
        assert len(states) == 12 and "sum 5" in states[-1].replace("</", " </")
        layout = kernel.recordings[0]["layout"]["children"]
        assert layout == [{"box": "row", "children": [{"control": 0}, {"control": 1}]}, {"output": 0}]


def test_an_output_alone_brings_its_controls(kernel):
    assert len(kernel.run("i = interactive(lambda a: print(a), a=(0, 4))\ndisplay(i.children[-1])").states()) == 5


def test_boxes_that_drive_nothing_are_left_to_the_widgets(kernel):
    kernel.run("display(w.VBox([w.IntSlider(), w.Button()]))")
    assert not kernel.recordings and not kernel.error
    assert "application/vnd.jupyter.widget-view+json" in kernel.outputs[0]["data"]


def test_parts_that_cannot_be_recorded_are_left_out_and_named(kernel):
    kernel.run("i = interactive(lambda a: print('alive', a), a=(0, 3))\ndisplay(w.VBox([i, w.Button(description='press'), w.ColorPicker(description='colour'), w.Image()]))")
    assert len(kernel.states()) == 4
    assert kernel.recordings[0]["messages"] == [["omitted", "Button ('press')"], ["omitted", "ColorPicker ('colour')"]]


def test_other_widgets_tell_the_front_end_about_themselves(kernel):
    kernel.run("display(w.HTML('<b>bold</b>'))")
    assert set(kernel.opened) == {"HTMLModel", "LayoutModel", "HTMLStyleModel"}
    assert "application/vnd.jupyter.widget-view+json" in kernel.outputs[0]["data"]
    kernel.run("interact(lambda x: print(x), x=(0, 3))")
    assert not kernel.opened and len(kernel.states()) == 4


def test_a_bundle_may_be_a_pair_or_nothing(kernel):
    kernel.run(
        "class Pair(w.HTML):\n    def _repr_mimebundle_(self, **kwargs):\n        return {'text/plain': 'pair'}, {}\n"
        "class Nothing(w.HTML):\n    def _repr_mimebundle_(self, **kwargs):\n        return None\ndisplay(Pair('a'))\ndisplay(Nothing('b'))"
    )
    assert not kernel.error and kernel.outputs[0]["data"]["text/plain"] == "pair"


def test_only_recordings_are_counted(kernel):
    kernel.run("interact(lambda x: None, x=(0, 2))")
    before = kernel.recordings[0]["number"]
    kernel.run("display(w.IntSlider())\ninteract(lambda x: None, x='text')\ninteract(lambda x: None, x=(0, 2))")
    assert kernel.recordings[1]["number"] == before + 1


@pytest.mark.parametrize("values", [3, 60])
def test_an_interact_inside_a_recorded_function_is_a_still_and_named(kernel, values):
    kernel.run(
        f"@interact(x=(0, {values}))\ndef f(x):\n    print('outer', x)\n"
        "    interact(lambda y: print('inner', x + y), y=(10, 30))\n    display(w.HTML('<b>text</b>'))"
    )
    states = kernel.states()
    assert all(f"outer {x}" in text.replace("</", " </") and f"inner {x + 20}" in text and "<b>text</b>" in text for x, text in enumerate(states))
    assert "interactive(" not in "".join(states)
    assert kernel.recordings[0]["messages"] == [["omitted", "the controls of an interact, shown by the function"]]
    before = kernel.recordings[0]["number"]
    assert kernel.run("interact(lambda x: None, x=(0, 2))").recordings[0]["number"] == before + 1


def test_a_figure_from_before_stays_before(kernel):
    kernel.run("plt.plot([1, 2])\ndisplay(interactive(lambda x: print('after', x), x=(0, 2)))")
    assert "image/png" in kernel.outputs[0]["data"] and MIME_TYPE in kernel.outputs[1]["data"]
    assert not any("<img" in text for text in kernel.states())


def test_a_figure_that_an_error_leaves_belongs_to_its_state(kernel):
    kernel.run("@interact(x=(0, 3))\ndef f(x):\n    if x == 2:\n        plt.plot([1, 2])\n        raise ValueError('odd')\n    print(x)", forgiving=True)
    assert ["interact-figure" in text for text in kernel.states()] == [False, False, True, False]
    assert "ValueError: odd" in kernel.states()[2] and "Traceback" not in kernel.states()[2]


def test_a_control_that_serves_twice_is_one_control(kernel):
    kernel.run("s = w.IntSlider(0, max=5)\ndisplay(w.VBox([s, interactive_output(lambda a, b: print(a + b), {'a': s, 'b': s})]))")
    assert [re.search(r"\d+", text)[0] for text in kernel.states()] == ["0", "2", "4", "6", "8", "10"]


def test_colours_of_a_terminal_and_progress_bars(kernel):
    kernel.run(r"interact(lambda x: print('\x1b[31mred', x, '\x1b[0m'), x=(0, 2))")
    assert not kernel.error and kernel.recordings[0]["outputs"][0]["chunks"][0]["rich"][0][0] == "text/plain"
    kernel.run(r"interact(lambda x: print('1 %\r50 %\r100 %', x), x=(0, 2))")
    assert "100 %" in "".join(kernel.states()).replace("</", " </") and "50 %" not in "".join(kernel.states())


@pytest.mark.parametrize("text", [r"\x02", r"\x02[1]", r"\x00\x01", "&<>\\\"'"])
def test_any_text_can_be_printed(kernel, text):
    assert len(kernel.run(f'interact(lambda x: print("{text}", x), x=(0, 2))').states()) == 3


def test_what_is_displayed_again_takes_its_place(kernel):
    kernel.run("@interact(x=(0, 2))\ndef f(x):\n    display('first', display_id='d')\n    print('between')\n    update_display(f'second {x}', display_id='d')")
    assert all(text.index("second") < text.index("between") and "first" not in text for text in kernel.states())


DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" fill="none"><style>.a {fill: #ff0000}</style>'
    '<path class="a" id="p" d="M 0.25 0.75 L 1 1"/><text>50 % è &quot;</text></svg>'
)


def test_a_drawing_that_is_not_matplotlibs_stays_as_it_is(kernel):
    from html.parser import HTMLParser
    from urllib.parse import unquote

    kernel.run(f"drawing = {DRAWING!r}\ninteract(lambda x: SVG(drawing.replace('0.25', str(x / 8))), x=(1, 3))")
    found = []

    class Images(HTMLParser):
        def handle_starttag(self, tag, attributes):
            found.extend(value for name, value in attributes if (tag, name) == ("img", "src"))

    for text in kernel.states():
        Images().feed(text)
    # Python 3.13 leaves quotation marks in a text as they are.
    drawn = [unquote(src.removeprefix("data:image/svg+xml,")).replace("&quot;</text>", '"</text>') for src in found]
    assert drawn == [DRAWING.replace("0.25", str(x / 8)).replace("&quot;</text>", '"</text>') for x in (1, 2, 3)]


def test_libraries_with_threads_are_recorded_in_one_process(kernel):
    kernel.run("sys.modules['torch'] = sys\nparent = os.getpid()\ninteract(lambda x: print(os.getpid() == parent), x=(0, 40))\ndel sys.modules['torch']")
    assert all("True" in text for text in kernel.states())
    kernel.run("interact(lambda x: print(x, os.getpid() == parent), x=(0, 40))")
    assert all("False" in text for text in kernel.states())


def test_a_memory_that_errs_is_found_out_in_every_process(kernel):
    """What comes from memory is compared with Matplotlib's own drawing; if it differs, all states are drawn so."""
    draw = "@interact(x=(0, 60))\ndef f(x):\n    plt.plot([0, 1])\n    plt.xlabel(f'label {x}' if x > 45 else 'label')"
    kernel.run(
        "%config InlineBackend.figure_formats = ['svg']\nfrom interact_replay.kernel import reuse\n"
        "own, reuse._fingerprint = reuse._fingerprint, lambda *_: b'always the same'"
    )
    erring = [re.sub(r"i\d+-", "i-", text) for text in kernel.run(draw).states()]
    kernel.run("reuse._fingerprint, reuse.IS_KNOWN = own, False")
    plain = [re.sub(r"i\d+-", "i-", text) for text in kernel.run(draw + "\n    # once more").states()]
    kernel.run("reuse.IS_KNOWN = True\n%config InlineBackend.figure_formats = ['png']")
    assert len(set(plain)) == 16 and erring == plain


@pytest.fixture
def budget(kernel, environment):
    """Options for the test, of a kernel that is not strict."""

    def choose(**options):
        options = {"cache": str(kernel.folder / ".cache"), "processes": 2, "max_seconds": 9999} | options
        return kernel.run(f"os.environ[{OPTIONS_VARIABLE!r}] = {json.dumps(options)!r}")

    choose()
    return choose


def sizes(kernel):
    return [len(control["labels"]) for control in kernel.recordings[0]["controls"]]


@pytest.mark.parametrize(
    ("controls", "kept"),
    [
        ("a=(0, 9), b=(0, 9)", [10, 10]),
        ("a=(0, 999), b=(0, 9)", [100, 10]),
        ("a=(0, 999), b=(0, 399), c=True", [22, 22, 2]),
        ("a=(0.0, 1.0, 0.001), b=['x', 'y', 'z'], c=(-5, 5)", [30, 3, 11]),
        ("a=(0, 100_000_000)", [1000]),
        ("a=w.SelectionSlider(options=range(700), value=3), b=(0, 9)", [100, 10]),
        ("a=w.FloatLogSlider(value=0.3, step=0.001), b=(0, 9)", [100, 10]),
    ],
)
def test_what_fits_is_recorded(kernel, budget, controls, kept):
    """The finest sliders are thinned first; all keep their ends and their start."""
    budget(max_states=1000)
    names = ", ".join(re.findall(r"\b([abc])=", controls))
    kernel.run(f"it = interactive(lambda {names}: print({names}), {controls})\ndisplay(it)")
    states = kernel.states()
    assert sizes(kernel) == kept and len(set(states)) == len(states)


def test_a_log_line_says_what_was_left_out(kernel, budget):
    budget(max_states=100)
    kernel.run("interact(lambda a, b: print(a, b), a=(0, 399), b=(0, 3))")
    assert kernel.recordings[0]["messages"] == [["thinned", "a: 25 of 400 values"]]


def test_a_recording_that_is_too_large_is_made_with_fewer_values(kernel, budget):
    budget(max_kilobytes=50)
    kernel.run("interact(lambda a: print(np.random.default_rng(a).bytes(2000).hex()), a=(0, 199))")
    kept = sizes(kernel)[0]
    assert 12 <= kept <= 25 and kernel.recordings[0]["messages"] == [["thinned", f"a: {kept} of 200 values"]]


def test_where_not_even_three_values_fit_a_still_is_left(kernel, budget):
    budget(max_kilobytes=5)
    kernel.run("interact(lambda a: print('big', np.random.default_rng(a).bytes(9000).hex()), a=(0, 199))")
    (recording,) = kernel.recordings
    assert "the limit is 5 kB" in recording["reason"] and "big" in recording["still"][0]["text"]
    budget(max_states=20)
    kernel.run("interact(lambda a, b, c: print('many'), a=(0, 9), b=(0, 9), c=(0, 9))")
    assert kernel.recordings[0]["outputs"][0]["single"] and sizes(kernel) == [7, 7, 7]
    budget(max_states=6)
    kernel.run("interact(lambda a, b, c: print('many'), a=(0, 9), b=(0, 9), c=(0, 9))")
    assert "it has 7 states (a: 10 values × b: 10 values × c: 10 values), and 6 fit" in kernel.recordings[0]["reason"]


def test_too_many_controls_are_moved_one_at_a_time(kernel, budget):
    budget(max_states=100)
    names = "abcdef"
    kernel.run(f"interact(lambda **k: print(*k.values()), {', '.join(f'{name}=w.IntSlider(4, 0, 9)' for name in names)})")
    (recording,) = kernel.recordings
    (output,) = recording["outputs"]
    assert output["single"] and output["length"] == 1 + 6 * 9
    assert ["thinned", "one control at a time"] in recording["messages"]
    states = kernel.texts()
    assert "4 4 4 4 4 4" in states[0] and "0 4 4 4 4 4" in states[1]
    assert "9 4 4 4 4 4" in states[9] and "4 0 4 4 4 4" in states[10] and "4 4 4 4 4 9" in states[-1]


def test_a_slow_function_is_called_less_often(kernel, budget):
    budget(max_seconds=1)
    kernel.run("import time\ninteract(lambda a: (time.sleep(0.1), print(a)), a=(0, 999))")
    assert 3 <= sizes(kernel)[0] <= 25


def test_what_grows_slow_behind_its_first_states_is_begun_again_with_fewer(kernel, budget):
    budget(max_seconds=1)
    kernel.run("import time\ninteract(lambda a: (time.sleep(0.5 if a > 9 else 0), print(a)), a=w.IntSlider(0, 0, 999))")
    (recording,) = kernel.recordings
    assert "fit. Leave controls out" in recording.get("reason", "") or 3 <= sizes(kernel)[0] <= 25


def test_a_state_that_never_comes_back_to_python_ends_the_process_not_the_build(kernel, budget):
    budget(max_seconds=3)
    kernel.run("interact(lambda x: print(sum(range(10**15)) if x == 7 else x), x=(0, 60))")
    assert "does not come back from there" in kernel.recordings[0]["reason"] and "30" in kernel.recordings[0]["still"][0]["text"]


def test_a_state_that_raises_shows_what_and_the_log_counts_them(kernel, budget):
    kernel.run("interact(lambda a: print(1 / (a - 3)), a=(0, 9))")
    assert ["ZeroDivisionError: division by zero" in text for text in kernel.states()] == [a == 3 for a in range(10)]
    assert kernel.recordings[0]["messages"] == [["raised", "the function raised in 1 of 10 states, first ZeroDivisionError for a = 3"]]


def test_what_cannot_be_written_down_is_an_error_too(kernel, budget):
    """IPython goes on with a text where a formatter raises: Matplotlib without the LaTeX that it was asked for, for instance."""
    kernel.run("class Broken:\n    def _repr_html_(self):\n        raise ValueError('no LaTeX')")
    cell = "interact(lambda a: display(Broken()) if a == 2 else print(a), a=(0, 3))"
    kernel.run(cell)
    assert ["ValueError: no LaTeX" in text for text in kernel.states()] == [a == 2 for a in range(4)]
    assert kernel.recordings[0]["messages"] == [["raised", "the function raised in 1 of 4 states, first ValueError for a = 2"]]
    kernel.run("def f(a):\n    try:\n        1 / a\n    except ZeroDivisionError:\n        IPython.get_ipython().showtraceback()\ninteract(f, a=(0, 2))")
    assert ["ZeroDivisionError: division" in text for text in kernel.states()] == [True, False, False]
    budget(strict=True)
    kernel.run(cell)
    assert "the function raised ValueError for a = 2" in kernel.error
    budget()
    kernel.run("Broken()")
    assert "no LaTeX" in kernel.error, "elsewhere IPython tells it as always"


APART = "s, t = w.IntSlider(1, max=2, description='s'), w.IntSlider(0, max=3, description='t')\nui = w.HBox([s, t])\nout = interactive_output(lambda s, t: print('apart', s, t), {'s': s, 't': t})\n"
CONTROLS = [{"control": 0}, {"control": 1}]


@pytest.mark.parametrize(
    ("cells", "layout"),
    [
        (["display(ui, out)"], [{"box": "row", "children": CONTROLS}, {"output": 0}]),
        (["display(ui)", "display(out)"], [{"box": "row", "children": CONTROLS}, {"output": 0}]),
        (["ui", "out"], [{"box": "row", "children": CONTROLS}, {"output": 0}]),
        (["display(s)", "display(out)"], [{"control": 1}, {"control": 0}, {"output": 0}]),
        (["display(out)", "display(ui)"], [*CONTROLS, {"output": 0}]),
    ],
)
def test_controls_and_output_displayed_apart_are_one_block(kernel, cells, layout):
    kernel.run(APART)
    recordings, texts = [], []
    for cell in cells:
        kernel.run(cell)
        assert not kernel.error
        recordings += kernel.recordings
        texts += [output for output in kernel.outputs if MIME_TYPE not in output["data"]]
    (recording,) = [recording for recording in recordings if "outputs" in recording]
    assert recording["layout"]["children"] == layout and not texts
    assert [control["name"] for control in recording["controls"]] == ["s", "t"]


def test_a_number_box_and_a_text_do_not_stop_the_rest(kernel):
    kernel.run("interact(lambda n, x, text, a: print(n, x, text, a), n=w.IntText(2), x=w.FloatText(1.0), text='kept', a=(0, 1))")
    states = kernel.states()
    kinds = [control["kind"] for control in kernel.recordings[0]["controls"]]
    assert kinds == ["number", "number", "frozen", "range"] and len(states) == 9 * 41 * 2
    assert all("kept" in text for text in states)
    assert [kind for kind, _ in kernel.recordings[0]["messages"]] == ["limited"] * 3


@pytest.mark.parametrize(
    ("draw", "form"),
    [("plt.plot(np.sin(np.arange(50) * x))", "<svg"), ("plt.scatter(*np.random.default_rng(x).random((2, 20000)))", "<img")],
)
def test_figures_are_recorded_in_the_smaller_form(kernel, budget, draw, form):
    kernel.run(f"interact(lambda x: ({draw}, None)[-1], x=(1, 5))")
    assert all(form in text for text in kernel.states())
    assert "image/png" in kernel.recordings[0]["still"][0]["data"]
    kernel.run("plt.plot([1, 2])")
    assert set(kernel.outputs[-1]["data"]) == {"image/png", "text/plain"}
