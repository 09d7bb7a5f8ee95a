"""A few states recorded in every form → in which all are recorded, and how many there is time and room for."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

from ..options import Options
from . import encode
from .budget import neighbours
from .layout import Layout
from .pool import available_cores
from .sample import Row, Sampler

HEAVY = 500_000
"""Characters of a state in SVG beyond which a browser needs more than a frame to draw it."""

WORTH = 0.75
"""What a recording may take of the true one for pixels to be less than true."""


class Form(NamedTuple):
    """How figures are recorded: as SVG, if `vector`, or as pixels whose colours may be off by `error`."""

    vector: bool
    error: int


class Trial(NamedTuple):
    """A form, for how many states there is time and room in it, and how large all would be."""

    form: Form
    in_time: float
    in_room: float
    size: float


def tried(whole: Layout, samplers: Callable[[Layout, bool], list[Sampler]], options: Options, strict: bool, pixels: bool) -> Trial:
    """The form in which all is smallest; `pixels` is whether figures would be PNG."""
    forms = [Form(False, 0)]
    if pixels and options.picture_quality < 100:
        forms.append(Form(False, 100 - options.picture_quality))
    if pixels:
        forms.append(Form(True, 0))
    if strict and len(forms) == 1:
        return Trial(forms[0], math.inf, math.inf, 0)
    drawn = {vector: _rows(whole, samplers(whole, vector)) for vector in {form.vector for form in forms}}
    trials = [_trial(form, drawn[form.vector], options) for form in forms]
    return min(trials, key=lambda trial: trial.size / (WORTH if trial.form.error else 1))


def _rows(whole: Layout, samplers: list[Sampler]) -> list[tuple[list[Row], float, int]]:
    """What a few states of each function show, the seconds that one of them takes, and how many there are."""
    found = []
    for sampler in samplers:
        sizes = whole.sizes_of(sampler.source)
        some = neighbours(sizes, whole.default(sampler.source))
        if len(some) > 1:
            rows = sampler.rows(some)
            found.append((rows, statistics.mean(row.seconds for row in rows), math.prod(sizes)))
    return found


def _trial(form: Form, every: list[tuple[list[Row], float, int]], options: Options) -> Trial:
    in_time = in_room = math.inf
    size = 0.0
    for rows, seconds, count in every:
        begin = time.perf_counter()
        joined = [[piece for one in row.pieces for piece in one] for row in rows]
        one, all_ = (encode.compressed(encode.chunk(states, error=form.error)) for states in (joined[:1], joined))
        coding = 2 * (time.perf_counter() - begin) / len(rows)  # all together, then in chunks
        in_time = min(in_time, options.max_seconds / (seconds / (options.processes or available_cores()) + coding))
        another = max((all_ - one) / (len(rows) - 1), 1)
        in_room = min(in_room, 1000 * options.max_kilobytes / another)
        size += one + another * (min(count, options.max_states) - 1)
        if form.vector and max(len("".join(state)) for state in joined) > HEAVY:
            size = math.inf
    return Trial(form, in_time, in_room, size)
