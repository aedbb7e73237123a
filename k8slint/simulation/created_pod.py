"""A pod as its controller sends it to the API server: what only then turns out to be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8slint.apiserver.admission.plugins import Policies
from k8slint.apiserver.admission.pod_security.policy import Policy
from k8slint.apiserver.admission.refusal import AdmissionPhase, Cause, Reason, Refused
from k8slint.apiserver.create import WARNINGS, create, decode
from k8slint.apiserver.defaults.registry import default
from k8slint.apiserver.schemas import Schemas
from k8slint.apiserver.validation.field import Field, Validation
from k8slint.objects.object import Object, Pod
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.record import replaced
from k8slint.values.version import KubernetesVersion

_POD = GroupVersionKind("", "v1", "Pod")


def hold_created_pod(template: Pod, metadata: Mapping[str, Any], spec: Mapping[str, Any], policies: Policies) -> None:
    """Hold a pod to what the server asks of Pods, and then to what its namespace enforces.

    `metadata` and `spec` are those of the pod that is created from the template, which may be a Pod itself.

    Raises:
        Refused: with the API server's words, if it does not take the pod.
    """
    own = {key: template.data["metadata"][key] for key in ("annotations",) if template.annotations}
    data = {"apiVersion": "v1", "kind": "Pod", "metadata": {**own, **metadata}, "spec": spec}
    pod = replaced(template.obj, gvk=_POD, name=str(metadata["name"]), data=data)
    if template.obj.kind != "Pod":
        _validate(pod, template, policies.version)
    policy = policies.enforced.get(str(metadata["namespace"]))
    if policy is not None:
        _hold_to_level(pod, policy, policies.version)


def _validate(pod: Object, template: Pod, version: KubernetesVersion) -> None:
    """Refuse what is only wrong with the pod: what is wrong with its workload is not repeated for each pod."""
    schemas = Schemas(version)
    faults = [problem for problem in create(pod, schemas) if problem.rule not in WARNINGS]
    if not faults:
        return
    known = {problem.path for problem in create(template.obj, schemas)}
    new = [problem for problem in faults if (*template.path, *problem.path) not in known]
    if new:
        message = ", ".join(problem.message for problem in new)
        said = f"[{message}]" if len(new) > 1 else message
        raise Refused(said, AdmissionPhase.VALIDATING, new[0].path, Cause(Reason.INVALID_POD))


def _hold_to_level(pod: Object, policy: Policy, version: KubernetesVersion) -> None:
    """Refuse what violates the level that the namespace enforces.

    Mirrors: pod-security-admission admission/admission.go EvaluatePod @ v1.37
    """
    from k8slint.apiserver.admission.pod_security.violations import violations  # noqa: PLC0415 - few namespaces enforce

    data = decode(pod, Schemas(version)).data
    if data is None:
        return
    whole = Field(default(data, pod.group_kind), Validation(pod, version.minor))
    broken = list(violations(whole, policy.level, policy.minor(version.minor)))
    if broken:
        message = f'violates PodSecurity "{policy}": {", ".join(violation.said for violation in broken)}'
        raise Refused(message, AdmissionPhase.VALIDATING, broken[0].breaches[0].path, Cause(Reason.POD_SECURITY))
