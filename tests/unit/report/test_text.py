from __future__ import annotations

import re
from typing import Any

from k8slint.finding import Location, Severity, Skipped, SourceLine
from k8slint.report.text import render

SUMMARY = """\
Checked 3 objects in 2 files for Kubernetes 1.36.
"""


def test_a_finding_with_a_related_place(finding: Any, related: Any, report: Any) -> None:
    assert render(report(finding(related=(related(),)))) == (
        """\
error[missing-configmap-key]: ConfigMap "web-config" has no key "LOG_LVL"
  --> apps/web/deploy.yaml:31:18 in Deployment prod/web
   |
31 |             key: LOG_LVL
   |                  ^^^^^^^
   |
  ::: apps/web/config.yaml:7:3
   |
 7 |   LOG_LEVEL: info
   |   --------- a similar key is defined here
   |
   = effect: The container stays in CreateContainerConfigError.
   = help: Name a key of the ConfigMap.

"""
        + SUMMARY
        + "Found 1 error.\n"
    )


def test_without_source_lines(finding: Any, related: Any, report: Any) -> None:
    bare = finding(line=None, related=(related(line=None),), object=None)

    assert render(report(bare)) == (
        """\
error[missing-configmap-key]: ConfigMap "web-config" has no key "LOG_LVL"
 --> apps/web/deploy.yaml:31:18
  |
 ::: apps/web/config.yaml:7:3: a similar key is defined here
  |
  = effect: The container stays in CreateContainerConfigError.
  = help: Name a key of the ConfigMap.

"""
        + SUMMARY
        + "Found 1 error.\n"
    )


def test_effect_and_help_wrap_to_the_width(finding: Any, report: Any) -> None:
    long = finding(effect="The volume is empty after the Pod has moved to another node.\n", fix="Use a claim.")

    assert render(report(long), width=50).splitlines()[5:10] == [
        "   |",
        "   = effect: The volume is empty after the Pod has",
        "             moved to another node.",
        "   = help: Use a claim.",
        "",
    ]


def test_effect_and_help_are_said_once_a_file(finding: Any, place: Any, report: Any) -> None:
    again = finding(location=place(line=40), line=SourceLine(40, "            key: LOG_LVL"))
    elsewhere = finding(location=place("b.yaml"))

    text = render(report(finding(), again, elsewhere))

    first, second, third, _ = text.split("\n\n")
    assert "= effect: " in first
    assert second.endswith("^^^^^^^")
    assert "= effect: " in third
    assert "= help: " in third


def test_an_effect_of_its_own_is_said(finding: Any, place: Any, report: Any) -> None:
    other = finding(location=place(line=40), effect="The Pod waits for the ConfigMap.")

    second = render(report(finding(), other)).split("\n\n")[1]

    assert "= effect: The Pod waits for the ConfigMap." in second
    assert "= help:" not in second


def test_tabs_and_wide_characters(finding: Any, report: Any) -> None:
    at = Location("名.yaml", 5, 7, 5, 10)
    shown = render(report(finding(location=at, line=SourceLine(5, "\tkey: 日本語 # 語"), effect="", fix="")))

    assert shown.split("\n\n")[0] == (
        """\
error[missing-configmap-key]: ConfigMap "web-config" has no key "LOG_LVL"
 --> 名.yaml:5:7 in Deployment prod/web
  |
5 |     key: 日本語 # 語
  |          ^^^^^^"""
    )


def test_a_line_of_ten_thousand_characters(finding: Any, report: Any) -> None:
    text = f"{'x' * 4997}key{'y' * 5000}"
    at = Location("a.yaml", 5, 4998, 5, 5001)

    assert render(report(finding(location=at, line=SourceLine(5, text))), width=60).splitlines()[3:5] == [
        "5 | ...xxxxxxxxxxxxxxxxxxxxxxxkeyyyyyyyyyyyyyyyyyyyyyyyyy...",
        "  |                           ^^^",
    ]


def test_a_range_over_several_lines_is_underlined_to_the_end_of_the_first(finding: Any, report: Any) -> None:
    at = Location("a.yaml", 5, 3, 9, 1)

    assert render(report(finding(location=at, line=SourceLine(5, "a: {b: 1,")))).splitlines()[4] == "  |   ^^^^^^^"


def test_a_masked_secret_is_underlined_no_further_than_its_mask(finding: Any, report: Any) -> None:
    at = Location("a.yaml", 5, 6, 5, 46)

    assert render(report(finding(location=at, line=SourceLine(5, "key: ••••••")))).splitlines()[3:5] == [
        "5 | key: ••••••",
        "  |      ^^^^^^",
    ]


def test_the_summary(finding: Any, report: Any) -> None:
    full = report(
        finding(severity=Severity.ERROR),
        finding(severity=Severity.WARNING),
        finding(severity=Severity.WARNING),
        finding(severity=Severity.INFO),
        files=96,
        objects=214,
        not_judged=4,
        ignored=1,
        skipped=(
            Skipped("b", 1, "no kind"),
            *[Skipped("a", 1, "Helm template")] * 2,
            Skipped("c", 1, "kustomize patch"),
        ),
        assumptions=("several nodes of unknown size", *map(str, range(6))),
    )

    assert render(full).split("\n\n")[-1] == (
        """\
Checked 214 objects in 96 files for Kubernetes 1.36.
Skipped 4: Helm template (2), kustomize patch (1), no kind (1).
Not judged: 4 references to what may lie outside the files given.
Ignored: 1 finding.
Found 1 error, 2 warnings and 1 info.
Assumed:
  - several nodes of unknown size
  - 0
  - 1
  - 2
  - 3
  - and 2 more, which the JSON report lists
"""
    )


def test_all_clear(report: Any) -> None:
    assert render(report()) == SUMMARY + "All clear: 3 objects in 2 files.\n"


def test_nothing_checked_is_not_all_clear(report: Any) -> None:
    assert render(report(objects=0, files=1)).endswith("Nothing was checked: no object in 1 file.\n")


def test_colour_changes_nothing_but_colour(finding: Any, related: Any, report: Any) -> None:
    findings = [finding(severity=severity, related=(related(),)) for severity in Severity]
    full = report(*findings, assumptions=("x",), skipped=(Skipped("a", 1, "Helm template"),))

    colored = render(full, color=True)

    assert "\x1b[1;31merror[missing-configmap-key]\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(full)


def test_a_narrow_terminal_is_enough(finding: Any, related: Any, report: Any) -> None:
    full = report(finding(related=(related(),)))

    assert render(full, width=1) == render(full, width=40)
