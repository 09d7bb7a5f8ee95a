"""Gli elenchi dei pacchetti: completi, fissati a una versione, con l'impronta di ogni file; e l'ambiente è quello."""

import importlib.metadata
import re
import tomllib

import pytest
from notebook import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LISTS = ("requirements", "requirements-jupyter", "pubblica/requirements", "tests/requirements")


def wanted(name):
    """Ciò che chiede un elenco scritto a mano, e ciò che chiedono quelli che comprende."""
    path = ROOT / f"{name}.in"
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            yield from wanted((path.parent / line[3:]).resolve().relative_to(ROOT).with_suffix(""))
        elif line and line[0] not in "#-":
            yield Requirement(line)


def locked(name):
    """Le righe di un elenco fissato, ciascuna con le sue impronte; i commenti non ne fanno parte."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / f"{name}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for line in text.replace("\\\n", "").splitlines():
        requirement, *hashes = line.split(" --hash=sha256:")
        yield Requirement(requirement), [digest.strip() for digest in hashes]


@pytest.mark.parametrize("name", LISTS)
def test_ogni_elenco_basta(name):
    """Ogni pacchetto che serve ha una versione sola, fra quelle che vanno bene, e le impronte dei suoi file."""
    found = {}
    for requirement, hashes in locked(name):
        (specifier,) = requirement.specifier
        assert specifier.operator == "==" and not requirement.url, requirement
        assert hashes and all(re.fullmatch("[0-9a-f]{64}", digest) for digest in hashes), requirement
        assert found.setdefault(canonicalize_name(requirement.name), specifier.version) == specifier.version, requirement
    needs = list(wanted(name))
    if name == "requirements":
        project = tomllib.loads((ROOT / "interact-replay" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        needs += map(Requirement, project["dependencies"] + project["optional-dependencies"]["matplotlib"])
    assert needs
    for need in needs:
        assert found.get(canonicalize_name(need.name)) in need.specifier, f"{need} in {name}.txt: serve make blocca"


def test_gli_elenchi_vanno_insieme():
    """Un pacchetto ha la stessa versione in ogni elenco: si installano uno sopra l'altro."""
    versions = {}
    for name in LISTS:
        for requirement, _ in locked(name):
            assert versions.setdefault(requirement.name, requirement.specifier) == requirement.specifier, requirement


def test_ambiente():
    """I controlli girano con le versioni degli elenchi: ciò che si confronta byte per byte non dipende da altro."""
    pinned = {r.name: next(iter(r.specifier)).version for r, _ in locked("tests/requirements") if not r.marker or r.marker.evaluate()}
    installed = {name: importlib.metadata.version(name) for name in pinned}
    assert installed == pinned
