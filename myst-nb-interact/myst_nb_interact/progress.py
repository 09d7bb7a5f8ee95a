"""How far recording has come: the kernel writes it to a file, since nothing else leaves a cell before its end."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_FILE = "progress.txt"
_SECONDS = 1.0


def told(results: Iterable[Any], total: int, what: str, folder: str | None) -> Iterator[Any]:
    """Pass `results` on, and write their count to the folder about once a second."""
    begin = last = None
    for done, result in enumerate(results):
        now = time.monotonic()
        begin, last = begin or now, last or now  # the first results take longer: processes have to start
        if folder and now - last > _SECONDS:
            last = now
            left = (now - begin) / done * (total - done)
            Path(folder).mkdir(parents=True, exist_ok=True)
            Path(folder, _FILE).write_text(f"{what}: {done:,} of {total:,} states, {left:.0f} s left", encoding="utf-8")
        yield result


class Watch(threading.Thread):
    """Shows on the terminal what the kernel writes, from `start()` to `stop()`."""

    def __init__(self, folder: str) -> None:
        super().__init__(daemon=True)
        self._file = Path(folder, _FILE)
        self._stopped = threading.Event()

    def run(self) -> None:
        """Print what is new; on a terminal in place, elsewhere one line in ten."""
        self._file.unlink(missing_ok=True)
        shown, lines = "", 0
        while not self._stopped.wait(_SECONDS):
            text = self._file.read_text(encoding="utf-8") if self._file.exists() else ""
            if text and text != shown:
                if sys.stderr.isatty():
                    print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
                elif lines % 10 == 0:
                    print(text, file=sys.stderr, flush=True)
                shown, lines = text, lines + 1
        self._file.unlink(missing_ok=True)

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
