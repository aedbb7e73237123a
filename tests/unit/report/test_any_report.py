"""Reports of any text whatever: no format raises, and what it writes can be read."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from junitparser import JUnitXml
from sarif_pydantic import Sarif

from k8slint.bundled import SCHEMAS
from k8slint.finding import (
    Failure,
    Finding,
    Ignored,
    KindCount,
    Location,
    ObjectName,
    RelatedLocation,
    Report,
    RuleText,
    Severity,
    Skipped,
    SourceLine,
    Summary,
)
from k8slint.report import FORMATS
from k8slint.report.escape import flowing

REPORT_SCHEMA = Draft202012Validator(json.loads((SCHEMAS / "report.schema.json").read_text(encoding="utf-8")))

# Surrogates are in it, which text() leaves out of itself, and more of what formats give a meaning to.
chars = st.characters(exclude_categories=()) | st.sampled_from("\x1b\n\r\t\x00\u202e\u200b\ud800\udcff:,%#[]<&\"'{}語")
texts = st.text(chars, max_size=30)
positions = st.integers(1, 60) | st.integers(1, 10**9)
locations = st.builds(Location, texts, positions, positions, positions, positions)
lines = st.none() | st.builds(SourceLine, positions, texts | st.text(chars, min_size=150, max_size=300))
findings = st.builds(
    Finding,
    rule=texts,
    severity=st.sampled_from(Severity),
    message=texts,
    effect=texts,
    fix=texts,
    object=st.none() | st.builds(ObjectName, texts, texts, texts, texts),
    field_path=texts,
    location=locations,
    related=st.lists(st.builds(RelatedLocation, texts, locations, lines), max_size=2).map(tuple),
    line=lines,
)
counts = st.integers(0, 10**6)
skipped = st.lists(st.builds(Skipped, texts, positions, texts), max_size=3).map(tuple)
kinds = st.lists(st.builds(KindCount, texts, counts), max_size=3).map(tuple)
folders = st.lists(texts, max_size=5).map(tuple)
rule_texts = st.builds(RuleText, texts, st.sampled_from(Severity), texts, texts, texts, texts)


@st.composite
def summaries(draw: st.DrawFn) -> Summary:
    without, partly = draw(kinds), draw(kinds)
    return Summary(
        files=draw(counts),
        objects=sum(each.objects for each in (*without, *partly)) + draw(counts),
        skipped=draw(skipped),
        not_judged=draw(counts),
        ignored=draw(counts),
        without_schema=without,
        charts=draw(folders),
        in_part=partly,
        settings=draw(kinds),
        kustomizations=draw(folders),
        unread=draw(counts),
    )


@st.composite
def any_reports(draw: st.DrawFn) -> Report:
    found = draw(st.lists(findings, max_size=4).map(tuple))
    return Report(
        draw(texts),
        found,
        draw(summaries()),
        draw(st.lists(texts, max_size=8).map(tuple)),
        {finding.rule: draw(rule_texts) for finding in found},
        ignored=draw(st.lists(st.builds(Ignored, findings, texts), max_size=1).map(tuple)),
        failures=draw(st.lists(st.builds(Failure, texts, texts), max_size=2).map(tuple)),
        root=draw(st.just("") | texts.map("/{}".format)),
        fail_level=draw(st.none() | st.sampled_from(Severity)),
        least=draw(st.sampled_from(Severity)),
        hidden=draw(counts),
    )


reports = any_reports()


def read_json(text: str, report: Report) -> int:
    data = json.loads(text)
    REPORT_SCHEMA.validate(data)
    assert sum(data["summary"][name] for name in ("errors", "warnings", "infos")) == len(report.findings)
    return len(data["findings"])


def read_sarif(text: str, report: Report) -> int:
    (run,) = Sarif.model_validate_json(text).runs
    assert all(run.tool.driver.rules[result.rule_index].id == result.rule_id for result in run.results)
    return len(run.results) - len(report.ignored)


def read_gitlab(text: str, report: Report) -> int:
    issues = json.loads(text)
    assert len({issue["fingerprint"] for issue in issues[len(report.failures) :]}) == len(report.findings)
    return len(issues) - len(report.failures)


def read_junit(text: str, report: Report) -> int:
    (suite,) = JUnitXml.fromstring(text.encode("utf-8"))
    assert (suite.failures > 0) is any(map(report.fails, report.findings))
    assert suite.errors == len(report.failures)
    cases = [case for case in list(suite)[suite.errors :] if case.classname != "k8slint" or report.findings]
    told = [case.system_out or case.result[0].text for case in cases]
    notes = sum(bool(flowing(note)) for finding in report.findings for note in (finding.effect, finding.fix))
    return sum(len(text.split("\n")) for text in told) - notes


def read_lines(text: str, _report: Report) -> int:
    return text.count("\n") - 1 if text else 0


def read_log(text: str, report: Report) -> int:
    return text.count("\n") - 1 - len(report.failures)


def read_json_lines(text: str, _report: Report) -> int:
    return len([json.loads(line) for line in text.splitlines()])


def read_rdjson(text: str, report: Report) -> int:
    return len(json.loads(text)["diagnostics"]) - len(report.failures)


def read_checkstyle(text: str, report: Report) -> int:
    root = ET.fromstring(text)  # noqa: S314 - our own output
    return len(root.findall("file/error")) - len(report.failures)


def read_markdown(text: str, _report: Report) -> int:
    assert text.count("<details") == text.count("</details>")
    return text.count("\n- **")


READERS: dict[str, Any] = {
    "json": read_json,
    "sarif": read_sarif,
    "gitlab": read_gitlab,
    "junit": read_junit,
    "concise": read_lines,
    "github": read_log,
    "azure": read_log,
    "json-lines": read_json_lines,
    "rdjson": read_rdjson,
    "checkstyle": read_checkstyle,
    "markdown": read_markdown,
}


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None)
@given(report=reports, width=st.none() | st.integers(0, 300))
def test_any_report_can_be_written_and_read(name: str, report: Report, width: int | None) -> None:
    text = FORMATS[name](report, width=width)

    assert text.isascii() or text.encode("utf-8").decode("utf-8") == text
    assert all(line.isprintable() for line in text.split("\n"))
    assert FORMATS[name](report, width=width) == text
    if name in READERS:
        assert READERS[name](text, report) == len(report.findings)
