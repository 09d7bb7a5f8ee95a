"""I richiami di termini, formule e citazioni; la figura che si condivide, e quella mostrata da sola."""

import gzip
import re
from urllib.parse import parse_qs, urlsplit

import browser as chromium
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.sito

CHAPTER = "chapters/09-entropia-incrociata.html"
WAYS = pytest.mark.parametrize("where", ["http", "disco"])
TERM = 'article a.reference[href*="#term-"]'
FORMULA = 'article a.reference[href^="#equation-"]'
INSIDE = """(card) => {
  const { left, right, top, bottom } = card.getBoundingClientRect();
  return left >= 0 && right <= document.documentElement.clientWidth && top >= 0 && bottom <= innerHeight;
}"""


@pytest.fixture
def chapter(page, addresses, where):
    """Un capitolo con termini e formule."""
    page.goto(f"{addresses[where]}/{CHAPTER}")
    return page


@WAYS
def test_scheda_di_un_termine(chapter, where):
    """Sotto il puntatore: si può entrarci, si chiude dalla tastiera, e il collegamento porta ancora al glossario."""
    link, card = chapter.locator(TERM).first, chapter.locator("#scheda")
    link.hover()
    expect(card).to_be_visible()
    assert len(card.locator("dd").inner_text()) > 40
    expect(link).to_have_attribute("aria-describedby", "scheda")
    card.hover()
    card.locator("dd").hover()
    expect(card).to_be_visible()
    chapter.keyboard.press("Escape")
    expect(card).to_be_hidden()
    assert link.get_attribute("aria-describedby") is None
    name = re.search("#term-.*", link.get_attribute("href"))[0]
    link.click()
    chapter.wait_for_url(re.compile(f"glossario.html{name}$"))
    assert not chapter.problems


@WAYS
def test_scheda_di_una_formula(chapter, where):
    """Con la tastiera: il fuoco resta sul collegamento, la formula è quella composta nella pagina, Tab entra nella scheda."""
    link, card = chapter.locator(FORMULA).first, chapter.locator("#scheda")
    chapter.keyboard.press("Tab")
    link.focus()
    expect(card).to_be_visible()
    expect(link).to_be_focused()
    there = chapter.locator(link.get_attribute("href")).locator(".katex-html")
    assert card.locator(".katex-html").inner_text() == there.inner_text() != ""
    assert not card.locator("[id]").count()
    chapter.keyboard.press("Tab")
    expect(card.get_by_role("link", name="Vai alla formula")).to_be_focused()
    expect(card).to_be_visible()
    chapter.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_scheda_col_dito(browser, addresses):
    """Il primo tocco apre la scheda, tutta dentro lo schermo; dentro c'è il collegamento. Vale anche per la formula di un'altra pagina."""
    with chromium.blank_page(browser, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True) as page:
        page.goto(f"{addresses['disco']}/chapters/dettagli.html")
        card = page.locator("#scheda")
        for kind in ("equation", "term", "id"):
            if kind != "equation":
                page.goto(f"{addresses['disco']}/{CHAPTER if kind == 'term' else 'chapters/03-la-regola-della-catena.html'}")
            page.locator(f'article a.reference[href*=".html#{kind}"]').first.tap()
            expect(card).to_be_visible()
            assert "dettagli" in page.url or "glossario" not in page.url and "bibliografia" not in page.url
            assert card.evaluate(INSIDE), kind
        card.locator("> a").tap()
        page.wait_for_url(re.compile("bibliografia.html#id"))


def test_chi_passa_oltre_non_apre_niente(page, addresses):
    """Mentre lo script arriva il fuoco è già altrove: la scheda non si apre."""
    page.goto(f"{addresses['http']}/chapters/05-retropropagazione.html")
    page.locator(TERM).first.evaluate("(link) => { link.focus({ focusVisible: true }); link.blur(); }")
    page.wait_for_function("() => globalThis.scheda")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert not page.locator("#scheda:popover-open").count()


