"""Dove siamo: ciò che il browser ricorda di chi legge, la copertina che ne riparte, le frecce da un capitolo all'altro."""

import json
import re

import conta
import nbformat
import pytest
from bs4 import BeautifulSoup
from notebook import CHAPTERS, ROOT
from playwright.sync_api import expect

pytestmark = pytest.mark.sito

CHAPTER = "chapters/05-retropropagazione"
MEMORY = "remembered()"
SECTIONS = "[...document.querySelectorAll('article > section > section')]"
# La fine di una sezione in mezzo allo schermo.
TO_THE_END = f"(i) => scrollBy({{ top: {SECTIONS}[i].getBoundingClientRect().bottom - innerHeight / 2, behavior: 'instant' }})"
COMPOSED = f"() => {SECTIONS}.every((section) => section.style.contentVisibility === 'visible')"
WAYS = pytest.mark.parametrize("where", ["http", "disco"])


@pytest.fixture
def chapter(page, addresses, where):
    """Un capitolo, quando la sua lunghezza è quella vera."""
    page.goto(f"{addresses[where]}/{CHAPTER}.html")
    page.wait_for_function(COMPOSED)
    return page


def read(page, i):
    """Legge fino in fondo la sezione numero i; ne dà il nome."""
    name = page.evaluate(f"(i) => {SECTIONS}[i].id", i)
    page.evaluate(TO_THE_END, i)
    page.wait_for_function(f"([page, name]) => {MEMORY}.pages?.[page]?.read.includes(name)", arg=[CHAPTER, name])
    return name


@WAYS
def test_si_riprende_da_dove_si_era(chapter, addresses, where):
    """La sezione letta è segnata nell'indice, nella barra e nella mappa; la copertina porta dove eravamo."""
    assert not chapter.evaluate(f"{MEMORY}.pages?.['{CHAPTER}'].read.length")
    name = read(chapter, 2)
    expect(chapter.locator(f"#indice a[href='#{name}']")).to_have_attribute("data-letto", "")
    assert chapter.locator("#indice [data-letto]").count() == 1
    chapter.goto(f"{addresses[where]}/index.html")
    expect(chapter.locator(f".mappa a[href='{CHAPTER}.html']")).to_have_attribute("style", "--letto: 0.1;")
    expect(chapter.locator(f"#capitoli a[href='{CHAPTER}.html']")).to_have_attribute("title", re.compile("1 su 10"))
    chapter.get_by_role("link", name="Riprendi da qui: 5.").click()
    chapter.wait_for_url(re.compile(f"{CHAPTER}.html#"))
    assert not chapter.problems


@WAYS
def test_risposte_ed_esercizi(chapter, where):
    """Una risposta non va nell'indirizzo, e si ritrova; così gli esercizi segnati. Un cursore invece ci va."""
    quiz = chapter.locator(".interact:not(:has([type=range])):has([type=radio])").last
    quiz.get_by_role("radio").nth(1).check()
    chapter.wait_for_function(f"() => Object.keys({MEMORY}.pages['{CHAPTER}'].answers).length === 1")
    assert "interact" not in chapter.url
    chapter.get_by_role("checkbox", name="Fatto: Esercizio 5.2").check()
    chapter.locator("#interact-2").get_by_role("slider").first.press("ArrowRight")
    chapter.wait_for_url(re.compile("#interact-2:step=4$"))
    chapter.goto("about:blank")
    chapter.go_back()
    expect(quiz.get_by_role("radio").nth(1)).to_be_checked()
    quiz.scroll_into_view_if_needed()
    expect(quiz.locator(".esito")).to_contain_text(re.compile("Giusto|No"))
    assert [box.is_checked() for box in chapter.locator(".fatto input").all()] == [False, True, False]


@pytest.mark.parametrize("where", ["http"])
def test_si_dimentica(chapter, where):
    """Un bottone che si vede cancella tutto, e niente si scrive di nuovo; se si cambia idea non cancella niente."""
    read(chapter, 1)
    chapter.get_by_role("checkbox", name="Fatto: Esercizio 5.1").check()
    chapter.get_by_role("button", name="Colori").click()
    assert chapter.evaluate("Object.keys(localStorage)") == ["backpropagation-passo-dopo-passo"]
    before = chapter.evaluate("JSON.stringify(localStorage)")
    button = chapter.get_by_role("button", name="Dimentica tutto")
    chapter.once("dialog", lambda dialog: dialog.dismiss())
    button.click()
    assert chapter.evaluate("localStorage.length") == 1 and len(before) > 100
    chapter.once("dialog", lambda dialog: dialog.accept())
    button.click()
    expect(chapter.get_by_role("button", name="Dimenticato")).to_be_visible()
    chapter.evaluate(TO_THE_END, 3)
    chapter.get_by_role("checkbox", name="Fatto: Esercizio 5.2").check()
    assert chapter.evaluate("localStorage.length") == chapter.locator("[data-letto], .fatto :checked").count() - 1 == 0


