"""Notebooks as people write them: `cases/` has one situation each, and says in its first cell what should happen."""

import functools
import json
import re
from itertools import product
from pathlib import Path

import nbformat
import pytest
from interact_replay import MIME_TYPE, OPTIONS_VARIABLE

CASES = Path(__file__).parent / "cases"


class Case:
    """A notebook run in a recording kernel: what each of its cells has left, and the recordings among it."""

    def __init__(self, kernel, name, **options):
        self.kernel = kernel
        kernel.run(f"import os\nos.environ[{OPTIONS_VARIABLE!r}] = {json.dumps({'processes': 2, 'max_seconds': 9999} | options)!r}")
        (path,) = CASES.glob(f"{name}*.ipynb")
        self.cells = []
        kernel.run("%matplotlib inline\n%reset -f")
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                kernel.run(cell.source)
                assert not kernel.error, kernel.error
                self.cells.append(kernel.outputs)
        self.recordings = [
            output["data"][MIME_TYPE] for outputs in self.cells for output in outputs if MIME_TYPE in output.get("data", {})
        ]
        self.alive = [recording for recording in self.recordings if "outputs" in recording]

    def states(self, number=0, output=0):
        """The HTML of every state of one of the interacts that are alive."""
        self.kernel.outputs = [{"data": {MIME_TYPE: self.alive[number]}}]
        return self.kernel.states(output)

    def texts(self, number=0, output=0):
        """What the reader reads in it."""
        self.kernel.outputs = [{"data": {MIME_TYPE: self.alive[number]}}]
        return self.kernel.texts(output)

    def messages(self, number=0):
        """What the log says of it, by kind."""
        return dict(self.alive[number]["messages"])

    @property
    def printed(self):
        """What cells have printed outside of interacts."""
        return "".join(output.get("text", "") for outputs in self.cells for output in outputs)


@pytest.fixture(scope="module")
def kernel(open_kernel):
    return open_kernel()


@pytest.fixture
def case(kernel):
    return functools.partial(Case, kernel)


def alive(case, *counts):
    """All interacts of the case are alive, with so many states each, and no word of warning."""
    assert [len(case.states(i)) for i in range(len(case.alive))] == list(counts)
    assert all("reason" not in recording and not recording["messages"] for recording in case.alive)
    return case


def pictures(texts):
    return [len(re.findall(r"<svg|<img", text)) for text in texts]


def test_parts_of_interactive(case):
    found = alive(case("01"), 12)
    assert pictures(found.states()) == [1] * 12 and len(set(found.states())) == 12
    assert found.alive[0]["layout"]["children"][0]["children"] == [{"control": 0}, {"control": 1}]


def test_children_rearranged(case):
    found = alive(case("02"), 12)
    assert found.texts() == [f"k {k} a {a}" for k, a in product(range(1, 5), range(1, 4))]
    (row,) = found.alive[0]["layout"]["children"]
    assert row["box"] == "row" and row["children"][1] == {"output": 0}


@pytest.mark.parametrize("name", ["04", "50"])
def test_a_figure_that_is_changed_in_place(case, name):
    found = alive(case(name), 5)
    assert pictures(found.states()) == [1] * 5 and len(set(found.states())) == 5


def test_a_callback_that_draws_into_an_output(case):
    found = alive(case("05"), 5)
    assert found.texts() == [""] * 5  # the callback displays nothing itself
    states = found.states(output=1)
    assert [re.search("k is (\\d)", text)[1] for text in found.texts(output=1)] == list("12345")
    assert pictures(states) == [1] * 5 and found.alive[0]["controls"][0]["default"] == 1


def test_a_range_that_depends_on_another_slider(case):
    found = case("07")
    (recording,) = found.alive
    assert [len(c["labels"]) for c in recording["controls"]] == [11, 5]
    reached, at = [], 0
    for step in recording["reached"]:
        at += step
        reached.append(divmod(at, 5))
    wanted = list(product(range(11), range(5)))
    assert reached == [(min(x, 2 * (y + 1)), y) for x, y in wanted]
    texts = found.texts()
    assert all(texts[5 * x + y] == f"{x} of at most {2 * (y + 1)}" for x, y in reached)


