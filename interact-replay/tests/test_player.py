"""The player, in a Chromium: a small site built with plain Sphinx and MyST-NB, opened from disk."""

import json
import math
import re
import shutil
import subprocess
import sys
from html import unescape
from urllib.parse import quote

import nbformat
import pytest
from interact_replay import recording

sync_api = pytest.importorskip("playwright.sync_api")

IMPORTS = """
import matplotlib.pyplot as plt, numpy as np, ipywidgets as w
from ipywidgets import interact, interactive_output
from IPython.display import display, HTML, Markdown, Math
%config InlineBackend.figure_formats = ['svg']
plt.rcParams['figure.figsize'] = 3, 2
"""
TEXTS = [
    *("plain", "smile 😀 tail", "smile 🙂 tail", "𝒳 + é\u2028next\u2029line"),
    *("<b>&amp;</b> `$x$` \\n 'q' \"p\"", "</script>"),
]
CELLS = {
    "texts": f"texts = {TEXTS!r}\ninteract(lambda x: print(texts[x]), x=(0, {len(TEXTS) - 1}))",
    "rich": "interact(lambda n: display(Markdown(f'**{n}** 🙂 `<{n}>`'), Math(rf'x^{{{n}}} \\alpha')), n=(0, 3))",
    "three": "interact(lambda a, b, c: print('three', a, b, c), a=(0, 5), b=['p', 'q', 'r;&=+ é:'], c=True)",
    "other": "interact(lambda a: print('other', a), a=(0, 9))",
    "unanswered": (
        "interact(lambda answer: print('answer:', answer), answer=w.RadioButtons(options=['yes', 'no'], value=None))"
    ),
    "play": "interact(lambda t: print('time', t), t=w.Play(value=0, min=0, max=4, interval=60))",
    "figure": (
        "@interact(k=(0, 9), x=(0, 9))\ndef f(k, x):\n    plt.plot(np.sin(np.linspace(0, x, 50) + k))\n    plt.show()\n"
        "    print('figure', k, x)"
    ),
    "released": "interact(lambda a: print('released', a), a=w.IntSlider(0, max=5, continuous_update=False))",
    "shared": (
        "u, v = w.IntSlider(0, max=3, description='u'), w.IntSlider(1, max=3, description='v')\n"
        "w.VBox([u, v, interactive_output(lambda u: print('one', u), {'u': u}), "
        "interactive_output(lambda u, v: print('both', u, v), {'u': u, 'v': v})])"
    ),
    "fine": "interact(lambda r: print('rate', r), r=w.FloatSlider(0.0, min=0, max=0.02, step=0.002))",
    "nameless": (
        "s, t = w.IntSlider(0, max=3), w.IntSlider(0, max=3)\n"
        "w.VBox([s, t, interactive_output(lambda s, t: print('nameless', s, t), {'s': s, 't': t})])"
    ),
    "lines": "interact(lambda n: print(*range(n + 1), sep='\\n'), n=(0, 20))",
    "many": "interact(lambda a, b: print('many', a, b), a=(0, 69), b=(0, 69))",
    "pixels": (
        "%config InlineBackend.figure_formats = ['png']\n"
        "@interact(k=(2, 9))\ndef g(k):\n    plt.scatter(*np.random.default_rng(k).random((2, 20000)))\n"
        "    plt.axis('off')\n    plt.title('as large in every state')"
    ),
    "ends": "interact(lambda r: print('ends', *r), r=w.FloatRangeSlider(value=(0.5, 1.0), max=2, step=0.5))",
    "boxes": "interact(lambda s: print('boxes', *s), s=w.SelectMultiple(options=['p', 'q', 'r'], value=['q']))",
    "typing": "interact(lambda n, text: print('typing', n, text), n=w.FloatText(1.0), text='kept')",
    "typed": (
        "interact(lambda x, n, o: print('typed', x, n, o), n=w.IntSlider(0, min=-5, max=5, description='How many:'), "
        "o=['1', '1.0', 'one'], x=w.FloatSlider(0.2, min=-0.2, max=0.2, step=0.04, readout_format='.3f', description='Decimal'))"
    ),
    "theirs": (
        "interact(lambda n: display(HTML(f'<button class=theirs>{n}</button><input class=theirs data-control=0>"
        "<p data-output=0></p>')), n=(0, 3))"
    ),
    "formulas": (
        r"interact(lambda r, l, s: print('formulas', r, l), r=w.RadioButtons(options=[('$x^2$', 2), ('from $5 to $10', 3)], "
        r"description=r'$\alpha$ rays'), l=w.Dropdown(options=[(r'$\sin(\beta)$', 1), ('$5', 5)], description='$a<b$'), "
        r"s=w.SelectionSlider(options=[(r'$\gamma_1$', 1), (r'$\omega$', 2)]))"
    ),
    "labels": (
        r"x = w.IntSlider(0, max=2, description='x')" "\n"
        r"out = interactive_output(lambda x: print('labels', x), {'x': x})" "\n"
        r"w.Tab([w.VBox([w.Label(r'set: $\delta$'), w.HTMLMath(r'<i>too: $\zeta$</i>'), w.HTML('$raw$'), x]), out],"
        r" titles=['Controls & more', ''])"
    ),
}
NUMBER = {name: i + 1 for i, name in enumerate(CELLS)}
ODD = ["a/b", "a--b", "it's #1" if sys.platform == "win32" else "it's #1? \"odd\""]


