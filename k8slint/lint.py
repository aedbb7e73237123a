"""The pipeline: what was asked, to a report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.description import described_by, described_nodes
from k8slint.config import Config, Override
from k8slint.engine.judge import Judged, World, judge
from k8slint.engine.rule import load_rules
from k8slint.engine.selection import Selection, default_selection
from k8slint.finding import Finding, Report, RuleText, Skipped, Summary
from k8slint.loading.batch import load_file, load_files
from k8slint.loading.discovery import Found, discover, repository_root
from k8slint.loading.kustomize import PATCH, named_files
from k8slint.loading.read import Loaded, load
from k8slint.objects.object import Object
from k8slint.objects.read import Reading, read_source
from k8slint.parallel import chunked, map_in_order
from k8slint.schema.schemas import BUNDLED, NEWEST, assumptions, schemas_for, unknown_kinds
from k8slint.usage import UsageError, reason
from k8slint.values.version import KubernetesVersion

STDIN = "-"
# For fewer bytes another process costs more than it saves; and the more there are, the longer it takes to start them.
_WORTH_FORKING = 400_000
_MOST_WORKERS = 8


class Request(NamedTuple):
    """What to check, and against what. `stdin` is what a path `-` stands for; `workers` 0 means as many as pay."""

    paths: Sequence[str]
    config: Config = Config()
    context: Sequence[str] = ()
    stdin: bytes = b""
    stdin_name: str = "<stdin>"
    kubernetes_version: str = ""
    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    profile: str = ""
    cluster: str = ""
    nodes: str = ""
    workers: int = 0


class Material(NamedTuple):
    """What the sources of a request hold. `failures` says of each file that could not be read why."""

    version: KubernetesVersion
    cluster: Cluster
    crds: tuple[Object, ...]
    loaded: tuple[Loaded, ...]
    amendments: tuple[str, ...]
    readings: tuple[Reading, ...]
    skipped: tuple[Skipped, ...]
    failures: tuple[str, ...]
    workers: int


def lint(request: Request) -> Report:
    """Everything that is wrong with the manifests of a request.

    Raises:
        UsageError: for what cannot be done as asked.
    """
    selection_for = _selections(request)
    material = collect(request)
    cluster, loaded, readings = material.cluster, material.loaded, material.readings
    defined = (obj for obj in cluster.objects if obj.kind == "CustomResourceDefinition")
    schemas = schemas_for(material.version, (*defined, *material.crds))
    world = World(cluster, schemas, _is_whole(request), _unread(loaded), material.amendments)
    simulated = _simulated(cluster, readings, selection_for)
    judged = _judge(readings, world, selection_for, material.workers)

    own = [(reading, part) for reading, part in zip(readings, judged, strict=True) if not reading.source.is_context]
    summary = Summary(
        files=len(own),
        objects=sum(len(reading.objects) for reading, _ in own),
        skipped=material.skipped,
        not_judged=sum(part.not_judged for _, part in own),
        ignored=sum(len(part.ignored) for _, part in own),
        without_schema=unknown_kinds(schemas, (obj for reading, _ in own for obj in reading.objects)),
    )
    findings = _reported(judged, {reading.source.name for reading, _ in own})
    ignored = tuple(each for _, part in own for each in part.ignored)
    return Report(
        kubernetes_version=str(material.version),
        findings=tuple(findings),
        summary=summary,
        assumptions=(*_assumed(cluster.description), *assumptions(schemas, cluster.objects), *simulated),
        rules=_rule_texts({finding.rule for finding in (*findings, *(each.finding for each in ignored))}),
        ignored=ignored,
        failures=material.failures,
        root=repository_root(os.getcwd()),
    )


def collect(request: Request) -> Material:
    """The sources of a request, read, and their objects together with the described cluster.

    Raises:
        UsageError: for what cannot be done as asked.
    """
    version = _version(request.kubernetes_version or request.config.kubernetes_version)
    description = _description(request)
    found = discover([path for path in request.paths if path != STDIN], request.context, request.config.is_excluded)
    workers = _workers(request, found.files)
    loaded, failures = _load(request, found.files, workers)
    named = named_files(document for each in loaded for document in each.documents)
    roles = [named.get(os.path.abspath(each.source.name), "") if named else "" for each in loaded]
    readings, skipped = _sort_out(loaded, roles)
    crds, crd_failures = _crds(request.config)
    return Material(
        version=version,
        cluster=Cluster(
            tuple(obj for reading in readings for obj in reading.objects),
            description,
            request.config.externals,
            version,
        ),
        crds=tuple(crds),
        loaded=tuple(loaded),
        amendments=_amendments(loaded, roles),
        readings=tuple(readings),
        skipped=tuple(skipped),
        failures=(*found.failures, *failures, *crd_failures),
        workers=workers,
    )


def _rule_texts(ids: Iterable[str]) -> dict[str, RuleText]:
    rules = load_rules()
    return {rule_id: rules[rule_id].text for rule_id in sorted(ids)}


def _version(text: str) -> KubernetesVersion:
    try:
        version = KubernetesVersion.parse(text) if text else NEWEST
    except ValueError as error:
        raise UsageError(str(error)) from None
    if version not in BUNDLED:
        raise UsageError(f"Kubernetes {version} is not known; expected {BUNDLED[0]} to {BUNDLED[-1]}")
    return version


def _selections(request: Request) -> Callable[[str], Selection]:
    """The rules that are on, by file: flags over settings, overrides over both."""
    config = request.config
    base = default_selection(load_rules(), request.profile or config.profile)
    chosen = request.select or config.select
    if chosen:
        base = Selection(base.rules, {}).changed(select=chosen)
    base = base.changed(ignore=(*config.ignore, *request.ignore), severity=config.severity)

    @cache
    def with_overrides(overrides: tuple[Override, ...]) -> Selection:
        selection = base
        for override in overrides:
            selection = selection.changed(override.select, (*override.ignore, *request.ignore), override.severity)
        return selection

    with_overrides(tuple(config.overrides))  # a rule that does not exist is said before any file is read
    return lambda file: with_overrides(config.overrides_for(file))


def _description(request: Request) -> tuple[Object, ...] | None:
    if request.cluster and request.nodes:
        raise UsageError("--cluster and --nodes both describe the cluster; give one")
    if request.nodes:
        return described_nodes(request.nodes)
    file = request.cluster
    if not file and request.config.cluster:
        file = os.path.relpath(os.path.join(request.config.folder, request.config.cluster))
    if not file:
        return None
    return described_by(load_file(file).documents, file)


def _workers(request: Request, files: Sequence[Found]) -> int:
    size = sum(file.size for file in files)
    if size < _WORTH_FORKING:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return request.workers or min(cores, _MOST_WORKERS, 1 + size // _WORTH_FORKING)


def _load(request: Request, files: Sequence[Found], workers: int) -> tuple[list[Loaded], list[str]]:
    loaded, failures = _read(files, workers)
    if STDIN in request.paths:
        loaded.insert(0, load(request.stdin_name, request.stdin))
    return loaded, failures


def _read(files: Sequence[Found], workers: int) -> tuple[list[Loaded], list[str]]:
    """The files that can be read, and a sentence for each that cannot."""
    loaded: list[Loaded] = []
    failures: list[str] = []
    for file, result in zip(files, load_files(files, workers), strict=True):
        if isinstance(result, OSError):
            failures.append(f"{file.name}: {reason(result)}")
        else:
            loaded.append(result)
    return loaded, failures


def _sort_out(loaded: Iterable[Loaded], roles: Iterable[str]) -> tuple[list[Reading], list[Skipped]]:
    """What is a manifest, and what is skipped and why; `roles` are what kustomizations name the files for."""
    readings: list[Reading] = []
    skipped: list[Skipped] = []
    for each, role in zip(loaded, roles, strict=True):
        source = each.source
        skip = each.skipped or role
        reading = read_source(source, () if skip else each.documents)
        readings.append(reading)
        if source.is_context:
            continue
        if skip:
            skipped.append(Skipped(source.name, 1, skip))
        for other in reading.others:
            if other.reason:
                span = other.document.span(other.path)
                skipped.append(Skipped(source.name, source.place(span[0])[0], other.reason))
    return readings, skipped


def _unread(loaded: Iterable[Loaded]) -> tuple[str, ...]:
    """Texts in which what seems to be missing may be defined after all."""
    return tuple(
        each.source.text for each in loaded if each.skipped or any(document.failed for document in each.documents)
    )


def _amendments(loaded: Iterable[Loaded], roles: Iterable[str]) -> tuple[str, ...]:
    """The texts of what changes objects before the API server judges them: kustomize's patches, mutating webhooks."""
    return tuple(
        each.source.text
        for each, role in zip(loaded, roles, strict=True)
        if role == PATCH or "kind: MutatingWebhookConfiguration" in each.source.text
    )


