from __future__ import annotations

import pytest

from k8slint.engine.directives import Attempt, Directive, Terms, directives, mistaken_annotation, terms
from k8slint.engine.findings import may_ignore

RULES = ("bare-pod", "duplicate-env")

# Each comment that tries, and what it should be.
TRIES = {
    "# k8slint: ignore": "ignore[RULE]",
    "# k8slint: ignore bare-pod": "ignore[bare-pod]",
    "# k8slint: ignore bare-pod, duplicate-env why": "ignore[bare-pod, duplicate-env]",
    "# k8slint: ignore this one, it is generated": "ignore[RULE]",
    "# k8slint: ignore[]": "ignore[RULE]",
    "# k8slint: ignore[,]": "ignore[RULE]",
    "# k8slint: ignore [bare-pod] why": "ignore[bare-pod]",
    "# k8slint: ignore(bare-pod)": "ignore[bare-pod]",
    "# k8slint: ignore: bare-pod": "ignore[bare-pod]",
    "# k8slint: ignore=bare-pod why": "ignore[bare-pod]",
    "# k8slint: ignore[bare-pod why": "ignore[bare-pod]",
    "# k8slint: Ignore[bare-pod]": "ignore[bare-pod]",
    "# k8slint: ingore[bare-pod]": "ignore[bare-pod]",
    "# k8slint: disable[bare-pod]": "ignore[bare-pod]",
    "# k8slint: bare-pod": "ignore[bare-pod]",
    "# k8slint: noqa": "ignore[RULE]",
    "# k8slint: ignore-file[bare-pod]": "file-ignore[bare-pod]",
    "# k8slint: skip-file": "file-ignore[RULE]",
    "# k8slint ignore": "ignore[RULE]",
    "# k8slint ignore[bare-pod]": "ignore[bare-pod]",
    "# k8slint-ignore bare-pod": "ignore[bare-pod]",
    "# k8slint-disable": "ignore[RULE]",
    "# k8slnt: ignore[bare-pod]": "ignore[bare-pod]",
    "# k8slnt: ignore": "ignore[RULE]",
    "# k8s-lint: ignore[bare-pod]": "ignore[bare-pod]",
    "# k8s: ignore[bare-pod]": "ignore[bare-pod]",
    "# K8sLint: ignore[bare-pod]": "ignore[bare-pod]",
    "#@k8slint: ignore[bare-pod]": "ignore[bare-pod]",
    "# noqa: bare-pod": "ignore[bare-pod]",
    "# noqa: k8slint": "ignore[RULE]",
    "# nolint:k8slint": "ignore[RULE]",
    "image: nginx # by hand # k8slint: ignore bare-pod": "ignore[bare-pod]",
}
PROSE = [
    "# checked by k8slint",
    "# k8slint",
    "# k8slint: see docs",
    "# k8slint: this Pod is bare on purpose",
    "# k8slint: ignored findings are listed in the wiki",
    "# k8slint: workload checks are off in dev",
    "# k8slint ignores this file",
    "# k8slint disable is not enough here",
    "# k8slint (ignore this)",
    "# use `k8slint: ignore`",
    "# k8s secret, made by hand",
    "# k8s: ignore",
    "# k8s.io: skip",
    "# noqa",
    "# noqa: E501",
    "# nolint: gosec",
    "# tslint: disable",
    "# skip k8slint",
    "image: k8slint:ignore",
    "a#k8slint: ignore",
]


@pytest.mark.parametrize(("text", "right"), TRIES.items())
def test_what_tries_is_told_how_it_is_written(text, right):
    assert may_ignore(text)
    (attempt,) = directives(text, RULES)
    assert isinstance(attempt, Attempt)
    assert f'ignores nothing; write "# k8slint: {right} the reason"' in attempt.message
    assert text[slice(*attempt.span)].strip("@").lower().startswith(("k8s", "noqa", "nolint"))


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_prose(text):
    assert not list(directives(text, RULES))


def test_an_attempt_quotes_the_ignore_and_not_the_prose():
    (attempt,) = directives("# k8slint: ignore the password is hunter2", RULES)
    assert attempt.message.startswith('"k8slint: ignore" ignores nothing')


def test_of_several_in_one_comment_each_has_its_own_reason():
    text = "# k8slint: ignore[bare-pod] see #7 # k8slint: file-ignore[a, b] until=2027-03-31 why # other"
    one, other = directives(text, RULES)
    assert isinstance(one, Directive)
    assert (one.for_file, one.terms) == (False, Terms("see #7"))
    assert (other.for_file, other.terms) == (True, Terms("why", "2027-03-31"))
    assert [text[slice(*span)] for _, span in other.rules] == ["a", "b"]
    assert text[slice(*other.span)] == "k8slint: file-ignore[a, b]"


@pytest.mark.parametrize(
    ("text", "reason", "until"),
    [
        ("", "", ""),
        (" why", "why", ""),
        (": why.", "why", ""),
        (" until=2027-03-31", "", "2027-03-31"),
        (" until 2027-03-31: why", "why", "2027-03-31"),
        (" until: 2027-03-31, why", "why", "2027-03-31"),
        (" until we have moved", "until we have moved", ""),
        (" until 3 nodes are there", "until 3 nodes are there", ""),
        (" until=", "", "nothing"),
    ],
)
def test_terms(text, reason, until):
    assert terms(text) == Terms(reason, until)


@pytest.mark.parametrize(
    ("key", "right"),
    [
        ("k8slint/ignore", "k8slint/ignore.RULE"),
        ("k8slint/ignore-bare-pod", "k8slint/ignore.RULE"),
        ("k8slint/disable.bare-pod", "k8slint/ignore.bare-pod"),
        ("k8slint.io/ignore.bare-pod", "k8slint/ignore.bare-pod"),
        ("k8slnt/ignore.bare-pod", "k8slint/ignore.bare-pod"),
        ("k8slint.ignore/bare-pod", "k8slint/ignore.bare-pod"),
        ("k8slint/checked", ""),
        ("example.com/k8slint-ignored-by", ""),
        ("app.kubernetes.io/name", ""),
        ("kubernetes.io/ignore.bare-pod", ""),
    ],
)
def test_a_mistaken_annotation_is_told_how_it_is_written(key, right):
    message = mistaken_annotation(key, RULES)
    assert message == (f'"{key}" ignores nothing; write "{right}: the reason"' if right else "")
