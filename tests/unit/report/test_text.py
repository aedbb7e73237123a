from __future__ import annotations

import re
from typing import Any

import pytest

from k8slint.finding import KindCount, Location, RuleText, Severity, Skipped, SourceLine
from k8slint.report import Detail
from k8slint.report.text import render
from k8slint.report.wording import verdict
from tests.build import finding, place, related, report

CHECKED = "Checked 3 objects in 2 files for Kubernetes 1.36"
SUMMARY = f"{CHECKED}.\n"


def test_a_finding_with_a_related_place() -> None:
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


def test_without_source_lines() -> None:
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


def test_the_same_field_of_several_objects_is_one_entry() -> None:
    several = [
        finding(
            rule="required-field",
            message=f"{path}: Required value",
            field_path=path,
            location=place(file),
            related=(),
        )
        for path, file in (
            ("spec.containers[0].image", "a.yaml"),
            ("spec.containers[0].name", "a.yaml"),
            ("spec.template.spec.containers[1].image", "b.yaml"),
            ("spec.template.spec.containers[2].image", "c.yaml"),
        )
    ]

    blocks = render(report(*several)).split("\n\n")

    assert [block.partition("\n")[0] for block in blocks[:2]] == [
        "error[required-field]: spec.containers[0].image: Required value",
        "error[required-field]: spec.containers[0].name: Required value",
    ]
    assert "   = and 2 more: b.yaml:31, c.yaml:31" in blocks[0].splitlines()
    assert "more" not in blocks[1]
    assert blocks[2].endswith("Found 4 errors.\n")


def test_keys_of_a_field_are_causes_of_their_own() -> None:
    paths = ("spec.containers[0].resources.limits[cpu]", "spec.containers[1].resources.limits[memory]")
    several = [finding(message=f"{path}: Required value", field_path=path) for path in paths]

    assert "more" not in render(report(*several))


def test_effect_and_help_wrap_to_the_width() -> None:
    long = finding(effect="The volume is empty after the Pod has moved to another node.\n", fix="Use a claim.")

    assert render(report(long), width=50).splitlines() == [
        "error[missing-configmap-key]: ConfigMap",
        '  "web-config" has no key "LOG_LVL"',
        "  --> apps/web/deploy.yaml:31:18 in Deployment",
        "        prod/web",
        "   |",
        "31 |             key: LOG_LVL",
        "   |                  ^^^^^^^",
        "   |",
        "   = effect: The volume is empty after the Pod has",
        "             moved to another node.",
        "   = help: Use a claim.",
        "",
        "Checked 3 objects in 2 files for Kubernetes 1.36.",
        "Found 1 error.",
    ]


def test_effect_and_help_are_said_once_a_file() -> None:
    again = finding(message="m", location=place(line=40), line=SourceLine(40, "            key: LOG_LVL"))
    elsewhere = finding(message="n", location=place("b.yaml"))

    text = render(report(finding(), again, elsewhere))

    first, second, third, _ = text.split("\n\n")
    assert "= effect: " in first
    assert second.endswith("^^^^^^^")
    assert "= effect: " in third
    assert "= help: " in third


def test_an_effect_of_its_own_is_said() -> None:
    other = finding(message="m", location=place(line=40), effect="The Pod waits for the ConfigMap.")

    second = render(report(finding(), other)).split("\n\n")[1]

    assert "= effect: The Pod waits for the ConfigMap." in second
    assert "= help:" not in second


def test_tabs_and_wide_characters() -> None:
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


def test_a_line_of_ten_thousand_characters() -> None:
    text = f"{'x' * 4997}key{'y' * 5000}"
    at = Location("a.yaml", 5, 4998, 5, 5001)

    assert render(report(finding(location=at, line=SourceLine(5, text))), width=60).splitlines()[4:6] == [
        "5 | ...xxxxxxxxxxxxxxxxxxxxxxxkeyyyyyyyyyyyyyyyyyyyyyyyyy...",
        "  |                           ^^^",
    ]


def test_a_range_over_several_lines_is_underlined_to_the_end_of_the_first() -> None:
    at = Location("a.yaml", 5, 3, 9, 1)

    assert render(report(finding(location=at, line=SourceLine(5, "a: {b: 1,")))).splitlines()[4] == "  |   ^^^^^^^"


def test_a_masked_secret_is_underlined_no_further_than_its_mask() -> None:
    at = Location("a.yaml", 5, 6, 5, 46)

    assert render(report(finding(location=at, line=SourceLine(5, "key: ••••••")))).splitlines()[3:5] == [
        "5 | key: ••••••",
        "  |      ^^^^^^",
    ]


def test_the_summary() -> None:
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


def test_all_clear() -> None:
    assert render(report()) == SUMMARY + "All clear: 3 objects in 2 files.\n"