def _crds(config: Config) -> tuple[list[Object], list[str]]:
    """The definitions that the settings name, and what of them could not be read."""
    found = discover([os.path.join(config.folder, path) for path in config.crds], (), lambda _path: False)
    loaded, failures = _read(found.files, 1)
    objects = (obj for each in loaded for obj in read_source(each.source, each.documents).objects)
    crds = [obj for obj in objects if obj.kind == "CustomResourceDefinition"]
    return crds, [*found.failures, *failures]


def _is_whole(request: Request) -> bool:
    """Whether the files are meant to be all there is, so that what they lack is missing."""
    return bool(request.context) or any(path == STDIN or os.path.isdir(path) for path in request.paths)


def _simulated(
    cluster: Cluster, readings: Iterable[Reading], selection_for: Callable[[str], Selection]
) -> tuple[str, ...]:
    """What a dry run takes for granted, where a rule asks for one: it is made here, so that no worker makes its own.

    Raises:
        UsageError: for a cluster description that cannot be read.
    """
    if cluster.nodes is None:
        return ()
    selections = {id(each): each for each in (selection_for(reading.source.name) for reading in readings)}
    if not any(each.rules[rule].category == "scheduling" for each in selections.values() for rule in each.severities):
        return ()
    from k8slint.checks.pending.cases import outcome  # noqa: PLC0415 - most runs describe no cluster, and do without
    from k8slint.checks.pending.problems import problems  # noqa: PLC0415
    from k8slint.scheduling import ShapeError  # noqa: PLC0415

    try:
        run = cluster.once(outcome)
    except ShapeError as error:
        raise UsageError(f"the cluster description: {error}") from None
    cluster.once(problems)
    return run.assumptions


def _judge(
    readings: Sequence[Reading], world: World, selection_for: Callable[[str], Selection], workers: int
) -> list[Judged]:
    def judge_chunk(chunk: Sequence[Reading]) -> list[Judged]:
        return [judge(reading, world, selection_for(reading.source.name)) for reading in chunk]

    if workers < 2:
        return judge_chunk(readings)
    chunks = chunked(readings, [1 + len(reading.objects) for reading in readings], workers)
    return [judged for part in map_in_order(judge_chunk, chunks, workers=workers) for judged in part]


def _reported(judged: Iterable[Judged], files: set[str]) -> list[Finding]:
    """The findings that lie in the files, or that one of the files explains; each once, in order of place."""
    # A set would lose the order of those that differ in nothing below.
    findings = dict.fromkeys(
        finding
        for part in judged
        for finding in part.findings
        if finding.location.file in files or any(other.location.file in files for other in finding.related)
    )
    return sorted(findings, key=lambda finding: (finding.location, finding.rule, finding.message, finding.field_path))


def _assumed(description: tuple[Object, ...] | None) -> tuple[str, ...]:
    if description is None:
        return ("no cluster is described: several nodes of unknown number and size are assumed",)
    return ()
