"""The documentation's pages: they are built without a warning, and every control on them moves."""

import importlib.util
import shutil
from pathlib import Path

import pytest
from sphinx_command import sphinx

sync_api = pytest.importorskip("playwright.sync_api")
ROOT = Path(__file__).resolve().parents[1]

pytestmark = [
    pytest.mark.lento,
    pytest.mark.skipif(not importlib.util.find_spec("sphinx_book_theme"), reason="its pages are of sphinx-book-theme"),
]
# Every input that a reader can move, once, to another value; returns those that change nothing.
MOVE = """
async (figure) => {
  const still = [];
  const shown = () => location.hash + [...figure.querySelectorAll(".interact-output")].map((output) => output.innerHTML).join();
  for (const input of figure.querySelectorAll("[data-control]:not([type=radio]:checked)")) {
    const before = shown();
    if (["radio", "checkbox"].includes(input.type)) input.click();
    else {
      const values = input.localName === "select" ? [...input.options].map(({ value }) => value) : [input.min, input.max];
      input.value = values.find((value) => value !== input.value);
      for (const event of ["input", "change"]) input.dispatchEvent(new Event(event));
    }
    for (let frame = 0; shown() === before && frame < 300; frame++) await new Promise(requestAnimationFrame);
    if (shown() === before) still.push(input.outerHTML);
  }
  return still;
}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documentation")
    source = folder / "source"
    shutil.copytree(ROOT / "docs", source / "docs", ignore=shutil.ignore_patterns("_build", ".*"))
    for name in ("README.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, source)
    done, log = sphinx(source / "docs", "-b", "html", "-W", "-n", "-d", folder / "trees", ".", folder / "html")
    assert done, log
    return folder / "html"


@pytest.mark.parametrize("name, least", [("controls", 20), ("layouts", 14)])
def test_every_control_moves(built, context, name, least):
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
    page.goto((built / f"{name}.html").as_uri())
    figures = page.locator(".interact").all()
    assert len(figures) >= least
    for figure in figures:
        figure.scroll_into_view_if_needed()
        page.wait_for_function("(figure) => figure.querySelector('[data-control]:enabled')", arg=figure.element_handle())
        assert not figure.evaluate(MOVE), figure.inner_text()
    assert not problems
    page.close()


def test_every_page_fits_a_phone(built, context):
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")}
    for name in sorted(pages):
        page.goto((built / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        # What stands in README.md and is not found any more would leave a page empty.
        assert page.locator("article").inner_text().count(" ") > 50, name
    page.close()
