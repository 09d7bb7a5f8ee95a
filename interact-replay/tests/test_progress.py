"""How far recording has come, from several kernels to one terminal."""

import itertools
from pathlib import Path

import pytest
from interact_replay import progress


@pytest.fixture
def kernels(tmp_path, monkeypatch):
    """A function that has a kernel record three states, ten seconds each by its clock."""

    def record(pid, name):
        monkeypatch.setattr(progress.os, "getpid", lambda: pid)
        monkeypatch.setattr(progress.time, "monotonic", itertools.count(1, 10).__next__)
        assert list(progress.told("abc", 3, name, str(tmp_path / "cache"))) == ["a", "b", "c"]

    return record


def test_each_kernel_has_its_line_and_once(kernels, tmp_path):
    watch = progress.Watch(str(tmp_path / "cache"))
    assert watch.news() == []
    kernels(1, "f")
    kernels(2, "g")
    assert sorted(watch.news()) == ["f: 2 of 3 states, 10 s left", "g: 2 of 3 states, 10 s left"]
    assert watch.news() == []


def test_a_file_that_goes_away_meanwhile_harms_nobody(kernels, tmp_path, monkeypatch):
    kernels(1, "f")
    read = Path.read_text

    def gone(self, **more):
        self.unlink()
        return read(self, **more)

    monkeypatch.setattr(Path, "read_text", gone)
    assert progress.Watch(str(tmp_path / "cache")).news() == []


def test_a_folder_that_cannot_be_written_stops_no_recording(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(progress.time, "monotonic", itertools.count(1, 10).__next__)
    assert list(progress.told("ab", 2, "f", str(tmp_path / "file"))) == ["a", "b"]