def write(folder, name, cells, end=""):
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    notebook.cells.append(nbformat.v4.new_markdown_cell("# Test"))
    for source in cells:
        notebook.cells.append(nbformat.v4.new_code_cell(source))
    notebook.cells.append(nbformat.v4.new_markdown_cell(end))
    path = folder / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """The site, built once, and as `dirhtml`, which records nothing anew."""
    folder = tmp_path_factory.mktemp("player")
    write(folder, "index", [IMPORTS, *CELLS.values()], end="## Below")
    for name in ODD:
        write(folder, name, [f"import ipywidgets\nipywidgets.interact(lambda x: print({name!r}, x), x=(0, 3))"])
    (folder / "conf.py").write_text("extensions = ['myst_nb', 'interact_replay']\nexclude_patterns = ['html', 'dirhtml', 'jupyter_execute']\ninteract_max_seconds = 9999\n")
    for builder in ("html", "dirhtml"):
        command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, "-d", "trees", ".", builder]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def built(sites):
    return sites / "html"


@pytest.fixture
def site(built, tmp_path):
    """A copy that a test may damage."""
    return shutil.copytree(built, tmp_path / "site")


def payload(folder, name):
    return folder / "_static" / "interact" / "index" / f"{NUMBER[name]}.js"


def states(folder, name, output=0):
    """What Python says that every state shows."""
    text = payload(folder, name).read_text(encoding="utf-8")
    found = json.loads(re.fullmatch(r'interactReplay\("[^"]*",(.*)\)\n', text, re.DOTALL)[1])["outputs"][output]
    page = (folder / "index.html").read_text(encoding="utf-8")
    controls = json.loads(unescape(re.search(rf"id=\"interact-{NUMBER[name]}\" .*? data-controls='(.*?)'", page)[1]))
    total = math.prod(len(controls[i]["labels"]) for i in found["controls"])
    return [recording.shown(found, i) for i in range(total)]


@pytest.mark.parametrize("name", ["texts", "rich", "figure", "unanswered"])
def test_every_state_is_decoded_as_in_python(built, player, name):
    player.open(built).loaded(name)
    expected = states(built, name)
    seen = player.page.evaluate(
        """async ([id, expected]) => {
            const figure = document.getElementById(id);
            const inputs = [...figure.querySelectorAll("[data-control]")];
            const output = figure.querySelector("[data-output]");
            // What is shown in the next frame is shown at once: there are thousands of states.
            window.requestAnimationFrame = (show) => { queueMicrotask(show); return 1; };
            const wrong = [];
            for (const [state, html] of expected.entries()) {
              if (inputs[0].type === "radio") {
                if (!inputs[state]) continue;  // nothing chosen: not a state that a reader can go back to
                inputs[state].click();
              } else {
                let rest = state;
                for (const input of [...inputs].reverse()) {
                  const count = Number(input.max) + 1;
                  input.value = rest % count;
                  rest = Math.floor(rest / count);
                  input.dispatchEvent(new Event("input"));
                }
              }
              await new Promise(queueMicrotask);
              const same = document.createElement("div");
              same.innerHTML = html;
              if (output.innerHTML !== same.innerHTML) wrong.push([state, output.innerHTML, same.innerHTML]);
            }
            return wrong;
        }""",
        [f"interact-{NUMBER[name]}", expected],
    )
    assert seen == []


def test_texts_arrive_as_they_were_printed(built, player):
    player.open(built).loaded("texts")
    pre = player.figure("texts").locator("pre")
    for i, text in enumerate(TEXTS):
        player.slide("texts", i)
        pre.evaluate("() => new Promise(requestAnimationFrame)")
        assert pre.evaluate("e => e.textContent") == text


def test_formulas_are_typeset_again(built, player):
    """MathJax reads a page once; the player has to show it what is new."""
    player.page.add_init_script(
        "window.typeset = []; "
        "window.MathJax = {typesetPromise: async (list) => window.typeset.push(list[0].textContent)}"
    )
    player.open(built).loaded("rich")
    player.slide("rich", 3)
    player.expect("rich", "x^{3}")
    player.page.wait_for_function("window.typeset.some((text) => text.includes('x^{3}'))")


def test_the_address_restores_states(built, player):
    player.open(built).loaded("three")
    player.slide("three", 4)
    player.figure("three").locator("select").select_option("2")
    player.expect("three", "three 4 r;&=+ é: True")
    player.loaded("other")
    player.slide("other", 8)
    found = f"#interact-{NUMBER['three']}:a=4&b=r%3B%26%3D%2B+%C3%A9%3A;interact-{NUMBER['other']}:a=8"
    player.becomes(found)
    player.open("about:blank").open(built, found)
    player.loaded("three")
    player.expect("three", "three 4 r;&=+ é: True")
    player.loaded("other")
    player.expect("other", "other 8")
    assert player.figure("three").locator("select").input_value() == "2"
    assert player.figure("three").locator("output").first.inner_text() == "4"


def test_labels_that_repeat_restore_their_own_state(built, player):
    """0.002 and 0.004 are both "0.00" to ipywidgets' default format."""
    player.open(built).loaded("fine")
    player.slide("fine", 7)
    player.expect("fine", "rate 0.014")
    found = f"#interact-{NUMBER['fine']}:r=0.01%7E7"
    player.becomes(found)
    player.open("about:blank").open(built, found).loaded("fine")
    player.expect("fine", "rate 0.014")


