"""Widgets and the functions they drive → a recording: every state's outputs, and the controls that choose it."""

from __future__ import annotations

import base64
import io
import json
import math
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from html import escape
from itertools import product
from typing import Any

import ipywidgets
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from . import Options, cache, codec
from .image import url
from .pool import map_ordered
from .progress import told
from .states import CannotSample, Control, TooFine, control
from .svg import IMG_ALT, Tidy, make_tidy

_RICH = "\x02"
"""Begins a piece that Sphinx has to render."""

_ADVICE = (
    "Take larger steps or fewer options, or raise interact_max_states in the Sphinx configuration; "
    "interact_thin = 50 offers at most 50 values of each slider."
)

_PRIORITY = (
    "text/html",
    "image/svg+xml",
    "image/webp",
    "image/png",
    "image/jpeg",
    "image/gif",
    "text/markdown",
    "text/latex",
    "text/plain",
)


_FIGURE = '<div class="interact-figure">'

_IN_THE_BROWSER = ("widget", "ipympl", "module://ipympl.backend_nbagg")
"""What Matplotlib calls the backend of `%matplotlib widget`."""

ERROR_PREFIX = "myst-nb-interact: "


class InteractError(BaseException):
    """The build must stop.

    Not an Exception: IPython's formatters swallow those, and the page would be published without its interactive.
    """

    def _render_traceback_(self) -> list[str]:
        cause = traceback.format_exception(self.__cause__) if self.__cause__ else []
        return [*"".join(cause).splitlines(), f"{ERROR_PREFIX}{self}"]


class NotAlive(Exception):
    """The widget can only be shown as a still; `recording` holds it, with the reason."""

    def __init__(self, recording: dict[str, Any] | None) -> None:
        self.recording = recording


@dataclass
class Source:
    """One output area: what is called, and by which controls."""

    f: Callable[..., Any]
    widgets: dict[str, Any]
    shows_result: bool
    manual: bool = False

    def call(self, values: dict[str, Any]) -> None:
        """As ipywidgets' own `interactive.update` calls it."""
        _show_figures()
        result = self.f(**values)
        _show_figures()
        if self.shows_result and result is not None:
            display(result)


def _show_figures() -> None:
    """As ipywidgets' `show_inline_matplotlib_plots`, which does not know what `%matplotlib inline` is called now."""
    if "matplotlib_inline.backend_inline" in sys.modules:
        sys.modules["matplotlib_inline.backend_inline"].flush_figures()


def record(widget: ipywidgets.Widget, shell: InteractiveShell, options: Options, number: int) -> dict[str, Any] | None:
    """Call the functions behind `widget` for every state of its controls.

    Returns None for a widget that drives no function. Raises NotAlive where only a still can be had, InteractError
    where the build must stop: too many states, too large a recording, a function that raises.
    """
    sources: list[Source] = []
    controls: list[Control] = []
    seen: dict[Any, int] = {}
    try:
        layout = _layout(widget, sources, controls, seen, options)
        if not sources:
            return None
        if options.stills_only:
            return {"still": [output for source in sources for output in _still(source, shell)]}
        if any(source.manual for source in sources):
            raise CannotSample("interact_manual calls its function only when a button is pressed")
        if "ipympl" in sys.modules and sys.modules["matplotlib"].get_backend() in _IN_THE_BROWSER:
            raise CannotSample("%matplotlib widget draws in the browser, by a running kernel; use %matplotlib inline")
        for source in sources:
            for name, part in source.widgets.items():
                if part in seen and not controls[seen[part]].name:  # in a box of the author's, without a description
                    controls[seen[part]].name = name
                    controls[seen[part]].description = name
                # controls that an author shows elsewhere, or not at all
                if not isinstance(part, ipywidgets.fixed) and part not in seen:
                    layout["children"].insert(0, _add(part, name, controls, seen, options))
    except CannotSample as reason:
        stills = [_still(source, shell) for source in sources]
        raise NotAlive({"still": [o for still in stills for o in still], "reason": str(reason)}) from None
    except TooFine as reason:
        raise InteractError(f"{reason}. {_ADVICE}") from None
    tidy = make_tidy(options.svg_digits, options.svg_colors)
    outputs: list[dict[str, Any]] = []
    shown: list[dict[str, Any]] = []
    size = 0
    for part, source in enumerate(sources):
        used = [seen[w] for w in source.widgets.values() if w in seen]
        prefix = f"i{number}-{part}-" if len(sources) > 1 else f"i{number}-"
        encoded, compressed, still = _sample(source, [controls[i] for i in used], seen, controls, shell, options, tidy, prefix)
        outputs.append({"controls": used} | encoded)
        shown += still
        size += compressed
    if size > 1000 * options.max_kilobytes:
        raise InteractError(
            f"the recording takes {size / 1000:,.0f} kB after gzip ({_counts(controls)}); the limit is "
            f"{options.max_kilobytes:,} kB. Draw less in a state, offer fewer values, or raise interact_max_kilobytes "
            "in the Sphinx configuration."
        )
    return {
        "number": number,
        "controls": [c.public() for c in controls],
        "layout": layout,
        "outputs": outputs,
        "still": shown,
    }


