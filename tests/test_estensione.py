"""L'estensione del libro in un libro piccolo, costruito con Sphinx: indirizzi, riquadri, foglio di stile, caratteri."""

import os
import re
import socket
import subprocess
import sys
import zlib
from pathlib import Path
from types import SimpleNamespace

import html5lib
import libro
import nbformat
import pytest
import sphinxcontrib.katex as katex
from fontTools.ttLib import TTFont
from notebook import ROOT

pytestmark = pytest.mark.sito

BASE = "https://libro.example/uno"
PAGES = 8
MATH = "{http://www.w3.org/1998/Math/MathML}"
BOXES = """
::::{admonition} Fuori
:class: dropdown

Prima.

:::{admonition} Dentro
:class: dropdown

In mezzo.
:::

Dopo.
::::
"""
TYPE = """
## L'apostrofo

Dell'[esempio](parti/1), dell'*altro*, dell'$x$, un po': l'`a'b'` no, né {math}`f'(x)`. Vale $x = 1$, e ($y$).

```{exercise} L'esercizio
:label: es-1

Che cosa?
```

```{admonition} Suggerimento
:class: dropdown suggerimento

Così.
```

```{solution} es-1
:class: dropdown

Ecco.
```
"""
# Una cella che nel sito sta chiusa, con un riquadro chiuso fra i risultati.
HIDDEN = "<details><summary>Ancora chiuso</summary>Nascosto</details><p>Coda nascosta</p>"


def parse(path: Path):
    return html5lib.parse(path.read_text(encoding="utf-8"), namespaceHTMLElements=False)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Il sorgente di un libro piccolo: una pagina per ogni formula, riquadri, una cella nascosta."""
    source = tmp_path_factory.mktemp("libro")
    (source / "parti").mkdir()
    names = [f"parti/{n}" for n in range(PAGES)]
    (source / "index.md").write_text("\n".join(["# Libro", "", "Un capoverso.", BOXES, TYPE, "```{toctree}", *names, "cella", "```", ""]), encoding="utf-8")
    for n, name in enumerate(names):
        formulas = "".join(f"\n$$\\alpha_{{{n}}} + {k}$$\n" for k in range(40))
        (source / f"{name}.md").write_text(f"# Parte {n}\n\nUn altro capoverso.\n{formulas}", encoding="utf-8")
    cell = nbformat.v4.new_code_cell("1", metadata={"tags": ["hide-cell"]}, execution_count=1)
    cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": HIDDEN})]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Cella\n\nUn capoverso."), cell])
    nbformat.write(notebook, source / "cella.ipynb")
    settings = {
        "extensions": ["interact_replay", "sphinxcontrib.katex", "libro"],
        "nb_execution_mode": "off",
        "myst_enable_extensions": ["colon_fence", "dollarmath"],
        "html_static_path": [str(ROOT / "assets" / "sito")],
        "katex_css_path": "katex/katex.min.css",
        "katex_prerender": True,
        "html_math_renderer": "katex",
        "html_title": "Libro",
    }
    lines = [f"import sys; sys.path.insert(0, {str(ROOT / 'assets' / 'estensione')!r})", *(f"{k} = {v!r}" for k, v in settings.items())]
    (source / "conf.py").write_text("\n".join(lines), encoding="utf-8")
    return source


def build(book, builder, target):
    command = [sys.executable, "-m", "sphinx", "-q", "-j", "4", "-b", builder, book, target]
    built = subprocess.run(command, env=os.environ | {"LIBRO_SITO": BASE}, capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stderr
    return target


@pytest.fixture(scope="module")
def small(book, tmp_path_factory):
    """Il sito del libro piccolo; accanto, come dopo `make lite`, c'è una pagina che non è del libro."""
    target = tmp_path_factory.mktemp("sito")
    (target / "lite" / "notebooks").mkdir(parents=True)
    (target / "lite" / "notebooks" / "index.html").write_bytes("<p>ℵ</p>".encode() + b"\xff")
    return build(book, "html", target)


