"""Ogni interact del libro, nella pagina, mostra ciò che dice e disegna la funzione del capitolo."""

import base64
import gzip
import io
import json
import random
import re
import xml.etree.ElementTree as ET
from html import unescape
from itertools import groupby

import browser as chromium
import numpy as np
import pytest
from interact_replay.recording import shown
from notebook import ALIVE, CHAPTERS, ROOT, chapter
from notebook import page as executed
from PIL import Image

pytestmark = pytest.mark.sito
every_page = pytest.mark.parametrize("path", ALIVE, ids=lambda path: path.stem)
CHAPTER_6 = next(path for path in CHAPTERS if path.name.startswith("06"))
GEOMETRY = ("d", "x", "y", "width", "height", "points", "transform")
COLORS = ("fill", "stroke", "opacity", "stroke-opacity", "fill-opacity")
APART = ("defs", "metadata", "style")


def address(path):
    """L'indirizzo della pagina nel sito."""
    return path.relative_to(ROOT).with_suffix(".html").as_posix()


def files(site, path):
    """I file delle registrazioni di una pagina, nell'ordine della pagina; per ognuna prima il suo, poi quelli dei pezzi."""
    folder = site / "_static" / "interact" / path.relative_to(ROOT).with_suffix("")
    found = sorted(folder.glob("*.js"), key=lambda file: [int(number) for number in file.stem.split("-")])
    return [list(group) for _, group in groupby(found, key=lambda file: file.stem.split("-")[0])]


def arguments(file):
    """Ciò che un file passa a chi suona la registrazione, senza la chiave."""
    call = re.fullmatch(r'interactReplay\("[^"]*",(.*)\)\n', file.read_text(encoding="utf-8"))
    return json.loads(f"[{call[1]}]")


def recordings(site, path):
    """Le registrazioni di una pagina, nell'ordine della pagina: i controlli stanno nella pagina, il resto nei file."""
    page = (site / address(path)).read_text(encoding="utf-8")
    controls = [json.loads(unescape(text)) for text in re.findall(r"data-controls='(.*?)'", page)]
    outputs = []
    for first, *others in files(site, path):
        outputs.append(arguments(first)[0]["outputs"])
        for chunk, k, c in map(arguments, others):
            outputs[-1][k]["chunks"][c] = chunk
    return [{"controls": c, "outputs": o} for c, o in zip(controls, outputs, strict=True)]


def printed(html):
    """Il testo che c'è in uno stato: ciò che si stampa e i verdetti di disegno.esito."""
    texts = re.findall(r'<(pre|p) class="(?:interact-text interact-stdout|esito)"[^>]*>(.*?)</\1>', html, re.DOTALL)
    return unescape("\n".join(re.sub(r"</?strong[^>]*>", "", text) for _, text in texts)).strip()


def drawing(svg):
    """Gli elementi di un SVG, nell'ordine: nome, a che cosa rimanda, numeri, colori. Senza le definizioni."""
    found = []

    def visit(element):
        tag = element.tag.split("}")[-1]
        if tag in APART:
            return
        link = "".join(value for name, value in element.attrib.items() if name.endswith("href"))
        style = dict(re.findall(r"([\w-]+):\s*([^;]+)", element.get("style", ""))) | element.attrib
        numbers = re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", " ".join(element.get(name, "") for name in GEOMETRY))
        colors = [style.get(name) for name in COLORS]
        found.append((tag, "".join(link.split()).lstrip("#"), [float(number) for number in numbers], colors))
        for child in element:
            visit(child)

    visit(ET.fromstring(svg[svg.index("<svg") :]))
    return found


def pixels(address):
    """I punti di un'immagine scritta nell'indirizzo: il formato lo sceglie il plug-in, e non deve perdere niente."""
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as image:
        return np.array(image.convert("RGBA"))


