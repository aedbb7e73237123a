"""Pods that network policies select: those that they isolate, and those that they let in or out to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8slint.checks.meant_pods import Place, unmatched
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.pod_selectors import Selection, label_selector
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.placeholder import has_placeholder
from k8slint.values.well_known import NAMESPACE_NAME


def networkpolicy_selects_nothing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A policy whose podSelector matches no pod, if the files hold pods that it may mean; an empty one matches all."""
    selector = label_selector(obj.spec.get("podSelector"))
    if selector is not None:
        scope = "a policy selects in its own namespace"
        fix = "Put the policy into the namespace of the Pods that it is to isolate."
        place = Place(("spec", "podSelector"), obj.spec.get("podSelector"), scope, fix)
        problem = unmatched(Selection(obj, selector, obj.namespace), cluster, place)
        if problem is not None:
            yield problem


def networkpolicy_peer_selects_nothing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A peer of a policy whose podSelector matches no pod, if the files hold pods that it may mean."""
    for path, peer in _peers(obj):
        selector = label_selector(peer.get("podSelector"))
        namespace = _namespace_of(peer, obj)
        if selector is None or namespace is None:
            continue
        scope = "a podSelector without namespaceSelector selects in the namespace of the policy"
        fix = f"Add a namespaceSelector beside the podSelector, in the same item: matchLabels {NAMESPACE_NAME}: NAME."
        place = Place((*path, "podSelector"), peer.get("podSelector"), scope, fix)
        problem = unmatched(Selection(obj, selector, namespace, is_own=False), cluster, place)
        if problem is not None:
            yield problem


def _peers(policy: Object) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The peers of a policy that select pods, each with its path."""
    for direction, field in (("ingress", "from"), ("egress", "to")):
        for index, rule in items(policy.spec.get(direction)):
            for number, peer in items(rule.get(field)):
                if "podSelector" in peer:
                    yield ("spec", direction, index, field, number), peer


def _namespace_of(peer: dict[str, Any], policy: Object) -> str | None:
    """The namespace of a peer's pods, or None if its selector may mean several."""
    written = peer.get("namespaceSelector")
    if written is None:
        return policy.namespace
    name = dig(written, "matchLabels", NAMESPACE_NAME)
    is_alone = len(mapping(dig(written, "matchLabels"))) == 1 and not dig(written, "matchExpressions")
    return name if is_alone and isinstance(name, str) and name and not has_placeholder(name) else None