def test_controls_without_a_description_restore_their_own_state(built, player):
    player.open(built).loaded("nameless")
    player.slide("nameless", 3)
    player.slide("nameless", 1, control=1)
    player.expect("nameless", "nameless 3 1")
    found = f"#interact-{NUMBER['nameless']}:s=3&t=1"
    player.becomes(found)
    player.open("about:blank").open(built, found).loaded("nameless")
    player.expect("nameless", "nameless 3 1")


def test_what_is_private_stays_out_of_the_address(built, player):
    """A page marks the inputs; what they say is in the element, for the page to keep, and is restored from there."""
    player.open(built).loaded("unanswered")
    inputs = player.figure("unanswered").locator("input")
    inputs.evaluate_all("all => { for (const input of all) input.dataset.private = ''; }")
    player.page.evaluate(
        "() => { document.addEventListener('interact-kept', (event) => { window.told = event.target.id; }); }"
    )
    inputs.last.check()
    player.page.wait_for_function("name => window.told === name", arg=f"interact-{NUMBER['unanswered']}")
    assert player.figure("unanswered").get_attribute("data-kept") == "answer=no" and player.hash() == ""
    # A script of the page does this before the player starts.
    player.page.add_init_script(
        "document.addEventListener('readystatechange', () => { for (const figure of document.querySelectorAll("
        f"'#interact-{NUMBER['unanswered']}')) figure.dataset.kept = 'answer=no'; }}, {{ once: true }});"
    )
    player.open("about:blank").open(built).loaded("unanswered")
    player.expect("unanswered", "answer: no")


def test_an_address_that_changes_is_followed(built, player):
    """As when a reader follows a link to another state of the same page."""
    player.open(built, f"#interact-{NUMBER['three']}:a=4").loaded("three")
    player.expect("three", "three 4 p True")
    player.page.evaluate("hash => { location.hash = hash; }", f"interact-{NUMBER['three']}:b=q")
    player.expect("three", "three 2 q True")  # what the address leaves out is at its start
    player.loaded("other")
    player.slide("other", 1)
    player.after("hashchange", lambda: player.page.evaluate("() => { location.hash = 'test'; }"))  # a section of the page
    assert player.text("three") == "three 2 q True" and player.text("other") == "other 1"


@pytest.mark.parametrize(
    "hash",
    [
        f"#interact-{NUMBER['three']}:a=99&b=zzz&c=maybe",
        f"#interact-{NUMBER['three']}:",
        f"#interact-{NUMBER['three']}:nothing=1&a",
        f"#interact-{NUMBER['three']}:a=%E0%A4%A;x;;=",
        "#interact-99:a=1",
        "#test",
        "#%",
    ],
)
def test_a_bad_address_is_ignored(built, player, hash):
    player.open(built, hash).loaded("three")
    player.slide("other", 0)
    player.expect("three", "three 2 p True")
    player.slide("three", 3)
    player.expect("three", "three 3 p True")


def test_two_interacts_leave_each_other_alone(built, player):
    player.open(built).loaded("three")
    player.loaded("other")
    player.slide("three", 5)
    player.expect("three", "three 5 p True")
    assert player.text("other") == "other 4"
    player.slide("other", 1)
    player.expect("other", "other 1")
    assert player.text("three") == "three 5 p True"
    player.becomes(f"#interact-{NUMBER['three']}:a=5;interact-{NUMBER['other']}:a=1")
    player.figure("three").locator(".interact-reset").click()
    player.expect("three", "three 2 p True")
    player.becomes(f"#interact-{NUMBER['other']}:a=1")
    assert player.text("other") == "other 1"


def test_outputs_that_share_a_control(built, player):
    player.open(built).loaded("shared")
    player.slide("shared", 2)
    player.slide("shared", 3, control=1)
    player.expect("shared", "both 2 3", output=1)
    assert player.text("shared") == "one 2"


def test_reset_brings_everything_back(built, player):
    figure = player.open(built).loaded("three")
    player.slide("three", 5)
    figure.locator("select").select_option("1")
    figure.locator("input[type=checkbox]").uncheck()
    player.expect("three", "three 5 q False")
    player.becomes(f"#interact-{NUMBER['three']}:a=5&b=q&c=off")
    figure.locator(".interact-reset").click()
    player.expect("three", "three 2 p True")
    assert figure.locator("select").input_value() == "0" and figure.locator("input[type=checkbox]").is_checked()
    assert figure.locator("input[type=range]").input_value() == "2"
    player.becomes("")


def test_the_page_does_not_jump(built, player):
    """What follows an output that grows smaller stays where it is, until reset or a new width of the window."""
    figure = player.open(built).loaded("lines")

    def height():
        return figure.bounding_box()["height"]

    begin = height()
    player.slide("lines", 20)
    sync_api.expect(figure.locator("pre")).to_contain_text("20")
    high = height()
    player.slide("lines", 0)
    sync_api.expect(figure.locator("pre")).to_have_text("0")
    assert begin < high == height()
    player.after("resize", lambda: player.page.set_viewport_size({"width": 1000, "height": 850}))  # a phone's bars come and go
    assert height() == high
    player.after("resize", lambda: player.page.set_viewport_size({"width": 990, "height": 850}))
    assert height() < begin
    player.slide("lines", 20)
    sync_api.expect(figure.locator("pre")).to_contain_text("20")
    figure.locator(".interact-reset").click()
    sync_api.expect(figure.locator("pre")).not_to_contain_text("11")
    assert height() == begin


