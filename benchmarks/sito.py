"""Quanto è veloce il sito, come da un telefono: `python benchmarks/sito.py`, con il sito costruito e un computer che non fa altro.

Ogni pagina si esamina cinque volte con Lighthouse, a turno con le altre; la mediana va in benchmarks/sito.md. I tempi
dipendono dal computer: per questo non sono un controllo.
"""

import argparse
import os
import platform
import statistics
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "pubblica"), str(HERE.parent / "tests")]
import browser  # noqa: E402
import esame  # noqa: E402
import server  # noqa: E402

SITE = HERE.parent / "_build" / "html"
COLUMNS = {  # per ogni colonna: il nome in Lighthouse, l'unità, le cifre dopo la virgola, il fattore
    "FCP": ("first-contentful-paint", "s", 2, 1e-3),
    "LCP": ("largest-contentful-paint", "s", 2, 1e-3),
    "TBT": ("total-blocking-time", "ms", 0, 1),
    "CLS": ("cumulative-layout-shift", "", 3, 1),
}


def measured(report: dict) -> dict[str, float]:
    """Il punteggio e le misure di un resoconto."""
    found = {name: report["audits"][audit]["numericValue"] * factor for name, (audit, _, _, factor) in COLUMNS.items()}
    return {"punteggio": 100 * report["categories"]["performance"]["score"]} | found


def row(name: str, runs: list[dict[str, float]]) -> str:
    """Una riga della tabella: le mediane, e fra parentesi il punteggio peggiore."""
    median = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    worst = min(run["punteggio"] for run in runs)
    cells = [f"{median[column]:.{digits}f} {unit}".strip() for column, (_, unit, digits, _) in COLUMNS.items()]
    return f"| {name} | {median['punteggio']:.0f} ({worst:.0f}) | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--volte", type=int, default=5, metavar="N", help="quante volte si esamina ogni pagina (5)")
    times = parser.parse_args().volte
    names = ["index.html", *(path.relative_to(SITE).as_posix() for path in sorted((SITE / "chapters").glob("[0-9]*.html")))]
    load, runs = os.getloadavg()[0], {name: [] for name in names}
    with server.serve(SITE) as address:
        for number in range(1, times + 1):
            reports = esame.reports([f"{address}/{name}" for name in names], ["performance"])
            for name, report in zip(names, reports.values(), strict=True):
                runs[name].append(measured(report))
            print(f"{number} di {times}", flush=True)
    with browser.avvia() as opened:
        version = opened.version
    lines = [
        "# Il sito, come da un telefono",
        "",
        "Lo scrive `make benchmark SOLO=sito`.",
        "",
        f"| pagina | punteggio (il peggiore) | {' | '.join(COLUMNS)} |",
        f"| :--- | ---: | {' | '.join('---:' for _ in COLUMNS)} |",
        *(row(name, found) for name, found in runs.items()),
        "",
        f"Mediana di {times} prove. Lighthouse {report['lighthouseVersion']}, Chromium {version}, {os.cpu_count()} processori "
        f"{platform.machine()}, carico {load:.1f} all'inizio. Lighthouse imita un telefono medio con una rete lenta.",
    ]
    (HERE / "sito.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
