"""`interact-replay notebook.ipynb`: the notebook as one HTML file, in which its interacts are alive; or each of them as a module."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat

from . import MIME_TYPE, OPTIONS_VARIABLE, Options, __version__
from .page.piece import module
from .progress import Watch

KERNEL = "interact-replay"


class Failure(Exception):
    """What the author is told instead of a page."""


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit status."""
    asked = _parser().parse_args(arguments)
    try:
        _write(asked)
    except Failure as failure:
        print(f"interact-replay: {failure}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="interact-replay", description="Execute a notebook and write it as an HTML file in which its interacts are alive, or each of them as an ES module."
    )
    parser.add_argument("notebook", type=Path, help="the .ipynb file; it stays as it is")
    parser.add_argument(
        "--to", choices=("html", "slides", "anywidget"), default="html", help="a page (the default), slides, or a module for each interact"
    )
    parser.add_argument(
        "--output", type=Path, help="the file to write (default: beside the notebook, .html or .slides.html; modules are numbered: -1.mjs)"
    )
    parser.add_argument("--thin", type=int, metavar="N", help="at most so many values of one slider")
    parser.add_argument("--max-states", type=int, metavar="N", default=Options.max_states, help="at most so many states of one interact")
    parser.add_argument("--version", action="version", version=__version__)
    return parser


def _write(asked: argparse.Namespace) -> None:
    notebook = _read(asked.notebook)
    try:
        from nbconvert import get_exporter
    except ImportError:
        raise Failure('nbconvert is not installed; pip install "interact-replay[html]"') from None
    with tempfile.TemporaryDirectory() as folder:
        try:
            options = Options(thin=asked.thin, max_states=asked.max_states, cache=folder)
        except ValueError as error:
            raise Failure(f"--{str(error).replace('_', '-', 1)}") from None
        watch = Watch(folder)
        watch.start()
        try:
            _execute(notebook, asked.notebook, options)
        finally:
            watch.stop()
    file = asked.output or asked.notebook.with_suffix({"slides": ".slides.html", "anywidget": ".mjs"}.get(asked.to, ".html"))
    if asked.to == "anywidget":
        found = [output.data for cell in notebook.cells for output in cell.get("outputs", ()) if MIME_TYPE in output.get("data", ())]
        pieces = [data["text/html"] for data in found if "<div" in data["text/html"]]  # not where the controls stand with a later output
        if not pieces:
            raise Failure(f"{asked.notebook} has no interact")
        for number, html in enumerate(pieces, 1):
            _keep(file.with_name(f"{file.stem}-{number}{file.suffix}"), module(html))
        return
    resources = {"metadata": {"name": asked.notebook.stem, "path": str(asked.notebook.parent)}}
    page, _ = get_exporter(asked.to)().from_notebook_node(notebook, resources=resources)
    _keep(file, page)


def _read(file: Path) -> Any:
    try:
        notebook = nbformat.read(file, as_version=4)
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from None
    except Exception as error:  # nbformat has several of its own, and passes on those of json
        raise Failure(f"{file} is not a notebook: {str(error).splitlines()[0]}") from None
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if language != "python":
        raise Failure(f"{file} is for {language}; interacts are Python's")
    return notebook


def _execute(notebook: Any, file: Path, options: Options) -> None:
    """Run all cells in the recording kernel, whose log says what becomes of the interacts."""
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from nbconvert.filters import strip_ansi

    total = sum(cell.cell_type == "code" for cell in notebook.cells)
    begun = 0

    def begin(cell: Any, cell_index: int) -> None:
        nonlocal begun
        begun += cell.cell_type == "code"
        if cell.cell_type == "code":
            print(f"cell {begun} of {total}", file=sys.stderr, flush=True)

    environment = os.environ | {OPTIONS_VARIABLE: json.dumps(asdict(options) | {"html": True})}
    try:
        client = NotebookClient(
            notebook, kernel_name=KERNEL, timeout=None, resources={"metadata": {"path": str(file.parent)}}, on_cell_start=begin
        )
        client.execute(env=environment)
    except NoSuchKernel:
        raise Failure(f"there is no kernel {KERNEL}: install the package for this Python ({sys.executable})") from None
    except CellExecutionError as error:
        raise Failure(f"{file}: cell {begun} of {total} failed\n{strip_ansi(str(error))}") from None
    except DeadKernelError:
        raise Failure(f"{file}: the kernel died in cell {begun} of {total}") from None


def _keep(file: Path, page: str) -> None:
    """All of the page, or none."""
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Failure(f"{file}: {error.strerror}") from None
    print(f"{file}: {len(page.encode()) / 1e6:.1f} MB", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
