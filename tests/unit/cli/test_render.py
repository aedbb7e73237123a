"""`k8slint render` as a program calls it: exit codes, the contract of its JSON, and YAML that says the same."""

from __future__ import annotations

import json

import jsonschema
import pytest

from k8slint.bundled import SCHEMAS
from k8slint.loading.load import load

SCHEMA = json.loads((SCHEMAS / "render.schema.json").read_text(encoding="utf-8"))
TEXT = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  b: "yes"
  c: |
    one

    two
  d: "\\e[31m\\u202e \u00e9"
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """A function that writes a kustomization and the object that it may take in into the folder of the test."""
    monkeypatch.chdir(tmp_path)

    def written(kustomization):
        (tmp_path / "kustomization.yaml").write_text(kustomization, encoding="utf-8")
        (tmp_path / "a.yaml").write_text(TEXT, encoding="utf-8")

    return written


@pytest.mark.parametrize(
    ("kustomization", "code"),
    [
        ("resources: [a.yaml]\nnamePrefix: x-\n", 0),
        ("resources: [a.yaml]\ncommonLabels: {a: b}\n", 0),
        ("resources: [b.yaml]\n", 1),
        ("resources: [a.yaml, https://example.org/b.yaml]\n", 2),
    ],
)
def test_the_json_keeps_its_contract(write, k8slint, kustomization, code):
    write(kustomization)
    ended = k8slint("render", "-o", "json")
    assert ended.code == code
    assert ended.out.isascii()
    written = json.loads(ended.out)
    jsonschema.validate(written, SCHEMA)
    assert bool(written["objects"]) is (code == 0)
    if code:
        assert written["problems"] or written["unread"]


def test_the_yaml_is_read_as_the_same_objects(write, k8slint):
    write("resources: [a.yaml]\nnamePrefix: x-\n")
    objects = json.loads(k8slint("render", "-o", "json").out)["objects"]
    text = k8slint("render").out
    assert [each.data for each in load("out", text.encode()).documents] == [each["object"] for each in objects]
    assert all(char.isprintable() or char == "\n" for char in text)


def test_a_folder_or_its_kustomization_may_be_named_and_nothing_else(write, k8slint):
    write("resources: [a.yaml]\n")
    assert k8slint("render", ".").out == k8slint("render", "kustomization.yaml").out != ""
    ended = k8slint("render", "a.yaml")
    assert (ended.code, ended.err) == (2, "k8slint: a.yaml: no folder with a kustomization\n")
