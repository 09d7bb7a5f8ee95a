"""What stops a build, and what only keeps an interact from being alive."""

from __future__ import annotations

import traceback

ERROR_PREFIX = "interact-replay: "


class InteractError(BaseException):
    """The build must stop.

    Not an Exception: IPython's formatters swallow those, and the page would be published without its interactive.
    What caused it is kept as text, which also reaches the kernel from the processes that record.
    """

    def __init__(self, message: str, cause: BaseException | None = None) -> None:
        super().__init__(message)
        self.cause = "".join(traceback.format_exception(cause)) if cause else ""

    def _render_traceback_(self) -> list[str]:
        return [*self.cause.splitlines(), f"{ERROR_PREFIX}{self}"]


class CannotSample(ValueError):
    """The widget has no finite list of values: only a still can be had."""


class TooSlow(Exception):
    """Recording takes much longer than it may; `states` is how many have been drawn by then."""

    def __init__(self, states: int) -> None:
        super().__init__(states)
        self.states = states


class TooFine(ValueError):
    """The slider has a finite list of values, but one that is not worth writing down."""
