"""The quick reader of words against typer's: where it answers at all, it answers the same."""

from __future__ import annotations

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from k8slint.cli import check as command
from k8slint.cli.calling import call
from k8slint.cli.commands import app_for
from k8slint.cli.options import Asked, FailLevel, fields
from k8slint.cli.words import asked_by
from k8slint.finding import Severity
from k8slint.usage import UsageError

NAMES = [name for field in fields() for name in field.names]
VALUES = [
    "a.yaml",
    "-",
    "",
    "0",
    "07",
    "3",
    "x=y",
    "a,b",
    "error",
    "never",
    "info",
    "Error",
    "1.33",
    "-1",
    " 2",
    "\udcff",
]
ODD = [
    "-h",
    "--help",
    "--colr",
    "-vq",
    "-fa.yaml",
    "-j2",
    "-x",
    "--",
    "---",
    "--=",
    "--col",
    "--verbose=1",
    "--color=x",
]


@st.composite
def argvs(draw):
    name, value = st.sampled_from(NAMES), st.sampled_from(VALUES)
    pieces = st.one_of(
        st.tuples(name, value),
        st.tuples(name),
        st.tuples(value),
        st.builds("{}={}".format, name, value).map(lambda word: (word,)),
        st.sampled_from(ODD).map(lambda word: (word,)),
    )
    return ["check", *(word for piece in draw(st.lists(pieces, max_size=6)) for word in piece)]


def asked_by_typer(words):
    """What typer makes of the words; none where it refuses them, or shows help."""
    asked = []

    def check(given):
        asked.append(given)
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "check", check)
        try:
            call(app_for, words)
        except UsageError:
            return None
    return asked[0] if asked else None


@settings(max_examples=300, deadline=None)
@given(argvs())
def test_typer_reads_the_same(words):
    asked = asked_by(words)
    event("read" if asked else "left to typer")
    if asked is not None:
        assert asked == asked_by_typer(words)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ((), Asked()),
        (("a", "-", "-f", "b", "--filename=-", "c"), Asked(paths=("a", "-", "c"), filename=("b", "-"))),
        (("--", "-v", "--", "check"), Asked(paths=("-v", "--", "check"))),
        (("-R", "-v", "-q", "--statistics"), Asked(recursive=True, verbose=True, quiet=True, statistics=True)),
        (("--color", "--no-color"), Asked(color=False)),
        (("--no-color", "--color"), Asked(color=True)),
        (("-j", "0", "--workers=12"), Asked(workers=12)),
        (
            ("--fail-level", "never", "--min-severity=error"),
            Asked(fail_level=FailLevel.NEVER, min_severity=Severity.ERROR),
        ),
        (("--select", "a,b", "--select=c"), Asked(select=("a,b", "c"))),
        (("--config=--verbose", "--profile=", "--nodes", "3:cpu=4"), Asked(config="--verbose", nodes="3:cpu=4")),
    ],
)
def test_words_of_every_day_are_read(words, asked):
    assert asked_by(["check", *words]) == asked == asked_by_typer(["check", *words])


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--version",),
        ("explain", "bare-pod"),
        ("help", "check"),
        ("--", "check"),
        ("a.yaml",),
        ("check", "-h"),
        ("check", "--help"),
        ("check", "a.yaml", "--colr"),
        ("check", "--verb"),
        ("check", "-vq"),
        ("check", "-fa.yaml"),
        ("check", "-f=a.yaml"),
        ("check", "-j4"),
        ("check", "-f"),
        ("check", "--config"),
        ("check", "--config", "--verbose"),
        ("check", "--verbose=yes"),
        ("check", "--color=always"),
        ("check", "--workers", "-1"),
        ("check", "--workers", "two"),
        ("check", "-j", "\N{FULLWIDTH DIGIT TWO}"),
        ("check", "--workers="),
        ("check", "--fail-level", "wrning"),
        ("check", "--fail-level=Error"),
        ("check", "--paths", "a.yaml"),
        ("check", "--="),
    ],
)
def test_all_other_words_are_left_to_typer(words):
    assert asked_by(words) is None


def test_a_shell_that_completes_is_left_to_typer(monkeypatch):
    monkeypatch.setenv("_K8SLINT_COMPLETE", "complete_bash")
    assert asked_by(["check", "a.yaml"]) is None
