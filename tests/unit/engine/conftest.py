from __future__ import annotations

import pytest

from k8slint.lint import lint
from k8slint.project import Request


@pytest.fixture
def find():
    """A function from a text to the findings of the rules named, as (rule, line)."""

    def run(text, *select, stdin_name="<stdin>"):
        request = Request(["-"], stdin=text.encode(), stdin_name=stdin_name, select=select or ["floating-image-tag"])
        return [(finding.rule, finding.location.line) for finding in lint(request).findings]

    return run