def test_options_that_depend_on_another_list(case):
    found = case("08")
    (recording,) = found.alive
    countries, towns = (control["labels"] for control in recording["controls"])
    assert countries == ["IT", "FR"] and towns == ["Pisa", "Bari", "Lyon", "Brest", "Lille"]
    texts = found.texts()
    assert not any("IMPOSSIBLE" in text for text in texts)
    at, reached = 0, []
    for step in recording["reached"]:
        at += step
        reached.append(texts[at])
    assert reached == [f"{town} in {country} - right" for country, town in (
        *(("IT", "Pisa"), ("IT", "Bari"), ("IT", "Pisa"), ("IT", "Pisa"), ("IT", "Pisa")),
        *(("FR", "Lyon"), ("FR", "Lyon"), ("FR", "Lyon"), ("FR", "Brest"), ("FR", "Lille")),
    )]  # fmt: skip


def test_tables(case):
    found = alive(case("10"), 6, 6, 12)
    assert [text.count("<tr") for text in found.states(0)] == [n + 1 for n in range(1, 7)]
    assert "background-color" in found.states(1)[2]
    assert all("<table" in text and pictures([text]) == [1] for text in found.states(2))


def test_an_animation_brings_its_script(case):
    found = alive(case("11"), 3)
    assert all("<script" in text and "new Animation(" in text for text in found.states())


def test_numbered_figures(case):
    found = alive(case("13"), 5, 5, 3)
    assert all(pictures(found.states(i)) == [1] * len(found.states(i)) for i in range(3))
    assert len(set(found.texts(2))) == 1, "a figure is left over from one state to the next"


def test_a_figure_that_is_returned_is_shown_twice_as_jupyter_does(case):
    assert pictures(alive(case("14"), 5).states()) == [2] * 5


def test_formulas_in_descriptions(case):
    found = alive(case("16"), 12, 3)
    assert [c["description"] for c in found.alive[0]["controls"]] == [r"$\alpha$", r"$f(x)$", r"$g$"]
    texts = [part for part in found.alive[1]["layout"]["children"] if "html" in part]
    assert texts == [{"html": r"The value of $\beta_1$", "math": True}, {"html": "Some <b>math</b> $x^2$", "math": True}]


def test_locked_and_hidden_controls(case):
    found = alive(case("17"), 4)
    locked, free, hidden = found.alive[0]["controls"]
    assert locked["locked"] and len(hidden["labels"]) == 1 and len(free["labels"]) == 4
    assert found.texts() == [f"1 {b} 2" for b in range(4)]
    assert {"control": 2} not in found.alive[0]["layout"]["children"]


def test_a_warning_in_every_state(case):
    found = alive(case("19"), 12)
    assert all("invalid value encountered" in text for text in found.texts())


@pytest.mark.parametrize(
    ("name", "count", "kind", "first", "last"),
    [
        ("20", 28, "interval", "(0, 0) 1", "(6, 6) 3"),
        ("22", 8, "multiple", "() 1", "('a', 'b', 'c') 3"),
        ("23", 10, "interval", "('mon', 'mon') 1", "('thu', 'thu') 3"),
    ],
)
def test_controls_of_several_values(case, name, count, kind, first, last):
    found = alive(case(name), count * 3)
    assert found.alive[0]["controls"][0]["kind"] == kind
    assert (found.texts()[0], found.texts()[-1]) == (first, last)


@pytest.mark.parametrize(
    ("name", "count", "first", "word"),
    [("25", 3, "'abc' 1", "keeps its value"), ("26", 6, "'x' 1", "not among"), ("28", 39, "-3 1", "numbers below -3 or above 9")],
)
def test_boxes_for_anything(case, name, count, first, word):
    found = case(name)
    assert len(found.texts()) == count and found.texts()[0] == first
    assert word in found.messages()["limited"]


def test_a_mark_is_no_control(case):
    assert case("29").texts() == ["True 1", "True 2", "True 3"]


def test_colours_of_a_terminal(case):
    (chunk,) = alive(case("40"), 3).alive[0]["outputs"][0]["chunks"]
    assert [kind for kind, _ in chunk["rich"]] == ["text/plain"] * 3 and "\x1b[31mred 2" in chunk["rich"][1][1]


def test_a_line_that_is_written_over(case):
    assert alive(case("41"), 3).texts() == ["step 1", "step 2", "step 3"]