def assert_same_drawing(recorded, matplotlib):
    """La figura registrata è quella di Matplotlib: coordinate arrotondate a un decimale, colori con un altro nome."""
    palette = {None: None}
    for ours, theirs in zip(drawing(recorded), drawing(matplotlib), strict=True):
        if ours[0] == "svg":  # che figura sia e che colore abbia di suo lo decide la pagina
            continue
        # Il numero della raccolta nella figura (C2_…) il plug-in lo toglie: quello che segue dice già che cosa si vede.
        link = re.sub(r"^C[\da-f]+_(?=[\da-f]+_)", "C", theirs[1])
        same = np.array_equal(pixels(ours[1]), pixels(link)) if theirs[0] == "image" else ours[1].endswith(link)
        assert ours[0] == theirs[0] and same
        assert np.shape(ours[2]) == np.shape(theirs[2]) and np.allclose(ours[2], theirs[2], rtol=0, atol=0.0501)
        for color, original in zip(ours[3], theirs[3], strict=True):
            # Dove i colori dicono valori il nero, che in SVG è di chi non ha un colore, non segue la pagina.
            assert palette.setdefault(original, color) == color or (ours[0], original, color) == ("g", None, "#000")


def shown_in(output, state):
    """L'HTML di uno stato."""
    return shown(output, state)


def position(output, choice, controls):
    state = 0
    for i in output["controls"]:
        state = state * len(controls[i]["labels"]) + choice[i]
    return state


@every_page
def test_recordings_agree_with_the_functions(site, path):
    """In stati scelti a caso la registrazione dice ciò che la funzione stampa, e mostra ciò che disegna."""
    recorded, interactives = recordings(site, path), executed(path).interactives
    assert len(recorded) == len(interactives) >= (2 if path in CHAPTERS else 1)
    lot = random.Random(path.stem)
    for recording, interactive in zip(recorded, interactives, strict=True):
        controls, outputs = recording["controls"], recording["outputs"]
        assert [c["labels"] for c in controls] == [c.labels for c in interactive.controls]
        for _ in range(6):
            choice = [lot.randrange(len(c["labels"])) for c in controls]
            shown = "".join(shown_in(output, position(output, choice, controls)) for output in outputs)
            text, figures = interactive.show(*choice)
            assert printed(shown) == text.strip() != "", (interactive.f.__name__, choice)
            drawn = re.findall(r"<svg.*?</svg>", shown, re.DOTALL)
            for pair in zip(drawn, figures, strict=True):
                assert_same_drawing(*pair)


@every_page
def test_controls_are_named_in_one_style(path):
    """Il nome di un controllo comincia con la minuscola, una domanda con la maiuscola; quelle del quiz hanno il loro numero."""
    found = [(i.f.__name__, c.description) for i in executed(path).interactives for c in i.controls]
    assert [name for _, name in found if name[:1].isupper() and len(name) < 20] == []
    quiz = [(function, name) for function, name in found if function.startswith("quiz")]
    assert [name for function, name in quiz if not name.startswith(f"{function[5:]}. ")] == [] and (quiz or path not in CHAPTERS)


@every_page
def test_recordings_are_light(site, path):
    """Una registrazione non supera i 120 KB compressi."""
    for parts in files(site, path):
        assert sum(len(gzip.compress(file.read_bytes())) for file in parts) <= 120 * 1024, parts[0].name


