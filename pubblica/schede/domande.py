"""Che cos'è una domanda con i numeri estratti a caso, e come si scrivono i suoi numeri.

Un generatore riceve un `rng` di NumPy e restituisce una `Question`. `@of(5)` lo mette fra quelli del capitolo 5.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Answer = float | list[Any]


@dataclass
class Question:
    """Il testo in Markdown, la risposta (un numero, o una lista di numeri), i passaggi, e i numeri estratti."""

    text: str
    answer: Answer
    steps: str
    data: dict[str, Any]


Generator = Callable[[np.random.Generator], Question]
GENERATORS: dict[int, list[Generator]] = {}


def of(chapter: int) -> Callable[[Generator], Generator]:
    """Mette un generatore fra quelli di un capitolo."""

    def add(generator: Generator) -> Generator:
        GENERATORS.setdefault(chapter, []).append(generator)
        return generator

    return add


def draw(chapter: int, seed: int, use: str, rounds: int = 1, taken: frozenset[str] = frozenset()) -> list[Question]:
    """Le domande di un capitolo con quel seme, per un certo uso: una per generatore, per ogni giro, tutte diverse e non fra `taken`."""
    rng = np.random.default_rng([seed, chapter, *use.encode()])
    found: list[Question] = []
    for _ in range(rounds):
        for generator in GENERATORS[chapter]:
            question = generator(rng)
            while question.text in taken | {other.text for other in found}:
                question = generator(rng)
            found.append(question)
    return found


def written(value: Any) -> str:
    """Un numero come si scrive in una formula, senza decimali inutili; una lista fra parentesi quadre."""
    if isinstance(value, list | np.ndarray):
        return "[" + ",\\ ".join(written(one) for one in value) + "]"
    return f"{round(float(value), 6) + 0:g}"


def plain(value: Any) -> Answer:
    """Un numero o una lista di Python: interi dove si può, decimali senza gli scarti dell'arrotondamento."""
    if isinstance(value, list | np.ndarray):
        return [plain(one) for one in value]
    number = round(float(value), 6) + 0
    return int(number) if number == int(number) else number


def math(value: Any) -> str:
    """Un numero o una lista, come formula."""
    return f"${written(value)}$"


def added(value: Any) -> str:
    """Un addendo con il suo segno: `+ 3`, `- 2`."""
    return f"{'-' if value < 0 else '+'} {written(abs(value))}"


def term(factor: Any, name: str, first: bool = False) -> str:
    """Un addendo con una lettera: `+ 3x`, `- x`; il primo senza il segno più."""
    sign, size = ("- " if factor < 0 else "+ "), abs(factor)
    start = ("-" if factor < 0 else "") if first else sign
    return f"{start}{'' if size == 1 else written(size)}{name}"


def guarded(value: Any) -> str:
    """Un numero, fra parentesi se è negativo."""
    return f"({written(value)})" if value < 0 else written(value)


def products(a: Any, b: Any) -> str:
    """La somma dei prodotti, scritta per intero."""
    return " + ".join(f"{guarded(p)} \\cdot {guarded(q)}" for p, q in zip(a, b))


def matrix(rows: Any) -> str:
    """Una matrice, come formula senza i segni di formula."""
    return "\\begin{bmatrix}" + " \\\\ ".join(" & ".join(written(x) for x in row) for row in rows) + "\\end{bmatrix}"


def integers(rng: np.random.Generator, size: Any = None, most: int = 3) -> Any:
    """Interi piccoli, positivi o negativi, mai 0."""
    found = rng.integers(1, most + 1, size=size) * rng.choice([-1, 1], size=size)
    return found if size is not None else int(found)
