"""Widgets and the functions they drive → a recording: every state's outputs, and the controls that choose it."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import ipywidgets
from IPython.core.interactiveshell import InteractiveShell

from ..errors import CannotSample, InteractError, TooFine, TooSlow
from ..options import Options
from ..recording import VERSION
from . import cache, encode
from .budget import FEWEST, counts, fitted, most_states, states, thinned
from .capture import Outputs, show_figures
from .controls import Control
from .drive import grown, sets
from .layout import Layout, Source
from .sample import Sampler, shows_pixels, stills
from .trial import Form, tried

_ADVICE = (
    "Take larger steps or fewer options, or raise interact_max_states in the Sphinx configuration; "
    "interact_thin = 50 offers at most 50 values of each slider."
)

_FINEST = 1000
"""Values of a slider beyond which no page has a place for each."""

_PATIENCE = 2
"""Recording takes so many times the seconds that it may, before it begins again with fewer states."""

_IN_THE_BROWSER = ("widget", "ipympl", "module://ipympl.backend_nbagg")
"""What Matplotlib calls the backend of `%matplotlib widget`."""


class Plan(NamedTuple):
    """Which states are recorded: with at most `thin` values of each slider; one control at a time, if `single`."""

    thin: int | None
    single: bool
    layout: Layout


def record(
    widget: ipywidgets.Widget,
    sources: list[Source],
    shell: InteractiveShell,
    options: Options,
    numbers: Iterator[int],
    strict: bool,
    beside: Sequence[ipywidgets.Widget] = (),
    prefix: str = "",
) -> dict[str, Any]:
    """Call the functions behind `widget` for the states of its controls; a recording takes the next of `numbers`.

    `beside` are the boxes of controls that were displayed before, and stand above it on the page;
    identifiers in figures begin with `prefix`.
    A still, with the reason, where nothing else can be had. Where `strict`, all states are recorded, and InteractError
    stops the build if there are too many, if the recording is too large, or if a function raises. Otherwise as many states
    as fit the budget are recorded, and `messages` of the recording say what was left out.
    """
    show_figures()  # what the cell has drawn before is not the interact's
    if options.stills_only:
        return {"version": VERSION, "still": stills(sources, shell)}
    try:
        return _Recorder(widget, sources, shell, options, strict, beside, prefix).recording(numbers)
    except CannotSample as reason:
        return {"version": VERSION, "still": stills(sources, shell), "reason": str(reason)}


class _Recorder:
    def __init__(
        self,
        widget: ipywidgets.Widget,
        sources: list[Source],
        shell: InteractiveShell,
        options: Options,
        strict: bool,
        beside: Sequence[ipywidgets.Widget],
        prefix: str,
    ) -> None:
        if "ipympl" in sys.modules and sys.modules["matplotlib"].get_backend() in _IN_THE_BROWSER:
            raise CannotSample("ipympl draws in the browser, by a running kernel; use %matplotlib inline")
        self._widget, self._beside, self._sources = widget, beside, sources
        self._shell, self._options, self._strict, self._prefix = shell, options, strict, prefix
        self._grown: dict[ipywidgets.Widget, Control] = {}

    def recording(self, numbers: Iterator[int]) -> dict[str, Any]:
        whole = self._whole()
        self._number = next(numbers)
        # The default states come first, and here: a function that cannot run fails at once, and what it leaves behind
        # is what Jupyter would have.
        samplers = self._samplers(whole)
        shown = [sampler.outputs(whole.default(sampler.source)) for sampler in samplers]
        pieces = [sampler.row(outputs).pieces for sampler, outputs in zip(samplers, shown)]
        every = [one for outputs in shown for one in outputs]
        self._pixels = shows_pixels(self._shell) and any("image/png" in o.get("data", ()) for one in every for o in one)
        controls = [control.public() for control in whole.controls]
        cells = self._shell.user_ns.get("In", [])
        name = cache.key(cells, self._number, self._decisive(), controls, pieces)
        made, _ = cache.kept(self._options.cache, name, lambda: self._made(whole))
        layout = self._layout(made["thin"])
        tree, recorded = layout.settled(made["outputs"])
        return {
            "version": VERSION,
            "number": self._number,
            "controls": [control.public() for control in layout.controls],
            "layout": tree,
            "outputs": recorded,
            "still": Outputs(*(output for one in _places(shown) for output in one)),
            "messages": [
                *(["omitted", part] for part in (*layout.omitted, *(part for one in every for part in one.omitted))),
                *(["limited", control.note] for control in layout.controls if control.note),
                *(["thinned", text] for text in thinned(layout, made["single"])),
                *made["messages"],
            ],
        } | {key: what for key, what in (("reached", made["reached"]), ("sets", sets(layout, self._shell))) if what}

    def _decisive(self) -> Any:
        """The options that a recording depends on: the limits where they may thin it."""
        o = self._options
        limits = () if self._strict else (o.max_states, o.max_kilobytes, o.max_seconds)
        return self._strict, self._prefix, limits, o.thin, o.picture_quality, o.svg_digits, sorted(o.svg_colors.items())

    def _layout(self, thin: int | None) -> Layout:
        layout = Layout(self._widget, self._sources, thin, self._beside)
        for widget, control in self._grown.items():
            layout.controls[layout.places[widget]] = control
        return layout

    def _whole(self) -> Layout:
        """With all values; where not strict, with all that a page has a place for."""
        try:
            thin = self._options.thin if self._strict else self._options.thin or _FINEST
            whole = self._layout(thin)
            if found := grown(whole, self._shell):
                self._grown = found
                whole = self._layout(thin)
        except TooFine as reason:
            raise InteractError(f"{reason}. {_ADVICE}") from None
        if self._strict and (total := most_states(whole)) > self._options.max_states:
            offered = counts([control for control in whole.controls if len(control.values) > 1])
            raise InteractError(f"{total:,} states ({offered}); the limit is {self._options.max_states:,}. {_ADVICE}")
        return whole

    def _samplers(self, layout: Layout, vector: bool = False) -> list[Sampler]:
        several = len(self._sources) + len(layout.areas) > 1
        places = range(len(self._sources) + len(layout.areas))
        name = f"{self._prefix}i{self._number}-"
        prefixes = [f"{name}{place}-" if several else name for place in places]
        return [
            Sampler(
                source,
                layout,
                self._shell,
                self._options,
                self._strict,
                [prefixes[i], *prefixes[len(self._sources) :]],
                vector,
            )
            for i, source in enumerate(self._sources)
        ]

    def _made(self, whole: Layout) -> dict[str, Any]:
        """The outputs of all states that are kept, and which these are."""
        limit = 1000 * self._options.max_kilobytes
        form, in_time, in_room, _ = tried(whole, self._samplers, self._options, self._strict, self._pixels)
        plan = Plan(self._options.thin, False, whole)
        if not self._strict:
            plan = self._fitted(whole, in_time, in_room)
        while True:
            try:
                made = self._encoded(plan, form)
            except TooSlow as slow:  # more than its first states had made expect
                in_time = slow.states / _PATIENCE
                plan = self._fitted(whole, in_time, in_room)
                continue
            size = encode.size(made["outputs"])
            if size <= limit:
                return made | {"thin": plan.thin, "single": plan.single}
            offered = counts(plan.layout.controls)
            text = f"the recording takes {size / 1000:,.0f} kB after gzip ({offered}); the limit is {limit // 1000:,} kB"
            if self._strict:
                raise InteractError(
                    f"{text}. Draw less in a state, offer fewer values, or raise interact_max_kilobytes in the Sphinx configuration."
                )
            room = 0.9 * most_states(plan.layout, plan.single) * limit / size
            if plan.single and room < most_states(self._layout(FEWEST), True):
                raise CannotSample(f"{text}. Draw less in a state, or raise interact_max_kilobytes")
            plan = self._fitted(whole, in_time, room)

    def _fitted(self, whole: Layout, in_time: float, in_room: float) -> Plan:
        """The finest layout of so many states; if three values of each slider are too many, one control at a time."""
        most = int(min(self._options.max_states, in_time))
        finest = max((len(control.values) for control in whole.controls), default=FEWEST)
        # What few states take is a guess: with three values of each slider, whether there is room is tried.
        for single in (False, True):
            coarsest = most_states(self._layout(FEWEST), single)
            room = max(in_room, coarsest) if single or coarsest < 2 * in_room else in_room
            if found := fitted(self._layout, max(finest, FEWEST), int(min(most, room)), single):
                return Plan(found[0], single, found[1])
        raise CannotSample(
            f"with three values of each slider, moved one at a time, it has {coarsest:,} states ({counts(whole.controls)}), "
            f"and {most:,} fit. Leave controls out, or raise interact_max_states or interact_max_seconds"
        )

    def _encoded(self, plan: Plan, form: Form) -> dict[str, Any]:
        layout, messages, recorded = plan.layout, [], []
        for sampler in self._samplers(layout, form.vector):
            sizes, default = layout.sizes_of(sampler.source), layout.default(sampler.source)
            every = states(sizes, default, plan.single)
            rows = sampler.rows(every, math.inf if self._strict else _PATIENCE * self._options.max_seconds)
            if raised := [row.raised for row in rows if row.raised]:
                messages.append(["raised", f"the function raised in {len(raised):,} of {len(rows):,} states, first {raised[0]}"])
            start = every.index(default)
            shown = [row if row.reached is None else rows[start] for row in rows]
            recorded.append(encode.Recorded(sampler.used, [] if plan.single else sizes, start, rows, shown))
        outputs = [
            encode.output(one.used, [row.pieces[0] for row in one.shown], one.sizes, one.start, form.error) for one in recorded
        ]
        for place in range(1, len(layout.areas) + 1):
            outputs.append(encode.area(place, recorded, form.error))
        if not any(any(one) for found in recorded for row in found.shown for one in row.pieces):
            messages.append(["empty", "nothing is displayed in any of its states"])
        for output in outputs if plan.single else ():
            output["single"] = True
        reached = encode.reached(layout, recorded[0], messages) if len(recorded) == 1 and not plan.single else None
        return {"outputs": outputs, "messages": messages, "reached": reached}


def _places(shown: list[list[Outputs]]) -> Iterator[Outputs]:
    """What stands in each output at the start: the functions' own, then the areas."""
    yield from (outputs[0] for outputs in shown)
    yield from shown[0][1:]
