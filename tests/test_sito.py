"""Il sito costruito, una pagina dopo l'altra: leggero, senza richieste ad altri, accessibile, in italiano, senza vicoli ciechi."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import esame
import html5lib
import pytest
import visite
from notebook import CHAPTERS

pytestmark = pytest.mark.sito

KIB = 1024
BUDGET = {"index.html": 100 * KIB}
OTHER_BUDGET = 200 * KIB
REQUESTS = 14
CATEGORIES = ("accessibility", "best-practices", "seo")
# Ciò che Sphinx, il tema e le estensioni scrivono in inglese, nel testo o nelle etichette.
ENGLISH = re.compile(
    r"Search (this|the|Results)|Suggest edit|Open issue|Source repositor|Launch (on|via)|Toggle |Color mode|System Settings"
    r"|(Link|Permalink) to this|(Show|Hide) (code|hidden)|Skip to|Table of contents|On this page|Last updated|Back to top"
    r"|Click to|Copy to clipboard|Download (this|source|notebook)|\bFig\. |\bProof\b|(Exercise|Solution to|Solution) \d|\bSolution\b|Page not found"
)
WORDS = {"previous", "next", "contents", "search", "copy", "copied!", "home", "index", "menu", "main", "page", "note", "warning", "tip"}


def parse(path: Path):
    """L'albero di una pagina e gli errori di HTML."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    return parser.parse(path.read_text(encoding="utf-8")), parser.errors


def target(page: Path, link: str, site: Path) -> Path | None:
    """Il file del sito a cui porta un collegamento; None se porta fuori."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    return (page.parent / unquote(parts.path)).resolve() if parts.path else page


@pytest.fixture(scope="module")
def pages(site) -> dict[str, object]:
    """Le pagine che si raggiungono dalla copertina, più quella di chi ha sbagliato indirizzo, con i loro alberi."""
    found, todo = {}, [site / "index.html", site / "404.html"]
    while todo:
        path = todo.pop()
        name = path.relative_to(site).as_posix()
        if name in found or path.suffix != ".html" or not path.exists() or name.startswith(("lite/", "schede/")):
            continue
        found[name] = tree = parse(path)[0]
        todo += [t for a in tree.iter("a") if "href" in a.attrib and (t := target(path, a.attrib["href"], site))]
        todo += [target(path, form.attrib["action"], site) for form in tree.iter("form") if form.attrib.get("action")]
    assert len(found) > 4, "dalla copertina non si arriva da nessuna parte"
    return dict(sorted(found.items()))


def test_html(site, pages):
    """L'HTML è valido, almeno per un parser severo, e ogni id è uno solo."""
    wrong = []
    for name, tree in pages.items():
        wrong += [f"{name}: {position} {code} {data}" for position, code, data in parse(site / name)[1]]
        ids = [e.attrib["id"] for e in tree.iter() if isinstance(e.tag, str) and "id" in e.attrib]
        wrong += [f"{name}: id ripetuto {i}" for i in sorted({i for i in ids if ids.count(i) > 1})]
    assert not wrong, "\n".join(wrong)


def test_collegamenti(site, pages):
    """Ogni collegamento interno porta a un file che c'è, e a un punto che c'è."""
    ids = {n: {e.attrib.get("id") for e in t.iter() if isinstance(e.tag, str)} for n, t in pages.items()}
    wrong = []
    for name, tree in pages.items():
        for element in tree.iter():
            for link in (element.attrib.get("href"), element.attrib.get("src")):
                path = link and target(site / name, link, site)
                if not path:
                    continue
                anchor = unquote(urlsplit(link).fragment)
                there = ids.get(path.relative_to(site).as_posix()) if path.is_relative_to(site) else None
                if not path.is_file():
                    wrong.append(f"{name}: {link} non c'è")
                elif anchor and there is not None and anchor not in there:
                    wrong.append(f"{name}: {link} porta a un punto che non c'è")
    assert not wrong, "\n".join(wrong)


