"""Ogni interact del libro, nella pagina e in un Jupyter vero, mostra ciò che dice la funzione del capitolo."""

import gzip
import json
import random
import re
from html import unescape

import pytest
from myst_nb_interact import codec
from notebook import CHAPTERS, chapter

NUMBERS = [int(path.name[:2]) for path in CHAPTERS]
pytestmark = pytest.mark.sito


def recordings(site, number):
    """Le registrazioni di un capitolo, nell'ordine della pagina."""
    name = next(path.stem for path in CHAPTERS if path.name.startswith(f"{number:02}"))
    files = sorted((site / "_static" / "interact").glob(f"chapters--{name}-*.js"), key=lambda f: int(f.stem.split("-")[-1]))
    return [json.loads(re.fullmatch(r'mystNbInteract\("[^"]*",(.*)\)\n', f.read_text(encoding="utf-8"))[1]) for f in files]


def printed(html):
    """Il testo stampato che c'è in uno stato."""
    texts = re.findall(r'<pre class="interact-text interact-stdout">(.*?)</pre>', html, re.DOTALL)
    return unescape("\n".join(texts)).strip()


def shown_in(output, state):
    """L'HTML di uno stato."""
    return codec.filled(codec.decode(output, state), output["rich"])


def position(output, choice, controls):
    state = 0
    for i in output["controls"]:
        state = state * len(controls[i]["labels"]) + choice[i]
    return state


@pytest.mark.parametrize("number", NUMBERS)
def test_recordings_agree_with_the_functions(site, number):
    """In stati scelti a caso la registrazione dice ciò che la funzione stampa."""
    recorded, interactives = recordings(site, number), chapter(number).interactives
    assert len(recorded) == len(interactives) >= 2
    lot = random.Random(number)
    for recording, interactive in zip(recorded, interactives, strict=True):
        controls, output = recording["controls"], recording["outputs"][0]
        assert [c["labels"] for c in controls] == [c.labels for c in interactive.controls]
        for _ in range(6):
            choice = [lot.randrange(len(c["labels"])) for c in controls]
            shown = shown_in(output, position(output, choice, controls))
            assert printed(shown) == interactive.text(*choice).strip() != "", (interactive.f.__name__, choice)


@pytest.mark.parametrize("number", NUMBERS)
def test_recordings_are_light(site, number):
    """Una registrazione non supera i 120 KB compressi."""
    name = next(path.stem for path in CHAPTERS if path.name.startswith(f"{number:02}"))
    for file in (site / "_static" / "interact").glob(f"chapters--{name}-*.js"):
        assert len(gzip.compress(file.read_bytes())) <= 120 * 1024, file.name


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("how", ["http", "disco"])
def test_every_interactive_moves(addresses, page, number, how):
    """Ogni controllo si muove davvero, con la tastiera, e la pagina mostra ciò che dice la funzione."""
    name = next(path.stem for path in CHAPTERS if path.name.startswith(f"{number:02}"))
    page.goto(f"{addresses[how]}/chapters/{name}.html")
    for n, interactive in enumerate(chapter(number).interactives, 1):
        figure = page.locator(f"#interact-{n}")
        figure.scroll_into_view_if_needed()
        choice = [c.default for c in interactive.controls]
        for i, control in enumerate(interactive.controls):
            choice[i] = move(figure, i, control)
        expected = interactive.text(*choice).strip()
        page.wait_for_function(
            "([id, text]) => [...document.querySelectorAll(`#${id} pre.interact-stdout`)]"
            ".map((pre) => pre.textContent).join('\\n').trim() === text",
            arg=[f"interact-{n}", expected],
            timeout=5000,
        )
    assert page.problems == []


def move(figure, i, control):
    """Sposta un controllo da dov'è con i tasti che userebbe chi legge; dà la nuova posizione."""
    inputs = figure.locator(f'[data-control="{i}"]')
    if control.kind in ("range", "play"):
        back = control.default == len(control.labels) - 1
        inputs.first.press("ArrowLeft" if back else "ArrowRight")
        return control.default + (-1 if back else 1)
    if control.kind == "checkbox":
        inputs.first.press("Space")
        return 1 - control.default
    chosen = 0 if control.default != 0 else 1
    if control.kind == "select":
        inputs.first.select_option(str(chosen))
    else:
        inputs.nth(chosen).check(force=True)
    return chosen


def test_both_sliders_of_chapter_6(addresses, page):
    """Il learning rate con il mouse, le epoche con la tastiera: i numeri sono quelli di descend."""
    name = next(path.stem for path in CHAPTERS if path.name.startswith("06"))
    interactive = next(i for i in chapter(6).interactives if i.f.__name__ == "watch_descent")
    n = chapter(6).interactives.index(interactive) + 1
    assert len(interactive.controls[0].values) * len(interactive.controls[1].values) >= 1550
    for how in ("http", "disco"):
        page.goto(f"{addresses[how]}/chapters/{name}.html")
        figure = page.locator(f"#interact-{n}")
        figure.scroll_into_view_if_needed()
        rate, epochs = figure.locator('[data-control="0"]'), figure.locator('[data-control="1"]')
        box = rate.bounding_box()
        for part in (0.25, 0.6, 0.9):
            page.mouse.click(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
            epochs.press("End")
            for _ in range(3):
                epochs.press("ArrowLeft")
            choice = [int(rate.input_value()), int(epochs.input_value()), interactive.controls[2].default]
            assert choice[1] == len(interactive.controls[1].values) - 4
            expected = interactive.text(*choice).strip()
            page.wait_for_function(
                "([id, text]) => document.querySelector(`#${id} pre.interact-stdout`).textContent.trim() === text",
                arg=[f"interact-{n}", expected],
                timeout=5000,
            )
            learning_rate = interactive.controls[0].values[choice[0]]
            names = chapter(6).names
            history = names["descend"](names["x"], names["w"], names["b"], learning_rate, choice[1], target=2.0)
            assert f"{history['loss'][-1]:.6f}" in figure.locator("pre.interact-stdout").inner_text()
    assert page.problems == []


@pytest.mark.parametrize("number", NUMBERS)
def test_without_javascript_the_default_stands(browser, addresses, site, number):
    """Senza JavaScript c'è la figura iniziale, uguale a quella che la registrazione contiene."""
    name = next(path.stem for path in CHAPTERS if path.name.startswith(f"{number:02}"))
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{addresses['disco']}/chapters/{name}.html")
        source = (site / "chapters" / f"{name}.html").read_text(encoding="utf-8")
        for n, recording in enumerate(recordings(site, number), 1):
            for k, output in enumerate(recording["outputs"]):
                default = [c["default"] for c in recording["controls"]]
                html = shown_in(output, position(output, default, recording["controls"]))
                assert f'data-output="{k}">{html}</div>' in source
            box = page.locator(f"#interact-{n} .interact-output").first.bounding_box()
            assert box["width"] > 100 and box["height"] > 15
            assert page.locator(f"#interact-{n} .interact-notice").first.is_visible()
    finally:
        context.close()
