"""PersistentVolumes on a disk of a single node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.node_selectors import demanded_hosts, known_nodes, terms_of
from k8slint.cluster.similar_names import nearest_name
from k8slint.cluster.volume_matching import volumes_by_class
from k8slint.objects.fields import dig, items, sequence, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related
from k8slint.values.labels import LabelSelector
from k8slint.values.placeholder import has_placeholder
from k8slint.values.well_known import NO_PROVISIONER


def local_volume_matches_no_node(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A `local` PersistentVolume whose nodeAffinity no described node meets."""
    if not isinstance(obj.spec.get("local"), dict):
        return
    required = dig(obj.spec, "nodeAffinity", "required")
    terms = terms_of(required)
    if not terms or any(_is_unrendered(term) for term in terms):
        return
    nodes = known_nodes(cluster)
    if nodes is None or nodes.meet_any(terms):
        return
    wanted = " or ".join(_term_text(term) for term in terms)
    hosts = next(filter(None, map(demanded_hosts, terms)), [])
    near = nearest_name(hosts[0], nodes.by_host) if hosts else None
    hint = f'; nearest is "{near}"' if near else ""
    yield Problem(
        ("spec", "nodeAffinity", "required", "nodeSelectorTerms"),
        f"none of the {len(nodes.all)} nodes meets {wanted}{hint}",
    )


def _term_text(term: Mapping[str, Any]) -> str:
    expressions = [*sequence(term.get("matchFields")), *sequence(term.get("matchExpressions"))]
    return str(LabelSelector.of({"matchExpressions": expressions})) or "an empty term"


def _is_unrendered(term: Mapping[str, Any]) -> bool:
    return any(
        isinstance(value, str) and has_placeholder(value)
        for field in ("matchFields", "matchExpressions")
        for _, expression in items(term.get(field))
        for value in (expression.get("key"), *sequence(expression.get("values")))
    )


def local_volume_binds_immediately(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A StorageClass of local volumes that binds a claim before a Pod has been placed."""
    mode = obj.data.get("volumeBindingMode")
    if obj.data.get("provisioner") != NO_PROVISIONER or mode not in (None, "", "Immediate"):
        return
    known = volumes_by_class(cluster).get(obj.name)
    volumes = known.all if known is not None else ()
    on_nodes = [volume for volume in volumes if volume.spec.get("local") or volume.spec.get("nodeAffinity")]
    if volumes and not on_nodes:
        return  # network volumes made by hand: any node reaches them
    related = tuple(Related(volume, ("spec",), "a volume that one node has") for volume in on_nodes[:1])
    if mode:
        yield Problem(("volumeBindingMode",), "local volumes are bound before the Pod is placed", related)
    else:
        said = "no volumeBindingMode means Immediate: local volumes are bound before the Pod is placed"
        yield Problem(("provisioner",), said, related)


def local_volume_single_copy(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A `local` PersistentVolume: one disk of one node holds the only copy."""
    local = obj.spec.get("local")
    if isinstance(local, dict) and obj.spec.get("volumeMode") != "Block":
        yield Problem(("spec", "local"), f'"{text(local.get("path"))}" is the only copy of this volume')
