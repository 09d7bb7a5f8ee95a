"""Calls of one function for many arguments, on all cores where forking is safe."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

_FEW = 24
"""Fewer calls than this are not worth a process."""

_call: Callable[[Any], Any]


def map_ordered(call: Callable[[Any], Any], items: Sequence[Any], processes: int) -> Iterator[Any]:
    """`map(call, items)`, in order; `processes` 0 is one for each core.

    Forked processes see all that the notebook has defined, without a copy through pickle. Forking is safe on Linux;
    elsewhere system libraries may hold locks, and everything runs in this process.
    """
    processes = processes or len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    if processes == 1 or len(items) < _FEW:
        yield from map(call, items)
        return
    global _call
    _call = call
    size = max(1, min(16, len(items) // (16 * processes)))
    chunks = [items[i : i + size] for i in range(0, len(items), size)]
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork"), _begin) as executor:
        with warnings.catch_warnings():
            # The kernel has threads, none of which the children need.
            warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
            results = executor.map(_run, chunks)
        try:
            for chunk in results:
                yield from chunk
        finally:
            executor.shutdown(cancel_futures=True)


def _begin() -> None:
    # What the notebook holds is not garbage, and looking through it for every figure takes a tenth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _run(chunk: Sequence[Any]) -> list[Any]:
    return [_call(item) for item in chunk]
