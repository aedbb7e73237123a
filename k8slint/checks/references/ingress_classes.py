"""Classes that Ingresses ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.checks.references.absence import absence, is_missing, is_near
from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.similar_names import is_slip
from k8slint.cluster.tables import given
from k8slint.objects.fields import text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem
from k8slint.values.names import is_dns_subdomain

_INGRESS_CLASS: Final = "IngressClass.networking.k8s.io"


def missing_ingress_class(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A class that no file holds, if its name resembles one of the files or of a well-known controller.

    A cluster description that lists classes has listed all.
    """
    name = text(obj.spec.get("ingressClassName"))
    if not is_dns_subdomain(name) or not is_missing(cluster, obj, _INGRESS_CLASS, name):
        return
    path, effect = ("spec", "ingressClassName"), "No controller takes up the Ingress: it gets no address and no route."
    if _describes_classes(cluster) or is_near(cluster, _INGRESS_CLASS, "", name):
        yield absence(path, cluster, obj, _INGRESS_CLASS, name, effect=effect)
        return
    known = next((each for each in _well_known() if is_slip(name, each)), None)
    if known is not None:
        message = f'there is no IngressClass "{name}"; did you mean "{known}"?'
        yield Problem(path, message, effect=effect, rests_on=Absence(name))


@once
def _describes_classes(cluster: Cluster) -> bool:
    return any(obj.group_kind == _INGRESS_CLASS for obj in cluster.description or ())


def _well_known() -> Iterator[str]:
    """The classes that common controllers install."""
    return (name for row in given() if row.kind == _INGRESS_CLASS for name in row.names)
