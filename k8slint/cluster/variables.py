"""The environment variables that containers get from ConfigMaps and Secrets as a whole."""

from __future__ import annotations

from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.references import may_gain_keys, supplies
from k8slint.objects.fields import dig, text
from k8slint.objects.object import Container

_SOURCES: Final = (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))


def names_from_config(container: Container, cluster: Cluster) -> frozenset[str] | None:
    """The variables that `envFrom` gives the container, or None if they cannot all be known."""
    names: set[str] = set()
    for _, entry in container.env_from():
        for field, kind in _SOURCES:
            if field not in entry:
                continue
            keys = _keys(kind, text(dig(entry, field, "name")), container, cluster)
            if keys is None:
                return None
            names.update(f"{text(entry.get('prefix'))}{key}" for key in keys)
    return frozenset(names)


def _keys(kind: str, name: str, container: Container, cluster: Cluster) -> set[str] | None:
    pod = container.pod
    several = [supply.keys for supply in supplies(cluster, kind, pod.namespace, name)]
    if not several or may_gain_keys(cluster, pod.obj, kind, name):
        return None
    found: set[str] = set()
    for keys in several:
        if keys is None:
            return None
        found.update(keys)
    return found
