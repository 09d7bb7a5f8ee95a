"""La ricerca: che cosa risponde per prima, come si usa dalla tastiera e dal telefono, dove si arriva. Da disco."""

import gzip

import browser as chromium
import pytest
import ricerca
import visite
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.sito

FILES = ("minisearch/minisearch", "base-stemmer", "italian-stemmer", "ricerca", "sezioni")
LIMIT = 150 * 1024
# Che cosa si cerca e dove si deve arrivare: un termine del glossario se è proprio quello, se no la sezione che ne parla.
QUERIES = {
    # Quelle con cui si è provata la ricerca di prima.
    "gradiente": "glossario#term-gradient",
    "gradienti": "glossario#term-gradient",
    "perché la loss non scende": "diagnosi#la-loss-non-scende-diagnosi",
    "perche la loss non scende": "diagnosi#la-loss-non-scende-diagnosi",
    "loss non scende": "diagnosi#la-loss-non-scende-diagnosi",
    "softmax": "glossario#term-softmax",
    "learning rate": "glossario#term-learning-rate",
    "tasso di apprendimento": "glossario#term-learning-rate",
    "esercizio 5.2": "05-retropropagazione#es-05-2",
    "esercizio 10.1": "10-una-rete-filo-per-filo#es-10-1",
    "5.2": "05-retropropagazione#la-formula-in-una-riga",
    "capitolo 6": "06-ottimizzazione#ottimizzare-learning-rate-ed-epoche",
    "np.einsum": None,
    "Adam": None,
    "rete neurale": "index#backpropagation-passo-dopo-passo",
    "pytorch": "pytorch#dal-libro-a-pytorch",
    "perche proprio il logaritmo": "09-entropia-incrociata#perche-proprio-il-logaritmo",
    "perché proprio il logaritmo": "09-entropia-incrociata#perche-proprio-il-logaritmo",
    "jacobiano": "glossario#term-Jacobian",
    "jacobiana": "glossario#term-Jacobian",
    "epoca": "glossario#term-epoch",
    "epoche": "glossario#term-epoch",
    "l'errore quadratico": "09-entropia-incrociata#e-l-errore-quadratico",
    "entropia incrociata": "glossario#term-cross-entropy",
    "cross-entropy": "glossario#term-cross-entropy",
    "regola della catena": "glossario#term-chain-rule",
    "chain rule": "glossario#term-chain-rule",
    "retropropagazione": "glossario#term-backpropagation",
    "backpropagation": "glossario#term-backpropagation",
    "discesa del gradiente": "glossario#term-gradient-descent",
    "gradient descent": "glossario#term-gradient-descent",
    "relu": "glossario#term-ReLU",
    "leaky relu": "glossario#term-leaky-ReLU",
    "neurone": "glossario#term-neuron",
    "peso": "glossario#term-weight",
    "pesi": "glossario#term-weight",
    "weights": "glossario#term-weight",
    "bias": "glossario#term-bias",
    "strato": "glossario#term-layer",
    "layers": "glossario#term-layer",
    "sovradattamento": "glossario#term-overfitting",
    "overfitting": "glossario#term-overfitting",
    "momentum": "glossario#term-momentum",
    "unità morta": "glossario#term-dead-unit",
    "derivata parziale": "glossario#term-partial-derivative",
    "strato nascosto": "11-perche-serve-lo-strato-nascosto#a-che-cosa-serve-lo-strato-nascosto",
    "bibliografia": "bibliografia#bibliografia",
    "notazione": "notazione#notazione",
    "glossario": "glossario#glossario",
    "nan": "diagnosi#nan-e-infiniti",
    "gradiente che svanisce": "glossario#term-vanishing-gradient",
    # Altre.
    "vanishing gradient": "glossario#term-vanishing-gradient",
    "one hot": "glossario#term-one-hot",
    "matrice di confusione": "glossario#term-confusion-matrix",
    "funzione di costo": "glossario#term-loss",
    "funzione di attivazione": "glossario#term-activation-function",
    "learning_rate": "glossario#term-learning-rate",
    "spirali": "11-perche-serve-lo-strato-nascosto#tre-spirali",
    "errore quadratico": "09-entropia-incrociata#e-l-errore-quadratico",
    "iperparametri": "glossario#term-hyperparameter",
    "esercizio 12.2 leaky": "12-segnali-in-profondita#es-12-2",
    "softmx": "glossario#term-softmax",
    "retropropagazzione": "glossario#term-backpropagation",
    "gardiente": "glossario#term-gradient",
    "inizializazione di he": "glossario#term-He-initialisation",
    "sigmoide": "12-segnali-in-profondita#e-la-sigmoide",
    "punto angoloso": "02-la-derivata#vicino-al-punto-angoloso",
    "temperatura": "glossario#term-temperature",
    "come si legge": "index#come-si-legge",
    "che cos'è la softmax": "glossario#term-softmax",
    "cosa succede se alziamo η": "06-ottimizzazione#che-cosa-succede-se-alziamo",
    "broadcasting": "glossario#term-broadcasting",
    "disfare il broadcasting": "14-autodiff#disfare-il-broadcasting",
    "ordine topologico": "glossario#term-topological-order",
    "motore per gli array": "14-autodiff#il-motore-per-gli-array",
    "GRADIENTE NUMERICO": "glossario#term-numerical-gradient",
    "log-sum-exp": "glossario#term-log-sum-exp",
    "tre percorsi": "index#tre-percorsi",
    "fiori": "11-perche-serve-lo-strato-nascosto#centocinquanta-fiori",
    "pesi iniziali": "diagnosi#pesi-iniziali",
    "es. 5.2": "05-retropropagazione#es-05-2",
    "soluzione 11.4": "11-perche-serve-lo-strato-nascosto#es-11-4",
    "sezione 6.5": "06-ottimizzazione#la-serra-sei-casi-un-neurone",
    "softm": "glossario#term-softmax",
    "minibatch": "glossario#term-mini-batch",
}
# Scrive nel campo e dice che cosa si vede: la risposta non si fa aspettare.
ASK = """(query) => {
  const input = document.querySelector("#ricerca input");
  input.value = query;
  input.dispatchEvent(new Event("input"));
  const found = [...document.querySelectorAll("#trovati a")].map((a) => ({
    place: a.href.replace(/\\?q=[^#]*/, "").split("_build/html/").pop().replace("chapters/", "").replace(".html", ""),
    text: a.innerText, marks: [...a.querySelectorAll("mark")].map((mark) => mark.textContent) }));
  return { found, status: document.querySelector("#ricerca [role=status]").textContent };
}"""
PLACE = "() => [scrollY, document.documentElement.scrollHeight]"
MARKED = "() => [...(CSS.highlights.get('cercato') ?? [])].map(String)"