def test_i_richiami_arrivano_soltanto_a_chi_le_chiede(page, addresses, site):
    """Prima non si scarica niente, e tutto insieme pesa meno di una figura."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{addresses['http']}/{CHAPTER}")
    page.locator("#interact-1").scroll_into_view_if_needed()
    assert not [url for url in asked if "richiami" in url or "definizioni" in url]
    weight = sum(len(gzip.compress((site / "_static" / name).read_bytes())) for name in ("definizioni.js", "richiami.js"))
    assert weight < 30 * 1024
    (site / "_static" / "definizioni.js").read_text("utf-8").index("term-softmax")


def test_se_i_richiami_non_arrivano_il_collegamento_porta_la(browser, addresses):
    """Col dito, dove il tocco sarebbe andato perso."""
    with chromium.blank_page(browser, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True) as page:
        page.route("**/definizioni.js", lambda route: route.abort())
        page.goto(f"{addresses['http']}/{CHAPTER}")
        page.locator(TERM).first.tap()
        page.wait_for_url(re.compile("glossario.html#term-"))


@WAYS
def test_il_codice_da_incollare_ha_la_sua_altezza(page, addresses, where):
    """Nella cornice fatta con quel codice non si taglia niente e non avanza niente."""
    page.goto(f"{addresses[where]}/chapters/06-ottimizzazione.html#interact-2:Epoche=5")
    figure = page.locator("#interact-2")
    figure.get_by_role("button", name="Condividi").click()
    code = figure.get_by_label("Codice per mostrarlo")
    inside = page.frame_locator(".interact-measure")
    expect(inside.locator(".interact-alone .interact-source")).to_be_attached()
    bottom = "Math.ceil(document.querySelector('.interact-alone').getBoundingClientRect().bottom)"
    (frame,) = [one for one in page.frames if "solo" in one.url]
    frame.wait_for_load_state()
    expect(inside.locator(".interact-alone [aria-busy]")).to_have_count(0)
    expect(code).to_have_value(re.compile(f' height="{frame.evaluate(bottom)}"'))
    assert "solo=interact-2#interact-2:epochs=5" in code.input_value()
    assert not page.problems


@WAYS
def test_una_risposta_non_si_condivide(page, addresses, where):
    """Né con l'indirizzo, né con il codice, né con la pagina di una figura sola, né tornando indietro."""
    page.goto(f"{addresses[where]}/chapters/05-retropropagazione.html")
    quiz = page.locator(".interact:not(:has([type=range])):has([type=radio])").last
    name = quiz.get_attribute("id")
    quiz.get_by_role("radio").nth(1).check()
    expect(quiz.locator(".esito")).to_contain_text(re.compile("Giusto|No"))
    quiz.get_by_role("button", name="Condividi").click()
    texts = [text.input_value() for text in quiz.locator("textarea").all()]
    assert len(texts) == 2 and texts[0].endswith(f"#{name}") and f'?solo={name}#{name}"' in texts[1]
    page.goto(f"{addresses[where]}/chapters/05-retropropagazione.html?solo={name}")
    alone = page.locator(f"#{name}")
    alone.get_by_role("radio").nth(0).check()
    expect(alone.locator(".esito")).to_contain_text(re.compile("Giusto|No"))
    page.go_back()
    expect(page.locator(f"#{name}").get_by_role("radio").nth(0)).to_be_attached()
    assert name not in page.url
    page.go_forward()
    assert parse_qs(urlsplit(page.url).query) == {"solo": [name]} and not urlsplit(page.url).fragment


@pytest.mark.parametrize(("asked", "system", "theme"), [("&tema=scuro", "light", "dark"), ("&tema=chiaro", "dark", "light"), ("", "dark", "dark"), ("&tema=x", "light", "light")])
def test_una_figura_sola(page, addresses, asked, system, theme):
    """Ha un titolo, la via del ritorno, la licenza; i colori del sistema o quelli che dice l'indirizzo; sta in un proiettore."""
    page.emulate_media(color_scheme=system)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{addresses['http']}/chapters/05-retropropagazione.html?solo=interact-2{asked}#interact-2:step=4")
    alone = page.get_by_role("group", name="5.1. Prima il grafo")
    expect(alone.get_by_role("heading", level=1)).to_have_text("5.1. Prima il grafo")
    expect(alone.get_by_role("link", name="CC BY 4.0")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    expect(alone.locator(".interact-figure svg")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") <= 768
    alone.get_by_role("link", name="passo dopo passo").click()
    page.wait_for_url(re.compile(r"retropropagazione.html#interact-2:step=4$"))


def test_si_copia_cio_che_serve_a_chi_insegna(page, addresses):
    """La cornice, lo script, il comando e l'indirizzo."""
    page.goto(f"{addresses['http']}/chapters/insegnare.html")
    assert page.locator("article .highlight").count() == page.get_by_role("button", name="Copia il codice").count() >= 4
