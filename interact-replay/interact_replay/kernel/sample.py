"""States of a function called, in order, on all cores where that is safe → what each of them shows."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NamedTuple

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from ..errors import InteractError, TooSlow
from ..options import Options
from ..progress import told
from ..svg import make_tidy
from .areas import is_drawn, is_drawn_in, seen
from .capture import Outputs, captured
from .drive import Driver
from .figures import changed_figures
from .layout import Layout, Source
from .limits import limited
from .pieces import pieces, without_names
from .pool import forks, map_ordered

State = tuple[int, ...]
"""The number of the value of each control that a function depends on."""


class Row(NamedTuple):
    """What a state shows: the pieces of every output; what the function raised in it, if it did.

    `reached` is the state that the controls have gone to, where moving one of them has moved another; `seconds` is how long
    the state has taken.
    """

    pieces: list[list[str]]
    raised: str
    reached: State | None = None
    seconds: float = 0.0


class Sampler:
    """Calls one function, and reads what it writes into the areas of the layout.

    Figures get identifiers that begin with one of `prefixes`, and are SVG instead of pixels if `vector`. Where `strict`, a
    function that raises stops everything with an InteractError; otherwise its state shows what it raised.
    """

    def __init__(
        self,
        source: Source,
        layout: Layout,
        shell: InteractiveShell,
        options: Options,
        strict: bool,
        prefixes: Sequence[str],
        vector: bool,
    ) -> None:
        self.source, self.layout, self.used = source, layout, layout.used_by(source)
        self._shell, self._options, self._strict, self._prefixes = shell, options, strict, prefixes
        self._tidy = make_tidy(options.svg_digits, options.svg_colors)
        self._vector = vector
        self._driver = Driver(layout)

    def outputs(self, state: State) -> list[Outputs]:
        """What the function displays and prints in a state, and what it writes into each area."""
        values = dict(zip(self.used, state))
        arguments = self.layout.arguments(self.source, values)
        self._driver.reset()
        areas = self.layout.areas
        own = outputs(self.source, arguments, self._shell, self._strict, lambda: self._driver.put(values), lambda: any(map(is_drawn_in, areas)))
        return [own, *map(seen, areas)]

    def row(self, found: Sequence[Outputs]) -> Row:
        """Outputs in pieces."""
        raised = next((output["evalue"] for output in found[0] if output["output_type"] == "error"), "")
        reached = self._driver.elsewhere()
        return Row([pieces(one, self._tidy, prefix) for one, prefix in zip(found, self._prefixes)], raised, reached)

    def rows(self, states: Sequence[State], seconds: float = math.inf) -> list[Row]:
        """What the states show; progress is told on the way. The notebook goes on as if nothing had been called.

        Raises TooSlow where it takes longer than so many `seconds`.
        """
        memory = _memory()
        try:
            while (rows := self._rows(states, memory, time.monotonic() + seconds)) is None:
                memory.active = False
        finally:
            self._driver.reset()
            if not forks(self._options.processes):
                self.outputs(self.layout.default(self.source))
        return rows

    def _rows(self, states: Sequence[State], memory: Any, end: float) -> list[Row] | None:
        """None if what comes from memory is not what Matplotlib draws."""

        def call(state: State) -> Row | InteractError | None:
            try:
                return self._checked(state, memory)
            except InteractError as error:  # a process must not end with it
                return error

        rows = []
        with _drawing(self._shell, memory, self._vector):
            results = map_ordered(call, states, self._options.processes, self._options.max_seconds)
            for row in told(results, len(states), getattr(self.source.f, "__name__", "interact"), self._options.cache):
                if isinstance(row, InteractError):
                    raise row
                if row is None:
                    return None
                # Most pieces stand in many states, and come from the other processes once for each.
                shared = [[sys.intern(p) if type(p) is str else p for p in found] for found in row.pieces]
                rows.append(row._replace(pieces=shared))
                if time.monotonic() > end and len(rows) < len(states):
                    raise TooSlow(len(rows))
        return rows

    def _checked(self, state: State, memory: Any) -> Row | None:
        begin = time.perf_counter()
        found = self.row(self.outputs(state))
        found = found._replace(seconds=time.perf_counter() - begin)
        if memory and memory.is_to_be_checked():
            memory.active = False
            plain, again = (self.row(self.outputs(state)).pieces for _ in range(2))
            memory.active = True
            # A function that draws something else each time proves nothing.
            names = [[without_names(one, prefix) for one, prefix in zip(row, self._prefixes)] for row in (found.pieces, plain)]
            if names[0] != names[1] and plain == again:
                return None
        return found


def outputs(
    source: Source,
    arguments: dict[str, Any],
    shell: InteractiveShell,
    strict: bool,
    moved: Callable[[], bool] = lambda: True,
    drawn: Callable[[], bool] = lambda: False,
) -> Outputs:
    """What a function displays and prints once its controls are `moved`; what it raises, if it may.

    Nothing where they cannot be moved so. A figure that it has changed without displaying anything is what it shows, unless
    it has `drawn` elsewhere. Raises InteractError for whatever the function raises where `strict`.
    """
    with captured(shell) as found, _steady_identifiers(), changed_figures(shell, source.f) as changed:
        try:
            with limited():
                if moved():
                    source.call(arguments)
                    for figure in () if any(map(is_drawn, found)) or drawn() else changed():
                        display(figure)
        except (Exception, SystemExit) as error:
            found.failed(error)
    if found.error:
        values = ", ".join(f"{name} = {value!r}" for name, value in arguments.items())
        raised = f"{type(found.error).__name__} for {values}"
        if strict:
            raise InteractError(
                f"the function raised {raised}. Mend it, offer other values, or tag the cell raises-exception to "
                "show the error as it is.",
                cause=found.error,
            ) from found.error
        for output in found:
            if output["output_type"] == "error":
                output["evalue"] = raised
    return found


def stills(sources: list[Source], shell: InteractiveShell) -> Outputs:
    """What the functions show for the values that the controls have now."""
    found = Outputs()
    for source in sources:
        values = {name: widget.value for name, widget in source.widgets.items()}
        found += outputs(source, values, shell, strict=False)
    return found


def _memory() -> Any:
    if "matplotlib.figure" not in sys.modules:
        return None
    from .reuse import Memory

    return Memory()


def shows_pixels(shell: InteractiveShell) -> bool:
    """Whether Matplotlib's figures are displayed as PNG, and nothing else has been asked for."""
    if "matplotlib.figure" not in sys.modules:
        return False
    from . import draw

    return draw.shows_pixels(shell)


def _drawing(shell: InteractiveShell, memory: Any, vector: bool) -> AbstractContextManager[None]:
    if memory is None:
        return nullcontext()
    from .draw import drawing

    return drawing(shell, memory, vector)


@contextmanager
def _steady_identifiers() -> Iterator[None]:
    """The same parts of an SVG get the same identifiers in every state; by default Matplotlib draws them by lot."""
    rc = sys.modules["matplotlib"].rcParams if "matplotlib" in sys.modules else {"svg.hashsalt": None}
    salt = rc["svg.hashsalt"]
    rc["svg.hashsalt"] = salt or "interact-replay"
    try:
        yield
    finally:
        rc["svg.hashsalt"] = salt
