"""Ciò che un collegamento può mostrare senza portarci via: una definizione del glossario, una formula, una voce di bibliografia.

Il testo è quello delle pagine, già composto. Ne resta ciò a cui porta un collegamento da un'altra pagina, in un file solo che si
carica quando serve: da disco una pagina non può leggerne un'altra. Ciò che sta nella stessa pagina lo prende lo script.
"""

import json
import re
from pathlib import Path

from sphinx.application import Sphinx

# Un termine può avere più nomi: ognuno va fino alla fine della stessa definizione.
PIECES = re.compile(
    r'(?s)(?=(?P<piece><dt id="(?P<term>term-[^"]+)">.*?</dd>|<div class="math" id="(?P<equation>equation-[^"]+)">.*?</div>'
    r'|<div class="citation" id="(?P<citation>id\d+)">.*?</div>))'
)
LINKS = re.compile(r'<a class="reference internal" href="([^"#]+)#((?:term-|equation-|id\d)[^"]*)"')


def write(app: Sphinx) -> None:
    """Scrive i testi in uno script, ciascuno con il suo indirizzo nel sito."""
    pieces, wanted = {}, set()
    for name in app.env.found_docs:
        path, uri = Path(app.builder.get_outfilename(name)), app.builder.get_target_uri(name)
        text = path.read_text("utf-8")
        pieces |= {f"{uri}#{m['term'] or m['equation'] or m['citation']}": m["piece"] for m in PIECES.finditer(text)}
        there = {(path.parent / target).resolve().relative_to(Path(app.outdir).resolve()).as_posix() + f"#{i}" for target, i in LINKS.findall(text)}
        wanted |= there
    data = json.dumps({key: pieces[key] for key in sorted(wanted & pieces.keys())}, ensure_ascii=False, separators=(",", ":"))
    Path(app.outdir, "_static", "definizioni.js").write_text(f"globalThis.definizioni = {data};\n", encoding="utf-8")
