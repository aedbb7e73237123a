"""Selectors of pods: pods that the files may not hold, and the pods that one seems to mean if it selects none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster, may_share_namespace, once
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.kustomizations import folder_of, kustomizations
from k8slint.cluster.similar_names import is_slip, nearest_name
from k8slint.objects.fields import dig, items, mapping, sequence, strings, text
from k8slint.objects.object import Object, Pod
from k8slint.values.grouped import grouped
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex
from k8slint.values.well_known import POD_INDEX, STATEFUL_SET_POD_NAME


class Selection(NamedTuple):
    """The selector by which an object selects pods of a namespace, which is empty if none is written.

    `is_own`: the object is made for these pods, as a Service is, so that its name and its file hint at them. A term of
    affinity or a peer of a policy speaks of the pods of others.
    """

    asker: Object
    selector: LabelSelector
    namespace: str
    is_own: bool = True


def label_selector(written: Any) -> LabelSelector | None:
    """The selector with `matchLabels` and `matchExpressions`, or None if it is empty or not as it will be applied.

    An empty selector selects everything or nothing; one with a value of a wrong type or yet to be rendered is unknown.
    """
    selector = mapping(written)
    labels, expressions = (
        mapping(selector.get("matchLabels")),
        [one for _, one in items(selector.get("matchExpressions"))],
    )
    if len(expressions) != len(sequence(selector.get("matchExpressions"))):
        return None
    values = [
        *labels.values(),
        *(value for one in expressions for value in (*sequence(one.get("values")), one.get("key"))),
    ]
    if not all(isinstance(value, str) and not has_placeholder(value) for value in (*values, *labels)):
        return None
    return LabelSelector.of(selector) if labels or expressions else None


def labels_selector(written: Any) -> LabelSelector | None:
    """The selector that is a mapping of labels, or None if it is empty, of a wrong type or yet to be rendered."""
    if not isinstance(written, dict) or not written:
        return None
    if not all(isinstance(value, str) and not has_placeholder(value) for value in written.values()):
        return None
    return LabelSelector.of_labels(written)


def selector_of(service: Object) -> LabelSelector | None:
    """The selector of a Service, or None if it selects nothing on purpose or its selector is not yet rendered."""
    return None if service.spec.get("type") == "ExternalName" else labels_selector(service.spec.get("selector"))


def written_part(selector: LabelSelector, cluster: Cluster) -> LabelSelector:
    """The selector without labels that no file writes: a controller, or a program in the pod, sets them."""
    return LabelSelector(tuple(one for one in selector.requirements if not _is_set_at_run_time(one, cluster)))


# Labels that controllers of Kubernetes put on the pods they make.
_CONTROLLER_LABELS: Final = frozenset(
    {
        POD_INDEX,
        "controller-revision-hash",
        "controller-uid",
        "job-name",
        "pod-template-generation",
        "pod-template-hash",
        "rollouts-pod-template-hash",
        STATEFUL_SET_POD_NAME,
    }
)
# The ends of labels by which programs mark their leader.
_ROLE_LABEL: Final = regex(r"(?:^|[-_./])(?:role|leader|master|primary|active)$", re.IGNORECASE)
_RECOMMENDED: Final = ("app.kubernetes.io/", "helm.sh/")


def is_set_by_controllers(key: str) -> bool:
    """Whether controllers of Kubernetes put the label on the pods they make."""
    return key in _CONTROLLER_LABELS or key.startswith("batch.kubernetes.io/")


def _is_set_at_run_time(requirement: Requirement, cluster: Cluster) -> bool:
    key = requirement.key
    if is_set_by_controllers(key):
        return True
    if key in _pods_by_label(cluster):
        return False
    return _ROLE_LABEL.search(key) is not None or ("/" in key and not key.startswith(_RECOMMENDED))


def may_select_others(selection: Selection, cluster: Cluster) -> bool:
    """Whether pods that the files do not hold may carry the labels."""
    asker, selector, namespace, _ = selection
    # The control plane and the cluster's own add-ons run there, and no file holds them.
    if namespace == "kube-system":
        return True
    evidence = evidence_of(cluster)
    if evidence.is_open(asker) or evidence.is_filled(namespace):
        return True
    telling = [one for one in selector.requirements if one.key not in BROAD] or selector.requirements
    values = [value for one in telling for value in _wanted(one) if value not in ("", "true")]
    if any(evidence.names_pod_maker(namespace, value) for value in values):
        return True
    return any(evidence.may_be_rendered(asker, value) for value in values)


def may_be_labelled(word: str, cluster: Cluster) -> bool:
    """Whether a kustomization patches the word in, or adds a label with that key or value."""
    return evidence_of(cluster).is_patched(word) or word in _labels_added(cluster)


@once
def _labels_added(cluster: Cluster) -> frozenset[str]:
    """The keys and values of the labels that kustomizations add."""
    return frozenset(
        word
        for one in kustomizations(cluster)
        for added in (one.data.get("commonLabels"), *(label.get("pairs") for _, label in items(one.data.get("labels"))))
        for label in strings(added).items()
        for word in label
    )


def _wanted(requirement: Requirement) -> tuple[str, ...]:
    """The values that a label must have one of; empty if the requirement asks for none."""
    return requirement.values if requirement.operator == "In" else ()


def pod_elsewhere(selection: Selection, cluster: Cluster) -> Pod | None:
    """A pod of another namespace that has all the labels, or None if there is none.

    None, too, if the object writes no namespace or a kustomization sets namespaces.
    """
    if evidence_of(cluster).moves_namespaces or not selection.namespace:
        return None
    return next((pod for pod in cluster.pods_selected(selection.selector, "") if pod.namespace), None)


class Neighbours(NamedTuple):
    """Several pods: the first of them, and the values of each of their labels, each once, in order of reading."""

    first: Pod
    labels: dict[str, dict[str, None]]


def pods_beside(selection: Selection, cluster: Cluster) -> Neighbours | None:
    """The pods in the namespace that go on running, or None if there are none or unread ones may exist.

    If the object writes no namespace, they are the pods of its folder that write none either.
    """
    evidence = evidence_of(cluster)
    if evidence.is_busy(selection.namespace) or evidence.moves_namespaces or _lets_programs_make_pods(cluster):
        return None
    return _lasting_pods(cluster).get((selection.namespace, "" if selection.namespace else folder_of(selection.asker)))


@once
def _lasting_pods(cluster: Cluster) -> Mapping[tuple[str, str], Neighbours]:
    """The pods that go on running, by namespace, or by folder if no namespace is written."""
    found: dict[tuple[str, str], Neighbours] = {}
    for pod in cluster.pods:
        if pod.obj.kind not in ("CronJob", "Job", "PodTemplate"):
            key = (pod.namespace, "" if pod.namespace else folder_of(pod.obj))
            pods = found.setdefault(key, Neighbours(pod, defaultdict(dict)))
            for label, value in pod.labels.items():
                pods.labels[label][value] = None
    return found


_POD_RESOURCES: Final = frozenset({"*", "daemonsets", "deployments", "pods", "replicasets", "statefulsets"})


@once
def _lets_programs_make_pods(cluster: Cluster) -> bool:
    """Whether a Role or ClusterRole lets a program make pods, or workloads that make them."""
    return any(
        "create" in (verbs := sequence(rule.get("verbs"))) or "*" in verbs
        for kind in ("Role", "ClusterRole")
        for role in cluster.of_kind(f"{kind}.rbac.authorization.k8s.io")
        for _, rule in items(role.data.get("rules"))
        if not _POD_RESOURCES.isdisjoint(map(text, sequence(rule.get("resources"))))
    )


_LOOKED_AT: Final = 20
_FEW_VALUES: Final = 200
# Many workloads share these labels on purpose, so a pod that shares one need not be meant.
BROAD: Final = frozenset(
    {
        "app.kubernetes.io/component",
        "app.kubernetes.io/managed-by",
        "app.kubernetes.io/part-of",
        "app.kubernetes.io/version",
        "component",
        "env",
        "environment",
        "release",
        "team",
        "tier",
        "version",
    }
)


def nearest_pod(selection: Selection, cluster: Cluster) -> Pod | None:
    """The pod that a selector without a match seems to mean, or None if nothing hints at one.

    The pod shares a label with the selector, or nearly, or the value of one; or it has the object's name, or is alone
    in its file. A pod that an object of the same kind selects under another name is meant only if one mistyped label is
    all that is wrong.
    """
    asker, selector, namespace, is_own = selection
    askers = _askers_of_pods(cluster, asker.group_kind) if is_own else {}

    def is_meant(pod: Pod) -> bool:
        if not may_share_namespace(pod.namespace, namespace):
            return False
        return askers.get(pod, _NONE) <= {asker.name} or is_slip_away(pod, selector)

    def likeness(pod: Pod) -> tuple[int, bool, bool]:
        met = sum(one.matches(pod.labels) for one in selector.requirements)
        return met, pod.obj.document.source is asker.document.source, pod.obj.name == asker.name

    return max(filter(is_meant, _candidates(selection, cluster)), key=likeness, default=None)


_NONE: Final[frozenset[str]] = frozenset()


def is_slip_away(pod: Pod, selector: LabelSelector) -> bool:
    """Whether one label, mistyped, is all of a selector that the pod does not meet."""
    unmet = [one for one in selector.requirements if not one.matches(pod.labels)]
    return len(unmet) == 1 and any(is_slip(value, pod.labels.get(unmet[0].key, "")) for value in _wanted(unmet[0]))


def _candidates(selection: Selection, cluster: Cluster) -> Iterator[Pod]:
    """Pods with one of the labels, or a most similar value of it, or its value as that of another label or as the name.

    If the pods are those of the object: pods with its name, or alone in its file.
    """
    asker, selector, namespace, is_own = selection
    for one in selector.requirements:
        if one.key not in BROAD and _wanted(one):
            yield from islice(cluster.pods_selected(LabelSelector((one,)), namespace), _LOOKED_AT)
            values = _pods_by_label(cluster).get(one.key, {})
            # Among very many values some are alike by accident.
            known = values if len(values) <= _FEW_VALUES else ()
            for wanted in _wanted(one)[:_LOOKED_AT]:
                near = nearest_name(wanted, (value for value in known if value != wanted))
                for pod in islice(values[near], _LOOKED_AT) if near is not None else ():
                    # Pods of others may have a similar name and be in no file.
                    if is_own or is_slip(wanted, near or "") or pod.obj.document.source is asker.document.source:
                        yield pod
                if one.key in _NAMING:
                    yield from islice(_pods_by_naming(cluster).get(wanted, ()), _LOOKED_AT)
                    yield from islice(_pods_by_name(cluster).get(wanted, ()), _LOOKED_AT)
                yield from islice(_pods_by_value(cluster).get((asker.document.source.name, wanted), ()), _LOOKED_AT)
    if is_own:
        yield from islice(_pods_by_name(cluster).get(asker.name, ()), _LOOKED_AT)
        beside = _pods_by_file(cluster).get(asker.document.source.name, ())
        if len(beside) == 1 and beside[0].namespace == asker.namespace:
            yield beside[0]


@once
def _pods_by_label(cluster: Cluster) -> Mapping[str, Mapping[str, list[Pod]]]:
    """The pods by label key, then by value."""
    found: dict[str, dict[str, list[Pod]]] = defaultdict(lambda: defaultdict(list))
    for pod in cluster.pods:
        for key, value in pod.labels.items():
            found[key][value].append(pod)
    return dict(found)


# Labels whose value is by custom the name of a workload.
_NAMING: Final = frozenset({"app", "app.kubernetes.io/name", "app.kubernetes.io/instance", "k8s-app", "name", "run"})


@once
def _pods_by_naming(cluster: Cluster) -> Mapping[str, tuple[Pod, ...]]:
    """The pods by what their labels say is the name of their workload."""
    return grouped((value, pod) for pod in cluster.pods for key, value in pod.labels.items() if key in _NAMING)


@once
def _pods_by_value(cluster: Cluster) -> Mapping[tuple[str, str], tuple[Pod, ...]]:
    """The pods by the name of their file and the values of their labels, without numbers and yes or no."""
    return grouped(
        ((pod.obj.document.source.name, value), pod)
        for pod in cluster.pods
        for value in pod.labels.values()
        if value.isidentifier() or "-" in value
        if value not in ("true", "false")
    )


@once
def _pods_by_file(cluster: Cluster) -> Mapping[str, tuple[Pod, ...]]:
    return grouped((pod.obj.document.source.name, pod) for pod in cluster.pods)


@once
def _pods_by_name(cluster: Cluster) -> Mapping[str, tuple[Pod, ...]]:
    return grouped((pod.obj.name, pod) for pod in cluster.pods)


# Where objects that are made for the pods they select have their selector.
_OWN_SELECTORS: Final = {
    "NetworkPolicy.networking.k8s.io": ("spec", "podSelector"),
    "PodDisruptionBudget.policy": ("spec", "selector"),
}


@once
def _askers_of_pods(cluster: Cluster, group_kind: str) -> Mapping[Pod, set[str]]:
    """The names of the objects of a kind that select each pod; if there are several, two or three of them."""
    place = _OWN_SELECTORS.get(group_kind)
    names: dict[tuple[LabelSelector, str], set[str]] = defaultdict(set)
    for asker in cluster.of_kind(group_kind):
        selector = label_selector(dig(asker.data, *place)) if place else selector_of(asker)
        if selector is not None and len(alike := names[selector, asker.namespace]) < 2:
            alike.add(asker.name)
    found: dict[Pod, set[str]] = defaultdict(set)
    for (selector, namespace), alike in names.items():
        for pod in cluster.pods_selected(selector, namespace):
            if len(found[pod]) < 2:
                found[pod] |= alike
    return found
