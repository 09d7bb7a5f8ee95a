"""Ciò che serve per pubblicare, senza ciò che serve per controllare: il browser, la stampa in PDF."""

import os
import shutil
import subprocess
import sys

import browser as chromium
import pytest
from notebook import ROOT
from pypdf import PdfReader


def test_il_browser_si_installa_senza_domande_e_senza_un_desktop(monkeypatch):
    """Dove c'è solo apt si installano il browser e i caratteri, non i pacchetti raccomandati; nessuno deve rispondere."""
    done = []
    monkeypatch.setattr(chromium, "existing", lambda: None)
    monkeypatch.setattr(chromium.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(chromium.subprocess, "run", lambda command, **_: done.append(command))
    chromium.install()
    apt = [command[:5] for command in done if "apt-get" in command]
    assert apt == [["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]] * 2
    assert done[-1][5:] == ["install", "--yes", "--no-install-recommends", "chromium", "fonts-liberation"]


@pytest.mark.sito
def test_si_stampa_senza_i_controlli(tmp_path):
    """La cartella `pubblica` basta a sé stessa: scrive un PDF con i titoli come segnalibri anche dove `tests` non c'è."""
    shutil.copytree(ROOT / "pubblica", tmp_path / "pubblica")
    page = tmp_path / "pagina.html"
    page.write_text('<meta charset="utf-8"><meta name="author" content="Chi scrive"><h1>Titolo</h1><h2>Perché</h2>', encoding="utf-8")
    command = [sys.executable, tmp_path / "pubblica" / "stampa.py", page, tmp_path / "libro.pdf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    pdf = PdfReader(tmp_path / "libro.pdf")
    first, (second,) = pdf.outline
    assert (first.title, second.title, pdf.metadata.author) == ("Titolo", "Perché", "Chi scrive")
