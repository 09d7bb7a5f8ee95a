"""Un capitolo come serve a una classe: gli esercizi senza le soluzioni, le domande del quiz, il testo senza MyST."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

CHAPTERS = sorted((Path(__file__).resolve().parents[2] / "chapters").glob("[0-9][0-9]-*.ipynb"))
TEACHER = "docente"  # la cartella di ciò che gli studenti non devono avere
BLOCK = r"^(`{{3,}}|:{{3,}})\{{{}\}} *(.*?)\n(.*?)^\1\s*?$"
EXERCISE = re.compile(BLOCK.format("exercise"), re.DOTALL | re.MULTILINE)
# I minuti e la difficoltà, com'è scritto in un esercizio.
EFFORT = r"minuti-(\d+) (facile|media|difficile)"
OPTION = re.compile(r"^:[\w-]+:.*\n?", re.MULTILINE)
# Ciò che un capitolo mostra, e che a chi svolge un esercizio non serve.
SHOWS = {"print", "display", "VBox", "HBox", "interact", "show", "draw"}


def effort(minutes: int | str, level: str) -> str:
    """Quanto impegna un esercizio, come si legge."""
    return f"circa {minutes} minuti · {level}"


@dataclass
class Exercise:
    """Un esercizio, con il suo numero («5.1») e quanto impegna."""

    number: str
    label: str
    title: str
    text: str
    minutes: int
    level: str

    @property
    def effort(self) -> str:
        """Quanto impegna, come si legge accanto al titolo."""
        return effort(self.minutes, self.level)


@dataclass
class Quiz:
    """Una domanda del quiz: le risposte, ciascuna con la sua spiegazione, e quale è giusta."""

    text: str
    choices: dict[str, str]
    right: str


@dataclass
class Chapter:
    """Un capitolo."""

    path: Path
    notebook: Any

    @property
    def number(self) -> int:
        """Il suo numero."""
        return int(self.path.name[:2])

    @property
    def title(self) -> str:
        """Il suo titolo, senza i segni di Markdown."""
        return re.search(r"^# (.+)$", self.notebook.cells[0].source, re.MULTILINE)[1]

    @property
    def exercises(self) -> list[Exercise]:
        """I suoi esercizi, nell'ordine. ValueError se uno non dice quanto impegna."""
        found = []
        text = "\n\n".join(cell.source for cell in self.notebook.cells if cell.cell_type == "markdown")
        for _, title, body in EXERCISE.findall(text):
            label = re.search(r"^:label: (\S+)$", body, re.MULTILINE)[1]
            declared = re.search(rf"^:class: {EFFORT}$", body, re.MULTILINE)
            if not declared:
                raise ValueError(f"{self.path.name}, {label}: manca quanto impegna; sotto :label: va una riga come «:class: minuti-10 media».")
            number = f"{self.number}.{len(found) + 1}"
            found.append(Exercise(number, label, title, OPTION.sub("", body).strip(), int(declared[1]), declared[2]))
        return found

    @property
    def quizzes(self) -> list[Quiz]:
        """Le domande del suo quiz."""
        found = []
        for cell in self.notebook.cells:
            if cell.cell_type == "code" and "def quiz_" in cell.source:
                answers, show = ast.parse(cell.source).body
                asked = show.decorator_list[0].keywords[0].value.args[0]
                choices = ast.literal_eval(answers.value)
                right = next(choice for choice, (good, _) in choices.items() if good)
                question = re.sub(r"^\d+\. ", "", ast.literal_eval(asked))
                found.append(Quiz(question, {choice: why for choice, (_, why) in choices.items()}, right))
        return found

    @property
    def before(self) -> list[Any]:
        """Le celle che vengono prima degli esercizi."""
        cells = self.notebook.cells
        return cells[: next(i for i, cell in enumerate(cells) if re.search(r"^## (?:Allenamento|Esercizi)$", cell.source, re.MULTILINE)) + 1]


@cache
def chapter(number: int) -> Chapter:
    """Il capitolo con quel numero. ValueError, con l'elenco, se non c'è."""
    path = next((path for path in CHAPTERS if int(path.name[:2]) == number), None)
    if path is None:
        raise ValueError(f"Il capitolo {number} non c'è: i capitoli vanno da 1 a {len(CHAPTERS)}.")
    return Chapter(path, nbformat.read(path, as_version=4))


@cache
def equations(number: int) -> dict[str, str]:
    """I numeri delle formule di un capitolo: l'etichetta e ciò che si legge."""
    text = "\n".join(cell.source for cell in chapter(number).notebook.cells if cell.cell_type == "markdown")
    return {label: f"({number}.{n})" for n, label in enumerate(re.findall(r"^:label: (eq-\S+)$", text, re.MULTILINE), 1)}


def simple(text: str) -> str:
    """Il testo MyST in Markdown che ogni programma capisce: i rimandi restano come parole, le formule fra dollari."""
    text = re.sub(BLOCK.format("(?:index|raw|bibliography)"), "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(BLOCK.format("math"), lambda m: "$$\n" + OPTION.sub("", m[3]).strip() + "\n$$", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^(`{3,}|:{3,})\{admonition\} *(.*)\n((?::[\w-]+:.*\n)*)", r"**\2.**\n\n", text, flags=re.MULTILINE)
    text = re.sub(r"^:{3,}\s*$|^`{3,}\s*$(?![\s\S]*^`{3,}\s*$)", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\([\w-]+\)=\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"\{eq\}`(eq-(\d\d)-[^`]*)`", lambda m: "formula " + equations(int(m[2])).get(m[1], m[1]), text)
    text = re.sub(r" *\{cite\S*\}`[^`]*`", "", text)
    text = re.sub(r"\{(?:term|ref|numref|doc)\}`([^`<]*?) *(?:<[^`]*>)?`", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\((?!https?:)[\w#./-]+\)", r"\1", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def useful(source: str) -> str:
    """Di una cella ciò che definisce: senza cursori, figure e scritte."""
    kept = []
    for node in ast.parse(source).body:
        calls = {part.func.id for part in ast.walk(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)}
        decorated = isinstance(node, ast.FunctionDef) and any("interact" in ast.unparse(one) for one in node.decorator_list)
        shown = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and (calls & SHOWS or "plt." in ast.unparse(node))
        if not decorated and not shown:
            first = node.decorator_list[0].lineno if getattr(node, "decorator_list", None) else node.lineno
            kept.append("\n".join(source.split("\n")[first - 1 : node.end_lineno]))
    return "\n".join(kept)
