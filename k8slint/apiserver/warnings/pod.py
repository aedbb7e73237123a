"""Warnings about Pods and pod templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from k8slint.apiserver.validation.addresses import preferred_form
from k8slint.apiserver.validation.core.pod_annotations import APP_ARMOR, SECCOMP_OF_CONTAINER, SECCOMP_OF_POD
from k8slint.apiserver.validation.core.pod_security import all_containers
from k8slint.apiserver.validation.field import HOLE, Check, Field
from k8slint.apiserver.validation.formats import label_value
from k8slint.apiserver.warnings.ports import port_warnings
from k8slint.apiserver.warnings.resources import whole_bytes
from k8slint.objects.fields import dig

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"
# A label of nodes, the server's words on since when it is deprecated, and the label that replaces it.
_LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "beta.kubernetes.io/arch": ("deprecated since v1.14; ", "kubernetes.io/arch"),
    "beta.kubernetes.io/instance-type": ("deprecated since v1.17; ", "node.kubernetes.io/instance-type"),
    "beta.kubernetes.io/os": ("deprecated since v1.14; ", "kubernetes.io/os"),
    "failure-domain.beta.kubernetes.io/region": ("deprecated since v1.17; ", "topology.kubernetes.io/region"),
    "failure-domain.beta.kubernetes.io/zone": ("deprecated since v1.17; ", "topology.kubernetes.io/zone"),
    "node-role.kubernetes.io/master": ("", "node-role.kubernetes.io/control-plane"),
}
_ANNOTATIONS: Final[Mapping[str, str]] = {
    "scheduler.alpha.kubernetes.io/critical-pod": (
        'non-functional in v1.16+; use the "priorityClassName" field instead'
    ),
    "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
}
_NO_SECCOMP: Final = 'non-functional in v1.27+; use the "seccompProfile" field instead'
_OLD_APP_ARMOR: Final = 'deprecated since v1.30; use the "appArmorProfile" field instead'
_MATCHES_NONE: Final = "a null labelSelector results in matching no pod"
_SELECT: Final = "write a labelSelector with the labels of the Pods that are meant"


def pod_warnings(pod: Field) -> None:
    """A Pod, or a template of Pods.

    Mirrors: pkg/api/pod/warnings.go warningsForPodSpecAndMeta @ v1.37
    """
    spec, annotations = pod["spec"], pod["metadata"]["annotations"]
    if spec.value.__class__ is not dict:
        return
    if annotations:
        _old_annotations(annotations, spec)
    # An absent field costs no more than this look.
    for name, check in _BY_FIELD:
        if name in spec.value:
            check(spec)
    for container in all_containers(spec):
        if container.holds("resources"):
            for list_ in ("limits", "requests"):
                whole_bytes(container["resources"][list_])
        if container.holds("env"):
            _hidden_variables(container["env"])
    port_warnings(spec)


def template_warnings(template: Field) -> None:
    """A template of Pods, with warnings about faults that the server corrects in a Pod itself.

    Mirrors: pkg/api/pod/warnings.go GetWarningsForPodTemplate @ v1.37
    """
    pod_warnings(template)
    grace = template["spec"]["terminationGracePeriodSeconds"]
    if grace.value.__class__ is int and grace.value < 0:
        grace.warn("must be >= 0; negative values are invalid and will be treated as 1", fix="write 0 or more")


def _of_node_selector(spec: Field) -> None:
    for key, field in spec["nodeSelector"].entries():
        if key in _LABELS:
            _old_label(field, key, "")


def _of_affinity(spec: Field) -> None:
    affinity = spec["affinity"]
    _node_affinity(affinity["nodeAffinity"])
    for name in ("podAffinity", "podAntiAffinity"):
        for term in affinity[name][_REQUIRED]:
            _null_selector(term)
        for term in affinity[name][_PREFERRED]:
            _null_selector(term["podAffinityTerm"])


def _of_constraints(spec: Field) -> None:
    for constraint in spec["topologySpreadConstraints"]:
        topology = constraint["topologyKey"]
        if topology.value.__class__ is str and topology.value in _LABELS:
            _old_label(topology, topology.value, f"{topology.value} is ")
        _null_selector(constraint)


def _of_aliases(spec: Field) -> None:
    _repeated(spec["hostAliases"], "ip")
    for alias in spec["hostAliases"]:
        _address(alias["ip"])


def _of_secrets(spec: Field) -> None:
    _repeated(spec["imagePullSecrets"], "name")
    for secret in spec["imagePullSecrets"]:
        if not secret["name"]:
            secret["name"].warn('invalid empty name ""', fix="name the Secret, or remove the entry")


def _of_resolver(spec: Field) -> None:
    for server in spec["dnsConfig"]["nameservers"]:
        _address(server)


def _address(address: Field) -> None:
    said = preferred_form(address.value) if address.value.__class__ is str else None
    if said is not None:
        address.warn(said)


def _old_label(field: Field, key: str, subject: str) -> None:
    since, instead = _LABELS[key]
    field.warn(f'{subject}{since}use "{instead}" instead', fix=f"write {instead}")


def _node_affinity(affinity: Field) -> None:
    for term in affinity[_REQUIRED]["nodeSelectorTerms"]:
        node_term_warnings(term)
    for preferred in affinity[_PREFERRED]:
        node_term_warnings(preferred["preference"])
        for expression in preferred["preference"]["matchExpressions"]:
            for value in expression["values"]:
                for fault in label_value.faults(value.value) if value.value.__class__ is str else ():
                    value.warn(fault, fix="write a value that a label can have; no node has this one")


def node_term_warnings(term: Field) -> None:
    """A term of a node selector: its deprecated labels.

    Mirrors: pkg/api/node/util.go GetWarningsForNodeSelectorTerm @ v1.37
    """
    for expression in term["matchExpressions"]:
        key = expression["key"]
        if key.value.__class__ is str and key.value in _LABELS:
            _old_label(key, key.value, f"{key.value} is ")


def _null_selector(holder: Field) -> None:
    if not holder.is_hole and not holder["labelSelector"].is_set:
        holder["labelSelector"].warn(_MATCHES_NONE, fix=_SELECT)


def _old_annotations(annotations: Field, spec: Field) -> None:
    written = dict(annotations.entries())
    context = spec["securityContext"]
    for key, said in _ANNOTATIONS.items():
        if key in written:
            written[key].warn(said, fix="remove the annotation, and set the field")
    if SECCOMP_OF_POD in written and not context["seccompProfile"].is_set:
        written[SECCOMP_OF_POD].warn(_NO_SECCOMP, fix="set securityContext.seccompProfile, and remove the annotation")
    for container in all_containers(spec):
        name, own = container["name"].value or "", container["securityContext"]
        if name.__class__ is not str:
            continue
        seccomp, armor = written.get(SECCOMP_OF_CONTAINER + name), written.get(APP_ARMOR + name)
        if seccomp is not None and not own["seccompProfile"].is_set:
            seccomp.warn(_NO_SECCOMP, fix="set securityContext.seccompProfile, and remove the annotation")
        if armor is not None and not own["appArmorProfile"].is_set and not context["appArmorProfile"].is_set:
            armor.warn(_OLD_APP_ARMOR, fix="set securityContext.appArmorProfile, and remove the annotation")


def _repeated(items: Field, name: str) -> None:
    seen: set[Any] = set()
    for item in items:
        text = item[name].value or ""
        if text.__class__ is str and text in seen:
            item[name].warn(f'duplicate {name} "{text}"', fix="keep one of the two entries")
        seen.add(text)


def _hidden_variables(variables: Field) -> None:
    """Variables that hide an earlier one of their name instead of building on it."""
    earlier: dict[str, Field] = {}
    for variable in variables if len(variables) > 1 else ():
        name, value = variable["name"].value, variable["value"].value or ""
        if value is HOLE:
            # A HOLE may only be a reference to another variable, which looks like a template's placeholder.
            value = dig(variable.run.obj.data, *variable["value"].path)
        if name.__class__ is not str:
            continue
        reference = f"$({name})"
        builds = reference in value if value.__class__ is str else True
        if name in earlier and (variable["valueFrom"].is_set or value == reference or not builds):
            said = f'hides previous definition of "{name}", which may be dropped when using apply'
            variable.warn(said, rule="duplicate-env", related=((earlier[name].path, "hidden by the later one"),))
        earlier[name] = variable


def _of_volumes(spec: Field) -> None:
    from k8slint.apiserver.warnings.volumes import volume_warnings  # noqa: PLC0415 - many pods have none

    volume_warnings(spec["volumes"])


def _of_overhead(spec: Field) -> None:
    whole_bytes(spec["overhead"])


_BY_FIELD: Final[tuple[tuple[str, Check], ...]] = (
    ("nodeSelector", _of_node_selector),
    ("affinity", _of_affinity),
    ("topologySpreadConstraints", _of_constraints),
    ("volumes", _of_volumes),
    ("hostAliases", _of_aliases),
    ("imagePullSecrets", _of_secrets),
    ("overhead", _of_overhead),
    ("dnsConfig", _of_resolver),
)
