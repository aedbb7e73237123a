"""Defaults of RoleBindings and ClusterRoleBindings."""

from __future__ import annotations

from typing import Any, Final

from k8slint.apiserver.defaults.draft import fill, items_in, mapping_in

_GROUP: Final = "rbac.authorization.k8s.io"


def binding(data: dict[str, Any]) -> None:
    """A RoleBinding or ClusterRoleBinding.

    Mirrors: pkg/apis/rbac/v1/defaults.go SetDefaults_RoleBinding, SetDefaults_Subject @ v1.37
    """
    fill(mapping_in(data, "roleRef"), apiGroup=_GROUP)
    for subject in items_in(data, "subjects"):
        if subject.get("kind") in ("User", "Group"):
            fill(subject, apiGroup=_GROUP)
