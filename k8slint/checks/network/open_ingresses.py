"""Ingresses that take more traffic than they need, or in the clear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import items, sequence, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.placeholder import has_placeholder

# By these words in its annotations a load balancer or another controller ends TLS without spec.tls.
_TLS_ELSEWHERE: Final = (
    "alb.ingress.kubernetes.io/certificate-arn",
    "alb.ingress.kubernetes.io/listen-ports",
    "cert-manager.io/",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "kubernetes.io/tls-acme",
    "networking.gke.io/managed-certificates",
    "networking.gke.io/certmap",
    "route.openshift.io/termination",
    "tailscale.com/",
    "traefik.ingress.kubernetes.io/router.tls",
)
# Controllers of these classes end TLS in front of the cluster, always.
_TLS_CLASSES: Final = ("cloudflare", "tailscale", "ngrok")


def ingress_without_host(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A rule of an Ingress that takes what is sent to any host."""
    for index, rule in items(obj.spec.get("rules")):
        host = rule.get("host")
        if host in (None, ""):
            yield Problem(("spec", "rules", index), "the rule has no host: it takes what is sent to any")
        elif host == "*":
            yield Problem(("spec", "rules", index, "host"), 'the host "*" takes what is sent to any')


def ingress_without_tls(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An Ingress whose traffic nothing encrypts; a load balancer that does it is told by annotations or its class."""
    if sequence(obj.spec.get("tls")) or has_placeholder(obj.spec.get("tls")) or not obj.spec:
        return
    if any(key.startswith(_TLS_ELSEWHERE) for key in obj.annotations):
        return
    known_as = text(obj.spec.get("ingressClassName")) or obj.annotations.get("kubernetes.io/ingress.class", "")
    if not any(word in known_as for word in _TLS_CLASSES):
        yield Problem(("spec", "tls"), f"{obj} serves HTTP only: it has no tls")
