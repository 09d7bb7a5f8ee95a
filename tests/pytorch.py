"""Esegue il codice PyTorch del libro e ne confronta i numeri con quelli scritti accanto: `make pytorch`.

Sono i riquadri «In PyTorch» dei capitoli e la pagina pytorch.md. Ciò che una riga con print stampa sta in un commento
sulla stessa riga; i nomi del capitolo, per esempio i dati, si usano così come sono.
"""

import contextlib
import io
import re
import sys

import nbformat
import torch
from notebook import CHAPTERS, ROOT, chapter

BOX = re.compile(r"^:::\{admonition\} In PyTorch\n(.*?)^:::$", re.S | re.M)
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.S | re.M)


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d*)?", text)]


def promised(code: str) -> list[float]:
    """I numeri dei commenti accanto ai print."""
    return [n for line in code.splitlines() if "print(" in line for n in numbers(line.rpartition("#")[2])]


def printed(code: str, names: dict) -> list[float]:
    """I numeri che il codice stampa davvero."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, names)
    return numbers(out.getvalue())


def main() -> int:
    made, wrong, blocks = {"torch": torch}, 0, []
    for path in CHAPTERS:
        text = "\n".join(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown")
        blocks += [(path.stem, code, int(path.name[:2])) for box in BOX.findall(text) for code in BLOCK.findall(box)]
    blocks += [("pytorch", code, None) for code in BLOCK.findall((ROOT / "chapters" / "pytorch.md").read_text("utf-8"))]
    for where, code, number in blocks:
        # Un riquadro conosce i nomi del suo capitolo e quelli che hanno definito i riquadri di prima.
        before = (chapter(number).names if number else {}) | made
        after = dict(before)
        expected, found = promised(code), printed(code, after)
        made |= {name: value for name, value in after.items() if before.get(name) is not value}
        right = bool(found) and expected[: len(found)] == found
        wrong += not right
        print(f"{where}: {'giusto' if right else f'promessi {expected}, stampati {found}'}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
