"""What drawing axes from memory is worth on the book's own figures, side by side in one run, in one process.

    python benchmarks/figures.py [STATES]    # in the book's environment; that many neighbouring states of each (16)

CPU milliseconds a state: the notebook's function alone, with Matplotlib's drawing, with axes from memory.
"""

from __future__ import annotations

import contextlib
import gc
import io
import math
import random
import sys
import time
from itertools import islice, product
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
from interact_replay.kernel.draw import draw
from interact_replay.kernel.reuse import Memory
from interact_replay.svg import make_tidy

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
import notebook  # noqa: E402

WAYS = ("function", "drawn", "from memory")


def milliseconds(interactive: Any, states: list[tuple[int, ...]], way: str) -> float:
    """CPU time of a state."""
    memory, tidy = Memory(), make_tidy(1, {})
    memory.active = way == "from memory"
    begin = time.process_time()
    for state in states:
        with contextlib.redirect_stdout(io.StringIO()):
            interactive.f(**{c.name: c.values[i] for c, i in zip(interactive.controls, state)})
        if way != "function":
            for figure in map(plt.figure, plt.get_fignums()):
                tidy(draw(figure, fmt="svg", memory=memory, bbox_inches=None, metadata={"Date": None}), "i-")
        plt.close("all")
    return 1000 * (time.process_time() - begin) / len(states)


def main() -> None:
    matplotlib.use("agg")
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 16
    lot, whole = random.Random(0), dict.fromkeys(WAYS, 0.0)
    print(f"| interactive | states | {' | '.join(f'{way}, ms' for way in WAYS)} |\n| --- |{' ---: |' * (1 + len(WAYS))}")
    for page in notebook.ALIVE:
        for interactive in notebook.page(page).interactives:
            sizes = [len(control.values) for control in interactive.controls]
            total = math.prod(sizes)
            begin = lot.randrange(max(1, total - most))
            states = list(islice(product(*map(range, sizes)), begin, begin + most))
            gc.collect()
            gc.freeze()  # as in the processes that record
            times = {way: milliseconds(interactive, states, way) for way in WAYS}
            if times["drawn"] < 1.5 * times["function"]:  # it draws nothing
                continue
            for way in WAYS:
                whole[way] += total * times[way] / 1000
            cells = " | ".join(f"{times[way]:.1f}" for way in WAYS)
            print(f"| {page.stem}, `{interactive.f.__name__}` | {total:,} | {cells} |", flush=True)
    print(f"| **all states, CPU s** | | {' | '.join(f'{whole[way]:.0f}' for way in WAYS)} |")


if __name__ == "__main__":
    main()
