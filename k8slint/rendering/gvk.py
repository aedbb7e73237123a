"""Kinds and names as kustomize compares them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

_SCOPED_CLUSTER: Final = {
    "admissionregistration.k8s.io/v1": "MutatingWebhookConfiguration ValidatingWebhookConfiguration "
    "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding",
    "admissionregistration.k8s.io/v1beta1": "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
    "apiextensions.k8s.io/v1beta1": "CustomResourceDefinition",
    "apiregistration.k8s.io/v1": "APIService",
    "apiregistration.k8s.io/v1beta1": "APIService",
    "certificates.k8s.io/v1": "CertificateSigningRequest",
    "certificates.k8s.io/v1beta1": "CertificateSigningRequest",
    "flowcontrol.apiserver.k8s.io/v1beta1": "FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io/v1": "IngressClass",
    "networking.k8s.io/v1beta1": "IngressClass",
    "node.k8s.io/v1": "RuntimeClass",
    "node.k8s.io/v1beta1": "RuntimeClass",
    "policy/v1beta1": "PodSecurityPolicy",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding",
    "rbac.authorization.k8s.io/v1beta1": "ClusterRole ClusterRoleBinding",
    "scheduling.k8s.io/v1": "PriorityClass",
    "scheduling.k8s.io/v1beta1": "PriorityClass",
    "storage.k8s.io/v1": "CSIDriver CSINode StorageClass VolumeAttachment",
    "storage.k8s.io/v1beta1": "CSIDriver CSINode StorageClass VolumeAttachment",
    "v1": "ComponentStatus Namespace Node NodeProxyOptions PersistentVolume",
}
"""The kinds that kustomize knows to have no namespace, by apiVersion; to all others it gives one.

Mirrors: sigs.k8s.io/kustomize/kyaml openapi/openapi.go precomputedIsNamespaceScoped @ v0.21.1
"""
_CLUSTER_WIDE: Final = frozenset(
    (api_version, kind) for api_version, kinds in _SCOPED_CLUSTER.items() for kind in kinds.split()
)
DEFAULT_NAMESPACE: Final = "default"
NO_NAMESPACE: Final = "_non_namespaceable_"


class Gvk(NamedTuple):
    """Group, version and kind; as a selector, an empty part selects all."""

    group: str = ""
    version: str = ""
    kind: str = ""

    @property
    def api_version(self) -> str:
        """The text of `apiVersion`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def is_cluster_wide(self) -> bool:
        """Whether kustomize knows that the kind has no namespace."""
        return (self.api_version, self.kind) in _CLUSTER_WIDE

    def is_selected_by(self, selector: Gvk) -> bool:
        """Whether each part that the selector names is the same."""
        return (
            selector.group in ("", self.group)
            and selector.version in ("", self.version)
            and selector.kind in ("", self.kind)
        )

    def __str__(self) -> str:
        """The type as kustomize writes it: `Deployment.v1.apps`."""
        return f"{self.kind or '[noKind]'}.{self.version or '[noVer]'}.{self.group or '[noGrp]'}"


@lru_cache(maxsize=4096)  # few types, many objects
def parse_gvk(api_version: str, kind: str) -> Gvk:
    """The type that apiVersion and kind name.

    Mirrors: sigs.k8s.io/kustomize/kyaml resid/gvk.go ParseGroupVersion @ v0.21.1
    """
    group, slash, version = api_version.partition("/")
    return Gvk(group, version, kind) if slash else Gvk("", api_version, kind)


class ResId(NamedTuple):
    """The identity of an object: kustomize takes an absent namespace for `default`.

    Earlier identities of an object have `is_known_scope` false: for those kustomize forgets which kinds have no
    namespace.
    """

    gvk: Gvk
    name: str
    namespace: str = ""
    is_known_scope: bool = True

    @property
    def is_cluster_wide(self) -> bool:
        """Whether the object is known to have no namespace."""
        return self.is_known_scope and self.gvk.is_cluster_wide

    @property
    def effective_namespace(self) -> str:
        """The namespace, `default` if there is none, or a word of its own for kinds without namespaces.

        Mirrors: sigs.k8s.io/kustomize/kyaml resid/resid.go ResId.EffectiveNamespace @ v0.21.1
        """
        return NO_NAMESPACE if self.is_cluster_wide else self.namespace or DEFAULT_NAMESPACE

    @property
    def key(self) -> tuple[Gvk, str, str]:
        """What is equal for equal identities."""
        return self.gvk, self.name, self.effective_namespace

    def __str__(self) -> str:
        """The identity as kustomize writes it: `Deployment.v1.apps/web.[noNs]`."""
        return f"{self.gvk}/{self.name or '[noName]'}.{self.namespace or '[noNs]'}"
