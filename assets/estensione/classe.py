"""Ciò che il libro dice a chi insegna: quanto impegna ogni esercizio, e i fogli da scaricare se ci sono.

I minuti e la difficoltà stanno nell'esercizio stesso (`:class: minuti-10 media`): da lì vengono la nota accanto al titolo, la tabella
di `{esercizi}`, le schede. `{fogli}` elenca ciò che `make schede` ha scritto per gli studenti; ciò che è per chi insegna non va sul sito.
"""

import re
import shutil
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "pubblica"))
from schede.capitolo import CHAPTERS, EFFORT, chapter, effort, simple

SHEETS = "schede"


class sheet_list(nodes.General, nodes.Element):
    """Il posto dell'elenco dei fogli: che cosa c'è si sa soltanto quando si scrive la pagina."""


class Effort(SphinxPostTransform):
    """Accanto al titolo di un esercizio, quanto impegna."""

    # Dopo sphinx_exercise, che compone i titoli.
    default_priority = 490

    def run(self, **kwargs: Any) -> None:
        """Lo aggiunge, e mette i fogli al loro posto."""
        for node in self.document.findall(lambda n: isinstance(n, (exercise_node, exercise_enumerable_node))):
            if found := re.search(EFFORT, " ".join(node["classes"])):
                title = next(iter(node.findall(nodes.title)), None) or node.children[0]
                title += nodes.inline("", f" {effort(*found.groups())}", classes=["impegno"])
        for place in list(self.document.findall(sheet_list)):
            offered = self.config.schede if self.app.builder.name == "html" else []
            place.replace_self(_table(offered))


def _table(offered: list[list[str]]) -> list[nodes.Node]:
    """Un elenco con una voce per capitolo: i fogli, ciascuno con il suo collegamento."""
    if not offered:
        return [nodes.paragraph("", "Qui i fogli non ci sono: chi ha i file del libro li scrive con i comandi qui sotto.")]
    rows = nodes.bullet_list()
    for folder, *files in offered:
        line = nodes.paragraph("", f"Capitolo {int(folder[:2])}: ")
        for file in files:
            kind, _, extension = file.rpartition(".")
            label = "diapositive" if extension == "html" else f"{kind.replace('-', ' ')} ({extension})"
            line += [nodes.reference("", label, refuri=f"../{SHEETS}/{folder}/{file}", internal=False), nodes.Text(", ")]
        line.pop()
        rows += nodes.list_item("", line)
    return [rows]


class Sheets(SphinxDirective):
    """`{fogli}`: i fogli da scaricare."""

    def run(self) -> list[nodes.Node]:
        """Ne tiene il posto."""
        return [sheet_list()]


class Exercises(SphinxDirective):
    """`{esercizi}`: tutti gli esercizi del libro, con i minuti e la difficoltà che dicono di sé."""

    def run(self) -> list[nodes.Node]:
        """La tabella."""
        rows = ["| Esercizio | Minuti | Difficoltà |", "| :--- | :---: | :--- |"]
        for number in range(1, len(CHAPTERS) + 1):
            self.env.note_dependency(str(chapter(number).path))
            rows += [f"| [{one.number}](#{one.label}). {simple(one.title)} | {one.minutes} | {one.level} |" for one in chapter(number).exercises]
        box = nodes.container()
        self.state.nested_parse(StringList(rows, source=""), self.content_offset, box)
        return box.children


def offered(app: Sphinx, config: Config) -> None:
    """I fogli che ci sono, tranne le verifiche: chi le prepara non le pubblica.

    L'elenco sta nella configurazione perché, quando cambia, la pagina si riscriva.
    """
    folder = Path(app.outdir).parent / SHEETS
    for name in sorted(path.name for path in folder.glob("[0-9][0-9]-*")):
        files = [path.name for path in sorted((folder / name).iterdir()) if path.is_file() and not path.name.startswith("verifica")]
        config.schede += [[name, *files]] if files else []


def publish(app: Sphinx, error: Exception | None) -> None:
    """Mette nel sito i fogli che la pagina offre, e nessun altro; con le diapositive, reveal.js."""
    if error or app.builder.name != "html":
        return
    source, target = Path(app.outdir).parent / SHEETS, Path(app.outdir, SHEETS)
    shutil.rmtree(target, ignore_errors=True)
    for name, *files in app.config.schede:
        (target / name).mkdir(parents=True)
        for file in files:
            shutil.copy(source / name / file, target / name)
    if target.exists() and (source / "reveal").exists():
        shutil.copytree(source / "reveal", target / "reveal")


def setup(app: Sphinx) -> dict[str, bool]:
    """Registra le due direttive e ciò che fanno."""
    app.add_config_value("schede", [], "html", list)
    app.add_node(sheet_list)
    app.add_directive("esercizi", Exercises)
    app.add_directive("fogli", Sheets)
    app.add_post_transform(Effort)
    app.connect("config-inited", offered)
    app.connect("build-finished", publish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
