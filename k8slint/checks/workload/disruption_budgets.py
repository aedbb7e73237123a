"""PodDisruptionBudgets that never let a Pod go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.pod_selectors import Selection, may_select_others
from k8slint.cluster.replicas import Copies, copies_of
from k8slint.objects.fields import integer
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.int_or_percent import scaled
from k8slint.values.labels import LabelSelector
from k8slint.values.placeholder import has_placeholder

_FIELDS: Final = ("maxUnavailable", "minAvailable")


def pdb_allows_no_disruption(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A budget that no eviction can keep to.

    Mirrors: pkg/controller/disruption/disruption.go getExpectedPodCount, updatePdbStatus @ v1.36
    """
    written = [(field, obj.spec[field]) for field in _FIELDS if obj.spec.get(field) is not None]
    selector = _selector(obj)
    if len(written) != 1 or selector is None:
        return
    ((field, limit),) = written
    if evidence_of(cluster).is_patched(field):
        return
    pods = cluster.pods_selected(selector, obj.namespace)
    groups = _groups(pods, obj, cluster)
    if groups and not any(group.copies.most for group in groups):
        return  # no pod is to run
    if _is_never_met(field, limit):
        message = f"{field}: {limit} lets no Pod go: no eviction is ever allowed"
        yield Problem(("spec", field), message, rests_on=Absence(mended_by=field))
    elif groups and not _may_select_more(obj, selector, cluster):
        yield from _of_groups(field, limit, groups)


def _is_never_met(field: str, limit: Any) -> bool:
    """Whether all pods must stay, however many there are."""
    if field == "maxUnavailable":
        return scaled(limit, _WHOLE, round_up=True) == 0
    return isinstance(limit, str) and scaled(limit, _WHOLE, round_up=True) == _WHOLE


_WHOLE: Final = 100


def _selector(budget: Object) -> LabelSelector | None:
    """The selector, or None if it selects nothing or waits for a template; an empty one selects all of a namespace."""
    written = budget.spec.get("selector")
    if not isinstance(written, dict):
        return None
    selector = LabelSelector.of(written)
    texts = (text for one in selector.requirements for text in (one.key, *one.values))
    return None if any(map(has_placeholder, texts)) else selector


def _stay(field: str, limit: Any, total: int) -> int | None:
    """How many of so many pods must stay; None if the limit cannot be read. Both limits are rounded up."""
    number = scaled(limit, total, round_up=True)
    if number is None:
        return None
    return number if field == "minAvailable" else max(total - number, 0)


class _Group(NamedTuple):
    """A workload whose pods a budget counts, and their number."""

    obj: Object
    copies: Copies


def _groups(pods: tuple[Pod, ...], budget: Object, cluster: Cluster) -> list[_Group]:
    """The workloads of the pods; empty unless the number of pods of each is known."""
    found: dict[tuple[str, str], _Group] = {}
    for pod in pods:
        copies = copies_of(pod.obj, cluster) if pod.namespace == budget.namespace else None
        if copies is None or not pod.obj.name:
            return []
        found[pod.obj.group_kind, pod.obj.name] = _Group(pod.obj, copies)
    return list(found.values())


def _may_select_more(budget: Object, selector: LabelSelector, cluster: Cluster) -> bool:
    """Whether pods that the files do not hold may count too."""
    plain = tuple(one for one in selector.requirements if one.operator == "In" and len(one.values) == 1)
    return not plain or may_select_others(Selection(budget, LabelSelector(plain), budget.namespace), cluster)


def _of_groups(field: str, limit: Any, groups: list[_Group]) -> Iterator[Problem]:
    # An autoscaler's lower bound, and of several descriptions the one with most pods, as no other is surely applied.
    counts = [each.copies.least if each.copies.scaler else each.copies.most for each in groups]
    total = sum(counts)
    stay = _stay(field, limit, total)
    # The API server refuses more than all of a percentage.
    if not total or stay is None or stay < total or (stay > total and integer(limit) is None):
        return
    whose, has = (str(groups[0].obj), "has") if len(groups) == 1 else (f"{len(groups)} workloads", "have")
    said = (
        f"{stay} of {total} pods of {whose} must stay"
        if stay == total
        else f"{stay} pods must stay, and {whose} {has} {total}"
    )
    if integer(limit) is None:
        said += f" ({limit} is rounded up)"
    scaler = next((each.copies.scaler for each in groups if each.copies.scaler is not None), None)
    said += f": no eviction is allowed at the minimum of {scaler.obj}" if scaler else ": no eviction is ever allowed"
    related = tuple(
        Related(each.obj, ("spec", "replicas"), f"{each.obj} has {count}")
        for each, count in zip(groups, counts, strict=True)
    )
    yield Problem(("spec", field), said, related, rests_on=Absence(mended_by="replicas"))


def pdb_unhealthy_eviction(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A budget that protects Pods which never become ready."""
    if obj.spec.get("unhealthyPodEvictionPolicy") is None and any(obj.spec.get(field) is not None for field in _FIELDS):
        message = "without unhealthyPodEvictionPolicy, Pods that are not ready may keep a node from draining"
        yield Problem(("spec",), message)
