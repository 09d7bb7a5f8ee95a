"""The example as a book of Jupyter Book 1."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

pytest.importorskip("jupyter_book")
EXAMPLE = Path(__file__).resolve().parents[1] / "example" / "index.ipynb"
CONFIG = """
title: Example
only_build_toc_files: true
execute:
  execute_notebooks: cache
sphinx:
  extra_extensions: [interact_replay]
"""


@pytest.mark.lento
def test_the_example_as_a_book(tmp_path):
    shutil.copy(EXAMPLE, tmp_path)
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    scripts = sysconfig.get_path("scripts")
    path = os.pathsep.join((scripts, os.environ.get("PATH", "")))
    command = [Path(scripts, "jupyter-book"), "build", "-W", "."]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "_build" / "html" / "index.html").read_text(encoding="utf-8")
    assert page.count('<div class="interact" ') == 5 and "interact-replay.js" in page
    assert len(list((tmp_path / "_build" / "html" / "_static" / "interact" / "index").glob("[1-5].js"))) == 5
