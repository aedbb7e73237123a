"""Where libyaml is absent, ruamel.yaml's own parser must lead to the same documents, positions and findings."""

from __future__ import annotations

import codecs

import pytest

from k8slint.loading import composer, events
from k8slint.loading.load import load

TEXTS = [
    "",
    "a: b\n",
    "# c\na: b # d\n",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec:\n  containers:\n    - name: a\n",
    "a: yes\nb: 0400\nc: 1e3\nd: 12:30:45\ne: 2024-01-01\nf: ~\ng: 0b11\nh: .5\ni: 08\n",
    "y: 1\n1.10: 2\n010: 3\n",
    "a: 'it''s'\nb: \"x\\ty\\u00e9\\x41\"\nc: \"two\n  lines\"\n",
    "a: |\n  one\n  two\nb: >-\n  folded\n  text\n\nc: |+\n  kept\n\n",
    "a: 1\na: 2\n",
    "a: &x {k: v}\nb: *x\nc: {<<: *x, l: w}\n",
    "a: &x [*x]\n",
    "b: *nowhere\n",
    "<<: 1\n",
    "a: 1\n---\nb: 2\n---\n- c\n",
    "---\n---\n# nothing\n",
    "a: 1\n---\nb: [\n---\nc: 3\n",
    "a: b: c\n",
    "a: [1, 2\n",
    "a: {b: 1\n",
    "a: }\n",
    "a: 'x\n",
    'a: "\\q"\n',
    "a: @x\n",
    "a: %x\n",
    "~: 1\n",
    "? [a]\n: b\n",
    "a: .inf\n",
    "a: !!int x\n",
    "a: !!int '3'\nb: !!str 3\nc: !!binary aGk=\nd: ! 4\ne: !own 5\n",
    "a: [--listen=:80, x:y]\nb: {image: nginx:1.27}\n",
    '{"a": [1, 2.5, null, true], "b": {"c": "d\\/e"}}\n',
    '{"a": "\\ud83d\\ude00 \\ud83d"}',
    'a: "\\ud800"\n',
    'a: "\\U00110000"\n',
    'a: "\\UFFFFFFFF"\n',
    "a: b\r\nc: d\r\n",
    "a: b\rc: d\r",
    "a: \N{GRINNING FACE} x\nb: 漢字\n",
    "a: x\x07y\n",
    "a: x\x00y\n",
    "[" * 1_200,
    "- " * 1_200,
    "{{ if .x }}\na: b\n",
    "%YAML 1.1\n---\na: yes\n",
    "%YAML 1.2\n---\na: yes\n",
    "%YAML 1.0\n---\na: yes\n",
    "%YAML 2.0\n---\na: yes\n",
    "%YAML 99999999999\n",
    "just text",
    "- a\n- - b\n  - c\n-\n  - d\n",
]


@pytest.mark.parametrize("text", TEXTS)
def test_documents_and_positions_are_the_same(monkeypatch, text):
    assert outcome_without_libyaml(monkeypatch, text.encode()) == outcome(text.encode())


@pytest.mark.parametrize("data", [codecs.BOM_UTF8 + b"a: b", codecs.BOM_UTF16_LE + "a: b".encode("utf-16-le"), b"\xff"])
def test_encodings_are_the_same(monkeypatch, data):
    assert outcome_without_libyaml(monkeypatch, data) == outcome(data)


def outcome_without_libyaml(monkeypatch, data):
    monkeypatch.setattr(events, "_c_parser", lambda: None)
    monkeypatch.setattr(composer, "read_lines", lambda *_: None)
    return outcome(data)


def outcome(data):
    """Data, places of all scalars, and problems; the words and the place of a syntax error are the parser's own."""
    loaded = load("x.yaml", data)
    return loaded.skipped, [
        (
            document.data,
            document.failed,
            document.start,
            [(start, document.source.text[start:end].rstrip()) for start, end in document.scalars()],
            [
                problem.rule if document.failed else (problem.rule, problem.message, problem.span)
                for problem in document.problems
            ],
        )
        for document in loaded.documents
    ]
