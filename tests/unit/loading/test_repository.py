from __future__ import annotations

import pytest

from k8slint.loading.repository import Exits, is_within, repository_root


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A repository beside a folder that is none, with links between them; the test runs in the repository."""
    for folder in ("repo/.git", "repo/sub", "outside/deep"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("repo/a.yaml", "repo/.git/config", "outside/b.yaml", "outside/deep/c.yaml"):
        (tmp_path / file).write_text("")
    for link, target in {
        "repo/in.yaml": "sub/../a.yaml",
        "repo/out.yaml": "../outside/b.yaml",
        "repo/chain.yaml": "out.yaml",
        "repo/config.yaml": ".git/config",
        "repo/nowhere.yaml": "nowhere",
        "repo/folder": "../outside",
        "outside/back.yaml": "../repo/a.yaml",
        "way": "repo",
    }.items():
        (tmp_path / link).symlink_to(target)
    monkeypatch.chdir(tmp_path / "repo")
    return tmp_path


@pytest.mark.parametrize("path", [".", "a.yaml", "in.yaml", "nowhere.yaml", "missing", "sub/.."])
def test_what_lies_below_is_within(tree, path):
    assert is_within(str(tree / "repo"), path)


@pytest.mark.parametrize(
    "path", ["..", "/", "out.yaml", "chain.yaml", "folder", "folder/b.yaml", "../repository", ".git", "config.yaml"]
)
def test_what_leads_elsewhere_is_not(tree, path):
    assert not is_within(str(tree / "repo"), path)


def test_the_root_may_be_reached_by_a_link(tree):
    assert is_within(str(tree / "way"), str(tree / "repo" / "a.yaml"))
    assert is_within(str(tree / "repo"), str(tree / "way" / "a.yaml"))


def test_everything_is_within_the_root_of_all(tree):
    assert is_within("/", str(tree / "repo" / "a.yaml"))


def test_a_path_that_no_file_can_have_is_left_to_who_opens_it(tree):
    assert is_within(str(tree / "repo"), "a\0b")


@pytest.mark.parametrize(
    "path", ["out.yaml", "chain.yaml", "config.yaml", "folder", "folder/", "folder/b.yaml", "folder/deep/c.yaml"]
)
def test_a_link_leaves_the_repository(tree, path):
    exits = Exits()
    assert exits.repository_left_by("a.yaml") == ""
    assert exits.repository_left_by(path) == exits.repository_left_by(path) == str(tree / "repo")


@pytest.mark.parametrize("path", ["in.yaml", "sub", "nowhere.yaml", "../outside/b.yaml", "../outside/back.yaml", ".."])
def test_these_leave_none(tree, path):
    assert Exits().repository_left_by(path) == ""


def test_the_way_into_a_repository_may_be_a_link(tree):
    assert Exits().repository_left_by(str(tree / "way" / "a.yaml")) == ""
    assert Exits().repository_left_by(str(tree / "way" / "out.yaml")) == str(tree / "way")


def test_the_root_is_the_folder_itself_outside_of_any(tree):
    assert repository_root("sub") == str(tree / "repo")
    assert repository_root("../outside/deep") == str(tree / "outside" / "deep")
