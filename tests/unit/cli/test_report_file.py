from __future__ import annotations

import os
import stat

import pytest

from k8slint.cli.report_file import write_report
from k8slint.usage import UsageError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A repository that the test runs in."""
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repository")
    return tmp_path / "repository"


def test_a_new_file_has_the_mode_that_the_umask_leaves(folder):
    before = os.umask(0o027)
    try:
        write_report("out.json", "new")
    finally:
        os.umask(before)
    assert (folder / "out.json").read_text() == "new"
    assert stat.S_IMODE((folder / "out.json").stat().st_mode) == 0o640


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664])
def test_a_file_keeps_its_mode(folder, mode):
    (folder / "out.json").write_text("old")
    (folder / "out.json").chmod(mode)
    write_report("out.json", "new")
    assert (folder / "out.json").read_text() == "new"
    assert stat.S_IMODE((folder / "out.json").stat().st_mode) == mode


def test_a_link_that_lies_in_wait_is_not_followed(folder, monkeypatch):
    (folder / "victim").write_text("untouched")
    monkeypatch.setattr(os, "urandom", bytes)
    (folder / f"out.json.{bytes(8).hex()}.tmp").symlink_to("victim")
    with pytest.raises(UsageError, match=r"^out\.json: file exists$"):
        write_report("out.json", "new")
    assert (folder / "victim").read_text() == "untouched"
    assert not (folder / "out.json").exists()


@pytest.mark.parametrize("target", ["../outside", "/outside", "../repository-2/file"])
def test_a_link_to_outside_the_repository_is_refused(folder, target):
    (folder / "out.json").symlink_to(target)
    with pytest.raises(UsageError, match=r"^out\.json: a link to outside .*; name the file itself$"):
        write_report("out.json", "new")
    assert not (folder / "../outside").exists()


def test_a_link_within_the_repository_is_written_through(folder):
    (folder / "reports").mkdir()
    (folder / "out.json").symlink_to("reports/out.json")
    write_report("out.json", "new")
    assert (folder / "out.json").is_symlink()
    assert (folder / "reports" / "out.json").read_text() == "new"


def test_what_cannot_be_written_leaves_nothing_behind(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(UsageError, match=r"^out\.json: no space left on device$"):
        write_report("out.json", "new")
    assert [path.name for path in folder.iterdir()] == [".git"]
