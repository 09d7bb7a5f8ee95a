"""Un Chromium per la stampa e per i controlli: quello che c'è, altrimenti quello di Playwright, altrimenti quello di Debian.

`python pubblica/browser.py` lo trova o lo installa; `avvia()` lo apre, `blank_page()` ne dà una pagina.
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Error, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 120_000  # millisecondi: quanto si aspetta, al massimo, che una cosa accada; una macchina lenta non è un errore
HELP = """Non trovo un browser Chromium, e non riesco a installarlo.
Il PDF e i controlli del sito ne hanno bisogno. Si può installare Chromium o Chrome dal proprio sistema (su Debian e Ubuntu:
sudo apt install chromium) oppure dare il percorso di uno già presente: CHROMIUM=/percorso/chromium make pdf"""


def existing() -> str | None:
    """Il percorso di un Chromium già presente, None se non c'è."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [shutil.which(name) for name in NAMES]
    with sync_playwright() as playwright:
        candidates.append(playwright.chromium.executable_path)
    return next((path for path in candidates if path and os.access(path, os.X_OK)), None)


def install() -> None:
    """Installa un Chromium; non solleva errori, perché chi chiama guarda se adesso c'è."""
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get"):
        # Senza domande e senza i pacchetti raccomandati, che sono mezzo desktop; di quelli servono i soli caratteri.
        apt = [*([] if os.geteuid() == 0 else ["sudo", "-n"]), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
        commands += [[*apt, "update"], [*apt, "install", "--yes", "--no-install-recommends", "chromium", "fonts-liberation"]]
    for command in commands:
        if existing():
            return
        print("Cerco di installare un browser:", " ".join(command), flush=True)
        try:
            subprocess.run(command, check=False, timeout=900)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(error)


@functools.cache
def path() -> str:
    """Il percorso del Chromium da usare. SystemExit, con la spiegazione, se non si può avere."""
    if not existing():
        install()
    return existing() or sys.exit(HELP)


@contextmanager
def avvia() -> Iterator[Browser]:
    """Apre il browser e lo chiude. SystemExit, con la spiegazione, se non c'è o non si apre."""
    executable = path()
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=executable, args=FLAGS, timeout=PATIENCE)
        except Error as error:
            sys.exit(f"Il browser {executable} non si apre:\n{error}\n\n{HELP}")
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def blank_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """Una pagina vuota, senza niente in memoria e con molta pazienza."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    try:
        yield context.new_page()
    finally:
        context.close()


def problems(page: Page) -> list[str]:
    """L'elenco, che cresce, degli errori e degli avvisi che una pagina scrive nella console."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    return found


if __name__ == "__main__":
    with avvia() as browser:
        print(f"Il browser è Chromium {browser.version}.")
