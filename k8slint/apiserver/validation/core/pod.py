"""Pods and pod templates, as the API server validates them on creation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8slint.apiserver.validation.addresses import address
from k8slint.apiserver.validation.core.affinity import affinity, spread_constraints, tolerations
from k8slint.apiserver.validation.core.container import containers
from k8slint.apiserver.validation.core.mounts import volumes_of
from k8slint.apiserver.validation.core.pod_annotations import annotations_match_fields, pod_annotations
from k8slint.apiserver.validation.core.pod_resources import pod_overhead, pod_resources, resource_claims
from k8slint.apiserver.validation.core.pod_security import (
    all_containers,
    host_process,
    host_users,
    operating_system,
    pod_security,
)
from k8slint.apiserver.validation.field import Check, Field, between, fields, given, one_of, optional
from k8slint.apiserver.validation.formats import (
    dns_label,
    dns_subdomain,
    dns_subdomain_with_underscores,
    qualified_name,
)
from k8slint.apiserver.validation.metadata import labels, validate_annotations
from k8slint.apiserver.validation.selectors import label_key

_PREEMPTION: Final = one_of("Never", "PreemptLowerPriority")
_MOST_NAMESERVERS: Final = 3
_MOST_SEARCHES: Final = 32
_LONGEST_SEARCHES: Final = 2048
_LONGEST_HOST_NAME: Final = 64


def pod(obj: Field) -> None:
    """A Pod.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePodCreate @ v1.37
    """
    metadata, spec = obj["metadata"], obj["spec"]
    pod_annotations(metadata["annotations"], spec)
    pod_spec(spec, metadata, is_template=False)
    if spec["ephemeralContainers"]:
        spec["ephemeralContainers"].forbidden("cannot be set on create", fix="use kubectl debug")
    if spec["nodeName"] and spec["schedulingGates"] and not spec["schedulingGates"].is_hole:
        spec["nodeName"].forbidden("cannot be set until all schedulingGates have been cleared", fix="remove it")
    annotations_match_fields(metadata["annotations"], spec)


def template_spec(template: Field, templates: Field | None = None) -> None:
    """The pod template of a workload, and the claim templates of a StatefulSet, which are volumes of each Pod.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePodTemplateSpec @ v1.37
    """
    template_metadata(template)
    spec, metadata = template["spec"], template["metadata"]
    pod_spec(spec, metadata, is_template=True, templates=templates)
    if templates is not None:
        from k8slint.apiserver.validation.core.persistent_volume_claim import claim_templates  # noqa: PLC0415 - only StatefulSets have any

        claim_templates(templates)
    annotations_match_fields(metadata["annotations"], spec)
    if spec["ephemeralContainers"]:
        spec["ephemeralContainers"].forbidden("ephemeral containers not allowed in pod template", fix="remove them")


def template_metadata(template: Field) -> None:
    """The labels and annotations of a pod template; the server leaves `metadata` out of their paths.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePodTemplateSpec @ v1.37
    """
    metadata = template["metadata"]
    if metadata.holds("labels"):
        labels(metadata["labels"].named_as(template, "labels"))
    if metadata.holds("annotations"):
        validate_annotations(metadata["annotations"].named_as(template, "annotations"))
        pod_annotations(metadata["annotations"], template["spec"])


def pod_spec(spec: Field, metadata: Field, *, is_template: bool, templates: Field | None = None) -> None:
    """The spec of a Pod, or of a template of Pods.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePodSpec @ v1.37
    """
    if spec.is_hole:
        return
    refused: frozenset[str] = frozenset()
    if spec.holds("volumes"):
        from k8slint.apiserver.validation.core.volumes import volumes  # noqa: PLC0415 - three modules that many pods do without

        refused = volumes(spec, metadata, is_template=is_template)
    containers(spec, volumes_of(spec, templates, refused), is_template=is_template)
    _FIELDS(spec)
    written = (spec.value or {}).keys()
    # Fields that are absent cost no more than this.
    for names, check in _BY_FIELDS:
        if not written.isdisjoint(names):
            check(spec)
    if not written.isdisjoint(("affinity", "topologySpreadConstraints")):
        own_labels: Mapping[str, Any] = {} if is_template else dict(metadata["labels"].entries())
        affinity(spec["affinity"], own_labels)
        spread_constraints(spec["topologySpreadConstraints"], own_labels)
    if any("windowsOptions" in context for context in _contexts(spec)):
        host_process(spec)


def _contexts(spec: Field) -> Iterator[Mapping[str, Any]]:
    """The security contexts of a pod and its containers, as far as they are known."""
    for holder in (spec, *all_containers(spec)):
        context = holder.value.get("securityContext") if holder.value.__class__ is dict else None
        if context.__class__ is dict:
            yield context


def _service_account(spec: Field) -> None:
    name = spec["serviceAccountName"] or spec["serviceAccount"]
    if name:
        dns_subdomain(name)


def _host_aliases(aliases: Field) -> None:
    for alias in aliases:
        if alias.is_hole:
            continue
        address(alias["ip"])
        for name in alias["hostnames"]:
            dns_subdomain.item(name)


def _preemption(policy: Field) -> None:
    if policy.value == "":
        policy.required()
    else:
        _PREEMPTION(policy)


def _scheduling_gates(gates: Field) -> None:
    """What must be done before a pod is scheduled. The server names the gate alone.

    Mirrors: pkg/apis/core/validation/validation.go validateSchedulingGates @ v1.37
    """
    names: set[str] = set()
    for gate in gates:
        name = gate["name"].value or ""
        if name.__class__ is not str:
            continue
        for fault in qualified_name.faults(name):
            gate.invalid(fault, name, at=("name",))
        if name in names:
            gate.duplicate(name, at=("name",))
        names.add(name)


def _readiness_gates(gates: Field) -> None:
    for gate in gates:
        label_key(gate["conditionType"])


def _dns_config(spec: Field) -> None:
    """The resolver of a pod.

    Mirrors: pkg/apis/core/validation/validation.go validatePodDNSConfig @ v1.37
    """
    config = spec["dnsConfig"]
    if not config and spec["dnsPolicy"].value != "None":
        return
    servers, searches = config["nameservers"], config["searches"]
    if spec["dnsPolicy"].value == "None":
        if not config.is_set:
            config.required("must provide `dnsConfig` when `dnsPolicy` is None")
            return
        if not servers:
            servers.required("must provide at least one DNS nameserver when `dnsPolicy` is None")
            return
    if len(servers) > _MOST_NAMESERVERS:
        servers.invalid(f"must not have more than {_MOST_NAMESERVERS} nameservers", fix="keep three")
    for server in servers:
        address(server)
    _searches(searches)
    for option in config["options"]:
        if not option["name"]:
            option["name"].required("must not be empty")


def _searches(searches: Field) -> None:
    if len(searches) > _MOST_SEARCHES:
        searches.invalid(f"must not have more than {_MOST_SEARCHES} search paths")
    texts = [search.value for search in searches if search.value.__class__ is str]
    if sum(map(len, texts)) + len(searches) - 1 > _LONGEST_SEARCHES:
        searches.invalid(
            f"must not have more than {_LONGEST_SEARCHES} characters (including spaces) in the search list"
        )
    for search in searches:
        _search(search)


def _search(search: Field) -> None:
    text = search.value or ""
    is_relaxed = search.run.has("RelaxedDNSSearchValidation")
    if text.__class__ is str and not (is_relaxed and text == "."):
        form = dns_subdomain_with_underscores if is_relaxed else dns_subdomain
        for fault in form.faults(text.removesuffix(".")):
            search.invalid(fault, text.removesuffix("."))


def _host_name(spec: Field) -> None:
    """The name that a pod's host has instead of its own.

    Mirrors: pkg/apis/core/validation/validation.go validateHostnameOverride @ v1.37
    """
    name = spec["hostnameOverride"]
    if not name.is_set or not name.run.has("HostnameOverride"):
        return
    if spec["setHostnameAsFQDN"].value is True:
        name.forbidden("may not be specified when setHostnameAsFQDN is true", fix="remove one of the two")
    if spec["hostNetwork"].value is True:
        name.forbidden("may not be specified when hostNetwork is true", fix="remove one of the two")
    if len(name) > _LONGEST_HOST_NAME:
        name.too_long(_LONGEST_HOST_NAME)
    dns_subdomain(name)


_FIELDS: Final = fields(
    resourceClaims=optional(resource_claims),
    restartPolicy=optional(one_of("Always", "Never", "OnFailure")),
    dnsPolicy=optional(one_of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")),
    nodeSelector=optional(labels),
    readinessGates=optional(_readiness_gates),
    schedulingGates=optional(_scheduling_gates),
    nodeName=optional(dns_subdomain),
    activeDeadlineSeconds=given(between(1, 2**31 - 1)),
    hostname=optional(dns_label),
    subdomain=optional(dns_label),
    tolerations=optional(tolerations),
    hostAliases=optional(_host_aliases),
    priorityClassName=optional(dns_subdomain),
    runtimeClassName=given(dns_subdomain),
    preemptionPolicy=given(_preemption),
    overhead=optional(pod_overhead),
)
# Checks of several fields, made if one of these is there.
_BY_FIELDS: Final[tuple[tuple[tuple[str, ...], Check], ...]] = (
    (("resources",), pod_resources),
    (("securityContext", "shareProcessNamespace"), pod_security),
    (("dnsConfig", "dnsPolicy"), _dns_config),
    (("hostUsers",), host_users),
    (("serviceAccountName", "serviceAccount"), _service_account),
    (("hostnameOverride",), _host_name),
    (("os",), operating_system),
)
