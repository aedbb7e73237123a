"""Pods that the Pod Security admission of their namespace does not let in."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.apiserver.admission.pod_security.policy import ENFORCE, Policy, Violation, policy_of, violations
from k8slint.checks.admitted_pods import admitted
from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related


def pod_security_violation(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Pod that its namespace does not let in.

    Mirrors: pod-security-admission admission/admission.go EvaluatePod @ v1.37
    """
    yield from _refused(obj, cluster)


def pod_security_violation_in_template(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A workload whose pods its namespace does not let in: the workload itself is taken."""
    yield from _refused(obj, cluster)


def _refused(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    if obj.pod is None or not obj.namespace:
        return
    namespaces = cluster.find("Namespace", "", obj.namespace)
    refusals = [(each, _refusal(obj.pod, policy_of(each.labels), cluster)) for each in namespaces]
    # Of several Namespaces of that name, as of dev and prod, each must refuse it.
    for namespace, found in refusals[:1]:
        if all(refusal is not None for _, refusal in refusals) and found is not None:
            policy, broken = found
            first = broken[0].breaches[0]
            lacks = all(breach.is_lack for violation in broken for breach in violation.breaches)
            yield Problem(
                (*obj.pod.path, *first.path),
                f'violates PodSecurity "{policy}": {", ".join(violation.said for violation in broken)}',
                related=(Related(namespace, ("metadata", "labels", ENFORCE), f"{policy.level} is enforced here"),),
                # A patch that is not applied here may write what lacks.
                rests_on=Absence(mended_by=str(first.path[-1])) if lacks else None,
            )


def _refusal(pod: Pod, policy: Policy | None, cluster: Cluster) -> tuple[Policy, list[Violation]] | None:
    """What a namespace enforces, if the pod is not as that wants it, and what it violates."""
    if policy is None or policy.level == "privileged":
        return None
    data = admitted(pod, cluster.version)
    if data is None:
        return None
    broken = list(violations(data, policy.level, policy.minor(cluster.version.minor)))
    return (policy, broken) if broken else None