def _layout(
    widget: Any, sources: list[Source], controls: list[Control], seen: dict[Any, int], options: Options
) -> dict[str, Any]:
    """The tree of boxes, with numbers of controls and outputs at its leaves."""
    if isinstance(widget, ipywidgets.interactive):
        driven = {w._kwarg: w for w in widget.kwargs_widgets}
        sources.append(Source(widget.f, driven, widget.auto_display, widget.manual))
        output = len(sources) - 1
        children = []
        for child in widget.children:
            if child is widget.out:
                children.append({"output": output})
            elif not isinstance(child, ipywidgets.Button):
                name = getattr(child, "_kwarg", child.description)
                children.append(_add(child, name, controls, seen, options))
        return {"box": "column", "children": children}
    if hasattr(widget, "_interact"):
        f, driven = widget._interact
        sources.append(Source(f, driven, shows_result=False))
        return {"box": "column", "children": [{"output": len(sources) - 1}]}
    if isinstance(widget, ipywidgets.Box):
        box = "row" if isinstance(widget, ipywidgets.HBox) else "column"
        return {
            "box": box,
            "children": [
                _layout(child, sources, controls, seen, options)
                if isinstance(child, ipywidgets.Box) or hasattr(child, "_interact")
                else _add(child, getattr(child, "description", ""), controls, seen, options)
                for child in widget.children
            ],
        }
    return {"box": "column", "children": []}


def _add(
    widget: Any, name: str, controls: list[Control], seen: dict[Any, int], options: Options
) -> dict[str, Any]:
    if isinstance(widget, (ipywidgets.HTML, ipywidgets.HTMLMath)):
        return {"html": widget.value}
    if isinstance(widget, ipywidgets.Label):
        return {"html": escape(widget.value)}
    if widget not in seen:
        seen[widget] = len(controls)
        controls.append(control(widget, name, options.thin))
    return {"control": seen[widget]}


