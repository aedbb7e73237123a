"""Formats for other programs name files from the root of the repository, however they were reached."""

from __future__ import annotations

import json
from typing import Any

import pytest

from k8slint.fingerprint import repository_path
from k8slint.report import FORMATS
from tests.build import finding, place, report


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("app.yaml", "k8s/app.yaml"),
        ("./app.yaml", "k8s/app.yaml"),
        ("../other/app.yaml", "other/app.yaml"),
        ("{root}/k8s/app.yaml", "k8s/app.yaml"),
        ("../../app.yaml", "{root}/../app.yaml"),
        ("/srv/app.yaml", "/srv/app.yaml"),
        ("{root}-old/app.yaml", "{root}-old/app.yaml"),
    ],
)
def test_a_path_from_the_root(file: str, named: str, tmp_path: Any, monkeypatch: Any) -> None:
    (tmp_path / "repo" / "k8s").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo" / "k8s")
    root = str(tmp_path / "repo")

    expected = named.format(root=root).replace(f"{root}/..", str(tmp_path))
    assert repository_path(file.format(root=root), root) == expected


def test_the_same_name_from_another_folder_is_another_file(tmp_path: Any, monkeypatch: Any) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        assert repository_path("app.yaml", str(tmp_path)) == f"{folder}/app.yaml"


@pytest.fixture
def below(tmp_path: Any, monkeypatch: Any) -> Any:
    """A root, in a folder of which the test runs."""
    (tmp_path / "k8s").mkdir()
    monkeypatch.chdir(tmp_path / "k8s")
    return tmp_path


@pytest.mark.parametrize("name", ["sarif", "github", "gitlab", "junit", "rdjson", "checkstyle", "azure", "markdown"])
def test_formats_for_programs_say_it(name: str, below: Any) -> None:
    one, other = (finding(location=place(file)) for file in ("../web.yaml", f"{below}/web.yaml"))

    text = FORMATS[name](report(one, other, root=str(below)))

    base = f'"originalUriBaseIds": {{"%SRCROOT%": {{"uri": "file://{below}/"}}}}, '
    rest = text.replace(base, "")
    assert "web.yaml" in rest
    assert str(below) not in rest
    assert "../" not in rest
    assert (base in text) is (name == "sarif")


@pytest.mark.parametrize("name", ["text", "concise", "grouped", "json", "json-lines"])
def test_formats_for_people_say_how_it_was_reached(name: str) -> None:
    text = FORMATS[name](report(finding(location=place("../web.yaml")), root="/srv"))

    assert "../web.yaml" in text


def test_a_root_with_signs_is_a_uri_that_ends_in_a_slash() -> None:
    run = json.loads(FORMATS["sarif"](report(root="/srv/a b/ü")))["runs"][0]

    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": "file:///srv/a%20b/%C3%BC/"}}
