"""The security of a pod as a whole: its own context, and what the operating system and the host's namespaces forbid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from k8slint.apiserver.validation.core.security import app_armor_profile, seccomp_profile, windows_options
from k8slint.apiserver.validation.field import Field, between, each, fields, given, one_of
from k8slint.values.regex import regex

_ID: Final = between(0, 2**31 - 1)
_IDS: Final = fields(
    fsGroup=given(_ID), runAsUser=given(_ID), runAsGroup=given(_ID), supplementalGroups=given(each(_ID))
)
_FS_GROUP_CHANGE: Final = fields(fsGroupChangePolicy=given(one_of("Always", "OnRootMismatch")))
_POLICIES: Final = fields(
    seccompProfile=given(seccomp_profile),
    windowsOptions=given(windows_options),
    appArmorProfile=given(app_armor_profile),
    supplementalGroupsPolicy=given(one_of("Merge", "Strict")),
)
_SE_LINUX_CHANGE: Final = one_of("MountOption", "Recursive")
_ONLY_RECURSIVE: Final = one_of("Recursive")
_SEGMENT: Final = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SYSCTL: Final = rf"({_SEGMENT}[\./])*{_SEGMENT}"
_IS_SYSCTL = regex(_SYSCTL)
_LONGEST_SYSCTL: Final = 253
_IPC_SYSCTLS: Final = ("kernel.shm", "kernel.msg", "fs.mqueue.")
_NOT_ON_WINDOWS: Final = "cannot be set for a windows pod"
_OF_POD_CONTEXTS: Final = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "runAsUser",
    "runAsGroup",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "seLinuxChangePolicy",
)
_OF_CONTEXTS: Final = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
)


def all_containers(spec: Field) -> Iterator[Field]:
    """The containers of a pod of all kinds, in the order in which they start.

    Mirrors: pkg/apis/core/pods/helpers.go VisitContainersWithPath @ v1.37
    """
    for name in ("initContainers", "containers", "ephemeralContainers"):
        yield from spec[name]


def pod_security(spec: Field) -> None:
    """The security context of a pod.

    Mirrors: pkg/apis/core/validation/validation.go validatePodSpecSecurityContext @ v1.37
    """
    context, shared = spec["securityContext"], spec["shareProcessNamespace"]
    if not context.is_hole:
        _IDS(context)
    if shared.value is True and spec["hostPID"].value is True:
        shared.invalid("ShareProcessNamespace and HostPID cannot both be enabled", fix="remove one of the two")
    if not context or context.is_hole:
        return
    _sysctls(context["sysctls"], spec)
    _FS_GROUP_CHANGE(context)
    _POLICIES(context)
    change = context["seLinuxChangePolicy"]
    if change.is_set:
        (_SE_LINUX_CHANGE if change.run.has("SELinuxMount") else _ONLY_RECURSIVE)(change)


def _sysctls(sysctls: Field, spec: Field) -> None:
    """Mirrors: pkg/apis/core/validation/validation.go validateSysctls @ v1.37."""
    names: set[Any] = set()
    for sysctl in sysctls:
        name = sysctl["name"]
        text = name.value
        if not name:
            name.required()
        elif text.__class__ is not str:
            continue
        elif len(text) > _LONGEST_SYSCTL or not _IS_SYSCTL.fullmatch(text):
            name.invalid(f"must have at most {_LONGEST_SYSCTL} characters and match regex ^{_SYSCTL}$")
        elif text in names:
            name.duplicate()
        names.add(text)
        _of_host(name, spec)


def _of_host(name: Field, spec: Field) -> None:
    """Mirrors: pkg/apis/core/validation/validation.go ValidateHostSysctl @ v1.37."""
    text = (name.value or "").replace("/", ".")
    if text.startswith("net.") and spec["hostNetwork"].value is True:
        name.invalid("may not be specified when 'hostNetwork' is true")
    elif (text.startswith(_IPC_SYSCTLS) or text == "kernel.sem") and spec["hostIPC"].value is True:
        name.invalid("may not be specified when 'hostIPC' is true")


def host_process(spec: Field) -> None:
    """Containers that are processes of a Windows node: all of a pod, or none.

    Mirrors: pkg/apis/core/validation/validation.go validateWindowsHostProcessPod @ v1.37
    """
    of_pod = spec["securityContext"]["windowsOptions"]["hostProcess"]
    count = hosted = 0
    for container in all_containers(spec):
        count += 1
        own = container["securityContext"]["windowsOptions"]["hostProcess"]
        if own.is_hole or of_pod.is_hole:
            return
        if own.is_set and of_pod.is_set and own.value != of_pod.value:
            was = "true" if of_pod.value else "false"
            own.invalid(f"pod hostProcess value must be identical if both are specified, was {was}")
        hosted += bool(own if own.is_set else of_pod)
    if not hosted:
        return
    if hosted != count:
        spec.invalid(
            "If pod contains any hostProcess containers then all containers must be HostProcess containers", ""
        )
    if not spec["hostNetwork"]:
        said = "hostNetwork must be true if pod contains any hostProcess containers"
        spec["hostNetwork"].invalid(said, value=False, fix="write hostNetwork: true")


def host_users(spec: Field) -> None:
    """With users of its own a pod shares no other namespace of the host.

    Mirrors: pkg/apis/core/validation/validation.go validateHostUsers @ v1.37
    """
    if spec["hostUsers"].value is False and spec.run.has("UserNamespacesSupport"):
        for name, said in (("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")):
            if spec[name].value is True:
                spec[name].named_as(spec, said).forbidden(
                    "when `hostUsers` is false", fix=f"remove {name}, or hostUsers"
                )


def operating_system(spec: Field) -> None:
    """The operating system, and the fields that are of the other one.

    Mirrors: pkg/apis/core/validation/validation.go validateOS, validateLinux, validateWindows @ v1.37
    """
    name = spec["os"]["name"]
    if not name:
        name.required()
    elif name.value == "linux":
        for context in (spec["securityContext"], *(each["securityContext"] for each in all_containers(spec))):
            if context["windowsOptions"].is_set:
                context["windowsOptions"].forbidden("windows options cannot be set for a linux pod")
    elif name.value == "windows":
        _windows(spec)
    elif not name.is_hole:
        spec["os"].unsupported(("linux", "windows"), name.value, at=("name",))


def _windows(spec: Field) -> None:
    context = spec["securityContext"]
    for field in (*(context[name] for name in _OF_POD_CONTEXTS), spec["hostUsers"], spec["shareProcessNamespace"]):
        if field.is_set:
            field.forbidden(_NOT_ON_WINDOWS, fix="remove it")
    for field in (context["sysctls"], spec["hostPID"], spec["hostIPC"]):
        if field:
            field.forbidden(_NOT_ON_WINDOWS, fix="remove it")
    for container in all_containers(spec):
        for name in _OF_CONTEXTS:
            field = container["securityContext"][name]
            if field.is_set:
                field.forbidden(_NOT_ON_WINDOWS, fix="remove it")
