"""For code scanning: SARIF 2.1.0, within the limits GitHub sets on an upload."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from k8slint import __version__
from k8slint.finding import Finding, Location, ObjectName, RelatedLocation, Report, RuleText, Severity
from k8slint.report.escape import flowing, visible
from k8slint.report.fingerprint import fingerprints
from k8slint.report.wording import counted, in_full

RESULTS_LIMIT: Final = 25_000
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
# In a message, `[text](target)` is a link. Braces need no care: they are filled in from arguments, and none is given.
_LINK: Final = re.compile(r"(?<!\\)(\\*)\](?=\()")
# Surrogates that stand for no byte of a file name.
_NO_BYTE: Final = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def render(report: Report) -> str:
    """The findings as one run, the worst first, cut at 25,000; a notification says so."""
    marked = sorted(
        zip(report.findings, fingerprints(report.findings), strict=True), key=lambda pair: pair[0].severity.rank
    )
    kept = marked[:RESULTS_LIMIT]
    rules = _rules([finding for finding, _ in kept], report.rules)
    index = {rule["id"]: position for position, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "k8slint", "version": __version__, "rules": rules}},
        "invocations": [_invocation(len(marked) - len(kept))],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, fingerprint, index) for finding, fingerprint in kept],
        "properties": {
            "kubernetesVersion": visible(report.kubernetes_version),
            "assumptions": [flowing(assumption) for assumption in report.assumptions],
        },
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _invocation(dropped: int) -> dict[str, Any]:
    if not dropped:
        return {"executionSuccessful": True}
    text = f"{counted(dropped, 'finding')} left out: a SARIF upload holds at most {RESULTS_LIMIT} results."
    notification = {"level": "warning", "message": {"text": text}}
    return {"executionSuccessful": True, "toolExecutionNotifications": [notification]}


def _rules(findings: Sequence[Finding], texts: Mapping[str, RuleText]) -> list[dict[str, Any]]:
    levels = {visible(finding.rule): _LEVELS[finding.severity] for finding in reversed(findings)}
    return [_rule(rule, level, texts.get(rule)) for rule, level in sorted(levels.items())]


def _rule(rule: str, level: str, text: RuleText | None) -> dict[str, Any]:
    told = {"text": _unlinked(flowing(text.summary) if text else rule)}
    return {
        "id": rule,
        "shortDescription": told,
        "fullDescription": told,
        "help": {"text": f"{told['text']}\n\nk8slint explain {rule} tells why, with examples."},
        "defaultConfiguration": {"level": level},
    }


def _result(finding: Finding, fingerprint: str, index: Mapping[str, int]) -> dict[str, Any]:
    rule = visible(finding.rule)
    location: dict[str, Any] = {"physicalLocation": _physical(finding.location)}
    if finding.object is not None:
        location["logicalLocations"] = [_logical(finding.object)]
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": index[rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": _unlinked(in_full(finding))},
        "locations": [location],
        "partialFingerprints": {"k8slint/v1": fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [_related(number, related) for number, related in enumerate(finding.related, 1)]
    if finding.field_path:
        result["properties"] = {"fieldPath": visible(finding.field_path)}
    return result


def _related(number: int, related: RelatedLocation) -> dict[str, Any]:
    return {
        "id": number,
        "physicalLocation": _physical(related.location),
        "message": {"text": _unlinked(visible(related.message))},
    }


def _physical(location: Location) -> dict[str, Any]:
    return {
        "artifactLocation": _artifact(location.file),
        "region": {
            "startLine": location.line,
            "startColumn": location.column,
            "endLine": location.end_line,
            "endColumn": location.end_column,
        },
    }


@lru_cache(maxsize=1024)
def _artifact(file: str) -> dict[str, str]:
    """The file as a URI that keeps its exact bytes; a relative one is said to lie under the root of the sources."""
    path = PurePath(file)
    uri = quote(_NO_BYTE.sub("\ufffd", path.as_posix()).encode("utf-8", "surrogateescape"))
    if path.is_absolute():
        return {"uri": f"file://{uri}" if uri.startswith("/") else f"file:///{uri}"}
    return {"uri": uri, "uriBaseId": "%SRCROOT%"}


def _logical(name: ObjectName) -> dict[str, str]:
    parts = (name.api_version, name.kind, name.namespace, name.name)
    return {
        "name": visible(name.name),
        "fullyQualifiedName": visible("/".join(part for part in parts if part)),
        "kind": "object",
    }


def _unlinked(text: str) -> str:
    return _LINK.sub(r"\1\1\\]", text)
