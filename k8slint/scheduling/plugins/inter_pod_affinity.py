"""InterPodAffinity: pods that must, or should, be near other pods or far from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8slint.scheduling.cache import Cache
from k8slint.scheduling.framework import MAX_NODE_SCORE, Code, FilterState, Handle, Plugin, Scorer, Status
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.pod_affinity import PodTerm
from k8slint.values.reading import flag_at, only_keys, whole_at

NAME = "InterPodAffinity"
AFFINITY = "node(s) didn't match pod affinity rules"
ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules"
EXISTING_ANTI_AFFINITY = "node(s) didn't satisfy existing pods anti-affinity rules"
_AFFINITY = Status(NAME, Code.UNRESOLVABLE, (AFFINITY,))
_ANTI_AFFINITY = Status(NAME, Code.UNSCHEDULABLE, (ANTI_AFFINITY,))
_EXISTING = Status(NAME, Code.UNSCHEDULABLE, (EXISTING_ANTI_AFFINITY,))


@dataclass(frozen=True, slots=True)
class AffinityArgs:
    """The weight of a required affinity of an existing pod in the scores, and whether its preferences count."""

    hard_pod_affinity_weight: int = 1
    ignores_preferred_terms_of_existing_pods: bool = False


# A label of nodes and its value, and how many pods count for each such pair.
_Pair = tuple[str, str]
_Counts = dict[_Pair, int]


def pre_filter(pod: Pod, cache: Cache, _: Handle[AffinityArgs]) -> FilterState | Status | None:
    """A filter by the pod's terms for existing pods and their terms for the pod, or None if there are no such terms.

    Mirrors: pkg/scheduler/framework/plugins/interpodaffinity/filtering.go PreFilter @ v1.36
    """
    note_namespaces(pod, cache)
    existing: _Counts = {}
    for term, by_value in cache.anti_terms.items():
        if by_value and _means(term, pod, cache):
            for value, count in by_value.items():
                pair = (term.topology_key, value)
                existing[pair] = existing.get(pair, 0) + count
    wants, avoids = pod.affinity.required, pod.anti_affinity.required
    if not existing and not wants and not avoids:
        return None
    near: _Counts = {}
    far: _Counts = {}
    if wants:
        _count_all(near, wants, cache)
    for term in avoids:
        _count_all(far, (term,), cache)
    return _State(pod, cache, near, far, existing)


@dataclass(slots=True)
class _State(FilterState):
    pod: Pod
    cache: Cache
    near: _Counts
    far: _Counts
    existing: _Counts

    def filter(self, index: int) -> Status | None:
        """A refusal by the pod's affinity, else by its anti-affinity, else by the anti-affinity of existing pods.

        Mirrors: pkg/scheduler/framework/plugins/interpodaffinity/filtering.go Filter @ v1.36
        """
        labels = self.cache.nodes[index].labels
        if self.pod.affinity.required and not self._is_near(labels):
            return _AFFINITY
        for term in self.pod.anti_affinity.required:
            key = term.topology_key
            if key in labels and self.far.get((key, labels[key]), 0) > 0:
                return _ANTI_AFFINITY
        if self.existing and any(self.existing.get(pair, 0) > 0 for pair in labels.items()):
            return _EXISTING
        return None

    def add_pod(self, pod: Pod, index: int) -> None:
        self._count(pod, index, 1)

    def remove_pod(self, pod: Pod, index: int) -> None:
        self._count(pod, index, -1)

    def _count(self, pod: Pod, index: int, sign: int) -> None:
        labels = self.cache.nodes[index].labels
        for term in pod.anti_affinity.required:
            if _means(term, self.pod, self.cache):
                _add(self.existing, term, labels, sign)
        wants = self.pod.affinity.required
        if wants and all(_selects(term, pod, self.cache) for term in wants):
            for term in wants:
                _add(self.near, term, labels, sign)
        for term in self.pod.anti_affinity.required:
            if _selects(term, pod, self.cache):
                _add(self.far, term, labels, sign)

    def _is_near(self, labels: Mapping[str, str]) -> bool:
        wants = self.pod.affinity.required
        if not all(term.topology_key in labels for term in wants):
            return False
        if all(self.near.get((term.topology_key, labels[term.topology_key]), 0) > 0 for term in wants):
            return True
        # The first pod of a group with affinity to itself may go anywhere, since no pod to be near exists yet.
        return not self.near and all(_selects(term, self.pod, self.cache) for term in wants)


def pre_score(pod: Pod, cache: Cache, _nodes: Sequence[int], handle: Handle[AffinityArgs]) -> Scorer | None:
    """The scorer: how well a node suits the pod and the existing pods; None if no term has a weight.

    Mirrors: pkg/scheduler/framework/plugins/interpodaffinity/scoring.go PreScore, Score @ v1.36
    """
    own = [(weight, term) for weight, term in pod.affinity.preferred]
    own += [(-weight, term) for weight, term in pod.anti_affinity.preferred]
    if handle.args.ignores_preferred_terms_of_existing_pods and not own:
        return None
    sums: dict[str, dict[str, int]] = {}
    for weight, term in own:
        for index, count in _by_node((term,), cache).items():
            value = cache.nodes[index].labels.get(term.topology_key)
            if value is not None:
                _weigh(sums, term.topology_key, value, weight * count)
    hard_weight = handle.args.hard_pod_affinity_weight
    for book, weight in ((cache.affinity_terms, hard_weight), (cache.preferred_terms, 1)):
        for term, by_value in book.items():
            if weight and by_value and _means(term, pod, cache):
                for value, amount in by_value.items():
                    _weigh(sums, term.topology_key, value, weight * amount)
    if not sums:
        return None
    return _scorer(cache, tuple(sums.items()))


def _scorer(cache: Cache, sums: tuple[tuple[str, dict[str, int]], ...]) -> Scorer:
    nodes = cache.nodes

    def score(index: int) -> int:
        labels, total = nodes[index].labels, 0
        for key, by_value in sums:
            if key in labels:
                total += by_value.get(labels[key], 0)
        return total

    return score


def normalize_score(raw: list[int]) -> list[int]:
    """The scores scaled to 0 to 100, in upstream's order of operations, because the result is cut to a whole number.

    Mirrors: pkg/scheduler/framework/plugins/interpodaffinity/scoring.go NormalizeScore @ v1.36
    """
    least, span = min(raw), max(raw) - min(raw)
    return [int(MAX_NODE_SCORE * (float(score - least) / float(span))) if span else 0 for score in raw]


def note_namespaces(pod: Pod, cache: Cache) -> None:
    """Note an assumption if a term of the pod selects namespaces by label and the pod's own namespace is unknown."""
    terms = (*pod.affinity.required, *pod.anti_affinity.required)
    weighted = (*pod.affinity.preferred, *pod.anti_affinity.preferred)
    if pod.namespace not in cache.listers.namespaces and any(
        term.namespace_selector is not None and term.namespace_selector.requirements
        for term in (*terms, *(term for _, term in weighted))
    ):
        text = f'namespace "{pod.namespace}" is not described: namespace selectors are taken not to select it'
        cache.assumptions[text] = None


