from __future__ import annotations

import json

import pytest

from k8slint.apiserver.schemas import NEWEST
from k8slint.engine.examples import run_examples
from k8slint.engine.rule_files import checked_rules

HEAD = """\
id: floating-image-tag
summary: The image reference can mean different bytes tomorrow.
severity: warning
for: container
check: images
why: A missing tag means latest, and latest moves from day to day.
effect: Pods of one workload may run different builds.
fix: Name a version tag.
"""
BAD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: a
      image: nginx   # <- has no tag
"""
GOOD = BAD.replace("nginx ", "nginx:1.27 ")


@pytest.fixture
def mismatches(tmp_path):
    """A function from examples to what is wrong with them, as (example, line, text)."""

    def run(bad=BAD, good=GOOD):
        examples = json.dumps({"bad": [bad], "good": [good]}, ensure_ascii=False)
        file = tmp_path / "workload" / "floating-image-tag.yaml"
        file.parent.mkdir()
        file.write_text(f"{HEAD}examples: {examples}\n", encoding="utf-8")
        (rule,) = checked_rules(tmp_path).values()
        return [(mismatch.example, mismatch.line, mismatch.text) for mismatch in run_examples(rule, NEWEST)]

    return run


def test_an_example_that_finds_what_it_marks_is_right(mismatches):
    assert not mismatches()


@pytest.mark.parametrize(
    ("bad", "line", "text"),
    [
        (BAD.replace("no tag", "a tag"), 7, "marked, but not found: has a tag"),
        (BAD.replace("nginx ", "nginx:1 "), 7, "marked, but not found"),
        (BAD.replace("   # <- has no tag", "") + "# <- has no tag\n", 7, "found, but not marked"),
        (BAD + "    - {name: b, image: nginx}\n", 8, "found, but not marked"),
    ],
)
def test_a_bad_example_must_find_what_it_marks_and_no_more(mismatches, bad, line, text):
    assert any(at == line and text in told for _, at, told in mismatches(bad=bad))


def test_a_good_example_must_find_nothing(mismatches):
    assert mismatches(good=BAD)[0][:2] == ("good example 1", 7)
