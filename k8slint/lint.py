"""The pipeline: what was asked, to a report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from k8slint.cluster.alternatives import divide
from k8slint.cluster.bundles import Bundles, Place, judged_alone, parting, with_slashes
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.description import described_by, described_nodes
from k8slint.cluster.nodes import MISSED
from k8slint.cluster.unread import unread
from k8slint.config import Config, Override
from k8slint.engine.judge import MOST_FINDINGS, Judged, World, judge
from k8slint.engine.rule import load_rules
from k8slint.engine.selection import Selection, default_selection, named
from k8slint.engine.summary import summary_of
from k8slint.finding import Failure, Finding, Report, RuleText, Skipped
from k8slint.loading.batch import load_file, load_files
from k8slint.loading.discovery import Found, discover, repository_root
from k8slint.loading.document import Source
from k8slint.loading.expectations import Expectations
from k8slint.loading.kustomize import PATCH, named_files
from k8slint.loading.read import Loaded, load
from k8slint.objects.object import Object
from k8slint.objects.read import Reading, read_source
from k8slint.parallel import Tell, begins, chunked, map_in_order, silent
from k8slint.schema.schemas import BUNDLED, NEWEST, Schemas, assumptions, schemas_for
from k8slint.simulation.assumptions import Assumptions
from k8slint.usage import UsageError, blamed_on, reason
from k8slint.values.version import KubernetesVersion

STDIN = "-"
# For fewer bytes another process costs more than it saves; and the more there are, the longer it takes to start them.
_WORTH_FORKING = 400_000
_MOST_WORKERS = 8


class Request(NamedTuple):
    """What to check, and against what.

    `stdin` is what a path `-` stands for; `workers` 0 means as many as pay.

    `tell` is told now and then how far the work has come: what was done, to how many files, of how many.
    """

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
    tell: Tell = silent


class Material(NamedTuple):
    """What the sources of a request hold.

    `failures` says of each file that could not be read why, `notes` what is odd but no hindrance.
    """

    version: KubernetesVersion
    cluster: Cluster
    crds: tuple[Object, ...]
    loaded: tuple[Loaded, ...]
    amendments: tuple[Source, ...]
    readings: tuple[Reading, ...]
    skipped: tuple[Skipped, ...]
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]
    workers: int


def lint(request: Request) -> Report:
    """Everything that is wrong with the manifests of a request.

    Raises:
        UsageError: for what cannot be done as asked.
    """
    selection_for = _selections(request)
    material = collect(request)
    cluster, readings = material.cluster, material.readings
    defined = (obj for obj in cluster.objects if obj.kind == "CustomResourceDefinition")
    schemas = schemas_for(material.version, defined, material.crds)
    world_for, divided = _worlds(material, schemas, request)
    simulated = _simulated(cluster, readings, selection_for)
    judged = _judge(readings, world_for, selection_for, material.workers, request.tell)

    own = [(reading, part) for reading, part in zip(readings, judged, strict=True) if not reading.source.is_context]
    summary = summary_of(material.loaded, own, material.skipped, schemas)
    findings = _reported(judged, {reading.source.name for reading, _ in own})
    ignored = tuple(each for _, part in own for each in part.ignored)
    return Report(
        kubernetes_version=str(material.version),
        findings=tuple(findings),
        summary=summary,
        assumptions=(*_assumed(own, schemas), *divided, *simulated),
        rules=_rule_texts({finding.rule for finding in (*findings, *(each.finding for each in ignored))}),
        ignored=ignored,
        failures=tuple(dict.fromkeys(material.failures)),
        notes=(*material.notes, *_cut(own)),
        root=_root(request.paths),
    )


def collect(request: Request) -> Material:
    """The sources of a request, read, and their objects together with the described cluster.

    Raises:
        UsageError: for what cannot be done as asked.
    """
    version = _version(request)
    description = _description(request)
    found = discover([path for path in request.paths if path != STDIN], request.context, request.config.is_excluded)
    workers = _workers(request, found.files)
    loaded, failures = _load(request, found.files, workers)
    named = named_files(document for each in loaded for document in each.documents)
    expected = Expectations(document for each in loaded for document in each.documents)
    roles = [_role(each.source.name, named, expected) for each in loaded]
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
        notes=(*found.notes, *_idle(request, loaded, found.left_out)),
        workers=workers,
    )


def _idle(request: Request, loaded: Sequence[Loaded], left_out: Sequence[str]) -> Iterator[str]:
    """The settings that do nothing, if the files are all that they are for."""
    config = request.config
    if config.written is None or not (config.exclude or config.overrides or config.externals) or request.context:
        return
    folder = os.path.join(os.path.abspath(config.folder), "")
    if not any(path != STDIN and folder.startswith(os.path.join(os.path.abspath(path), "")) for path in request.paths):
        return
    from k8slint.engine.idle import idle_settings  # noqa: PLC0415 - only a project with such settings pays for it

    names, texts = [each.source.name for each in loaded], [each.source.text for each in loaded]
    yield from idle_settings(config, names, left_out, texts)


def _root(paths: Iterable[str]) -> str:
    """The root of the repository around the working directory, else of the one that all the paths lie in.

    Where there is none, it is the working directory.
    """
    here = repository_root(os.getcwd())
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in paths if path != STDIN]
    common = os.path.commonpath([os.path.abspath(folder) for folder in folders or ["."]])
    if _is_repository(here) and os.path.commonpath([here, common]) == here:
        return here
    there = repository_root(common)
    return there if _is_repository(there) else here


def _is_repository(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, ".git"))


def _rule_texts(ids: Iterable[str]) -> dict[str, RuleText]:
    rules = load_rules()
    return {rule_id: rules[rule_id].text for rule_id in sorted(ids)}


def _version(request: Request) -> KubernetesVersion:
    if request.kubernetes_version:
        return _bundled(request.kubernetes_version)
    with blamed_on(request.config.place("kubernetes-version")):
        return _bundled(request.config.kubernetes_version)


def _bundled(text: str) -> KubernetesVersion:
    try:
        version = KubernetesVersion.parse(text) if text else NEWEST
    except ValueError as error:
        raise UsageError(str(error)) from None
    if version not in BUNDLED:
        raise UsageError(f"Kubernetes {version} is not known; expected {BUNDLED[0]} to {BUNDLED[-1]}")
    return version


def _selections(request: Request) -> Callable[[str], Selection]:
    """The rules that are on, by file: flags over settings, overrides over both."""
    config, rules = request.config, load_rules()
    for path, word in config.rule_words:
        with blamed_on(config.place(*path)):
            named(rules, word)
    with blamed_on("" if request.profile else config.place("profile")):
        base = default_selection(rules, request.profile or config.profile)
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


def _load(request: Request, files: Sequence[Found], workers: int) -> tuple[list[Loaded], list[Failure]]:
    loaded, failures = _read(files, workers, request.tell)
    if STDIN in request.paths:
        loaded.insert(0, load(request.stdin_name, request.stdin))
    return loaded, failures


def _read(files: Sequence[Found], workers: int, tell: Tell = silent) -> tuple[list[Loaded], list[Failure]]:
    """The files that can be read, and a sentence for each that cannot."""
    loaded: list[Loaded] = []
    failures: list[Failure] = []
    for file, result in zip(files, load_files(files, workers, tell), strict=True):
        if isinstance(result, OSError):
            failures.append(Failure(file.name, f"{file.name}: {reason(result)}"))
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


def _role(file: str, named: Mapping[str, str], expected: Expectations) -> str:
    """What a file is for, where kustomizations and tests say that it is no manifest by itself."""
    return (named.get(os.path.abspath(file), "") if named else "") or expected.reason(file)


def _amendments(loaded: Iterable[Loaded], roles: Iterable[str]) -> tuple[Source, ...]:
    """The sources that change objects before the API server judges them: kustomize's patches, mutating webhooks."""
    return tuple(
        each.source
        for each, role in zip(loaded, roles, strict=True)
        if role == PATCH or "kind: MutatingWebhookConfiguration" in each.source.text
    )


