"""What a call displays and prints, kept instead of sent: as nbformat has it, and the same in every build."""

from __future__ import annotations

import base64
import io
import re
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell


class Outputs(list[dict[str, Any]]):
    """Outputs in their order; `omitted` says what cannot be shown among them, `error` what was raised last."""

    def __init__(self, *outputs: dict[str, Any]) -> None:
        super().__init__(outputs)
        self.omitted: list[str] = []
        self.error: BaseException | None = None

    def failed(self, error: BaseException) -> None:
        """Show what was raised, in a line."""
        lines = [line.rstrip() for line in traceback.format_exception_only(error)]
        self.append({"output_type": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": lines})
        self.error = error


_CELL_FILE = re.compile(r"(?<![^\s'\"(<])[^\s'\"(<]*ipykernel_\d+[/\\]")
"""The folder in which a kernel pretends that its cells lie; it has another name in every process."""


class Publisher(DisplayPublisher):
    """Keeps what is displayed."""

    outputs: Outputs

    def publish(
        self, data: dict[str, Any], metadata: dict[str, Any] | None = None, *_: Any, transient: Any = None, update: bool = False, **__: Any
    ) -> None:
        """As IPython's own: with `update`, in the place of what has the same `display_id`."""
        data = {k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in data.items()}
        output = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
        name = (transient or {}).get("display_id")
        if name is not None:
            output["display_id"] = name
        places = [i for i, other in enumerate(self.outputs) if name is not None and other.get("display_id") == name]
        for i in places if update else ():
            self.outputs[i] = output
        if not update:
            self.outputs.append(output)

    def clear_output(self, wait: bool = False) -> None:
        """Forget what was displayed."""
        self.outputs.clear()


class _Stream(io.TextIOBase):
    def __init__(self, name: str, outputs: Outputs) -> None:
        self.name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        if not self.outputs or self.outputs[-1].get("name") != self.name:
            self.outputs.append({"output_type": "stream", "name": self.name, "text": ""})
        self.outputs[-1]["text"] += _CELL_FILE.sub("", text)
        return len(text)


@contextmanager
def captured(shell: InteractiveShell) -> Iterator[Outputs]:
    """The outputs (as nbformat has them) of what runs inside, in their order."""
    publisher = Publisher()
    publisher.outputs = outputs = Outputs()
    kept, told = (shell.display_pub, sys.stdout, sys.stderr), vars(shell).get("showtraceback")
    shell.display_pub, sys.stdout, sys.stderr = publisher, _Stream("stdout", outputs), _Stream("stderr", outputs)

    def tell(exc_tuple: Any = None, *_: Any, **__: Any) -> None:
        error = (exc_tuple or sys.exc_info())[1]
        if error:
            outputs.failed(error)

    # What cannot be drawn or written down IPython tells with this, and goes on with a text in its place.
    shell.showtraceback = tell  # type: ignore[method-assign]
    try:
        # Warnings that Python gives only once are given once in every state, whichever process it is called in.
        with warnings.catch_warnings():
            yield outputs
    finally:
        shell.display_pub, sys.stdout, sys.stderr = kept
        if told:
            shell.showtraceback = told  # type: ignore[method-assign]
        else:
            del shell.showtraceback


def show_figures() -> None:
    """As ipywidgets' `show_inline_matplotlib_plots`, which does not know what `%matplotlib inline` is called now."""
    if "matplotlib_inline.backend_inline" in sys.modules:
        sys.modules["matplotlib_inline.backend_inline"].flush_figures()
