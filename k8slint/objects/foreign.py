"""Files in the form of Kubernetes objects that other programs read and no API server ever gets."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from k8slint.values.gvk import GroupVersionKind
from k8slint.values.regex import regex

# The programs that read a group's kinds from files, by group, or by apiVersion if that is one word. Groups that some
# API server serves are not here.
_READERS: Final = {
    "abac.authorization.kubernetes.io": "kube-apiserver",
    "admission.k8s.io": "an admission webhook",
    "apiserver.config.k8s.io": "kube-apiserver",
    "apiserver.k8s.io": "kube-apiserver",
    "audit.k8s.io": "kube-apiserver",
    "backstage.io": "Backstage",
    "builtin": "kustomize",
    "chainsaw.kyverno.io": "chainsaw",
    "cli.kyverno.io": "the kyverno command",
    "client.authentication.k8s.io": "kubectl",
    "config.kubernetes.io": "kustomize",
    "ctlptl.dev": "ctlptl",
    "eksctl.io": "eksctl",
    "fn.kpt.dev": "kpt",
    "garden.io": "Garden",
    "imagepolicy.k8s.io": "an admission webhook",
    "imgpkg.carvel.dev": "imgpkg",
    "k0sctl.k0sproject.io": "k0sctl",
    "k3d.io": "k3d",
    "kapp.k14s.io": "kapp",
    "kbld.k14s.io": "kbld",
    "kctrl.carvel.dev": "kctrl",
    "kind.x-k8s.io": "kind",
    "kpt.dev": "kpt",
    "kops.k8s.io": "kops",
    "krew.googlecontainertools.github.com": "krew",
    "kubeadm.k8s.io": "kubeadm",
    "kubeone.k8c.io": "KubeOne",
    "kuttl.dev": "kuttl",
    "mirror.openshift.io": "oc-mirror",
    "n9": "Nobl9",
    "openslo": "OpenSLO",
    "scaffolder.backstage.io": "Backstage",
    "scorecard.operatorframework.io": "operator-sdk",
    "tanka.dev": "Tanka",
    "test.gatekeeper.sh": "gator",
    "vendir.k14s.io": "vendir",
}
# The same by kind, for groups whose other kinds an API server serves.
_READERS_OF_KINDS: Final = {
    ("argoproj.io", "ConfigManagementPlugin"): "Argo CD's repo server",
    ("clusterctl.cluster.x-k8s.io", "Metadata"): "clusterctl",
}
# The top-level fields of the kinds of Kubernetes: any other field shows that another program reads the file.
_FIELD_NAMES: Final = """
    action addressType aggregationRule allowVolumeExpansion allowedTopologies apiVersion
    automountServiceAccountToken binaryData count data description endpoints eventTime fieldPath
    firstTimestamp globalDefault handler immutable imagePullSecrets involvedObject items kind lastTimestamp
    maximumVolumeSize message metadata mountOptions nodeTopology note overhead parameters ports
    preemptionPolicy provisioner reason reclaimPolicy regarding related reportingComponent reportingController
    reportingInstance revision roleRef rules scheduling secrets series source spec status storageClassName
    stringData subjects subsets target template type value volumeBindingMode webhooks
"""
_FIELDS: Final = frozenset(_FIELD_NAMES.split())
_HALVES: Final = frozenset({"apiversion", "kind", "metadata", "spec", "status"})
_CONFIG: Final = ".config.k8s.io"
_API_VERSION = regex(r"(?:[a-z0-9.-]+/)?v\d+(?:(?:alpha|beta)\d+)?")
_KIND = regex(r"[A-Z][A-Za-z0-9]*")


def is_for_programs(group: str) -> bool:
    """Whether the kinds of a group are config files, which nobody applies: no CRD can have a group without a dot."""
    return group in _READERS or group.endswith(_CONFIG) or "." not in group


def reader_of(gvk: GroupVersionKind) -> str:
    """The program that reads files of the type; empty for a type that is applied.

    Empty for a kustomization too: a program reads it, but it tells which objects there will be.
    """
    reader = _READERS.get(gvk.group or gvk.version) or _READERS_OF_KINDS.get((gvk.group, gvk.kind), "")
    if reader or gvk.group == "kustomize.config.k8s.io":
        return reader
    if gvk.group.endswith(_CONFIG):
        return gvk.group.removesuffix(_CONFIG)
    # An example is the parts of a Talos machine's config; the core group has only v1.
    return "a program" if not gvk.group and gvk.version != "v1" and gvk.kind.endswith("Config") else ""


def tells_of_others(gvk: GroupVersionKind) -> bool:
    """Whether a program reads files of the type and changes other objects by them, so that checks need their data.

    The files themselves are the program's to judge. Kustomizations are not among them: kubectl reads those itself.
    """
    return gvk.group == "skaffold"


def is_half_an_object(data: Mapping[str, Any]) -> bool:
    """Whether a mapping without apiVersion or kind was meant to be an object, and is no file of another program.

    Half an object is left if a line was lost or misspelt. Files of other programs have fields that no object has.
    """
    api_version, kind, metadata = data.get("apiVersion"), data.get("kind"), data.get("metadata")
    if not isinstance(metadata, dict):
        return False
    if api_version:
        return _matches(_API_VERSION, api_version) and _has_only_known(data)
    if kind:
        return _matches(_KIND, kind) and _has_only_known(data)
    return isinstance(data.get("spec"), dict) and {key.casefold() for key in data} <= _HALVES


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _has_only_known(names: Collection[str]) -> bool:
    """Whether the names are fields of objects, apart from at most one, which must be a misspelt apiVersion or kind."""
    unknown = [name for name in names if name not in _FIELDS]
    if not unknown:
        return True
    from k8slint.values.nearest import nearest  # noqa: PLC0415 - few files come this far

    return len(unknown) == 1 and nearest(unknown[0], ("apiVersion", "kind")) is not None