def test_nothing_checked_is_not_all_clear() -> None:
    empty = report(objects=0, files=0)

    assert render(empty) == ""
    assert verdict(empty) == "Nothing was checked: no Kubernetes object was found."


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"without_schema": (KindCount("Order.acme.io/v1", 1),)},
            f"{CHECKED}: 2 fully, 1 Order.acme.io/v1 has no schema here (`-v` lists them).",
        ),
        (
            {"in_part": (KindCount("A.x/v1", 1),), "without_schema": (KindCount("B.x/v1", 1), KindCount("C.x/v1", 1))},
            f"{CHECKED}: 0 fully, 1 A.x/v1 in part, 2 of 2 kinds have no schema here (`-v` lists them).",
        ),
        ({"charts": ("a b",)}, "1 Helm chart was not rendered (a b/): helm template 'a b' | k8slint check -"),
        (
            {"kustomizations": ("a", "b", "c", "d")},
            "4 kustomizations were not built (a/, b/, c/ and 1 more): kubectl kustomize a | k8slint check -",
        ),
        ({"not_judged": 1}, "Not judged: 1 reference to what may lie outside the files given."),
        ({"unread": 1}, "Checked 3 objects in 2 files for Kubernetes 1.36."),
        ({"failures": ("a.yaml: permission denied",)}, "Checked 3 objects in 2 files for Kubernetes 1.36."),
    ],
)
def test_what_was_not_judged_is_not_all_clear(changes: dict[str, Any], line: str) -> None:
    lines = render(report(**changes), width=200).splitlines()

    assert line in lines
    assert lines[-1] == "Nothing wrong in what was checked."


def test_what_was_not_asked_for_is_not_all_clear() -> None:
    hidden = report(finding(severity=Severity.WARNING)).at_least(Severity.ERROR)

    assert render(hidden) == SUMMARY + "Not shown: 1 finding below error.\nFound nothing of severity error.\n"


def test_settings_of_programs_are_counted_apart() -> None:
    assert "\nRead, but not for the API server: Kustomization (2).\n" in render(
        report(settings=(KindCount("Kustomization", 2),))
    )


def test_the_worst_stands_first() -> None:
    each = [finding(severity=severity, message=severity.value) for severity in reversed(Severity)]
    blocks = render(report(*each)).split("\n\n")

    assert [block.split("[")[0] for block in blocks[:3]] == ["error", "warning", "info"]


def test_what_says_the_same_is_one_block() -> None:
    places = [place(), place(line=40), place("b.yaml", 3), *(place(f"{name}.yaml", 1) for name in "cdef")]
    block, _ = render(report(*(finding(location=at) for at in places))).split("\n\n")

    assert block.splitlines()[5:9] == [
        "   |",
        "   = and 6 more: apps/web/deploy.yaml:40, b.yaml:3, c.yaml:1, d.yaml:1, e.yaml:1, ...",
        "   = effect: The container stays in CreateContainerConfigError.",
        "   = help: Name a key of the ConfigMap.",
    ]
    assert "f.yaml:1" in render(report(*(finding(location=at) for at in places)), detail=Detail.FULL)


def test_an_info_is_a_line() -> None:
    infos = [finding(severity=Severity.INFO, location=place(line=line)) for line in (3, 9)]
    head = 'info[missing-configmap-key]: ConfigMap "web-config" has no key "LOG_LVL" (apps/web/deploy.yaml:3, 9)\n'

    assert render(report(*infos)) == f"{head}\n{SUMMARY}Found 2 infos.\n"


def test_many_infos_of_a_rule_are_a_line() -> None:
    infos = [
        finding(severity=Severity.INFO, message=str(number), location=place(line=number)) for number in range(1, 5)
    ]
    text = RuleText("references", Severity.INFO, "A Pod needs a key.", "", "", "")
    many = report(*infos, rules={"missing-configmap-key": text})

    assert render(many).splitlines()[:2] == [
        "info[missing-configmap-key]: A Pod needs a key: 4 times in 1 file (`-v` lists them)",
        "",
    ]
    assert sum(line.startswith("info[") for line in render(many, detail=Detail.FULL).splitlines()) == 4


def test_quiet_says_nothing_more_than_findings_and_verdict() -> None:
    assert render(report(not_judged=1), detail=Detail.QUIET) == ""
    assert render(report(finding(), not_judged=1), detail=Detail.QUIET).split("\n\n")[1] == "Found 1 error.\n"


def test_no_line_is_wider_than_the_terminal() -> None:
    wide = finding(related=(related(message="a similar key is defined here, which is meant by the one above"),))
    full = report(wide, wide._replace(severity=Severity.INFO), charts=("a",), not_judged=1, assumptions=("x " * 50,))

    assert all(len(line) <= 60 for line in render(full, width=60).splitlines())


def test_colour_changes_nothing_but_colour() -> None:
    findings = [finding(severity=severity, related=(related(),)) for severity in Severity]
    full = report(*findings, assumptions=("x",), skipped=(Skipped("a", 1, "Helm template"),))

    colored = render(full, color=True)

    assert "\x1b[1;31merror[missing-configmap-key]\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(full)


def test_a_narrow_terminal_is_enough() -> None:
    full = report(finding(related=(related(),)))

    assert render(full, width=1) == render(full, width=40)
