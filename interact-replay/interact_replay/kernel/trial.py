"""A few states recorded in every form → in which all are recorded, and how many there is time and room for."""

from __future__ import annotations

import math
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
    """A form, and for how many states there is time and room in it."""

    form: Form
    in_time: float
    in_room: float


def tried(whole: Layout, samplers: Callable[[Layout, bool], list[Sampler]], options: Options, strict: bool, pixels: bool) -> Trial:
    """The form that has room for most; `pixels` is whether figures would be PNG."""
    forms = [Form(False, 0)]
    if pixels and options.picture_quality < 100:
        forms.append(Form(False, 100 - options.picture_quality))
    if pixels:
        forms.append(Form(True, 0))
    if strict and len(forms) == 1:
        return Trial(forms[0], math.inf, math.inf)
    drawn = {vector: _rows(whole, samplers(whole, vector)) for vector in {form.vector for form in forms}}
    trials = [_trial(form, *drawn[form.vector], options) for form in forms]
    return max(trials, key=lambda trial: trial.in_room * (WORTH if trial.form.error else 1))


def _rows(whole: Layout, samplers: list[Sampler]) -> tuple[list[list[Row]], list[float]]:
    """What a few states of each function show, and the seconds that one of them takes."""
    found, seconds = [], []
    for sampler in samplers:
        some = neighbours(whole.sizes_of(sampler.source), whole.default(sampler.source))
        if len(some) > 1:
            begin = time.perf_counter()
            found.append(sampler.rows(some))
            seconds.append((time.perf_counter() - begin) / len(some))
    return found, seconds


def _trial(form: Form, every: list[list[Row]], took: list[float], options: Options) -> Trial:
    in_time = in_room = math.inf
    for rows, seconds in zip(every, took):
        begin = time.perf_counter()
        joined = [[piece for one in row.pieces for piece in one] for row in rows]
        one, all_ = (encode.compressed(encode.chunk(states, error=form.error)) for states in (joined[:1], joined))
        coding = 2 * (time.perf_counter() - begin) / len(rows)  # all together, then in chunks
        in_time = min(in_time, options.max_seconds / (seconds / (options.processes or available_cores()) + coding))
        in_room = min(in_room, 1000 * options.max_kilobytes / max((all_ - one) / (len(rows) - 1), 1))
        if form.vector and max(len("".join(state)) for state in joined) > HEAVY:
            in_room = 0
    return Trial(form, in_time, in_room)
