"""How far recording has come: each kernel writes it to a file, since nothing else leaves a cell before its end."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

_SECONDS = 5.0


def told(results: Iterable[Any], total: int, what: str, folder: str | None) -> Iterator[Any]:
    """Pass `results` on, and write their count to the folder every few seconds."""
    begin = last = None
    for done, result in enumerate(results):
        now = time.monotonic()
        begin, last = begin or now, last or now  # the first results take longer: processes have to start
        if folder and now - last > _SECONDS:
            last = now
            left = (now - begin) / done * (total - done)
            with suppress(OSError):
                Path(folder).mkdir(parents=True, exist_ok=True)
                text = f"{what}: {done:,} of {total:,} states, {left:.0f} s left"
                Path(folder, f"progress-{os.getpid()}.txt").write_text(text, encoding="utf-8")
        yield result


class Watch(threading.Thread):
    """Prints what the kernels write, from `start()` to `stop()`."""

    def __init__(self, folder: str) -> None:
        super().__init__(daemon=True)
        self._folder = Path(folder)
        self._stopped = threading.Event()

    def run(self) -> None:
        """Print what is new, but for what an interrupted build has left."""
        self.news()
        while not self._stopped.wait(_SECONDS):
            for text in self.news():
                print(text, file=sys.stderr, flush=True)

    def news(self) -> list[str]:
        """What kernels have written since the last call; a file that one is just writing has its turn the next time."""
        texts = []
        for file in self._folder.glob("progress-*.txt"):
            with suppress(OSError):
                texts.append(file.read_text(encoding="utf-8"))
                file.unlink()
        return [text for text in texts if text]

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
