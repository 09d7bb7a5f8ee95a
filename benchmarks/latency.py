"""How long a reader waits: from the key that moves a slider to the frame that shows the new state."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from playwright.sync_api import Browser, Error, Page, Route, sync_playwright

sys.path.append(str(Path(__file__).resolve().parents[1] / "pubblica"))
import browser as chromium  # noqa: E402

# The clock starts with the key event's own time stamp. It stops in the first task after the frame in which the
# output has changed, its pictures decoded. Panel's outputs live in shadow roots, which are watched as they come.
WATCH = """
(() => {
  window.__waits = [];
  let pressed = null;
  addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
  const shows = "svg, img, pre, table";
  const images = (node) => (node.matches?.("img") ? [node] : [...(node.querySelectorAll?.("img") ?? [])]);
  const observer = new MutationObserver(async (records) => {
    if (pressed === null) return;
    const changed = records.flatMap((record) => {
      const parent = record.target.nodeType === 1 ? record.target : record.target.parentElement;
      if (parent?.closest(shows)) return [parent];
      return [...record.addedNodes].filter((node) => node.matches?.(shows) || node.querySelector?.(shows));
    });
    if (!changed.length) return;
    const begin = pressed;
    pressed = null;
    await Promise.all(changed.flatMap(images).map((image) => image.decode().catch(() => {})));
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.__waits.push(performance.now() - begin);
      channel.port2.postMessage(0);
    });
  });
  const watch = (root) =>
    observer.observe(root, { childList: true, characterData: true, subtree: true, attributeFilter: ["src"] });
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    watch(root);
    return root;
  };
  watch(document);
})();
"""

__all__ = ["HANDLE", "Error", "measure", "opened"]

HANDLE = {"plug-in": ".interact input[type=range]", "Panel": ".noUi-handle", "HoloViews": ".noUi-handle"}


@contextmanager
def opened() -> Iterator[Browser]:
    """A headless Chromium: the one the tests use."""
    executable = chromium.path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=chromium.FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def measure(browser: Browser, tool: str, page_file: str, presses: int) -> dict[str, Any]:
    """Press arrow keys on the last slider, to and fro.

    Returns the waits in milliseconds, the seconds until the page could be used, and the bytes of the scripts and
    styles that it loaded (of Bokeh, Panel: from their packages, in place of the CDN that the page names).
    """
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page = context.new_page()
    loaded: dict[str, bytes] = {}
    page.route(re.compile(r"https?://"), lambda route: _serve(route, loaded))
    page.add_init_script(WATCH)
    begin = time.perf_counter()
    page.goto(Path(page_file).resolve().as_uri(), timeout=120_000)
    handle = page.locator(HANDLE[tool]).last
    handle.wait_for(timeout=120_000)
    handle.scroll_into_view_if_needed()
    handle.focus()
    ready = time.perf_counter() - begin
    page.wait_for_timeout(1000)
    for i in range(3):  # the first ones also load the recording and warm up the engine
        _press(page, "ArrowLeft" if i % 2 else "ArrowRight")
        page.wait_for_timeout(500)
    page.evaluate("window.__waits.length = 0")
    lost = sum(not _press(page, "ArrowLeft" if i // 4 % 2 else "ArrowRight") for i in range(presses))
    waits = page.evaluate("window.__waits")
    context.close()
    return {"waits": waits, "lost": lost, "ready": ready, "loaded": loaded}


def _press(page: Page, key: str) -> bool:
    before = page.evaluate("window.__waits.length")
    page.keyboard.press(key)
    for _ in range(500):
        page.wait_for_timeout(10)
        if page.evaluate("window.__waits.length") > before:
            return True
    return False


def _serve(route: Route, loaded: dict[str, bytes]) -> None:
    """A file of Bokeh's or Panel's, out of the installed package."""
    url = route.request.url
    file = _local(url)
    if file is None or not file.is_file():
        loaded.setdefault(url, b"")
        route.abort()
        return
    loaded[url] = file.read_bytes()
    route.fulfill(path=file, headers={"Access-Control-Allow-Origin": "*"})


def _local(url: str) -> Path | None:
    import bokeh
    import panel

    if found := re.search(r"/bokeh/release/(bokeh[\w-]*)-\d[\d.]*\.min\.js", url):
        return Path(bokeh.__file__).parent / "server" / "static" / "js" / f"{found[1]}.min.js"
    if found := re.search(r"/panel/[\d.]+/dist/([^?]+)", url):
        return Path(panel.__file__).parent / "dist" / unquote(found[1])
    return None
