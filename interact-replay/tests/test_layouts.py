"""Interfaces as people lay them out: what stands where, what moves what, what is written where."""

import pytest
from interact_replay import MIME_TYPE


@pytest.fixture(scope="module")
def kernel(open_kernel):
    opened = open_kernel()
    opened.run("s = w.IntSlider(1, 0, 3, description='s')\nt = w.IntSlider(2, 0, 3, description='t')\nf = lambda s: print('s', s)")
    return opened


@pytest.fixture
def slider(kernel):
    """A new one for each test, which nothing else has moved or observes."""
    kernel.run("s = w.IntSlider(1, 0, 3, description='s'); t = w.IntSlider(2, 0, 3, description='t')")
    return kernel


def only(kernel):
    assert not kernel.error, kernel.error
    (recording,) = kernel.recordings
    return recording


def test_play_becomes_the_button_of_the_slider_that_it_drives(slider):
    slider.run("p = w.Play(min=0, max=3, interval=300)\nw.jslink((p, 'value'), (s, 'value'))\ndisplay(w.HBox([p, s]), interactive_output(f, {'s': s}))")
    recording = next(found for found in slider.recordings if "outputs" in found)
    (control,) = recording["controls"]
    assert control["kind"] == "range"
    play, own = recording["layout"]["children"][0]["children"]
    assert own == {"control": 0} and (play["control"], play["kind"], play["interval"], play["repeat"]) == (0, "play", 300, False)


@pytest.mark.parametrize("link", ["w.jslink", "w.link", "w.dlink", "w.jsdlink"])
def test_linked_controls_are_inputs_of_one(slider, link):
    slider.run(f"box = w.IntText(1, description='typed'); {link}((box, 'value'), (s, 'value'))\nw.VBox([s, box, interactive_output(f, {{'s': s}})])")
    recording = only(slider)
    assert len(recording["controls"]) == 1 and slider.texts() == ["s 0", "s 1", "s 2", "s 3"]
    assert recording["layout"]["children"][1] == {"control": 0, "kind": "number", "description": "typed"}


def test_a_link_that_computes_is_none(slider):
    slider.run("w.dlink((s, 'value'), (t, 'value'), lambda x: 3 - x)\nw.VBox([s, t, interactive_output(f, {'s': s})])")
    assert len(only(slider)["controls"]) == 2


def test_boxes_of_all_kinds(slider):
    out = "out = interactive_output(f, {'s': s})\n"
    slider.run(out + "tab = w.Tab([s, out], titles=['controls', 'picture'], selected_index=1); tab")
    layout = only(slider)["layout"]["children"][0]
    assert layout == {"box": "tabs", "titles": ["controls", "picture"], "children": [{"control": 0}, {"output": 0}], "chosen": 1}
    slider.run(out + "w.Accordion([s, out])")
    layout = only(slider)["layout"]["children"][0]
    assert (layout["box"], layout["titles"], layout["chosen"]) == ("accordion", ["1", "2"], None)
    slider.run(out + "w.GridBox([s, out], layout=w.Layout(grid_template_columns='1fr 2fr', grid_gap='4px'))")
    layout = only(slider)["layout"]["children"][0]
    assert (layout["box"], layout["columns"], layout["gap"]) == ("grid", "1fr 2fr", "4px")
    slider.run(out + "w.AppLayout(left_sidebar=s, center=out)")
    layout = only(slider)["layout"]["children"][0]
    assert {(part.get("control"), part.get("output")): part["area"] for part in layout["children"]} == {
        (0, None): "left-sidebar",
        (None, 0): "center",
    }
    assert "left-sidebar" in layout["areas"]
    slider.run(out + "grid = w.GridspecLayout(2, 3); grid[0, :] = s; grid[1, 1] = out; grid")
    assert len({part["area"] for part in only(slider)["layout"]["children"][0]["children"]}) == 2
    slider.run(out + "w.TwoByTwoLayout(top_left=s, bottom_right=out)")
    assert {part["area"] for part in only(slider)["layout"]["children"][0]["children"]} == {"top-left", "bottom-right"}


