"""The wheel, in an empty environment with plain Sphinx and MyST-NB: the example is built there."""

import os
import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from programs import UV, run

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.lento


def test_what_is_in_the_wheel(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    inside = {name.split("/", 1)[1] for name in names if name.startswith("interact_replay/")}
    modules = {str(f.relative_to(ROOT / "interact_replay")) for f in (ROOT / "interact_replay").rglob("*.py")}
    assert modules | {"page/static/interact-replay.js", "page/static/interact-replay.css", "page/anywidget.mjs"} <= inside
    assert any(name.endswith("share/jupyter/kernels/interact-replay/kernel.json") for name in names)
    assert not any("tests" in name or "__pycache__" in name for name in names)
    metadata = zipfile.ZipFile(wheel).read(next(n for n in names if n.endswith("METADATA"))).decode()
    assert "License-Expression: MIT" in metadata and "Description-Content-Type: text/markdown" in metadata


def test_the_example_in_an_empty_environment(wheel, tmp_path):
    environment = tmp_path / "venv"
    run(*UV, "venv", "--python", sys.executable, environment)
    python = environment / "bin" / "python"
    # The versions that the other tests run with, so that a release of somebody else's does not fail this test.
    frozen = run(*UV, "pip", "list", "--python", sys.executable, "--format", "freeze", "--exclude-editable").stdout
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("\n".join(re.findall(r"^[\w.-]+==[\w.]+$", frozen, re.MULTILINE)))
    run(*UV, "pip", "install", "--python", python, "-c", constraints, wheel, "sphinx", "myst-nb", "matplotlib")
    example = shutil.copytree(ROOT / "example", tmp_path / "example", ignore=shutil.ignore_patterns("_build"))
    # Not even an activated environment: MyST-NB finds the kernel beside the Python that runs Sphinx.
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV", "JUPYTER_PATH")}
    kernels = run(environment / "bin" / "jupyter", "kernelspec", "list", env=clean).stdout
    assert re.search(rf"interact-replay +{re.escape(str(environment))}", kernels)
    done = run(python, "-m", "sphinx", "-b", "html", ".", "_build/html", cwd=example, env=clean)
    assert "interact is shown as a still" not in done.stdout + done.stderr
    page = (example / "_build/html/index.html").read_text(encoding="utf-8")
    assert page.count('<div class="interact" ') == 5 and page.count("<svg") >= 4
    for number in range(1, 6):
        folder = example / "_build/html/_static/interact/index"
        texts = [path.read_text(encoding="utf-8") for path in (folder / f"{number}.js", *folder.glob(f"{number}-*.js"))]
        assert all(text.startswith(f'interactReplay("interact-{number}-') for text in texts) and '"slots":[{' in "".join(texts)
    for name in ("interact-replay.js", "interact-replay.css"):
        assert (example / "_build/html/_static" / name).exists() and name in page
