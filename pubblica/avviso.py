"""Fa dire a JupyterLite se Python non arriva: `python pubblica/avviso.py CARTELLA`, dopo `jupyter lite build`.

Python (Pyodide) viene da un altro sito, e qualche rete non lo lascia passare: da sé JupyterLite mostra soltanto un tondo rosso.
"""

import json
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

MARK = "</head>"
NOTICE = """\
<!-- avviso -->
<style>
  #avviso { position: fixed; inset: auto 1rem 1rem; z-index: 2000; margin: auto; max-width: 40rem; padding: 0.75rem 1rem;
    border: 2px solid #b5300f; border-radius: 0.4rem; background: #fffdf8; color: #1c1b19; font: 1rem/1.4 sans-serif; }
</style>
<script>
  fetch("URL", { method: "HEAD", mode: "no-cors" }).catch(() => {
    const said = document.createElement("p");
    Object.assign(said, { id: "avviso", role: "alert" });
    said.textContent = "Python non arriva da HOST: qui il codice si legge ma non si esegue. Se la rete c'è, forse blocca quel sito. "
      + "Si può scaricare il notebook dalla pagina del capitolo, ed eseguirlo sul proprio computer.";
    document.body.append(said);
  });
</script>
<!-- /avviso -->
"""


def add(site: Path) -> None:
    """Mette l'avviso nella pagina dei notebook, se Python non sta nel sito stesso. ValueError se la pagina non è come ci si aspetta."""
    if (site / "static" / "pyodide").exists():
        return
    schema = site / "extensions/@jupyterlite/pyodide-kernel-extension/static/schema/kernel.v0.schema.json"
    url = json.loads(schema.read_text(encoding="utf-8"))["properties"]["pyodideUrl"]["default"]
    page = site / "notebooks" / "index.html"
    # JupyterLite non riscrive una pagina che c'è già: l'avviso di prima si toglie.
    text = re.sub(r"(?s)<!-- avviso -->.*?<!-- /avviso -->\n", "", page.read_text(encoding="utf-8"))
    if text.count(MARK) != 1:
        raise ValueError(f"In {page} non c'è un {MARK}: JupyterLite è cambiato, e l'avviso non si può mettere.")
    page.write_text(text.replace(MARK, NOTICE.replace("URL", url).replace("HOST", urlsplit(url).netloc) + MARK), encoding="utf-8")


if __name__ == "__main__":
    add(Path(sys.argv[1]))