def test_chi_non_permette_di_ricordare(page, addresses):
    """Un browser che vieta la memoria, o che ne ha una rovinata, mostra il libro come sempre."""
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });")
    page.goto(f"{addresses['http']}/{CHAPTER}.html")
    page.get_by_role("button", name="Colori").click()
    page.get_by_role("checkbox", name="Fatto: Esercizio 5.1").check()
    page.wait_for_function(COMPOSED)
    page.evaluate(TO_THE_END, 1)
    assert page.evaluate("document.documentElement.dataset.mode") == "light" and not page.problems


@pytest.mark.parametrize("text", ["", "null", "3", "[]", "{"])
def test_una_memoria_rovinata(page, addresses, text):
    page.goto(f"{addresses['http']}/404.html")
    page.evaluate("text => localStorage.setItem(KEY, text)", text)
    page.goto(f"{addresses['http']}/index.html")
    assert page.locator(".mappa a").count() == len(CHAPTERS) and not page.problems


@pytest.mark.parametrize("where", ["http"])
def test_frecce(chapter, where):
    """→ e ← cambiano capitolo; non con un tasto tenuto giù, né dove le frecce servono ad altro."""
    for keys in ("Control+ArrowRight", "Shift+ArrowRight", "Alt+Shift+ArrowRight"):
        chapter.keyboard.press(keys)
    slider = chapter.locator("#interact-2").get_by_role("slider").first
    slider.press("ArrowRight")
    expect(slider).to_have_value("4")
    chapter.locator("#interact-1 input").press("ArrowRight")
    chapter.keyboard.press("/")
    chapter.get_by_role("combobox").press("ArrowRight")
    chapter.keyboard.press("Escape")
    # Chi va via lo fa quando il tasto arriva: se uno di questi contasse, saremmo già altrove.
    assert chapter.evaluate(f"document.documentElement.dataset.pagina === '{CHAPTER}'")
    chapter.evaluate("document.activeElement.blur()")
    chapter.keyboard.press("ArrowRight")
    chapter.wait_for_url(re.compile("/06-"))
    chapter.keyboard.press("ArrowLeft")
    chapter.wait_for_url(re.compile(f"{CHAPTER}.html$"))


def test_la_barra_mostra_il_capitolo(page, addresses):
    """Anche se è l'ultima appendice, e senza spostare la pagina."""
    page.set_viewport_size({"width": 1200, "height": 500})
    page.goto(f"{addresses['http']}/chapters/insegnare.html")
    expect(page.locator("#capitoli [aria-current=page]")).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("where", ["http"])
def test_la_lunghezza_non_cambia(chapter, where):
    """Scorrendo la pagina fino in fondo, la barra di scorrimento non cambia idea."""
    height = "document.documentElement.scrollHeight"
    before, count = chapter.evaluate(height), chapter.evaluate(f"{SECTIONS}.length")
    for i in range(count):
        read(chapter, i)
    assert chapter.evaluate(height) == before


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (360, 740)])
def test_la_prima_schermata(page, addresses, width, height):
    """Che cosa, per chi, quanto, gratis; da dove si comincia; una figura che si muove, tutta."""
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{addresses['http']}/index.html")
    for name in ("Comincia", "Scegli un percorso"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_in_viewport(ratio=1)
    figure = page.locator("#interact-1")
    expect(figure.locator(".interact-figure")).to_be_in_viewport(ratio=1)
    for _ in range(3):
        figure.get_by_role("slider").first.press("ArrowRight")
    expect(figure.locator(".esito")).to_contain_text("A w arriva 2 · 3 = 6: se w sale di 0.01, E sale di circa 0.06.")


def test_minuti_delle_sezioni(site):
    """Accanto a ogni sezione quelli che si contano: insieme fanno i minuti del capitolo, con ciò che sta prima della prima."""
    for path in CHAPTERS:
        html = (site / "chapters" / f"{path.stem}.html").read_text(encoding="utf-8")
        links = BeautifulSoup(html[html.index('<nav id="indice"') :], "html.parser").select("#indice > ul > li > ul > li > a")
        minutes = conta.sections(path)
        assert [f"{number}\xa0min" for number in minutes] == [link.small.text for link in links]
        total = conta.count(nbformat.read(path, 4)).time
        assert abs(sum(minutes) - total) < 0.1 * total


def test_le_ore_della_copertina():
    text = (ROOT / "index.md").read_text(encoding="utf-8")
    assert conta.hours(text) == text, "serve make conta"
    assert len(re.findall(r"\bCirca \d+\sore\b", text)) == len(conta.PATHS)


def test_niente_di_personale(page, addresses):
    """Ciò che si ricorda dice soltanto della lettura."""
    page.goto(f"{addresses['http']}/{CHAPTER}.html")
    memory = json.loads(page.evaluate("localStorage.getItem(KEY)"))
    assert set(memory) == {"pages", "place"} and set(memory["place"]) == {"page", "id", "title"}
    assert set(memory["pages"][CHAPTER]) == {"read", "done", "answers", "of"}
