"""The controls of Pod Security: what each looks for, since which minor, and what the server says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from k8slint.apiserver.admission.pod_security import breaches as found
from k8slint.apiserver.admission.pod_security import words
from k8slint.apiserver.admission.pod_security.breaches import Find, unless_own_users, unless_windows
from k8slint.apiserver.admission.pod_security.words import Words


class Check(NamedTuple):
    """A control as it is from a minor on."""

    since: int
    find: Find
    says: Words


class Control(NamedTuple):
    """One thing that a level looks at. A restricted one may replace one of baseline, being stricter."""

    id: str
    checks: tuple[Check, ...]
    is_restricted: bool = False
    replaces: str = ""

    def at(self, minor: int) -> Check | None:
        """The check of a minor, None if it has none yet."""
        return next((check for check in reversed(self.checks) if check.since <= minor), None)


_CAPABILITIES: Final = frozenset(
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }
)  # fmt: skip
_SE_LINUX_TYPES: Final = ("container_t", "container_init_t", "container_kvm_t")
# The sysctls that a minor was the first to allow.
_SYSCTLS: Final = {
    0: (
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
    ),
    27: ("net.ipv4.ip_local_reserved_ports",),
    29: (
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
    ),
    32: ("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"),
    37: ("net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"),
}  # fmt: skip


def _allowed_sysctls(minor: int) -> frozenset[str]:
    return frozenset(name for since, names in _SYSCTLS.items() if since <= minor for name in names)


_MUST_NOT_ADD: Final = "{who} must not include {values} in securityContext.capabilities.add"
_ESCALATION: Final = words.form(
    "allowPrivilegeEscalation != false ({who} must set securityContext.allowPrivilegeEscalation=false)"
)
_UNDROPPED: Final = words.by_lack(
    "unrestricted capabilities", _MUST_NOT_ADD, '{who} must set securityContext.capabilities.drop=["ALL"]'
)
_PROC_MOUNT: Final = words.form("procMount ({who} must not set securityContext.procMount to {values})")
_NON_ROOT: Final = words.by_lack(
    "runAsNonRoot != true",
    "{who} must not set securityContext.runAsNonRoot=false",
    "pod or {who} must set securityContext.runAsNonRoot=true",
)
_USER: Final = words.form("runAsUser=0 ({who} must not set runAsUser=0)")
_SECCOMP: Final = words.by_lack(
    "seccompProfile",
    "{who} must not set securityContext.seccompProfile.type to {values}",
    'pod or {who} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
)

CONTROLS: Final[Mapping[str, Control]] = {
    control.id: control
    for control in (
        Control("appArmorProfile", (Check(0, found.app_armor, words.of_app_armor),)),
        Control(
            "capabilities_baseline",
            (
                Check(
                    0,
                    found.added_capabilities(_CAPABILITIES),
                    words.form(f"non-default capabilities ({_MUST_NOT_ADD})"),
                ),
            ),
        ),
        Control("hostNamespaces", (Check(0, found.host_namespaces, words.form("host namespaces ({listed})")),)),
        Control("hostPathVolumes", (Check(0, found.host_paths, words.form("hostPath volumes ({volumes})")),)),
        Control(
            "hostPorts", (Check(0, found.host_ports, words.form("hostPort ({who} {uses} hostPort{s} {numbers})")),)
        ),
        Control(
            "hostProbesAndHostLifecycle",
            (
                Check(
                    34,
                    found.hosts_of_handlers,
                    words.form("probe or lifecycle host ({who} {uses} probe or lifecycle host{s} {values})"),
                ),
            ),
        ),
        Control(
            "privileged",
            (
                Check(
                    0, found.privileged, words.form("privileged ({who} must not set securityContext.privileged=true)")
                ),
            ),
        ),
        Control(
            "procMount",
            (
                Check(0, found.proc_mounts, _PROC_MOUNT),
                Check(35, unless_own_users(found.proc_mounts), _PROC_MOUNT),
            ),
        ),
        Control(
            "seLinuxOptions",
            (
                Check(0, found.se_linux_options(*_SE_LINUX_TYPES), words.of_se_linux),
                Check(31, found.se_linux_options(*_SE_LINUX_TYPES, "container_engine_t"), words.of_se_linux),
            ),
        ),
        Control(
            "seccompProfile_baseline",
            (
                Check(0, found.seccomp_annotations, words.form("seccompProfile (forbidden annotation{s} {numbers})")),
                Check(19, found.seccomp_profiles, _SECCOMP),
            ),
        ),
        Control(
            "sysctls",
            tuple(
                Check(minor, found.sysctls(_allowed_sysctls(minor)), words.form("forbidden sysctls ({listed})"))
                for minor in _SYSCTLS
            ),
        ),
        Control(
            "windowsHostProcess",
            (
                Check(
                    0,
                    found.host_processes,
                    words.form("hostProcess ({who} must not set securityContext.windowsOptions.hostProcess=true)"),
                ),
            ),
        ),
        Control(
            "allowPrivilegeEscalation",
            (
                Check(8, found.escalation, _ESCALATION),
                Check(25, unless_windows(found.escalation), _ESCALATION),
            ),
            is_restricted=True,
        ),
        Control(
            "capabilities_restricted",
            (
                Check(22, found.capabilities, _UNDROPPED),
                Check(25, unless_windows(found.capabilities), _UNDROPPED),
            ),
            is_restricted=True,
            replaces="capabilities_baseline",
        ),
        Control(
            "procMount_restricted",
            (Check(35, found.proc_mounts, _PROC_MOUNT),),
            is_restricted=True,
            replaces="procMount",
        ),
        Control(
            "restrictedVolumes",
            (
                Check(
                    0,
                    found.closed_volumes,
                    words.form("restricted volume types ({volumes} {uses} restricted volume type{s} {values})"),
                ),
            ),
            is_restricted=True,
            replaces="hostPathVolumes",
        ),
        Control(
            "runAsNonRoot",
            (Check(0, found.root_allowed, _NON_ROOT), Check(35, unless_own_users(found.root_allowed), _NON_ROOT)),
            is_restricted=True,
        ),
        Control(
            "runAsUser",
            (Check(23, found.root, _USER), Check(35, unless_own_users(found.root), _USER)),
            is_restricted=True,
        ),
        Control(
            "seccompProfile_restricted",
            (
                Check(19, found.seccomp_unset, _SECCOMP),
                Check(25, unless_windows(found.seccomp_unset), _SECCOMP),
            ),
            is_restricted=True,
            replaces="seccompProfile_baseline",
        ),
    )
}
"""The controls by upstream's name, in the order in which the server speaks of them."""
