"""Calls of one function for many arguments, on all cores where forking is safe."""

from __future__ import annotations

import ctypes
import gc
import math
import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from ..errors import InteractError
from .limits import begin

_FEW = 24
"""Fewer calls than this are not worth several processes."""

_THREADED = {"catboost", "cupy", "jax", "lightgbm", "numba", "polars", "pyarrow", "sklearn", "tensorflow", "torch", "xgboost"}
"""Libraries whose threads do not survive a fork: a forked process would wait for them for ever."""

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Where Linux says how much of the cores a container may use."""

_PR_SET_PDEATHSIG = 1
"""What Linux calls it to be sent a signal when the parent process has ended."""

_call: Callable[[Any], Any]


def map_ordered(call: Callable[[Any], Any], items: Sequence[Any], processes: int, seconds: int) -> Iterator[Any]:
    """`map(call, items)`, in order; `processes` 0 is one for each core.

    Forked processes see all that the notebook has defined, without a copy through pickle. That is safe on Linux while
    no library keeps threads of its own; otherwise everything runs in this process. There, a call that is `limited` may take
    so many `seconds`. Raises InteractError where a process is killed.
    """
    if not forks(processes):
        yield from map(call, items)
        return
    processes = 1 if len(items) < _FEW else processes or available_cores()
    global _call
    _call = call
    size = max(1, min(16, len(items) // (16 * processes)))
    chunks = [items[i : i + size] for i in range(0, len(items), size)]
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork"), _begin, (os.getpid(), seconds, processes)) as executor:
        try:
            with warnings.catch_warnings():
                # The kernel has threads, none of which the children need.
                warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
                results = executor.map(_run, chunks)
            for chunk in results:
                yield from chunk
        except BrokenProcessPool as error:
            raise InteractError(
                "a process that recorded states was ended from outside, or ended itself: the memory may not suffice for "
                f"{processes} of them, or the function calls what must not run in a forked process, or does not come back "
                "from there. Set interact_processes = 1 in the Sphinx configuration."
            ) from error
        finally:
            executor.shutdown(cancel_futures=True)


def forks(processes: int) -> bool:
    """Whether calls are made in other processes, which leave this one as it is."""
    return processes != 1 and sys.platform == "linux" and not _THREADED & sys.modules.keys()


def available_cores() -> int:
    """Cores that this process may use; a container may be given less than it sees."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = _QUOTA.read_text(encoding="ascii").split()
        return max(1, min(cores, math.ceil(int(quota) / int(period))))
    except (OSError, ValueError):  # no such file, or "max": no quota
        return cores


def _begin(parent: int, seconds: int, processes: int) -> None:
    begin(seconds, processes)
    # A kernel that is killed tells nobody: its processes would wait for their next call for ever.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before it could be asked for
        os.kill(os.getpid(), signal.SIGKILL)
    # What the notebook holds is not garbage, and looking through it for every figure takes a tenth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _run(chunk: Sequence[Any]) -> list[Any]:
    return [_call(item) for item in chunk]
