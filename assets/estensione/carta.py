"""Il libro dove non si muove niente, su carta e in EPUB: soluzioni e risposte in fondo, e per ogni figura dove quella viva sta."""

import html
import itertools
import re
from collections import defaultdict
from typing import Any

from docutils import nodes
from interact_replay.page.latex import typeset
from interact_replay.recording import decode
from interact_replay.sphinx.render import interact
from sphinx import addnodes
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import is_exercise_node, is_solution_node

TITLE = "Soluzioni e risposte"
# Ciò che disegno.esito scrive dopo una risposta.
VERDICT = re.compile(r"(✓ Giusto|✗ No):</strong> (.*?)</p>", re.DOTALL)
Answers = dict[str, tuple[bool, str]]
# I formati le cui pagine non si muovono.
PAPER = ("singlehtml", "epub")


def verdicts(recording: dict[str, Any]) -> dict[int, Answers]:
    """Le domande a scelta di una registrazione: numero del controllo → per ogni risposta, se è giusta e perché.

    Il verdetto può comparire soltanto in alcuni stati degli altri controlli. Se cambia con loro la domanda non c'è.
    """
    controls, found = recording["controls"], defaultdict(lambda: defaultdict(set))
    for output in recording["outputs"]:
        questions = [k for k, i in enumerate(output["controls"]) if controls[i]["kind"] == "radio"]
        if not questions or output.get("single") or 'class="esito"' not in decode(output["chunks"][0], 0):
            continue
        states = itertools.product(*(controls[i]["labels"] for i in output["controls"]))
        for number, labels in enumerate(states):
            shown = VERDICT.search(decode(output["chunks"][number // output["length"]], number % output["length"]))
            for k in questions if shown else ():
                found[output["controls"][k]][labels[k]].add((shown[1] == "✓ Giusto", html.unescape(shown[2])))
    certain = {i: {label: next(iter(all_)) for label, all_ in labels.items() if len(all_) == 1} for i, labels in found.items()}
    return {i: answers for i, answers in certain.items() if sorted(right for right, _ in answers.values())[-1:] == [True]}


def text(words: str, *children: nodes.Node) -> nodes.paragraph:
    """Un capoverso, con le sue formule composte."""
    return nodes.paragraph("", "", *typeset(words, nodes.Text), *children)


def link(words: str, target: str) -> nodes.paragraph:
    """Un rimando: in stampa c'è anche la pagina (pubblica/stampa.py)."""
    return nodes.paragraph("", "", nodes.reference("", words, internal=True, refid=target, classes=["rimando"]), classes=["rimandi"])


def heading(words: str) -> nodes.raw:
    """Un titolo senza numero: a quello di una sezione che non conosce Sphinx dà il numero del capitolo."""
    return nodes.raw("", f"<h2>{html.escape(words)}</h2>\n", format="html")


def docname(node: nodes.Node, env: BuildEnvironment) -> str:
    """La pagina da cui viene, anche dopo che Sphinx le ha unite."""
    while node.parent is not None and "docname" not in node:
        node = node.parent
    return node.get("docname") or env.docname


class Questions(SphinxPostTransform):
    """Al posto di una domanda le sue risposte e un rimando; la spiegazione la segue, e `Solutions` la porta in fondo."""

    builders = PAPER
    default_priority = 5  # prima che il plug-in metta la figura ferma

    def run(self, **kwargs: Any) -> None:
        """Cambia ogni figura viva che fa domande."""
        for node in list(self.document.findall(interact)):
            self.ask(node, node["recording"])

    def ask(self, node: interact, recording: dict[str, Any]) -> None:
        """La domanda, con i rimandi; se non c'è altro, prende il posto della figura."""
        page = docname(node, self.env)
        controls, rest = recording["controls"], []
        for i, answers in verdicts(recording).items():
            name = f"risposta-{nodes.make_id(page)}-{recording['number']}-{i}"
            question = controls[i]["description"]
            items = [
                nodes.list_item("", text(f"{'✓' if right else '✗'} {label}: {why}"), classes=["giusta"] if right else [])
                for label, (right, why) in answers.items()
            ]
            answer = nodes.container("", text(question), nodes.bullet_list("", *items), ids=[name], classes=["risposta"])
            words = "Risposta" if len(controls) == 1 else f"Risposta a «{question}»"
            rest += [link(words, name), answer]
        if len(controls) == 1 and rest:
            options = [nodes.list_item("", text(label)) for label in controls[0]["labels"] if label]
            shown = [text(controls[0]["description"]), nodes.bullet_list("", *options), rest[0]]
            node.replace_self([nodes.container("", *shown, classes=["interact-still"]), rest[1]])
        elif rest:
            node.parent[node.parent.index(node) + 1 : node.parent.index(node) + 1] = rest
        # Ciò che la figura scrive a chi non ha ancora risposto.
        for phrase in list(node.children[0].findall(nodes.raw)):
            if re.match('<p class="esito">(Scegli|Scrivi)', phrase.astext().strip()):
                phrase.parent.remove(phrase)


class Solutions(SphinxPostTransform):
    """In fondo al capitolo, soluzioni e risposte; nel libro in una pagina sola `appendix` le porta in fondo al libro."""

    builders = PAPER
    default_priority = 510  # dopo sphinx_exercise, e dopo che i riquadri sono aperti

    def run(self, **kwargs: Any) -> None:
        """Una pagina alla volta, anche dove Sphinx le ha unite."""
        for chapter in list(self.document.findall(addnodes.start_of_file)) or [self.document]:
            self.gather(chapter)

    def gather(self, chapter: nodes.Element) -> None:
        """Sposta in fondo ciò che non va letto prima del tempo, e ne mette i rimandi."""
        page = docname(chapter, self.env)
        exercises = {node["label"]: node for node in chapter.findall(is_exercise_node)}
        numbers = self.env.toc_fignumbers.get(page, {}).get("exercise", {})
        found = list(chapter.findall(lambda n: is_solution_node(n) or "risposta" in getattr(n, "attributes", {}).get("classes", ())))
        for node in found:
            node.parent.remove(node)
            if is_solution_node(node):
                exercise = exercises[node["target_label"]]
                number = ".".join(map(str, numbers[exercise["ids"][0]]))
                name = [nodes.Text(f"Esercizio {number}"), *(child.deepcopy() for child in exercise[0].children)]
                node[0].children = []
                node[0] += nodes.reference("", "", *name, internal=True, refid=exercise["ids"][0])
                exercise += link("Soluzione", node["ids"][0])
        if found:
            section = next(chapter.findall(nodes.section))
            section += nodes.container("", heading(TITLE), *found, ids=[f"soluzioni-{nodes.make_id(page)}"], classes=["soluzioni"], docname=page)


class Places(SphinxPostTransform):
    """Dove una figura si muove, quando l'indirizzo del sito non si conosce: una frase, al posto di un percorso che non si può seguire."""

    builders = PAPER
    default_priority = 510

    def run(self, **kwargs: Any) -> None:
        """Ne scrive una per ogni figura ferma."""
        if self.config.html_baseurl:
            return
        for line in self.document.findall(lambda n: isinstance(n, nodes.paragraph) and "interact-live" in n["classes"]):
            page, number = re.search(r"(\S+)\.html#interact-(\d+)", line.astext()).groups()
            chapter = self.env.toc_secnumbers.get(page, {}).get("")
            where = f"capitolo {chapter[0]}" if chapter else f"«{self.env.titles[page].astext()}»"
            line.children = []
            line += nodes.Text(f"Si muove nel sito del libro: {where}, figura viva {number}.")


def appendix(tree: nodes.document, env: BuildEnvironment) -> None:
    """Nel libro in una pagina sola: soluzioni e risposte di tutti i capitoli, in fondo."""
    found = list(tree.findall(lambda n: isinstance(n, nodes.container) and "soluzioni" in n["classes"]))
    for part in found:
        part.parent.remove(part)
        number = env.toc_secnumbers.get(part["docname"], {}).get("")
        words = env.titles[part["docname"]].astext()
        part[0] = heading(f"{number[0]}. {words}" if number else words)
    if found:
        tree += nodes.section("", nodes.title("", TITLE), *found, ids=["soluzioni-e-risposte"])