def test_indirizzi(small):
    """Se si sa dove sarà il sito, ogni pagina dice il suo indirizzo e la mappa le elenca."""
    tree = parse(small / "parti" / "1.html")
    metas = {m.attrib.get("property"): m.attrib.get("content") for m in tree.iter("meta")}
    links = {link.attrib["rel"]: link.attrib["href"] for link in tree.iter("link")}
    assert links["canonical"] == metas["og:url"] == f"{BASE}/parti/1.html"
    assert metas["og:image"] == f"{BASE}/_static/sociale.png"
    assert "canonical" not in {link.attrib["rel"] for link in parse(small / "404.html").iter("link")}
    found = re.findall("<loc>(.*?)</loc>", (small / "sitemap.xml").read_text(encoding="utf-8"))
    assert found == [f"{BASE}/{name}.html" for name in ("cella", "index", *(f"parti/{n}" for n in range(PAGES)))]
    assert f"Sitemap: {BASE}/sitemap.xml" in (small / "robots.txt").read_text(encoding="utf-8")


def test_pagina_non_trovata(small, page):
    """Il server la manda al posto di qualunque pagina: ha il suo aspetto, i collegamenti valgono, quello che salta al testo salta."""

    def answer(route):
        path = small / route.request.url.split("?")[0].removeprefix(f"{BASE}/")
        route.fulfill(path=path if path.is_file() else small / "404.html")

    page.route("**", answer)
    address = f"{BASE}/una/cartella/che/manca.html"
    page.goto(address)
    page.get_by_role("heading", name="Questa pagina non c'è").wait_for()
    assert page.evaluate("getComputedStyle(document.querySelector('.testata')).display") == "flex"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}#contenuto")
    assert page.evaluate("document.activeElement.id") == "contenuto"
    html5lib.HTMLParser(strict=True).parse((small / "404.html").read_text(encoding="utf-8"))
    links = page.eval_on_selector_all("a[href]", "all => all.map((e) => e.href.split('#')[0])")
    inside = {link.removeprefix(f"{BASE}/") for link in links if link.startswith(BASE)} - {"una/cartella/che/manca.html"}
    assert {"index.html", "search.html", "parti/1.html"} <= inside and all((small / name).is_file() for name in inside - {"capitoli.zip"})
    page.get_by_role("link", name="copertina").click()
    page.get_by_role("heading", name="Libro").wait_for()
    assert not page.problems


def test_il_foglio_di_stile_cambia_indirizzo_con_il_contenuto(small):
    """L'impronta nell'indirizzo è quella del file: un browser che ne ha uno vecchio prende il nuovo."""
    for name in ("index.html", "parti/1.html", "404.html"):
        links = [link.attrib["href"] for link in parse(small / name).iter("link") if link.attrib["rel"] == "stylesheet"]
        assert len(links) == 1
        path, digest = re.fullmatch(r".*(_static/\w+\.css)\?v=(\w+)", links[0]).groups()
        text = (small / path).read_bytes()
        assert digest == f"{zlib.crc32(text):08x}"
        assert all(rule in text for rule in (b".katex", b".interact", b".testata"))


def test_la_ricerca_di_sphinx_non_c_e(small):
    """Al suo posto c'è quella del libro, con il testo di ogni pagina."""
    text = (small / "_static" / "sezioni.js").read_text(encoding="utf-8")
    assert "Un altro capoverso." in text and "Nascosto" not in text and not (small / "searchindex.js").exists()


def test_riquadri_uno_nell_altro(small):
    """Un riquadro chiuso ne può contenere un altro: ciascuno ha il suo titolo e il suo testo."""
    outer = next(e for e in parse(small / "index.html").iter("details"))
    assert [child.tag for child in outer] == ["summary", "p", "details", "p"]
    assert [" ".join("".join(child.itertext()).split()) for child in outer] == ["Fuori", "Prima.", "Dentro In mezzo.", "Dopo."]


