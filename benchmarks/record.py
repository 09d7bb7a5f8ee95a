"""One recording by one tool, in a process of its own: `python record.py TOOL SUBJECT ROWS COLUMNS FORMAT FOLDER`.

The folder then holds `page.html` (and what it needs) and `result.json`: seconds, CPU seconds, bytes, where the page is.
"Seconds" is the recording alone: calling the function for every state and writing down what it shows. Imports, the
first picture (it finds the fonts), the start of a kernel and the rest of a Sphinx build are not in it. "CPU" is the
same without the waiting: what processes other than this one take away on a busy machine is not in it.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import math
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import subjects

HERE = Path(__file__).resolve().parent

NOTEBOOK = """
import ipywidgets as w
import subjects
%config InlineBackend.figure_formats = ['{format}']
function, controls = subjects.subject('{subject}', {rows}, {columns})
function(**{{name: options[-1][1] for name, options in controls.items()}})
---
import json, record
begin = record.clocks()
---
middle = {{name: options[len(options) // 2][1] for name, options in controls.items()}}
w.interact(function, **{{name: w.SelectionSlider(options=controls[name], value=middle[name]) for name in controls}})
---
open('clocks.json', 'w').write(json.dumps(record.since(begin)))
"""


def plugin(subject: str, rows: int, columns: int, form: str, folder: Path, processes: int = 0) -> dict[str, Any]:
    """A project of one notebook, built by Sphinx."""
    import nbformat

    cells = NOTEBOOK.format(subject=subject, rows=rows, columns=columns, format=form).strip().split("\n---\n")
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    notebook.cells = [nbformat.v4.new_markdown_cell("# Benchmark"), *map(nbformat.v4.new_code_cell, cells)]
    nbformat.write(notebook, folder / "index.ipynb")
    (folder / "conf.py").write_text(
        "extensions = ['myst_nb', 'interact_replay']\nexclude_patterns = ['out']\nnb_execution_in_temp = False\n"
        f"interact_max_states = 10000\ninteract_max_kilobytes = 100000\ninteract_strict = True\ninteract_processes = {processes}\n"
    )
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", ".", "out"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(command, cwd=folder, check=True, env=os.environ | {"PYTHONPATH": str(HERE), "PATH": path})
    page = folder / "out" / "index.html"
    figure = re.search(r'<div class="interact" .*?role="status" hidden></p></div>', page.read_text("utf-8"), re.DOTALL)
    static = page.parent / "_static"
    return {
        **json.loads((folder / "clocks.json").read_text()),
        "page": str(page),
        "content": _weigh(figure[0].encode(), *(file.read_bytes() for file in (static / "interact" / "index").glob("1*.js"))),
        "library": _weigh((static / "interact-replay.js").read_bytes(), (static / "interact-replay.css").read_bytes()),
    }


def panel(subject: str, rows: int, columns: int, form: str, folder: Path) -> dict[str, Any]:
    """`pn.interact` on the same function, saved with `embed=True`."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    import panel as pn

    function, controls = subjects.subject(subject, rows, columns)

    def shown(**values: Any) -> Any:
        with contextlib.redirect_stdout(io.StringIO()) as text:
            function(**values)
        # As inline figures in a notebook: cut to what is drawn, 100 dots per inch.
        figures = [plt.figure(number) for number in plt.get_fignums()]
        parts = [pn.pane.Matplotlib(figure, format=form, tight=True, dpi=100) for figure in figures]
        plt.close("all")
        if text.getvalue():
            parts.append(pn.pane.Str(text.getvalue()))
        return parts[0] if len(parts) == 1 else pn.Column(*parts)

    _warm_up(shown(**{name: options[-1][1] for name, options in controls.items()}))
    begin = clocks()
    sliders = {
        name: pn.widgets.DiscreteSlider(name=name, options=dict(options), value=options[len(options) // 2][1])
        for name, options in controls.items()
    }
    page = folder / "page.html"
    pn.interact(shown, **sliders).save(page, embed=True, max_states=10**6, max_opts=10**6, progress=False)
    return {**since(begin), "page": str(page), "content": _weigh(page.read_bytes())}


def holoviews(subject: str, rows: int, columns: int, form: str, folder: Path) -> dict[str, Any]:
    """A `HoloMap` of every state, its Matplotlib figures embedded with sliders, as `hv.save` does."""
    import matplotlib

    matplotlib.use("agg")
    import holoviews as hv
    import panel as pn

    hv.extension("matplotlib", logo=False)
    hv.output(dpi=100)
    function = getattr(subjects, f"hv_{subject}")
    first, second = ([value for _, value in options] for options in subjects.subject(subject, rows, columns)[1].values())
    _warm_up(pn.pane.HoloViews(function(hv, first[-1], second[-1]), backend="matplotlib", format=form))
    begin = clocks()
    states = {(a, b): function(hv, a, b) for a in first for b in second}
    pane = pn.pane.HoloViews(hv.HoloMap(states, kdims=["a", "b"]), backend="matplotlib", format=form)
    page = folder / "page.html"
    pane.layout.save(page, embed=True, max_states=10**6, max_opts=10**6, progress=False)
    return {**since(begin), "page": str(page), "content": _weigh(page.read_bytes())}


MARIMO = """import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    import matplotlib.pyplot as plt
    import subjects
    return mo, plt, subjects


@app.cell
def _(mo):
    a = mo.ui.slider(steps={first}, value={first}[{middle}], label="a")
    b = mo.ui.slider(steps={second}, label="b")
    return a, b


@app.cell
def _(a, b, plt, subjects):
    subjects.{subject}(a.value, b.value)
    plt.gcf()
    return
"""


def marimo_book(subject: str, rows: int, columns: int, form: str, folder: Path) -> dict[str, Any]:
    """A book of one marimo notebook. It runs all of it for every state: what a book without states takes is taken off."""
    first, second = ([value for _, value in options] for options in subjects.subject(subject, rows, columns)[1].values())
    (folder / "content").mkdir()
    (folder / "content" / "index.py").write_text(MARIMO.format(first=first, second=second, middle=rows // 2, subject=subject))
    environment = os.environ | {"PYTHONPATH": str(HERE), "MPLBACKEND": "agg"}
    took = []
    for states in (False, True):
        settings = "title: Benchmark\ntoc:\n  - file: content/index.py\nprecompute:\n  max_seconds_per_page: 9999\n"
        (folder / "book.yml").write_text(f"{settings}  enabled: {str(states).lower()}\n")
        begin = clocks()
        subprocess.run([Path(sys.executable).parent / "marimo-book", "build"], cwd=folder, check=True, env=environment)
        took.append(since(begin))
        shutil.rmtree(folder / ".marimo_book_cache", ignore_errors=True)
    page = folder / "_site" / "index.html"
    tables = re.findall('<template class="marimo-book-precompute.*?</template>', page.read_text("utf-8"), re.DOTALL)
    assert tables, "no state was recorded"
    pictures = [file.read_bytes() for file in (folder / "_site" / "assets" / "img").glob("*")]
    seconds, cpu = (took[1][clock] - took[0][clock] for clock in ("seconds", "cpu"))
    return {"seconds": seconds, "cpu": cpu, "page": str(page), "content": _weigh("".join(tables).encode(), *pictures)}


def clocks() -> tuple[float, float]:
    """Wall clock, and what this process and its finished children have used of the processors."""
    return time.perf_counter(), sum(os.times()[:4])


def since(begin: tuple[float, float]) -> dict[str, float]:
    """What has passed on both."""
    return dict(zip(("seconds", "cpu"), (now - then for now, then in zip(clocks(), begin))))


def _warm_up(pane: Any) -> None:
    """Fonts are found and modules imported by the first picture; no tool's clock shall run for that."""
    pane.save(io.StringIO(), embed=True, progress=False)


def _weigh(*parts: bytes) -> dict[str, int]:
    return {"raw": sum(map(len, parts)), "gzip": sum(len(gzip.compress(part, 6, mtime=0)) for part in parts)}


TOOLS = {
    "plug-in": plugin,
    "plug-in, one process": lambda *what: plugin(*what, processes=1),
    "Panel": panel,
    "HoloViews": holoviews,
    "marimo-book": marimo_book,
}


def main() -> None:
    tool, subject, rows, columns, form, folder = sys.argv[1:]
    result = TOOLS[tool](subject, int(rows), int(columns), form, Path(folder))
    _, controls = subjects.subject(subject, int(rows), int(columns))
    result["states"] = math.prod(map(len, controls.values()))
    Path(folder, "result.json").write_text(json.dumps(result))


if __name__ == "__main__":
    main()
