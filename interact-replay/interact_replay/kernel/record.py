"""Widgets and the functions they drive → a recording: every state's outputs, and the controls that choose it."""

from __future__ import annotations

import gzip
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import ipywidgets
from IPython.core.interactiveshell import InteractiveShell

from .. import Options
from . import cache
from .budget import FEWEST, fitted, most_states, neighbours
from .capture import Outputs, show_figures
from ..errors import CannotSample, InteractError, TooFine
from ..recording import VERSION, encode, placeholder
from .layout import Layout, Source, sources_in
from .pieces import Rich
from .pool import available_cores
from .sample import Row, Sampler, shows_pixels, stills
from .controls import Control

_ADVICE = (
    "Take larger steps or fewer options, or raise interact_max_states in the Sphinx configuration; "
    "interact_thin = 50 offers at most 50 values of each slider."
)

_FINEST = 1000
"""Values of a slider beyond which no page has a place for each."""

_HEAVY = 500_000
"""Characters of a state in SVG beyond which a browser needs more than a frame to draw it."""

_IN_THE_BROWSER = ("widget", "ipympl", "module://ipympl.backend_nbagg")
"""What Matplotlib calls the backend of `%matplotlib widget`."""


def record(
    widget: ipywidgets.Widget,
    shell: InteractiveShell,
    options: Options,
    numbers: Iterator[int],
    strict: bool,
    beside: Sequence[ipywidgets.Widget] = (),
) -> dict[str, Any] | None:
    """Call the functions behind `widget` for the states of its controls; a recording takes the next of `numbers`.

    `beside` are the boxes of controls that were displayed before, and stand above it on the page.
    Returns None for a widget that drives no function; a still, with the reason, where nothing else can be had. Where
    `strict`, all states are recorded, and InteractError stops the build if there are too many, if the recording is too
    large, or if a function raises. Otherwise as many states as fit the budget are recorded, and `messages` of the
    recording say what was left out.
    """
    sources = list(sources_in(widget))
    if not sources:
        return None
    show_figures()  # what the cell has drawn before is not the interact's
    if options.stills_only:
        return {"still": stills(sources, shell)}
    try:
        return _Recorder(widget, sources, shell, options, strict, beside).recording(numbers)
    except CannotSample as reason:
        return {"still": stills(sources, shell), "reason": str(reason)}


