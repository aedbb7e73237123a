"""What tests are made with: objects of YAML texts or of plain data, what the rules say of them, and reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import dedent
from typing import Any

from k8slint.cluster.cluster import Cluster
from k8slint.engine.rule import Rule
from k8slint.finding import Finding, Location, ObjectName, RelatedLocation, Report, Severity, SourceLine, Summary
from k8slint.loading.composer import compose
from k8slint.loading.document import Document, Source
from k8slint.objects.from_documents import read_source
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: nginx}]}\n"


def together(*texts: str) -> str:
    """The texts as one file, a document each."""
    return "\n---\n".join(dedent(text) for text in texts)


def read(files: str | Mapping[str, str], file: str = "a.yaml") -> tuple[Object, ...]:
    """The objects of a YAML text, or of texts by the names of their files, none of which may be broken."""
    texts = {file: files} if isinstance(files, str) else files
    sources = [Source(name, dedent(text)) for name, text in texts.items()]
    readings = [read_source(source, compose(source)) for source in sources]
    assert not any(document.failed for reading in readings for document in reading.documents)
    return tuple(obj for reading in readings for obj in reading.objects)


def objects_of(*documents: Any, file: str = "a.yaml") -> tuple[Object, ...]:
    """The objects of plain data, a document each, whatever its shape."""
    source = Source(file, "")
    return read_source(source, [Document(source, 0, 0, data, None) for data in documents]).objects


def definition(schema: Any, kind: str = "Thing", **version: Any) -> dict[str, Any]:
    """The CRD of a kind of `example.com/v1` whose objects have the schema; `version` adds to what is said of v1."""
    plural = f"{kind.lower()}s"
    versions = [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, **version}]
    names = {"kind": kind, "plural": plural, "singular": kind.lower()}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": names, "versions": versions},
    }


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all that is within the data, the whole not included."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*path, key)
        yield from places(value, (*path, key))


def spoilt(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The data with another value at the path."""
    if not path:
        return value
    copy = data.copy()
    copy[path[0]] = spoilt(data[path[0]], path[1:], value)
    return copy


def problems_of(rule: Rule, obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """What the check of a rule says of an object, of its pod or of its containers."""
    if rule.target == "object":
        yield from rule.check(obj, cluster) if not rule.kinds or obj.group_kind in rule.kinds else ()
    elif obj.pod is not None:
        for target in (obj.pod,) if rule.target == "pod" else obj.pod.containers:
            yield from rule.check(target, cluster)


def place(file: str = "apps/web/deploy.yaml", line: int = 31, column: int = 18, width: int = 7) -> Location:
    return Location(file, line, column, line, column + width)


def finding(**changes: Any) -> Finding:
    """A finding with a place in a line, each part of which can be given."""
    fields: dict[str, Any] = {
        "rule": "missing-configmap-key",
        "severity": Severity.ERROR,
        "message": 'ConfigMap "web-config" has no key "LOG_LVL"',
        "effect": "The container stays in CreateContainerConfigError.",
        "fix": "Name a key of the ConfigMap.",
        "object": ObjectName("apps/v1", "Deployment", "prod", "web"),
        "field_path": "spec.template.spec.containers[0].env[0]",
        "location": place(),
        "line": SourceLine(31, "            key: LOG_LVL"),
    }
    return Finding(**fields | changes)


def related(**changes: Any) -> RelatedLocation:
    """A place that has to do with a finding, each part of which can be given."""
    fields: dict[str, Any] = {
        "message": "a similar key is defined here",
        "location": place("apps/web/config.yaml", 7, 3, 9),
        "line": SourceLine(7, "  LOG_LEVEL: info"),
    }
    return RelatedLocation(**fields | changes)


def report(*findings: Finding, **changes: Any) -> Report:
    """A report of the findings; parts of the report and of its summary can be given."""
    counted: dict[str, Any] = {"files": 2, "objects": 3, "skipped": (), "not_judged": 0, "ignored": 0}
    counted |= {name: changes.pop(name) for name in Summary._fields if name in changes}
    ignored = changes.pop("ignored_findings", ())
    whole: dict[str, Any] = {"kubernetes_version": "1.36", "assumptions": (), **changes}
    return Report(**whole, findings=findings, summary=Summary(**counted), ignored=ignored)
