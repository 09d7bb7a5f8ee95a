"""Recordings kept from build to build, so that an unchanged cell is never recorded again.

MyST-NB runs a whole notebook again when one of its code cells has changed, and loses all of it when a build is
interrupted; recordings are by far the longest part. A recording is found again by everything that can have made it:
the code of all cells up to this one, the other files of the notebook's folder, options, versions. The default state
is drawn in every build, and a recording in which it looks different is not used.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

_DOCUMENTS = {".ipynb", ".md", ".rst", ".pyc"}
_CONFIGURATION = {"conf.py", "_config.yml", "_toc.yml"}  # its options are part of the name where they matter
_READ_WHOLE = 1_000_000  # bytes; of larger files the size and the time of change must do
_RECORDERS = ("codec", "draw", "image", "kernel", "record", "reuse", "states", "svg")


def key(cells: list[str], *more: Any) -> str:
    """A name for the recording that these cells make here."""
    libraries = [f"{name} {version(name)}" for name in ("ipywidgets", "ipython")]
    if "matplotlib" in sys.modules:
        rc = sys.modules["matplotlib"].rcParams
        libraries += [f"matplotlib {version('matplotlib')}", repr(sorted(rc.items(), key=str))]
    return fingerprint(cells, _files(Path.cwd()), libraries, platform.python_version(), *more)


def fingerprint(*parts: Any) -> str:
    """A hash of `parts` and of the modules that make a recording, whose change makes every recording another one."""
    own = [Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8") for name in _RECORDERS]
    return hashlib.sha256(repr([own, *parts]).encode()).hexdigest()[:32]


def _files(folder: Path) -> list[tuple[str, Any]]:
    """What a notebook may read: the files beside it and below, documents and Sphinx's configuration left out."""
    found = []
    for root, folders, names in os.walk(folder):
        if ".buildinfo" in names:  # a site that Sphinx has built
            folders[:], names = [], []
        folders[:] = sorted(f for f in folders if not f.startswith((".", "_")) and f != "jupyter_execute")
        for path in (Path(root, name) for name in sorted(names)):
            if path.suffix not in _DOCUMENTS and path.name not in _CONFIGURATION:
                stat = path.stat()
                whole = stat.st_size <= _READ_WHOLE
                trace = path.read_bytes() if whole else (stat.st_size, stat.st_mtime_ns)
                found.append((str(path.relative_to(folder)), trace))
    return found


def kept(folder: str | None, name: str, make: Callable[[], Any]) -> tuple[Any, int]:
    """The recording of that name and its bytes after gzip; made now where there is none, never left half-written."""
    path = folder and Path(folder, f"{name}.json.gz")
    if path:
        try:
            compressed = path.read_bytes()
            return json.loads(gzip.decompress(compressed)), len(compressed)
        except (OSError, ValueError, EOFError):
            pass
    made = make()
    compressed = gzip.compress(json.dumps(made).encode(), 6)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_bytes(compressed)
        partial.replace(path)
    return made, len(compressed)
