"""Ogni capitolo è fatto come gli altri, e i suoi notebook sono pronti per essere confrontati e letti."""

import ast
import re
from collections import defaultdict

import nbformat
import pytest
from nbval.plugin import find_comment_markers, find_metadata_tags
from notebook import CHAPTERS, ROOT, cells

ALLOWED_IMPORTS = {"numpy", "matplotlib", "ipywidgets", "disegno"}
LAST_SECTIONS = ["Esercizi", "Quiz", "In cinque righe", "E adesso"]

every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def prose(path):
    """Il testo di un notebook, senza le celle di codice."""
    return "\n\n".join(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown")


def sections(text):
    return re.findall(r"^## (.+)$", text, re.MULTILINE)


def test_all_chapters_are_in_the_table_of_contents():
    """I capitoli sono in _toc.yml, nell'ordine, e i loro numeri si susseguono."""
    listed = re.findall(r"file: chapters/(\d\d-.+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    assert listed == [path.stem for path in CHAPTERS] and len(listed) >= 14
    assert [name[:2] for name in listed] == [f"{n:02}" for n in range(1, len(listed) + 1)]


@every_chapter
def test_order_of_a_chapter(path):
    text, number = prose(path), path.name[:2]
    assert text.startswith(f"(cap-{number})=\n# ")
    assert re.search(r":::\{admonition\} In questo capitolo\n:class: obiettivi", text)
    assert "**Alla fine sapremo**" in text and "**Ci servono**" in text
    assert sections(text)[-4:] == LAST_SECTIONS
    assert len(sections(text)) >= 7
    assert "{admonition} Prima di muovere il cursore" in text and "**Che cosa notare.**" in text
    assert "{admonition} Errore frequente" in text
    assert "{math}" in text and "{index}" in text and "{term}" in text
    summary = text.split("## In cinque righe")[1].split("## E adesso")[0]
    assert len(re.findall(r"^(?:[-*]|\d\.) ", summary, re.MULTILINE)) == 5
    onward = text.split("## E adesso")[1]
    assert "](" in onward or "{ref}" in onward


@every_chapter
def test_exercises_have_hint_and_checked_solution(path):
    number = path.name[:2]
    text = prose(path)
    labels = re.findall(r"\{exercise\}[^\n]*\n:label: (es-\d+-\d+)", text)
    assert len(labels) >= 3 and all(label.startswith(f"es-{int(number):02}-") for label in labels)
    notebook = nbformat.read(path, as_version=4)
    for label in labels:
        after = text.split(f":label: {label}\n", 1)[1]
        before_solution = after.split("{solution-start}", 1)[0]
        assert "{admonition} Suggerimento" in before_solution, label
        start = next(i for i, c in enumerate(notebook.cells) if re.search(rf"\{{solution-start\}} {label}\b", c.source))
        end = next(i for i, c in enumerate(notebook.cells) if i > start and "{solution-end}" in c.source)
        code = [c for c in notebook.cells[start:end] if c.cell_type == "code"]
        # La controlla un assert, oppure nbval, che ne confronta ciò che stampa.
        printed = [o for c in code for o in c.outputs if o.output_type == "stream" and o.text.strip()]
        assert printed or any("assert" in c.source for c in code), f"{label}: soluzione non controllata"


@every_chapter
def test_quizzes_start_unanswered_and_explain(path):
    quizzes = [c.source for c in cells(path) if "def quiz" in c.source]
    assert quizzes
    for source in quizzes:
        answers = next(
            ast.literal_eval(node.value)
            for node in ast.parse(source).body
            if isinstance(node, ast.Assign) and node.targets[0].id.startswith("risposte")
        )
        assert "interact" in source and len(answers) >= 3
        if "value=None" in source:
            answers = {answer: (text.startswith("Sì"), text) for answer, text in answers.items()}
        else:
            assert "disegno.scelta(" in source and "disegno.esito(" in source
        assert [right for right, _ in answers.values()].count(True) == 1
        assert all(len(text) > 20 for _, text in answers.values())


@every_chapter
def test_cells_are_ready_to_be_compared(path):
    """nbval esegue ogni cella e ne confronta il risultato; fanno eccezione, da eseguire ma non da confrontare, gli interact.

    In un kernel vero un interact mostra un widget, che cambia nome ogni volta: lo controlla test_interattivi.
    """
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata
    code = [c for c in notebook.cells if c.cell_type == "code"]
    assert [c.execution_count for c in code] == list(range(1, len(code) + 1))
    assert len({c.id for c in notebook.cells}) == len(notebook.cells)
    for cell in code:
        kinds = [kind for output in cell.outputs for kind in output.get("data", {})]
        assert not any("widget" in kind for kind in kinds)
        interactive = "@interact" in cell.source or re.search(r"\b(?:interact|interactive_output)\(", cell.source)
        exempt = dict(find_metadata_tags(cell.metadata)) | dict(find_comment_markers(cell.source))
        assert exempt == ({"check": False} if interactive else {}), cell.source[:60]
        if "print(" in cell.source and not cell.source.lstrip().startswith(("def ", "class ")):
            assert cell.outputs or "def " in cell.source, cell.source[:60]


@every_chapter
def test_cells_are_plain_and_short(path):
    for cell in cells(path):
        names = re.findall(r"^(?:import|from) (\w+)", cell.source, re.MULTILINE)
        assert set(names) <= ALLOWED_IMPORTS
        most = 70 if "class " in cell.source else 40 if "hide-input" in cell.metadata.get("tags", []) else 32
        assert len([line for line in cell.source.splitlines() if line.strip()]) <= most, cell.source
        assert "TODO" not in cell.source
        # Il codice che si legge sta nella colonna della pagina; quello nascosto, di solito disegno, no.
        if not {"hide-input", "remove-input", "remove-cell"} & set(cell.metadata.get("tags", [])):
            assert [line for line in cell.source.splitlines() if len(line) > 88] == []


@every_chapter
def test_figures_have_a_text_alternative(path):
    for cell in cells(path):
        if any("image/svg+xml" in output.get("data", {}) for output in cell.outputs):
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert len(alt) > 20, f"manca il testo alternativo: {cell.source[:80]}"


def test_restated_functions_are_the_same():
    """Una funzione ripresa da un altro capitolo è la stessa, lettera per lettera."""
    found = defaultdict(dict)
    shared = {"neuron", "numerical_gradient", "relu", "relu_derivative", "neuron_backward", "dense_forward"}
    shared |= {"dense_backward", "softmax", "softmax_jacobian", "cross_entropy", "softmax_cross_entropy_backward"}
    shared |= {"initial_layers", "forward", "backward", "train"}
    for path in CHAPTERS:
        for cell in cells(path):
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef) and node.name in shared:
                    found[node.name][path.name] = ast.get_source_segment(cell.source, node)
    assert set(found) == shared
    for name, versions in found.items():
        assert len(set(versions.values())) == 1, f"{name} è diversa in {sorted(versions)}"


def test_appendices_are_there():
    for name in ("dettagli", "notazione", "glossario", "pytorch", "diagnosi", "bibliografia", "insegnare"):
        text = (ROOT / "chapters" / f"{name}.md").read_text(encoding="utf-8")
        assert text.startswith(f"({name})=\n# ") and len(text) > 1500
        assert f"- file: chapters/{name}\n" in (ROOT / "_toc.yml").read_text(encoding="utf-8")


def test_details_follow_the_chapters():
    """Ogni sezione dell'appendice ha il suo indirizzo, torna al suo capitolo e contiene qualcosa; l'ordine è quello dei capitoli."""
    text = (ROOT / "chapters" / "dettagli.md").read_text(encoding="utf-8")
    opening = r"^\(dettagli-(\d\d)\)=\n## Capitolo (\d+)\. .+\n\nDal \[capitolo \2\]\(cap-\1\)\.\n\n### "
    numbers = [number for number, _ in re.findall(opening, text, re.MULTILINE)]
    assert numbers == sorted(set(re.findall(r"^\(dettagli-(\d\d)\)=", text, re.MULTILINE))) and len(numbers) >= 6
