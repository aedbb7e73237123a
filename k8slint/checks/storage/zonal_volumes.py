"""Volumes that lie in one zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.node_selectors import known_nodes
from k8slint.cluster.tables import rows
from k8slint.objects.fields import items, sequence, strings, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.well_known import OLD_ZONE, ZONE


def zonal_volume_binds_immediately(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A StorageClass of zonal disks that places a volume before its Pod is placed, if there are several zones."""
    mode, provisioner = obj.data.get("volumeBindingMode"), text(obj.data.get("provisioner"))
    if mode not in (None, "", "Immediate") or provisioner not in _zonal():
        return
    if _is_of_one_zone(obj) or _has_one_zone(cluster):
        return
    what = f'"{provisioner}" makes each volume in one zone, before its Pod is placed'
    if mode:
        yield Problem(("volumeBindingMode",), f"{what}: volumeBindingMode is Immediate")
    else:
        yield Problem(("provisioner",), f"{what}: no volumeBindingMode means Immediate")


@cache
def _zonal() -> Mapping[str, Mapping[str, str]]:
    """The provisioners, each with the parameters that make a volume one of several zones."""
    return {name: row.get("unless", {}) for row in rows("zonal-provisioners") for name in row["provisioners"]}


# Parameters that name the one zone of all volumes.
_ZONES: Final = frozenset({"availability", "availabilityzone", "zone", "zoneid", "zones"})


def _is_of_one_zone(obj: Object) -> bool:
    """Whether the class says where its volumes lie, or that each lies in several zones."""
    unless = _zonal()[text(obj.data.get("provisioner"))]
    for key, value in strings(obj.data.get("parameters")).items():
        name = key.lower()
        if name in _ZONES and "," not in value:
            return True
        if name in unless and fnmatchcase(value.lower(), unless[name]):
            return True
    expressions = [
        one
        for _, term in items(obj.data.get("allowedTopologies"))
        for _, one in items(term.get("matchLabelExpressions"))
    ]
    return len(expressions) == 1 and len(sequence(expressions[0].get("values"))) == 1


def _has_one_zone(cluster: Cluster) -> bool:
    """Whether the described nodes are of one zone, or of none."""
    nodes = known_nodes(cluster)
    zones = {node.labels.get(ZONE) or node.labels.get(OLD_ZONE) for node in nodes.all} if nodes is not None else set()
    return nodes is not None and len(zones) < _SEVERAL


_SEVERAL: Final = 2
