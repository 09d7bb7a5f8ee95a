"""Widgets and the functions they drive → a recording: every state's outputs, and the controls that choose it."""

from __future__ import annotations

import json
import math
import sys
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from itertools import product
from typing import Any

import ipywidgets
from IPython.core.interactiveshell import InteractiveShell

from . import Options, cache, codec
from .capture import Outputs, captured, show_figures
from .errors import CannotSample, InteractError, TooFine
from .layout import Layout, Source, sources_in
from .pieces import Rich, pieces, without_names
from .pool import map_ordered
from .progress import told
from .states import Control
from .svg import make_tidy

_ADVICE = (
    "Take larger steps or fewer options, or raise interact_max_states in the Sphinx configuration; "
    "interact_thin = 50 offers at most 50 values of each slider."
)

_IN_THE_BROWSER = ("widget", "ipympl", "module://ipympl.backend_nbagg")
"""What Matplotlib calls the backend of `%matplotlib widget`."""


def record(
    widget: ipywidgets.Widget, shell: InteractiveShell, options: Options, numbers: Iterator[int]
) -> dict[str, Any] | None:
    """Call the functions behind `widget` for every state of its controls; a recording takes the next of `numbers`.

    Returns None for a widget that drives no function; a still, with the reason, where nothing else can be had. Raises
    InteractError where the build must stop: too many states, too large a recording, a function that raises (but in a
    cell tagged raises-exception, where the state shows the error).
    """
    sources = list(sources_in(widget))
    if not sources:
        return None
    show_figures()  # what the cell has drawn before is not the interact's
    if options.stills_only:
        return {"still": stills(sources, shell)}
    try:
        return _Recorder(widget, sources, shell, options, numbers).recording()
    except CannotSample as reason:
        return {"still": stills(sources, shell), "reason": f"{reason}. Offer sliders, choices or checkboxes instead"}


def stills(sources: list[Source], shell: InteractiveShell) -> Outputs:
    """What the functions show for the values that the controls have now."""
    found = Outputs()
    for source in sources:
        values = {name: widget.value for name, widget in source.widgets.items()}
        found += _outputs(source, values, shell, forgiving=True)
    return found


class _Recorder:
    def __init__(
        self,
        widget: ipywidgets.Widget,
        sources: list[Source],
        shell: InteractiveShell,
        options: Options,
        numbers: Iterator[int],
    ) -> None:
        if any(source.manual for source in sources):
            raise CannotSample("interact_manual calls its function only when a button is pressed")
        if "ipympl" in sys.modules and sys.modules["matplotlib"].get_backend() in _IN_THE_BROWSER:
            raise CannotSample("%matplotlib widget draws in the browser, by a running kernel; use %matplotlib inline")
        try:
            self.layout = Layout(widget, sources, options.thin)
        except TooFine as reason:
            raise InteractError(f"{reason}. {_ADVICE}") from None
        self.shell, self.options, self.forgiving = shell, options, is_forgiving(shell)
        self.tidy = make_tidy(options.svg_digits, options.svg_colors)
        for source in sources:
            used = [self.layout.controls[i] for i in self.layout.used_by(source)]
            if (total := math.prod(len(c.values) for c in used)) > options.max_states:
                raise InteractError(f"{total:,} states ({_counts(used)}); the limit is {options.max_states:,}. {_ADVICE}")
        self.number = next(numbers)

    def recording(self) -> dict[str, Any]:
        outputs, size, still, omitted = [], 0, Outputs(), self.layout.omitted
        for part, source in enumerate(self.layout.sources):
            prefix = f"i{self.number}-{part}-" if len(self.layout.sources) > 1 else f"i{self.number}-"
            states = _States(self, source, prefix)
            encoded, compressed = cache.kept(self.options.cache, states.key(), states.encoded)
            outputs.append({"controls": states.used} | encoded)
            still += states.still
            omitted += states.still.omitted
            size += compressed
        if size > 1000 * self.options.max_kilobytes:
            raise InteractError(
                f"the recording takes {size / 1000:,.0f} kB after gzip ({_counts(self.layout.controls)}); the limit is "
                f"{self.options.max_kilobytes:,} kB. Draw less in a state, offer fewer values, or raise "
                "interact_max_kilobytes in the Sphinx configuration."
            )
        return {
            "number": self.number,
            "controls": [c.public() for c in self.layout.controls],
            "layout": self.layout.tree,
            "outputs": outputs,
            "still": still,
            "omitted": omitted,
        }


