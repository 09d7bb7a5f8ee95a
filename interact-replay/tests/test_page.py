"""All that docs/format.md has a page show, in a Chromium: recordings written by hand, on pages that execute nothing."""

import base64
import gzip
import io
import json
import re
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import nbformat
import numpy as np
import pytest
from interact_replay import MIME_TYPE
from interact_replay.kernel.encode import chunk
from interact_replay.kernel.pieces import Picture
from interact_replay.recording import VERSION, encode
from interact_replay.svg import IMG_ALT
from PIL import Image

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect


def control(name="a", count=5, default=0, kind="range", **more):
    labels = [str(i) for i in range(count)]
    return {"kind": kind, "name": name, "description": name, "labels": labels, "default": default, "continuous": True} | more


def printed(text):
    return f'<pre class="interact-text interact-stdout">{text}</pre>'


def output(states, controls=(0,), length=None, **more):
    """What it shows in each state, as HTML; in chunks of `length` states."""
    length = length or len(states)
    chunks = [encode([[state] for state in states[i : i + length]]) | {"rich": []} for i in range(0, len(states), length)]
    return {"controls": list(controls), "length": length, "chunks": chunks} | more


def recording(controls, outputs, *parts, **more):
    """With its controls and outputs one below the other, if no `parts` say otherwise."""
    leaves = [{"control": i} for i in range(len(controls))] + [{"output": k} for k in range(len(outputs))]
    layout = {"box": "column", "children": list(parts) or leaves}
    still = [{"output_type": "stream", "name": "stdout", "text": "the still"}]
    return {
        **{"version": VERSION, "controls": controls, "layout": layout, "outputs": outputs, "still": still, "messages": []},
        **more,
    }


def filling(i):
    """Text that no coding makes smaller."""
    return "".join(format((i * 7919 + k) * 2654435761 % 2**32, "08x") for k in range(1250))


def one_at_a_time(*controls):
    """The states of controls of which one at a time is away from its start."""
    start = [c["default"] for c in controls]
    moved = ([*start[:i], v, *start[i + 1 :]] for i, c in enumerate(controls) for v in range(len(c["labels"])) if v != start[i])
    return [printed(f"single {state}") for state in (start, *moved)]


def steps(numbers):
    return [b - a for a, b in zip([0, *numbers], numbers)]


