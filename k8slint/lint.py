"""The pipeline: what was asked, to a report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from k8slint.apiserver.schemas import Schemas, assumptions, schemas_for
from k8slint.cluster.alternatives import divide
from k8slint.cluster.bundles import Bundles, Place, judged_alone, parting, with_slashes
from k8slint.cluster.node_selectors import MISSED
from k8slint.cluster.unread import Unread, unread_texts
from k8slint.config import Override
from k8slint.engine.findings import MOST_FINDINGS, Judged, judge
from k8slint.engine.rule import load_rules
from k8slint.engine.selection import Selection, default_selection, named
from k8slint.engine.stages import World, dry_run_once
from k8slint.engine.summary import summary_of
from k8slint.finding import Finding, Report, RuleText
from k8slint.objects.from_documents import Reading
from k8slint.parallel import Tell, begins, chunked, map_in_order
from k8slint.project import Material, Request, collect
from k8slint.simulation.assumptions import Assumptions
from k8slint.usage import blamed_on


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
    simulated = dry_run_once(cluster, (selection_for(reading.source.name) for reading in readings))
    judged = _judge(readings, world_for, selection_for, material.workers, request.tell)

    own = [(reading, part) for reading, part in zip(readings, judged, strict=True) if not reading.source.is_context]
    summary = summary_of(material.loaded, own, material.skipped, material.passed_over, schemas)
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
        root=material.root,
    )


def _rule_texts(ids: Iterable[str]) -> dict[str, RuleText]:
    rules = load_rules()
    return {rule_id: rules[rule_id].text for rule_id in sorted(ids)}


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


def _worlds(material: Material, schemas: Schemas, request: Request) -> tuple[Callable[[str], World], tuple[str, ...]]:
    """What each file is judged against, by its name: all but what stands in an alternative; and what that assumes."""
    names = [each.source.name for each in material.loaded]
    # Named from different folders, those of one do not look like it.
    is_mixed = any(os.path.isabs(name) or name.startswith("..") for name in names)
    path_of = os.path.abspath if is_mixed else with_slashes
    division = divide(material.cluster, request.config.bundle_of, path_of)
    bundles = Bundles(material.cluster, division)
    alone = judged_alone(map(division.place_of, names), len(material.cluster.objects))
    unreadable = unread_texts(material.loaded, material.readings)

    @cache
    def world_at(place: Place) -> World:
        def is_there(file: str) -> bool:
            return parting(place, division.place_of(file)) is None

        there = tuple(each for each in unreadable if is_there(each.file))
        amendments = tuple(each.text for each in material.amendments if is_there(each.name))
        return World(bundles.at(place), schemas, Unread(material.is_whole, there, amendments))

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