def _crds(config: Config) -> tuple[list[Object], list[Failure]]:
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


def _worlds(material: Material, schemas: Schemas, request: Request) -> tuple[Callable[[str], World], tuple[str, ...]]:
    """What each file is judged against, by its name: all but what stands in an alternative; and what that assumes."""
    names = [each.source.name for each in material.loaded]
    # Named from different folders, those of one do not look like it.
    is_mixed = any(os.path.isabs(name) or name.startswith("..") for name in names)
    path_of = os.path.abspath if is_mixed else with_slashes
    division = divide(material.cluster, request.config.bundle_of, path_of)
    bundles = Bundles(material.cluster, division)
    alone = judged_alone(map(division.place_of, names), len(material.cluster.objects))
    unreadable, is_whole = unread(material.loaded, material.readings), _is_whole(request)

    @cache
    def world_at(place: Place) -> World:
        def is_there(file: str) -> bool:
            return parting(place, division.place_of(file)) is None

        there = tuple(each for each in unreadable if is_there(each.file))
        amendments = tuple(each.text for each in material.amendments if is_there(each.name))
        return World(bundles.at(place), schemas, is_whole, there, amendments)

    def world_for(file: str) -> World:
        place = division.place_of(file)
        world = world_at(place if place in alone else ())
        bundles = tuple(world_at(each) for each in division.places_taking(file) if each in alone)
        return world._replace(bundles=bundles) if bundles else world

    together = len({place for place in map(division.place_of, names) if place} - alone)
    assumed = f"{together} folders that are alternatives of others, as dev and prod, are judged together with them"
    return world_for, (assumed,) if together else ()


def _judge(
    readings: Sequence[Reading],
    world_for: Callable[[str], World],
    selection_for: Callable[[str], Selection],
    workers: int,
    tell: Tell,
) -> list[Judged]:
    def judge_chunk(chunk: Sequence[Reading]) -> list[Judged]:
        return [judge(reading, world_for(reading.source.name), selection_for(reading.source.name)) for reading in chunk]

    chunks = chunked(readings, [1 + len(reading.objects) for reading in readings], workers)
    judged = map_in_order(judge_chunk, chunks, workers=workers, begin=begins("judged", chunks, tell))
    return [each for part in judged for each in part]


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


def _cut(own: Iterable[tuple[Reading, Judged]]) -> Iterator[str]:
    """Which rules find more in a source than is listed."""
    for reading, part in own:
        for rule, count in part.cut.items():
            yield f"{reading.source.name}: {MOST_FINDINGS:,} of {count:,} findings of {rule} are listed"


def _assumed(own: Sequence[tuple[Reading, Judged]], schemas: Schemas) -> tuple[str, ...]:
    """What was taken for granted of the sources, where some finding or some silence rests on it."""
    assumed = Assumptions()
    if any(MISSED in part.missed for _, part in own):
        assumed.take("no cluster is described, so several nodes are assumed")
    for sentence, kind in assumptions(schemas, (obj for reading, _ in own for obj in reading.objects)):
        assumed.take(sentence, kind)
    return assumed.texts()
