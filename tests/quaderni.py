"""Riesegue i notebook e ne riscrive i risultati: `python tests/quaderni.py chapters/*.ipynb`.

I risultati stanno in git perché nbval li confronta e perché chi apre il notebook su un sito di codice li veda. Di un
interact resta la figura dello stato iniziale; tempi, stato dei widget e dati di chi ha eseguito il notebook non restano.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from interact_replay import MIME_TYPE, OPTIONS_VARIABLE
from nbclient import NotebookClient

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


def outputs_to_keep(outputs: list) -> list:
    """I risultati di una cella, con le immagini di un interact al posto della sua registrazione."""
    kept = []
    for output in outputs:
        recording = output.get("data", {}).get(MIME_TYPE)
        kept += recording["still"] if recording else [output]
    return [nbformat.from_dict(output) for output in kept]


def refresh(path: Path) -> str:
    """Esegue un notebook nella sua cartella e lo riscrive. CellExecutionError se una cella fallisce."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=3600,
        kernel_name="interact-replay",
        resources={"metadata": {"path": str(path.parent)}},
        coalesce_streams=True,  # un testo stampato è uno, anche se il kernel lo manda a pezzi
    ).execute()
    notebook.metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = outputs_to_keep(cell.outputs)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)
    return f"{path}: {sum(cell.cell_type == 'code' for cell in notebook.cells)} celle"


if __name__ == "__main__":
    os.environ[OPTIONS_VARIABLE] = '{"stills_only": true}'
    with ThreadPoolExecutor(2) as executor:
        for line in executor.map(refresh, map(Path, sys.argv[1:])):
            print(line, flush=True)