def _sample(
    source: Source,
    used: list[Control],
    seen: dict[Any, int],
    controls: list[Control],
    shell: InteractiveShell,
    options: Options,
    tidy: Tidy,
    prefix: str,
) -> tuple[dict[str, Any], int, list[dict[str, Any]]]:
    """Every state encoded, the last control changing fastest; its bytes after gzip; the default state's outputs."""
    total = math.prod(len(c.values) for c in used)
    if total > options.max_states:
        raise InteractError(
            f"{total:,} states ({_counts(used)}); the limit is {options.max_states:,}. {_ADVICE}"
        )
    kernel: Any = shell.kernel  # type: ignore[attr-defined]
    forgiving = not kernel.get_parent().get("content", {}).get("stop_on_error", True)

    def outputs(state: tuple[int, ...]) -> list[dict[str, Any]]:
        arguments = _arguments(source, seen, controls, dict(zip(map(id, used), state)))
        return _outputs(source, arguments, shell, forgiving)

    def drawn(memory: Any) -> list[list[str]] | None:
        """The rows of all states; None if what was drawn from memory is not what Matplotlib draws."""
        states = list(product(*(range(len(c.values)) for c in used)))
        checked = {states[total // 2], states[-1]} if memory and memory.active else ()

        def row(state: tuple[int, ...]) -> list[str] | InteractError | None:
            try:
                found = pieces(outputs(state), tidy, prefix)
                if state in checked and _FIGURE in found:
                    with memory.set_aside():
                        plain = pieces(outputs(state), tidy, prefix)
                    if _without_names(found, prefix) != _without_names(plain, prefix):
                        return None
                return found
            except InteractError as error:  # it comes from another process, where a traceback cannot follow
                return error

        rows: list[list[str]] = []
        with _drawing(shell, memory):
            results = map_ordered(row, states, options.processes)
            for result in told(results, total, getattr(source.f, "__name__", "interact"), options.cache):
                if isinstance(result, InteractError):
                    raise result
                if result is None:
                    return None
                rows.append(result)
        return rows

    def recorded() -> dict[str, Any]:
        memory = _memory()
        rows = drawn(memory)
        while rows is None:
            memory.active = False
            rows = drawn(memory)
        rich = list(dict.fromkeys(piece for pieces in rows for piece in pieces if piece.startswith(_RICH)))
        if rich:
            places = {piece: codec.placeholder(2 + i) for i, piece in enumerate(rich)}
            rows = [[places.get(piece, piece) for piece in pieces] for pieces in rows]
        encoded = codec.encode(rows)
        return encoded | {"rich": [json.loads(piece[1:]) for piece in rich]}

    # The default state comes first, and here: a function that cannot run fails at once, with its traceback.
    default = tuple(c.default for c in used)
    still = outputs(default)
    shown = pieces(still, tidy, prefix)
    decisive = options.thin, options.svg_digits, sorted(options.svg_colors.items())
    name = cache.key(shell.user_ns.get("In", []), prefix, decisive, forgiving, [c.public() for c in used], shown)
    return *cache.kept(options.cache, name, recorded), still


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


def _without_names(lines: list[str], prefix: str) -> str:
    """The HTML with its identifiers numbered: Matplotlib makes them of coordinates, last digits and all."""
    names: dict[str, str] = {}
    return re.sub(rf'(?<=[#"]){prefix}[\w-]+', lambda match: names.setdefault(match[0], str(len(names))), "".join(lines))


def _arguments(
    source: Source, seen: dict[Any, int], controls: list[Control], state: dict[int, int]
) -> dict[str, Any]:
    return {
        name: widget.value
        if isinstance(widget, ipywidgets.fixed)
        else (c := controls[seen[widget]]).values[state[id(c)]]
        for name, widget in source.widgets.items()
    }


def _outputs(source: Source, arguments: dict[str, Any], shell: InteractiveShell, forgiving: bool) -> list[dict[str, Any]]:
    with captured(shell) as outputs, _steady_identifiers():
        try:
            source.call(arguments)
        except Exception as error:
            if not forgiving:
                values = ", ".join(f"{name} = {value!r}" for name, value in arguments.items())
                raise InteractError(
                    f"the function raised {type(error).__name__} for {values}. Mend it, offer other values, or tag "
                    "the cell raises-exception to show the error as it is."
                ) from error
            lines = traceback.format_exception(error)
            outputs.append(
                {"output_type": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": lines}
            )
    return outputs


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


def _still(source: Source, shell: InteractiveShell) -> list[dict[str, Any]]:
    arguments = {name: widget.value for name, widget in source.widgets.items()}
    return _outputs(source, arguments, shell, forgiving=True)


def _counts(controls: list[Control]) -> str:
    return " × ".join(f"{c.name}: {len(c.values):,} values" for c in controls)


class _Publisher(DisplayPublisher):
    """Keeps what is displayed instead of sending it."""

    outputs: list[dict[str, Any]]

    def publish(self, data: dict[str, Any], metadata: dict[str, Any] | None = None, *_: Any, **__: Any) -> None:
        data = {k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in data.items()}
        self.outputs.append({"output_type": "display_data", "data": data, "metadata": metadata or {}})

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.clear()


class _Stream(io.TextIOBase):
    def __init__(self, name: str, outputs: list[dict[str, Any]]) -> None:
        self.name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        if not self.outputs or self.outputs[-1].get("name") != self.name:
            self.outputs.append({"output_type": "stream", "name": self.name, "text": ""})
        self.outputs[-1]["text"] += text
        return len(text)


@contextmanager
def captured(shell: InteractiveShell) -> Iterator[list[dict[str, Any]]]:
    """The outputs (as nbformat has them) of what runs inside, in their order."""
    outputs: list[dict[str, Any]] = []
    publisher = _Publisher()
    publisher.outputs = outputs
    kept = shell.display_pub, sys.stdout, sys.stderr
    shell.display_pub, sys.stdout, sys.stderr = publisher, _Stream("stdout", outputs), _Stream("stderr", outputs)
    try:
        yield outputs
    finally:
        shell.display_pub, sys.stdout, sys.stderr = kept


def pieces(outputs: list[dict[str, Any]], tidy: Tidy, prefix: str) -> list[str]:
    """The HTML of a state's outputs, cut where states are likely to differ."""
    result: list[str] = []
    for i, output in enumerate(outputs):
        if output["output_type"] == "stream":
            result += _text(f"interact-text interact-{output['name']}", output["text"])
        elif output["output_type"] == "error":
            result += _text("interact-text interact-stderr", "".join(output["traceback"]))
        else:
            result += _display(output["data"], output["metadata"], tidy, f"{prefix}{i}-")
    return result


def _display(data: dict[str, Any], metadata: dict[str, Any], tidy: Tidy, prefix: str) -> list[str]:
    mime_type = next((m for m in _PRIORITY if m in data), None)
    if mime_type is None:
        return []
    content = data[mime_type]
    if mime_type == "text/html":
        return ['<div class="interact-html">', *content.splitlines(keepends=True), "</div>"]
    if mime_type == "image/svg+xml":
        return [_FIGURE, *tidy(content, prefix), "</div>"]
    if mime_type.startswith("image/"):
        size = "".join(f' {k}="{v}"' for k, v in metadata.get(mime_type, {}).items() if k in ("width", "height"))
        return [_FIGURE, f'<img{IMG_ALT}{size} decoding="sync" src="', url(mime_type, "".join(content.split())), '">', "</div>"]
    if mime_type == "text/plain":
        return _text("interact-text", content)
    return [_RICH + json.dumps([mime_type, content])]


def _text(classes: str, text: str) -> list[str]:
    return [f'<pre class="{classes}">', *re.findall(r"\S+|\s+", escape(text.rstrip("\n"))), "</pre>"]
