"""What the functions show in all states → the outputs of a recording, in chunks."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Sequence
from contextlib import suppress
from itertools import product
from typing import Any, NamedTuple

from ..recording import encode, placeholder
from .layout import Layout
from .pieces import Picture, Rich
from .sample import Row

CHUNK = 80_000
"""Bytes that a reader on a slow line can wait for."""


class Recorded(NamedTuple):
    """What one function shows: by which controls, with how many values each, in every state.

    `start` is the number of the state in which the page begins; `shown` has it in the place of states that there are not.
    """

    used: list[int]
    sizes: list[int]
    start: int
    rows: list[Row]
    shown: list[Row]


def output(controls: list[int], states: Sequence[Sequence[str]], sizes: Sequence[int], start: int, error: int) -> dict[str, Any]:
    """One output: what it shows in each state, in pieces; `sizes` are the numbers of values of its controls.

    Where it is large, it is cut where the slowest controls change. `start` is the state in which the page begins, `error`
    how far a pixel's colours may be from themselves.
    """
    whole = chunk(states, start, error)
    parts = math.ceil(compressed(whole) / CHUNK)
    if parts == 1:
        return {"controls": controls, "length": len(states), "chunks": [whole]}
    length = math.ceil(len(states) / parts)
    blocks = [block for i in range(len(sizes) + 1) if (block := math.prod(sizes[i:])) <= length]
    length -= length % blocks[0]
    chunks = [chunk(states[i : i + length], max(0, start - i), error) for i in range(0, len(states), length)]
    return {"controls": controls, "length": length, "chunks": chunks}


def chunk(states: Sequence[Sequence[str]], start: int = 0, error: int = 0) -> dict[str, Any]:
    """Some states, with their rich pieces and what their pictures share; `start` is whole, if it is among them."""
    pictures: list[str] = []
    if any(isinstance(piece, Picture) for state in states for piece in state):
        with suppress(ImportError):  # a notebook that draws brings NumPy and Pillow
            from .pictures import shared

            states, pictures = shared(states, start if start < len(states) else 0, error)
    rich = list(dict.fromkeys(piece for state in states for piece in state if isinstance(piece, Rich)))
    places = {piece: placeholder(2 + i) for i, piece in enumerate(rich)}
    coded = encode([[places[piece] if isinstance(piece, Rich) else piece for piece in state] for state in states])
    return coded | {"rich": [json.loads(piece) for piece in rich]} | ({"pictures": pictures} if pictures else {})


def compressed(thing: Any) -> int:
    """Its bytes as they travel."""
    return len(gzip.compress(json.dumps(thing).encode(), 6))


def size(outputs: Sequence[dict[str, Any]]) -> int:
    """The bytes of all that a reader may load."""
    return sum(compressed(part) for one in outputs for part in one["chunks"])


def area(place: int, recorded: Sequence[Recorded], error: int) -> dict[str, Any]:
    """An area belongs to the function that changes it; to none if it always looks the same."""
    for one in recorded:
        found = [row.pieces[place] for row in one.shown]
        if any(pieces != found[0] for pieces in found):
            return output(one.used, found, one.sizes, one.start, error)
    return output([], [recorded[0].shown[0].pieces[place]], [], 0, error)


def reached(layout: Layout, recorded: Recorded, messages: list[list[str]]) -> list[int] | None:
    """Where a combination of all controls leads that there is not; as differences, one after the other."""
    if not any(row.reached for row in recorded.rows):
        return None
    sizes = [len(control.values) for control in layout.controls]
    if any(size > 1 and i not in recorded.used for i, size in enumerate(sizes)):
        messages.append(["limited", "controls that change each other, and others that no function depends on"])
        return None
    by_state = dict(zip(product(*(range(sizes[i]) for i in recorded.used)), recorded.rows))
    numbers = []
    for state in product(*map(range, sizes)):
        number = 0
        for size, value in zip(sizes, by_state[tuple(state[i] for i in recorded.used)].reached or state):
            number = number * size + value
        numbers.append(number)
    return [after - before for before, after in zip([0, *numbers], numbers)]
