"""What this folder's tests have in common: figures that compare, and a Chromium with pages of a small site."""

import json
import math
import os
import re
import shutil
from html import unescape
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn_pictures import whole
from hypothesis import HealthCheck, settings
from interact_replay import MIME_TYPE, OPTIONS_VARIABLE
from interact_replay.recording import shown
from jupyter_client.manager import start_new_kernel
from programs import UV, run, served

# A busy machine is not an error.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60_000  # milliseconds
DAY = 86_400  # seconds
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
CSP = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


def pytest_configure(config):
    config.addinivalue_line("markers", "lento: takes long (installs packages, draws hundreds of figures)")
    config.addinivalue_line("markers", "publisher: installs other publishers of notebooks, in their newest versions")


@pytest.fixture(scope="module", autouse=True)
def defaults():
    """Matplotlib as it is when it comes, whatever style other tests of this process have chosen."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        yield


@pytest.fixture
def figures():
    """Marks have the same names in every run, and no figure is left over."""
    with matplotlib.rc_context({"svg.hashsalt": "x"}):
        yield
    plt.close("all")


@pytest.fixture
def same():
    """Whether two pictures are the same, but for the last digits of an SVG: where its box is asked for first, they differ."""

    def compare(one, two):
        if isinstance(one, bytes) or not (one and two):
            return one == two
        numbers = [np.array(re.findall(r"-?\d+\.\d+", text), float) for text in (one, two)]
        words = [re.sub(r"-?\d+\.\d+", "#", text) for text in (one, two)]
        return words[0] == words[1] and np.allclose(*numbers, atol=2e-6)

    return compare


IMPORTS = """
import matplotlib.pyplot as plt, numpy as np, ipywidgets as w, os, sys, warnings
from ipywidgets import interact, interactive, interactive_output
from IPython.display import display, HTML, SVG, update_display
import IPython
"""


class Kernel:
    """A recording kernel, run cell by cell; `outputs` and `error` are what the last cell has left."""

    def __init__(self, folder):
        self.folder = folder
        self.manager, self.client = start_new_kernel(kernel_name="interact-replay", cwd=str(folder))
        self.run(IMPORTS)

    def run(self, source, forgiving=False):
        name = self.client.execute(source, stop_on_error=not forgiving)
        self.outputs, self.error, self.opened = [], "", []
        while True:
            message = self.client.get_iopub_msg(timeout=300)
            if message["parent_header"].get("msg_id") != name:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "error":
                self.error = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(content["traceback"]))
            elif kind in ("display_data", "execute_result", "stream"):
                self.outputs.append(content)
            elif kind == "comm_open":
                self.opened.append(content["data"]["state"]["_model_name"])
            elif content.get("execution_state") == "idle":
                return self

    @property
    def recordings(self):
        return [output["data"][MIME_TYPE] for output in self.outputs if MIME_TYPE in output.get("data", {})]

    def states(self, output=0):
        """What every state of the only recording shows."""
        assert not self.error, self.error
        (recording,) = self.recordings
        found = recording["outputs"][output]
        sizes = [len(recording["controls"][i]["labels"]) for i in found["controls"]]
        total = 1 + sum(size - 1 for size in sizes) if found.get("single") else math.prod(sizes)
        chunks = [chunk | {"rich": ["", ' alt=""', *(text for _, text in chunk["rich"])]} for chunk in found["chunks"]]
        states = [shown(found | {"chunks": chunks}, i) for i in range(total)]
        return [whole(html, chunks[i // found["length"]].get("pictures")) for i, html in enumerate(states)]

    def texts(self, output=0):
        """The text that a reader sees in every state."""
        return [unescape(re.sub("<[^>]*>", "", state)).strip() for state in self.states(output)]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """Built as for everybody: by hatchling, in an environment of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns("__pycache__", "_build", ".*", "dist", "*.egg-info"))
    run(*UV, "build", "--wheel", "--out-dir", folder, source)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def open_kernel(tmp_path_factory):
    """Opens recording kernels with options; they are closed at the end."""
    opened = []

    def open_one(**options):
        folder = tmp_path_factory.mktemp("kernel")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(OPTIONS_VARIABLE, json.dumps({"processes": 2, "max_seconds": 9999, "cache": str(folder / ".cache")} | options))
            opened.append(Kernel(folder))
        return opened[-1]

    yield open_one
    for kernel in opened:
        kernel.client.stop_channels()
        kernel.manager.shutdown_kernel(now=True)


