"""JupyterLab shows a notebook that was executed in the recording kernel, with no kernel there is: alive once it is trusted."""

import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient
from programs import jupyter_homes, jupyterlab

sync_api = pytest.importorskip("playwright.sync_api")
pytest.importorskip("jupyterlab")
expect = sync_api.expect

CELLS = (
    "import matplotlib.pyplot as plt\nfrom ipywidgets import interact\n%config InlineBackend.figure_formats = ['svg']",
    "@interact(k=(0, 4))\ndef figure(k):\n    plt.plot([k, 1])\n    plt.show()\n    print('figure', k)",
)


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """Nobody's settings, and nobody's list of trusted notebooks."""
    return jupyter_homes(tmp_path_factory.mktemp("homes"))


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory, homes):
    """The folder of two notebooks that say the same, of which `jupyter trust` knows one."""
    folder = tmp_path_factory.mktemp("notebooks")
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(made, kernel_name="interact-replay", timeout=None, resources={"metadata": {"path": str(folder)}}).execute()
    for name in ("trusted", "untrusted"):
        # The list knows a notebook by all that it holds.
        made.metadata["title"] = name
        (folder / f"{name}.ipynb").write_text(nbformat.writes(made), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "jupyter", "trust", "trusted.ipynb"], cwd=folder, env=homes, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def lab(notebooks, homes):
    """The address of a JupyterLab that has no kernels."""
    with jupyterlab(notebooks, homes, "--KernelSpecManager.allowed_kernelspecs=none") as address:
        yield address


@pytest.fixture
def show(lab, context):
    """Opens a notebook, and chooses no kernel; returns the interactive."""
    page = context.new_page()

    def open_it(name):
        page.goto(f"{lab}lab/tree/{name}.ipynb?reset")
        dialog = page.locator(".jp-Dialog")
        dialog.locator(".jp-mod-accept").click()
        expect(dialog).to_have_count(0)
        box = page.locator(".jp-RenderedHTML .interact-piece")
        expect(box).to_have_count(1)
        return box

    yield open_it
    page.close()


def test_a_trusted_notebook_is_alive(show):
    box = show("trusted")
    output, slider = box.locator("[data-output]"), box.locator("input[type=range]")
    expect(output.locator("svg")).to_be_visible()
    picture = output.locator("svg").inner_html()
    # In a notebook the arrows go from cell to cell, and letters are commands.
    for key, k in (("ArrowRight", 3), ("ArrowDown", 2), ("End", 4)):
        slider.press(key)
        expect(output).to_contain_text(f"figure {k}")
    slider.press("d")
    slider.press("d")
    expect(output).to_contain_text("figure 4")
    assert output.locator("svg").inner_html() != picture


def test_an_untrusted_one_shows_its_default_state(show):
    """As JupyterLab leaves it: without scripts, style, and SVG."""
    box = show("untrusted")
    expect(box.locator("pre")).to_have_text("figure 2")
    expect(box.locator("input")).to_be_disabled()
    expect(box.get_by_text("needs JavaScript")).to_be_visible()
