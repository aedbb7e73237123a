"""For code scanning: SARIF 2.1.0, within the limits GitHub sets on an upload."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import PurePath
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from k8slint import __version__
from k8slint.finding import Failure, Finding, Location, ObjectName, RelatedLocation, Report, RuleText, Severity
from k8slint.fingerprint import fingerprints, repository_path
from k8slint.report.escape import flowing, visible
from k8slint.report.links import documentation, rule_page
from k8slint.report.markdown import code, prose
from k8slint.report.wording import counted, in_full

RESULTS_LIMIT: Final = 25_000
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT: Final = "%SRCROOT%"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
# GitHub sorts rules by these; it knows no `note` here.
_PROBLEMS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
# In a message, `[text](target)` is a link. Braces are harmless: they take arguments, and we give none.
_LINK: Final = re.compile(r"(?<!\\)(\\*)\](?=\()")
# Surrogates that stand for no byte of a file name.
_NO_BYTE: Final = re.compile("[\ud800-\udc7f\udd00-\udfff]")


class _Told(NamedTuple):
    """A finding, and the reason why it is ignored, or None if it is not."""

    finding: Finding
    fingerprint: str
    reason: str | None


def render(report: Report) -> str:
    """The findings as one run, the worst first, then those that are ignored, as suppressed results.

    At most 25,000 are kept; a notification counts the others.
    """
    told = _told(report)
    kept = told[:RESULTS_LIMIT]
    rules = _rules([each.finding for each in kept], report.rules)
    index = {rule["id"]: position for position, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "k8slint", "version": __version__, **_address(documentation()), "rules": rules}},
        "invocations": [_invocation(report, len(told) - len(kept))],
        **({"originalUriBaseIds": {_ROOT: {"uri": _uri(report.root).rstrip("/") + "/"}}} if report.root else {}),
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, index, report.root) for each in kept],
        "properties": {
            "kubernetesVersion": visible(report.kubernetes_version),
            "assumptions": [flowing(assumption) for assumption in report.assumptions],
        },
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _told(report: Report) -> list[_Told]:
    findings = [*report.findings, *(ignored.finding for ignored in report.ignored)]
    reasons = chain((None for _ in report.findings), (ignored.reason for ignored in report.ignored))
    told = map(_Told, findings, fingerprints(findings, report.root), reasons)
    return sorted(told, key=lambda each: (each.reason is not None, each.finding.severity.rank))


def _address(uri: str, name: str = "informationUri") -> dict[str, str]:
    return {name: uri} if uri else {}


def _invocation(report: Report, dropped: int) -> dict[str, Any]:
    notifications = [_notification(failure, report.root) for failure in report.failures]
    if dropped:
        text = f"{counted(dropped, 'finding')} left out: a SARIF upload holds at most {RESULTS_LIMIT} results."
        notifications.append({"level": "warning", "message": {"text": text}})
    return {
        "executionSuccessful": not report.failures,
        "exitCode": report.exit_code,
        **({"toolExecutionNotifications": notifications} if notifications else {}),
    }


def _notification(failure: Failure, root: str) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": _unlinked(visible(failure.message))},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(failure.file, root)}}],
    }


def _rules(findings: Sequence[Finding], texts: Mapping[str, RuleText]) -> list[dict[str, Any]]:
    found = {finding.rule: finding.severity for finding in reversed(findings)}
    by_name = {visible(rule): (severity, texts.get(rule)) for rule, severity in sorted(found.items())}
    return [_rule(rule, severity, text) for rule, (severity, text) in by_name.items()]


def _rule(rule: str, found: Severity, text: RuleText | None) -> dict[str, Any]:
    severity = text.severity if text else found
    summary = flowing(text.summary) if text else rule
    whole = " ".join(part for part in (flowing(text.why), flowing(text.effect)) if part) if text else ""
    return {
        "id": rule,
        "shortDescription": {"text": _unlinked(summary)},
        "fullDescription": {"text": _unlinked(whole or summary)},
        "help": _help(rule, summary, text),
        **_address(rule_page(rule, text), "helpUri"),
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {
            "tags": [visible(text.category)] if text else [],
            "precision": "high",
            "problem.severity": _PROBLEMS[severity],
        },
    }


def _help(rule: str, summary: str, text: RuleText | None) -> dict[str, str]:
    """Why, effect, fix and how to ignore, for viewers that take Markdown and for those that do not."""
    parts = {"Why": text.why, "In the cluster": text.effect, "Fix": text.fix} if text else {}
    told = {title: flowing(part) for title, part in parts.items() if flowing(part)}
    ignore = f"# k8slint: ignore[{rule}] the reason"
    plain = [summary, *(f"{title}: {part}" for title, part in told.items()), f"To ignore one finding: {ignore}"]
    rich = [prose(summary), *(f"**{title}.** {prose(part)}" for title, part in told.items())]
    return {
        "text": _unlinked("\n\n".join(plain)),
        "markdown": "\n\n".join([*rich, f"**To ignore** one finding, write beside it {code(ignore)}."]),
    }


def _result(told: _Told, index: Mapping[str, int], root: str) -> dict[str, Any]:
    finding = told.finding
    rule = visible(finding.rule)
    location: dict[str, Any] = {"physicalLocation": _physical(finding.location, root)}
    if finding.object is not None:
        location["logicalLocations"] = [_logical(finding.object)]
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": index[rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": _unlinked(in_full(finding))},
        "locations": [location],
        "partialFingerprints": {"k8slint/v1": told.fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [_related(number, each, root) for number, each in enumerate(finding.related, 1)]
    if finding.field_path:
        result["properties"] = {"fieldPath": visible(finding.field_path)}
    if told.reason is not None:
        why = flowing(told.reason)
        result["suppressions"] = [{"kind": "inSource", **({"justification": why} if why else {})}]
    return result


def _related(number: int, related: RelatedLocation, root: str) -> dict[str, Any]:
    return {
        "id": number,
        "physicalLocation": _physical(related.location, root),
        "message": {"text": _unlinked(visible(related.message))},
    }


def _physical(location: Location, root: str) -> dict[str, Any]:
    return {
        "artifactLocation": _artifact(location.file, root),
        "region": {
            "startLine": location.line,
            "startColumn": location.column,
            "endLine": location.end_line,
            "endColumn": location.end_column,
        },
    }


def _artifact(file: str, root: str) -> dict[str, str]:
    """The file as a URI that keeps its exact bytes; a relative one is marked as relative to the root of the sources."""
    uri = _uri(repository_path(file, root))
    return {"uri": uri} if uri.startswith("file:") else {"uri": uri, "uriBaseId": _ROOT}


@lru_cache(maxsize=1024)
def _uri(path: str) -> str:
    uri = quote(_NO_BYTE.sub("\ufffd", path).encode("utf-8", "surrogateescape"))
    if not PurePath(path).is_absolute():
        return uri
    return f"file://{uri}" if uri.startswith("/") else f"file:///{uri}"


def _logical(name: ObjectName) -> dict[str, str]:
    parts = (name.api_version, name.kind, name.namespace, name.name)
    return {
        "name": visible(name.name),
        "fullyQualifiedName": visible("/".join(part for part in parts if part)),
        "kind": "object",
    }


def _unlinked(text: str) -> str:
    return _LINK.sub(r"\1\1\\]", text)