def test_si_trova(site, pages):
    """Ogni pagina dice lingua, titolo, descrizione e figura; robots.txt c'è."""
    titles = set()
    for name, tree in pages.items():
        metas = {m.attrib.get("name") or m.attrib.get("property"): m.attrib.get("content") for m in tree.iter("meta")}
        title = "".join(next(tree.iter("title")).itertext())
        assert tree.attrib["lang"] == "it", name
        assert title and title not in titles, f"{name}: titolo vuoto o ripetuto, {title}"
        assert 10 < len(metas["description"]) <= 160, f"{name}: descrizione {metas['description']!r}"
        assert metas["og:image"].endswith("_static/sociale.png"), name
        titles.add(title)
    assert (site / "robots.txt").exists() and (site / "_static" / "sociale.png").stat().st_size < 60 * KIB


@pytest.fixture(scope="module")
def from_desk(browser, addresses, pages):
    """Ogni pagina come la vede chi sta al computer; si apre una volta sola, e i controlli ne guardano una cosa ciascuno."""
    return {name: visite.from_desk(browser, f"{addresses['http']}/{name}") for name in pages}


@pytest.fixture(scope="module")
def from_phone(browser, addresses, pages):
    """Ogni pagina come la vede chi l'apre per la prima volta, da un telefono."""
    return {name: visite.from_phone(browser, f"{addresses['http']}/{name}") for name in pages}


@pytest.fixture(scope="module")
def from_disk(browser, addresses, pages):
    """Ogni pagina come la vede chi ha scaricato il sito."""
    return {name: visite.from_disk(browser, f"{addresses['disco']}/{name}") for name in pages}


def listed(visits, what) -> str:
    """Ciò che in ogni pagina non va, una riga per cosa."""
    return "\n".join(f"{name}: {found}" for name, seen in visits.items() for found in what(seen))


def test_inglese(from_desk):
    """Nessuna scritta inglese dell'interfaccia, nel testo, nelle etichette, nei suggerimenti."""

    def english(seen):
        parts = seen.texts["parts"]
        return [m.group() for text in (seen.texts["whole"], *parts) for m in ENGLISH.finditer(text)] + [t for t in parts if t.lower() in WORDS]

    assert not (wrong := listed(from_desk, english)), wrong


@pytest.mark.parametrize("where", ["http", "disco"])
def test_pagine_quiete(request, addresses, where):
    """Nessuna richiesta ad altri, nessun errore o avviso in console (violazioni della CSP comprese), anche da disco."""
    visits = request.getfixturevalue({"http": "from_desk", "disco": "from_disk"}[where])
    own = (addresses[where], "data:")
    wrong = listed(visits, lambda seen: seen.problems + [url for url in seen.requests if not url.startswith(own)])
    assert all(seen.requests for seen in visits.values()) and not wrong, wrong


def test_peso(from_phone):
    """Quanto si trasferisce all'apertura di ogni pagina, con gzip e senza niente in memoria, e in quante richieste."""

    def heavy(name, seen):
        assert min(seen.weights.values()) > 0, f"{name}: qualche file non dice quanto pesa, {seen.weights}"
        total = sum(seen.weights.values())
        return total > BUDGET.get(name, OTHER_BUDGET) or len(seen.weights) > REQUESTS

    wrong = [f"{name}: {sum(seen.weights.values()) / KIB:.0f} KiB {seen.weights}" for name, seen in from_phone.items() if heavy(name, seen)]
    assert not wrong, "\n".join(wrong)


def test_compare_subito(from_phone):
    """Perché una pagina compaia basta il foglio di stile: nessuno script si fa aspettare."""
    assert {name: seen.blocking for name, seen in from_phone.items() if seen.blocking != ["/_static/stili.css"]} == {}


def test_niente_si_sposta(from_phone):
    """Script e figure arrivano quando la pagina si legge già, e non spostano niente."""
    assert not (wrong := listed(from_phone, lambda seen: seen.shifts)), wrong