def test_a_text_beside_the_controls(case):
    found = alive(case("43"), 4, 4)
    assert found.texts() == [f"a {a}" for a in range(4)]
    assert all("A title in a text field" in found.states(i, output=1)[0] for i in range(2))


def test_an_interact_inside_of_another(case):
    found = case("44")
    assert [text for text in found.texts() if "n" in text] == ["n 1 m 0", "n 2 m 1", "n 3 m 1"]
    assert "shown by the function" in found.messages()["omitted"]


def test_a_script_comes_along(case):
    assert all(f"script ran for {k}" in text for k, text in enumerate(alive(case("46"), 3).states(), 1))


def test_mathematics(case):
    (chunk,) = alive(case("47"), 4).alive[0]["outputs"][0]["chunks"]
    assert {kind for kind, _ in chunk["rich"]} == {"text/latex", "text/markdown"} and len(chunk["rich"]) == 12


def test_awkward_ranges(case):
    found = alive(case("49"), 5, 8, 101 + 1)
    assert found.texts(0) == ["0.0", "0.3", "0.5", "0.6", "0.9"] and "3.14159" in found.texts(2)


def test_checkboxes_from_names(case):
    found = alive(case("52"), 8)
    assert pictures(found.states()) == [1] * 8 and len(set(found.states())) == 8


def test_ways_to_show_a_figure(case):
    found = alive(case("53"), 3)
    assert pictures(found.states()) == [1] * 3 and found.texts()[1].endswith("after 2")


def test_a_function_writes_into_a_label(case):
    found = case("55")
    assert all("k squared is" in text for text in found.texts(-1, output=1))
    assert [text[-2:].strip() for text in found.texts(-1, output=1)] == ["1", "4", "9", "16"]


def test_a_slider_in_two_cells(case):
    found = alive(case("56"), 4, 4)
    assert found.texts(1) == [f"second {10 * v}" for v in range(1, 5)]


def test_an_interact_of_a_library(case):
    states = case("58", max_states=50).states()
    assert pictures(states) == [1] * len(states) and len(set(states)) > 20


def test_whoever_wants_a_button_need_not_press_it(case):
    assert alive(case("59"), 3, 3).texts() == ["1", "2", "3"]


def test_the_result_of_the_starting_values(case):
    assert "result 9 kwargs {'a': 3}" in case("61").printed


def test_globals_are_those_of_the_starting_values(case):
    found = alive(case("62"), 5)
    assert found.texts() == list("12345") and "later cell sees 3" in found.printed


def test_a_callback_that_changes_another_control(case):
    found = case("64")
    assert found.texts() == [f"{a} {b}" for a in range(4) for b in (False, True)]


def test_plots_that_make_their_own_figure(case):
    found = case("65")
    assert len(found.alive) == 3 and all(set(pictures(found.states(i))) == {1} for i in range(3))


def test_graphs_and_long_texts(case):
    found = alive(case("67"), 18)
    assert pictures(found.states()) == [1] * 18 and "0 -- 1" in found.texts()[0]


def test_labels_of_all_kinds(case):
    found = alive(case("68"), 4 * 2 * 3)
    assert found.alive[0]["controls"][0]["labels"] == ["<b>bold</b>", "a & b", '"q"', "caffè ☕"]
    assert found.texts()[0] == "<b>bold</b> None 1.5"


def test_figures_and_texts_in_their_order(case):
    (first, *_) = alive(case("70"), 3).states()
    order = re.findall("before|between|after|<svg|<img", first)
    assert order == ["before", order[1], "between", "after", order[1], order[1]]


def test_a_clock(case):
    assert all(text.startswith("took 0.") for text in alive(case("71"), 3).texts())


@pytest.mark.parametrize(
    ("name", "last", "error", "words"),
    [("80", "kept 3", "MemoryError", "this state needed more memory than"), ("81", "ended 3", "TimeoutError", "this state took longer than 5 s")],
)
def test_a_state_that_takes_too_much(case, name, last, error, words):
    found = case(name, max_seconds=5)
    texts = found.texts()
    assert texts[3] == last and len(texts) == 5 and texts[4].startswith(f"{error}: {words}")
    assert found.messages()["raised"] == f"the function raised in 1 of 5 states, first {error} for n = 4"