# Una pagina come la scrive Sphinx: una soluzione e ciò che non si legge non si cercano.
PAGE = """<article><section id="uno"><h1><span class="section-number">5. </span>Uno<a class="headerlink" href="#uno">#</a></h1>
<p>Prima <span class="katex"><span class="katex-mathml"><math><semantics><mfrac><mi>a</mi><mi>b</mi></mfrac><annotation>\\frac ab</annotation>
</semantics></math></span><span class="katex-html">ab</span></span> , poi.</p>
<section id="due"><h2><span class="section-number">5.1. </span>Due</h2><p>Dentro<br>due.</p><div class="exercise admonition" id="es">
<p class="admonition-title"><span>Esercizio 5.1 </span> (Tre)</p><section><p>Testo.</p></section></div>
<details class="solution"><summary>Soluzione</summary><p>Segreto.</p></details><p>Coda.</p></section>
<dl><dt id="term-x">x</dt><dd><p><em>ics</em>, o <em>per</em>. Una <em>cosa</em>.</p></dd></dl></section></article>"""


def test_i_pezzi_di_una_pagina():
    """Titoli, esercizi e termini cominciano un pezzo; le formule si leggono; il resto va al pezzo in cui sta."""
    found = [(p["kind"], p["anchor"], ricerca.tidy(p["title"]), ricerca.tidy(p["text"]), p["forms"]) for p in ricerca.Sections(PAGE).found]
    assert found == [
        ("h1", "uno", "Capitolo 5. Uno", "Prima a/b, poi.", []),
        ("h2", "due", "5.1. Due", "Dentro due. Coda.", []),
        ("exercise", "es", "Esercizio 5.1 (Tre)", "Testo.", []),
        ("term", "term-x", "x", "ics, o per. Una cosa.", ["ics", "per"]),
    ]


