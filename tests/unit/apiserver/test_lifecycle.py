from __future__ import annotations

from typing import Any

import pytest

from k8slint.objects.problem import Problem


def only(problems: list[Problem]) -> Problem:
    (problem,) = problems
    return problem


@pytest.mark.parametrize(
    ("api_version", "kind", "message"),
    [
        ("extensions/v1beta1", "Deployment", "was removed in 1.16; use apps/v1 Deployment"),
        ("apps/v1beta2", "StatefulSet", "was removed in 1.16; use apps/v1 StatefulSet"),
        ("extensions/v1beta1", "Ingress", "was removed in 1.22; use networking.k8s.io/v1 Ingress"),
        ("networking.k8s.io/v1beta1", "Ingress", "was removed in 1.22; use networking.k8s.io/v1 Ingress"),
        ("rbac.authorization.k8s.io/v1beta1", "Role", "was removed in 1.22; use rbac.authorization.k8s.io/v1 Role"),
        ("policy/v1beta1", "PodDisruptionBudget", "was removed in 1.25; use policy/v1 PodDisruptionBudget"),
        ("policy/v1beta1", "PodSecurityPolicy", "was removed in 1.25; use Pod Security admission"),
        ("batch/v1beta1", "CronJob", "was removed in 1.25; use batch/v1 CronJob"),
        ("autoscaling/v2beta1", "HorizontalPodAutoscaler", "was removed in 1.25; use autoscaling/v2 "),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", "was removed in 1.26; use autoscaling/v2 "),
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "was removed in 1.32; use flowcontrol"),
        ("settings.k8s.io/v1alpha1", "PodPreset", "was removed in 1.20; nothing takes its place"),
        ("networking.k8s.io/v1beta1", "ServiceCIDR", "was removed in 1.37; use networking.k8s.io/v1 ServiceCIDR"),
    ],
)
def test_what_was_removed_is_told_with_its_heir(check: Any, api_version: str, kind: str, message: str) -> None:
    text = f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: a}}, spec: {{whatever: 1}}}}"
    problem = only(check(text))
    assert (problem.rule, problem.path) == ("removed-api", ("apiVersion",))
    assert message in problem.message
    assert f'no matches for kind "{kind}" in version "{api_version}"' in problem.effect


@pytest.mark.parametrize(
    ("api_version", "kind", "last"),
    [
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", 31),
        ("networking.k8s.io/v1beta1", "IPAddress", 36),
        ("storage.k8s.io/v1beta1", "VolumeAttributesClass", 36),
        ("admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicy", 33),
    ],
)
def test_a_version_is_deprecated_until_the_minor_that_removes_it(
    check: Any, api_version: str, kind: str, last: int
) -> None:
    text = f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: a}}}}"
    assert only(check(text, last)).rule == "deprecated-api"
    assert only(check(text, last + 1)).rule == "removed-api"


@pytest.mark.parametrize(
    ("api_version", "kind", "minor", "message"),
    [
        ("v1", "Endpoints", 33, "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"),
        ("v1", "ComponentStatus", 37, "v1 ComponentStatus is deprecated in v1.19+"),
        (
            "resource.k8s.io/v1beta1",
            "ResourceClaim",
            36,
            "is deprecated in v1.35+, unavailable in v1.38+; use resource.k8s.io/v1 ResourceClaim",
        ),
        (
            "admissionregistration.k8s.io/v1alpha1",
            "MutatingAdmissionPolicy",
            35,
            "v1.35+, unavailable in v1.38+; use admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy",
        ),
    ],
)
def test_the_warning_is_the_api_servers(check: Any, api_version: str, kind: str, minor: int, message: str) -> None:
    problem = only(check(f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: a}}}}", minor))
    assert problem.rule == "deprecated-api"
    assert problem.message.startswith(f"{api_version} {kind} is deprecated in v1.")
    assert problem.message.endswith(message)


def test_endpoints_are_no_matter_before_1_33(check: Any) -> None:
    assert check("{apiVersion: v1, kind: Endpoints, metadata: {name: a}}", 32) == []


