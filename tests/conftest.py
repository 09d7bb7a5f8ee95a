"""Ciò che i controlli del sito hanno in comune: il sito costruito, un server su questo computer, un browser."""

from pathlib import Path

import browser as chromium
import pytest
import server

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
