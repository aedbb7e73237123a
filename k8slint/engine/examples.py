"""Rule files as their own tests: each example must find what its marks say, and nothing else."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from k8slint.apiserver.schemas import schemas_for
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.unread import Unread
from k8slint.engine.findings import judge
from k8slint.engine.rendered import said_of_kustomizations
from k8slint.engine.rule import Rule, load_rules
from k8slint.engine.selection import Selection
from k8slint.engine.stages import World
from k8slint.finding import Finding
from k8slint.loading.composer import compose
from k8slint.loading.document import Source
from k8slint.loading.load import load
from k8slint.objects.from_documents import read_source
from k8slint.values.version import KubernetesVersion

_MARK = re.compile(r"# <- (.+)$")
_FILE = re.compile(r"^# file: ([\w./-]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A difference between the marks of an example and its findings; `line` counts within the example, from 1."""

    rule: str
    example: str
    line: int
    text: str


def run_examples(rule: Rule, version: KubernetesVersion) -> Iterator[Mismatch]:
    """Every mismatch in the examples of a rule; only findings of that rule count."""
    for kind, examples in (("bad", rule.page.bad), ("good", rule.page.good)):
        for number, example in enumerate(examples, 1):
            name = f"{kind} example {number}"
            findings = list(_findings(rule, example, version))
            if kind == "good":
                marks: list[tuple[int, str]] = []
            else:
                marks = list(_marks(example))
                if not marks:
                    yield Mismatch(rule.id, name, 1, "a bad example needs a mark: # <- part of the message")
            for line, text in _unequal(findings, marks):
                yield Mismatch(rule.id, name, line, text)


def _marks(example: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(example.splitlines(), 1):
        match = _MARK.search(line)
        if match:
            yield number, match[1].strip()


def _unequal(findings: Iterable[Finding], marks: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    unmet = list(marks)
    for finding in findings:
        line = finding.location.line
        met = next((mark for mark in unmet if mark[0] == line and mark[1] in finding.message), None)
        if met is None:
            yield line, f"found, but not marked: {finding.message}"
        else:
            unmet.remove(met)
    for line, text in unmet:
        yield line, f"marked, but not found: {text}"


def _findings(rule: Rule, example: str, version: KubernetesVersion) -> Iterator[Finding]:
    if rule.target == "rendering":
        yield from _of_folder(rule, example, version)
        return
    source = Source("example/example.yaml", example)
    reading = read_source(source, compose(source))
    nodes = tuple(obj for obj in reading.objects if obj.group_kind == "Node")
    others = tuple(obj for obj in reading.objects if obj.group_kind != "Node")
    cluster = Cluster(others, description=nodes or None, version=version)
    crds = (obj for obj in reading.objects if obj.kind == "CustomResourceDefinition")
    world = World(cluster, schemas_for(version, crds), Unread(is_whole=True))
    # A rule about ignores finds something only if the rules that the ignores name run too.
    rules = load_rules() if rule.target == "ignores" else {rule.id: rule}
    selection = Selection(rules, {each.id: each.severity for each in rules.values()})
    for finding in judge(reading, world, selection).findings:
        if finding.rule == rule.id:
            yield finding


def _of_folder(rule: Rule, example: str, version: KubernetesVersion) -> Iterator[Finding]:
    """The findings in an example of several files, each below a line `# file: NAME`."""
    with tempfile.TemporaryDirectory() as folder:
        loaded = [load(name, text.encode()) for name, text in _written(example, folder)]
        readings = [read_source(each.source, each.documents) for each in loaded]
        schemas = schemas_for(version, ())
        said = said_of_kustomizations(loaded, readings, (), schemas)
        cluster = Cluster(tuple(obj for reading in readings for obj in reading.objects), version=version)
        world = World(cluster, schemas, Unread(is_whole=True))
        selection = Selection({rule.id: rule}, {rule.id: rule.severity})
        for reading in readings:
            yield from judge(reading, world, selection, said.get(reading.source.name, ())).findings


def _written(example: str, folder: str) -> Iterator[tuple[str, str]]:
    """Write the files of an example into a folder; each begins at the line that it has in the example."""
    heads = [*_FILE.finditer(example)]
    ends = [*(head.start() for head in heads[1:]), len(example)]
    files: list[tuple[str, str]] = []
    for head, end in zip(heads, ends, strict=True):
        path = Path(folder, head[1])
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "\n" * example.count("\n", 0, head.start()) + example[head.start() : end]
        path.write_text(text, encoding="utf-8")
        files.append((str(path), text))
    yield from files