def test_misure(pages):
    """Ogni figura dice da sé quanto spazio prende, prima di arrivare."""
    sized = {"img": {"width", "height"}, "svg": {"viewBox"}}
    wrong = [f"{name}: {e.attrib}" for name, tree in pages.items() for e in tree.iter() if not sized.get(e.tag, set()) <= set(e.attrib)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessibile(from_desk, theme):
    """axe non trova niente, con i riquadri aperti, gli interattivi mossi e i quiz risposti."""
    assert all(theme in seen.violations for seen in from_desk.values())
    assert not (wrong := listed(from_desk, lambda seen: seen.violations[theme])), wrong


def test_colori(from_phone):
    """Chi preferisce i colori scuri trova la pagina già scura."""
    assert {name: seen.theme for name, seen in from_phone.items() if seen.theme != "dark"} == {}


def test_niente_si_muove(from_desk):
    """A chi chiede meno movimento nessuna pagina si muove da sé."""
    assert {name: seen.animations for name, seen in from_desk.items() if seen.animations} == {}


def test_stretto(from_desk):
    """Su 320 punti di larghezza, e con il testo ingrandito due volte, né la pagina né i risultati stampati scorrono di lato."""
    wrong = listed(from_desk, lambda seen: [f"{found} su {width}" for width, found in seen.widths.items() if found > width])
    assert not wrong, wrong


def test_righe(from_desk):
    """Nessuna riga comincia con la punteggiatura di una formula, nessuna formula breve si spezza; da un computer il codice ci sta."""
    wrong = listed(from_desk, lambda seen: [f"{line} su {width}" for width, found in seen.lines.items() for line in found] + seen.code)
    assert all(set(seen.lines) == {360, 640, 1200} for seen in from_desk.values()) and not wrong, wrong


def test_fuoco(from_desk):
    """Di ogni cosa che si raggiunge dalla tastiera si vede quando ci si è sopra."""
    assert not (wrong := listed(from_desk, lambda seen: seen.unfocused)), wrong


@pytest.mark.parametrize("arrive", ["con un clic", "dall'indirizzo"])
def test_punto(page, addresses, site, arrive):
    """Si arriva proprio alla sezione scelta, anche se quelle di mezzo non si erano ancora composte."""
    address = f"{addresses['http']}/chapters/{next((site / 'chapters').glob('10-*.html')).name}"
    page.goto(address)
    for anchor in page.eval_on_selector_all("#indice a[href^='#']", "links => links.map((a) => a.hash)")[3::5]:
        page.goto("about:blank")
        page.goto(address if arrive == "con un clic" else address + anchor)
        if arrive == "con un clic":
            page.locator(f"#indice a[href='{anchor}']").click()
        page.wait_for_function(visite.STILL)
        top = page.evaluate("(id) => document.getElementById(id).getBoundingClientRect().top", anchor[1:])
        assert 0 <= top < 150, f"{anchor}: si vede a {top:.0f} punti dall'alto"


def test_tastiera(page, addresses):
    """Il primo Tab porta al collegamento che salta al testo; il bottone dei colori li cambia e se ne ricorda."""
    page.goto(f"{addresses['http']}/index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Vai al contenuto"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenuto"
    theme = page.get_by_role("button", name="Colori")
    themes = []
    for _ in range(3):
        theme.press("Enter")
        themes.append(page.evaluate("document.documentElement.dataset.mode"))
    assert themes == ["light", "dark", "auto"]
    theme.press("Enter")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.mode") == "light"


def test_riquadri_chiusi(pages):
    """Dimostrazioni, suggerimenti e soluzioni si aprono e si chiudono senza JavaScript, e all'inizio sono chiusi."""
    boxes = [e for tree in pages.values() for e in tree.iter() if "dropdown" in e.attrib.get("class", "").split()]
    assert {c for e in boxes for c in e.attrib["class"].split()} >= {"dimostrazione", "suggerimento", "solution"}
    assert {e.tag for e in boxes} == {"details"}
    assert all("open" not in e.attrib and e[0].tag == "summary" for e in boxes)


@pytest.fixture(scope="module")
def reports(addresses, site):
    """Che cosa dice Lighthouse, da un telefono, della copertina e di tre capitoli. La velocità la misura benchmarks/sito.py."""
    names = ["index.html", *(f"chapters/{path.stem}.html" for path in CHAPTERS if path.name[:2] in ("01", "06", "10"))]
    return esame.reports([f"{addresses['http']}/{name}" for name in names], CATEGORIES)


@pytest.mark.parametrize("category", CATEGORIES)
def test_lighthouse(reports, category):
    """Lighthouse dà 100, e se no dice perché."""
    low = {url: esame.low(report, category) for url, report in reports.items()}
    assert len(low) == 4 and {url: audits for url, audits in low.items() if audits} == {}