def test_what_is_beside_the_controls_is_shown(slider):
    slider.run(
        "w.VBox([w.HTML('<b>title</b>'), w.Image(value=b'GIF89a', format='gif'), w.IntProgress(3, max=10), w.Valid(True), "
        "w.Button(description='x'), s, interactive_output(f, {'s': s})])"
    )
    assert only(slider)["layout"]["children"][0] == {"html": "<b>title</b>", "math": False}
    assert "data:image/gif;base64,R0lGODlh" in slider.states(1)[0] and 'value="3" max="10"' in slider.states(2)[0]
    assert only(slider)["messages"] == [["omitted", "Button ('x')"]]


def test_a_function_writes_where_it_wants(slider):
    slider.run(
        "one, two, bar = w.Output(), w.HTML(), w.IntProgress(max=3)\n"
        "def g(s):\n    with one:\n        one.clear_output()\n        print('in one', s)\n    two.value = f'<i>{s}</i>'\n    bar.value = s\n    return 'own'\n"
        "w.VBox([interactive(g, s=s), w.HBox([one, two, bar])])"
    )
    assert slider.texts(1) == [f"in one {s}" for s in range(4)]
    assert ["<i>0</i>" in text for text in slider.states(2)] == [True, False, False, False]
    assert [f'value="{s}"' in text for s, text in enumerate(slider.states(3))] == [True] * 4
    slider.run("print(one.outputs, two.value, bar.value)")
    assert "in one 1" in slider.outputs[0]["text"] and "<i>1</i> 1" in slider.outputs[0]["text"]


def test_what_is_written_into_an_output_is_shown_without_a_function(slider):
    slider.run("a, b = w.Output(), w.Output()\nwith a:\n    print('left')\nwith b:\n    display(HTML('<b>right</b>'))\n    1 / 0\nprint('free')")
    assert "free" in slider.outputs[0]["text"] and not slider.error
    slider.run("w.HBox([a, b])")
    assert slider.texts(1) == ["left"] and "right" in slider.states(2)[0] and "ZeroDivisionError" in slider.texts(2)[0]


def test_one_callback_of_several_controls(slider):
    slider.run(
        "label = w.Label()\ndef show(change):\n    label.value = f'{s.value} and {t.value}'\n"
        "for one in (s, t):\n    one.observe(show, names='value')\nw.VBox([s, t, label])"
    )
    texts = slider.texts(1)
    assert texts[0] == "0 and 0" and texts[-1] == "3 and 3" and len(texts) == 16
    assert only(slider)["messages"] == []


def test_a_callback_in_the_cell_of_its_own_controls(slider):
    slider.run("s.observe(lambda change: (plt.plot([0, change['new']]), plt.show()), 'value')\ndisplay(s)")
    assert ["<svg" in text or "<img" in text for text in slider.states()] == [True, False, True, True]


def test_controls_whose_output_is_displayed_later_wait(slider):
    slider.run("out = w.Output()\ndef show(change):\n    with out:\n        out.clear_output()\n        print(s.value)\ns.observe(show, 'value')\ns")
    (waiting,) = slider.recordings
    assert waiting["still"] == [] and "outputs" not in waiting
    slider.run("out")
    assert only(slider)["gathers"] == [waiting["waits"]] and slider.texts(1) == ["0", "", "2", "3"]
    slider.run("display(s)")  # once more, below
    assert "waits" not in only(slider)


def test_the_callbacks_of_libraries_are_no_authors_of_a_class_are(slider):
    slider.run(
        "class Inner(w.VBox):\n    def __init__(self):\n        self.k = w.IntSlider(1, 0, 2)\n        self.out = w.Label()\n"
        "        self.k.observe(self.show, 'value')\n        super().__init__([self.k, self.out])\n"
        "    def show(self, change):\n        self.out.value = f'k {self.k.value}'\nown = Inner()\nown"
    )
    assert slider.texts(1) == ["k 0", "", "k 2"]
    slider.run("Inner.__module__ = 'library'\nInner()")
    assert not slider.recordings and slider.opened