def test_where_strict_a_state_that_takes_too_much_stops_the_build(case):
    with pytest.raises(AssertionError, match="this state needed more memory than(.|\n)*the function raised MemoryError for n = 4"):
        case("80", strict=True)


def test_methods_of_objects_without_a_hash(case):
    found = alive(case("82"), 4, 3, 4)
    assert found.texts(0) == ["model 0.0", "model 0.5", "model 1.0", "model 1.5"]
    assert [text.count("<tr") for text in found.states(1)] == [2, 3, 4]
    assert found.texts(2, output=1) == ["", "told 0.5", "told 1.0", "told 1.5"]


def test_several_callbacks(case):
    found = alive(case("83"), 15)
    pairs = list(product(range(5), range(3)))
    assert found.texts(output=1) == [f"square {s**2}" for s, t in pairs]
    assert found.texts(output=2) == [f"{s} and {t}" for s, t in pairs]


def test_tabs_of_what_was_written_before(case):
    found = alive(case("84"), 1)
    tabs = found.alive[0]["layout"]["children"][0]
    assert tabs["box"] == "tabs" and tabs["titles"] == ["line", "square", "cube"]
    assert [(found.texts(output=i)[0], pictures(found.states(output=i))) for i in (1, 2, 3)] == [(f"power {i}", [1]) for i in (1, 2, 3)]


def test_a_player_whose_callback_draws_into_an_output(case):
    found = alive(case("85"), 12)
    assert set(found.states()) == {""}, "the figure stands in its output, and nowhere else"
    assert pictures(found.states(output=1)) == [1] * 12 and len(set(found.states(output=1))) == 12
    assert [part.get("kind") for part in found.alive[0]["layout"]["children"][0]["children"]] == ["play", None]


def test_a_hook_of_ones_own(case):
    found = alive(case("86"), 8, 2)
    assert found.texts(0, output=1) == [f"a {a if up else -a}" for a in range(4) for up in (False, True)]
    assert found.texts(1, output=1) == ["abab", "cdcd"]


def test_a_checkbox_that_locks_a_slider(case):
    assert alive(case("87"), 8).texts() == ["without"] * 4 + [f"with {k}" for k in range(1, 5)]


def test_lists_in_a_cascade(case):
    found = case("88")
    (recording,) = found.alive
    labels = [set(control["labels"]) for control in recording["controls"]]
    assert labels == [{"fruit", "tree"}, {"apple", "plum", "oak"}, {"red", "green", "blue", "old"}]
    texts = found.texts()
    at, reached = 0, set()
    for step in recording["reached"]:
        at += step
        reached.add(texts[at])
    assert reached == {f"{one} True" for one in ("fruit apple red", "fruit apple green", "fruit plum blue", "tree oak old")}


def test_a_callback_that_clears_what_stands_below_the_slider(case):
    found = alive(case("89"), 4)
    assert pictures(found.states()) == [1, 0, 1, 1], "at first Jupyter shows the slider alone"


def test_moving_a_control_sets_others(case):
    found = alive(case("90"), 60, 15)
    drill, preset = found.alive
    assert drill["sets"] == {"0": {"1": [0, 0, 0], "2": [0, 0, 0]}}
    texts = found.texts(0)
    assert [texts[20 * e + 2 * a + s].split() for e, a, s in ((0, 0, 0), (1, 5, 0), (2, 5, 1))] == [["?"], ["True"], ["False", "7"]]
    assert preset["sets"] == {"0": {"1": [1, None, 1], "2": [0, None, 4]}}
    assert found.texts(1) == [f"{rate} {noise}" for rate in range(3) for noise in range(5)]


def test_audio(case):
    found = alive(case("91"), 3, 2)
    for number in range(2):
        sounds = [re.findall('<audio[^>]*>.*?src="data:audio/wav;base64,([^"]+)"', text, re.DOTALL) for text in found.states(number)]
        assert all(len(one) == 1 for one in sounds) and len({one[0] for one in sounds}) == len(sounds)


def test_every_case_has_a_test():
    text = Path(__file__).read_text(encoding="utf-8")
    assert [path.name for path in CASES.glob("*.ipynb") if f'"{path.name[:2]}"' not in text] == []
