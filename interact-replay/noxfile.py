"""The plug-in, installed as a wheel, with the versions that `pyproject.toml` allows (`make matrice` in the repository).

    nox --list
    nox -s oldest-3.11
    nox -s newest-3.13 -- tests/test_build.py     # what stands behind the dashes goes to pytest
"""

import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv"
nox.options.sessions = ["oldest", "newest", "sphinx", "jupyter_book", "publishers"]

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
ALL = "tests", "-m", "not lento and not publisher"
# What is read by Sphinx and MyST-NB; the kernel and the player know nothing of them.
SPHINX = "tests/test_build.py", "tests/test_page.py"


def install(session: nox.Session, *more: str) -> None:
    # uv keeps a wheel until pyproject.toml changes; this one is built anew.
    session.install("--refresh-package=interact-replay", ".[matplotlib,html,tests]", *more)


def pytest(session: nox.Session, *tests: str) -> None:
    # Not `python -m pytest`, which would find the folder instead of the wheel.
    session.run("pytest", *(session.posargs or tests))


@nox.session(python=PYTHONS)
def oldest(session: nox.Session) -> None:
    """The lowest versions that pyproject.toml names, as far as this Python has wheels of them."""
    limits = Path(session.create_tmp(), "oldest.txt")
    # The tests' own tools stay new: they are nobody's dependencies.
    session.run_install(
        "uv", "pip", "compile", "--quiet", "--resolution=lowest-direct", "--only-binary=:all:", f"--python={session.virtualenv.location}",
        "--extra=matplotlib", "--extra=html", "pyproject.toml", f"--output-file={limits}",
    )  # fmt: skip
    install(session, f"--constraint={limits}")
    pytest(session, *ALL)


@nox.session(python=PYTHONS)
def newest(session: nox.Session) -> None:
    """The newest versions there are."""
    install(session, "--upgrade")
    pytest(session, *ALL)


@nox.session(python=PYTHONS)
@nox.parametrize("version", ["7", "8", "9"])
def sphinx(session: nox.Session, version: str) -> None:
    """Every Sphinx, with the newest MyST-NB that goes with it."""
    install(session, f"sphinx=={version}.*")
    pytest(session, *SPHINX)


@nox.session(python=PYTHONS)
def jupyter_book(session: nox.Session) -> None:
    """Jupyter Book 1."""
    install(session, "jupyter-book<2")
    pytest(session, "tests/test_jupyter_book.py")


@nox.session(python=PYTHONS)
def publishers(session: nox.Session) -> None:
    """Whoever else shows notebooks."""
    install(session)
    pytest(session, "tests/test_publishers.py")


@nox.session
def release(session: nox.Session) -> None:
    """What is published, in dist/: source and wheel, with what indexes ask of them."""
    session.install("pyroma==5.0.1", "twine==7.0.0")
    shutil.rmtree("dist", ignore_errors=True)
    session.run_install("uv", "build", "--quiet", external=True)
    built = sorted(map(str, Path("dist").glob("interact_replay-*")))
    session.run("twine", "check", "--strict", *built)
    # Of 10 points: until the project has an address and an e-mail address, these are missing.
    session.run("pyroma", "--quiet", "--min=8", built[-1])