def chromium(playwright):
    """A Chromium of the system or of Playwright; CHROMIUM names another."""
    named = os.environ.get("CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    candidates = [named] if named else [shutil.which(name) for name in names]
    candidates.append(playwright.chromium.executable_path)
    return next((path for path in candidates if path and os.access(path, os.X_OK)), None)


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect.set_options(timeout=PATIENCE)
    with sync_api.sync_playwright() as playwright:
        executable = chromium(playwright)
        if executable is None:
            pytest.skip("no Chromium on this system (CHROMIUM=/path/to/it names one)")
        opened = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def server(built):
    """The site's address over HTTP, with a Content Security Policy."""

    with served(built, Content_Security_Policy=CSP) as address:
        yield f"{address}/index.html"


def prepared(browser, **options):
    """A context in which pages reach nobody else, and scripts say when they have come or failed."""
    context = browser.new_context(viewport={"width": 1000, "height": 900}, **options)
    context.set_default_timeout(PATIENCE)
    context.route(re.compile("https?://(?!127)"), lambda route: route.abort())
    context.add_init_script(
        "for (const event of ['load', 'error']) "
        "document.addEventListener(event, ({target}) => { if (target.localName === 'script') target.dataset.came = event; }, true);"
    )
    return context


@pytest.fixture(scope="module")
def context(browser):
    context = prepared(browser)
    yield context
    context.close()


@pytest.fixture(scope="module")
def still(browser):
    """A context in which no script runs."""
    context = prepared(browser, java_script_enabled=False)
    yield context
    context.close()


class Player:
    """A page, with what the tests do to it; `numbers` are those of its interacts."""

    def __init__(self, page, numbers):
        self.page, self.numbers, self.problems, self.ignored = page, numbers, [], False
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    def open(self, address, hash=""):
        address = address if isinstance(address, str) else (address / "index.html").as_uri()
        self.page.goto(address + hash, wait_until="domcontentloaded")  # "load" would wait for recordings
        return self

    def stand(self):
        """Stop the clock of a `timed` page."""
        self.page.clock.pause_at(DAY)
        return self

    def figure(self, name):
        return self.page.locator(f"#interact-{self.numbers[name]}")

    def seen(self, name):
        """Bring it into view, so that it asks for its recording."""
        self.figure(name).scroll_into_view_if_needed()
        self.script(name).wait_for(state="attached")
        return self.figure(name)

    def loaded(self, name):
        """Bring it into view and wait until its recording has come, or cannot come."""
        figure = self.seen(name)
        self.page.locator(f"script[data-came][src*='/{self.numbers[name]}.js']").wait_for(state="attached")
        return figure

    def script(self, name):
        return self.page.locator(f"script[src*='/{self.numbers[name]}.js']")

    def text(self, name, output=0):
        return self.output(name, output).inner_text().strip()

    def output(self, name, output=0):
        return self.figure(name).locator(".interact-output").nth(output)

    def expect(self, name, text, output=0):
        from playwright.sync_api import expect

        expect(self.output(name, output)).to_contain_text(text)

    def slide(self, name, value, control=0, event="input"):
        self.figure(name).locator(f".interact-control input[data-control='{control}']").evaluate(
            "(input, [value, event]) => { input.value = value; input.dispatchEvent(new Event(event)); }", [value, event]
        )

    def hash(self):
        return self.page.evaluate("location.hash")

    def becomes(self, hash):
        """Wait until the address has this hash."""
        self.page.wait_for_function("(hash) => location.hash === hash", arg=hash)

    def after(self, event, do):
        """Do something, and go on when the page has dealt with the event that it makes."""
        self.page.evaluate("(event) => { window.dealt = false; addEventListener(event, () => { window.dealt = true; }, {once: true}); }", event)
        do()
        self.page.wait_for_function("window.dealt")


@pytest.fixture
def player(context, request):
    opened = Player(context.new_page(), request.module.NUMBER)
    yield opened
    opened.page.close()
    assert opened.ignored or not opened.problems


@pytest.fixture
def timed(browser, request):
    """A page whose clock a test can stop, and move on."""
    context = prepared(browser)
    context.clock.install(time=0)
    opened = Player(context.new_page(), request.module.NUMBER)
    yield opened
    context.close()
    assert not opened.problems


@pytest.fixture
def slow(timed, built):
    """A page whose clock stands, unless a test moves it on."""
    return timed.open(built).stand()


@pytest.fixture
def touched(browser, request):
    """A page on a phone."""
    context = prepared(browser, has_touch=True, is_mobile=True)
    opened = Player(context.new_page(), request.module.NUMBER)
    opened.page.set_viewport_size({"width": 360, "height": 740})
    yield opened
    context.close()
    assert not opened.problems
