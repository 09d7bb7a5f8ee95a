"""Ciò che i controlli del sito hanno in comune: il sito costruito, un server su questo computer, un browser."""

import functools
import gzip
import http.server
import io
import threading
from pathlib import Path

import browser as chromium
import pytest

SITE = Path(__file__).resolve().parents[1] / "_build" / "html"


@pytest.fixture(scope="session")
def site() -> Path:
    """La cartella del sito; lo costruisce `make libro`."""
    assert (SITE / "index.html").exists(), "il sito non c'è: prima serve make libro"
    return SITE


@functools.cache
def compressed(path: Path) -> bytes:
    """Un file del sito, come viaggia; il sito non cambia mentre girano i controlli."""
    return gzip.compress(path.read_bytes())


@pytest.fixture(scope="session")
def addresses(site):
    """Come si apre il sito: da un server e da disco."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        """Come dove il sito sarà pubblicato: con gzip, e senza aprire un collegamento nuovo per ogni file."""

        protocol_version = "HTTP/1.1"

        def send_head(self):
            path = Path(self.translate_path(self.path))
            if path.suffix not in (".html", ".css", ".js", ".svg") or not path.is_file():
                return super().send_head()
            body = compressed(path)
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(path))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            return io.BytesIO(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"http": f"http://127.0.0.1:{server.server_port}", "disco": site.as_uri()}
    server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """Un Chromium senza finestra, lo stesso per tutti i controlli."""
    with chromium.avvia() as opened:
        yield opened


@pytest.fixture
def page(browser):
    """Una pagina vuota che annota errori, avvisi della console e richieste."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    opened = context.new_page()
    opened.problems, opened.requests = [], []
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    opened.on("console", lambda m: opened.problems.append(m.text) if m.type in ("error", "warning") else None)
    opened.on("request", lambda request: opened.requests.append(request.url))
    yield opened
    context.close()
