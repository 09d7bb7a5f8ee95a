"""Ogni figura si legge per intero su un telefono; su un computer ogni interattivo sta nello schermo con i suoi comandi.

Nel sito le lettere di una figura sono tracciati, che non hanno un corpo: lo si legge prima, da Matplotlib, e nel browser
si guarda che la figura non sia rimpicciolita.
"""

import contextlib
import functools
import io
import random
from collections import namedtuple

import browser as chromium
import matplotlib.pyplot as plt
import pytest
import visite
from matplotlib.text import Text
from notebook import ALIVE, ROOT, run

WIDTH = 3.15  # pollici: 302 punti CSS, la colonna di un telefono
PX = 96 / 72  # quanti punti CSS in un punto tipografico
SMALLEST = 9  # punti CSS
Screen = namedtuple("Screen", "width height")
PHONE = Screen(360, 740)
DESK = Screen(1366, 768)

every_page = pytest.mark.parametrize("path", ALIVE, ids=lambda path: path.stem)


@pytest.fixture
def texts(monkeypatch):
    """I testi che vengono disegnati: di un asse soltanto le tacche che si vedono."""
    drawn, draw = [], Text.draw

    def noted(self, *args, **kwargs):
        drawn.append(self)
        draw(self, *args, **kwargs)

    monkeypatch.setattr(Text, "draw", noted)
    return drawn


def size(text):
    """Il corpo della lettera più piccola, in punti CSS; gli indici di una formula sono sette decimi del resto."""
    shrunk = 0.7 if text.get_text().count("$") > 1 and {"_", "^"} & set(text.get_text()) else 1
    return text.get_fontsize() * PX * shrunk


def faults(figure, texts):
    """Che cosa di una figura non va: larghezza, lettere troppo piccole, cose che escono dal foglio."""
    texts.clear()
    figure.draw_without_rendering()
    shown = [text for text in texts if text.get_visible() and text.get_text().strip()]
    paper = figure.bbox.padded(0.5)

    def outside(box):
        return not all(paper.contains(*corner) for corner in box.corners())

    found = [f"«{text.get_text()}» alta {size(text):.1f}" for text in shown if size(text) < SMALLEST]
    found += [f"«{text.get_text()}» esce" for text in shown if outside(text.get_window_extent())]
    if abs(figure.get_figwidth() - WIDTH) > 0.02:
        found.append(f"larga {figure.get_figwidth():.2f} pollici")
    if outside(figure.get_tightbbox().transformed(figure.dpi_scale_trans)):
        found.append("qualcosa esce")
    return found


def test_what_is_wrong_is_seen(texts):
    """Una figura larga, con una scritta minuscola e una tagliata, ha tutti e tre i difetti; una giusta nessuno."""
    good = plt.figure(figsize=(WIDTH, 2))
    good.text(0.5, 0.5, "bene", fontsize=7)
    bad = plt.figure(figsize=(6, 2))
    bad.text(0.5, 0.5, "piccola $x_0$", fontsize=8)
    bad.text(0.99, 0.5, "tagliata", fontsize=8)
    assert faults(good, texts) == []
    assert [fault.split(" ")[0] for fault in faults(bad, texts)] == ["«piccola", "«tagliata»", "larga", "qualcosa"]
    plt.close("all")


def choices(controls, lot):
    """Lo stato iniziale, gli estremi di un controllo alla volta, e qualche stato a caso."""
    start = {c.name: c.values[c.default] for c in controls}
    yield start
    for c in controls:
        yield from (start | {c.name: c.values[i]} for i in (0, -1))
    for _ in range(6):
        yield {c.name: lot.choice(c.values) for c in controls}


@every_page
def test_figures_are_whole_and_legible(path, texts):
    """Le figure delle celle e, in più stati, quelle degli interact."""
    wrong, count = set(), 0

    def look(where):
        nonlocal count
        for figure in map(plt.figure, plt.get_fignums()):
            count += 1
            wrong.update(f"{where}: {fault}" for fault in faults(figure, texts))
        plt.close("all")

    page, lot = run(path, after=lambda: look("una cella")), random.Random(path.stem)
    for interactive in page.interactives:
        for choice in choices(interactive.controls, lot):
            with contextlib.redirect_stdout(io.StringIO()):
                interactive.f(**choice)
            look(interactive.f.__name__)
    assert count and not wrong, "\n".join(sorted(wrong))


# Nascosti o lontani, i disegni non hanno misura: prima si apre tutto.
OPEN = """() => {
  document.documentElement.toggleAttribute("data-intera", true);
  for (const details of document.querySelectorAll("article details")) details.open = true;
  for (const input of document.querySelectorAll("[data-control]")) input.dispatchEvent(new Event("change"));
}"""
# Di ogni disegno di Matplotlib quanto è ingrandito e dove finisce, di ogni riquadro se scorre di lato.
FIGURES = """() => [...document.querySelectorAll(".interact-figure svg")].map((svg) => {
  const { left, right, width } = svg.getBoundingClientRect();
  const boxes = [];
  for (let box = svg.parentElement; !box.matches(".cell_output, article"); box = box.parentElement) boxes.push(box);
  return {
    outside: left < 0 || right > innerWidth,
    scale: width / ((svg.viewBox.baseVal.width * 96) / 72),
    slides: boxes.some((box) => box.scrollWidth > box.clientWidth + 1),
  };
})"""
# Quanto è alto ogni interattivo e quanto schermo c'è, sotto la testata.
HEIGHTS = """() => [...document.querySelectorAll(".interact")].map((box) => ({
  name: box.id,
  height: box.getBoundingClientRect().height,
  room: innerHeight - document.querySelector(".testata").getBoundingClientRect().height,
  steps: [...box.querySelectorAll("label")].some((label) => /^passo/i.test(label.textContent)),
}))"""
SCRIPTS = {"width": "document.documentElement.scrollWidth", "figures": FIGURES, "heights": HEIGHTS}


@pytest.fixture(scope="module")
def on_screen(browser, addresses):
    """(pagina, schermo) → che cosa si misura della pagina, con tutto aperto, su quello schermo; ognuna si apre una volta sola."""

    @functools.cache
    def measured(path, screen):
        with chromium.blank_page(browser, viewport=screen._asdict()) as page:
            page.goto(f"{addresses['http']}/{path.relative_to(ROOT).with_suffix('.html').as_posix()}")
            page.wait_for_function(visite.WHOLE)
            page.evaluate(OPEN)
            return {name: page.evaluate(script) for name, script in SCRIPTS.items()}

    return measured


@pytest.mark.sito
@every_page
def test_on_a_phone_figures_are_whole(on_screen, path):
    """Larghe quanto la colonna, non rimpicciolite, senza niente che scorra di lato."""
    found = on_screen(path, PHONE)
    assert found["width"] <= PHONE.width
    assert found["figures"] and [f for f in found["figures"] if f["slides"] or f["outside"] or f["scale"] < 0.99] == []


@pytest.mark.sito
@every_page
def test_interactives_fit_the_screen(on_screen, path):
    """Figura, comandi e riga stampata insieme: su un computer tutti, su un telefono quelli a passi."""
    for screen, which in ((DESK, lambda box: True), (PHONE, lambda box: box["steps"])):
        boxes = [box for box in on_screen(path, screen)["heights"] if which(box)]
        assert [box for box in boxes if box["height"] > box["room"]] == []
        assert boxes or screen is PHONE
