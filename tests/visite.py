"""Che cosa si vede aprendo una pagina del sito: da un computer, da un telefono, da disco.

Aprire una pagina costa; guardarla, poco. Ogni visita apre la pagina una volta e ne annota tutto ciò che i controlli di
test_sito vogliono sapere. Non si aspetta mai un tempo: si aspetta che una cosa sia accaduta.
"""

from dataclasses import dataclass, field
from typing import Any

import browser as chromium
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}
DESK = {"viewport": {"width": 1200, "height": 900}}
PHONE = {"viewport": {"width": 412, "height": 823}, "color_scheme": "dark"}
# Tiene nota di ciò che è arrivato, bene o male, e di ciò che arrivando ha spostato altro.
WATCH = """
window.arrived = new Set();
window.shifts = [];
for (const name of ["load", "error"]) document.addEventListener(name, ({ target }) => target.src && arrived.add(target.src), true);
new PerformanceObserver((list) => {
  for (const { sources } of list.getEntries()) shifts.push(...sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? String(node)));
}).observe({ type: "layout-shift", buffered: true });
"""
# Gli script arrivati, le figure vicine a ciò che si vede comprese: queste la pagina le chiede quando si è disegnata.
SCRIPTS = """async () => {
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
  return document.readyState !== "loading" && [...document.scripts].every(({ src }) => !src || arrived.has(src));
}"""
WHOLE = "() => document.readyState === 'complete' && document.fonts.status === 'loaded'"
# La pagina ha finito di comporsi: per dieci disegni di seguito niente cambia posto.
STILL = """async () => {
  const place = () => [scrollY, document.documentElement.scrollHeight].join();
  for (let before = place(), same = 0; same < 10; same++) {
    await new Promise(requestAnimationFrame);
    if (place() !== before) [before, same] = [place(), -1];
  }
  return document.readyState === "complete" && document.fonts.status === "loaded";
}"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length"
RECORDINGS = """() => [...document.querySelectorAll("[data-interact]")].every((figure) => arrived.has(new URL(figure.dataset.src, location.href).href))"""
BLOCKING = """performance.getEntriesByType("resource").filter((e) => e.renderBlockingStatus === "blocking").map((e) => new URL(e.name).pathname)"""
# Ciò che si legge, e ciò che dicono etichette, suggerimenti, bottoni e titoletti.
TEXTS = """() => {
  const labels = [...document.querySelectorAll("*")].flatMap((e) => ["aria-label", "title", "placeholder", "alt"].map((a) => e.getAttribute(a)));
  const parts = [...document.querySelectorAll("button, summary, nav a, label, .admonition-title, .caption, small, option")].map((e) => e.textContent);
  return { whole: document.body.innerText, parts: [...labels, ...parts].filter(Boolean).map((t) => t.trim()) };
}"""
# Una pagina con tutti i riquadri aperti e tutte le sezioni composte, come si trova quando la si è letta.
OPEN = """() => {
  const style = document.createElement("style");
  style.textContent = "section { content-visibility: visible !important; }";
  document.head.append(style);
  for (const details of document.querySelectorAll("details")) details.open = true;
}"""
# Ogni cursore in fondo, ogni scelta sull'ultima voce, ogni casella cambiata; ai quiz si è risposto.
MOVE = """() => {
  for (const input of document.querySelectorAll("[data-control]")) {
    if (input.type === "radio" || input.type === "checkbox") input.click();
    else if (["range", "number"].includes(input.type)) input.value = input.max;
    else input.selectedIndex = input.options.length - 1;
    for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
  }
}"""
# Codice e formule sono migliaia di pezzi uguali: per axe basta un pezzo di codice per ogni colore, e una formula tutta intera.
THIN = """() => {
  const seen = new Set();
  for (const token of document.querySelectorAll("pre span"))
    seen.has(token.className) ? token.replaceWith(token.textContent) : seen.add(token.className);
  for (const formula of document.querySelectorAll(".katex-html")) formula.replaceChildren(formula.textContent);
  for (const figure of document.querySelectorAll(".interact-figure svg")) figure.replaceChildren();
}"""
# Quanto è larga la pagina, compreso ciò che di un risultato stampato si vedrebbe soltanto scorrendo.
WIDTH = """() => Math.max(
  document.documentElement.scrollWidth,
  ...[...document.querySelectorAll(".cell_output pre")].map((output) => innerWidth + output.scrollWidth - output.clientWidth),
)"""
# Le righe che cominciano con un segno d'interpunzione, e le formule brevi che si spezzano.
LINES = """() => {
  const wrong = [], range = document.createRange();
  // Ciò che si è aperto sopra la pagina sta fra un pezzo e l'altro del testo, ma non nelle sue righe.
  const line = (node) => (node.parentElement.closest("[popover]") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const walker = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT, line);
  for (let before, node; (node = walker.nextNode()); before = node) {
    const sign = node.data.match(/^\u2060?[,.;:!?)\\]»]/);
    if (!before || !sign || node.parentElement.closest("pre, code, svg, .katex, .interact")) continue;
    range.selectNodeContents(before);
    const end = [...range.getClientRects()].at(-1);
    range.setStart(node, sign[0].length - 1);
    range.setEnd(node, sign[0].length);
    if (range.getClientRects()[0]?.left < end?.left - 1) wrong.push(node.data.slice(0, 30));
  }
  const broken = [...document.querySelectorAll(".breve")].filter((e) => !e.closest("td") && e.getClientRects().length > 1);
  return [...wrong, ...broken.map((e) => e.querySelector("annotation").textContent)];
}"""
# Di quanto scorre di lato il codice che la pagina mostra.
CODE = """() => [...document.querySelectorAll("article pre")]
  .filter((e) => !e.closest(".hide") && e.scrollWidth > e.clientWidth).map((e) => `${e.scrollWidth - e.clientWidth}: ${e.textContent.slice(0, 60)}`)"""
# Ciò che riceve il fuoco dalla tastiera, e poi non si vede di averlo.
FOCUS = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")].filter((e) => e.checkVisibility());
  const outlined = (e) => e && getComputedStyle(e).outlineStyle !== "none" && parseFloat(getComputedStyle(e).outlineWidth) >= 2;
  const wrong = all.filter((e) => {
    e.focus({ focusVisible: true });
    return document.activeElement !== e || !(outlined(e) || outlined(e.nextElementSibling));
  }).map((e) => e.outerHTML.slice(0, 120));
  document.activeElement.blur();
  return wrong;
}"""


