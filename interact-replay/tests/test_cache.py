"""Recordings are kept as long as nothing that made them has changed."""

import gzip
import os
import subprocess
import sys
from types import ModuleType

import pytest
from interact_replay.kernel import cache, pool


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The notebook's folder; each key is that of a new kernel."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cache, "_files", cache._files.__wrapped__)
    (tmp_path / "data.csv").write_text("1")
    return tmp_path


def key():
    return cache.key(["x = 1"], "i1-")


def test_what_a_recording_may_depend_on_is_in_its_name(folder, monkeypatch):
    found = [key()]
    (folder / "data.csv").write_text("2")
    found.append(key())
    (folder / "more").mkdir()
    (folder / "more" / "helper.py").touch()
    found.append(key())
    library = ModuleType("some_library")
    library.__version__ = "1.0"
    monkeypatch.setitem(sys.modules, "some_library", library)
    found.append(key())
    library.__version__ = "1.1"
    found.append(key())
    found.append(cache.key(["x = 2"], "i1-"))
    assert len(set(found)) == len(found)


def test_what_it_cannot_depend_on_is_not(folder):
    before = key()
    os.mkfifo(folder / "pipe")
    (folder / "link").symlink_to("nowhere")
    for name in ("venv/pyvenv.cfg", "venv/lib/module.py", "node_modules/a/b.js", ".git/config", "_build/page.html", "text.md", "site/.buildinfo", "site/page.html"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    assert key() == before


def test_files_are_read_once_in_a_kernel(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cache._files.cache_clear()
    found = []
    for name in "ab":
        found.append(cache.key([name]))
    assert cache._files.cache_info().misses == 1 and found[0] != found[1]


@pytest.mark.parametrize("content", [b"", b"not gzip", gzip.compress(b"[1, 2]", mtime=0)[:-9], gzip.compress(b"not json", mtime=0), b"\x1f\x8b\x08\x00" + b"x" * 40])
def test_a_damaged_recording_is_made_again(tmp_path, content):
    (tmp_path / "name.json.gz").write_bytes(content)
    assert cache.kept(str(tmp_path), "name", lambda: [1, 2])[0] == [1, 2]
    assert cache.kept(str(tmp_path), "name", lambda: pytest.fail("it was kept"))[0] == [1, 2]
    assert [path.name for path in tmp_path.iterdir()] == ["name.json.gz"]


@pytest.mark.parametrize(("text", "cores"), [("150000 100000", 2), ("100000 100000", 1), ("10000 100000", 1), ("max 100000", 8), ("", 8), ("800000 100000", 8)])
def test_a_container_may_be_given_less_than_it_sees(tmp_path, monkeypatch, text, cores):
    (tmp_path / "cpu.max").write_text(text)
    monkeypatch.setattr(pool, "_QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(8), raising=False)
    assert pool.available_cores() == cores


# While a call runs, and when a process has just been made.
@pytest.mark.parametrize("ended", ["call = lambda i: print(i, flush=True) or signal.pause()", "pool.begin = lambda *_: end(os.getppid())"])
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux records in several processes")
def test_nobody_waits_for_a_kernel_that_is_killed(ended):
    code = f"""
import os, signal
from interact_replay.kernel import pool
def end(parent):
    print(flush=True)
    while os.getppid() == parent:
        pass
call = end
{ended}
list(pool.map_ordered(call, range(30), 2, 60))
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout.readline()  # a process has begun
    process.kill()
    process.communicate(timeout=60)  # ends when nobody is left to write
