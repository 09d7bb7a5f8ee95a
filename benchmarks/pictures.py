"""What sharing is worth for pictures of pixels: every drawing as it was recorded before, and as it is now, in one run.

    python benchmarks/pictures.py [NAME …]    # in the book's environment

For each drawing, as people write them for `interact` with PNG figures, a grid of 8 × 6 states. kB after gzip of the whole
recording: each picture a WebP of its own ("alone", all that there was at first), what they share written once ("shared"), with
colours off by up to 2 levels ("nearly"), as SVG; then what is chosen, and what it takes of "alone".
Milliseconds are CPU time of a state: drawing it as pixels, finding and writing what is shared.
"""

from __future__ import annotations

import base64
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import product

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from interact_replay.image import LOSSLESS
from interact_replay.kernel.draw import draw
from interact_replay.kernel.encode import chunk, compressed
from interact_replay.kernel.pieces import FIGURE, Picture
from interact_replay.kernel.reuse import Memory
from interact_replay.kernel.trial import HEAVY, WORTH
from interact_replay.svg import IMG_ALT, make_tidy

FIRST, SECOND = np.linspace(0.2, 2.7, 8), range(6)


def line(a: float, k: int) -> None:
    """A curve in fixed limits."""
    x = np.linspace(0, 10, 500)
    plt.plot(x, np.sin(a * x) * np.exp(-0.1 * k * x))
    plt.ylim(-1.1, 1.1)
    plt.grid()
    plt.title(f"a = {a:.2f}, k = {k}")


def free_line(a: float, k: int) -> None:
    """A curve whose limits follow it: the picture changes its size."""
    x = np.linspace(0, 10, 500)
    plt.plot(x, (1 + k) * a * np.sin(a * x))
    plt.xlabel("x")
    plt.ylabel("f(x)")


def histogram(a: float, k: int) -> None:
    """Bars."""
    plt.hist(np.random.default_rng(3).normal(a, 1 + k / 5, 2000), bins=10 + 4 * k, edgecolor="k")
    plt.xlim(-8, 8)
    plt.ylim(0, 500)


def scatter(a: float, k: int) -> None:
    """400 marks and a colour bar."""
    rng = np.random.default_rng(5)
    x = rng.random(400)
    plt.scatter(x, a * x + rng.normal(0, 0.05 + 0.05 * k, 400), c=x)
    plt.ylim(-1, 4)
    plt.colorbar()


def cloud(a: float, k: int) -> None:
    """20,000 marks, more than a browser draws in a frame."""
    t = np.random.default_rng(5).random(20000) * 20
    plt.scatter(t * np.cos(a * t), t * np.sin(t + k), s=2, alpha=0.3)


def heat_map(a: float, k: int) -> None:
    """48 × 48 values."""
    x = np.linspace(-3, 3, 48)
    plt.imshow(np.sin(x[:, None] * (1 + a) + 0.2 * k) * np.cos(x * (1 + 0.1 * k) - a))
    plt.colorbar()


def field(a: float, k: int) -> None:
    """400 × 400 values, smooth."""
    x = np.linspace(-3, 3, 400)
    plt.imshow(np.sin(x[:, None] * (1 + a) + 0.2 * k) * np.cos(x * (1 + 0.1 * k) - a), extent=(-3, 3, -3, 3))
    plt.colorbar()


def photograph(a: float, k: int) -> None:
    """A grey picture that is sharpened."""
    values = np.fft.fft2(np.random.default_rng(1).normal(size=(256, 256)))
    distance = np.hypot(*np.meshgrid(np.fft.fftfreq(256), np.fft.fftfreq(256)))
    plt.imshow(np.fft.ifft2(values / (distance + 0.004 * (1 + k)) ** (0.8 + a / 3)).real, cmap="gray")
    plt.axis("off")


def contours(a: float, k: int) -> None:
    """Twenty filled levels."""
    x, y = np.meshgrid(*[np.linspace(-3, 3, 120)] * 2)
    plt.contourf(x, y, np.sin(a * x) * np.cos(y) + 0.1 * k * x, levels=20)
    plt.colorbar()


