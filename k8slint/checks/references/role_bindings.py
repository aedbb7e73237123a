"""Roles that bindings give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.checks.references.absence import absence, mistaken_kind, of_other_kind
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.references import is_supplied, may_exist
from k8slint.cluster.tables import given_as
from k8slint.objects.fields import mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem
from k8slint.values.placeholder import has_placeholder

_RBAC: Final = "rbac.authorization.k8s.io"


def missing_role(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A binding to a Role or ClusterRole that no file holds."""
    ref = mapping(obj.data.get("roleRef"))
    kind, name = text(ref.get("kind")), text(ref.get("name"))
    if kind not in ("Role", "ClusterRole") or not name or has_placeholder(name):
        return
    group_kind = f"{kind}.{_RBAC}"
    if is_supplied(cluster, group_kind, obj.namespace, name) or may_exist(cluster, obj, group_kind, name):
        return
    effect = f'It grants nothing: requests are Forbidden, with RBAC: {kind.lower()}.{_RBAC} "{name}" not found.'
    if kind == "Role" and given_as(f"ClusterRole.{_RBAC}", "", name) is not None:
        message = f'Role "{name}" is not among the files, but every cluster has a ClusterRole "{name}"'
        yield Problem(
            ("roleRef", "kind"), message, effect=effect, fix="Write kind: ClusterRole.", rests_on=Absence(name)
        )
        return
    other = "ClusterRole" if kind == "Role" else "Role"
    mistaken = of_other_kind(cluster, obj, {other: f"{other}.{_RBAC}"}, name)
    if mistaken is not None:
        yield mistaken_kind(("roleRef", "kind"), kind, name, mistaken, effect)
    else:
        yield absence(("roleRef", "name"), cluster, obj, group_kind, name, effect=effect)
