from __future__ import annotations

from dataclasses import replace

import pytest

from k8slint.engine.examples import run_examples
from k8slint.engine.rule import load_rules
from k8slint.schema.schemas import NEWEST

BAD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: a
      image: nginx   # <- has no tag
"""


def mismatches(*, bad=(BAD,), good=()):
    rule = load_rules()["floating-image-tag"]
    # A rule of its own, since the page of a rule is read once.
    rule = replace(rule)
    rule.__dict__["page"] = load_rules()["floating-image-tag"].page._replace(bad=tuple(bad), good=tuple(good))
    return [(mismatch.example, mismatch.line, mismatch.text) for mismatch in run_examples(rule, NEWEST)]


def test_an_example_that_finds_what_it_marks_is_right():
    assert not mismatches(good=[BAD.replace("nginx ", "nginx:1.27 ")])


@pytest.mark.parametrize(
    ("bad", "line", "text"),
    [
        (BAD.replace("no tag", "a tag"), 7, "marked, but not found: has a tag"),
        (BAD.replace("nginx ", "nginx:1 "), 7, "marked, but not found"),
        (BAD.replace("   # <- has no tag", "") + "# <- has no tag\n", 7, "found, but not marked"),
        (BAD.replace("   # <- has no tag", ""), 1, "needs a mark"),
        (BAD + "    - {name: b, image: nginx}\n", 8, "found, but not marked"),
    ],
)
def test_a_bad_example_must_find_what_it_marks_and_no_more(bad, line, text):
    assert any(at == line and text in told for _, at, told in mismatches(bad=[bad]))


def test_a_good_example_must_find_nothing():
    assert mismatches(good=[BAD])[0][:2] == ("good example 1", 7)
