"""The containers of a pod, as the API server validates them on creation."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from k8slint.apiserver.validation.core.env import variables, whole_sources
from k8slint.apiserver.validation.core.mounts import Volumes, devices, mounts
from k8slint.apiserver.validation.core.probes import lifecycle, probes
from k8slint.apiserver.validation.core.resources import container_resource_name, requirements
from k8slint.apiserver.validation.core.security import container_security
from k8slint.apiserver.validation.field import HOLE, Field, Unique, between, fields, needed, one_of, optional
from k8slint.apiserver.validation.formats import dns_label, port_name


class _Pod(NamedTuple):
    """What containers depend on of their pod. `grace` is how long it may take to stop; None is what is not known."""

    spec: Field
    volumes: Volumes | None
    claims: Collection[Any] | None
    grace: int | None


_LABEL: Final = fields(
    name=needed(dns_label), image=needed(), terminationMessagePolicy=optional(one_of("FallbackToLogsOnError", "File"))
)
_PORT: Final = fields(
    containerPort=needed(between(1, 65535)),
    hostPort=optional(between(1, 65535)),
    protocol=optional(one_of("SCTP", "TCP", "UDP")),
)
_RESIZED: Final = ("cpu", "memory")
_RESIZE_POLICIES: Final = ("NotRequired", "RestartContainer")
_RESTART_POLICIES: Final = one_of("Always", "Never", "OnFailure")
_ACTIONS: Final = one_of("Restart", RestartAllContainers=36)
_OPERATORS: Final = one_of("In", "NotIn")
# Until the gate was on, policies of containers were dropped; before there was one, refused.
_RESTART_RULES_SINCE: Final = 34
_MOST_RULES: Final = 20
_MOST_EXIT_CODES: Final = 255
_IN_FULL_ONLY: Final = (
    "ports",
    "resources",
    "resizePolicy",
    "restartPolicy",
    "restartPolicyRules",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle",
)


def containers(spec: Field, volumes: Volumes | None, *, is_template: bool) -> None:
    """All containers of a pod: regular ones, init containers and ephemeral ones.

    `volumes` are those of the pod by name, with what a StatefulSet makes of its claim templates; None says that not all
    are known. Pods themselves are held to a little more than templates.
    """
    pod = _Pod(spec, volumes, _claim_names(spec["resourceClaims"]), _grace(spec["terminationGracePeriodSeconds"]))
    _containers(spec["containers"], pod)
    if spec.holds("initContainers"):
        _init_containers(spec["initContainers"], pod)
    if spec.holds("ephemeralContainers"):
        _ephemeral_containers(spec["ephemeralContainers"], pod)
    if spec["hostNetwork"].value is True:
        _ports_of_host(spec["containers"])
    if not is_template:
        for container in (*spec["containers"], *spec["initContainers"]):
            _image_of_pod(container["image"])


def _claim_names(claims: Field) -> Collection[Any] | None:
    names = {claim["name"].value for claim in claims if claim["name"]}
    return None if claims.is_hole or any(name.__class__ is not str for name in names) else names


def _grace(seconds: Field) -> int | None:
    # Less than nothing counts as one second.
    if seconds.value.__class__ is int:
        return 1 if seconds.value < 0 else int(seconds.value)
    return None


def _containers(regular: Field, pod: _Pod) -> None:
    """Regular containers, of which there is one at least.

    Mirrors: pkg/apis/core/validation/validation.go validateContainers @ v1.37
    """
    if not regular:
        regular.required()
        return
    names: set[Any] = set()
    host_ports = Unique()
    for container in regular:
        _common(container, pod)
        _once(container["name"], names)
        _hooks_and_probes(container, pod)
        _restart(container)
        if container["restartPolicy"].is_set and container.run.minor < _RESTART_RULES_SINCE:
            container["restartPolicy"].forbidden("may not be set for non-init containers", fix="remove it")
        _host_ports(container, host_ports)


def _once(name: Field, names: set[Any]) -> None:
    text = name.value or ""
    if text in names:
        name.duplicate(text)
    names.add(text)


def _hooks_and_probes(container: Field, pod: _Pod) -> None:
    if container.holds("lifecycle"):
        lifecycle(container, pod.grace)
    probes(container)


def _init_containers(init: Field, pod: _Pod) -> None:
    """Init containers, which have neither hooks nor probes unless they run on as sidecars.

    Mirrors: pkg/apis/core/validation/validation.go validateInitContainers @ v1.37
    """
    names = {container["name"].value or "" for container in pod.spec["containers"]}
    for container in init:
        _common(container, pod)
        _restart_of_init(container)
        if container["name"] or "" in names:
            _once(container["name"], names)
        # They run one by one.
        _host_ports(container, Unique())
        if container["restartPolicy"].may_be("Always"):
            _hooks_and_probes(container, pod)
            continue
        for name in container.written(("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")):
            # A signal alone is dropped, with the field around it.
            if container[name].value != {"stopSignal": container[name]["stopSignal"].value}:
                said = "may not be set for init containers without restartPolicy=Always"
                container[name].forbidden(said, fix=f"remove {name}, or write restartPolicy: Always")


def _restart_of_init(container: Field) -> None:
    policy, rules = container["restartPolicy"], container["restartPolicyRules"]
    _restart(container)
    if not container.run.has("ContainerRestartRules"):
        if policy.is_set and container.run.minor < _RESTART_RULES_SINCE and not policy.may_be("Always"):
            policy.unsupported(("Always",))
    elif policy.value == "Always" and rules and not container.run.has("RestartAllContainersOnContainerExits"):
        rules.forbidden("restartPolicyRules are not allowed for init containers with restart policy Always")


def _restart(container: Field) -> None:
    """When a container starts again, against the policy of its pod.

    Mirrors: pkg/apis/core/validation/validation.go validateContainerRestartPolicy @ v1.37
    """
    if not container.written(("restartPolicy", "restartPolicyRules")):
        return
    policy, rules = container["restartPolicy"], container["restartPolicyRules"]
    if not container.run.has("ContainerRestartRules"):
        return
    if policy.is_set:
        _RESTART_POLICIES(policy)
    elif rules:
        policy.required("must specify restartPolicy when restart rules are used")
    if len(rules) > _MOST_RULES:
        rules.too_many(_MOST_RULES)
    for rule in rules:
        _ACTIONS(rule["action"])
        codes = rule["exitCodes"]
        if not codes.is_set:
            codes.required("must be specified")
            continue
        _OPERATORS(codes["operator"])
        if len(codes["values"]) > _MOST_EXIT_CODES:
            codes["values"].too_many(_MOST_EXIT_CODES)


def _ephemeral_containers(ephemeral: Field, pod: _Pod) -> None:
    """Ephemeral containers, which are for looking into a pod: nothing may rest on them.

    Mirrors: pkg/apis/core/validation/validation.go validateEphemeralContainers @ v1.37
    """
    others: set[Any] = set()
    for list_ in (pod.spec["containers"], pod.spec["initContainers"]):
        others.update((list_.value,) if list_.is_hole else (container["name"].value or "" for container in list_))
    names = set(others)
    for container in ephemeral:
        _common(container, pod)
        _image_of_pod(container["image"])
        _once(container["name"], names)
        target = container["targetContainerName"]
        if target and target.value not in others and HOLE not in others:
            target.not_found()
        said = "cannot be set for an Ephemeral Container"
        for name in container.written(_IN_FULL_ONLY):
            if container[name] or name != "resources":
                container[name].forbidden(said, fix="remove it")
        for mount in container["volumeMounts"]:
            for name in ("subPath", "subPathExpr"):
                if mount[name]:
                    mount[name].forbidden(said, fix="remove it")


def _common(container: Field, pod: _Pod) -> None:
    """What holds for containers of all kinds.

    Mirrors: pkg/apis/core/validation/validation.go validateContainerCommon @ v1.37
    """
    if container.is_hole:
        return
    _LABEL(container)
    _PORTS_AND_SOURCES(container)
    if container.holds("env"):
        variables(container["env"], pod.volumes)
    if container.holds("volumeMounts"):
        mounts(container, pod.volumes)
    if container.holds("volumeDevices"):
        devices(container, pod.volumes)
    if container.holds("resources"):
        requirements(container["resources"], container_resource_name, pod.claims)
    if container.holds("resizePolicy") and container.run.has("InPlacePodVerticalScaling"):
        _resize(container["resizePolicy"], pod.spec["restartPolicy"])
    if container.holds("securityContext"):
        container_security(container["securityContext"], pod.spec["hostUsers"])


def _ports(ports: Field) -> None:
    """The ports of a container.

    Mirrors: pkg/apis/core/validation/validation.go validateContainerPorts @ v1.37
    """
    names = Unique()
    for port in ports:
        name = port["name"]
        if name.value.__class__ is str and name:
            faults = list(port_name.faults(name.value))
            for fault in faults:
                name.invalid(fault)
            if not faults:
                names.add(name)
        _PORT(port)


_PORTS_AND_SOURCES: Final = fields(
    ports=optional(_ports),
    envFrom=optional(whole_sources),
    imagePullPolicy=optional(one_of("Always", "IfNotPresent", "Never")),
)


def _host_ports(container: Field, taken: Unique) -> None:
    """No two ports of the host are the same.

    Mirrors: pkg/apis/core/validation/validation.go checkHostPortConflicts @ v1.37
    """
    for port in container["ports"]:
        number, address, protocol = port["hostPort"], port["hostIP"], port["protocol"]
        if number and not address.is_hole and not protocol.is_hole:
            key = f"{protocol.value or 'TCP'}/{address.value or ''}/{number.value}"
            taken.add(number, key, key)


def _ports_of_host(regular: Field) -> None:
    """On the host's network, ports of containers are ports of the host.

    Mirrors: pkg/apis/core/validation/validation.go validatePodHostNetworkDeps @ v1.37
    """
    for container in regular:
        for port in container["ports"]:
            number = port["hostPort"]
            if number and not port["containerPort"].may_be(number.value):
                number.invalid("must match `containerPort` when `hostNetwork` is true", fix="leave hostPort out")


def _image_of_pod(image: Field) -> None:
    if image.value.__class__ is str and image.value.strip() != image.value:
        image.invalid("must not have leading or trailing whitespace", fix="remove the spaces")


def _resize(policies: Field, pod_policy: Field) -> None:
    """Whether the container restarts when its resources change. The server names the list.

    Mirrors: pkg/apis/core/validation/validation.go validateResizePolicy @ v1.37
    """
    names = Unique()
    for index, policy in enumerate(policies):
        name, restart = policy["resourceName"], policy["restartPolicy"]
        names.add(policy, name.value or "", name.value or "")
        for field, words in ((name, _RESIZED), (restart, _RESIZE_POLICIES)):
            if not field:
                policies.required()
            elif field.value not in words:
                policies.unsupported(words, field.value, at=(index, *field.path[-1:]))
        if pod_policy.value == "Never" and not restart.may_be("NotRequired"):
            said = "must be 'NotRequired' when pod `restartPolicy` is 'Never'"
            policies.invalid(said, restart.value or "", at=(index, "restartPolicy"))
