"""What the functions show in all states → the outputs of a recording, in chunks."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Sequence
from typing import Any

from ..recording import encode, placeholder
from .pieces import Rich

CHUNK = 80_000
"""Bytes that a reader on a slow line can wait for."""


def output(controls: list[int], states: Sequence[Sequence[str]], sizes: Sequence[int]) -> dict[str, Any]:
    """One output: what it shows in each state, in pieces; `sizes` are the numbers of values of its controls.

    Where it is large, it is cut where the slowest controls change.
    """
    whole = chunk(states)
    parts = math.ceil(compressed(whole) / CHUNK)
    if parts == 1:
        return {"controls": controls, "length": len(states), "chunks": [whole]}
    length = math.ceil(len(states) / parts)
    blocks = [block for i in range(len(sizes) + 1) if (block := math.prod(sizes[i:])) <= length]
    length -= length % blocks[0]
    chunks = [chunk(states[i : i + length]) for i in range(0, len(states), length)]
    return {"controls": controls, "length": length, "chunks": chunks}


def chunk(states: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Some states, with their rich pieces."""
    rich = list(dict.fromkeys(piece for state in states for piece in state if isinstance(piece, Rich)))
    places = {piece: placeholder(2 + i) for i, piece in enumerate(rich)}
    coded = encode([[places[piece] if isinstance(piece, Rich) else piece for piece in state] for state in states])
    return coded | {"rich": [json.loads(piece) for piece in rich]}


def compressed(thing: Any) -> int:
    """Its bytes as they travel."""
    return len(gzip.compress(json.dumps(thing).encode(), 6))


def size(outputs: Sequence[dict[str, Any]]) -> int:
    """The bytes of all that a reader may load."""
    return sum(compressed(part) for one in outputs for part in one["chunks"])