@dataclass
class Seen:
    """Che cosa si è visto di una pagina."""

    problems: list[str] = field(default_factory=list)  # errori e avvisi in console
    requests: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)  # quanto pesa ogni file all'apertura
    blocking: list[str] = field(default_factory=list)  # i file senza i quali la pagina non compare
    shifts: list[str] = field(default_factory=list)  # ciò che si è spostato da sé
    theme: str = ""
    texts: dict[str, Any] = field(default_factory=dict)
    widths: dict[int, int] = field(default_factory=dict)  # quanto è larga la pagina, su schermi stretti
    lines: dict[int, list[str]] = field(default_factory=dict)  # le righe che si spezzano male, per ogni larghezza
    code: list[str] = field(default_factory=list)  # il codice che da un computer scorre di lato
    unfocused: list[str] = field(default_factory=list)
    animations: int = 0
    violations: dict[str, list[str]] = field(default_factory=dict)  # ciò che dice axe, per ogni tema


def opened(page: Page, url: str) -> Seen:
    """Apre una pagina, e comincia ad annotare."""
    seen = Seen(problems=chromium.problems(page))
    page.on("request", lambda request: seen.requests.append(request.url))
    page.add_init_script(WATCH)
    page.goto(url, wait_until="commit")
    return seen


def from_disk(browser: Browser, url: str) -> Seen:
    """Da disco, con tutte le figure mosse."""
    with chromium.blank_page(browser, **DESK) as page:
        seen = opened(page, url)
        page.wait_for_function(WHOLE)
        move(page)
    return seen


def from_desk(browser: Browser, url: str) -> Seen:
    """Da un computer, con i colori chiari, poi con tutto aperto, stretta, mossa, con i colori scuri."""
    with chromium.blank_page(browser, **DESK) as page:
        seen = opened(page, url)
        page.wait_for_function(WHOLE)
        seen.texts = page.evaluate(TEXTS)
        page.evaluate(OPEN)
        seen.unfocused = page.evaluate(FOCUS)
        for width in (320, 360, 640):  # la metà di 640 è il testo ingrandito due volte
            page.set_viewport_size({"width": width, "height": 640})
            seen.widths[width] = page.evaluate(WIDTH)
            if width > 320:  # più stretta, una formula lunga può non lasciare posto alla sua virgola
                seen.lines[width] = page.evaluate(LINES)
        page.set_viewport_size(DESK["viewport"])
        seen.lines[DESK["viewport"]["width"]], seen.code = page.evaluate(LINES), page.evaluate(CODE)
        page.emulate_media(reduced_motion="reduce")
        move(page)
        seen.animations = page.evaluate("document.getAnimations().length")
        page.evaluate(THIN)
        axe = Axe()
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.wait_for_function("theme => document.documentElement.dataset.theme === theme", arg=theme)
            found = axe.run(page, options=AXE).response["violations"]
            seen.violations[theme] = [f"{v['id']} {node['target']} {node['failureSummary']}" for v in found for node in v["nodes"][:3]]
    return seen


def from_phone(browser: Browser, url: str) -> Seen:
    """Da un telefono con i colori scuri e senza niente in memoria: prima arriva il testo, poi gli script e le figure, poi i caratteri.

    In quest'ordine si vede tutto ciò che, arrivando tardi, sposterebbe il resto. I caratteri arrivano quando si è già
    guardato: quanto sia largo il carattere che ne fa le veci dipende dal computer.
    """
    with chromium.blank_page(browser, **PHONE) as page:
        late, seen = Late(page, {"document", "stylesheet"}), Seen()
        page.on("response", lambda response: seen.weights.update({response.url: int(response.headers.get("content-length", 0))}))
        page.add_init_script(WATCH)
        page.goto(url, wait_until="commit")
        page.wait_for_function(PAINTED)
        seen.theme = page.evaluate("document.documentElement.dataset.theme")
        late.release({"script", "image", "fetch", "other"})
        page.wait_for_function(SCRIPTS)
        seen.shifts = page.evaluate("shifts")
        late.release({"font"})
        page.wait_for_function(WHOLE)
        seen.blocking = page.evaluate(BLOCKING)
    return seen


class Late:
    """Lascia passare le richieste di qualche tipo; le altre aspettano il loro turno."""

    def __init__(self, page: Page, kinds: set[str]) -> None:
        self.kinds, self.waiting = kinds, []
        page.route("**", self.handle)

    def handle(self, route: Route) -> None:
        if route.request.resource_type in self.kinds:
            route.continue_()
        else:
            self.waiting.append(route)

    def release(self, kinds: set[str]) -> None:
        """Lascia passare anche altri tipi, e chi di quei tipi aspettava."""
        self.kinds |= kinds
        waiting, self.waiting = self.waiting, []
        for route in waiting:
            self.handle(route)


def move(page: Page) -> None:
    """Muove tutto ciò che si muove, e aspetta le figure."""
    page.evaluate(MOVE)
    page.wait_for_function(RECORDINGS)
    page.wait_for_function(SCRIPTS)