def test_apostrofi(small):
    """Si piegano nella prosa e nei titoli, anche davanti a un collegamento o a una formula; non nel codice né nelle formule."""
    page = parse(small / "index.html")
    paragraph = next("".join(e.itertext()) for e in page.iter("p") if "un po" in "".join(e.itertext()))
    assert paragraph.startswith("Dell’esempio, dell’altro, dell’") and "un po’: l’a'b' no" in paragraph and "f'(x)" in paragraph
    assert "L’apostrofo" in [e.text for e in page.iter("h2")]
    assert "l'apostrofo" not in (small / "_static" / "sezioni.js").read_text(encoding="utf-8").lower()


def test_una_formula_tiene_la_sua_punteggiatura(small):
    """Fra una formula e ciò che la tocca c'è un segno invisibile che li unisce; la ricerca non lo vede."""
    text = (small / "index.html").read_text(encoding="utf-8")
    assert text.count("breve math") == 4 and "</span>\u2060, e (\u2060<span" in text and "</span>\u2060).</p>" in text
    assert "\u2060" not in (small / "_static" / "sezioni.js").read_text(encoding="utf-8")


def test_un_esercizio_contiene_suggerimento_e_soluzione(small):
    """Chiusi, uno dopo l'altro, nel suo riquadro."""
    box = next(e for e in parse(small / "index.html").iter("div") if "exercise" in e.attrib.get("class", "").split())
    assert "L’esercizio" in "".join(box[0].itertext())
    inside = [e.attrib["class"].split() for e in box if e.tag == "details"]
    assert len(inside) == 2 and "suggerimento" in inside[0] and "solution" in inside[1]


def test_il_codice_nascosto_non_si_stampa(small, book, tmp_path):
    """Ciò che nel sito si apre a richiesta su carta non c'è, per intero, e i riquadri stanno aperti."""
    assert "Coda nascosta" in (small / "cella.html").read_text(encoding="utf-8")
    printed = parse(build(book, "singlehtml", tmp_path) / "index.html")
    text = "".join(printed.itertext())
    assert "Coda nascosta" not in text and "Ancora chiuso" not in text and "In mezzo." in text
    assert not list(printed.iter("details"))


def test_i_caratteri_hanno_le_lettere_del_libro(small):
    """Fra le lettere di un carattere ci sono quelle delle formule, e non quelle di pagine che non sono del libro."""
    fonts = small / "_static" / "katex" / "fonts"
    assert ord("α") in TTFont(fonts / "KaTeX_Math-Italic.woff2").getBestCmap()
    assert ord("ℵ") in TTFont(ROOT / "assets/sito/katex/fonts/KaTeX_Main-Regular.woff2").getBestCmap()
    assert ord("ℵ") not in TTFont(fonts / "KaTeX_Main-Regular.woff2").getBestCmap()


def test_ogni_pagina_ha_le_sue_formule(small):
    """Anche se Sphinx ha più processi."""
    for n in range(PAGES):
        sources = ["".join(e.itertext()) for e in parse(small / "parti" / f"{n}.html").iter(f"{MATH}annotation")]
        assert sources == [f"\\alpha_{{{n}}} + {k}" for k in range(40)]


def test_katex_che_tarda_a_rispondere(tmp_path, monkeypatch):
    """Il file del suo socket c'è, ma KaTeX non ascolta ancora: si aspetta, e con lo stesso server."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "katex.sock"))
    started = []
    monkeypatch.setattr(libro, "Popen", lambda command, **_: started.append(command) or SimpleNamespace(poll=lambda: None))
    monkeypatch.setattr(libro.time, "sleep", lambda _: server.listen())
    _, connection = libro.start_server(katex.KaTeXServer, tmp_path, 60)
    connection.sendall(b"ciao")
    assert server.accept()[0].recv(4) == b"ciao" and len(started) == 1
    server.close()