def test_a_picture_of_pixels_is_there_at_once(built, player):
    figure = player.open(built).loaded("pixels")
    size = figure.locator("img").evaluate("(image) => [image.naturalWidth, image.naturalHeight]")
    assert figure.locator("img").get_attribute("src").startswith("data:image/webp")
    assert figure.locator("img").get_attribute("decoding") == "sync"  # it never leaves a gap
    player.slide("pixels", 4)
    canvas = figure.locator("canvas")
    sync_api.expect(canvas).to_be_visible()
    for k in (9, 4):
        player.slide("pixels", k)
        frame = "() => new Promise((resolve) => requestAnimationFrame(() => resolve()))"
        player.page.evaluate(frame)
        assert canvas.evaluate("(c) => [c.width, c.height, c.getContext('2d').getImageData(9, 9, 1, 1).data[3]]") == [*size, 255]


def test_thousands_of_states_leave_the_page_light(built, player):
    player.open(built).loaded("many")
    player.slide("many", 69)
    player.slide("many", 68, control=1)
    player.expect("many", "many 69 68")
    assert (built / "index.html").stat().st_size < 200_000
    assert payload(built, "many").stat().st_size < 80_000


def test_paper_shows_the_state_of_the_screen(built, player):
    figure = player.open(built).loaded("three")
    player.slide("three", 5)
    player.expect("three", "three 5 p True")
    player.page.emulate_media(media="print")
    assert player.text("three") == "three 5 p True" and figure.locator("output").inner_text() == "5"
    assert not figure.locator("input[type=range], button").filter(visible=True).count()


@pytest.mark.parametrize("width", [1600, 360])
def test_one_interact_alone(built, player, width):
    player.page.set_viewport_size({"width": width, "height": 900})
    name = f"interact-{NUMBER['figure']}"
    player.open(built, f"?solo={name}#{name}:k=7").loaded("figure")
    player.expect("figure", "figure 7 4")
    box = player.figure("figure").bounding_box()
    assert box["x"] == 0 and box["y"] == 0 and box["width"] >= width - 20  # but for a scroll bar
    assert player.figure("figure").locator("svg").bounding_box()["width"] > 0.6 * width
    assert not player.figure("other").is_visible() and not player.page.locator("section > h1").is_visible()
    assert player.page.evaluate("document.documentElement.scrollWidth") <= width
    player.slide("figure", 3)
    player.expect("figure", "figure 3 4")
    player.becomes(f"#{name}:k=3")
    assert player.page.evaluate("location.search") == f"?solo={name}"
    assert player.page.title().startswith("Test — ") and player.page.get_by_role("heading", level=1).inner_text() == "Test"
    player.figure("figure").locator(".interact-source a").click()  # the way to its place, in the state that it has now
    player.page.wait_for_url(re.compile(rf"index\.html#{name}:k=3$"))
    player.loaded("figure")
    player.expect("figure", "figure 3 4")


def test_a_frame_is_as_high_as_it_has_to_be(built, player, tmp_path):
    """At any width: what the interactive tells the page around is all there is, neither cut nor with room to spare."""
    name = f"interact-{NUMBER['figure']}"
    (tmp_path / "slide.html").write_text(f"""<!DOCTYPE html><iframe src="{(built / "index.html").as_uri()}?solo={name}#{name}:k=7" height="150">
        </iframe><script>addEventListener("message", ({{ data, source }}) => {{ for (const frame of document.querySelectorAll("iframe"))
        if (source === frame.contentWindow && data.interactReplay) frame.height = data.height; }});</script>""")
    player.page.goto((tmp_path / "slide.html").as_uri())
    frame = player.page.frame_locator("iframe")
    sync_api.expect(frame.locator(".interact-alone .interact-output")).to_contain_text("figure 7 4")
    for width in (900, 640, 320):
        player.page.locator("iframe").evaluate("(frame, width) => { frame.width = width; }", width)
        player.page.wait_for_function("""() => {
            const frame = document.querySelector("iframe");
            return Math.abs(frame.clientWidth - WIDTH) < 1 && Number(frame.height) !== 150;
        }""".replace("WIDTH", str(width)))
        inside = next(one for one in player.page.frames if "solo" in one.url)
        inside.wait_for_function("() => Math.abs(document.documentElement.scrollHeight - innerHeight) < 1 && "
                                 "Math.abs(document.querySelector('.interact-alone').getBoundingClientRect().bottom - innerHeight) <= 1")


@pytest.fixture
def shared(built, player):
    """An interactive that has been moved, with what a reader may take along."""
    player.open(built).loaded("figure")
    player.slide("figure", 7)
    player.expect("figure", "figure 7 4")
    player.figure("figure").get_by_role("button", name="Share").click()
    return player


