"""The pipeline, from a request to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from k8slint.apiserver.schemas import Schemas, schemas_for
from k8slint.engine.findings import Judged, judge
from k8slint.engine.rule import load_rules
from k8slint.engine.selection import Selection, selection_by_file
from k8slint.engine.stages import Said, World, dry_run_once
from k8slint.engine.summary import assumed, cut, summary_of
from k8slint.finding import Finding, Report
from k8slint.loading.kustomize import is_kustomization
from k8slint.objects.from_documents import Reading
from k8slint.parallel import Tell, begins, chunked, map_in_order
from k8slint.project import Material, Project, Request, collect
from k8slint.worlds import worlds


def lint(request: Request, project: Project | None = None) -> Report:
    """The report on the manifests of a request.

    With the `project` of an earlier call, only the files that have changed since are read.

    Raises:
        UsageError: for what cannot be done as asked.
    """
    rules = load_rules()
    selection_for = selection_by_file(
        rules, request.config, profile=request.profile, select=request.select, ignore=request.ignore
    )
    material = collect(request, project)
    cluster, readings = material.cluster, material.readings
    defined = (obj for obj in cluster.objects if obj.kind == "CustomResourceDefinition")
    schemas = schemas_for(material.version, defined, material.crds)
    world_for, divided = worlds(material, schemas, request.config.bundle_of)
    simulated = dry_run_once(cluster, (selection_for(reading.source.name) for reading in readings))
    judged = _judge(material, world_for, selection_for, _rendered(material, schemas, selection_for), request.tell)

    own = [(reading, part) for reading, part in zip(readings, judged, strict=True) if not reading.source.is_context]
    findings = _reported(readings, judged)
    ignored = tuple(each for _, part in own for each in part.ignored)
    said = {finding.rule for finding in (*findings, *(each.finding for each in ignored))}
    return Report(
        kubernetes_version=str(material.version),
        findings=tuple(findings),
        summary=summary_of(material.loaded, own, material.skipped, material.passed_over, schemas),
        assumptions=(*assumed(own, schemas), *divided, *simulated),
        rules={rule: rules[rule].text for rule in sorted(said)},
        ignored=ignored,
        failures=tuple(dict.fromkeys(material.failures)),
        notes=(*material.notes, *cut(own)),
        root=material.root,
    )


def _rendered(
    material: Material, schemas: Schemas, selection_for: Callable[[str], Selection]
) -> Mapping[str, Sequence[Said]]:
    """What kustomize would say of the kustomizations, by source: found before any worker would build its own."""
    named = (reading.source.name for reading in material.readings if is_kustomization(reading.source.name))
    if not any(_asks_kustomize(selection_for(name)) for name in named):
        return {}
    from k8slint.engine.rendered import said_of_kustomizations  # noqa: PLC0415 - most runs have no kustomizations

    return said_of_kustomizations(material.loaded, material.readings, material.patches, schemas)


def _asks_kustomize(selection: Selection) -> bool:
    return bool(selection.aimed_at("rendering")) or selection.has("unknown-field")


def _judge(
    material: Material,
    world_for: Callable[[str], World],
    selection_for: Callable[[str], Selection],
    rendered: Mapping[str, Sequence[Said]],
    tell: Tell,
) -> list[Judged]:
    def judge_chunk(chunk: Sequence[Reading]) -> list[Judged]:
        names = [reading.source.name for reading in chunk]
        return [
            judge(reading, world_for(name), selection_for(name), rendered.get(name, ()))
            for reading, name in zip(chunk, names, strict=True)
        ]

    readings, workers = material.readings, material.workers
    chunks = chunked(readings, [1 + len(reading.objects) for reading in readings], workers)
    judged = map_in_order(judge_chunk, chunks, workers=workers, begin=begins("judged", chunks, tell))
    return [each for part in judged for each in part]


def _reported(readings: Sequence[Reading], judged: Iterable[Judged]) -> list[Finding]:
    """The findings in the files, and those in the context with a related place in a file; each once, by place."""
    own = {reading.source.name for reading in readings if not reading.source.is_context}
    # A set would lose the order of findings with the same sort key.
    findings = dict.fromkeys(
        finding
        for reading, part in zip(readings, judged, strict=True)
        for finding in part.findings
        if not reading.source.is_context
        or not own.isdisjoint((finding.location.file, *(other.location.file for other in finding.related)))
    )
    return sorted(findings, key=lambda finding: (finding.location, finding.rule, finding.message, finding.field_path))
