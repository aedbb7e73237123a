"""Pods that Services and disruption budgets select, and which ones they may mean if they select none."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.checks.meant_pods import Place, unmatched
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.pod_selectors import Selection, label_selector, selector_of
from k8slint.cluster.services import has_own_endpoints
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem


def service_selects_nothing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service whose selector matches no pod, if the files hold pods that it may mean."""
    selector = selector_of(obj)
    if selector is not None:
        selection = Selection(obj, selector, obj.namespace)
        problem = unmatched(selection, cluster, _place_in(obj, "Service"), lambda: has_own_endpoints(obj, cluster))
        if problem is not None:
            yield problem


def pdb_selects_nothing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A budget whose selector matches no pod, if the files hold pods that it may mean."""
    selector = label_selector(obj.spec.get("selector"))
    if selector is not None:
        problem = unmatched(Selection(obj, selector, obj.namespace), cluster, _place_in(obj, "budget"))
        if problem is not None:
            yield problem


def _place_in(obj: Object, kind: str) -> Place:
    scope = f"a {kind} selects in its own namespace"
    fix = f"Put the {kind} into the namespace of its Pods, or the Pods into that of the {kind}."
    return Place(("spec", "selector"), obj.spec.get("selector"), scope, fix)
