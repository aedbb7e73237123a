"""All objects together, indexed: what checks ask about other objects."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property, wraps
from itertools import compress
from typing import Any, Final, TypeVar, TypeVarTuple

from k8slint.bundled import MINORS
from k8slint.objects.object import Object, Pod
from k8slint.values.grouped import grouped
from k8slint.values.labels import LabelSelector
from k8slint.values.record import made, record
from k8slint.values.regex import regex
from k8slint.values.version import KubernetesVersion

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

# The built-in kinds without a namespace.
CLUSTER_SCOPED: Final = frozenset(
    {
        "APIService.apiregistration.k8s.io",
        "CertificateSigningRequest.certificates.k8s.io",
        "ClusterRole.rbac.authorization.k8s.io",
        "ClusterRoleBinding.rbac.authorization.k8s.io",
        "ClusterTrustBundle.certificates.k8s.io",
        "CSIDriver.storage.k8s.io",
        "CSINode.storage.k8s.io",
        "CustomResourceDefinition.apiextensions.k8s.io",
        "DeviceClass.resource.k8s.io",
        "DeviceTaintRule.resource.k8s.io",
        "FlowSchema.flowcontrol.apiserver.k8s.io",
        "IngressClass.networking.k8s.io",
        "IPAddress.networking.k8s.io",
        "MutatingAdmissionPolicy.admissionregistration.k8s.io",
        "MutatingAdmissionPolicyBinding.admissionregistration.k8s.io",
        "MutatingWebhookConfiguration.admissionregistration.k8s.io",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass.scheduling.k8s.io",
        "PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io",
        "ResourceSlice.resource.k8s.io",
        "RuntimeClass.node.k8s.io",
        "ServiceCIDR.networking.k8s.io",
        "StorageClass.storage.k8s.io",
        "StorageVersionMigration.storagemigration.k8s.io",
        "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
        "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
        "VolumeAttachment.storage.k8s.io",
        "VolumeAttributesClass.storage.k8s.io",
    }
)

_NEWEST: Final = KubernetesVersion(1, MINORS[-1])


@record
class Cluster:
    """The objects of a run, immutable.

    `description` holds the objects of the cluster description, which exist but are not reported on, or is None if there
    is no description: then the cluster has several nodes of unknown number and size. `externals` are patterns
    `Kind/namespace/name` or `Kind/name` of what is known to exist elsewhere. `version` is the Kubernetes version that
    the cluster runs. `missed` is the one part that changes: what checks asked of a description that is not there, until
    a caller clears it.
    """

    objects: tuple[Object, ...]
    description: tuple[Object, ...] | None = None
    externals: tuple[str, ...] = ()
    version: KubernetesVersion = _NEWEST
    missed: set[str] = made(factory=set)
    _memo: dict[Hashable, Any] = made(factory=dict)

    @property
    def whole(self) -> Cluster:
        """The cluster of all objects of the run: this one, unless it is a bundle."""
        return self

    def parting(self, _: Object) -> tuple[str, str] | None:
        """The name of this bundle and that of the object's, or None if this cluster sees the object."""
        return None

    def of_kind(self, group_kind: str) -> tuple[Object, ...]:
        """Objects of `Kind` or `Kind.group`, the cluster description's included, in order of reading."""
        return self._by_kind.get(group_kind, ())

    def find(self, group_kind: str, namespace: str, name: str) -> tuple[Object, ...]:
        """Objects of that name that the namespace may mean: several if the files hold several."""
        found = self._by_name.get((group_kind, name), ())
        if not namespace or group_kind in CLUSTER_SCOPED:
            return found
        return tuple(obj for obj in found if may_share_namespace(obj.namespace, namespace))

    def pods_selected(self, selector: LabelSelector, namespace: str) -> tuple[Pod, ...]:
        """Pods and pod templates of that namespace whose labels the selector matches."""
        return _selected(self, selector, namespace)

    def is_external(self, kind: str, namespace: str, name: str) -> bool:
        """Whether the config says that the object exists elsewhere."""
        if not self.externals:
            return False
        plain, globs = self._externals
        places = (
            *plain.get((kind, name), ()),
            *(place for *parts, place in globs if _are_matched((kind, name), parts)),
        )
        return any(fnmatchcase(namespace, place) or (not namespace and place != "") for place in places)

    @cached_property
    def _externals(self) -> tuple[Mapping[tuple[str, str], tuple[str, ...]], list[tuple[str, str, str]]]:
        """Externals without a glob, as namespaces by kind and name; the others, as kind, name and namespace."""
        parts = [pattern.split("/") for pattern in self.externals]
        known = [(each[0], each[-1], each[1] if len(each) == 3 else "*") for each in parts if len(each) in (2, 3)]
        plain = [((kind, name), place) for kind, name, place in known if not _GLOB.search(kind + name)]
        return grouped(plain), [each for each in known if _GLOB.search(each[0] + each[1])]

    def once(self, make: Callable[[Cluster, *Ts], T], *about: *Ts) -> T:
        """The result of the function for this cluster and the other arguments, worked out on the first call only."""
        key = (make, *about)
        if key not in self._memo:
            self._memo[key] = make(self, *about)
        result: T = self._memo[key]
        return result

    @cached_property
    def nodes(self) -> tuple[Object, ...] | None:
        """The nodes of the cluster description, or None if there is no description."""
        if self.description is None:
            return None
        return tuple(obj for obj in self.description if obj.group_kind == "Node")

    @cached_property
    def pods(self) -> tuple[Pod, ...]:
        """Every Pod and pod template."""
        return tuple(pod for obj in self._all for pod in obj.pods)

    @property
    def _all(self) -> Iterable[Object]:
        return (*self.objects, *(self.description or ()))

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Object, ...]]:
        return grouped((obj.group_kind, obj) for obj in self._all)

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], tuple[Object, ...]]:
        return grouped(((obj.group_kind, obj.name), obj) for obj in self._all)

    @cached_property
    def _pods_by_label(self) -> Mapping[tuple[str, str], tuple[Pod, ...]]:
        return grouped((label, pod) for pod in self.pods for label in pod.labels.items())

    @cached_property
    def _pods_by_place(self) -> Mapping[tuple[str, str, str], tuple[Pod, ...]]:
        """The pods by namespace, key and value of their labels."""
        return grouped(((pod.namespace, *label), pod) for pod in self.pods for label in pod.labels.items())

    def select(self, selector: LabelSelector, namespace: str) -> Iterator[Pod]:
        """The pods of `pods_selected`, worked out at every call."""
        is_plain = [one.operator == "In" and len(one.values) == 1 for one in selector.requirements]
        groups = [
            self._pods_labelled(namespace, one.key, one.values[0]) for one in compress(selector.requirements, is_plain)
        ]
        groups.sort(key=len)
        further = LabelSelector(
            tuple(one for one, plain in zip(selector.requirements, is_plain, strict=True) if not plain)
        )
        others = frozenset(groups[0]).intersection(*groups[1:]) if len(groups) > 1 else None
        for pod in groups[0] if groups else self.pods:
            is_there = (others is None or pod in others) and may_share_namespace(pod.namespace, namespace)
            if is_there and further.matches(pod.labels):
                yield pod

    def _pods_labelled(self, namespace: str, key: str, value: str) -> tuple[Pod, ...]:
        if not namespace:
            return self._pods_by_label.get((key, value), ())
        # Look only at the namespace asked for: the same labels may occur in many.
        places = self._pods_by_place
        return (*places.get((namespace, key, value), ()), *places.get(("", key, value), ()))


def once(make: Callable[[Cluster, *Ts], T]) -> Callable[[Cluster, *Ts], T]:
    """The function, such as one that makes an index for a check, called once for each cluster and other arguments."""

    @wraps(make)
    def known(cluster: Cluster, *about: *Ts) -> T:
        return cluster.once(make, *about)

    return known


@once
def _selected(cluster: Cluster, selector: LabelSelector, namespace: str) -> tuple[Pod, ...]:
    return tuple(cluster.select(selector, namespace))


def may_share_namespace(one: str, other: str) -> bool:
    """Whether two namespaces as written can be the same: an empty one is whatever `kubectl -n` says."""
    return not one or not other or one == other


_GLOB: Final = regex(r"[*?\[]")


def _are_matched(values: Iterable[str], parts: Iterable[str]) -> bool:
    return all(map(fnmatchcase, values, parts))
