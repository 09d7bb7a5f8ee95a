"""The outputs of all states ↔ a compact recording.

Every state is a list of pieces (strings; what a line is to a text). The recording holds each distinct piece once
and, for each state, the list of its pieces' numbers. Two pieces that only ever occur one after the other are one
piece, so that what never changes costs one number a state, and what changes with one control costs as many pieces
as that control has values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def encode(states: Sequence[Iterable[str]]) -> dict[str, Any]:
    """Encode lists of pieces; linear in their total length.

    Raises ValueError when there is no state.
    """
    if not states:
        raise ValueError("a recording needs at least one state")
    numbers: dict[str, int] = {}
    rows = [[numbers.setdefault(piece, len(numbers)) for piece in state] for state in states]
    return _joined(list(numbers), rows)


def decode(recording: dict[str, Any], state: int) -> str:
    """What state number `state` shows. The player's `decode` does the same in JavaScript."""
    pieces = recording["pieces"]
    return "".join(pieces[number] for number in recording["states"][state])


def _joined(pieces: list[str], rows: list[list[int]]) -> dict[str, Any]:
    """Join the pieces that only ever follow each other."""
    end = -1  # a neighbour that no piece has: where a state begins or ends
    after: dict[int, int] = {}
    before: dict[int, int] = {}
    for row in rows:
        for left, right in zip([end, *row], [*row, end]):
            # A second, different neighbour marks the piece as one that cannot be joined on that side.
            after[left] = right if after.setdefault(left, right) == right else end
            before[right] = left if before.setdefault(right, left) == left else end
    follows = {left: right for left, right in after.items() if left != end != right and before[right] == left != right}
    joined: dict[int, int] = {}  # the first piece of a run → the number of the run
    texts: list[str] = []
    states = []
    heads = set(range(len(pieces))) - set(follows.values())
    for row in rows:
        state = []
        for piece in row:
            if piece not in heads:
                continue
            if piece not in joined:
                joined[piece] = len(texts)
                run, at = [pieces[piece]], piece
                while at in follows:
                    at = follows[at]
                    run.append(pieces[at])
                texts.append("".join(run))
            state.append(joined[piece])
        states.append(state)
    return {"pieces": texts, "states": states}