def frames(count):
    """Pictures in which a smooth spot moves over a smooth ground; of them one is larger."""
    y, x = np.mgrid[:120, :200]
    for i in range(count):
        spot = 160 * np.exp(-((x - 40 - 12 * i) ** 2 + (y - 60) ** 2) / 90)
        colours = [x, np.clip(y + spot, 0, 255), np.where((x // 25) % 2, 40, 220), np.full_like(x, 255)]
        yield np.pad(np.dstack(colours).astype(np.uint8), ((0, 0), (3 * (i == 2), 0), (0, 0)), constant_values=255)


def image(pixels):
    """An image of its own, as a recorded state has it."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "webp", lossless=True)
    url = f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"
    return Picture(f'<img{IMG_ALT} decoding="sync" src="{url}">')


LETTERS = "pqr"
PAIRS = list(product(range(4), repeat=2))
COUNTS = (3, 4)
SINGLE = control("a", 4, 1), control("b", 3, 2), control("c", 2)
COUNT = printed("{}")
SCRIPT = (
    "<p id=said></p><script>(window.ran ??= []).push('{0}: ' + document.querySelectorAll('#said').length)</script>"
    "<script src=first.js></script><script>window.ran.push(window.first + ' {0}')</script>"
    '<button onclick="this.textContent = \'pressed {0}\'">press</button>'
)
INPUTS = [
    *({"control": 0}, {"control": 0, "kind": "play", "interval": 60, "repeat": True}),
    *({"control": 0, "kind": "number", "description": "typed"}, {"control": 0, "kind": "select", "description": "list"}),
    *({"control": 0, "kind": "radio", "description": "one of"}, {"control": 0, "description": ""}, {"output": 0}),
]
ENDS = [f"{i} \N{EN DASH} {j}" for i in range(3) for j in range(i, 3)]
MADE = {
    "large": recording(
        [control("a", 20), control("b", 5)],
        [output([printed(f"large {a} {b}") + f"<i hidden>{filling(5 * a + b)}</i>" for a in range(20) for b in range(5)], (0, 1), 5)],
    ),
    "run": recording([control("t", 6, kind="play", interval=60)], [output([COUNT.format(f"run {t}") for t in range(6)], length=2)]),
    "several": recording(
        [control("a", 4), control("b", 4)],
        [output([printed(f"one {a}") for a in range(4)], (0,), 1), output([printed(f"two {b}") for b in range(4)], (1,))],
    ),
    "single": recording(SINGLE, [output(one_at_a_time(*SINGLE), (0, 1, 2), 3, single=True)]),
    "reached": recording(
        [control("a", 4, 3), control("b", 4)],
        [output([printed(f"reached {a} {b}") for a, b in PAIRS], (0, 1))],
        reached=steps([4 * a + min(a, b) for a, b in PAIRS]),
    ),
    "sets": recording(
        [control("a", 3), control("b", 4)],
        [output([printed(f"sets {a} {b}") for a in range(3) for b in range(4)], (0, 1))],
        sets={"0": {"1": [3, None, 1]}},
    ),
    "locked": recording(
        [control("a", 30, 3), control("b", 30, 4, locked=True), control("c", 2, kind="checkbox", locked=True)],
        [output([printed(f"locked {a} {b} {c}") for a in range(30) for b in range(30) for c in range(2)], (0, 1, 2))],
    ),
    "inputs": recording([control("a", 5, 2)], [output([printed(f"inputs {a}") for a in range(5)])], *INPUTS),
    "ends": recording(
        [{"kind": "interval", "name": "e", "description": "e", "labels": ENDS, "parts": list("012"), "default": 1, "continuous": True}],
        [output([printed(f"ends {label}") for label in ENDS])],
        *({"control": 0}, {"control": 0, "description": "again"}, {"output": 0}),
    ),
    "tabs": recording(
        [control("a", 3), control("b", 3)],
        [output([printed(f"tabs {a}") for a in range(3)]), output([printed(f"more {b}") for b in range(3)], (1,))],
        {
            **{"box": "tabs", "titles": ["Wave & more", "Noise"], "chosen": 1},
            "children": [
                {"box": "column", "children": [{"control": 0}, {"output": 0}]},
                {"box": "column", "children": [{"control": 1}, {"output": 1}]},
                {"box": "tabs", "titles": ["in", ""], "chosen": None, "children": [{"html": "inside"}, {}]},
            ],
        },
    ),
    "accordion": recording(
        [control("a", 3), control("b", 3)],
        [output([printed(f"accordion {a} {b}") for a in range(3) for b in range(3)], (0, 1))],
        {"box": "accordion", "titles": ["First", "Second"], "chosen": 1, "children": [{"control": 0}, {"control": 1}]},
        {"output": 0},
    ),
    "grid": recording(
        [control("a", 30), control("b", 3)],
        [output([printed(f"grid {a} {b}") for a in range(30) for b in range(3)], (0, 1))],
        {
            **{"box": "grid", "columns": "1fr 2fr", "rows": "", "areas": '"left main" "left foot"', "gap": "8px"},
            "children": [{"control": 0, "area": "foot"}, {"control": 1, "area": "left"}, {"output": 0, "area": "main"}],
        },
    ),
    "scripts": recording([control("a", 3)], [output([SCRIPT.format(a) for a in range(3)])]),
    "pictures": recording(
        [control("a", 8)],
        [
            {"controls": [0], "length": 4, "chunks": [chunk([[image(one)] for one in [*frames(8)][i : i + 4]]) for i in (0, 4)]},
            output([image(one) for one in frames(8)]),
        ],
    ),
    "few": recording([control("a", 20)], [output([printed(f"few {a}") for a in range(20)])]),
    "many": recording([control("$\\alpha$", 21)], [output([printed(f"many {a}") for a in range(21)])]),
}
NUMBER = {name: i + 1 for i, name in enumerate(MADE)}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    notebook = nbformat.v4.new_notebook(metadata={"language_info": {"name": "python", "pygments_lexer": "ipython3"}})
    notebook.cells.append(nbformat.v4.new_markdown_cell("# Test"))
    for name, number in NUMBER.items():
        data = {"text/plain": "never seen", MIME_TYPE: MADE[name] | {"number": number}}
        shown = nbformat.v4.new_output("display_data", data)
        notebook.cells.append(nbformat.v4.new_code_cell(f"# {name}", outputs=[shown], execution_count=number))
    nbformat.write(notebook, folder / "index.ipynb")
    (folder / "more").mkdir()
    (folder / "more" / "first.js").write_text("window.first = document.currentScript.parentElement ? 'in order' : 'elsewhere';\n")
    (folder / "conf.py").write_text(
        "extensions = ['myst_nb', 'interact_replay']\nnb_execution_mode = 'off'\nexclude_patterns = ['html']\nhtml_extra_path = ['more']\n"
    )
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", ".", "html"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.fixture
def site(built, tmp_path):
    """A copy that a test may damage."""
    return shutil.copytree(built, tmp_path / "site")


class Line:
    """A slow line: files wait until a test lets them through. `asked` are their names, in order."""

    def __init__(self, page, files="**/_static/interact/**"):
        self.asked, self.bytes, self.open = [], {}, False
        self._waiting = {}
        page.route(files, self._ask)
        page.on("response", self._came)

    def _ask(self, route):
        name = re.search(r"/([\w-]+)\.js", route.request.url)[1]
        self.asked.append(name)
        if self.open:
            route.continue_()
        else:
            self._waiting[name] = route

    def _came(self, response):
        if found := re.search(r"/interact/index/([\d-]+)\.js", response.url):
            self.bytes[found[1]] = int(response.headers["content-length"])

    def through(self, *names):
        """Let these files come."""
        for name in names:
            self._waiting.pop(name).continue_()

    def all(self):
        """From now on everything comes."""
        self.open = True
        self.through(*list(self._waiting))


@pytest.fixture
def line(player, server):
    """A page on a slow line."""
    line = Line(player.page)
    player.open(server)
    return line


def asks(player, line, *names):
    """The files that the page has asked for, once those are among them; in the order of their names."""
    number = names[0].split("-")[0]
    for name in names:
        player.page.locator(f"script[src*='/{name}.js']").wait_for(state="attached")
    while not set(names) <= set(line.asked):
        player.page.evaluate("() => new Promise(requestAnimationFrame)")  # Playwright hears of it in between
    return [name for name in line.asked if name.split("-")[0] == number]


def came(player, *names):
    """Wait until these files have come."""
    for name in names:
        player.page.locator(f"script[data-came=load][src*='/{name}.js']").wait_for(state="attached")


def busy(player, name, output=0):
    return player.output(name, output).get_attribute("aria-busy")


def test_the_first_move_of_a_large_recording_needs_little(player, line):
    """The recording, and the chunk of the state on the page; those of its neighbours come after it, and each once."""
    player.seen("large")
    assert asks(player, line, "1") == ["1"]
    line.through("1")
    assert asks(player, line, "1-0-0") == ["1", "1-0-0"]
    line.through("1-0-0")
    came(player, "1-0-0")
    player.slide("large", 3, control=1)
    player.expect("large", "large 0 3")
    assert asks(player, line, "1-0-1") == ["1", "1-0-0", "1-0-1"]  # one step of `a` away, still on its way
    assert line.bytes["1"] + line.bytes["1-0-0"] < 100_000
    line.all()
    came(player, "1-0-1")
    player.slide("large", 1)
    player.expect("large", "large 1 3")
    came(player, "1-0-2")
    for a in range(2, 20):
        player.slide("large", a)
        player.expect("large", f"large {a} 3")
    assert sorted(asks(player, line, "1-0-19")) == sorted(["1", *(f"1-0-{c}" for c in range(20))])
    assert sum(line.bytes[f"1-0-{c}"] for c in range(20)) > 1_000_000


def test_what_is_on_its_way_leaves_the_old_picture_and_the_newest_state_wins(player, line):
    player.seen("large")
    player.slide("large", 0)
    assert busy(player, "large") == "true"  # the recording itself
    line.through("1")
    came(player, "1")
    expect(player.output("large")).not_to_have_attribute("aria-busy", "true")
    asks(player, line, "1-0-0")
    line.through("1-0-0")
    asks(player, line, "1-0-1")
    player.output("large").evaluate(
        "(output) => { window.seen = []; new MutationObserver(() => window.seen.push(output.querySelector('pre').textContent))"
        ".observe(output, {childList: true}); }"
    )
    for a in (10, 12, 15):
        player.slide("large", a)
    assert busy(player, "large") == "true" and player.text("large") == "large 0 0"
    assert player.figure("large").locator("output").first.inner_text() == "15"
    loading = "(output) => getComputedStyle(output, '::after')"
    player.page.wait_for_function(f"(output) => ({loading})(output).visibility === 'visible'", arg=player.output("large").element_handle())
    assert player.output("large").evaluate(f"(output) => ({loading})(output).content") == '"Loading …"'
    # Those that the slider has passed are not asked for.
    assert asks(player, line, "1-0-10") == ["1", "1-0-0", "1-0-1", "1-0-10"]
    line.through("1-0-10")
    asks(player, line, "1-0-15")
    line.through("1-0-15")
    player.expect("large", "large 15 0")
    assert busy(player, "large") is None
    assert asks(player, line, "1-0-14", "1-0-16")[4:] == ["1-0-15", "1-0-14", "1-0-16"]
    assert player.page.evaluate("window.seen") == ["large 15 0"]


def test_outputs_do_not_wait_for_each_other(player, line):
    number = NUMBER["several"]
    player.seen("several")
    asks(player, line, f"{number}")
    line.through(f"{number}")
    asks(player, line, f"{number}-0-0")
    player.slide("several", 3)
    player.slide("several", 2, control=1)
    player.expect("several", "two 2", output=1)
    assert busy(player, "several") == "true" and busy(player, "several", 1) is None and player.text("several") == "one 0"
    line.all()
    player.expect("several", "one 3")


def test_play_waits_for_chunks_and_skips_no_state(timed, server):
    player, number = timed, NUMBER["run"]
    line = Line(player.page)
    player.open(server).stand()
    figure = player.seen("run")
    figure.locator(".interact-output").evaluate(
        "(output) => { window.seen = []; new MutationObserver(() => window.seen.push(output.textContent)).observe(output, {childList: true}); }"
    )
    asks(player, line, f"{number}")
    line.through(f"{number}")
    asks(player, line, f"{number}-0-0")
    figure.locator("[data-play]").click()
    player.page.clock.run_for(1000)
    line.through(f"{number}-0-0")
    player.expect("run", "run 1")
    player.page.clock.run_for(1000)
    assert figure.locator("input").input_value() == "2" and player.text("run") == "run 1"
    line.all()
    player.expect("run", "run 2")
    player.page.clock.run_for(60)
    asks(player, line, f"{number}-0-2")
    came(player, f"{number}-0-2")
    player.page.clock.run_for(1000)
    assert player.page.evaluate("window.seen") == [f"run {t}" for t in range(1, 6)]
    assert figure.locator("[data-play]").get_attribute("aria-pressed") == "false"


DAMAGES = {
    "missing": None,
    "cut in half": lambda text: text[: len(text) // 2],
    "of an older build": lambda text: re.sub(r'-\w+"', '-0123456789abcdef"', text, count=1),
    "without a slot": lambda text: text.replace('"slots":[{', '"slots":[null,{'),
}


def damage(site, file, how):
    path = site / "_static" / "interact" / "index" / f"{file}.js"
    if how == "missing":
        path.unlink()
    else:
        path.write_text(DAMAGES[how](path.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.mark.parametrize("how", DAMAGES)
def test_a_chunk_that_cannot_come_leaves_what_was_shown_last(site, player, how):
    damage(site, "1-0-9", how)
    figure = player.open(site).loaded("large")
    player.ignored = True
    player.slide("large", 4)
    player.expect("large", "large 4 0")
    player.slide("large", 9)
    notice = figure.locator(".interact-notice[role=status]")
    expect(notice).to_be_visible()
    assert "could not be loaded" in notice.inner_text()
    assert player.text("large") == "large 4 0" and busy(player, "large") is None
    assert figure.locator("input").first.input_value() == "4" and figure.locator("output").first.inner_text() == "4"
    assert not figure.locator("input:enabled, button:enabled").count()
    player.loaded("few")
    player.slide("few", 2)
    player.expect("few", "few 2")


def test_a_neighbour_that_cannot_come_disturbs_nobody(site, player):
    damage(site, "1-0-1", "missing")
    figure = player.open(site).loaded("large")
    player.page.locator("script[data-came=error][src*='/1-0-1.js']").wait_for(state="attached")
    player.slide("large", 2, control=1)
    player.expect("large", "large 0 2")
    assert not figure.locator(".interact-notice[role=status]").is_visible()
    player.slide("large", 1)  # now it is needed
    expect(figure.locator(".interact-notice[role=status]")).to_be_visible()


def test_one_control_at_a_time(built, player):
    figure = player.open(built).loaded("single")
    assert "One control at a time" in figure.locator(".interact-hint").inner_text()
    for i, (start, count) in enumerate(((1, 4), (2, 3), (0, 2))):
        for value in range(count):
            player.slide("single", value, control=i)
            state = [1, 2, 0]
            state[i] = value
            expect(player.output("single")).to_have_text(f"single {state}")
            assert [box.input_value() for box in figure.locator("input").all()] == [str(v) for v in state]
        player.slide("single", count - 1 if start == 0 else 0, control=i)  # the next one brings it back
    player.becomes(f"#interact-{NUMBER['single']}:c=1")
    assert not player.figure("large").locator(".interact-hint").count()


def test_an_address_moves_one_control_at_a_time(built, player):
    figure = player.open(built, f"#interact-{NUMBER['single']}:b=0&c=1").loaded("single")
    player.expect("single", "single [1, 0, 0]")
    assert [box.input_value() for box in figure.locator("input").all()] == ["1", "0", "0"]


def test_combinations_that_do_not_exist_go_where_jupyter_would(built, player):
    figure = player.open(built).loaded("reached")
    both = figure.locator("input").all()
    for control, value, a, b in ((1, 3, 3, 3), (0, 1, 1, 1), (1, 2, 1, 1), (0, 2, 2, 1), (1, 2, 2, 2), (0, 0, 0, 0)):
        player.slide("reached", value, control=control)
        player.expect("reached", f"reached {a} {b}")
        assert [box.input_value() for box in both] == [str(a), str(b)]
        assert [box.get_attribute("aria-valuetext") for box in both] == [str(a), str(b)]
    player.page.evaluate("(hash) => { location.hash = hash; }", f"interact-{NUMBER['reached']}:a=1&b=3")
    player.expect("reached", "reached 1 1")


def test_a_click_into_a_box_begins_a_new_number(built, player):
    """Also a negative one: behind the old number a minus would be none."""
    box = player.open(built).loaded("inputs").locator("input[type=number]").first
    box.click()
    player.page.wait_for_function("document.activeElement.type === 'number' && getSelection().toString() === document.activeElement.value")
    player.page.keyboard.type("-9")
    player.page.keyboard.press("Enter")
    player.expect("inputs", "inputs 0")  # the least that there is


def test_moving_one_control_sets_another(built, player):
    figure = player.open(built).loaded("sets")
    both = figure.locator("input").all()
    for control, value, a, b in ((1, 2, 0, 2), (0, 1, 1, 2), (0, 2, 2, 1), (1, 0, 2, 0), (0, 0, 0, 3)):
        player.slide("sets", value, control=control)
        player.expect("sets", f"sets {a} {b}")
        assert [box.input_value() for box in both] == [str(a), str(b)]
    # An address says where all of them are.
    player.page.evaluate("(hash) => { location.hash = hash; }", f"interact-{NUMBER['sets']}:a=2&b=0")
    player.expect("sets", "sets 2 0")


def test_play_ends_where_another_control_ends_it(timed, built):
    figure = timed.open(built, f"#interact-{NUMBER['reached']}:a=2&b=0").stand().loaded("reached")
    timed.expect("reached", "reached 2 0")
    button = figure.locator("[data-play]").nth(1)
    button.click()
    timed.page.clock.run_for(2000)
    assert timed.text("reached") == "reached 2 2" and button.get_attribute("aria-pressed") == "false"


def test_a_locked_control_stays(built, player):
    figure = player.open(built, f"#interact-{NUMBER['locked']}:b=9&c=1").loaded("locked")
    locked = figure.locator("[data-control='1'], [data-control='2'], [data-drives='1']")
    assert locked.count() == 5 and locked.locator("visible=true").count() == 5  # a slider with three buttons, a box

    def stays():
        return player.text("locked").endswith(" 4 0") and all(part.is_disabled() for part in locked.all())

    assert stays() and figure.locator("[data-control='0']").is_enabled()
    player.slide("locked", 7)
    player.expect("locked", "locked 7 4 0")
    figure.locator(".interact-reset").click()
    player.expect("locked", "locked 3 4 0")
    assert stays()


def test_several_inputs_for_one_control(built, player):
    figure = player.open(built).loaded("inputs")
    sliders, number = figure.locator("input[type=range]").all(), figure.get_by_label("typed")
    choices = figure.get_by_role("group", name="one of").locator("input")

    def all_are(value):
        player.expect("inputs", f"inputs {value}")
        assert [slider.input_value() for slider in sliders] == [str(value)] * 2
        assert number.input_value() == figure.get_by_label("list").input_value() == str(value)
        assert [choice.is_checked() for choice in choices.all()] == [i == value for i in range(5)]
        assert figure.locator(".interact-range output").all_inner_texts() == [str(value)] * 2

    all_are(2)
    sliders[0].press("End")
    all_are(4)
    sliders[1].press("Home")
    all_are(0)
    figure.get_by_label("list").select_option("3")
    all_are(3)
    choices.nth(1).check()
    all_are(1)
    number.fill("2.2")
    number.press("Enter")
    all_are(2)
    assert figure.locator(".interact-number output").inner_text() == "the nearest value there is"
    sliders[0].press("ArrowRight")
    all_are(3)
    assert figure.locator(".interact-number output").inner_text() == ""
    assert len(sliders) == 2 and figure.locator("label", has_text=re.compile("^a$")).count() == 2  # no name of its own


def test_two_pairs_of_thumbs_move_together(built, player):
    figure = player.open(built).loaded("ends")
    low, high = figure.get_by_label("from", exact=True).all(), figure.get_by_label("to", exact=True).all()
    high[1].press("End")
    player.expect("ends", "ends 0 \N{EN DASH} 2")
    assert [thumb.input_value() for thumb in (*low, *high)] == ["0", "0", "2", "2"]
    low[0].press("End")
    player.expect("ends", "ends 2 \N{EN DASH} 2")
    assert [thumb.input_value() for thumb in (*low, *high)] == ["2", "2", "2", "2"]
    assert all(thumb.bounding_box()["height"] < 40 for thumb in (*low, *high))


def test_a_play_button_of_its_own_goes_on_from_the_beginning(timed, built):
    figure = timed.open(built).stand().loaded("inputs")
    button = figure.locator("[data-play]")
    assert button.count() == 1  # the slider has none beside it
    assert button.get_attribute("aria-label") == "Play: a"
    figure.locator(".interact-output").evaluate(
        "(output) => { window.seen = []; new MutationObserver(() => window.seen.push(output.textContent)).observe(output, {childList: true}); }"
    )
    button.click()
    timed.page.clock.run_for(6 * 60 + 30)
    assert timed.page.evaluate("window.seen") == [f"inputs {a}" for a in (3, 4, 0, 1, 2, 3)]
    button.click()
    timed.page.clock.run_for(1000)
    assert timed.text("inputs") == "inputs 3"


def test_tabs_and_their_keys(built, player):
    figure = player.open(built).loaded("tabs")
    tabs = figure.get_by_role("tablist").first.get_by_role("tab")
    first, second, third = figure.locator("[role=tabpanel]").locator("visible=true"), tabs.nth(1), tabs.nth(2)
    assert tabs.all_inner_texts() == ["Wave & more", "Noise", "3"]

    def chosen(i):
        expect(tabs.nth(i)).to_have_attribute("aria-selected", "true")
        assert [tab.get_attribute("tabindex") for tab in tabs.all()] == ["0" if k == i else "-1" for k in range(3)]
        panel = figure.locator(f"#{tabs.nth(i).get_attribute('aria-controls')}")
        assert panel.is_visible() and panel.get_attribute("aria-labelledby") == tabs.nth(i).get_attribute("id")
        assert figure.locator(".interact-tabs").first.locator("> [role=tabpanel]").locator("visible=true").count() == 1

    chosen(1)
    assert first.count() == 1 and not figure.locator(".interact-title").first.is_visible()
    second.focus()
    for key, i in (("ArrowRight", 2), ("ArrowRight", 0), ("ArrowLeft", 2), ("Home", 0), ("End", 2), ("ArrowLeft", 1)):
        player.page.keyboard.press(key)
        chosen(i)
        assert tabs.nth(i).evaluate("(tab) => tab === document.activeElement")
    tabs.nth(0).click()
    chosen(0)
    player.slide("tabs", 2)
    player.expect("tabs", "tabs 2")
    player.slide("tabs", 1, control=1)  # out of sight
    second.click()
    player.expect("tabs", "more 1", output=1)
    third.click()
    inner = figure.get_by_role("tablist").nth(1).get_by_role("tab")
    assert inner.all_inner_texts() == ["in", "2"] and figure.get_by_text("inside").is_visible()
    player.page.keyboard.press("Home")
    chosen(0)


def test_without_javascript_tabs_are_titled_sections(built, still):
    page = still.new_page()
    page.goto((built / "index.html").as_uri())
    figure = page.locator(f"#interact-{NUMBER['tabs']}")
    assert figure.locator(".interact-title").all_inner_texts() == ["Wave & more", "Noise", "3", "in", "2"]
    assert "tabs 0" in figure.inner_text() and "more 0" in figure.inner_text() and not figure.locator("[role=tab]:visible").count()
    assert page.locator(f"#interact-{NUMBER['accordion']} summary").count() == 2


def test_one_part_of_an_accordion_is_open(built, player):
    figure = player.open(built).loaded("accordion")
    parts = figure.locator("details")

    def opened():
        return [part.evaluate("(part) => part.open") for part in parts.all()]

    assert opened() == [False, True]
    figure.get_by_text("First").click()
    assert opened() == [True, False]
    player.slide("accordion", 2)
    player.expect("accordion", "accordion 2 0")


@pytest.mark.parametrize("width", [1000, 360])
def test_a_grid_where_there_is_room(built, player, width):
    player.page.set_viewport_size({"width": width, "height": 900})
    figure = player.open(built).loaded("grid")
    foot, left, main = (part.bounding_box() for part in figure.locator(".interact-grid > *").all())
    if width == 1000:
        assert left["x"] + left["width"] + 8 == pytest.approx(main["x"], abs=1) and main["x"] == foot["x"]
        assert main["width"] == pytest.approx(2 * left["width"], abs=2) and main["y"] < foot["y"]
    else:
        assert left["x"] == main["x"] == foot["x"] and foot["y"] < left["y"] < main["y"]
    for name in MADE:
        box = player.figure(name).bounding_box()
        inside = player.figure(name).locator(":is(input, select, button, pre, output)").locator("visible=true")
        for part in (one.bounding_box() for one in inside.all()):
            assert box["x"] <= part["x"] and part["x"] + part["width"] <= box["x"] + box["width"], name


def test_scripts_of_a_state_run_when_it_is_shown(built, player):
    player.open(built).loaded("scripts")
    player.page.wait_for_function("window.ran?.length === 2")
    assert player.page.evaluate("window.ran") == ["0: 1", "in order 0"]  # by the parser, and not again
    for a, found in ((1, ["1: 1", "in order 1"]), (0, ["0: 1", "in order 0"])):
        player.page.evaluate("() => { window.ran = []; window.first = 'too early'; }")
        player.slide("scripts", a)
        player.page.wait_for_function("window.ran.length === 2")
        assert player.page.evaluate("window.ran") == found
        player.output("scripts").locator("button").click()
        assert player.output("scripts").locator("button").inner_text() == f"pressed {a}"


def test_scripts_of_a_state_that_has_gone_do_not_run(built, player):
    player.open(built).loaded("scripts")
    player.page.wait_for_function("window.ran?.length === 2")
    line = Line(player.page, "**/first.js")
    player.page.evaluate("() => { window.ran = []; }")
    for a in (1, 2):
        player.slide("scripts", a)
        player.page.wait_for_function("(count) => window.ran.length === count", arg=a)
    line.all()
    player.page.wait_for_function("window.ran.includes('in order 2')")
    assert player.page.evaluate("window.ran") == ["1: 1", "2: 1", "in order 2"]


def test_buttons_for_single_steps_where_a_slider_is_fine(built, player):
    figure = player.open(built).loaded("many")
    assert not player.figure("few").locator("[data-step]").count()
    less, more = figure.get_by_label("One step back: α"), figure.get_by_label("One step on: α")
    for button, a in ((more, 1), (more, 2), (less, 1), (less, 0), (less, 0)):
        button.click()
        player.expect("many", f"many {a}")
        assert figure.locator("input").input_value() == str(a)
    player.slide("many", 20)
    more.click()
    player.expect("many", "many 20")
    assert less.get_attribute("tabindex") == more.get_attribute("tabindex") == "-1"
    figure.locator("input").focus()
    player.page.keyboard.press("Tab")
    assert player.page.evaluate("document.activeElement.dataset.play")


def test_buttons_are_large_enough_for_fingers(built, touched):
    figure = touched.open(built).loaded("many")
    boxes = [button.bounding_box() for button in figure.locator("[data-step], [data-play]").all()]
    assert len(boxes) == 3 and all(box["width"] >= 44 and box["height"] >= 44 for box in boxes)
    slider = figure.locator("input").bounding_box()
    assert slider["width"] >= 100
    assert all(abs(b["y"] + b["height"] / 2 - slider["y"] - slider["height"] / 2) < 2 for b in boxes)  # on one line
    figure.get_by_label("One step on").tap()
    touched.expect("many", "many 1")


def test_every_part_has_a_name_and_no_identifier_is_there_twice(built, player):
    player.open(built)
    found = re.findall(r' id="([^"]+)"', (built / "index.html").read_text())
    assert len(found) == len(set(found))
    for name in MADE:
        for part in player.figure(name).locator(":is(input, select, button)").all():
            label = part.evaluate(
                "e => e.getAttribute('aria-label') || [...(e.labels ?? [])].map(l => l.textContent).join('') || e.textContent"
            )
            assert label.strip(": "), (name, part.evaluate("e => e.outerHTML"))


def photo(player, k, width):
    """The picture of an output on the screen, so wide, in a corner where it lies on whole pixels."""
    found = player.output("pictures", k).locator("canvas, img")
    found.evaluate("(e, width) => e.setAttribute('style', `position: fixed; top: 0; left: 0; z-index: 9; margin: 0; width: ${width}`)", width)
    picture = np.asarray(Image.open(io.BytesIO(found.screenshot())).convert("RGB")).astype(int)
    found.evaluate("e => e.removeAttribute('style')")
    return picture


@pytest.mark.parametrize(("width", "near"), [("auto", 0), ("150px", 12), ("300px", 12)])
def test_pictures_drawn_from_what_they_share_look_as_whole_ones(built, player, width, near):
    """Pixel for pixel; made smaller or larger they are as smooth as the browser's images, and show no seam."""
    player.open(built).loaded("pictures")
    for state in (1, 3, 7, 0) if near else range(7, -1, -1):  # one has another size: its edges would fall between pixels
        player.slide("pictures", state)
        expect(player.output("pictures", 0).locator("canvas")).to_be_visible()
        expect(player.output("pictures", 0)).not_to_have_attribute("aria-busy", "true")
        one, whole = photo(player, 0, width), photo(player, 1, width)
        assert one.shape == whole.shape and abs(one - whole).max() <= near, state
    assert player.output("pictures", 0).locator("canvas").count() == 1


def test_a_picture_waits_for_what_it_is_drawn_from(built, player):
    """Until that is decoded the old one stays; no state comes with a gap."""
    player.page.add_init_script(
        "const decode = Image.prototype.decode; window.held = new Promise((go) => { window.go = go; });"
        "Image.prototype.decode = function () { return window.held.then(() => decode.call(this)); };"
    )
    player.open(built).loaded("pictures")
    player.slide("pictures", 1)
    expect(player.output("pictures", 0)).to_have_attribute("aria-busy", "true")
    assert player.output("pictures", 0).locator("img").count() == 1
    player.page.evaluate("window.go()")
    expect(player.output("pictures", 0).locator("canvas")).to_be_visible()


def test_a_damaged_picture_is_told(site, player):
    (file,) = (site / "_static" / "interact" / "index").glob(f"{NUMBER['pictures']}-0-0.js")
    text = file.read_text()
    file.write_text(re.sub(r'"pictures":\["data:image/webp;base64,[^"]{9}', '"pictures":["data:image/webp;base64,AAAA', text))
    player.open(site).loaded("pictures")
    player.slide("pictures", 1)
    expect(player.figure("pictures").locator(".interact-notice[role]")).to_be_visible()
    assert player.output("pictures", 0).locator("img").count() == 1


def test_files_hold_what_they_should(built):
    """The recording's own file has the chunks of outputs that have one; another one's are files of their own."""
    folder, number = built / "_static" / "interact" / "index", NUMBER["several"]
    text = (folder / f"{number}.js").read_text()
    one, two = json.loads(re.fullmatch(r'interactReplay\("[^"]*",(.*)\)\n', text)[1])["outputs"]
    assert one["chunks"] == [None] * 4 and len(two["chunks"]) == 1 and "slots" in two["chunks"][0]
    assert {file.stem for file in folder.glob(f"{number}*.js")} == {f"{number}", *(f"{number}-0-{c}" for c in range(4))}


def test_the_readme_says_what_a_page_loads(built):
    files = [(built / "_static" / f"interact-replay.{end}").read_bytes() for end in ("js", "css")]
    said = re.search(r"(\d+) kB of scripts and styles", (Path(__file__).parents[1] / "README.md").read_text())
    assert int(said[1]) == round(sum(len(gzip.compress(file, 6, mtime=0)) for file in files) / 1000)
