"""Esegue le celle di un capitolo e ne dà ai controlli i nomi: si controllano le funzioni del libro, non copie."""

import contextlib
import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import ipywidgets
import matplotlib
import nbformat
from interact_replay.kernel.controls import Control, control
from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig

matplotlib.use("agg")
ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("LIBRO_CAPITOLI", ROOT / "chapters"))  # un'altra cartella per i mutanti
CHAPTERS = sorted(FOLDER.glob("[0-9][0-9]-*.ipynb"))
ALIVE = [ROOT / "index.md", *CHAPTERS]  # le pagine con celle di codice


@dataclass
class Interactive:
    """Un interact del capitolo: la funzione e i suoi controlli, nell'ordine della pagina.

    Gli interactive_output di una cella valgono come un solo interact: la sua funzione chiama le loro, una dopo l'altra.
    """

    f: Any
    controls: list[Control]

    def text(self, *choice: int) -> str:
        """Ciò che la funzione stampa quando i controlli sono alle posizioni date."""
        return self.show(*choice, drawn=False)[0]

    def show(self, *choice: int, drawn: bool = True) -> tuple[str, list[str]]:
        """Ciò che la funzione stampa e le figure che disegna, in SVG, come le scrive Matplotlib."""
        values = {c.name: c.values[i] for c, i in zip(self.controls, choice, strict=True)}
        printed, figures = io.StringIO(), []
        with contextlib.redirect_stdout(printed):
            self.f(**values)
        for number in matplotlib.pyplot.get_fignums() if drawn else ():
            figures.append(io.StringIO())
            matplotlib.pyplot.figure(number).savefig(figures[-1], format="svg")
        matplotlib.pyplot.close("all")
        return printed.getvalue(), [figure.getvalue() for figure in figures]


@dataclass
class Chapter:
    """I nomi definiti dalle celle di un capitolo e i suoi interact."""

    names: dict[str, Any] = field(default_factory=dict)
    interactives: list[Interactive] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.names[name]
        except KeyError:
            raise AttributeError(f"il capitolo non definisce {name}") from None


def cells(path: Path) -> list[Any]:
    """Le celle di codice di un notebook, o di una pagina Markdown che ne contiene."""
    if path.suffix == ".md":
        notebook = read_myst_markdown_notebook(path.read_text(encoding="utf-8"), MdParserConfig())
    else:
        notebook = nbformat.read(path, as_version=4)
    return [c for c in notebook.cells if c.cell_type == "code"]


def chapter(number: int) -> Chapter:
    """Il capitolo con quel numero, eseguito una volta sola."""
    return page(next(path for path in CHAPTERS if path.name.startswith(f"{number:02}-")))


@cache
def page(path: Path) -> Chapter:
    """Una pagina con celle di codice, eseguita una volta sola."""
    return run(path)


def run(path: Path, sources: list[str] | None = None, after: Callable[[], object] = lambda: None) -> Chapter:
    """Esegue le celle di un notebook (o quelle date al loro posto) nella sua cartella; dopo ognuna chiama after."""
    result = Chapter({"__name__": "__main__"})

    class Interact(ipywidgets.interact.__class__):
        """Come interact, ma invece di chiamare la funzione ne prende nota."""

        def __call__(self, f: Any = None, /, **kwargs: Any) -> Any:
            if f is None:
                return lambda g: self(g, **kwargs)
            widget = _Quiet(f, {}, **kwargs)
            result.interactives.append(Interactive(f, [control(w, w._kwarg) for w in widget.kwargs_widgets]))
            return f

    def output(f: Callable[..., Any], controls: dict[str, ipywidgets.Widget]) -> ipywidgets.Output:
        """Come interactive_output, ma invece di chiamare la funzione ne prende nota."""
        outputs.append((f, controls))
        return ipywidgets.Output()

    kept = ipywidgets.interact, ipywidgets.interactive_output, os.getcwd(), sys.path[:]
    ipywidgets.interact, ipywidgets.interactive_output = Interact(ipywidgets.interactive, {}), output
    os.chdir(path.parent)
    sys.path.insert(0, str(path.parent))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            for number, source in enumerate(sources or [cell.source for cell in cells(path)], 1):
                outputs: list[tuple[Callable[..., Any], dict[str, ipywidgets.Widget]]] = []
                exec(compile(source, f"{path.name}, cella {number}", "exec"), result.names)
                after()
                matplotlib.pyplot.close("all")
                if outputs:
                    result.interactives.append(_together(outputs))
    finally:
        ipywidgets.interact, ipywidgets.interactive_output, cwd, sys.path[:] = kept
        os.chdir(cwd)
    return result


def _together(outputs: list[tuple[Callable[..., Any], dict[str, ipywidgets.Widget]]]) -> Interactive:
    """Un interact solo per gli interactive_output di una cella."""

    def call_all(**values: Any) -> None:
        for f, controls in outputs:
            f(**{name: values[name] for name in controls})

    call_all.__name__ = outputs[0][0].__name__
    widgets = {name: widget for _, controls in outputs for name, widget in controls.items()}
    return Interactive(call_all, [control(widget, name) for name, widget in widgets.items()])


class _Quiet(ipywidgets.interactive):
    def update(self, *_: Any) -> None:
        """Nessuna chiamata: le fanno i controlli."""
