"""Roles and their bindings, as the API server validates them on creation."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.field import Field, needed
from k8slint.apiserver.validation.formats import dns_subdomain, path_segment_name
from k8slint.apiserver.validation.selectors import label_selector

_GROUP: Final = "rbac.authorization.k8s.io"
_SUBJECTS: Final = ("ServiceAccount", "User", "Group")
_ROLE_NAME = needed(path_segment_name).check
_NAME = needed().check


def role(obj: Field) -> None:
    """A Role.

    Mirrors: pkg/apis/rbac/validation/validation.go ValidateRole @ v1.37
    """
    for rule in obj["rules"]:
        _rule(rule, is_namespaced=True)


def cluster_role(obj: Field) -> None:
    """A ClusterRole.

    Mirrors: pkg/apis/rbac/validation/validation.go ValidateClusterRole @ v1.37
    """
    for rule in obj["rules"]:
        _rule(rule, is_namespaced=False)
    aggregation = obj["aggregationRule"]
    if aggregation.is_set:
        selectors = aggregation["clusterRoleSelectors"]
        if not selectors:
            selectors.required("at least one clusterRoleSelector required if aggregationRule is non-nil")
        for selector in selectors:
            label_selector(selector)


def _rule(rule: Field, *, is_namespaced: bool) -> None:
    """What may be done with which resources, or with which URLs.

    Mirrors: pkg/apis/rbac/validation/validation.go ValidatePolicyRule @ v1.37
    """
    urls = rule["nonResourceURLs"]
    if not rule["verbs"]:
        rule["verbs"].required()
    if urls:
        if is_namespaced:
            urls.invalid("namespaced rules cannot apply to non-resource URLs", fix="write a ClusterRole")
        if any(rule[name] for name in ("apiGroups", "resources", "resourceNames")):
            said = "rules cannot apply to both regular resources and non-resource URLs"
            urls.invalid(said, fix="write the URLs in a rule of their own")
        return
    if not rule["apiGroups"]:
        said = "resource rules must supply at least one api group"
        rule["apiGroups"].required(said, fix='write apiGroups: [""] for resources of the core group')
    if not rule["resources"]:
        rule["resources"].required("resource rules must supply at least one resource")


def role_binding(obj: Field) -> None:
    """A RoleBinding, whose service accounts need no namespace.

    Mirrors: pkg/apis/rbac/validation/validation.go ValidateRoleBinding @ v1.37
    """
    _binding(obj, ("Role", "ClusterRole"), needs_namespace=False)


def cluster_role_binding(obj: Field) -> None:
    """A ClusterRoleBinding.

    Mirrors: pkg/apis/rbac/validation/validation.go ValidateClusterRoleBinding @ v1.37
    """
    _binding(obj, ("ClusterRole",), needs_namespace=True)


def _binding(obj: Field, kinds: tuple[str, ...], *, needs_namespace: bool) -> None:
    ref = obj["roleRef"]
    if ref["apiGroup"].value != _GROUP:
        ref["apiGroup"].unsupported((_GROUP,))
    if ref["kind"].value not in kinds:
        ref["kind"].unsupported(kinds)
    _ROLE_NAME(ref["name"])
    for subject in obj["subjects"]:
        _subject(subject, needs_namespace=needs_namespace)


def _subject(subject: Field, *, needs_namespace: bool) -> None:
    kind, group, name = subject["kind"], subject["apiGroup"], subject["name"]
    _NAME(name)
    if kind.value == "ServiceAccount":
        if name:
            dns_subdomain(name)
        if group:
            group.unsupported(("",))
        if needs_namespace and not subject["namespace"]:
            subject["namespace"].required()
    elif kind.value in ("User", "Group"):
        if group.value != _GROUP:
            group.unsupported((_GROUP,))
    else:
        kind.unsupported(_SUBJECTS)