def region(a: float, k: int) -> None:
    """A decision region as a mesh, and 80 points."""
    points = np.random.default_rng(2).normal(size=(80, 2))
    x, y = np.meshgrid(*[np.linspace(-3, 3, 200)] * 2)
    plt.pcolormesh(x, y, x**2 + a * y - 0.3 * k > 1, cmap="RdBu", alpha=0.4)
    plt.scatter(*points.T, c=points[:, 0] ** 2 + a * points[:, 1] > 1, cmap="RdBu", edgecolors="k")


def surface(a: float, k: int) -> None:
    """A surface in space, seen from the side that the second slider chooses."""
    axes = plt.figure(figsize=(7, 5)).add_subplot(projection="3d")
    x, y = np.meshgrid(*[np.linspace(-3, 3, 60)] * 2)
    axes.plot_surface(x, y, np.sin(a * x) * np.cos(y), cmap="viridis")
    axes.set_zlim(-1, 1)
    axes.view_init(30, 10 * k)


def walks(a: float, k: int) -> None:
    """Eight random walks of 4,000 steps."""
    plt.figure(figsize=(10, 4))
    plt.plot(np.cumsum(np.random.default_rng(k).normal(size=(4000, 8)) * a, 0), lw=0.7)


DRAWINGS: list[Callable[[float, int], None]] = [
    *(line, free_line, histogram, scatter, cloud, heat_map, field, photograph, contours, region, surface, walks),
]


def drawn(f: Callable[[float, int], None], **settings: object) -> Iterator[str]:
    """The picture of each state, as the recording kernel draws it."""
    memory = Memory()
    for a, k in product(FIRST, SECOND):
        plt.close("all")
        f(a, k)
        yield draw(plt.gcf(), memory=memory, **settings)


def main() -> None:
    matplotlib.use("agg")
    matplotlib.rcParams["svg.hashsalt"] = "pictures"
    head = ("drawing", "alone", "shared", "nearly", "SVG", "chosen", "chosen / alone", "draw, ms", "share, ms")
    print(f"| {' | '.join(head)} |\n| --- |{' ---: |' * (len(head) - 1)}")
    quotients = {"all": [], "where pixels are chosen": []}
    tidy = make_tidy(1, {"#000000": "currentColor"})
    chosen = [f for f in DRAWINGS if not sys.argv[1:] or f.__name__ in sys.argv[1:]]
    for f in chosen:
        times = [time.process_time()]
        found = list(drawn(f, fmt="webp", pil_kwargs=LOSSLESS))
        times.append(time.process_time())
        tags = [Picture(f'<img{IMG_ALT} decoding="sync" src="data:image/webp;base64,{base64.b64encode(one).decode()}">') for one in found]
        alone = compressed(chunk([[FIGURE, str(tag), "</div>"] for tag in tags]))
        shared = compressed(chunk([[FIGURE, tag, "</div>"] for tag in tags]))
        times.append(time.process_time())
        nearly = compressed(chunk([[FIGURE, tag, "</div>"] for tag in tags], error=2))
        svgs = [tidy(one, "i-") for one in drawn(f, fmt="svg", metadata={"Date": None})]
        svg = compressed(chunk(svgs)) if max(len("".join(one)) for one in svgs) < HEAVY else float("inf")
        now = min(shared, svg, nearly if nearly < WORTH * min(shared, svg) else shared)
        quotients["all"].append(now / alone)
        if now < svg:
            quotients["where pixels are chosen"].append(now / alone)
        cells = [f"{size / 1000:,.0f}" for size in (alone, shared, nearly, svg, now)]
        cells += [f"{now / alone:.2f}", *(f"{1000 * (t - s) / len(found):.0f}" for s, t in zip(times, times[1:]))]
        print(f"| {f.__name__.replace('_', ' ')} | {' | '.join(cells)} |", flush=True)
    for what, numbers in quotients.items():
        print(f"\nMedian quotient, {what}: {statistics.median(numbers or [1]):.2f} of {len(numbers)}")


if __name__ == "__main__":
    main()
