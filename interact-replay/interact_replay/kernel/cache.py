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
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

_DOCUMENTS = {".ipynb", ".md", ".rst", ".pyc"}
_CONFIGURATION = {"conf.py", "_config.yml", "_toc.yml"}  # its options are part of the name where they matter
_NOT_READ = {"jupyter_execute", "node_modules"}
_READ_WHOLE = 1_000_000  # bytes; of larger files the size and the time of change must do
_PACKAGE = Path(__file__).parents[1]
_RECORDERS = [*sorted(Path(__file__).parent.glob("*.py")), *(_PACKAGE / name for name in ("image.py", "recording.py", "svg.py"))]


def key(cells: list[str], *more: Any) -> str:
    """A name for the recording that these cells make here."""
    libraries = sorted(
        (name, str(getattr(module, "__dict__", {}).get("__version__", "")))
        for name, module in sys.modules.items()
        if "." not in name and not name.startswith("_")
    )
    rc = sys.modules["matplotlib"].rcParams if "matplotlib" in sys.modules else {}
    settings = repr(sorted(rc.items(), key=str))
    return fingerprint(cells, _files(Path.cwd()), libraries, settings, platform.python_version(), *more)


def fingerprint(*parts: Any) -> str:
    """A hash of `parts` and of the modules that make a recording, whose change makes every recording another one."""
    own = [module.read_text(encoding="utf-8") for module in _RECORDERS]
    return hashlib.sha256(repr([own, *parts]).encode()).hexdigest()[:32]


@cache
def _files(folder: Path) -> str:
    """A hash of what a notebook may read: the files beside it and below, documents and environments left out."""
    found = hashlib.sha256()
    for root, folders, names in os.walk(folder):
        if {".buildinfo", "pyvenv.cfg"} & set(names):  # a site that Sphinx has built, an environment
            folders[:], names = [], []
        folders[:] = sorted(f for f in folders if not f.startswith((".", "_")) and f not in _NOT_READ)
        for path in (Path(root, name) for name in sorted(names)):
            if path.suffix in _DOCUMENTS or path.name in _CONFIGURATION:
                continue
            with suppress(OSError):  # a broken link, a file that nobody may read
                if path.is_file():  # a pipe would never end
                    stat = path.stat()
                    whole = stat.st_size <= _READ_WHOLE
                    found.update(f"{str(path.relative_to(folder))!a} {stat.st_size} {whole or stat.st_mtime_ns}\n".encode())
                    found.update(path.read_bytes() if whole else b"")
    return found.hexdigest()


def kept(folder: str | None, name: str, make: Callable[[], Any]) -> tuple[Any, int]:
    """The recording of that name and its bytes after gzip; made now where there is none, never left half-written."""
    path = folder and Path(folder, f"{name}.json.gz")
    if path:
        try:
            compressed = path.read_bytes()
            return json.loads(gzip.decompress(compressed)), len(compressed)
        except (OSError, ValueError, EOFError, zlib.error):
            pass
    made = make()
    compressed = gzip.compress(json.dumps(made).encode(), 6)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_bytes(compressed)
        partial.replace(path)
    return made, len(compressed)
