"""Sphinx as its command runs it, in a process of its own that has imported it already: that takes longer than most builds."""

import multiprocessing
import os
import re
import sys
import tempfile
from pathlib import Path

from sphinx.cmd.build import main

_PRELOADED = [__name__, "pytest", "sphinx.builders.html", "myst_nb.sphinx_ext", "interact_replay.sphinx.extension"]
_FRESH = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")


def sphinx(folder, *arguments):
    """Whether it succeeds in a folder, and what it says."""
    with tempfile.TemporaryDirectory() as beside:
        log = Path(beside, "log")
        _FRESH.set_forkserver_preload(_PRELOADED)
        process = _FRESH.Process(target=_run, args=(folder, arguments, log, dict(os.environ)))
        process.start()
        process.join(600)
        process.kill()
        process.join()
        return process.exitcode == 0, re.sub(r"\x1b\[[\d;]*m", "", log.read_text(encoding="utf-8"))


def _run(folder, arguments, log, environment):
    with log.open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.exit(main(list(map(str, arguments))))
