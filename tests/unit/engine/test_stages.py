"""What the stages say of a source, in which order, and of which kinds."""

from __future__ import annotations

from k8slint.apiserver.schemas import NEWEST, schemas_for
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.unread import Unread
from k8slint.engine.rule import load_rules
from k8slint.engine.selection import Selection
from k8slint.engine.stages import World, said_of
from k8slint.loading.composer import compose
from k8slint.loading.document import Source
from k8slint.objects.from_documents import read_source

NODE = "{apiVersion: v1, kind: Node, metadata: {name: a}, status: {allocatable: {cpu: 1, memory: 1Gi, pods: 9}}}"
HALF = "kind: Pod\nmetadata: {name: p}\nspec: {}\n---"
LARGE = """
apiVersion: %s
kind: %s
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      dnsPolicies: None
      containers: [{name: c, image: "c:latest", resources: {requests: {cpu: 9}}}]
"""


def rules_said(text: str, cluster: str = NODE, off: frozenset[str] = frozenset()) -> list[str]:
    described = read_source(Source("cluster.yaml", cluster), compose(Source("cluster.yaml", cluster))).objects
    source = Source("a.yaml", text)
    reading = read_source(source, compose(source))
    world = World(Cluster(reading.objects, described, version=NEWEST), schemas_for(NEWEST, ()), Unread(is_whole=True))
    rules = load_rules()
    selection = Selection(rules, {rule.id: rule.severity for rule in rules.values() if rule.id not in off})
    return [said.problem.rule for said in said_of(reading, world, selection)]


def test_the_api_server_speaks_before_the_pitfalls_and_the_scheduler_last() -> None:
    said = rules_said(HALF + LARGE % ("apps/v1", "Deployment"))
    order = ["not-an-object", "unknown-field", "floating-image-tag", "pod-larger-than-any-node"]
    assert [rule for rule in said if rule in order] == order


def test_a_rule_that_is_off_says_nothing_at_any_stage() -> None:
    off = frozenset({"not-an-object", "unknown-field", "floating-image-tag", "pod-larger-than-any-node"})
    assert not off & {*rules_said(HALF + LARGE % ("apps/v1", "Deployment"), off=off)}


def test_of_a_group_that_is_served_no_more_the_dry_run_says_nothing() -> None:
    said = rules_said(LARGE % ("extensions/v1beta1", "Deployment"))
    assert "removed-api" in said
    assert "pod-larger-than-any-node" not in said


def test_what_a_kustomization_fills_in_is_not_missing() -> None:
    nameless = "apiVersion: v1\nkind: Secret\nmetadata: {}\n"
    taking_in = "\n---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n"
    assert "required-field" in rules_said(nameless)
    assert "required-field" not in rules_said(nameless + taking_in)
