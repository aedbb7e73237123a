"""The Pod Security Standards: a rule for each control, which the profiles pss-baseline and pss-restricted switch on."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.apiserver.admission.pod_security.violations import violations_of
from k8slint.checks.admitted_pods import admitted
from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Pod
from k8slint.objects.problem import Absence, Problem


def pss_privileged(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A privileged container."""
    yield from _forbidden("privileged", pod, cluster)


def pss_app_armor_profile(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """An AppArmor profile that is off or unknown."""
    yield from _forbidden("appArmorProfile", pod, cluster)


def pss_capabilities_baseline(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A capability that containers do not have by default."""
    yield from _forbidden("capabilities_baseline", pod, cluster)


def pss_host_namespaces(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A namespace of the node that the pod shares."""
    yield from _forbidden("hostNamespaces", pod, cluster)


def pss_host_path_volumes(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A volume that is a folder of the node."""
    yield from _forbidden("hostPathVolumes", pod, cluster)


def pss_host_ports(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A port of the node."""
    yield from _forbidden("hostPorts", pod, cluster)


def pss_host_probes_and_host_lifecycle(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A probe or lifecycle handler that goes to another host."""
    yield from _forbidden("hostProbesAndHostLifecycle", pod, cluster)


def pss_proc_mount(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A /proc without the masks of the runtime, in a pod that has the users of its node."""
    yield from _forbidden("procMount", pod, cluster)


def pss_se_linux_options(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """An SELinux user, role, or type that is not one of containers."""
    yield from _forbidden("seLinuxOptions", pod, cluster)


def pss_seccomp_profile_baseline(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A seccomp profile that is off or unknown."""
    yield from _forbidden("seccompProfile_baseline", pod, cluster)


def pss_sysctls(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A sysctl that is not among the safe ones of the minor."""
    yield from _forbidden("sysctls", pod, cluster)


def pss_windows_host_process(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A process of the Windows node."""
    yield from _forbidden("windowsHostProcess", pod, cluster)


def pss_allow_privilege_escalation(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A container that does not forbid privilege escalation."""
    yield from _forbidden("allowPrivilegeEscalation", pod, cluster)


def pss_capabilities_restricted(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A container that keeps capabilities, or adds other than NET_BIND_SERVICE."""
    yield from _forbidden("capabilities_restricted", pod, cluster)


def pss_proc_mount_restricted(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A /proc without the masks of the runtime."""
    yield from _forbidden("procMount_restricted", pod, cluster)


def pss_restricted_volumes(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A volume of a type that restricted does not know."""
    yield from _forbidden("restrictedVolumes", pod, cluster)


def pss_run_as_non_root(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A container that may run as root."""
    yield from _forbidden("runAsNonRoot", pod, cluster)


def pss_run_as_user(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A container that asks for the user 0."""
    yield from _forbidden("runAsUser", pod, cluster)


def pss_seccomp_profile_restricted(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A container without a seccomp profile, or with one that is off or unknown."""
    yield from _forbidden("seccompProfile_restricted", pod, cluster)


def _forbidden(control: str, pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """What a control of the cluster's minor forbids of a pod."""
    data = admitted(pod, cluster.version)
    if data is None:
        return
    for (breach,), said in violations_of(control, data, cluster.version.minor):
        # A patch that is not applied here may write what lacks.
        rests_on = Absence(mended_by=str(breach.path[-1])) if breach.is_lack else None
        yield Problem(breach.path, said, rests_on=rests_on)
