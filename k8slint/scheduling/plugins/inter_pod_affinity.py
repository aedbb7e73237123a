"""InterPodAffinity: pods that want, or do not want, to be near other pods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from k8slint.scheduling.framework import Prepared
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.pod_affinity import PodTerm
from k8slint.scheduling.profile import Profile
from k8slint.scheduling.result import Code, Status
from k8slint.scheduling.snapshot import Snapshot

NAME = "InterPodAffinity"
MAX_SCORE = 100.0
AFFINITY = "node(s) didn't match pod affinity rules"
ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules"
EXISTING_ANTI_AFFINITY = "node(s) didn't satisfy existing pods anti-affinity rules"
_AFFINITY = Status(NAME, Code.UNRESOLVABLE, (AFFINITY,))
_ANTI_AFFINITY = Status(NAME, Code.UNSCHEDULABLE, (ANTI_AFFINITY,))
_EXISTING = Status(NAME, Code.UNSCHEDULABLE, (EXISTING_ANTI_AFFINITY,))

# A label of nodes and its value, with how many pods count there.
_Pair = tuple[str, str]
_Counts = dict[_Pair, int]


def prepare(pod: Pod, snapshot: Snapshot) -> Prepared:
    """A check of the pod's terms against the pods there, and of their terms against the pod.

    Mirrors: pkg/scheduler/framework/plugins/interpodaffinity/filtering.go PreFilter @ v1.36
    """
    note_namespaces(pod, snapshot)
    existing: _Counts = {}
    for term, by_value in snapshot.anti_terms.items():
        if by_value and _means(term, pod, snapshot):
            for value, count in by_value.items():
                pair = (term.topology_key, value)
                existing[pair] = existing.get(pair, 0) + count
    wants, avoids = pod.affinity.required, pod.anti_affinity.required
    if not existing and not wants and not avoids:
        return None
    near: _Counts = {}
    far: _Counts = {}
    if wants:
        _count_all(near, wants, snapshot)
    for term in avoids:
        _count_all(far, (term,), snapshot)
    return _Check(pod, snapshot, near, far, existing)


@dataclass(slots=True)
class _Check:
    pod: Pod
    snapshot: Snapshot
    near: _Counts
    far: _Counts
    existing: _Counts

    def judge(self, index: int) -> Status | None:
        """A refusal for the pod's affinity, then its anti-affinity, then that of the pods there.

        Mirrors: pkg/scheduler/framework/plugins/interpodaffinity/filtering.go Filter @ v1.36
        """
        labels = self.snapshot.nodes[index].labels
        if self.pod.affinity.required and not self._is_near(labels):
            return _AFFINITY
        for term in self.pod.anti_affinity.required:
            key = term.topology_key
            if key in labels and self.far.get((key, labels[key]), 0) > 0:
                return _ANTI_AFFINITY
        if self.existing and any(self.existing.get(pair, 0) > 0 for pair in labels.items()):
            return _EXISTING
        return None

    def shift(self, pod: Pod, index: int, sign: int) -> None:
        labels = self.snapshot.nodes[index].labels
        for term in pod.anti_affinity.required:
            if _means(term, self.pod, self.snapshot):
                _add(self.existing, term, labels, sign)
        wants = self.pod.affinity.required
        if wants and all(_selects(term, pod, self.snapshot) for term in wants):
            for term in wants:
                _add(self.near, term, labels, sign)
        for term in self.pod.anti_affinity.required:
            if _selects(term, pod, self.snapshot):
                _add(self.far, term, labels, sign)

    def _is_near(self, labels: Mapping[str, str]) -> bool:
        wants = self.pod.affinity.required
        if not all(term.topology_key in labels for term in wants):
            return False
        if all(self.near.get((term.topology_key, labels[term.topology_key]), 0) > 0 for term in wants):
            return True
        # The first of a group that wants to be together: there is none to be near yet, and it means itself.
        return not self.near and all(_selects(term, self.pod, self.snapshot) for term in wants)


def raw_scores(pod: Pod, snapshot: Snapshot, profile: Profile, feasible: Sequence[int]) -> list[int] | None:
    """How well each feasible node suits the pod and the pods there; None when nothing weighs.

    Mirrors: pkg/scheduler/framework/plugins/interpodaffinity/scoring.go PreScore, Score @ v1.36
    """
    own = [(weight, term) for weight, term in pod.affinity.preferred]
    own += [(-weight, term) for weight, term in pod.anti_affinity.preferred]
    if profile.ignores_preferred_terms_of_existing_pods and not own:
        return None
    sums: dict[str, dict[str, int]] = {}
    for weight, term in own:
        for index, count in _by_node((term,), snapshot).items():
            value = snapshot.nodes[index].labels.get(term.topology_key)
            if value is not None:
                _weigh(sums, term.topology_key, value, weight * count)
    for book, weight in ((snapshot.affinity_terms, profile.hard_pod_affinity_weight), (snapshot.preferred_terms, 1)):
        for term, by_value in book.items():
            if weight and by_value and _means(term, pod, snapshot):
                for value, amount in by_value.items():
                    _weigh(sums, term.topology_key, value, weight * amount)
    if not sums:
        return None
    labels = [snapshot.nodes[index].labels for index in feasible]
    return [sum(by_value.get(there[key], 0) for key, by_value in sums.items() if key in there) for there in labels]


def normalise(raw: list[int]) -> list[int]:
    """The scores from 0 to 100; in this order of operations, since the result is cut to a whole number.

    Mirrors: pkg/scheduler/framework/plugins/interpodaffinity/scoring.go NormalizeScore @ v1.36
    """
    least, span = min(raw), max(raw) - min(raw)
    return [int(MAX_SCORE * (float(score - least) / float(span))) if span else 0 for score in raw]


def note_namespaces(pod: Pod, snapshot: Snapshot) -> None:
    """Say so where a namespace selector is asked of namespaces whose labels nobody gave."""
    terms = (*pod.affinity.required, *pod.anti_affinity.required)
    weighted = (*pod.affinity.preferred, *pod.anti_affinity.preferred)
    if pod.namespace not in snapshot.listers.namespaces and any(
        term.namespace_selector is not None and term.namespace_selector.requirements
        for term in (*terms, *(term for _, term in weighted))
    ):
        text = f'namespace "{pod.namespace}" is not described: namespace selectors are taken not to select it'
        snapshot.assumptions[text] = None


def _by_node(terms: tuple[PodTerm, ...], snapshot: Snapshot) -> Mapping[int, int]:
    """How many pods all the terms mean, by node index."""
    spaces = {name for term in terms for name in term.namespaces}
    single = len(spaces) == 1 and all(term.namespace_selector is None for term in terms)
    key = (NAME, *((term.selector, term.namespaces, term.namespace_selector) for term in terms))

    def matches(other: Pod) -> bool:
        return all(_selects(term, other, snapshot) for term in terms)

    return snapshot.tally(key, matches, spaces.pop() if single else None).by_node


def _count_all(counts: _Counts, terms: tuple[PodTerm, ...], snapshot: Snapshot) -> None:
    """Count, under the pairs of every term, the pods that all the terms mean."""
    for index, count in _by_node(terms, snapshot).items():
        labels = snapshot.nodes[index].labels
        for term in terms:
            _add(counts, term, labels, count)


def _add(counts: _Counts, term: PodTerm, labels: Mapping[str, str], count: int) -> None:
    value = labels.get(term.topology_key)
    if value is None:
        return
    pair = (term.topology_key, value)
    left = counts.get(pair, 0) + count
    if left:
        counts[pair] = left
    else:
        counts.pop(pair, None)


def _weigh(sums: dict[str, dict[str, int]], key: str, value: str, amount: int) -> None:
    by_value = sums.setdefault(key, {})
    by_value[value] = by_value.get(value, 0) + amount


def _selects(term: PodTerm, other: Pod, snapshot: Snapshot) -> bool:
    """Whether a term of the incoming pod means another pod: its namespace selector picks among known namespaces.

    Since 1.34 upstream resolves the selector to names, and then asks it once more of no labels at all: one that only
    excludes namespaces means every namespace.

    Mirrors: pkg/scheduler/framework/plugins/interpodaffinity mergeAffinityTermNamespacesIfNotEmpty @ v1.36
    """
    selector = term.namespace_selector
    if not term.selector.matches(other.labels):
        return False
    if other.namespace in term.namespaces or selector is None:
        return other.namespace in term.namespaces
    labels = snapshot.listers.namespaces.get(other.namespace)
    if not selector.requirements or (labels is not None and selector.matches(labels)):
        return True
    return snapshot.loose_namespaces and selector.matches({})


def _means(term: PodTerm, incoming: Pod, snapshot: Snapshot) -> bool:
    """Whether a term of a pod that is there means the incoming pod: an unknown namespace has no labels."""
    selector = term.namespace_selector
    covered = incoming.namespace in term.namespaces or (
        selector is not None and selector.matches(snapshot.listers.namespaces.get(incoming.namespace, {}))
    )
    return covered and term.selector.matches(incoming.labels)
