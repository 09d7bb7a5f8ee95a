"""The outputs of all states ↔ a compact recording; docs/format.md describes all of it.

Every state is a list of pieces (strings; what a line is to a text). A piece that stands exactly once in every state,
in the same order, is an anchor; what lies between two anchors is a slot. What is the same in all states is written
once. Each slot lists its distinct texts, of which one mostly continues the one before (a curve that gains a point),
so that only the part between their common beginning and common end is written; and, for each state, which text it
has, as the difference to the state before.

    chunk = {"fixed": [text, …], "slots": [{"texts": [[begin, end, middle], …], "steps": [number, …]}, …]}

A state is fixed[0] + slot 0's text + fixed[1] + slot 1's text + … + fixed[-1].
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from os.path import commonprefix
from typing import Any

VERSION = 1
"""Of the format. A page refuses a recording of another one."""


def encode(states: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Encode lists of pieces; linear in their total length.

    Raises ValueError when there is no state.
    """
    if not states:
        raise ValueError("a recording needs at least one state")
    anchors = _anchors(states)
    # columns[i] is what stands before anchor i (the last one: after all anchors), in every state
    columns: list[list[str]] = [[] for _ in range(len(anchors) + 1)]
    for state in states:
        gap: list[str] = []
        at = 0
        for piece in state:
            if at < len(anchors) and piece == anchors[at]:
                columns[at].append("".join(gap))
                gap, at = [], at + 1
            else:
                gap.append(piece)
        columns[at].append("".join(gap))
    fixed, slots = [""], []
    for i, column in enumerate(columns):
        if len(set(column)) == 1:
            fixed[-1] += column[0]
        else:
            slots.append(_slot(column))
            fixed.append("")
        if i < len(anchors):
            fixed[-1] += anchors[i]
    return {"fixed": fixed, "slots": slots}


def decode(chunk: dict[str, Any], state: int) -> str:
    """What state number `state` of the chunk shows. The player does the same in JavaScript."""
    parts = [chunk["fixed"][0]]
    for slot, after in zip(chunk["slots"], chunk["fixed"][1:], strict=True):
        text = ""
        number = sum(slot["steps"][: state + 1])
        for begin, end, middle in slot["texts"][: number + 1]:
            text = text[:begin] + middle + text[len(text) - end :]
        parts += [text, after]
    return "".join(parts)


def shown(output: dict[str, Any], state: int) -> str:
    """What an output shows in a state, with what a page has put for the placeholders of each chunk.

    A picture of one whole piece, as the start's is, needs no player: here it is an image.
    """
    chunk = output["chunks"][state // output["length"]]
    html = decode(chunk, state % output["length"])
    return filled(_WHOLE.sub(lambda match: _image(match, chunk["pictures"]), html), chunk["rich"])


def _image(match: re.Match[str], pictures: Sequence[str]) -> str:
    return f'<img{placeholder(1)}{match[1]} decoding="sync" src="{pictures[int(match[4])]}">'


def parts(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A part of the layout and all that are in it."""
    yield part
    for child in part.get("children", ()):
        yield from parts(child)


def messages(recording: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What whoever builds the page has to be told: of which kind, and the text."""
    if "reason" in recording:
        yield "still", _MESSAGES["still"] % recording["reason"]
    for kind, text in recording.get("messages", ()):
        yield kind, _MESSAGES[kind] % text


def filled(text: str, fillings: Sequence[str]) -> str:
    """`text` with each placeholder character replaced by what it stands for."""
    return _PLACEHOLDERS.sub(lambda match: fillings[ord(match[0]) - _FIRST], text)


def placeholder(number: int) -> str:
    """The character that stands for filling `number`: one character, so that no coding can cut it in two.

    It comes from the last of Unicode's private planes, which no font and no text uses.
    """
    return chr(_FIRST + number)


_MESSAGES = {
    "still": "this interact is shown as a still: %s",
    "omitted": "this interact is shown without a part of it: %s",
    "limited": "this interact does not offer all that Jupyter does: %s",
    "raised": "%s; these states show the error",
    "thinned": "this interact is recorded with %s",
    "empty": "this interact has nothing to show: %s",
}
_FIRST = 0x100000
_WHOLE = re.compile(r'<canvas\U00100000([^>]*) data-picture="(\d+),(\d+),(\d+),0,0,\2,\3,0,0"></canvas>')
_PLACEHOLDERS = re.compile("[\U00100000-\U0010ffff]")


def _anchors(states: Sequence[Sequence[str]]) -> list[str]:
    """The pieces that stand exactly once in every state, as far as their order is the same in all."""
    once = {piece for piece, count in Counter(states[0]).items() if count == 1 and piece}
    for state in states[1:]:
        counts = Counter(piece for piece in state if piece in once)
        once = {piece for piece, count in counts.items() if count == 1}
    anchors = [piece for piece in states[0] if piece in once]
    for state in states[1:]:
        place = {piece: i for i, piece in enumerate(anchors)}
        order = [place[piece] for piece in state if piece in place]
        if order != sorted(order):
            anchors = [anchors[i] for i in _longest_increasing(order)]
    return anchors


def _longest_increasing(numbers: list[int]) -> list[int]:
    """A longest increasing subsequence, by patience sorting."""
    tops: list[int] = []  # the smallest number that ends an increasing subsequence of each length
    ends: list[int] = []  # where that number stands
    previous: list[int] = []
    for i, number in enumerate(numbers):
        length = bisect_left(tops, number)
        previous.append(ends[length - 1] if length else -1)
        tops[length:length + 1], ends[length:length + 1] = [number], [i]
    at, found = ends[-1] if ends else -1, []
    while at >= 0:
        found.append(numbers[at])
        at = previous[at]
    return found[::-1]


def _slot(column: list[str]) -> dict[str, Any]:
    numbers: dict[str, int] = {}
    chosen = [numbers.setdefault(text, len(numbers)) for text in column]
    written, last = [], ""
    for text in numbers:
        begin = end = 0
        # JavaScript counts a character beyond U+FFFF as two; texts with one are written whole.
        both = last + text
        if both.isascii() or max(both) <= "\uffff":
            begin = len(commonprefix((last, text)))
            end = len(commonprefix((last[begin:][::-1], text[begin:][::-1])))
        written.append([begin, end, text[begin : len(text) - end]])
        last = text
    return {"texts": written, "steps": [b - a for a, b in zip([0, *chosen], chosen)]}
