"""The built-in resources as roles name them: a group, a plural, and parts of it such as `pods/log`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from k8slint.apiserver.discovery.definitions import served_minors

# Bodies of requests to a part of another resource, by group: no resource of their own.
_BODIES: Final = frozenset(
    {("authentication.k8s.io", "TokenRequest"), ("autoscaling", "Scale"), ("policy", "Eviction")}
)
_PLURALS: Final = {"Endpoints": "endpoints"}
# Parts of resources, apart from status and finalizers. Those of nodes stand for the kubelet's own API, those of claims
# for what a driver or a scheduler may write into their status.
_PARTS: Final = {
    ("", "namespaces"): "finalize",
    ("", "nodes"): "checkpoint configz healthz log metrics pods proxy spec stats",
    ("", "pods"): "attach binding ephemeralcontainers eviction exec log portforward proxy resize",
    ("", "replicationcontrollers"): "scale",
    ("", "serviceaccounts"): "token",
    ("", "services"): "proxy",
    ("apps", "deployments"): "scale",
    ("apps", "replicasets"): "scale",
    ("apps", "statefulsets"): "scale",
    ("certificates.k8s.io", "certificatesigningrequests"): "approval",
    ("resource.k8s.io", "resourceclaims"): "binding driver",
}
# What any resource may have, or what tools write for any: harmless where there is none.
_PARTS_OF_ANY: Final = frozenset({"status", "finalizers"})
# Parts of any name: the fields of a user that are not Kubernetes' own.
_FREE: Final = "*"
# What only authorizers know: whom one may act as, for whom one may sign.
_VIRTUAL: Final = {
    "": ("users", "groups", "serviceaccounts"),
    "authentication.k8s.io": ("users", "groups", "uids", "userextras", "serviceaccounts", "nodes"),
    "certificates.k8s.io": ("signers",),
}
# What groups served before the bundled minors: group, resources, the first minor without them, their group today.
_GONE: Final = (
    ("extensions", "daemonsets deployments replicasets", 16, "apps"),
    ("extensions", "networkpolicies", 16, "networking.k8s.io"),
    ("extensions", "ingresses", 22, "networking.k8s.io"),
    ("extensions", "replicationcontrollers", 16, ""),
)
SHORT_NAMES: Final = {
    "cj": "cronjobs",
    "cm": "configmaps",
    "crd": "customresourcedefinitions",
    "crds": "customresourcedefinitions",
    "csr": "certificatesigningrequests",
    "deploy": "deployments",
    "ds": "daemonsets",
    "ep": "endpoints",
    "ev": "events",
    "hpa": "horizontalpodautoscalers",
    "ing": "ingresses",
    "netpol": "networkpolicies",
    "no": "nodes",
    "ns": "namespaces",
    "pdb": "poddisruptionbudgets",
    "po": "pods",
    "pv": "persistentvolumes",
    "pvc": "persistentvolumeclaims",
    "quota": "resourcequotas",
    "rc": "replicationcontrollers",
    "rs": "replicasets",
    "sa": "serviceaccounts",
    "sc": "storageclasses",
    "sts": "statefulsets",
    "svc": "services",
}


class Resource(NamedTuple):
    """A resource; `kind` is empty if only authorizers know it. `parts` are those that have their own rules."""

    group: str
    name: str
    kind: str
    parts: frozenset[str]

    def has(self, part: str) -> bool:
        """Whether a role may name the part, such as `log` of pods; the empty part is the resource itself."""
        return not part or part in self.parts or part in _PARTS_OF_ANY or _FREE in self.parts

    @property
    def group_kind(self) -> str:
        """The kind with its group, such as `Deployment.apps` or `Pod`."""
        return f"{self.kind}.{self.group}" if self.group else self.kind


@cache
def resources() -> Mapping[str, Mapping[str, Resource]]:
    """All that any minor from 1.25 on serves in any version, by group and plural."""
    found: dict[str, dict[str, Resource]] = defaultdict(dict)
    for group, names in _VIRTUAL.items():
        for name in names:
            found[group][name] = Resource(group, name, "", frozenset({_FREE} if name == "userextras" else ()))
    for version, kinds in served_minors().items():
        group = version.rpartition("/")[0]
        for kind in kinds:
            if not kind.endswith("List") and (group, kind) not in _BODIES:
                name = plural_of(kind)
                parts = frozenset(_PARTS.get((group, name), "").split())
                found[group][name] = Resource(group, name, kind, parts)
    return found


def plural_of(kind: str) -> str:
    """The plural of a built-in kind.

    Mirrors: apimachinery pkg/api/meta/restmapper.go UnsafeGuessKindToResource @ v1.37
    """
    if kind in _PLURALS:
        return _PLURALS[kind]
    word = kind.lower()
    if word.endswith("s"):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


@cache
def groups_gone() -> Mapping[tuple[str, str], tuple[int, str]]:
    """The first minor without a resource that moved to another group, and that group, by old group and plural."""
    return {(group, name): (minor, heir) for group, names, minor, heir in _GONE for name in names.split()}


@cache
def groups_of(name: str) -> tuple[str, ...]:
    """The built-in groups with a resource, those first that hold most others: events are of the core group."""
    found = [group for group, names in resources().items() if name in names and names[name].kind]
    return tuple(sorted(found, key=lambda group: -len(resources()[group])))
