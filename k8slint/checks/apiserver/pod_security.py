"""Pods that the Pod Security admission of their namespace does not let in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.apiserver.admission.pod_security.policy import ENFORCE, policy_of
from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related

_REFUSED: Final = "kubectl apply stops with: Error from server (Forbidden): {}."
_NO_PODS: Final = "The {} is taken and never has a pod; events say FailedCreate: Error creating: pods is forbidden: {}."


def pod_security_violation(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Pod that its namespace does not let in, or a workload that is taken and whose pods are not.

    Mirrors: pod-security-admission admission/admission.go EvaluatePod @ v1.37
    """
    for pod in obj.pods if obj.namespace else ():
        refusals = [_refusal(pod, namespace, cluster) for namespace in cluster.find("Namespace", "", obj.namespace)]
        # Of several Namespaces of that name, as of dev and prod, each must refuse it.
        if refusals and refusals[0] is not None and all(refusals):
            yield refusals[0]


def _refusal(pod: Pod, namespace: Object, cluster: Cluster) -> Problem | None:
    """What the pod violates, if the namespace does not let it in."""
    policy = policy_of(namespace.labels)
    if policy is None or policy.level == "privileged":
        return None
    from k8slint.apiserver.admission.pod_security.violations import violations  # noqa: PLC0415 - few namespaces enforce
    from k8slint.checks.admitted_pods import admitted  # noqa: PLC0415 - few namespaces enforce

    data = admitted(pod, cluster.version)
    broken = list(violations(data, policy.level, policy.minor(cluster.version.minor))) if data is not None else []
    if not broken:
        return None
    said = f'violates PodSecurity "{policy}"'
    first = broken[0].breaches[0]
    lacks = all(breach.is_lack for violation in broken for breach in violation.breaches)
    return Problem(
        (*pod.path, *first.path),
        f"{said}: {', '.join(violation.said for violation in broken)}",
        effect=_REFUSED.format(said) if pod.obj.kind == "Pod" else _NO_PODS.format(pod.obj.kind, said),
        related=(Related(namespace, ("metadata", "labels", ENFORCE), f"{policy.level} is enforced here"),),
        # A patch that is not applied here may write what lacks.
        rests_on=Absence(mended_by=str(first.path[-1])) if lacks else None,
    )
