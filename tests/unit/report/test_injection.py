"""Every payload in every place of a report, in every format: no format lets it be more than text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from junitparser import JUnitXml
from sarif_pydantic import Sarif

from k8slint.bundled import SCHEMAS
from k8slint.finding import (
    Failure,
    Finding,
    Ignored,
    Location,
    ObjectName,
    RelatedLocation,
    Report,
    RuleText,
    Severity,
    Skipped,
    SourceLine,
)
from k8slint.report import FORMATS
from k8slint.report.escape import visible
from tests import build

REPORT_SCHEMA = Draft202012Validator(json.loads((SCHEMAS / "report.schema.json").read_text(encoding="utf-8")))

PAYLOADS = {
    "colour": "\x1b[31mred\x1b[0m",
    "clear screen": "\x1b[2J\x1b[H",
    "window title": "\x1b]0;title\x07",
    "link": "\x1b]8;;https://example.com\x1b\\text\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJm\x07",
    "one-byte CSI": "\x9b31m",
    "one-byte OSC": "\x9d0;title\x9c",
    "backspaces": "error\b\b\b\b\bok   ",
    "carriage return": "error\rfine ",
    "line break": "one\n::error::forged",
    "CRLF": "one\r\n::error file=a.yaml::forged\r\n",
    "other line breaks": "a\x0b::error::a\x0c::error::b\x1c::error::c\x85::error::d\u2028::error::e\u2029::error::f",
    "null": "a\x00b",
    "delete": "a\x7fb",
    "tab": "\t::error::forged",
    "right to left": "\u202egnp.exe\u202c",
    "isolate": "\u2066a\u2069\u200f",
    "zero width": "a\u200b\u200c\u200d\u2060b",
    "byte order mark": "\ufeffapiVersion",
    "invisible tags": "a\U000e0041\U000e0042",
    "variation selectors": "a\ufe0f\U000e0100",
    "blank letters": "\u3164\u115f\u2800",
    "high surrogate": "a\ud800b",
    "low surrogate": "a\udcffb",
    "surrogates reversed": "\udc00\ud800",
    "surrogate pair": "\ud83d\ude00",
    "no characters": "\ufffe\uffff\ufdd0",
    "workflow command": "::error file=a.yaml,line=1::forged",
    "workflow command after blanks": "   ::add-mask::e",
    "stop commands": "::stop-commands::x",
    "old workflow command": "##[add-mask]e",
    "old workflow command inside": "text ##[error]forged ###[group]x",
    "Azure command": "##vso[task.setvariable variable=a]b",
    "TeamCity command": "##teamcity[buildStop]",
    "GitLab section": "section_start:1:a\r\x1b[0K",
    "encoded line break": "%0A::error::forged",
    "encoded percent": "%250A%25",
    "property": "a,title=forged,line=9::forged",
    "many commands": "::error::forged " * 20,
    "markup": "[bold red]x[/] [link=https://example.com]y[/link]",
    "JSON": '"}],"findings":[],"x":[{"y":"',
    "escaped quote": '\\"\\u001b',
    "XML": '</failure></testcase><testcase name="forged"/>',
    "XML attribute": "\" message='forged' x=\"",
    "XML comment": "<!-- ]]> --> <![CDATA[x]]> <?x?>",
    "XML entities": "&lt;&#0;&#27;&x;<!DOCTYPE a [<!ENTITY x 'y'>]>",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "Markdown link": "[text](https://example.com) \\](1)",
    "Markdown image": "![text](https://example.com/x.png) <https://example.com>",
    "Markdown code": "a`<b> `` `@someone` ```[x](y)",
    "Markdown table": "a | b |\\| --- *x* __y__ ~~z~~",
    "references": "@someone #1 GH-1 !1 www.example.com a@example.com :octocat:",
    "placeholder": "{0} {{1}} %s %(x)s ${x} {x!r}",
    "formula": "=cmd|' /C calc'!A0",
    "path": "../../../etc/passwd",
    "scheme": "javascript:alert(1)//",
    "accents": "a" + "\u0301" * 200,
    "long": "x" * 10_000,
    "long and wide": "語\t" * 2_000,
    "blank": "   ",
    "empty": "",
}

HARMLESS = "harmless"
PLACE = Location("a.yaml", 7, 3, 7, 9)


def finding(text: str = HARMLESS) -> Finding:
    near = RelatedLocation("read here", PLACE, SourceLine(7, "key: value"))
    return build.finding(message=text, location=PLACE, related=(near,), line=near.line)


def rule_text(text: str) -> RuleText:
    return RuleText(text, Severity.ERROR, text, text, text, text)


def report(one: Finding) -> Report:
    told = {"assumptions": ("several nodes",), "rules": {one.rule: rule_text("A rule.")}}
    skipped = (Skipped("b.yaml", 1, "Helm template"),)
    return build.report(one, finding("another"), skipped=skipped, not_judged=1, ignored=1, **told)


def in_summary(text: str) -> Report:
    whole = report(finding())
    summary = whole.summary._replace(skipped=(Skipped(text, 1, text),))
    return whole._replace(summary=summary, assumptions=(text,), kubernetes_version=text, rules={text: rule_text(text)})


def in_rule(text: str) -> Report:
    return report(finding()._replace(rule=text))._replace(rules={text: rule_text(text)})


PLACES: Mapping[str, Callable[[str], Report]] = {
    "file name": lambda text: report(finding()._replace(location=PLACE._replace(file=text))),
    "object name": lambda text: report(finding()._replace(object=ObjectName(text, text, text, text))),
    "message": lambda text: report(finding(text)),
    "field path": lambda text: report(finding()._replace(field_path=text)),
    "related message": lambda text: report(
        finding()._replace(related=(RelatedLocation(text, PLACE, SourceLine(7, "key: value")),))
    ),
    "related file": lambda text: report(
        finding()._replace(related=(RelatedLocation("read here", PLACE._replace(file=text)),))
    ),
    "failure": lambda text: report(finding())._replace(failures=(Failure(text, text),)),
    "ignored": lambda text: report(finding())._replace(ignored=(Ignored(finding(text), text),)),
    "root": lambda text: report(finding())._replace(root=f"/{text}"),
    "source line": lambda text: report(finding()._replace(line=SourceLine(7, text))),
    "end of source line": lambda text: report(finding()._replace(line=SourceLine(7, f"key: {text}"))),
    "related line": lambda text: report(
        finding()._replace(related=(RelatedLocation("read here", PLACE, SourceLine(7, text)),))
    ),
    "effect and fix": lambda text: report(finding()._replace(effect=text, fix=text)),
    "rule": in_rule,
    "summary": in_summary,
}


def commands(line: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """The command GitHub's runner reads in a line, as it reads it."""
    known = {"error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "stop-commands", "set-output"}
    start = line.lstrip()
    head, separator, data = start[2:].partition("::")
    name, _, rest = head.partition(" ")
    if start.startswith("::") and separator and name in known:
        pairs = (pair.split("=", 1) for pair in rest.strip().split(",") if "=" in pair)
        yield name, {key: unescaped(value, ":,") for key, value in pairs}, unescaped(data, "")
        return
    # The older form is obeyed anywhere in a line.
    _, prefix, old = line.partition("##[")
    head, bracket, data = old.partition("]")
    if prefix and bracket and head.partition(" ")[0] in known:
        yield head, {}, data


def unescaped(text: str, also: str) -> str:
    for char in f"\r\n{also}%":
        text = text.replace(f"%{ord(char):02X}", char)
    return text


def check_log(text: str, harmless: str, name: str) -> None:
    lines, expected = text.split("\n"), harmless.split("\n")
    if name not in {"text", "statistics"}:  # whose prose is wrapped
        assert len(lines) == len(expected)
    read = [command for line in lines for command in commands(line)]
    assert len(read) == harmless.count("\n::error ", 0) + harmless.startswith("::error ")
    forged = [line for line in lines if "##vso[" in line.lower() or "##teamcity[" in line.lower()]
    assert len(forged) == harmless.count("##vso[task.logissue ")


def check_github(text: str, harmless: str, whole: Report) -> None:
    check_log(text, harmless, "github")
    found = text.split("\n")
    for failure in whole.failures:
        assert list(commands(found.pop(0))) == [("error", {"title": "k8slint"}, visible(failure.message))]
    for line, one in zip(found, whole.findings, strict=False):
        ((name, properties, message),) = commands(line)
        assert name == "error"
        assert list(properties) == ["file", "line", "endLine", "col", "endColumn", "title"][: len(properties)]
        assert properties["line"] == "7"
        assert message.split("\n")[0] == visible(one.message)


def azure_command(line: str) -> tuple[str, dict[str, str], str]:
    """The command Azure's agent reads in a line, as it reads it: from the first `##vso[` to the next `]`."""
    _, prefix, rest = line.partition("##vso[")
    assert prefix
    head, _, data = rest.partition("]")
    name, _, written = head.partition(" ")
    pairs = (pair.partition("=") for pair in written.split(";") if "=" in pair)
    return name, {key.strip(): azure_unescaped(value) for key, _, value in pairs}, azure_unescaped(data)


def azure_unescaped(text: str) -> str:
    for char, code in {";": "%3B", "\r": "%0D", "\n": "%0A", "]": "%5D", "%": "%AZP25"}.items():
        text = text.replace(code, char)
    return text


def check_azure(text: str, harmless: str, whole: Report) -> None:
    check_log(text, harmless, "azure")
    found = text.split("\n")
    for failure in whole.failures:
        assert azure_command(found.pop(0)) == ("task.logissue", {"type": "error"}, visible(failure.message))
    for line, one in zip(found, whole.findings, strict=False):
        assert line.startswith("##vso[task.logissue type=error;")
        assert line.lower().count("##vso[") == 1
        name, properties, data = azure_command(line)
        assert name == "task.logissue"
        assert list(properties) == ["type", "sourcepath", "linenumber", "columnnumber", "code"]
        assert (properties["linenumber"], properties["code"]) == ("7", visible(one.rule))
        assert data.startswith(visible(one.message))


def check_json_lines(text: str, _harmless: str, whole: Report) -> None:
    data = [json.loads(line) for line in text.splitlines()]
    assert [entry["message"] for entry in data] == [visible(one.message) for one in whole.findings]
    check_strings(data)


def check_rdjson(text: str, _harmless: str, whole: Report) -> None:
    data = json.loads(text)
    assert set(data) == {"source", "diagnostics"}
    found = data["diagnostics"][len(whole.failures) :]
    assert [entry["code"]["value"] for entry in found] == [visible(one.rule) for one in whole.findings]
    assert all(set(entry) == {"message", "location", "severity", "code"} for entry in found)
    check_strings(data)


def check_checkstyle(text: str, _harmless: str, whole: Report) -> None:
    errors = ET.fromstring(text).findall("file/error")  # noqa: S314 - our own output
    assert len(errors) == len(whole.failures) + 2
    assert errors[len(whole.failures)].get("message", "").startswith(visible(whole.findings[0].message))


# What Markdown and GitHub make of text outside of code.
MARKUP = re.compile(r"[<>@#\[\]_*~|\\]|://|www\.|&(?!lt;|gt;|amp;|quot;|#x27;)", re.IGNORECASE)
CODE = re.compile(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)")


SHAPES = [
    re.compile(r"### ❌ k8slint: [\w .]+"),
    re.compile(r"\|[\w |:-]+\|"),
    re.compile(r"<details open><summary><code>(?P<html>.*)</code>: \d+ findings?</summary>|</details>|"),
    re.compile(r"(?:- (?:\*\*error\*\* )?|  - (?:effect|help): )(?P<prose>.*)"),
]


def check_markdown(text: str, _harmless: str, _whole: Report) -> None:
    for line in text.split("\n"):
        (shape,) = (shape for shape in (shape.fullmatch(line) for shape in SHAPES) if shape)
        said = shape.groupdict()
        assert not re.search(r"[<>\"']", said.get("html") or "")
        assert not MARKUP.search(CODE.sub("", said.get("prose") or "")), line


def check_json(text: str, _harmless: str, whole: Report) -> None:
    data = json.loads(text)
    REPORT_SCHEMA.validate(data)
    assert len(data["findings"]) == 2
    first, one = data["findings"][0], whole.findings[0]
    assert first["message"] == visible(one.message)
    assert first["location"]["file"] == visible(one.location.file)
    check_strings(data)


def check_sarif(text: str, _harmless: str, whole: Report) -> None:
    (run,) = Sarif.model_validate_json(text).runs
    assert len(run.results) == 2 + len(whole.ignored)
    for result in run.results:
        assert run.tool.driver.rules[result.rule_index].id == result.rule_id
        assert result.locations[0].physical_location.artifact_location.uri.isascii()
    assert run.results[0].rule_id == visible(whole.findings[0].rule)
    check_strings(json.loads(text))


def check_gitlab(text: str, _harmless: str, whole: Report) -> None:
    issues = json.loads(text)[len(whole.failures) :]
    assert len({issue["fingerprint"] for issue in issues}) == 2
    for issue, one in zip(issues, whole.findings, strict=True):
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["check_name"] == visible(one.rule)
    check_strings(issues)


def check_junit(text: str, _harmless: str, whole: Report) -> None:
    (suite,) = JUnitXml.fromstring(text.encode("utf-8"))
    names = {(one.location.file, one.rule) for one in whole.findings}
    assert len(list(suite)) == suite.tests == suite.errors + suite.failures
    assert (suite.errors, suite.failures) == (len(whole.failures), len(names))
    assert all(len(case.result) == 1 for case in suite)
    assert list(suite)[suite.errors].name == visible(whole.findings[0].rule)


def check_strings(data: Any) -> None:
    pending = [data]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            pending.extend([*part, *part.values()])
        elif isinstance(part, list):
            pending.extend(part)
        elif isinstance(part, str):
            assert all(char == "\n" or char.isprintable() for char in part)


CHECKS: Mapping[str, Callable[[str, str, Report], None]] = {
    "text": lambda text, harmless, _whole: check_log(text, harmless, "text"),
    "concise": lambda text, harmless, _whole: check_log(text, harmless, "concise"),
    "grouped": lambda text, harmless, _whole: check_log(text, harmless, "grouped"),
    "markdown": check_markdown,
    "statistics": lambda text, harmless, _whole: check_log(text, harmless, "statistics"),
    "json": check_json,
    "json-lines": check_json_lines,
    "sarif": check_sarif,
    "github": check_github,
    "gitlab": check_gitlab,
    "azure": check_azure,
    "rdjson": check_rdjson,
    "checkstyle": check_checkstyle,
    "junit": check_junit,
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", FORMATS)
def test_a_payload_is_text_and_nothing_else(name: str, place: str) -> None:
    harmless = FORMATS[name](PLACES[place](HARMLESS))
    for payload in PAYLOADS.values():
        whole = PLACES[place](payload)
        text = FORMATS[name](whole)
        raw = text.encode("utf-8")
        assert not {byte for byte in raw if (byte < 0x20 and byte != 0x0A) or byte == 0x7F}
        assert all(char == "\n" or char.isprintable() for char in text)
        CHECKS[name](text, harmless, whole)


@pytest.mark.parametrize("place", ["file name", "object name", "message", "related message", "source line"])
def test_a_payload_leaves_the_lines_of_a_frame_as_they_are(place: str) -> None:
    margins = [line[:3] for line in FORMATS["text"](PLACES[place](HARMLESS)).split("\n")]
    for payload in PAYLOADS.values():
        assert [line[:3] for line in FORMATS["text"](PLACES[place](payload)).split("\n")] == margins


def test_the_matrix_would_see_a_forged_command() -> None:
    assert list(commands("  ::error file=a%2Cb,line=1::x%0Ay")) == [("error", {"file": "a,b", "line": "1"}, "x\ny")]
    assert list(commands("31 | ##[add-mask]e")) == [("add-mask", {}, "e")]
    assert not list(commands("::unknown::x"))