def opened(page, address):
    """Apre una pagina e poi, dalla tastiera, la ricerca; aspetta che sia pronta."""
    page.goto(address)
    page.keyboard.press("/")
    page.wait_for_function("() => globalThis.sezioni && document.querySelector('#ricerca [role=status]').textContent === ''")


@pytest.fixture(scope="module")
def ask(browser, addresses):
    """Chiede una cosa alla ricerca, aperta una volta sola dalla copertina."""
    with chromium.blank_page(browser, viewport={"width": 1200, "height": 900}) as page:
        opened(page, f"{addresses['disco']}/index.html")
        yield lambda query: page.evaluate(ASK, query)


@pytest.mark.parametrize("query", QUERIES)
def test_la_prima_risposta(ask, query):
    """La prima risposta è quella attesa; a ciò che non c'è si risponde che non c'è."""
    seen = ask(query)
    if expected := QUERIES[query]:
        assert seen["found"][0]["place"] == expected, [found["place"] for found in seen["found"][:5]]
    else:
        assert seen["status"].startswith(f"Nessun risultato per «{query}».")


def test_il_capitolo_che_ne_parla(ask):
    """Fra i capitoli viene prima quello che spiega una cosa, e la pagina per chi insegna non viene mai prima."""
    chapters = {"softmax": "08-softmax", "learning rate": "06-ottimizzazione", "entropia incrociata": "09-entropia-incrociata"}
    for query, chapter in chapters.items():
        places = [found["place"] for found in ask(query)["found"]]
        assert next(place for place in places if place[0].isdigit() or place.startswith("insegnare")).startswith(chapter), places


def test_le_due_lingue_danno_lo_stesso(ask):
    """Un termine e la sua traduzione trovano le stesse sezioni, anche dove è scritto solo nell'altra lingua."""
    places = [{found["place"] for found in ask(query)["found"]} for query in ("early stopping", "arresto anticipato")]
    assert places[0] == places[1] and len(places[0]) > 1


def test_estratti(ask):
    """Ogni risposta dice in quale capitolo sta e mostra le parole trovate, segnate, nelle forme in cui sono scritte."""
    seen = ask("derivate parziali")
    assert seen["status"] == f"{len(seen['found'])} risultati"
    assert all(found["marks"] for found in seen["found"])
    assert {mark.lower() for found in seen["found"] for mark in found["marks"]} >= {"derivata", "derivate", "parziale", "parziali", "partial"}
    assert "Capitolo 2. Quanto conta un ritocco? La derivata" in next(f["text"] for f in seen["found"] if f["place"].startswith("02-"))


@pytest.mark.parametrize(
    "query, status",
    [
        ("softmx", "Nessun risultato per «softmx». Ecco quelli per «softmax»."),
        ("pesi pizza", "Nessun risultato per «pesi pizza». Ecco quelli per «pesi»."),
        ("spirali iperparametro", "Nessuna sezione contiene tutte le parole di «spirali iperparametro». Ecco quelle che ne contengono qualcuna."),
        ("<i>zzzz</i>", "Nessun risultato per «<i>zzzz</i>»."),
        ("", ""),
    ],
)
def test_quando_non_c_e(ask, query, status):
    """Si dice che cosa non si è trovato, e si dà ciò che ci va più vicino."""
    assert ask(query)["status"].startswith(status)


def test_niente_di_niente(ask):
    """Se non c'è niente di vicino si può guardare altrove."""
    seen = ask("Adam")
    assert seen["status"] == "Nessun risultato per «Adam». Si può guardare nel glossario o nell'indice analitico."
    assert [found["place"] for found in seen["found"]] == ["glossario", "genindex"]


def test_quanto_pesa(site):
    """Testo e programmi, compressi, stanno sotto un limite."""
    assert sum(len(gzip.compress((site / "_static" / f"{name}.js").read_bytes())) for name in FILES) < LIMIT


