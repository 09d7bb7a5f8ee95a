"""Which values of its controls are recorded, so that an interact fits what its author can wait for and its reader load."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import product

from .controls import Control
from .layout import Layout

FEWEST = 3
"""Values that every slider keeps: its ends and its start."""


def fitted(layout: Callable[[int], Layout], finest: int, states: int, single: bool) -> tuple[int, Layout] | None:
    """The largest n up to `finest` with which no function has more than `states` states, and its layout.

    `layout(n)` has at most n values of each slider; a coarse slider is left as it is as long as finer ones can be
    thinned, which is where the reader sees it least. None if even with three values of each there are too many.
    """
    sizes = range(FEWEST, finest + 1)
    count = bisect_right(sizes, states, key=lambda n: most_states(layout(n), single))
    return (sizes[count - 1], layout(sizes[count - 1])) if count else None


def most_states(layout: Layout, single: bool = False) -> int:
    """The number of states of the function that has most."""
    return max(_count(layout.sizes_of(source), single) for source in layout.sources)


def _count(sizes: Sequence[int], single: bool) -> int:
    return 1 + sum(size - 1 for size in sizes) if single else math.prod(sizes)


def states(sizes: Sequence[int], default: tuple[int, ...], single: bool) -> list[tuple[int, ...]]:
    """All states in their order; with `single` those in which one control at most is not as it begins."""
    if not single:
        return list(product(*map(range, sizes)))
    return [default] + [
        (*default[:i], value, *default[i + 1 :]) for i, size in enumerate(sizes) for value in range(size) if value != default[i]
    ]


def neighbours(sizes: Sequence[int], default: tuple[int, ...]) -> list[tuple[int, ...]]:
    """A few states beside the default one, in their order: some of each control's, the others as they begin."""
    found = {default}
    for i, size in enumerate(sizes):
        begin = max(0, min(default[i], size - 3))
        found |= {(*default[:i], value, *default[i + 1 :]) for value in range(begin, min(begin + 3, size))}
    return sorted(found)[:12]


def thinned(layout: Layout, single: bool) -> list[str]:
    """In one line, what was offered and what is kept."""
    kept = [
        f"{control.name}: {len(control.values):,} of {control.offered:,} values"
        for control in layout.controls
        if len(control.values) < control.offered
    ]
    return [", ".join(["one control at a time"] * single + kept)] if kept or single else []


def counts(controls: list[Control]) -> str:
    """How many values each offers."""
    return " × ".join(f"{c.name}: {c.offered:,} values" for c in controls)