class _Recorder:
    def __init__(
        self,
        widget: ipywidgets.Widget,
        sources: list[Source],
        shell: InteractiveShell,
        options: Options,
        strict: bool,
        beside: Sequence[ipywidgets.Widget],
    ) -> None:
        if any(source.manual for source in sources):
            raise CannotSample("interact_manual calls its function only when a button is pressed; use interact")
        if "ipympl" in sys.modules and sys.modules["matplotlib"].get_backend() in _IN_THE_BROWSER:
            raise CannotSample("%matplotlib widget draws in the browser, by a running kernel; use %matplotlib inline")
        self._widget, self._beside, self._sources = widget, beside, sources
        self._shell, self._options, self._strict = shell, options, strict

    def recording(self, numbers: Iterator[int]) -> dict[str, Any]:
        whole = self._whole()
        self._number = next(numbers)
        # The default states come first, and here: a function that cannot run fails at once.
        samplers = self._samplers(whole)
        shown = [sampler.outputs(whole.default(sampler.source)) for sampler in samplers]
        pieces = [sampler.row(outputs).pieces for sampler, outputs in zip(samplers, shown)]
        self._pixels = shows_pixels(self._shell) and any("image/png" in o.get("data", ()) for found in shown for o in found)
        controls = [control.public() for control in whole.controls]
        cells = self._shell.user_ns.get("In", [])
        name = cache.key(cells, self._number, self._decisive(), controls, pieces)
        made, _ = cache.kept(self._options.cache, name, lambda: self._made(whole))
        layout = self._layout(made["thin"])
        return {
            "version": VERSION,
            "number": self._number,
            "controls": [control.public() for control in layout.controls],
            "layout": layout.tree,
            "outputs": made["outputs"],
            "still": Outputs(*(output for outputs in shown for output in outputs)),
            "messages": [
                *(["omitted", part] for part in (*layout.omitted, *(part for outputs in shown for part in outputs.omitted))),
                *(["limited", control.note] for control in layout.controls if control.note),
                *(["thinned", text] for text in _thinned(layout)),
                *made["messages"],
            ],
        }

    def _decisive(self) -> Any:
        """The options that a recording depends on: the limits where they may thin it."""
        o = self._options
        limits = () if self._strict else (o.max_states, o.max_kilobytes, o.max_seconds)
        return self._strict, limits, o.thin, o.svg_digits, sorted(o.svg_colors.items())

    def _layout(self, thin: int | None) -> Layout:
        return Layout(self._widget, self._sources, thin, self._beside)

    def _whole(self) -> Layout:
        """With all values; where not strict, with all that a page has a place for."""
        try:
            whole = self._layout(self._options.thin if self._strict else self._options.thin or _FINEST)
        except TooFine as reason:
            raise InteractError(f"{reason}. {_ADVICE}") from None
        if self._strict:
            for source in self._sources:
                if (total := whole.states_of(source)) > self._options.max_states:
                    counts = _counts([whole.controls[i] for i in whole.used_by(source)])
                    raise InteractError(f"{total:,} states ({counts}); the limit is {self._options.max_states:,}. {_ADVICE}")
        return whole

    def _samplers(self, layout: Layout, vector: bool = False) -> list[Sampler]:
        several = len(self._sources) > 1
        prefixes = (f"i{self._number}-{part}-" if several else f"i{self._number}-" for part in range(len(self._sources)))
        return [
            Sampler(source, layout, self._shell, self._options, self._strict, prefix, vector)
            for source, prefix in zip(self._sources, prefixes)
        ]

    def _made(self, whole: Layout) -> dict[str, Any]:
        """The outputs of all states that are kept, and with how many values of a slider that is."""
        thin, layout, limit = self._options.thin, whole, 1000 * self._options.max_kilobytes
        vector, in_time, in_room = self._tried(whole)
        if not self._strict:
            thin, layout = self._fitted(whole, in_time, in_room)
        while True:
            made = self._encoded(layout, vector)
            size = _compressed(made["outputs"])
            if size <= limit:
                return made | {"thin": thin}
            text = f"the recording takes {size / 1000:,.0f} kB after gzip ({_counts(layout.controls)}); the limit is {limit // 1000:,} kB"
            if self._strict:
                raise InteractError(
                    f"{text}. Draw less in a state, offer fewer values, or raise interact_max_kilobytes in the Sphinx configuration."
                )
            if thin == FEWEST:
                raise CannotSample(f"{text}. Draw less in a state, or raise interact_max_kilobytes")
            thin, layout = self._fitted(layout, math.inf, 0.9 * most_states(layout) * limit / size)

    def _tried(self, whole: Layout) -> tuple[bool, float, float]:
        """By what a few states take: whether figures are smaller as SVG, how many states there is time and room for."""
        choices, forms = [], (False, True) if self._pixels else (False,)
        if self._strict and len(forms) == 1:
            return False, math.inf, math.inf
        for vector in forms:
            in_time = in_room = math.inf
            for sampler in self._samplers(whole, vector):
                states = neighbours(whole.sizes_of(sampler.source), whole.default(sampler.source))
                if len(states) < 2:
                    continue
                begin = time.perf_counter()
                rows = sampler.rows(states)
                seconds = (time.perf_counter() - begin) / len(rows) / (self._options.processes or available_cores())
                in_time = min(in_time, self._options.max_seconds / seconds)
                more = (_compressed(_encoded(rows)) - _compressed(_encoded(rows[:1]))) / (len(rows) - 1)
                in_room = min(in_room, 1000 * self._options.max_kilobytes / max(more, 1))
                if vector and max(map(len, map("".join, (row.pieces for row in rows)))) > _HEAVY:
                    in_room = 0
            choices.append((vector, in_time, in_room))
        return max(choices, key=lambda choice: choice[2])

    def _fitted(self, whole: Layout, in_time: float, in_room: float) -> tuple[int, Layout]:
        """The finest layout of so many states; with three values of each slider, whether there is room is tried."""
        coarsest, most = most_states(self._layout(FEWEST)), int(min(self._options.max_states, in_time))
        finest = max((len(control.values) for control in whole.controls), default=FEWEST)
        if found := fitted(self._layout, max(finest, FEWEST), min(most, max(int(in_room), coarsest))):
            return found
        raise CannotSample(
            f"with three values of each slider it has {coarsest:,} states ({_counts(whole.controls)}), and {most:,} fit. "
            "Leave controls out, or raise interact_max_states or interact_max_seconds"
        )

    def _encoded(self, layout: Layout, vector: bool) -> dict[str, Any]:
        outputs, messages = [], []
        for sampler in self._samplers(layout, vector):
            rows = sampler.rows(list(product(*map(range, layout.sizes_of(sampler.source)))))
            outputs.append({"controls": sampler.used, "length": len(rows), "chunks": [_encoded(rows)]})
            if raised := [row.raised for row in rows if row.raised]:
                messages.append(["raised", f"the function raised in {len(raised):,} of {len(rows):,} states, first {raised[0]}"])
        return {"outputs": outputs, "messages": messages}


def _encoded(rows: Sequence[Row]) -> dict[str, Any]:
    rich = list(dict.fromkeys(piece for row in rows for piece in row.pieces if isinstance(piece, Rich)))
    places = {piece: placeholder(2 + i) for i, piece in enumerate(rich)}
    states = [[places[piece] if isinstance(piece, Rich) else piece for piece in row.pieces] for row in rows]
    return encode(states) | {"rich": [json.loads(piece) for piece in rich]}


def _compressed(thing: Any) -> int:
    """Its bytes as they travel."""
    return len(gzip.compress(json.dumps(thing).encode(), 6))


def _thinned(layout: Layout) -> list[str]:
    """In one line, what was offered and what is kept."""
    kept = [
        f"{control.name}: {len(control.values):,} of {control.offered:,} values"
        for control in layout.controls
        if len(control.values) < control.offered
    ]
    return [", ".join(kept)] if kept else []


def _counts(controls: list[Control]) -> str:
    return " × ".join(f"{c.name}: {c.offered:,} values" for c in controls)