@pytest.mark.parametrize("where", ["http", "disco"])
def test_dalla_tastiera(page, addresses, where):
    """/ apre, le frecce scelgono, Invio porta alla sezione, con le parole segnate e senza spostare niente; `Esc` toglie i segni."""
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{addresses[where]}/index.html")
    page.wait_for_function(visite.WHOLE)
    assert not [url for url in requests if "sezioni" in url or "minisearch" in url]
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Cerca nel libro")
    field.press_sequentially("grafo di calcolo")
    options = page.get_by_role("option")
    options.nth(2).wait_for()
    assert field.get_attribute("aria-expanded") == "true"

    def chosen():
        assert options.locator("xpath=self::*[@aria-selected='true']").count() == 1
        return page.evaluate("document.getElementById(document.querySelector('#ricerca input').getAttribute('aria-activedescendant')).href")

    links = options.evaluate_all("all => all.map((a) => a.href)")
    assert chosen() == links[0]
    for key, expected in (("ArrowUp", -1), ("ArrowDown", 0), ("ArrowDown", 1)):
        field.press(key)
        assert chosen() == links[expected]
    field.press("Enter")
    page.wait_for_url(links[1])
    page.wait_for_function("() => CSS.highlights.has('cercato')")
    page.wait_for_function(visite.STILL)
    assert {word.lower() for word in page.evaluate(MARKED)} >= {"grafo"}
    assert 0 <= page.evaluate("document.querySelector(':target').getBoundingClientRect().top") < 150
    place = page.evaluate(PLACE)
    page.keyboard.press("Escape")
    assert page.evaluate(MARKED) == [] and "?" not in page.url and page.url.endswith(links[1].split("#")[1])
    assert page.evaluate(PLACE) == place, "i segni spostano il testo"
    assert not page.problems


def test_nella_stessa_pagina(page, addresses):
    """Una sezione della pagina in cui si è si raggiunge senza ricaricarla: ciò che si è mosso resta mosso."""
    opened(page, f"{addresses['disco']}/chapters/glossario.html")
    page.evaluate("window.stays = true")
    page.keyboard.type("temperatura")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash === '#term-temperature' && CSS.highlights.has('cercato')")
    assert page.evaluate("stays") and not page.locator("dialog").is_visible()
    assert {word.lower() for word in page.evaluate(MARKED)} == {"temperature", "temperatura"}
    page.keyboard.press("Control+k")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible() and page.evaluate(MARKED)
    page.keyboard.press("Escape")
    assert not page.evaluate(MARKED)


def test_chi_scrive_scrive(page, addresses):
    """Dentro un campo la barra è una barra."""
    opened(page, f"{addresses['disco']}/index.html")
    page.keyboard.type("1/N")
    assert page.get_by_role("combobox").input_value() == "1/N"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_dal_telefono(browser, addresses, theme):
    """La lente apre la ricerca su tutto lo schermo, niente esce di lato, un tocco porta alla sezione; axe non trova niente."""
    with chromium.blank_page(browser, viewport={"width": 360, "height": 740}, has_touch=True, color_scheme=theme) as page:
        page.goto(f"{addresses['disco']}/index.html")
        page.get_by_role("link", name="Cerca nel libro").tap()
        page.get_by_role("combobox").fill("regola della catena")
        page.get_by_role("option").first.wait_for()
        assert page.evaluate("(({ width, height }) => [width, height])(document.querySelector('dialog').getBoundingClientRect())") == [360, 740]
        assert page.evaluate("document.querySelector('#trovati').scrollWidth <= 360")
        found = Axe().run(page, options=visite.AXE).response["violations"]
        assert not [f"{v['id']} {node['target']} {node['failureSummary']}" for v in found for node in v["nodes"]]
        page.get_by_role("option", name="3.5 La regola per ogni grafo").tap()
        page.wait_for_url("**/03-la-regola-della-catena.html?q=*#la-regola-per-ogni-grafo")
        page.wait_for_function("() => CSS.highlights.has('cercato')")


def test_la_pagina_della_ricerca(page, addresses):
    """Chi ha un indirizzo con le parole trova le risposte nella pagina."""
    page.goto(f"{addresses['disco']}/search.html?q=epoche")
    page.get_by_role("option").first.wait_for()
    assert page.get_by_role("combobox").input_value() == "epoche" and page.get_by_role("status").inner_text().endswith("i primi 30")
    assert not page.problems


def test_se_manca_la_rete(page, addresses):
    """Se il testo non arriva si dice, e la pagina resta com'è."""
    page.route("**/sezioni.js", lambda route: route.abort())
    page.goto(f"{addresses['http']}/index.html")
    page.get_by_role("link", name="Cerca nel libro").click()
    page.get_by_text("La ricerca non è arrivata").wait_for()
