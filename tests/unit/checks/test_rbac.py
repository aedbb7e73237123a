"""Rules of roles whose answer depends on the other rules of the role, or on objects beside it."""

from __future__ import annotations

import pytest

from k8slint.checks.rbac import bindings, ineffective_roles, powerful_grants, subjects, tokens, unknown_resources
from k8slint.checks.rbac.policy_rules import PolicyRule
from k8slint.cluster.cluster import Cluster
from k8slint.objects.problem import Problem
from tests.build import read


def problems(check, text: str, kind: str) -> list[Problem]:
    objects = read({"a.yaml": text})
    cluster = Cluster(objects)
    return [problem for obj in objects if obj.kind == kind for problem in check(obj, cluster)]


def rule(resources: str, verbs: str = "get", groups: str = "") -> PolicyRule:
    return PolicyRule(0, tuple(verbs.split()), tuple(groups.split(",")), tuple(resources.split()), (), ())


@pytest.mark.parametrize(
    ("written", "asked", "is_allowed"),
    [
        ("pods", "pods", True),
        ("pods", "pods/log", False),
        ("pods/log", "pods/log", True),
        ("pods/log", "pods", False),
        ("*", "pods/log", True),
        ("*/log", "pods/log", True),
        ("*/log", "pods", False),
        ("pods/*", "pods/log", False),
    ],
)
def test_a_resource_is_matched_as_the_api_server_does(written, asked, is_allowed):
    assert rule(written).allows("get", "", asked) is is_allowed


def test_verbs_and_groups_are_matched_whole_or_by_a_star():
    assert rule("pods", "*", "*").allows("delete", "metrics.k8s.io", "pods")
    assert not rule("pods", "GET").allows("get", "", "pods")
    assert not rule("pods", groups="apps").allows("get", "", "pods")


ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: r}
rules:
%s
"""


@pytest.mark.parametrize(
    ("rules", "count"),
    [
        ("- {apiGroups: [''], resources: [deployments], verbs: [get, list]}", 1),
        # What was meant is granted by another rule, with all verbs or not with all.
        (
            (
                "- {apiGroups: [''], resources: [deployments], verbs: [get]}\n"
                "- {apiGroups: [apps], resources: [deployments], verbs: [get, list]}"
            ),
            0,
        ),
        (
            (
                "- {apiGroups: [''], resources: [deployments], verbs: [get, delete]}\n"
                "- {apiGroups: [apps], resources: [deployments], verbs: [get, list]}"
            ),
            1,
        ),
        ("- {apiGroups: [''], resources: [configmap, configmaps], verbs: [get]}", 0),
        # Nothing is said of shapes that are no rules.
        ("- null\n- 3\n- {apiGroups: 3, resources: pods, verbs: {get: 1}}\n- {apiGroups: [null], resources: [3]}", 0),
        ("- {resources: [deployments], verbs: [get]}", 0),
    ],
)
def test_what_nobody_serves_is_said_unless_it_is_granted_elsewhere(rules, count):
    assert len(problems(unknown_resources.rbac_rule_grants_nothing, ROLE % rules, "ClusterRole")) == count


COPY = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: controller, namespace: shop}
rules: [{apiGroups: [networking.k8s.io], resources: [ingressclasses], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: controller, namespace: shop}
subjects: [{kind: ServiceAccount, name: controller}]
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: controller}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: controller}
rules: [{apiGroups: [networking.k8s.io], resources: [ingressclasses], verbs: [%s]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: controller}
subjects: [{kind: ServiceAccount, name: controller, namespace: shop}]
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: controller}
"""


@pytest.mark.parametrize(("verbs", "count"), [("get, list, watch", 0), ("get", 1)])
def test_a_role_may_repeat_what_its_subjects_have_by_a_cluster_role(verbs, count):
    check = ineffective_roles.role_grants_cluster_scoped_resource
    assert len(problems(check, COPY % verbs, "Role")) == count


CHECKS = {
    ineffective_roles: ("rbac_resource_names_without_effect", "role_grants_cluster_scoped_resource"),
    powerful_grants: (
        "account_token_granted",
        "certificate_approval_granted",
        "endpoints_editable_by_aggregation",
        "escalation_verb_granted",
        "node_proxy_granted",
        "pod_exec_granted",
        "pods_creatable_cluster_wide",
        "secrets_readable_cluster_wide",
        "webhook_configuration_writable",
        "wildcard_in_role",
    ),
    unknown_resources: ("rbac_rule_grants_nothing",),
}
SHAPES = ("null", "3", "[]", "[3]", "[[]]", "{}", "{a: b}", "['*']", "[null, '*', 3]")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("field", ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"])
def test_no_check_raises_for_a_rule_of_any_shape(field, shape):
    fields = {"verbs": "['*']", "apiGroups": "['']", "resources": "[pods/exec, secrets, nod]", field: shape}
    text = ROLE % f"- {{{', '.join(f'{key}: {value}' for key, value in fields.items())}}}"
    for module, names in CHECKS.items():
        for name in names:
            problems(getattr(module, name), text, "ClusterRole")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("field", ["subjects", "roleRef"])
def test_no_check_raises_for_a_binding_of_any_shape(field, shape):
    fields = {"subjects": "[{kind: Group, name: a}]", "roleRef": "{kind: ClusterRole, name: r}", field: shape}
    text = "\n".join(f"{key}: {value}" for key, value in fields.items())
    text = f"apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: a}}\n{text}\n"
    for check in (
        ineffective_roles.role_binding_grants_nothing,
        powerful_grants.cluster_admin_bound,
        subjects.anonymous_binding,
        subjects.masters_group_binding,
        subjects.role_bound_to_default_account,
    ):
        problems(check, text, "RoleBinding")


def test_a_token_of_an_account_with_rights_in_another_namespace_is_one_without():
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: a, image: a}]}\n"
    )
    binding = (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: a, namespace: %s}\n"
        "subjects: [{kind: ServiceAccount, name: default}]\nroleRef: {kind: Role, name: r}\n"
    )
    said = []
    for namespace in ("shop", "other"):
        objects = read({"a.yaml": f"{pod}---\n{binding % namespace}"})
        said.append(len(list(tokens.token_without_rights(objects[0].pod, Cluster(objects)))))
    assert said == [0, 1]


def test_a_cluster_role_is_within_namespaces_if_it_is_bound_there_only():
    text = COPY % "get"
    objects = read({"a.yaml": text.replace("ClusterRoleBinding", "RoleBinding")})
    role = next(obj for obj in objects if obj.kind == "ClusterRole")
    assert bindings.is_within_namespaces(role, Cluster(objects))
    assert not bindings.is_within_namespaces(role, Cluster(read({"a.yaml": text})))
    assert not bindings.is_within_namespaces(role, Cluster((role,)))
