"""What the controls of Pod Security look for in a pod."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from k8slint.apiserver.validation.field import Field
from k8slint.loading.document import Path


class Breach(NamedTuple):
    """Something of a pod that a control forbids.

    `path` starts at the pod. `owner` is the name of the container or volume that has it, None if it is the pod's own.
    `value` is what the server quotes. It `is_lack` if the field would have to be written.
    """

    path: Path
    owner: str | None
    value: str = ""
    is_lack: bool = False


Find = Callable[[Field], Iterable[Breach]]


def _containers(pod: Field) -> Iterator[tuple[str, Field]]:
    """The containers with their names, in the order of the server.

    Mirrors: pod-security-admission policy/visitor.go visitContainers @ v1.37
    """
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for container in pod["spec"][group]:
            yield _text(container["name"]), container


def _text(field: Field) -> str:
    """The text of a field; what is not known is an ellipsis."""
    return "…" if field.is_hole else field.value or ""


def _contexts(pod: Field) -> Iterator[tuple[str, Field]]:
    for name, container in _containers(pod):
        yield name, container["securityContext"]


def _all_contexts(pod: Field) -> Iterator[tuple[str | None, Field]]:
    """The security context of the pod, then those of its containers."""
    yield None, pod["spec"]["securityContext"]
    yield from _contexts(pod)


def app_armor(pod: Field) -> Iterator[Breach]:
    """AppArmor profiles that are neither the runtime's nor of the node, of fields and of old annotations.

    Mirrors: pod-security-admission policy/check_appArmorProfile.go appArmorProfile_1_0 @ v1.37
    """
    yield from _bad_profiles(pod, "appArmorProfile")
    for key, field in pod["metadata"]["annotations"].entries():
        is_one = key.startswith("container.apparmor.security.beta.kubernetes.io/")
        if is_one and not _is_allowed(field, "", "runtime/default"):
            yield Breach(field.path, None, f"{key}={_quoted(field.value)}")


def _is_allowed(annotation: Field, *words: str) -> bool:
    value = annotation.value
    return value.__class__ is not str or value in words or value.startswith("localhost/")


def _bad_profiles(pod: Field, name: str) -> Iterator[Breach]:
    for owner, context in _all_contexts(pod):
        kind = context[name]["type"]
        if context[name].is_set and not kind.may_be("RuntimeDefault", "Localhost"):
            yield Breach(kind.path, owner, _text(kind))


def added_capabilities(allowed: frozenset[str]) -> Find:
    """What adds capabilities other than these.

    Mirrors: pod-security-admission policy/check_capabilities_baseline.go capabilitiesBaseline_1_0 @ v1.37
    """

    def find(pod: Field) -> Iterator[Breach]:
        for owner, context in _contexts(pod):
            for capability in context["capabilities"]["add"]:
                if not capability.may_be(*allowed):
                    yield Breach(capability.path, owner, _text(capability))

    return find


def host_namespaces(pod: Field) -> Iterator[Breach]:
    """The namespaces of the node that the pod shares.

    Mirrors: pod-security-admission policy/check_hostNamespaces.go hostNamespaces_1_0 @ v1.37
    """
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if pod["spec"][name].value is True:
            yield Breach(pod["spec"][name].path, None, f"{name}=true")


def host_paths(pod: Field) -> Iterator[Breach]:
    """The hostPath volumes.

    Mirrors: pod-security-admission policy/check_hostPathVolumes.go hostPathVolumes_1_0 @ v1.37
    """
    for volume in pod["spec"]["volumes"]:
        if volume["hostPath"].is_set and not volume.is_hole:
            yield Breach(volume["hostPath"].path, _text(volume["name"]))


def host_ports(pod: Field) -> Iterator[Breach]:
    """The ports of the node that containers take.

    Mirrors: pod-security-admission policy/check_hostPorts.go hostPorts_1_0 @ v1.37
    """
    for owner, container in _containers(pod):
        for port in container["ports"]:
            number = port["hostPort"]
            if number and not number.is_hole:
                yield Breach(number.path, owner, str(number.value))


def hosts_of_handlers(pod: Field) -> Iterable[Breach]:
    """The hosts to which probes and lifecycle handlers go.

    Mirrors: pod-security-admission policy/check_hostProbesAndhostLifecycle.go hostProbesAndHostLifecycleV1Dot34 @ v1.37
    """
    # The server lists these containers by name, all others in their order.
    return sorted(_hosts(pod), key=lambda breach: breach.owner or "")


def _hosts(pod: Field) -> Iterator[Breach]:
    for owner, container in _containers(pod):
        probes = [container[name] for name in ("livenessProbe", "readinessProbe", "startupProbe")]
        for handler in (*probes, container["lifecycle"]["postStart"], container["lifecycle"]["preStop"]):
            for action in (handler["httpGet"], handler["tcpSocket"]):
                if action["host"] and not action["host"].is_hole:
                    yield Breach(action["host"].path, owner, action["host"].value)


def privileged(pod: Field) -> Iterator[Breach]:
    """The privileged containers.

    Mirrors: pod-security-admission policy/check_privileged.go privileged_1_0 @ v1.37
    """
    for owner, context in _contexts(pod):
        if context["privileged"].value is True:
            yield Breach(context["privileged"].path, owner)


def host_processes(pod: Field) -> Iterator[Breach]:
    """What asks for a process of the Windows node.

    Mirrors: pod-security-admission policy/check_windowsHostProcess.go windowsHostProcess_1_0 @ v1.37
    """
    for owner, context in _all_contexts(pod):
        flag = context["windowsOptions"]["hostProcess"]
        if flag.value is True:
            yield Breach(flag.path, owner)


def proc_mounts(pod: Field) -> Iterator[Breach]:
    """What mounts /proc otherwise than by default.

    Mirrors: pod-security-admission policy/check_procMount_baseline.go procMount_1_0 @ v1.37
    """
    for owner, context in _contexts(pod):
        mount = context["procMount"]
        if mount.is_set and not mount.may_be("Default"):
            yield Breach(mount.path, owner, _text(mount))


def se_linux_options(*allowed: str) -> Find:
    """What finds SELinux users and roles, and types other than these.

    Mirrors: pod-security-admission policy/check_seLinuxOptions.go seLinuxOptions @ v1.37
    """

    def find(pod: Field) -> Iterator[Breach]:
        for owner, context in _all_contexts(pod):
            options = context["seLinuxOptions"]
            if options["type"] and not options["type"].may_be(*allowed):
                yield Breach(options["type"].path, owner, options["type"].value)
            for name in ("user", "role"):
                if options[name] and not options[name].is_hole:
                    yield Breach(options[name].path, owner)

    return find


def seccomp_annotations(pod: Field) -> Iterator[Breach]:
    """Old annotations with seccomp profiles that are neither the runtime's nor of the node.

    Mirrors: pod-security-admission policy/check_seccompProfile_baseline.go seccompProfileBaseline_1_0 @ v1.37
    """
    of_containers = {f"container.seccomp.security.alpha.kubernetes.io/{name}" for name, _ in _containers(pod)}
    for key, field in pod["metadata"]["annotations"].entries():
        is_one = key == "seccomp.security.alpha.kubernetes.io/pod" or key in of_containers
        if is_one and not _is_allowed(field, "runtime/default", "docker/default"):
            yield Breach(field.path, None, f"{key}={_quoted(field.value)}")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def seccomp_profiles(pod: Field) -> Iterator[Breach]:
    """Seccomp profiles that are neither the runtime's nor of the node.

    Mirrors: pod-security-admission policy/check_seccompProfile_baseline.go seccompProfileBaseline_1_19 @ v1.37
    """
    yield from _bad_profiles(pod, "seccompProfile")


def sysctls(allowed: frozenset[str]) -> Find:
    """What finds sysctls other than these.

    Mirrors: pod-security-admission policy/check_sysctls.go sysctls @ v1.37
    """

    def find(pod: Field) -> Iterator[Breach]:
        for sysctl in pod["spec"]["securityContext"]["sysctls"]:
            if not sysctl["name"].may_be(*allowed):
                yield Breach(sysctl["name"].path, None, _text(sysctl["name"]))

    return find


def escalation(pod: Field) -> Iterator[Breach]:
    """Containers that do not forbid privilege escalation.

    Mirrors: pod-security-admission policy/check_allowPrivilegeEscalation.go allowPrivilegeEscalation_1_8 @ v1.37
    """
    for owner, context in _contexts(pod):
        flag = context["allowPrivilegeEscalation"]
        if flag.value in (None, True):
            yield Breach(flag.path, owner, is_lack=flag.value is None)


def capabilities(pod: Field) -> Iterator[Breach]:
    """Containers that do not drop all capabilities, and what they add, but for NET_BIND_SERVICE.

    Mirrors: pod-security-admission policy/check_capabilities_restricted.go capabilitiesRestricted_1_22 @ v1.37
    """
    for owner, context in _contexts(pod):
        dropped = context["capabilities"]["drop"]
        if not dropped.is_hole and not any(each.may_be("ALL") for each in dropped):
            yield Breach(dropped.path, owner, is_lack=True)
    yield from added_capabilities(frozenset({"NET_BIND_SERVICE"}))(pod)


_OPEN_VOLUMES: Final = (
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret",
)  # fmt: skip
_CLOSED_VOLUMES: Final = (
    "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi", "glusterfs", "rbd",
    "flexVolume", "cinder", "cephfs", "flocker", "fc", "azureFile", "vsphereVolume", "quobyte", "azureDisk",
    "photonPersistentDisk", "portworxVolume", "scaleIO", "storageos",
)  # fmt: skip


def closed_volumes(pod: Field) -> Iterator[Breach]:
    """Volumes of other types than those that a namespace's users make themselves.

    Mirrors: pod-security-admission policy/check_restrictedVolumes.go restrictedVolumes_1_0 @ v1.37
    """
    for volume in pod["spec"]["volumes"]:
        # A volume of no type is an emptyDir.
        closed = volume.written(_CLOSED_VOLUMES)
        if closed and not volume.written(_OPEN_VOLUMES):
            yield Breach(volume[closed[0]].path, _text(volume["name"]), closed[0])


def root_allowed(pod: Field) -> Iterator[Breach]:
    """What denies runAsNonRoot; if nothing does, the containers for which nothing demands it.

    Mirrors: pod-security-admission policy/check_runAsNonRoot.go runAsNonRoot1_0 @ v1.37
    """
    flags = [(owner, context["runAsNonRoot"]) for owner, context in _all_contexts(pod)]
    denied = [Breach(flag.path, owner) for owner, flag in flags if flag.value is False]
    yield from denied or _lacks(flags)


def _lacks(fields: Sequence[tuple[str | None, Field]]) -> Iterator[Breach]:
    """The containers that do not set a field which their pod, whose field is the first, does not set either."""
    (_, of_pod), *of_containers = fields
    if not of_pod.is_set:
        yield from (Breach(field.path, owner, is_lack=True) for owner, field in of_containers if not field.is_set)


def root(pod: Field) -> Iterator[Breach]:
    """What asks for the user 0.

    Mirrors: pod-security-admission policy/check_runAsUser.go runAsUser1_23 @ v1.37
    """
    for owner, context in _all_contexts(pod):
        user = context["runAsUser"]
        if user.value.__class__ is int and user.value == 0:
            yield Breach(user.path, owner)


def seccomp_unset(pod: Field) -> Iterator[Breach]:
    """Bad seccomp profiles; if there are none, the containers that have none.

    Mirrors: pod-security-admission policy/check_seccompProfile_restricted.go seccompProfileRestricted_1_19 @ v1.37
    """
    profiles = [(owner, context["seccompProfile"]) for owner, context in _all_contexts(pod)]
    yield from tuple(seccomp_profiles(pod)) or _lacks(profiles)


def unless_windows(find: Find) -> Find:
    """Nothing is found in a pod for Windows, where the field cannot be set."""
    return lambda pod: () if pod["spec"]["os"]["name"].may_be("windows") else find(pod)


def unless_own_users(find: Find) -> Find:
    """Nothing is found in a pod whose users are not those of its node.

    Mirrors: pod-security-admission policy/helpers.go relaxPolicyForUserNamespacePod @ v1.37
    """
    return lambda pod: () if pod["spec"]["hostUsers"].may_be(False) else find(pod)