@pytest.mark.parametrize(
    ("api_version", "kind", "path", "message"),
    [
        ("v1", "Deployment", "apiVersion", "Deployment is in apps/v1, not v1"),
        ("apps", "Deployment", "apiVersion", "Deployment is in apps/v1, not apps"),
        ("rbac/v1", "ClusterRole", "apiVersion", "ClusterRole is in rbac.authorization.k8s.io/v1, not rbac/v1"),
        ("apps/v1", "Event", "apiVersion", "Event is in v1 or events.k8s.io/v1, not apps/v1"),
        ("apps/v1", "Deployement", "kind", 'apps/v1 has no kind "Deployement"; did you mean "Deployment"?'),
        ("v1", "pod", "kind", 'v1 has no kind "pod"; did you mean "Pod"?'),
        ("v1", "Deploymnet", "kind", 'no kind "Deploymnet" in v1; did you mean Deployment, which is in apps/v1?'),
        (
            "app/v1",
            "deployment",
            "kind",
            'no kind "deployment" in app/v1; did you mean Deployment, which is in apps/v1?',
        ),
        ("apps/v2", "Deployment", "apiVersion", "Deployment is in apps/v1, not apps/v2"),
        ("apps/V1", "Deployment", "apiVersion", "Deployment is in apps/v1, not apps/V1"),
        ("batch.v1", "CronJob", "apiVersion", "CronJob is in batch/v1, not batch.v1"),
        ("app/v1", "Deployment", "apiVersion", "Deployment is in apps/v1, not app/v1"),
        ("networking.k8s.io/V1", "Ingress", "apiVersion", "Ingress is in networking.k8s.io/v1, not "),
        ("networkin.k8s.io/v1", "Ingress", "apiVersion", "Ingress is in networking.k8s.io/v1, not networkin.k8s.io/v1"),
        ("rbac.authorisation.k8s.io/v1", "Role", "apiVersion", "Role is in rbac.authorization.k8s.io/v1, not "),
        ("v1", "Route", "apiVersion", "Route is in route.openshift.io/v1, not v1"),
        ("v1", "APIGroup", "kind", 'v1 has no kind "APIGroup"'),
        ("v1", "Quux", "kind", 'v1 has no kind "Quux"'),
        ("apps/v7", "Quux", "apiVersion", 'Kubernetes 1.36 serves no "apps/v7"'),
        ("scheduling.k8s.io/v1beta1", "PodGroup", "apiVersion", "is served from 1.37 on, not in 1.36"),
    ],
)
def test_an_unknown_kind_is_told_with_what_was_meant(
    check: Any, api_version: str, kind: str, path: str, message: str
) -> None:
    problem = only(check(f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: a}}}}", 36))
    assert (problem.rule, problem.path) == ("unknown-kind", (path,))
    assert message in problem.message


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("gateway.networking.k8s.io/v1", "Gateway"),
        ("metrics.k8s.io/v1beta1", "PodMetrics"),
        ("snapshot.storage.k8s.io/v1", "VolumeSnapshot"),
        ("kustomize.config.k8s.io/v1beta1", "Kustomization"),
        ("serving.knative.dev/v1", "Service"),
        ("networking.istio.io/v1", "Gateway"),
        ("networking.x-k8s.io/v1", "Ingress"),
        ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy"),
        ("rbac.authorisation.k8s.io/v1", "Grant"),
        ("apps.example.com/v1", "Deployment"),
        ("skaffold/v4beta6", "Config"),
        ("v1", "List"),
        ("apps/v1", "{{ .Values.kind }}"),
        ("${VERSION}", "Deployment"),
    ],
)
def test_a_kind_that_may_be_anybodys_is_let_be(check: Any, api_version: str, kind: str) -> None:
    assert check(f"apiVersion: '{api_version}'\nkind: '{kind}'\nmetadata: {{name: a}}") == []


def test_a_group_that_looks_like_kubernetes_own_is_believed_where_a_definition_has_it(check: Any) -> None:
    crd = """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: roles.rbac.authorisation.k8s.io}
    spec:
      group: rbac.authorisation.k8s.io
      scope: Namespaced
      names: {kind: Role, plural: roles}
      versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
    ---
    apiVersion: rbac.authorisation.k8s.io/v1
    kind: Role
    metadata: {name: a}
    """
    assert check(crd) == []


@pytest.mark.parametrize(
    ("api_version", "kind", "fix"),
    [
        ("v1", "Deploymnet", "write apiVersion: apps/v1 and kind: Deployment"),
        ("v1", "Sevrice", "write kind: Service"),
        ("v1", "Deployment", "write apiVersion: apps/v1"),
        ("v1", "Events", "write kind: Event"),
        ("v1", "Quux", ""),
    ],
)
def test_the_fix_is_what_to_write(check: Any, api_version: str, kind: str, fix: str) -> None:
    assert only(check(f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: a}}}}")).fix == fix
