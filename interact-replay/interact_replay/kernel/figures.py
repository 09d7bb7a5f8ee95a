"""Figures that a function changes instead of drawing one: a line with new data, in a figure that another cell has made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from IPython.core.interactiveshell import InteractiveShell


@contextmanager
def changed_figures(shell: InteractiveShell, f: Callable[..., Any]) -> Iterator[Callable[[], list[Any]]]:
    """While this lasts, what it gives tells which of the figures that the notebook or the function knows have changed."""
    if "matplotlib.figure" not in sys.modules:
        yield list
        return
    found, drawn = _known(shell, f), []
    for figure in found:
        figure.stale = False  # what has changed since it was displayed, before this call
    handles = [(figure, figure.canvas.mpl_connect("draw_event", lambda event: drawn.append(event.canvas.figure))) for figure in found]
    try:
        yield lambda: [figure for figure in found if figure.stale or any(figure is other for other in drawn)]
    finally:
        for figure, handle in handles:
            figure.canvas.mpl_disconnect(handle)


def _known(shell: InteractiveShell, f: Callable[..., Any]) -> list[Any]:
    """The figures among the notebook's variables and the function's own; those of their axes and lines."""
    figure_type = sys.modules["matplotlib.figure"].Figure
    cells = getattr(f, "__closure__", None) or ()
    values = [*shell.user_ns.values(), *(cell.cell_contents for cell in cells if _is_filled(cell)), getattr(f, "__self__", None)]
    figures: list[Any] = []
    for value in values:
        figure = value if isinstance(value, figure_type) else None
        if figure is None and type(value).__module__.startswith("matplotlib."):
            figure = getattr(value, "figure", None)
        if isinstance(figure, figure_type) and not any(figure is other for other in figures):
            figures.append(figure)
    return figures


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True
