"""interact-replay beside Panel's `embed`, HoloViews' `HoloMap` and marimo-book: the same functions, one run, one machine; a quarter of an hour.

    python benchmarks/compare.py            # the figures of the plug-in's README; writes comparison.md and .svg
    python benchmarks/compare.py --quick    # small sizes; prints the table, writes nothing into the plug-in

Tools take turns for every function, each in a process of its own, so that a busy machine slows all of them. Times are
worth comparing within one run only. `--keep FOLDER` leaves pages and results behind.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import latency
import report

HERE = Path(__file__).resolve().parent
TOOLS = ("plug-in", "Panel", "HoloViews")


BOOK = ("6:watch_descent", "6:ravine", "7:two_layers", "8:overflow")  # of its heaviest, those with sliders alone


def cases(quick: bool) -> list[tuple[str, str, int, int, str]]:
    """(tool, function, rows, columns, format of figures), in the order in which they run.

    HoloViews takes seconds for each state of a region, Panel minutes for a large map: left out where that says nothing new.
    """
    small, growth, reference = (3, 10), [(4, 10)], []
    if not quick:
        small, growth, reference = (5, 20), [(10, 40)], [(31, 50)]
    ours = TOOLS[:2]
    found = [(tool, subject, *small, "svg") for subject in ("line", "table") for tool in TOOLS]
    found += [(tool, subject, *small, "svg") for subject in ("heat", "region") for tool in ours]
    found += [(tool, subject, *small, "svg") for subject in BOOK for tool in ours]
    found += [(tool, subject, *small, "png") for subject in ("heat", "region") for tool in ours]
    found += [(tool, "line", *shape, "svg") for shape in reference for tool in ("plug-in", "plug-in, one process")]
    found += [(tool, "line", *shape, "svg") for shape in growth for tool in ours]
    # marimo-book needs seconds for each state, and writes pictures of pixels.
    return found + [(tool, "line", 3, 3, "png") for tool in ("plug-in", "marimo-book")]


def run(case: tuple[str, str, int, int, str], folder: Path, browser: Any, presses: int) -> dict[str, Any]:
    """Record, then open the page; None stands for what could not be had."""
    tool, subject, rows, columns, form = case
    folder.mkdir(parents=True)
    command = [sys.executable, str(HERE / "record.py"), tool, subject, str(rows), str(columns), form, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    result = {"tool": tool, "subject": subject, "states": rows * columns, "format": form}
    if done.returncode:
        return result | {"error": done.stderr.strip().splitlines()[-1:]}
    result |= json.loads((folder / "result.json").read_text())
    if presses and tool in latency.HANDLE:
        try:
            seen = latency.measure(browser, tool, result["page"], presses)
        except latency.Error as error:  # a page that does not come up is a result, too
            return result | {"page_error": str(error).splitlines()[0]}
        result |= {"ready": seen["ready"], "lost": seen["lost"], "waits": seen["waits"]}
        if seen["loaded"] and "library" not in result:
            files = seen["loaded"].values()
            sizes = {"raw": sum(map(len, files)), "gzip": sum(len(gzip.compress(f, 6)) for f in files)}
            result["library"] = sizes
        if seen["waits"]:
            ordered = sorted(seen["waits"])
            result["median"] = statistics.median(ordered)
            result["p95"] = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, for development")
    parser.add_argument("--only", help="one tool only, for development")
    parser.add_argument("--keep", type=Path, help="folder for pages and results (default: a temporary one)")
    parser.add_argument("--results", type=Path, help="write the README's figures from a kept results.json; run nothing")
    arguments = parser.parse_args()
    if arguments.results:
        kept = json.loads(arguments.results.read_text())
        report.write(kept["results"], kept["load"])
        return
    with contextlib.ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browser = stack.enter_context(latency.opened())
        results = []
        load = os.getloadavg()[0]
        for number, case in enumerate(cases(arguments.quick)):
            if arguments.only in (None, case[0]):
                results.append(run(case, folder / f"{number:02}", browser, 8 if arguments.quick else 48))
                print(report.line(results[-1]), flush=True)
                (folder / "results.json").write_text(json.dumps({"load": load, "results": results}, indent=1))
        print("\n" + report.table(results, load))
        if not arguments.quick and not arguments.only:
            report.write(results, load)


if __name__ == "__main__":
    main()
