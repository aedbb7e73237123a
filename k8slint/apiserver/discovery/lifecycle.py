"""Problems of kinds that a minor deprecates, has removed, or never served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from k8slint.apiserver.discovery.definitions import BUILT_IN_GROUPS, definitions_of, served_minors
from k8slint.objects.problem import Problem
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.nearest import nearest
from k8slint.values.regex import regex

_VERSION = regex(r"v(\d+)(?:(alpha|beta)(\d+))?")
_STABILITY: Final = {None: 2, "beta": 1, "alpha": 0}

_WEBHOOKS: Final = "MutatingWebhookConfiguration ValidatingWebhookConfiguration"
_POLICIES: Final = "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"
_REVIEWS: Final = "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview"
_RBAC: Final = "ClusterRole ClusterRoleBinding Role RoleBinding"
_CLAIMS: Final = "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice"
_MUTATING: Final = "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"

# Removed before the bundled lists begin: apiVersion, kinds, the first minor without them, the apiVersion to use.
_REMOVED: Final = (
    ("admissionregistration.k8s.io/v1beta1", _WEBHOOKS, 22, ""),
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 22, ""),
    ("apiregistration.k8s.io/v1beta1", "APIService", 22, ""),
    ("apps/v1beta1", "ControllerRevision Deployment StatefulSet", 16, ""),
    ("apps/v1beta2", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet", 16, ""),
    ("auditregistration.k8s.io/v1alpha1", "AuditSink", 19, ""),
    ("authentication.k8s.io/v1beta1", "TokenReview", 22, ""),
    ("authorization.k8s.io/v1beta1", _REVIEWS, 22, ""),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 25, ""),
    ("batch/v1beta1", "CronJob", 25, ""),
    ("batch/v2alpha1", "CronJob", 21, ""),
    ("certificates.k8s.io/v1beta1", "CertificateSigningRequest", 22, ""),
    ("coordination.k8s.io/v1beta1", "Lease", 22, ""),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", 25, ""),
    ("events.k8s.io/v1beta1", "Event", 25, ""),
    ("extensions/v1beta1", "DaemonSet Deployment ReplicaSet", 16, "apps/v1"),
    ("extensions/v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
    ("extensions/v1beta1", "NetworkPolicy", 16, "networking.k8s.io/v1"),
    ("extensions/v1beta1", "PodSecurityPolicy", 16, ""),
    ("networking.k8s.io/v1beta1", "Ingress IngressClass", 22, ""),
    ("node.k8s.io/v1beta1", "RuntimeClass", 25, ""),
    ("policy/v1beta1", "PodDisruptionBudget", 25, ""),
    ("policy/v1beta1", "PodSecurityPolicy", 25, ""),
    ("rbac.authorization.k8s.io/v1alpha1", _RBAC, 22, ""),
    ("rbac.authorization.k8s.io/v1beta1", _RBAC, 22, ""),
    ("scheduling.k8s.io/v1alpha1", "PriorityClass", 22, ""),
    ("scheduling.k8s.io/v1beta1", "PriorityClass", 22, ""),
    ("settings.k8s.io/v1alpha1", "PodPreset", 20, ""),
    ("storage.k8s.io/v1alpha1", "CSIStorageCapacity VolumeAttachment", 24, ""),
    ("storage.k8s.io/v1beta1", "CSIDriver CSINode StorageClass VolumeAttachment", 22, ""),
)
# Kinds without a successor of the same name.
_ADVICE: Final = {
    "ClusterCIDR": "nothing takes its place",
    "PodPreset": "nothing takes its place; a mutating webhook can do the same",
    "PodSchedulingContext": "nothing takes its place",
    "PodSecurityPolicy": "use Pod Security admission: the label pod-security.kubernetes.io/enforce on the Namespace",
    "ResourceClass": "use DeviceClass",
}
# Kinds that OpenShift 3 served in v1, and their present apiVersion.
_OF_OPENSHIFT: Final = {
    "BuildConfig": "build.openshift.io/v1",
    "DeploymentConfig": "apps.openshift.io/v1",
    "ImageStream": "image.openshift.io/v1",
    "Project": "project.openshift.io/v1",
    "Route": "route.openshift.io/v1",
    "Template": "template.openshift.io/v1",
}
# Served but deprecated: apiVersion, kinds, the minors that first deprecate and remove them (0: never), heir.
_DEPRECATED: Final = (
    ("admissionregistration.k8s.io/v1alpha1", _MUTATING, 35, 38, ""),
    ("admissionregistration.k8s.io/v1beta1", _MUTATING, 37, 40, ""),
    ("admissionregistration.k8s.io/v1beta1", _POLICIES, 31, 34, ""),
    ("authentication.k8s.io/v1alpha1", "SelfSubjectReview", 29, 32, ""),
    ("authentication.k8s.io/v1beta1", "SelfSubjectReview", 30, 33, ""),
    ("certificates.k8s.io/v1alpha1", "ClusterTrustBundle", 34, 37, ""),
    ("certificates.k8s.io/v1beta1", "ClusterTrustBundle PodCertificateRequest", 37, 40, ""),
    ("coordination.k8s.io/v1alpha2", "LeaseCandidate", 35, 38, ""),
    ("coordination.k8s.io/v1beta1", "LeaseCandidate", 36, 39, ""),
    ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema PriorityLevelConfiguration", 29, 32, ""),
    ("networking.k8s.io/v1alpha1", "IPAddress ServiceCIDR", 30, 33, ""),
    ("networking.k8s.io/v1beta1", "IPAddress ServiceCIDR", 34, 37, ""),
    ("resource.k8s.io/v1alpha3", "DeviceTaintRule", 36, 39, ""),
    ("resource.k8s.io/v1beta1", _CLAIMS, 35, 38, ""),
    ("resource.k8s.io/v1beta2", _CLAIMS, 36, 39, ""),
    ("storage.k8s.io/v1alpha1", "VolumeAttributesClass", 32, 35, ""),
    ("storage.k8s.io/v1beta1", "VolumeAttributesClass", 34, 37, ""),
    ("storagemigration.k8s.io/v1alpha1", "StorageVersionMigration", 33, 36, ""),
    ("storagemigration.k8s.io/v1beta1", "StorageVersionMigration", 37, 40, ""),
    ("v1", "ComponentStatus", 19, 0, ""),
    ("v1", "Endpoints", 33, 0, "discovery.k8s.io/v1 EndpointSlice"),
)
_GONE: Final[Mapping[tuple[str, str], tuple[int, str]]] = {
    (version, kind): (minor, heir) for version, kinds, minor, heir in _REMOVED for kind in kinds.split()
}
_AGEING: Final[Mapping[tuple[str, str], tuple[int, int, str]]] = {
    (version, kind): (deprecated, removed, heir)
    for version, kinds, deprecated, removed, heir in _DEPRECATED
    for kind in kinds.split()
}


@cache
def is_built_in(gvk: GroupVersionKind, minor: int) -> bool:
    """Whether the type must be a built-in one: its group is, or its kind is and its group cannot be a CRD's.

    A dotted group is read as a slip for a built-in group if that is nearly the same and has the kind.
    """
    if gvk.group in BUILT_IN_GROUPS or (gvk.api_version, gvk.kind) in _GONE:
        return True
    homes = _homes(gvk.kind, minor)
    if "." in gvk.group:
        group = nearest(gvk.group, BUILT_IN_GROUPS)
        return group is not None and _is_slip(gvk.group, group) and any(home.startswith(f"{group}/") for home in homes)
    return bool(homes) or (nearest(gvk.group, BUILT_IN_GROUPS) is not None and bool(_near_kind(gvk.kind, minor)))


def _is_slip(group: str, other: str) -> bool:
    """Whether two similar groups have equally many dots, and lengths that differ by one letter at most."""
    return abs(len(group) - len(other)) <= 1 and group.count(".") == other.count(".")


def deprecation(gvk: GroupVersionKind, minor: int) -> Problem | None:
    """The API server's warning about a type that is served but deprecated, or None for any other type.

    Mirrors: apiserver pkg/endpoints/deprecation/deprecation.go WarningMessage @ v1.37
    """
    ageing = _AGEING.get((gvk.api_version, gvk.kind))
    if ageing is None or ageing[0] > minor:
        return None
    deprecated, removed, heir = ageing
    heir = heir or _heir(gvk, minor)
    message = f"{gvk.api_version} {gvk.kind} is deprecated in v1.{deprecated}+"
    if removed:
        message += f", unavailable in v1.{removed}+"
    fix = ""
    if heir:
        message += f"; use {heir}"
        fix = f"use {heir}"
    return Problem(("apiVersion",), message, fix=fix, rule="deprecated-api")


def unserved(gvk: GroupVersionKind, minor: int) -> Iterator[Problem]:
    """Yield the problem of a built-in type that the minor does not serve."""
    if (gvk.api_version, gvk.kind) != ("v1", "List"):  # kubectl takes lists apart
        stages = (_removal, _not_yet, _misplaced, _misspelt)
        found = next((problem for stage in stages if (problem := stage(gvk, minor)) is not None), None)
        yield found or _unheard_of(gvk, minor)


def _removal(gvk: GroupVersionKind, minor: int) -> Problem | None:
    span = served_minors().get(gvk.api_version, {}).get(gvk.kind)
    gone = _GONE.get((gvk.api_version, gvk.kind))
    if gone is None and (span is None or span[1] >= minor):
        return None
    since, heir = gone if gone is not None else (span[1] + 1 if span is not None else 0, "")
    heir = f"{heir} {gvk.kind}" if heir else _heir(gvk, minor)
    advice = f"use {heir}" if heir else _ADVICE.get(gvk.kind, "nothing of that name takes its place")
    message = f"{gvk.api_version} {gvk.kind} was removed in 1.{since}; {advice}"
    return Problem(("apiVersion",), message, effect=no_match(gvk), fix=advice, rule="removed-api")


def _not_yet(gvk: GroupVersionKind, minor: int) -> Problem | None:
    span = served_minors().get(gvk.api_version, {}).get(gvk.kind)
    if span is None:
        return None
    message = f"{gvk.api_version} {gvk.kind} is served from 1.{span[0]} on, not in 1.{minor}"
    heir = _heir(gvk, minor)
    fix = f"use {heir}" if heir else f"needs a cluster of 1.{span[0]} or later"
    return Problem(("apiVersion",), message, effect=no_match(gvk), fix=fix, rule="unknown-kind")


def _misplaced(gvk: GroupVersionKind, minor: int) -> Problem | None:
    foreign = _OF_OPENSHIFT.get(gvk.kind)
    homes = [foreign] if foreign and gvk.api_version == "v1" else _homes(gvk.kind, minor)
    if not homes:
        return None
    where = " or ".join(homes)
    message = f"{gvk.kind} is in {where}, not {gvk.api_version}"
    fix = f"write apiVersion: {max(homes, key=maturity)}"
    return Problem(("apiVersion",), message, effect=no_match(gvk), fix=fix, rule="unknown-kind")


def _misspelt(gvk: GroupVersionKind, minor: int) -> Problem | None:
    near = _near_kind(gvk.kind, minor)
    if near is None:
        return None
    if (gvk.api_version, near) in definitions_of(minor).kinds:
        message, fix = f'{gvk.api_version} has no kind "{gvk.kind}"; did you mean "{near}"?', f"write kind: {near}"
    else:
        homes = _homes(near, minor)
        where, best = " or ".join(homes), max(homes, key=maturity)
        message = f'no kind "{gvk.kind}" in {gvk.api_version}; did you mean {near}, which is in {where}?'
        fix = f"write apiVersion: {best} and kind: {near}"
    return Problem(("kind",), message, effect=no_match(gvk), fix=fix, rule="unknown-kind")


def _unheard_of(gvk: GroupVersionKind, minor: int) -> Problem:
    if any(version == gvk.api_version for version, _ in definitions_of(minor).kinds):
        path, message = "kind", f'{gvk.api_version} has no kind "{gvk.kind}"'
    else:
        path, message = "apiVersion", f'Kubernetes 1.{minor} serves no "{gvk.api_version}"'
    return Problem((path,), message, effect=no_match(gvk), rule="unknown-kind")


@cache
def _near_kind(kind: str, minor: int) -> str | None:
    """The kind that a misspelt one means, or None. The first letter must be right: it is seldom what is wrong."""
    first = kind[:1].casefold()
    known = {name for _, name in definitions_of(minor).kinds if not name.endswith("List")}
    return nearest(kind, (name for name in known if name[0].casefold() == first))


def no_match(gvk: GroupVersionKind) -> str:
    """The effect of a type that the cluster does not serve: the words of kubectl."""
    return f'kubectl apply stops with: no matches for kind "{gvk.kind}" in version "{gvk.api_version}"'


def _heir(gvk: GroupVersionKind, minor: int) -> str:
    """The most stable version of the kind in its group, with the kind; empty if none is more stable than the given."""
    versions = [
        version
        for version, kind in definitions_of(minor).kinds
        if kind == gvk.kind and version.rpartition("/")[0] == gvk.group
    ]
    best = max(versions, key=maturity, default="")
    return f"{best} {gvk.kind}" if best and maturity(best) > maturity(gvk.api_version) else ""


def _homes(kind: str, minor: int) -> list[str]:
    """The apiVersions that serve a kind, of the best stability there is only; the core group first."""
    versions = [version for version, name in definitions_of(minor).kinds if name == kind]
    best = max((maturity(version)[0] for version in versions), default=0)
    return sorted(
        (version for version in versions if maturity(version)[0] == best), key=lambda home: ("/" in home, home)
    )


def maturity(api_version: str) -> tuple[int, int, int]:
    """How stable a version is, as a sort key: v2 above v1, v1 above v2beta1."""
    match = _VERSION.fullmatch(api_version.rpartition("/")[2])
    if match is None:
        return (-1, 0, 0)
    return (_STABILITY[match[2]], int(match[1]), int(match[3] or 0))
