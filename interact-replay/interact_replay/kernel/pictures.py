"""The pictures of many states → what they share, written once, and what of each is its own.

A picture is drawn from pieces: the base, which is another state's picture, and over it what differs from that. Of a
difference the box around it is kept, or several where there is nothing between them; in it, what is as in the base is left
transparent, unless that is little. The boxes of all states stand in sheets: one WebP of many similar boxes is far smaller
than many of one each, because it refers back to what it has shown before.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

from ..svg import SVG_ALT
from .pieces import Picture

_GAP = 16
"""Pixels without a difference that are worth another box."""
_SHEET = 1 << 20
"""Pixels of a sheet: what a browser decodes within a frame, and as far as WebP refers back."""
_HIGHEST = 16_383
"""Rows of a WebP."""
_LEFT_OUT = 0.3
"""How much of a box has to be as in the base to be left out: single pixels that happen to be are noise."""
_EFFORT = {"lossless": True, "exact": True, "method": 4, "quality": 80}
"""More effort takes ten times as long for a hundredth."""
_WIDTH = re.compile(r'^[^"]* width="(\d+)"')
_DATA = re.compile(r' src="[^,]*,([^"]*)')


def shared(states: Sequence[Sequence[str]], start: int, error: int = 0) -> tuple[list[list[str]], list[str]]:
    """The states, with the numbers of what their pictures are drawn from, and the URLs of that.

    The picture of the state `start` is the base, and whole. With an `error`, each colour of a pixel may be so far from
    itself. All stays as it is where that is not smaller, or where pixels are transparent.
    """
    own = {piece for state in states for piece in state if isinstance(piece, Picture)}
    if len(own) > 1:
        drawn = _Drawn(error)
        try:
            found = [drawn.state(state) for state in (states[start], *states)][1:]
        except (OSError, ValueError):  # also where an author's picture is damaged
            found = []
        if found and sum(map(len, pictures := drawn.pictures())) < sum(map(len, own)):
            return found, pictures
    return [*map(list, states)], []


class _Drawn:
    """Draws the pictures of states; of those that stand at the same place, the first is the base."""

    def __init__(self, error: int) -> None:
        steps = -(-255 // (2 * error)) if error else 255
        self._levels = np.round(np.round(np.arange(256) * steps / 255) * 255 / steps).astype(np.uint8)
        self._bases: list[tuple[int, np.ndarray]] = []
        self._pictures: list[str] = []
        self._sheet = _Sheet(0)
        self._number = -1  # of the sheet
        self._known: dict[tuple[int, str], str] = {}
        self._places: dict[tuple[tuple[int, ...], bytes], tuple[int, int, int]] = {}

    def state(self, pieces: Sequence[str]) -> list[str]:
        """A state, its pictures drawn."""
        result: list[str] = []
        place = 0
        for piece in pieces:
            if not isinstance(piece, Picture):
                result.append(piece)
                continue
            key = place, str(piece)
            if key not in self._known:
                self._known[key] = self._numbers(place, self._pixels(_DATA.findall(piece)[0]))
            style = "".join(f' style="width:{width}px"' for width in _WIDTH.findall(piece))
            result += [f'<canvas{SVG_ALT}{style} data-picture="', self._known[key], '"></canvas>']
            place += 1
        return result

    def pictures(self) -> list[str]:
        """The URLs of all that has been drawn from."""
        self._close()
        return self._pictures

    def _pixels(self, data: str) -> np.ndarray:
        """Each pixel as one number. Raises ValueError where something would shine through, or pixels are not all there is."""
        image = Image.open(io.BytesIO(base64.b64decode(data)))
        pixels = np.array(image.convert("RGBA"))
        if pixels[..., 3].min() < 255 or getattr(image, "is_animated", False) or "icc_profile" in image.info:
            raise ValueError("more than its pixels")
        return self._levels[pixels].view(np.uint32)[..., 0]

    def _numbers(self, place: int, pixels: np.ndarray) -> str:
        """The size of a picture, and the pieces that it is drawn from: of which, from where, how large, to where."""
        height, width = pixels.shape
        if place == len(self._bases):
            self._bases.append((len(self._pictures), pixels))
            self._pictures.append(_url(pixels))
        number, base = self._bases[place]
        under, numbers = _under(base, pixels)
        found = [width, height, number, *numbers]
        changed = pixels != under
        for top, bottom, left, right in _boxes(changed):
            box, new = pixels[top:bottom, left:right], changed[top:bottom, left:right]
            if new.mean() < 1 - _LEFT_OUT:
                box = np.where(new, box, 0)
            x, y, sheet = self._placed(box)
            found += [sheet, x, y, right - left, bottom - top, left, top]
        return ",".join(map(str, found))

    def _placed(self, box: np.ndarray) -> tuple[int, int, int]:
        """Where it stands, and in which of the pictures; each box stands in one place only."""
        key = box.shape, box.tobytes()
        if key not in self._places:
            if not (at := self._sheet.put(box)):
                self._close()
                self._sheet, self._number = _Sheet(max(base.shape[1] for _, base in self._bases)), len(self._pictures)
                self._pictures.append("")
                at = self._sheet.put(box)
            self._places[key] = *at, self._number  # type: ignore[misc]
        return self._places[key]

    def _close(self) -> None:
        if self._number >= 0 and not self._pictures[self._number]:
            self._pictures[self._number] = _url(self._sheet.pixels())


class _Sheet:
    """Boxes side by side in rows, in their order."""

    def __init__(self, width: int) -> None:
        self._width, self._x, self._y, self._high = width, 0, 0, 0
        self._boxes: list[tuple[int, int, np.ndarray]] = []

    def put(self, box: np.ndarray) -> tuple[int, int] | None:
        """Where it stands now; None where the sheet is full. The first box always has a place."""
        height, width = box.shape
        x, y, high = self._x, self._y, self._high
        if x + width > self._width or height > high:
            x, y, high = (0, y + high, height) if x else (0, y, max(high, height))
        wide = max(self._width, width)
        if self._boxes and (y + high > min(_HIGHEST, _SHEET // wide)) or not self._width:
            return None
        self._boxes.append((x, y, box))
        self._width, self._x, self._y, self._high = wide, x + width, y, high
        return x, y

    def pixels(self) -> np.ndarray:
        """The sheet."""
        found = np.zeros((self._y + self._high, max(x + box.shape[1] for x, _, box in self._boxes)), np.uint32)
        for x, y, box in self._boxes:
            found[y : y + box.shape[0], x : x + box.shape[1]] = box
        return found


def _under(base: np.ndarray, pixels: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """The base as it stands under a picture, and the numbers of that piece.

    Pictures that are cut to what they show are not all of one size: they have a margin more, on either side.
    """
    (height, width), (high, wide) = pixels.shape, base.shape
    found = []
    for down in {0, height - high}:
        for right in {0, width - wide}:
            top, left, h, w = max(0, down), max(0, right), min(high, height), min(wide, width)
            y, x = max(0, -down), max(0, -right)
            under = np.zeros_like(pixels)
            under[top : top + h, left : left + w] = base[y : y + h, x : x + w]
            found.append((np.count_nonzero(pixels != under), under, [x, y, w, h, left, top]))
    return min(found, key=lambda one: one[0])[1:]


def _boxes(changed: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    """The boxes around what has changed: top, bottom, left, right."""
    for top, bottom in _runs(changed):
        for left, right in _runs(changed[top:bottom].T):
            for first, last in _runs(changed[top:bottom, left:right]):
                yield top + first, top + last, left, right


def _runs(changed: np.ndarray) -> list[tuple[int, int]]:
    """From which row to which something has changed, if small gaps count as none."""
    rows = np.flatnonzero(np.any(changed, axis=1)).tolist()
    begins = [row for before, row in zip([-_HIGHEST, *rows], rows) if row - before > _GAP]
    ends = [row + 1 for row, after in zip(rows, [*rows[1:], 2 * _HIGHEST]) if after - row > _GAP]
    return list(zip(begins, ends))


def _url(pixels: np.ndarray) -> str:
    out = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4))
    image.save(out, "webp", **_EFFORT)
    return f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"