@every_page
@pytest.mark.parametrize("how", ["http", "disco"])
def test_every_interactive_moves(addresses, page, path, how):
    """Ogni controllo si muove davvero, con la tastiera, e la pagina mostra ciò che dice la funzione."""
    page.goto(f"{addresses[how]}/{address(path)}")
    for n, interactive in enumerate(executed(path).interactives, 1):
        figure = page.locator(f"#interact-{n}")
        figure.scroll_into_view_if_needed()
        choice = [c.default for c in interactive.controls]
        for i, control in enumerate(interactive.controls):
            choice[i] = move(figure, i, control)
        expected = interactive.text(*choice).strip()
        page.wait_for_function(
            "([id, text]) => [...document.querySelectorAll(`#${id} :is(pre.interact-stdout, .esito)`)]"
            ".map((part) => part.textContent).join('\\n').trim() === text",
            arg=[f"interact-{n}", expected],
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
    if control.kind == "number":
        inputs.first.fill(control.labels[chosen].replace("−", "-"))
        inputs.first.press("Enter")
    elif control.kind == "select":
        inputs.first.select_option(index=chosen)
    else:
        inputs.nth(chosen).check()
    return chosen


@pytest.mark.parametrize("path", [path for path in CHAPTERS if "## Allenamento" in path.read_text("utf-8")], ids=lambda path: path.stem)
def test_a_new_exercise_begins_empty(site, path):
    """Chi passa a un altro esercizio non trova la risposta, né la soluzione, di quello di prima."""
    given = []
    for (first, *_), recording in zip(files(site, path), recordings(site, path), strict=True):
        exercise, *boxes = recording["controls"]
        empty = {str(i): [box["default"]] * len(exercise["labels"]) for i, box in enumerate(boxes, 1)}
        given.append(boxes and arguments(first)[0].get("sets") == {"0": empty} and len(exercise["labels"]) >= 12)
    assert any(given)


def test_both_sliders_of_chapter_6(addresses, page):
    """Il learning rate con il mouse, le epoche con la tastiera: i numeri sono quelli di descend."""
    interactive = next(i for i in chapter(6).interactives if i.f.__name__ == "watch_descent")
    n = chapter(6).interactives.index(interactive) + 1
    assert len(interactive.controls[0].values) * len(interactive.controls[1].values) >= 1550
    for how in ("http", "disco"):
        page.goto(f"{addresses[how]}/{address(CHAPTER_6)}")
        figure = page.locator(f"#interact-{n}")
        figure.scroll_into_view_if_needed()
        rate, epochs = figure.locator('[data-control="0"]'), figure.locator('[data-control="1"]')
        box = rate.bounding_box()
        for part in (0.25, 0.6, 0.9):
            page.mouse.click(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
            epochs.press("End")
            for _ in range(3):
                epochs.press("ArrowLeft")
            choice = [int(rate.input_value()), int(epochs.input_value())]
            assert choice[1] == len(interactive.controls[1].values) - 4
            expected = interactive.text(*choice).strip()
            page.wait_for_function(
                "([id, text]) => document.querySelector(`#${id} pre.interact-stdout`).textContent.trim() === text",
                arg=[f"interact-{n}", expected],
            )
            learning_rate = interactive.controls[0].values[choice[0]]
            names = chapter(6).names
            y, _, _ = names["descend"](names["x"], names["w"], names["b"], learning_rate, choice[1], target=2.0)[-1]
            assert f"{0.5 * (y - 2) ** 2:.6f}" in figure.locator("pre.interact-stdout").inner_text()
    assert page.problems == []


@every_page
def test_without_javascript_the_default_stands(browser, addresses, site, path):
    """Senza JavaScript c'è la figura iniziale, uguale a quella che la registrazione contiene."""
    with chromium.blank_page(browser, java_script_enabled=False) as page:
        page.goto(f"{addresses['disco']}/{address(path)}")
        source = (site / address(path)).read_text(encoding="utf-8")
        for n, recording in enumerate(recordings(site, path), 1):
            for k, output in enumerate(recording["outputs"]):
                default = [c["default"] for c in recording["controls"]]
                html = shown_in(output, position(output, default, recording["controls"]))
                assert f'data-output="{k}">{html}</div>' in source
            box = page.locator(f"#interact-{n} .interact-output > *").first.bounding_box()
            assert box["width"] > 100 and box["height"] > 15
            assert page.locator(f"#interact-{n} .interact-notice").first.is_visible()
