"""Recordings as HTML in one piece, in a Chromium: in pages of nbconvert, and pasted into others. And the command."""

import json
import os
import re
import sys

import nbformat
import pytest
from interact_replay import MIME_TYPE, OPTIONS_VARIABLE, __main__
from interact_replay.page.piece import module, piece, render
from interact_replay.recording import VERSION, encode
from nbclient import NotebookClient

sync_api = pytest.importorskip("playwright.sync_api")
nbconvert = pytest.importorskip("nbconvert")
expect = sync_api.expect

IMPORTS = (
    "import matplotlib.pyplot as plt, numpy as np, ipywidgets as w\nfrom ipywidgets import interact\n"
    "from IPython.display import display, Markdown, Math\n%config InlineBackend.figure_formats = ['svg']"
)
CELLS = {
    "text": "interact(lambda n, s: print('text', n, s), n=(0, 30), s=['p', '</script><!-- <script>']);",
    "figure": "@interact(k=(0, 3))\ndef f(k):\n    plt.plot([k, 1])\n    plt.show()\n    print('figure', k)",
    "rich": (
        "@interact(n=w.RadioButtons(options=[1, 2, 3], description=r'$\\alpha$ rays'))\ndef rich(n):\n"
        "    display(Markdown(f'**{n}** of $x_{n}<y$ for 5$ `a`\\n\\n| a | b |\\n|---|---|\\n| 1 | {n} |'), Math(rf'y^{n} < \\beta'))"
    ),
    "colours": "interact(lambda c: print(f'\\x1b[31m{c}<\\x1b[0m plain'), c=['red', 'crimson']);",
    "pixels": (
        "%config InlineBackend.figure_formats = ['png']\n@interact(k=(2, 5))\ndef g(k):\n"
        "    plt.figure(figsize=(2, 1.5))\n    plt.scatter(*np.random.default_rng(0).random((2, 20000)))\n    plt.title(f'state {k}')"
    ),
    "still": "@interact(name=w.Text('--kept--'))\ndef h(name):\n    plt.plot([1, 2])\n    plt.show()\n    print(name, '<b>')",
    "tabs": (
        "a = w.IntSlider(0, max=3, description='a')\nout = w.interactive_output(lambda a: print('tab', a), {'a': a})\n"
        "w.Tab([w.VBox([a]), out], titles=['one', 'two'])"
    ),
    "large": (
        "filling = [''.join(f'{(i * 7919 + k) * 2654435761 % 2**32:08x}' for k in range(4000)) for i in range(12)]\n"
        "interact(lambda i: print('large', i, filling[i]), i=(0, 11));"
    ),
    "early": (
        "u = w.ToggleButtons(options=['p', 'q'], description='pick')\n"
        "later = w.interactive_output(lambda u: print('late', u), {'u': u})\ndisplay(u)"
    ),
    "late": "display(later)",
}
PLAIN = '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>plain</title><body>'
# As JupyterLab does it: the parser runs no script of what is inserted later.
INSERT = """(html, where) => {
    where.innerHTML = html;
    for (const script of where.querySelectorAll("script")) {
      const live = document.createElement("script");
      for (const { name, value } of script.attributes) live.setAttribute(name, value);
      live.textContent = script.textContent;
      script.replaceWith(live);
    }
  }"""


