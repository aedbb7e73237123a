"""What a run looked at, and what it left aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from k8slint.apiserver.schemas import RULES, Schemas, assumptions, coverage, is_setting
from k8slint.cluster.kustomizations import unbuilt
from k8slint.cluster.node_selectors import MISSED
from k8slint.engine.findings import MOST_FINDINGS, Judged
from k8slint.finding import Skipped, Summary
from k8slint.loading.charts import unrendered
from k8slint.loading.discovery import PACKAGES, Found
from k8slint.loading.load import TEMPLATE, Loaded
from k8slint.objects.from_documents import Reading
from k8slint.simulation.assumptions import Assumptions


def summary_of(
    loaded: Iterable[Loaded],
    own: Sequence[tuple[Reading, Judged]],
    skipped: tuple[Skipped, ...],
    passed_over: Iterable[Found],
    schemas: Schemas,
) -> Summary:
    """The summary of a run; `own` are the sources that are reported on, each with its findings.

    `skipped` are no manifests by their content, `passed_over` were not opened.
    """
    unopened = tuple(Skipped(each.name, 1, each.skipped) for each in passed_over if not each.is_context)
    minor = schemas.version.minor
    judged = [len(reading.objects) - sum(is_setting(obj.gvk, minor) for obj in reading.objects) for reading, _ in own]
    objects = [obj for reading, _ in own for obj in reading.objects]
    reach = coverage(schemas, objects, _unjudged(own))
    read = [each for each in loaded if not each.source.is_context]
    return Summary(
        files=sum(count > 0 for count in judged),
        objects=sum(judged),
        skipped=(*skipped, *unopened),
        not_judged=sum(part.not_judged for _, part in own),
        ignored=sum(len(part.ignored) for _, part in own),
        without_schema=reach.without_schema,
        charts=unrendered(read),
        in_part=reach.in_part,
        settings=reach.settings,
        kustomizations=tuple(dict.fromkeys(unbuilt(objects))),
        unread=sum(each.reason != PACKAGES for each in unopened)
        + sum(each.skipped == TEMPLATE for each in read)
        + sum(any(document.failed for document in reading.documents) for reading, _ in own),
    )


def assumed(own: Sequence[tuple[Reading, Judged]], schemas: Schemas) -> tuple[str, ...]:
    """The assumptions that a finding in the sources, or the lack of one, rests on."""
    taken = Assumptions()
    if any(MISSED in part.missed for _, part in own):
        taken.take("no cluster is described, so several nodes are assumed")
    for sentence, kind in assumptions(schemas, (obj for reading, _ in own for obj in reading.objects)):
        taken.take(sentence, kind)
    for kind, rules in sorted(_unjudged(own).items()):
        taken.take(f"{len(rules)} of the {RULES} {'is' if len(rules) == 1 else 'are'} not evaluated", kind)
    return taken.texts()


def _unjudged(own: Iterable[tuple[Reading, Judged]]) -> Mapping[str, set[str]]:
    """The rules of custom kinds of which it is not known whether all objects keep them."""
    found: dict[str, set[str]] = {}
    for _, part in own:
        for kind, rules in part.unjudged.items():
            found.setdefault(kind, set()).update(rules)
    return found


def cut(own: Iterable[tuple[Reading, Judged]]) -> Iterator[str]:
    """A sentence for each rule that finds more in a source than is listed."""
    for reading, part in own:
        for rule, count in part.cut.items():
            yield f"{reading.source.name}: {MOST_FINDINGS:,} of {count:,} findings of {rule} are listed"
