"""Cluster addresses that Services ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Final

from k8slint.checks.network.earlier import Places, before, folder
from k8slint.cluster.cluster import Cluster, once
from k8slint.loading.document import Path
from k8slint.objects.fields import sequence, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related


def duplicate_cluster_ip(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service that asks for an address that an earlier Service already has.

    Only Services of one folder, and those of the cluster description, are known to meet in one cluster.

    Mirrors: pkg/registry/core/service/storage/alloc.go allocClusterIPs @ v1.36
    """
    for address, path in _addresses(obj).items():
        index = _services_by_address(cluster)
        taken = before(obj, index.get((None, address), {}), cluster)
        taken = taken or before(obj, index.get((folder(obj), address), {}), cluster)
        if taken is not None:
            related = Related(taken[0], taken[1], f"{taken[0]} asks for it first")
            said = f"failed to allocate IP {address}: provided IP is already allocated, to {taken[0]}"
            yield Problem(path, said, related=(related,))


_NO_ADDRESS: Final = ("", "None")


def _addresses(obj: Object) -> Mapping[str, Path]:
    """The addresses that a Service asks for, as the API server writes them, each with its first place."""
    spec, found = obj.spec, dict[str, Path]()
    if spec.get("type") == "ExternalName":
        return found
    places: list[tuple[Path, str]] = [(("spec", "clusterIP"), text(spec.get("clusterIP")))]
    several = enumerate(sequence(spec.get("clusterIPs")))
    places += [(("spec", "clusterIPs", index), text(written)) for index, written in several]
    for path, written in places:
        if written not in _NO_ADDRESS:
            try:
                found.setdefault(str(ip_address(written)), path)
            except ValueError:
                continue  # said as an invalid value, or not rendered yet
    return found


@once
def _services_by_address(cluster: Cluster) -> Mapping[tuple[str | None, str], Places]:
    """The Services that ask for an address, by folder and address; None is the cluster description."""
    found: dict[tuple[str | None, str], Places] = defaultdict(dict)
    described = frozenset(cluster.description or ())
    for obj in cluster.of_kind("Service"):
        place = None if obj in described else folder(obj)
        for address, path in _addresses(obj).items():
            found[place, address].setdefault((obj.name, obj.namespace), (obj, path))
    return found