def test_what_is_shared_opens_the_same_state(built, shared):
    """The address has this interactive alone; the frame's height is what it needs at the frame's width."""
    name, page = f"interact-{NUMBER['figure']}", shared.page
    shared.slide("other", 3)
    address, code = (shared.figure("figure").get_by_label(label) for label in ("Address of what", "HTML that shows"))
    assert address.input_value() == f"{(built / 'index.html').as_uri()}#{name}:k=7"
    inside = page.frame_locator(".interact-measure")
    sync_api.expect(inside.locator(".interact-alone .interact-output")).to_contain_text("figure 7 4")
    shared.slide("figure", 2)
    sync_api.expect(address).to_have_value(re.compile(":k=2$"))
    (frame,) = [one for one in page.frames if "solo" in one.url]
    height = frame.evaluate("Math.ceil(document.querySelector('.interact-alone').getBoundingClientRect().bottom)")
    sync_api.expect(code).to_have_value(re.compile(rf'\?solo={name}#{name}:k=2" title="Test" width="\d+" height="{height}" '))
    address.press("Escape")
    sync_api.expect(shared.figure("figure").get_by_role("button", name="Share")).to_be_focused()
    assert not page.locator("textarea, iframe").count()


def test_copying_says_so_and_selects_where_it_may_not_copy(shared):
    figure = shared.figure("figure")
    shared.page.evaluate("() => { Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false; }")
    copy = figure.locator(".interact-panel button").first
    copy.click()
    sync_api.expect(copy).to_have_text("Selected: copy with Ctrl+C")
    assert shared.page.evaluate("() => { const { activeElement: text } = document; return text.value.slice(text.selectionStart, text.selectionEnd); }") == (
        figure.locator("textarea").first.input_value()
    )


@pytest.mark.parametrize("name", ["figure", "pixels"])
def test_a_picture_is_saved_whole(built, player, name):
    """As a file that shows without the page: on paper, with no colour that only the page knows."""
    player.open(built).loaded(name)
    player.slide(name, 7)
    figure = player.figure(name)
    figure.get_by_role("button", name="Share").click()
    with player.page.expect_download() as saved:
        figure.get_by_role("button", name="Save the picture").click()
    path = saved.value.path()
    assert saved.value.suggested_filename == f"index-interact-{NUMBER[name]}.{'svg' if name == 'figure' else 'png'}"
    if name == "pixels":
        assert path.read_bytes().startswith(b"\x89PNG")
        return
    text = path.read_text()
    assert "var(" not in text and "<rect" in text and text.startswith("<svg xmlns=")
    player.page.set_content(f'<img src="data:image/svg+xml,{quote(text)}">')
    player.page.wait_for_function("() => document.querySelector('img').naturalWidth > 100")


def test_what_is_private_is_not_shared(built, player):
    player.open(built).loaded("unanswered")
    figure = player.figure("unanswered")
    figure.locator("input").evaluate_all("all => { for (const input of all) input.dataset.private = ''; }")
    figure.locator("input").last.check()
    player.expect("unanswered", "answer: no")
    figure.get_by_role("button", name="Share").click()
    texts = [text.input_value() for text in figure.locator("textarea").all()]
    assert len(texts) == 2 and not any("answer" in text for text in texts)


def test_interactives_are_named_groups(built, player):
    player.open(built)
    assert player.page.get_by_role("group", name="Test", exact=True).count() == len(CELLS)


@pytest.mark.parametrize("solo", ["interact-99", "test", "", "%", "<b>"])
def test_one_that_is_not_there_leaves_the_page(built, player, solo):
    player.open(built, f"?solo={solo}").loaded("three")
    player.slide("three", 3)
    player.expect("three", "three 3 p True")
    assert player.page.locator("section h1").is_visible()


FRAMES = """(figure) => {
  const output = figure.querySelector(".interact-output");
  window.frames_shown = [];
  new MutationObserver(() => window.frames_shown.push(output.textContent.trim())).observe(output, {childList: true});
}"""


def test_play_shows_every_frame_and_stops_at_the_end(slow):
    figure = slow.loaded("play")
    figure.evaluate(FRAMES)
    button = figure.locator("[data-play]")
    slow.page.clock.run_for(60)  # nothing moves by itself
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    slow.page.clock.run_for(4 * 60 - 1)
    assert button.get_attribute("aria-pressed") == "true"
    slow.page.clock.run_for(1000)
    assert button.get_attribute("aria-pressed") == "false"
    assert slow.page.evaluate("window.frames_shown") == [f"time {t}" for t in (1, 2, 3, 4)]
    button.click()  # from the end: once more, the beginning included
    slow.page.clock.run_for(1000)
    assert button.get_attribute("aria-pressed") == "false"
    assert slow.page.evaluate("window.frames_shown") == [f"time {t}" for t in (1, 2, 3, 4, 0, 1, 2, 3, 4)]


def test_play_can_be_stopped(slow):
    button = slow.loaded("other").locator("[data-play]")
    button.click()
    slow.page.clock.run_for(450)
    assert slow.text("other") == "other 6"
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    slow.page.clock.run_for(5000)
    assert slow.text("other") == "other 6"


def test_what_is_printed_is_read_out_once_the_slider_rests(slow):
    figure = slow.loaded("other")
    live = figure.locator("[aria-live=polite]")
    for value in (5, 6):
        slow.slide("other", value)
        slow.page.clock.run_for(600)
        assert live.inner_text() == ""
    slow.page.clock.run_for(200)
    assert live.inner_text() == "other 6"
    assert figure.locator("output").get_attribute("aria-live") == "off"  # the slider says its value itself


