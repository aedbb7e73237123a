"""What the examples of rules about selectors cannot show: several files, kustomizations, effects, related places."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from k8slint.cluster.cluster import Cluster
from k8slint.engine.rule import load_rules
from k8slint.objects.problem import Problem
from tests.build import problems_of, read

RULES = load_rules()


def found_by(rule: str, files: str | Mapping[str, str]) -> list[Problem]:
    cluster = Cluster(read(files))
    return [problem for obj in cluster.objects for problem in problems_of(RULES[rule], obj, cluster)]


def workload(
    name: str, labels: str = "{app: web}", kind: str = "Deployment", more: str = "", namespace: str = ""
) -> str:
    template = f"{{metadata: {{labels: {labels}}}, spec: {{containers: [{{name: a, image: a}}]{more}}}}}"
    spec = f"{{selector: {{matchLabels: {labels}}}, template: {template}}}"
    metadata = f"{{name: {name}, namespace: '{namespace}'}}"
    return f"{{apiVersion: apps/v1, kind: {kind}, metadata: {metadata}, spec: {spec}}}\n---\n"


def budget(name: str, labels: str = "{app: web}", namespace: str = "") -> str:
    spec = f"{{maxUnavailable: 1, selector: {{matchLabels: {labels}}}}}"
    metadata = f"{{name: {name}, namespace: '{namespace}'}}"
    return f"{{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {metadata}, spec: {spec}}}\n---\n"


def kustomization(*files: str, more: str = "") -> str:
    return (
        f"{{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, resources: [{', '.join(files)}]{more}}}"
    )


BOTH = {"a/kustomization.yaml": kustomization("one.yaml", "two.yaml")}


def test_two_workloads_meet_in_one_file_or_kustomization() -> None:
    # Files of one folder may be alternatives.
    files = {"a/one.yaml": workload("one"), "a/two.yaml": workload("two")}
    assert not found_by("selectors-overlap", files)
    assert len(found_by("selectors-overlap", files | BOTH)) == 1
    assert not found_by("selectors-overlap", workload("one", namespace="shop") + workload("two", namespace="blog"))


def test_an_object_written_twice_is_one_workload() -> None:
    assert not found_by("selectors-overlap", workload("one") + workload("one", "{app: web, a: b}"))


def test_what_another_object_owns_is_no_second_workload() -> None:
    owned = workload("one-7d", kind="ReplicaSet").replace(
        "{name: one-7d,", "{ownerReferences: [{name: one}], name: one-7d,"
    )
    assert not found_by("selectors-overlap", workload("one") + owned)


def test_each_later_workload_is_told_of_the_first() -> None:
    found = found_by("selectors-overlap", workload("one") + workload("two") + workload("three"))
    assert [problem.related[0].obj.name for problem in found] == ["one", "one"]


def test_two_budgets_of_one_kustomization_overlap() -> None:
    files = {"a/one.yaml": workload("web") + budget("one"), "a/two.yaml": budget("two")}
    assert not found_by("pdb-overlap", files)
    (problem,) = found_by("pdb-overlap", files | BOTH)
    assert [related.obj.name for related in problem.related] == ["one", "web"]


def test_a_budget_written_twice_is_one() -> None:
    assert not found_by("pdb-overlap", workload("web") + budget("one") + budget("one"))


@pytest.mark.parametrize(
    "more",
    [", labels: [{pairs: {tier: front}, includeTemplates: true}]", ", commonLabels: {tier: front}"],
)
def test_a_label_that_a_kustomization_adds_is_no_mistake(more: str) -> None:
    text = {"one.yaml": workload("web") + budget("web", "{app: web, tier: front}")}
    assert found_by("pdb-selects-nothing", text)
    assert not found_by("pdb-selects-nothing", text | {"kustomization.yaml": kustomization("one.yaml", more=more)})


@pytest.mark.parametrize(
    ("kind", "strength", "effect"),
    [
        ("podAffinity", "required", "No Pod of it is ever scheduled"),
        ("podAffinity", "preferred", "The term draws the Pods to no node"),
        ("podAntiAffinity", "required", "The term keeps nothing apart"),
        ("podAntiAffinity", "preferred", "The term keeps nothing apart"),
    ],
)
def test_the_effect_of_a_term_without_a_match_is_that_of_its_kind(kind: str, strength: str, effect: str) -> None:
    term = "{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: wbe}}}"
    term = term if strength == "required" else f"{{weight: 1, podAffinityTerm: {term}}}"
    more = f", affinity: {{{kind}: {{{strength}DuringSchedulingIgnoredDuringExecution: [{term}]}}}}"
    (problem,) = found_by("affinity-selects-nothing", workload("web", more=more))
    assert problem.effect.startswith(effect)


@pytest.mark.parametrize(
    ("replicas", "is_found"), [("", True), ("replicas: 3, ", True), ("replicas: 1, ", False), ("replicas: 0, ", False)]
)
def test_one_pod_needs_no_headless_service(replicas: str, is_found: bool) -> None:
    text = workload("web", kind="StatefulSet").replace(
        "spec: {selector", f"spec: {{serviceName: web, {replicas}selector"
    )
    service = "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}}}"
    assert bool(found_by("statefulset-service-not-headless", text + service)) is is_found