def _by_node(terms: tuple[PodTerm, ...], cache: Cache) -> Mapping[int, int]:
    """How many pods all the terms select, by node index."""
    spaces = {name for term in terms for name in term.namespaces}
    single = len(spaces) == 1 and all(term.namespace_selector is None for term in terms)
    key = (NAME, *((term.selector, term.namespaces, term.namespace_selector) for term in terms))

    def matches(other: Pod) -> bool:
        return all(_selects(term, other, cache) for term in terms)

    return cache.pod_count(key, matches, spaces.pop() if single else None).by_node


def _count_all(counts: _Counts, terms: tuple[PodTerm, ...], cache: Cache) -> None:
    """Add the pods that all the terms select to the counts of each term's pair."""
    for index, count in _by_node(terms, cache).items():
        labels = cache.nodes[index].labels
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


def _selects(term: PodTerm, other: Pod, cache: Cache) -> bool:
    """Whether a term of the incoming pod selects another pod; its namespace selector applies to known namespaces.

    Since 1.34 upstream resolves the namespace selector to names, and then applies it once more, to no labels at all: so
    one that only excludes namespaces selects every namespace.

    Mirrors: pkg/scheduler/framework/plugins/interpodaffinity mergeAffinityTermNamespacesIfNotEmpty @ v1.36
    """
    selector = term.namespace_selector
    if not term.selector.matches(other.labels):
        return False
    if other.namespace in term.namespaces or selector is None:
        return other.namespace in term.namespaces
    labels = cache.listers.namespaces.get(other.namespace)
    if not selector.requirements or (labels is not None and selector.matches(labels)):
        return True
    return cache.loose_namespaces and selector.matches({})


def _means(term: PodTerm, incoming: Pod, cache: Cache) -> bool:
    """Whether a term of an existing pod selects the incoming pod; an unknown namespace counts as having no labels."""
    selector = term.namespace_selector
    covered = incoming.namespace in term.namespaces or (
        selector is not None and selector.matches(cache.listers.namespaces.get(incoming.namespace, {}))
    )
    return covered and term.selector.matches(incoming.labels)


def read_args(args: Mapping[str, Any], where: str) -> AffinityArgs:
    """Read InterPodAffinityArgs."""
    only_keys(args, ("apiVersion", "kind", "hardPodAffinityWeight", "ignorePreferredTermsOfExistingPods"), where)
    return AffinityArgs(
        whole_at(args, "hardPodAffinityWeight", where, AffinityArgs().hard_pod_affinity_weight),
        flag_at(args, "ignorePreferredTermsOfExistingPods", where),
    )


PLUGIN = Plugin(
    NAME,
    looks_at="cluster",
    pre_filter=pre_filter,
    pre_score=pre_score,
    normalize_score=normalize_score,
    weight=2,
    is_woken_by_pods=True,
    args=AffinityArgs(),
    read_args=read_args,
)
