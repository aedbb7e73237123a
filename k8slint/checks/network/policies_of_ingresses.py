"""NetworkPolicies that keep an ingress controller from the pods that it sends requests to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.ingresses import backends_of
from k8slint.cluster.network_policies import is_on_host, pods_at, pods_of_peer, policies_by_selector, rules_of
from k8slint.cluster.services import pods_behind
from k8slint.objects.fields import items, text
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.image import Image

# The ends of the repositories of widespread controllers.
_CONTROLLERS: Final = (
    "/contour",
    "/haproxy-ingress",
    "/ingress-nginx/controller",
    "/kong/kong-gateway",
    "/kubernetes-ingress-controller",
    "/nginx-ingress",
    "/nginx-ingress-controller",
    "/traefik",
)
# A bound on time: the first ones tell enough.
_MOST_BACKENDS: Final = 200


def network_policy_blocks_ingress(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A policy that closes the pods behind an Ingress, if no policy opens them to the controller among the files."""
    found = _closed(cluster).get(obj)
    if found is None or evidence_of(cluster).is_open(obj):
        return
    ingress, pod, controller = found
    message = (
        f"{ingress} leads to the Pods of {pod.obj}, and no policy opens them to its controller, "
        f'{controller.obj} in namespace "{controller.namespace}"'
    )
    related = (
        Related(ingress, ("spec",), "requests come by this Ingress"),
        Related(controller.obj, ("metadata", "name"), "this controller passes them on"),
    )
    field = "ingress" if obj.spec.get("ingress") else "podSelector"
    word = controller.namespace
    yield Problem(("spec", field), message, related, rests_on=Absence(word, word))


@once
def _closed(cluster: Cluster) -> Mapping[Object, tuple[Object, Pod, Pod]]:
    """The first policy that closes each pod behind an Ingress, with the Ingress and a controller it is closed to."""
    controllers = [pod for pod in cluster.pods if _is_controller(pod)]
    # Who runs on the network of its node, or where is not known, no policy's selector can mean.
    if not controllers or any(is_on_host(pod) or not pod.namespace for pod in controllers):
        return {}
    behind = dict(islice(_behind_ingresses(cluster), _MOST_BACKENDS))
    first: dict[Pod, Object] = {}
    opened: set[Pod] = set()
    for (namespace, selector), several in policies_by_selector(cluster, "Ingress").items():
        for pod in pods_at(cluster, selector, namespace):
            if pod in behind:
                first.setdefault(pod, several[0])
                if any(_may_let_in(policy, controllers, cluster) for policy in several):
                    opened.add(pod)
    found: dict[Object, tuple[Object, Pod, Pod]] = {}
    for pod, policy in first.items():
        if pod not in opened:
            found.setdefault(policy, (behind[pod], pod, controllers[0]))
    return found


def _is_controller(pod: Pod) -> bool:
    images = (text(container.data.get("image")) for container in pod.containers)
    return any(f"/{Image.parse(image).repository}".endswith(_CONTROLLERS) for image in images if image)


def _behind_ingresses(cluster: Cluster) -> Iterator[tuple[Pod, Object]]:
    for ingress in cluster.of_kind("Ingress.networking.k8s.io"):
        names = dict.fromkeys(text(service.get("name")) for _, service in backends_of(ingress))
        for name in filter(None, names):
            for _, pod in pods_behind(cluster, ingress.namespace, name):
                if not is_on_host(pod):
                    yield pod, ingress


def _may_let_in(policy: Object, controllers: list[Pod], cluster: Cluster) -> bool:
    """Whether a rule may let a controller in; what the files do not tell may."""
    for _, rule in rules_of(policy, "Ingress"):
        peers = [peer for _, peer in items(rule.get("from"))]
        if not peers:
            return True
        for peer in peers:
            pods = pods_of_peer(cluster, policy, peer)
            if pods is None or not set(pods).isdisjoint(controllers):
                return True
    return False