def notebook(*sources):
    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
    made.cells = [nbformat.v4.new_markdown_cell("# Title\n\nA paragraph with `code`.")]
    made.cells += [nbformat.v4.new_code_cell(source, metadata={"slideshow": {"slide_type": "slide"}}) for source in sources]
    return made


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A notebook that plain nbclient, as nbconvert and papermill use it, has executed in the recording kernel."""
    made = notebook(IMPORTS, *CELLS.values())
    environment = {name: value for name, value in os.environ.items() if name != OPTIONS_VARIABLE}
    path = str(tmp_path_factory.mktemp("executed"))
    NotebookClient(made, kernel_name="interact-replay", timeout=None, resources={"metadata": {"path": path}}).execute(env=environment)
    return made


@pytest.fixture(scope="module")
def bundles(executed):
    """The displayed bundle of each cell, by its name."""
    cells = dict(zip(CELLS, executed.cells[2:]))
    assert not [output for cell in cells.values() for output in cell.outputs if output.output_type == "stream"]
    return {name: next(output.data for output in cell.outputs if MIME_TYPE in output.get("data", ())) for name, cell in cells.items()}


@pytest.fixture(scope="module")
def html(bundles):
    return {name: bundle["text/html"] for name, bundle in bundles.items()}


@pytest.fixture
def problems():
    return []


@pytest.fixture
def page(context, problems):
    opened = context.new_page()
    opened.on("pageerror", lambda error: problems.append(str(error)))
    # How often the player begins to run.
    opened.add_init_script(
        "window.defined = 0; const define = customElements.define;"
        "customElements.define = function (...what) { window.defined++; return define.apply(this, what); };"
    )
    yield opened
    opened.close()


@pytest.fixture
def show(page, tmp_path):
    """Opens HTML from disk."""

    def open_it(text):
        (tmp_path / "page.html").write_text(text, encoding="utf-8")
        page.goto((tmp_path / "page.html").as_uri(), wait_until="domcontentloaded")
        return page

    return open_it


def pasted(*pieces):
    return PLAIN + "<p>between</p>".join(pieces)


def move(box, value, kind="range"):
    slider = box.locator(f"input[type={kind}]").first
    slider.evaluate("(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", value)


def output(box):
    return box.locator("[data-output]").first


def exported(executed, kind):
    options = {"template_name": kind} if kind != "slides" else {}
    return nbconvert.get_exporter("slides" if kind == "slides" else "html")(**options).from_notebook_node(executed)[0]


@pytest.mark.parametrize("kind", ["lab", "classic", "slides"])
def test_in_pages_of_nbconvert(executed, show, html, kind):
    page = show(exported(executed, kind))
    boxes = page.locator("[data-interact]")
    assert boxes.count() == len(CELLS) - 2  # the still, and the controls that stand with a later output
    text, figure = boxes.nth(0), boxes.nth(1)
    if kind == "slides":
        assert page.locator("section section [data-interact]").count() == boxes.count()
    move(figure, 3)
    expect(output(figure)).to_contain_text("figure 3")
    assert output(figure).locator("svg path").count() > 5
    move(text, 7)
    text.locator("select").select_option(label="</script><!-- <script>")
    expect(output(text)).to_contain_text("text 7 </script><!-- <script>")
    move(boxes.nth(6), 1)
    assert page.evaluate("[window.defined, document.adoptedStyleSheets.length]") == [1, 1]
    box = boxes.nth(7)
    box.get_by_role("radio", name="q").check()
    expect(output(box)).to_contain_text("late q")


# In letters: pages have larger and smaller ones.
STYLES = """(boxes) => boxes.map((box) => ["label", "input", "output", "fieldset", "legend", "select", "button", "pre"].map((kind) => {
    const part = box.querySelector(kind);
    if (!part) return null;
    const style = getComputedStyle(part);
    const lengths = ["marginTop", "marginLeft", "paddingTop", "paddingLeft", "minHeight", "fontSize"];
    const { display, borderTopWidth, borderBottomWidth, fontWeight } = style;
    const size = parseFloat(getComputedStyle(box).fontSize);
    return [kind, display, borderTopWidth, borderBottomWidth, fontWeight, ...lengths.map((name) => ((parseFloat(style[name]) || 0) / size).toFixed(1))].join();
  }))"""


AROUND = """() => [...document.querySelectorAll("body *")].filter((one) => !one.closest(".interact-piece")).map((one) =>
    ["color", "fontSize", "fontFamily", "marginTop", "paddingLeft", "display", "backgroundColor", "borderTopWidth"]
      .map((name) => getComputedStyle(one)[name]).join())"""
BARE = (
    "<main><p>a <code>code</code></p><pre>text</pre><label>l</label><input><input type=range><output>o</output><select></select>"
    "<fieldset><legend>g</legend></fieldset><button>b</button><div role=tablist><p role=tab>t</p></div><svg></svg></main>"
)


@pytest.mark.parametrize("kind", ["lab", "classic"])
def test_styles_leave_each_other_alone(executed, html, show, kind):
    page = show(exported(executed, kind))
    inside = page.locator("[data-interact]").evaluate_all(STYLES)
    alone = show(pasted(BARE, *(html[name] for name in CELLS if "data-interact" in html[name])))
    assert inside == alone.locator("[data-interact]").evaluate_all(STYLES)
    before = alone.evaluate(AROUND)
    alone.evaluate("document.adoptedStyleSheets = []")
    assert alone.evaluate(AROUND) == before


def test_pasted_into_a_page(show, html, problems):
    """Twice the same, one that comes later, one in a shadow tree: each is played by itself, by one player."""
    page = show(pasted(html["text"], html["rich"], html["text"], html["rich"]) + "<div id=later></div><div id=host></div>")
    page.evaluate(f"(html) => ({INSERT})(html, document.getElementById('later'))", html["tabs"])
    page.evaluate(f"(html) => ({INSERT})(html, document.getElementById('host').attachShadow({{mode: 'open'}}))", html["tabs"])
    boxes = page.locator("[data-interact]")
    assert boxes.count() == 6
    move(boxes.nth(0), 3)
    move(boxes.nth(2), 4)
    expect(output(boxes.nth(0))).to_contain_text("text 3 p")
    expect(output(boxes.nth(2))).to_contain_text("text 4 p")
    # Radio buttons of the same name would take the choice from each other, and labels would choose in the first copy.
    boxes.nth(3).get_by_text("3", exact=True).first.click()
    expect(output(boxes.nth(3))).to_contain_text("3 of")
    boxes.nth(1).get_by_text("2", exact=True).first.click()
    expect(output(boxes.nth(1))).to_contain_text("2 of")
    assert boxes.nth(3).locator("input:checked").get_attribute("value") == "2"
    for box in (boxes.nth(4), boxes.nth(5)):
        move(box, 2)
        box.get_by_role("tab", name="two").click()
        expect(output(box)).to_be_visible()
        expect(output(box)).to_have_text("tab 2")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((part) => part.id)")
    assert len(ids) == len(set(ids))
    sheets = "[document, document.getElementById('host').shadowRoot].map((root) => root.adoptedStyleSheets.length)"
    assert page.evaluate(sheets) == [1, 1] and page.evaluate("window.defined") == 1
    assert boxes.nth(5).evaluate("(box) => getComputedStyle(box).borderTopStyle") == "solid"
    assert not problems


# As mystmd's theme renders the directive `{anywidget}`; it calls the function that it gets when the reader leaves the page.
WIDGET = """async (source) => {
    const { default: widget } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    const el = document.createElement("div");
    document.getElementById("host").attachShadow({ mode: "open" }).replaceChildren(el);
    window.leave = await widget.render({ model: { get: () => undefined }, el });
  }"""


def test_as_a_widget_of_mystmd(show, html, problems):
    page = show(PLAIN + "<div id=host></div>")
    page.evaluate(WIDGET, module(html["figure"]))
    box = page.locator("#host [data-interact]")
    move(box, 3)
    expect(output(box)).to_contain_text("figure 3")
    assert box.evaluate("(box) => getComputedStyle(box).borderTopStyle") == "solid"
    page.evaluate("leave()")
    expect(box).to_have_count(0)
    assert not problems


def test_taken_away_and_put_back(show, html, problems):
    page = show(pasted(html["text"]))
    figure = page.locator("[data-interact]")
    move(figure, 5)
    expect(output(figure)).to_contain_text("text 5")
    name = figure.get_attribute("id")
    page.evaluate("window.box = document.querySelector('.interact-piece'); box.remove()")
    page.evaluate("document.body.append(box)")
    expect(output(figure)).to_contain_text("text 5")
    move(figure, 6)
    expect(output(figure)).to_contain_text("text 6")
    assert figure.get_attribute("id") == name and figure.locator(".interact-live").count() == 1
    assert not problems


def test_keys_are_the_controls_own(show, html):
    """Slides go on with the arrows and the space bar, notebooks have letters."""
    page = show(pasted(html["text"]))
    page.evaluate("window.keys = []; document.addEventListener('keydown', ({key}) => keys.push(key))")
    slider = page.locator("input[type=range]").first
    for key in ("ArrowRight", "Escape"):
        slider.press(key)
    expect(output(page)).to_contain_text("text 16")
    assert page.evaluate("window.keys") == ["Escape"]


def test_the_address_says_the_state(show, html, page):
    show(pasted(html["text"], html["figure"]))
    box = page.locator("[data-interact]").nth(0)
    move(box, 9)
    name = box.get_attribute("id")
    page.wait_for_function("(hash) => location.hash === hash", arg=f"#{name}:n=9")
    page.evaluate("(hash) => { location.hash = hash; }", f"#{name}:n=2")
    expect(output(box)).to_contain_text("text 2")
    page.goto(page.url.replace("#", f"?solo={name}#"), wait_until="domcontentloaded")
    expect(output(box)).to_contain_text("text 2")
    expect(page.locator("[data-interact]").nth(1)).to_be_hidden()


def test_the_address_of_a_slide_stays(show, html, page):
    show(pasted(html["text"]))
    page.clock.install()
    page.evaluate("location.hash = '#/2'")
    move(page.locator("[data-interact]"), 9)
    page.clock.run_for(10_000)
    assert page.evaluate("location.hash") == "#/2"


def test_without_javascript_the_default_state_stands(still, executed, tmp_path):
    (tmp_path / "page.html").write_text(exported(executed, "lab"), encoding="utf-8")
    page = still.new_page()
    page.goto((tmp_path / "page.html").as_uri(), wait_until="domcontentloaded")
    box = page.locator("[data-interact]").nth(1)
    expect(output(box)).to_contain_text("figure 1")
    expect(output(box).locator("svg").first).to_be_visible()
    expect(box.locator("noscript p")).to_be_visible()
    expect(box.locator("input").first).to_be_disabled()


MATHS = {
    "MathJax 2": "window.MathJax = {Hub: {Queue: ([what, , element]) => done(element)}};",
    "MathJax 3": "window.MathJax = {typesetPromise: async ([element]) => done(element)};",
    "KaTeX": "window.renderMathInElement = done;",
}


@pytest.mark.parametrize("library", MATHS)
def test_markdown_and_formulas(show, html, page, library):
    page.add_init_script("window.set = []; window.done = (element) => set.push(element.textContent);" + MATHS[library])
    show(pasted(html["rich"]))
    box = page.locator("[data-interact]")
    assert box.locator("legend .math").text_content() == r"\(\alpha\)"
    box.get_by_text("3", exact=True).first.click()
    expect(output(box).locator("strong")).to_have_text("3")
    assert output(box).locator("td").all_inner_texts() == ["1", "3"]
    assert output(box).locator(".math").all_text_contents()[0] == r"\(x_3<y\)"
    assert "for 5$ a" in output(box).inner_text()
    assert r"\(\displaystyle y^3 < \beta\)" in page.evaluate("set.at(-1)")


def test_colours(show, html):
    box = show(pasted(html["colours"])).locator("[data-interact]")
    box.locator("select").select_option("crimson")
    red = output(box).locator("span")
    expect(red).to_have_text("crimson<")
    channels = [int(n) for n in re.findall(r"\d+", red.evaluate("(part) => getComputedStyle(part).color"))]
    assert channels[0] > 2 * max(channels[1:])


def test_without_nbconvert_coloured_text_is_plain(monkeypatch):
    monkeypatch.setitem(sys.modules, "nbconvert.filters.ansi", None)
    assert render("text/plain", "\x1b[31mred<\x1b[0m plain\n") == '<pre class="interact-text">red&lt; plain</pre>'


def test_pictures_of_pixels(show, html, bundles):
    (chunk,) = bundles["pixels"][MIME_TYPE]["outputs"][0]["chunks"]
    assert all(url.startswith("data:image/webp;base64,") for url in chunk["pictures"])
    box = show(pasted(html["pixels"])).locator("[data-interact]")
    expect(output(box).locator("img")).to_be_visible()
    move(box, 5)
    drawn = "(canvas) => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size"
    assert output(box).locator("canvas").evaluate(drawn) > 10


def test_a_large_one(show, html, bundles):
    (found,) = bundles["large"][MIME_TYPE]["outputs"]
    assert len(found["chunks"]) > 1
    box = show(pasted(html["large"])).locator("[data-interact]")
    for i in (11, 0, 6):
        move(box, i)
        expect(output(box)).to_contain_text(f"large {i} ")


def test_a_damaged_one(show, html):
    page = show(pasted(html["text"].replace('"slots":[', '"slots":[,'), html["figure"]))
    damaged, whole = page.locator("[data-interact]").all()
    move(damaged, 3)
    expect(damaged.locator(".interact-notice[role]")).to_contain_text("could not be loaded")
    expect(output(damaged)).to_contain_text("text 15")
    move(whole, 3)
    expect(output(whole)).to_contain_text("figure 3")


def test_a_still(show, html):
    page = show(pasted(html["still"]))
    assert re.match(r"<!-- this interact is shown as a still: [^>]*-->", html["still"])
    assert "<script" not in html["still"] and page.locator("[data-interact]").count() == 0
    expect(page.locator("svg, img").first).to_be_visible()
    expect(page.locator("pre")).to_have_text("--kept-- <b>")


def test_controls_stand_with_the_output_that_they_drive(html):
    assert html["early"].startswith("<!--") and "<div" not in html["early"] and "<span>q</span>" in html["late"]


def test_under_sphinx_there_is_the_private_type_alone(open_kernel, bundles):
    kernel = open_kernel()
    for name in ("text", "still"):
        kernel.run(f"{IMPORTS}\n{CELLS[name]}")
        assert sorted(kernel.outputs[-1]["data"]) == ["application/vnd.interact-replay+json", "text/plain"]
        again, before = kernel.recordings[-1], bundles[name][MIME_TYPE]
        assert again == json.loads(json.dumps(before)) or name == "still"


def recorded(text):
    control = {"kind": "range", "name": "a", "description": "a", "labels": ["0", "1"], "default": 0, "continuous": True}
    found = {"controls": [0], "length": 2, "chunks": [encode([[f"{text} 0"], [f"{text} 1"]]) | {"rich": []}]}
    layout = {"box": "column", "children": [{"control": 0}, {"output": 0}]}
    return {"version": VERSION, "number": 1, "controls": [control], "layout": layout, "outputs": [found], "still": [], "messages": []}


def test_scripts_of_a_state_do_not_end_the_recording(show):
    html = piece(recorded("<!-- <script> --><script>window.said = 'yes';</script>said"))
    box = show(pasted(html)).locator("[data-interact]")
    box.page.evaluate("window.said = 'no'")
    move(box, 1)
    expect(output(box)).to_contain_text("said 1")
    box.page.wait_for_function("window.said === 'yes'")


def test_first_interacts_of_two_notebooks_have_two_names():
    one, two = (re.search(r' id="([\w-]+)"', piece(recorded(text)))[1] for text in ("one", "two"))
    assert one != two


@pytest.fixture
def command(tmp_path, capfd):
    """Runs the command on a notebook of these cells; returns its status, what it says, and the files that there are then."""

    def run(*sources, arguments=(), text=None):
        file = tmp_path / "note.ipynb"
        file.write_text(nbformat.writes(notebook(*sources)) if text is None else text, encoding="utf-8")
        status = __main__.main([str(file), *arguments])
        told = capfd.readouterr().err
        return status, told, sorted(path.name for path in tmp_path.iterdir())

    return run


def test_the_command(command, page, tmp_path, html):
    name = "\N{GREEK SMALL LETTER ALPHA}.html"
    status, told, files = command(
        IMPORTS, CELLS["figure"], CELLS["text"], arguments=["--thin", "5", "--output", str(tmp_path / name)]
    )
    assert status == 0, told
    assert files == ["note.ipynb", name]
    assert "cell 3 of 3" in told and "recorded with n: 5 of 31 values" in told
    page.goto((tmp_path / name).as_uri(), wait_until="domcontentloaded")
    expect(page).to_have_title("note")
    figure, text = page.locator("[data-interact]").all()
    assert text.locator("input[type=range]").get_attribute("max") == "4"
    move(figure, 0)
    expect(output(figure)).to_contain_text("figure 0")
    # The same interact in another notebook: where both come together on a page, a figure's parts are its own.
    ids = page.locator("svg [id]").evaluate_all("(parts) => parts.map((part) => part.id)")
    assert ids and not [one for one in ids if one in html["figure"]]


def test_the_command_writes_slides(command, tmp_path):
    status, told, files = command("import ipywidgets\nipywidgets.interact(lambda n: print(n), n=(0, 3));", arguments=["--to", "slides"])
    assert status == 0, told
    assert files == ["note.ipynb", "note.slides.html"]
    assert re.search(r"<section>.*<interact-replay-", (tmp_path / "note.slides.html").read_text(encoding="utf-8"), re.DOTALL)


def test_the_command_writes_modules(command, show, tmp_path):
    """One for each interact that has something to show."""
    cells = [CELLS[name] for name in ("text", "early", "late")]
    status, told, files = command(IMPORTS, *cells, arguments=["--to", "anywidget"])
    assert status == 0, told
    assert files == ["note-1.mjs", "note-2.mjs", "note.ipynb"] and "note-2.mjs: 0.1 MB" in told
    page = show(PLAIN + "<div id=host></div>")
    page.evaluate(WIDGET, (tmp_path / "note-2.mjs").read_text(encoding="utf-8"))
    page.get_by_role("radio", name="q").check()
    expect(output(page)).to_contain_text("late q")


def test_no_module_without_an_interact(command):
    status, told, files = command("1", arguments=["--to", "anywidget"])
    assert status == 1 and "has no interact" in told and files == ["note.ipynb"]


def test_a_cell_that_fails(command):
    status, told, files = command("x = 0", "1 / x\n")
    assert status == 1 and files == ["note.ipynb"]
    assert "cell 2 of 2 failed" in told and "1 / x" in told and "ZeroDivisionError: division by zero" in told and "\x1b" not in told


WRONG = {
    "hello": "is not a notebook: Notebook does not appear to be JSON",
    '{"a": 1}': "is not a notebook",
    nbformat.writes(nbformat.v4.new_notebook(metadata={"kernelspec": {"display_name": "R", "language": "R", "name": "ir"}})): "is for R",
}


@pytest.mark.parametrize("text", WRONG, ids=["text", "JSON", "R"])
def test_what_is_no_notebook_for_python(command, text):
    status, told, files = command(text=text)
    assert status == 1 and WRONG[text] in told and files == ["note.ipynb"]


def test_a_file_that_is_not_there(capsys, tmp_path):
    assert __main__.main([str(tmp_path / "none.ipynb")]) == 1
    assert "none.ipynb: No such file" in capsys.readouterr().err


def test_an_option_that_makes_no_sense(command):
    status, told, _ = command("1", arguments=["--max-states", "0"])
    assert status == 1 and "--max-states is 0: it must be a whole number, at least 1" in told


def test_without_nbconvert(command, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbconvert", None)
    status, told, files = command("1")
    assert status == 1 and 'pip install "interact-replay[html]"' in told and files == ["note.ipynb"]


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(__main__.Failure, match="folder.html: Is a directory"):
        __main__._keep(tmp_path / "folder.html", "page")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]
