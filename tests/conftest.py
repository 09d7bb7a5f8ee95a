"""Ciò che i controlli del sito hanno in comune: il sito costruito, un server su questo computer, un browser."""

import contextlib
from pathlib import Path

import browser as chromium
import pytest
import server
from playwright.sync_api import Error

SITE = Path(__file__).resolve().parents[1] / "_build" / "html"


@pytest.fixture(scope="session")
def site() -> Path:
    """La cartella del sito; lo costruisce `make libro`."""
    assert (SITE / "index.html").exists(), "il sito non c'è: prima serve make libro"
    return SITE


@pytest.fixture(scope="session")
def addresses(site):
    """Come si apre il sito: da un server e da disco."""
    with server.serve(site) as address:
        yield {"http": address, "disco": site.as_uri()}


@pytest.fixture(scope="module")
def browser():
    """Un Chromium senza finestra, lo stesso per i controlli di un file: i file del plug-in ne aprono uno loro, e due non stanno insieme."""
    with chromium.avvia() as opened:
        yield opened


@pytest.fixture
def page(browser):
    """Una pagina vuota che annota errori e avvisi della console."""
    with chromium.blank_page(browser, viewport={"width": 1200, "height": 900}) as opened:
        opened.problems = chromium.problems(opened)
        yield opened


# Un controllo della pagina che fallisce, magari soltanto su un'altra macchina, lascia scritto che cosa si vedeva.
AT_FAILURE = """() => ({
  fuoco: document.activeElement?.outerHTML.slice(0, 200),
  in_arrivo: [...document.querySelectorAll("[aria-busy]")].map((part) => part.closest("[id]").id),
  avvisi: [...document.querySelectorAll(".interact-notice[role]:not([hidden])")].map((part) => part.textContent),
})"""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Accanto all'errore: dove era la pagina, che cosa aspettava, che cosa ha scritto la console, e la sua foto."""
    report = yield
    page = getattr(item, "funcargs", {}).get("page")
    if report.failed and page:
        photo = SITE.parent / "falliti" / f"{item.name}.png"
        with contextlib.suppress(Error):
            report.sections.append(("pagina", f"{page.url}\n{str(page.problems)[-2000:]}\n{page.evaluate(AT_FAILURE)}\n{photo}"))
            page.screenshot(path=photo)
    return report