class _States:
    """All states of one function, the last control changing fastest."""

    def __init__(self, recorder: _Recorder, source: Source, prefix: str) -> None:
        self.recorder, self.source, self.prefix = recorder, source, prefix
        self.used = recorder.layout.used_by(source)
        self.controls = [recorder.layout.controls[i] for i in self.used]
        # The default state comes first, and here: a function that cannot run fails at once.
        self.still = self._outputs(tuple(c.default for c in self.controls))

    def key(self) -> str:
        options = self.recorder.options
        decisive = options.thin, options.svg_digits, sorted(options.svg_colors.items()), self.recorder.forgiving
        cells = self.recorder.shell.user_ns.get("In", [])
        return cache.key(cells, self.prefix, decisive, [c.public() for c in self.controls], self._pieces(self.still))

    def encoded(self) -> dict[str, Any]:
        memory = _memory()
        while (rows := self._rows(memory)) is None:
            memory.active = False
        rich = list(dict.fromkeys(piece for row in rows for piece in row if isinstance(piece, Rich)))
        if rich:
            places = {piece: codec.placeholder(2 + i) for i, piece in enumerate(rich)}
            rows = [[places[piece] if isinstance(piece, Rich) else piece for piece in row] for row in rows]
        return codec.encode(rows) | {"rich": [json.loads(piece) for piece in rich]}

    def _rows(self, memory: Any) -> list[list[str]] | None:
        """The pieces of all states; None if what comes from memory is not what Matplotlib draws."""
        states = list(product(*(range(len(c.values)) for c in self.controls)))
        name, options = getattr(self.source.f, "__name__", "interact"), self.recorder.options
        rows = []
        with _drawing(self.recorder.shell, memory):
            results = map_ordered(partial(self._row, memory), states, options.processes)
            for row in told(results, len(states), name, options.cache):
                if isinstance(row, InteractError):
                    raise row
                if row is None:
                    return None
                # Most pieces stand in many states, and come from the other processes once for each.
                rows.append([piece if isinstance(piece, Rich) else sys.intern(piece) for piece in row])
        return rows

    def _row(self, memory: Any, state: tuple[int, ...]) -> list[str] | InteractError | None:
        try:
            found = self._pieces(self._outputs(state))
            if memory and memory.is_to_be_checked():
                memory.active = False
                plain, again = (self._pieces(self._outputs(state)) for _ in range(2))
                memory.active = True
                # A function that draws something else each time proves nothing.
                if without_names(found, self.prefix) != without_names(plain, self.prefix) and plain == again:
                    return None
            return found
        except InteractError as error:  # a process must not end with it
            return error

    def _outputs(self, state: tuple[int, ...]) -> Outputs:
        arguments = self.recorder.layout.arguments(self.source, dict(zip(self.used, state)))
        return _outputs(self.source, arguments, self.recorder.shell, self.recorder.forgiving)

    def _pieces(self, outputs: Outputs) -> list[str]:
        return pieces(outputs, self.recorder.tidy, self.prefix)


def _outputs(source: Source, arguments: dict[str, Any], shell: InteractiveShell, forgiving: bool) -> Outputs:
    with captured(shell) as outputs, _steady_identifiers():
        try:
            source.call(arguments)
        except (Exception, SystemExit) as error:
            if not forgiving:
                values = ", ".join(f"{name} = {value!r}" for name, value in arguments.items())
                raise InteractError(
                    f"the function raised {type(error).__name__} for {values}. Mend it, offer other values, or tag "
                    "the cell raises-exception to show the error as it is.",
                    cause=error,
                ) from error
            lines = traceback.format_exception_only(error)
            output = {"ename": type(error).__name__, "evalue": str(error), "traceback": [line.rstrip() for line in lines]}
            outputs.append({"output_type": "error"} | output)
    return outputs


def is_forgiving(shell: InteractiveShell) -> bool:
    """Whether an error in this cell shall be shown instead of stopping everything."""
    kernel: Any = shell.kernel  # type: ignore[attr-defined]
    return not kernel.get_parent().get("content", {}).get("stop_on_error", True)


def _memory() -> Any:
    if "matplotlib.figure" not in sys.modules:
        return None
    from .reuse import Memory

    return Memory()


def _drawing(shell: InteractiveShell, memory: Any) -> AbstractContextManager[None]:
    if memory is None:
        return nullcontext()
    from .draw import drawing

    return drawing(shell, memory)


@contextmanager
def _steady_identifiers() -> Iterator[None]:
    """The same parts of an SVG get the same identifiers in every state; by default Matplotlib draws them by lot."""
    rc = sys.modules["matplotlib"].rcParams if "matplotlib" in sys.modules else {"svg.hashsalt": None}
    salt = rc["svg.hashsalt"]
    rc["svg.hashsalt"] = salt or "myst-nb-interact"
    try:
        yield
    finally:
        rc["svg.hashsalt"] = salt


def _counts(controls: list[Control]) -> str:
    return " × ".join(f"{c.name}: {len(c.values):,} values" for c in controls)
