"""The functions that every tool records: a line plot, a heat map, a decision region, a printed table; and figures of the book.

Each is what a teacher would write for `interact`: it draws with pyplot or prints, and returns nothing. HoloViews
cannot take such a function; `hv_…` says the same with its elements.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

X, W, B, TARGET = np.array([1.0, -2.0, 3.0]), np.array([-3.0, -1.0, 2.0]), 1.0, 2.0

BACKEND = plt.get_backend()


def subject(name: str, rows: int, columns: int) -> tuple[Callable[..., None], dict[str, list[tuple[str, Any]]]]:
    """The function and the options of its controls: `rows` values of the first and `columns` of the second.

    `6:watch_descent` is that function of the book's chapter 6, with at most rows × columns of its own states.
    """
    if ":" in name:
        return book(*name.split(":"), rows * columns)
    high = {"line": 0.15, "heat": 3.0, "region": 3.0, "table": 0.12}[name]
    first = [round(high * i / max(1, rows - 1), 6) for i in range(rows)]
    return globals()[name], {"a": [(f"{v:g}", v) for v in first], "b": [(str(v), v) for v in range(1, columns + 1)]}


def book(number: str, name: str, most: int) -> tuple[Callable[..., None], dict[str, list[tuple[str, Any]]]]:
    """A function of a chapter; the finest of its controls lose values, evenly spaced, until there are few enough states."""
    sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
    import notebook  # it chooses a backend that shows nothing

    plt.switch_backend(BACKEND)
    interactive = next(i for i in notebook.chapter(int(number)).interactives if i.f.__name__ == name)
    sizes = [len(control.values) for control in interactive.controls]
    while math.prod(sizes) > most:
        sizes[sizes.index(max(sizes))] -= 1
    chosen = {}
    for control, size in zip(interactive.controls, sizes):
        last = len(control.values) - 1
        places = [round(k * last / max(1, size - 1)) for k in range(size)]
        chosen[control.name] = [(control.labels[k], control.values[k]) for k in places]
    return interactive.f, chosen


# A line plot: one neuron, from y = 6 towards 2. The reference of this repository: 31 learning rates × 50 epochs.


def losses(learning_rate: float, epochs: int) -> np.ndarray:
    """The loss before each epoch and after the last."""
    w, b, found = W, B, []
    for _ in range(epochs + 1):
        z = X @ w + b
        y = max(0.0, z)
        found.append(0.5 * (y - TARGET) ** 2)
        dz = (y - TARGET) * (z > 0)
        w, b = w - learning_rate * dz * X, b - learning_rate * dz
    return np.array(found)


def line(a: float, b: int) -> None:
    """The loss of each epoch."""
    fig, ax = plt.subplots()
    ax.plot(losses(a, b), marker="o", markersize=4)
    ax.set(xlabel="epoch", ylabel="loss", xlim=(-1, 51), ylim=(-0.5, 8.5), title=f"learning rate {a:.3f}")
    ax.grid(True)


def hv_line(hv, a: float, b: int):
    """The same curve."""
    loss = losses(a, b)
    curve = hv.Curve((np.arange(len(loss)), loss), "epoch", "loss").opts(show_grid=True, title=f"learning rate {a:.3f}")
    points = hv.Scatter((np.arange(len(loss)), loss), "epoch", "loss").opts(s=16)
    return (curve * points).redim.range(epoch=(-1, 51), loss=(-0.5, 8.5))


# A heat map: two waves that cross.

SIDE = np.linspace(-3, 3, 48)


def waves(a: float, b: int) -> np.ndarray:
    """48 × 48 values between -1 and 1."""
    return np.sin(SIDE[:, None] * (1 + a) + 0.2 * b) * np.cos(SIDE[None, :] * (1 + 0.1 * b) - a)


def heat(a: float, b: int) -> None:
    """The waves with their colour bar."""
    fig, ax = plt.subplots()
    image = ax.imshow(waves(a, b), extent=(-3, 3, -3, 3), vmin=-1, vmax=1, origin="lower")
    fig.colorbar(image)
    ax.set(xlabel="x", ylabel="y", title=f"a = {a:.2f}, b = {b}")


def hv_heat(hv, a: float, b: int):
    """The same picture."""
    image = hv.Image(waves(a, b)[::-1], bounds=(-3, -3, 3, 3), vdims=[hv.Dimension("v", range=(-1, 1))])
    return image.opts(colorbar=True, cmap="viridis", aspect="equal", title=f"a = {a:.2f}, b = {b}")


# A decision region: eight hidden units learn to part two moons; first control learning rate, second epochs.


@cache
def moons() -> tuple[np.ndarray, np.ndarray]:
    """60 points of two classes."""
    rng = np.random.default_rng(1)
    t = np.linspace(0, np.pi, 30)
    up, down = np.stack([np.cos(t), np.sin(t)], 1), np.stack([1 - np.cos(t), 0.4 - np.sin(t)], 1)
    return np.concatenate([up, down]) + rng.normal(0, 0.12, (60, 2)), np.repeat([0.0, 1.0], 30)


MESH = np.meshgrid(np.linspace(-2, 3, 60), np.linspace(-1.5, 2, 60))


def surface(a: float, b: int) -> np.ndarray:
    """The probability of the second class on a mesh of 60 × 60, after `b` epochs."""
    points, labels = moons()
    rng = np.random.default_rng(0)
    w1, b1, w2, b2 = rng.normal(0, 1, (2, 8)), np.zeros(8), rng.normal(0, 1, 8), 0.0
    for _ in range(b):
        hidden = np.tanh(points @ w1 + b1)
        dlogit = (1 / (1 + np.exp(-(hidden @ w2 + b2))) - labels) / len(labels)
        dhidden = dlogit[:, None] * w2 * (1 - hidden**2)
        w2, b2 = w2 - (a + 0.1) * hidden.T @ dlogit, b2 - (a + 0.1) * dlogit.sum()
        w1, b1 = w1 - (a + 0.1) * points.T @ dhidden, b1 - (a + 0.1) * dhidden.sum(0)
    mesh = np.stack([m.ravel() for m in MESH], 1)
    return (1 / (1 + np.exp(-(np.tanh(mesh @ w1 + b1) @ w2 + b2)))).reshape(MESH[0].shape)


LEVELS = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1]


def region(a: float, b: int) -> None:
    """Filled contours and the points."""
    points, labels = moons()
    fig, ax = plt.subplots()
    ax.contourf(*MESH, surface(a, b), levels=LEVELS, cmap="RdBu_r", alpha=0.7)
    ax.scatter(*points.T, c=labels, cmap="RdBu_r", edgecolors="k", s=20)
    ax.set(xlabel="x", ylabel="y", title=f"learning rate {a + 0.1:.2f}, {b} epochs")


def hv_region(hv, a: float, b: int):
    """The same contours and points."""
    from holoviews.operation import contours

    points, labels = moons()
    image = hv.Image((MESH[0][0], MESH[1][:, 0], surface(a, b)), vdims=[hv.Dimension("p", range=(0, 1))])
    filled = contours(image, levels=LEVELS, filled=True).opts(cmap="RdBu_r", alpha=0.7)
    dots = hv.Points((*points.T, labels), vdims="label").opts(color="label", cmap="RdBu_r", edgecolors="k", s=20)
    return (filled * dots).opts(title=f"learning rate {a + 0.1:.2f}, {b} epochs")


# A printed table: a loan of 100,000 at a yearly rate `a`, paid back in `b` years.


def payments(a: float, b: int) -> list[tuple[int, float, float, float]]:
    """Year, instalment, interest, what is left; at most the first twelve years."""
    instalment = 100_000 * a / (1 - (1 + a) ** -b) if a else 100_000 / b
    left, rows = 100_000.0, []
    for year in range(1, min(b, 12) + 1):
        interest = left * a
        left = max(0.0, left + interest - instalment)
        rows.append((year, round(instalment, 2), round(interest, 2), round(left, 2)))
    return rows


def table(a: float, b: int) -> None:
    """The rows as text."""
    print(f"{100 * a:.2f} % over {b} years")
    print(f"{'year':>4}{'instalment':>14}{'interest':>14}{'left':>14}")
    for year, instalment, interest, left in payments(a, b):
        print(f"{year:>4}{instalment:>14,.2f}{interest:>14,.2f}{left:>14,.2f}")


def hv_table(hv, a: float, b: int):
    """The same rows as a table."""
    rows = [(y, f"{i:,.2f}", f"{n:,.2f}", f"{r:,.2f}") for y, i, n, r in payments(a, b)]
    return hv.Table(rows, "year", ["instalment", "interest", "left"])