@pytest.fixture
def held(player, server):
    """A page, and the requests for recordings, which go on when a test says so."""
    requests = []
    player.page.route("**/_static/interact/**", lambda route: requests.append(route))
    player.open(server, f"#interact-{NUMBER['three']}:a=4&b=q")
    return player, requests


def test_the_reader_may_be_faster_than_the_recording(held):
    player, requests = held
    figure = player.seen("three")
    assert figure.locator("output").inner_text() == "4" and figure.locator("select").input_value() == "1"
    player.slide("three", 5)
    assert figure.locator("output").inner_text() == "5"
    assert figure.locator("input[type=range]").get_attribute("aria-valuetext") == "5"
    player.becomes(f"#interact-{NUMBER['three']}:a=5&b=q")
    figure.locator(".interact-reset").click()
    assert figure.locator("output").inner_text() == "2" and figure.locator("select").input_value() == "0"
    player.slide("three", 3)
    assert player.text("three") == "three 2 p True"
    for request in requests:
        request.continue_()
    player.expect("three", "three 3 p True")


def test_play_waits_for_the_recording(timed, server):
    player, requests = timed, []
    player.page.route("**/_static/interact/**", lambda route: requests.append(route))
    player.open(server).stand()
    figure = player.seen("play")
    figure.evaluate(FRAMES)
    figure.locator("[data-play]").click()
    player.page.clock.run_for(1000)
    assert figure.locator("input").input_value() == "0"
    for request in requests:
        request.continue_()
    player.loaded("play")
    player.page.clock.run_for(1000)
    assert player.page.evaluate("window.frames_shown") == [f"time {t}" for t in (1, 2, 3, 4)]


def test_play_stops_if_the_recording_cannot_come(held):
    player, requests = held
    figure = player.seen("play")
    figure.locator("[data-play]").click()
    assert figure.locator("[data-play]").get_attribute("aria-pressed") == "true"
    for request in requests:
        request.abort()
    sync_api.expect(figure.locator(".interact-notice[role=status]")).to_be_visible()
    assert figure.locator("[data-play]").get_attribute("aria-pressed") == "false"


def test_nothing_chosen_is_a_state(built, player):
    figure = player.open(built).loaded("unanswered")
    assert player.text("unanswered") == "answer: None" and figure.locator("input:checked").count() == 0
    figure.get_by_label("no", exact=True).check()
    player.expect("unanswered", "answer: no")
    figure.locator(".interact-reset").click()
    player.expect("unanswered", "answer: None")
    assert figure.locator("input:checked").count() == 0


def test_the_keyboard_is_enough(built, player):
    figure = player.open(built).loaded("three")
    figure.locator("input[type=range]").focus()
    player.page.keyboard.press("ArrowRight")
    player.expect("three", "three 3 p True")
    player.page.keyboard.press("End")
    player.expect("three", "three 5 p True")
    player.page.keyboard.press("Tab")  # the play button
    player.page.keyboard.press("Tab")
    player.page.keyboard.press("ArrowDown")
    player.expect("three", "three 5 q True")
    player.page.keyboard.press("Tab")
    player.page.keyboard.press("Space")
    player.expect("three", "three 5 q False")
    player.page.keyboard.press("Tab")
    player.page.keyboard.press("Enter")
    player.expect("three", "three 2 p True")
    player.loaded("unanswered").locator("input").first.focus()
    player.page.keyboard.press("ArrowDown")
    player.expect("unanswered", "answer: no")


def test_a_slider_may_wait_until_it_is_released(built, player):
    figure = player.open(built).loaded("released")
    player.slide("released", 3)
    figure.evaluate("() => new Promise(requestAnimationFrame)")
    assert player.text("released") == "released 0" and figure.locator("output").inner_text() == "3"
    player.slide("released", 3, event="change")
    player.expect("released", "released 3")


