from __future__ import annotations

import pytest

from k8slint.loading import composer
from k8slint.loading.load import load


@pytest.fixture(params=["by lines where they allow it", "by events"])
def documents(request, monkeypatch):
    """A function from text or bytes to the documents in them; both ways of reading must pass every test."""
    if request.param == "by events":
        monkeypatch.setattr(composer, "read_lines", lambda *_: None)

    def read(content):
        return load("x.yaml", content if isinstance(content, bytes) else content.encode()).documents

    return read


@pytest.fixture
def place():
    """A function from a document and a path to line, column and the text that is pointed at."""

    def find(document, *path, key=False):
        start, end = document.span(path, key=key)
        return (*document.source.position(start), document.source.text[start:end])

    return find


@pytest.fixture
def complaints():
    """A function from documents to their problems as (kind, line, column)."""

    def collect(documents):
        return [
            (problem.rule, *document.source.position(problem.span[0]))
            for document in documents
            for problem in document.problems
        ]

    return collect