def test_several_callbacks_are_all_called(slider):
    slider.run(
        "out, label = w.Output(), w.Label()\ndef first(change):\n    with out:\n        print('first', change['new'])\n"
        "def second(change):\n    label.value = f's {s.value} t {t.value}'\n"
        "s.observe(first, 'value'); s.observe(second, 'value'); t.observe(second, 'value')\nw.VBox([s, t, out, label])"
    )
    assert slider.texts(1)[::4] == ["first 0", "", "first 2", "first 3"]
    assert slider.texts(2)[-1] == "s 3 t 3" and only(slider)["messages"] == []


def test_the_notebook_goes_on_as_if_the_function_had_been_called_once(slider):
    slider.run("calls, rng = [], np.random.default_rng(1)\ninteract(lambda x: (calls.append(x), print(rng.random())), x=(0, 9))")
    assert slider.texts()
    slider.run("print(calls, rng.random() == np.random.default_rng(1).random(2)[1], plt.rcParams['lines.linewidth'])")
    assert slider.outputs[0]["text"].startswith("[4] True")


@pytest.mark.parametrize("processes", [1, 2])
def test_state_does_not_leak(slider, processes):
    slider.run(
        f"os.environ['INTERACT_REPLAY'] = '{{\"processes\": {processes}}}'\nchosen = None\n"
        "def g(x):\n    global chosen\n    chosen = x\n    plt.rcParams['lines.linewidth'] = 10 + x\n    print(x)\ninteract(g, x=(0, 4))"
    )
    assert slider.texts() == list("01234")
    slider.run("print(chosen, plt.rcParams['lines.linewidth'])\nplt.rcdefaults()\nos.environ['INTERACT_REPLAY'] = '{}'")
    assert slider.outputs[0]["text"] == "2 12.0\n"


def test_a_function_that_shows_nothing_is_told(slider):
    slider.run("interact(lambda x: None, x=(0, 4))")
    assert only(slider)["messages"] == [["empty", "nothing is displayed in any of its states"]]


def test_a_large_recording_is_cut_where_the_slowest_control_changes(slider):
    slider.run("interact(lambda a, b: print(a, b, np.random.default_rng(10 * a + b).bytes(3500).hex()), a=(0, 9), b=(0, 9))")
    (output,) = only(slider)["outputs"]
    assert output["length"] % 10 == 0 and len(output["chunks"]) == 100 // output["length"] > 4
    texts = slider.texts()
    assert [text.split()[:2] for text in texts] == [[str(a), str(b)] for a in range(10) for b in range(10)]


@pytest.mark.parametrize("backend", ["notebook", "widget"])
def test_an_author_who_means_to_have_a_live_canvas_has_pictures(slider, backend):
    slider.run(f"%matplotlib {backend}\nfig, ax = plt.subplots()\n(line,) = ax.plot([0, 1])")
    assert not slider.error and "image/png" in slider.outputs[-1]["data"] and MIME_TYPE not in slider.outputs[-1]["data"]
    slider.run("interact(lambda k: (line.set_ydata([0, k]), None)[-1], k=(1, 3))")
    assert len(set(slider.states())) == 3


def test_a_function_may_print_beside_changing_a_figure(slider):
    slider.run("fig, ax = plt.subplots()\n(line,) = ax.plot([0, 1])")
    slider.run("interact(lambda k: (line.set_ydata([0, k]), print('slope', k), fig.canvas.draw_idle())[-1], k=(1, 3))")
    assert all(f"slope {k}" in state and ("<svg" in state or "<img" in state) for k, state in enumerate(slider.states(), 1))
    slider.run("interact(lambda k: (line.set_ydata([0, k]), print('slope', k), display(fig))[-1], k=(1, 3))")
    assert all(state.count("interact-figure") == 1 for state in slider.states())


def test_text_that_may_hold_formulas_need_not(slider):
    slider.run("w.VBox([w.HTMLMath('<b>no formula</b>'), interactive(lambda k: print('k is', k), k=(1, 3))])")
    assert not slider.error and "<b>no formula</b>" in str(only(slider)["layout"])
    slider.run("w.VBox([text := w.HTMLMath('before'), interactive(lambda k: setattr(text, 'value', f'now {k}'), k=(1, 3))])")
    assert [text.strip() for text in slider.texts(1)] == [f"now {k}" for k in (1, 2, 3)]