def cut(text):
    return text[: len(text) // 2]


DAMAGES = {
    "missing": None,
    "empty": lambda text: "",
    "cut in half": cut,
    "a page of the server's": lambda text: "<!doctype html><title>Not found</title>",
    "of an older build": lambda text: re.sub(r'-\w+"', '-0123456789abcdef"', text, count=1),
    "of another interact": lambda text: text.replace(f"interact-{NUMBER['figure']}-", "interact-1-"),
    "without its outputs": lambda text: re.sub(r'\[.*\]', "[{}]", text, flags=re.DOTALL),
    "without a slot": lambda text: re.sub(r'"slots":\[\{', '"slots":[null,{', text),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_recording_leaves_the_still(site, player, damage):
    file = payload(site, "figure")
    if damage == "missing":
        file.unlink()
    else:
        text = file.read_text(encoding="utf-8")
        file.write_text(DAMAGES[damage](text), encoding="utf-8")
    figure = player.open(site).loaded("figure")
    player.ignored = True
    notice = figure.locator(".interact-notice[role=status]")
    sync_api.expect(notice).to_be_visible()
    assert "could not be loaded" in notice.inner_text()
    assert player.text("figure").endswith("figure 4 4") and figure.locator("svg").is_visible()
    assert figure.locator("input:enabled, select:enabled, button:enabled").count() == 0
    player.loaded("other")
    player.slide("other", 2)
    player.expect("other", "other 2")  # the others work


def test_a_content_security_policy_holds(server, player):
    player.page.add_init_script(
        "window.violations = []; document.addEventListener('securitypolicyviolation', "
        "(event) => window.violations.push([event.violatedDirective, event.blockedURI, event.sourceFile]))"
    )
    player.open(server)
    for name, value, text in [("figure", 7, "figure 7 4"), ("rich", 3, "x^{3}"), ("other", 9, "other 9")]:
        player.loaded(name)
        player.slide(name, value)
        player.expect(name, text)
    violations = player.page.evaluate("window.violations")
    inline = player.page.evaluate("[...document.scripts].filter((s) => !s.src).map((s) => s.textContent)")
    # The theme's inline scripts and MathJax, which comes from elsewhere, are not the player's business.
    assert not any("interactReplay" in script or "data-interact" in script for script in inline)
    assert [v for v in violations if "mathjax" not in v[1] and v[:2] != ["script-src-elem", "inline"]] == []
    assert sum(v[1] == "inline" for v in violations) == len(inline)


def test_without_javascript_the_still_stands(built, still):
    page = still.new_page()
    page.goto((built / "index.html").as_uri())
    figure = page.locator(f"#interact-{NUMBER['figure']}")
    assert figure.locator("svg").is_visible() and "figure 4 4" in figure.inner_text()
    assert "needs JavaScript" in figure.inner_text() and figure.locator("input:enabled").count() == 0


def test_every_control_has_a_name(built, player):
    player.open(built)
    for name in CELLS:
        figure = player.figure(name)
        for control in figure.locator(":is(input, select, button):not(.theirs)").all():
            label = control.evaluate(
                "e => e.getAttribute('aria-label') || [...(e.labels ?? [])].map(l => l.textContent).join('') || e.textContent"
            )
            assert label.strip(": "), (name, control.evaluate("e => e.outerHTML"))


def test_browsers_do_not_remember_controls(built, player):
    """What they would restore does not fit the picture."""
    player.open(built)
    assert player.page.locator(".interact-control :is(input, select):not([autocomplete=off])").count() == 0


def test_the_section_stays_in_the_address(built, player):
    state = f"interact-{NUMBER['other']}:a=7"
    player.open(built, "#below").loaded("other")
    player.slide("other", 7)
    player.becomes(f"#below;{state}")
    player.open("about:blank").open(built, f"#below;{state}")
    sync_api.expect(player.page.get_by_role("heading", name="Below")).to_be_in_viewport()  # as without the state
    player.loaded("other")
    player.expect("other", "other 7")
    player.figure("other").locator(".interact-reset").click()
    player.becomes("#below")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("x=0.12", "0.12 0 1"),
        ("x=.12&n=-5", "0.12 -5 1"),
        ("x=-1.2e-1&n=%E2%88%925", "-0.12 -5 1"),
        ("x=0.120&o=1.0", "0.12 0 1.0"),  # the text of an option comes before its number
        ("o=1.00", "0.2 0 1"),
        ("X=0,12&N=%E2%80%935", "0.12 -5 1"),  # a comma, a dash
        ("How+many:=-5&d%C3%A9cimal=0.12&O=ONE", "0.12 -5 one"),  # labels, without accents, whatever the case
    ],
)
def test_values_typed_by_hand(built, player, typed, shown):
    player.open(built, f"#interact-{NUMBER['typed']}:{typed}").loaded("typed")
    sync_api.expect(player.output("typed")).to_have_text(f"typed {shown}")
    assert player.figure("typed").locator(".interact-notice[role]").is_hidden()


def test_what_an_address_asks_for_in_vain_is_said(built, player):
    """Until the reader moves something."""
    player.open(built, f"#interact-{NUMBER['typed']}:x=0.13&n=&o=%20&colour=red").loaded("typed")
    sync_api.expect(player.output("typed")).to_have_text("typed 0.2 0 1")
    notice = player.figure("typed").locator(".interact-notice[role]")
    sync_api.expect(notice).to_have_text("This interactive does not have what the address asks for: x=0.13, n=, o= , colour=red")
    player.slide("typed", 2, control=1)
    sync_api.expect(notice).to_be_hidden()


def test_an_address_opens_where_something_was_moved_last(built, player):
    names = [f"interact-{NUMBER[name]}" for name in ("three", "other", "labels")]
    player.open(built, f"#{names[0]}:a=4;{names[1]}:a=7;{names[2]}:x=2")
    sync_api.expect(player.page.locator(f"#{names[2]}")).to_be_in_viewport()
    sync_api.expect(player.page.locator(f"#{names[0]}")).not_to_be_in_viewport()


def test_negative_numbers_in_the_address_are_easy_to_read(built, player):
    player.open(built).loaded("typed")
    player.slide("typed", 2, control=1)
    player.expect("typed", "typed 0.2 -3 1")
    player.becomes(f"#interact-{NUMBER['typed']}:n=-3")


def test_controls_inside_an_output_are_not_the_players(site, player):
    figure = player.open(site).loaded("theirs")
    player.slide("theirs", 3)
    player.expect("theirs", "3")
    figure.locator("button.theirs").click()
    assert figure.locator(".interact-control input").input_value() == "3"
    payload(site, "theirs").unlink()
    figure = player.open("about:blank").open(site).loaded("theirs")
    player.ignored = True
    sync_api.expect(figure.locator(".interact-notice[role=status]")).to_be_visible()
    assert figure.locator(".theirs:enabled").count() == 2


