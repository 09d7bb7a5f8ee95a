"""In un Jupyter vero, senza il plug-in, gli stessi interact rispondono ai cursori sul codice di chi legge."""

import pytest
from kernel import Kernel
from notebook import CHAPTERS, cells, chapter

CHAPTER_6 = next(path for path in CHAPTERS if path.name.startswith("06"))


@pytest.fixture(scope="module")
def kernel():
    with Kernel(CHAPTER_6.parent) as opened:
        yield opened


def test_the_slider_follows_the_readers_code(kernel):
    interactive = next(i for i in chapter(6).interactives if i.f.__name__ == "watch_descent")
    for cell in cells(CHAPTER_6):
        kernel.run(cell.source)
        if "def watch_descent" in cell.source:
            break
    for choice in ((3, 10), (3, 20), (30, 20), (30, 50)):
        for control, index in zip(interactive.controls, choice, strict=True):
            key = "index" if control.name == "learning_rate" else "value"
            sent = index if key == "index" else control.values[index]
            text = kernel.move(control.description, {key: sent})
            if text:
                shown = text
        assert shown.strip() == interactive.text(*choice).strip()

    head = "def watch_descent(learning_rate, epochs):\n"
    kernel.run(cell.source.replace(head, head + "    print('codice di chi legge')\n"))
    assert "codice di chi legge" in kernel.move(interactive.controls[1].description, {"value": 33})
    kernel.run("")  # l'ultima parola: se prima c'è ancora un errore, lo trova
