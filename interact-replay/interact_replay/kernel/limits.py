"""What one state may take in a process that records: memory, time. Beyond, it fails alone, not the build."""

from __future__ import annotations

import faulthandler
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

_MEMORY = Path("/proc/meminfo"), re.compile(r"MemAvailable:\s+(\d+) kB")
_SIZE = Path("/proc/self/status"), re.compile(r"VmSize:\s+(\d+) kB")
_seconds, _megabytes = 0, 0


class _TooLong(BaseException):
    """Not an Exception: the function must not take it for one of its own."""


def begin(seconds: int, processes: int) -> None:
    """From here on, a state in this process may take so long, and its share of the memory that is free now."""
    global _seconds, _megabytes
    _seconds = seconds
    with suppress(ImportError, OSError, ValueError):  # no such limits on this system
        import resource

        room, size = _kilobytes(*_MEMORY) // processes, _kilobytes(*_SIZE)
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (1024 * (size + room), most))
        _megabytes = room // 1000
    signal.signal(signal.SIGALRM, _ring)


@contextmanager
def limited() -> Iterator[None]:
    """A state. Where it takes too much, MemoryError or TimeoutError says so; in a process without limits nothing happens."""
    if not _seconds:
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, _seconds, _seconds)  # again, if the function swallows it
    # What never comes back to Python ends the process: better a build that says so than one that waits for ever.
    faulthandler.dump_traceback_later(3 * _seconds, exit=True, file=sys.__stderr__ or 2)
    try:
        yield
    except MemoryError as error:
        if not _megabytes:
            raise
        raise MemoryError(f"this state needed more memory than {_megabytes:,} MB") from error
    except _TooLong:
        raise TimeoutError(f"this state took longer than {_seconds:,} s (interact_max_seconds)") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()


def _kilobytes(file: Path, line: re.Pattern[str]) -> int:
    found = line.search(file.read_text(encoding="ascii"))
    if not found:
        raise ValueError(f"{file} does not say")
    return int(found[1])


def _ring(*_: Any) -> NoReturn:
    raise _TooLong