@pytest.mark.parametrize(("builder", "name"), [*(("html", name) for name in ODD), ("dirhtml", "a/b")])
def test_every_document_has_its_own_recordings(sites, player, builder, name):
    player.open((sites / builder / (f"{name}.html" if builder == "html" else f"{name}/index.html")).as_uri())
    figure = player.page.locator("#interact-1")
    figure.locator("input").press("End")
    sync_api.expect(figure.locator(".interact-output")).to_have_text(f"{name} 3")


def test_formulas_beside_controls_are_set_as_those_of_the_page(built, player):
    """In lists and readouts, which hold no more than text, there are signs."""
    figure = player.open(built).loaded("formulas")
    assert figure.locator("legend .math").inner_text() == r"\(\alpha\)" and figure.locator("legend").inner_text().endswith(" rays")
    assert figure.locator("label .math").all_inner_texts() == [r"\(x^2\)", r"\(a<b\)"]
    assert figure.get_by_label("from $5 to $10").count() == 1
    assert figure.locator("option").all_inner_texts() == ["sin(β)", "$5"]
    assert figure.locator("output").inner_text() == "γ_1"
    figure.locator("input[type=range]").press("End")
    assert figure.locator("output").inner_text() == "ω"
    player.becomes(f"#interact-{NUMBER['formulas']}:s=%CF%89")
    assert not figure.locator("[aria-label*='$']").count()


def test_labels_and_titles_beside_controls(built, player):
    figure = player.open(built).loaded("labels")
    assert figure.get_by_role("tab").all_inner_texts() == ["Controls & more", "2"]
    assert figure.locator(".interact-label").all_inner_texts() == [r"set: \(\delta\)", r"too: \(\zeta\)", "$raw$"]
    assert figure.locator(".interact-label i .math").count() == 1
    player.slide("labels", 2)
    player.expect("labels", "labels 2")


def test_two_thumbs_choose_an_interval(built, player):
    figure = player.open(built).loaded("ends")
    low, high = figure.get_by_label("from", exact=True), figure.get_by_label("to", exact=True)
    high.press("End")
    player.expect("ends", "ends 0.5 2.0")
    low.press("Home")
    player.expect("ends", "ends 0.0 2.0")
    assert figure.locator("output").inner_text() == "0.00 \N{EN DASH} 2.00" and high.get_attribute("aria-valuetext") == "2.00"
    low.press("End")
    player.expect("ends", "ends 2.0 2.0")
    high.press("Home")  # the thumb that is moved takes the other along
    player.expect("ends", "ends 0.0 0.0")
    assert low.input_value() == high.input_value() == "0"
    figure.locator(".interact-reset").click()
    player.expect("ends", "ends 0.5 1.0")
    assert (low.input_value(), high.input_value()) == ("1", "2")


def test_every_interval_is_the_recorded_one(built, player):
    figure = player.open(built).loaded("ends")
    low, high = figure.locator("input[type=range]").all()
    for i in range(5):
        for j in range(i, 5):
            for thumb, value in ((low, 0), (high, j), (low, i)):
                thumb.evaluate("(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", value)
            player.expect("ends", f"ends {i / 2} {j / 2}")


def test_boxes_choose_a_subset(built, player):
    figure = player.open(built).loaded("boxes")
    assert [figure.get_by_label(name, exact=True).is_checked() for name in "pqr"] == [False, True, False]
    figure.get_by_label("r", exact=True).check()
    player.expect("boxes", "boxes q r")
    figure.get_by_label("q", exact=True).uncheck()
    figure.get_by_label("p", exact=True).check()
    player.expect("boxes", "boxes p r")
    player.page.wait_for_function("location.hash.includes('s=')")
    found = player.hash()
    player.open("about:blank").open(built, found).loaded("boxes")
    player.expect("boxes", "boxes p r")


def test_a_number_box_is_marked_only_while_the_reader_is_in_it(built, player):
    """Tab twice within a frame: the first box must not call the reader back."""
    figure = player.open(built).loaded("typing")
    box = figure.locator("input[type=number]")
    frames = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    box.evaluate("(box) => { box.focus(); document.activeElement.blur(); }")
    figure.page.evaluate(frames)
    assert not box.evaluate("(box) => box.matches(':focus')")
    box.focus()
    figure.page.evaluate(frames)
    figure.page.keyboard.type("2")
    assert box.input_value() == "2"


def test_a_typed_number_goes_to_the_nearest_recorded_one_and_says_so(built, player):
    figure = player.open(built).loaded("typing")
    box = figure.locator("input[type=number]")
    nearest = "the nearest value there is"
    for typed, found, says in (("2.3", "2.3", ""), ("2.34", "2.3", nearest), ("99", "3", nearest), ("-1", "-1", ""), ("", "-1", "")):
        box.fill(typed)
        box.press("Enter")
        sync_api.expect(box).to_have_value(found)
        player.expect("typing", f"typing {float(found)} kept")
        assert figure.locator("output").inner_text() == says
    assert figure.locator("input[type=text]").is_disabled() and figure.locator("input[type=text]").input_value() == "kept"
