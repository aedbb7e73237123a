"""The tables of facts: what clusters have of themselves, what operators make, and that the files say it rightly."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest

from k8slint.bundled import SCHEMAS, TABLES
from k8slint.cluster.cluster import CLUSTER_SCOPED
from k8slint.cluster.tables import annotations_that, beside, given, given_as, makers, names_given_by_clusters, rows
from k8slint.engine.rule import load_rules, read_rule_file

FILES = sorted(TABLES.glob("*.yaml"))
RBAC = "rbac.authorization.k8s.io"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_table_is_as_its_schema_says(file):
    document = read_rule_file(file)
    assert not document.problems
    schema = json.loads((SCHEMAS / f"{file.stem}.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document.data, schema)


def test_tables_are_no_rules():
    assert FILES
    assert not {file.stem for file in FILES} & set(load_rules())


@pytest.mark.parametrize(
    ("group_kind", "namespace", "name", "of"),
    [
        ("ConfigMap", "shop", "kube-root-ca.crt", "Kubernetes"),
        ("ConfigMap", "kube-system", "extension-apiserver-authentication", "Kubernetes"),
        ("ConfigMap", "shop", "extension-apiserver-authentication", None),
        ("ConfigMap", "", "extension-apiserver-authentication", "Kubernetes"),
        ("Secret", "shop", "kube-root-ca.crt", None),
        (f"ClusterRole.{RBAC}", "", "view", "Kubernetes"),
        (f"ClusterRole.{RBAC}", "shop", "system:node", "Kubernetes"),
        (f"Role.{RBAC}", "shop", "view", None),
        ("Service", "default", "kubernetes", "Kubernetes"),
        ("Service", "shop", "kubernetes", None),
        ("ServiceAccount", "shop", "default", "Kubernetes"),
        ("ServiceAccount", "kube-system", "job-controller", "Kubernetes"),
        ("ServiceAccount", "shop", "job-controller", None),
        ("ServiceAccount", "shop", "builder", "OpenShift"),
        ("PriorityClass.scheduling.k8s.io", "", "system-node-critical", "Kubernetes"),
        ("PriorityClass.scheduling.k8s.io", "shop", "high", None),
        ("RuntimeClass.node.k8s.io", "shop", "gvisor", "GKE"),
    ],
)
def test_what_clusters_have_of_themselves(group_kind, namespace, name, of):
    found = given_as(group_kind, namespace, name)
    assert (found.of if found else None) == of


def test_only_what_every_cluster_has_is_proposed():
    assert list(names_given_by_clusters("PriorityClass.scheduling.k8s.io", "")) == [
        "system-cluster-critical",
        "system-node-critical",
    ]
    assert "system:*" not in names_given_by_clusters(f"ClusterRole.{RBAC}", "")
    assert not list(names_given_by_clusters("RuntimeClass.node.k8s.io", ""))


def test_objects_without_a_namespace_are_given_none():
    assert not [one for one in given() if one.namespace and one.kind in CLUSTER_SCOPED]


def test_every_name_that_is_made_leads_to_fields_of_the_maker():
    for several in makers().values():
        for maker in several:
            places = re.findall(r"\{([^}]*)\}", f"{maker.name} {maker.namespace}")
            paths = [path for place in places for path in place.split("|")]
            assert all(path.startswith(("metadata.name", "spec.")) for path in paths)


def test_a_maker_says_what_else_it_makes():
    assert beside("Certificate.cert-manager.io") == "nothing"
    assert beside("Cluster.postgresql.cnpg.io") == "workloads"
    assert beside("Kafka.kafka.strimzi.io") == "anything"
    assert beside("Rollout.argoproj.io") == "pods"


def test_a_kind_without_a_row_makes_what_its_group_says():
    assert beside("VirtualService.networking.istio.io") == "nothing"
    assert beside("Gateway.gateway.networking.k8s.io") == "workloads"
    assert beside("HTTPRoute.gateway.networking.k8s.io") == "nothing"
    assert beside("Database.example.com") == "anything"


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("storage-classes", "names"),
        ("data-folders", "images"),
        ("node-folders", "paths"),
        ("service-link-images", "images"),
    ],
)
def test_what_a_table_lists_it_lists_once(table, key):
    listed = [entry for row in rows(table) for entry in row[key]]
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize(
    ("does", "annotation", "expected"),
    [
        ("restarts", "reloader.stakater.com/auto", True),
        ("restarts", "configmap.reloader.stakater.com/reload", True),
        ("restarts", "notreloader.stakater.com/auto", False),
        ("restarts", "operator.1password.io/item-path", False),
        ("copies", "replicator.v1.mittwald.de/replicate-to", True),
        ("fills", "replicator.v1.mittwald.de/replicate-to", False),
        ("fills", "replicator.v1.mittwald.de/replicate-from", True),
        ("certifies", "cert-manager.io/cluster-issuer", True),
    ],
)
def test_what_an_annotation_makes_a_controller_do(does, annotation, expected):
    assert bool(annotations_that(does).match(annotation)) is expected


@pytest.mark.parametrize("table", ["makers", "installers"])
def test_the_rows_of_a_kind_agree(table):
    kinds = [row.get("kind") or row["group"] for row in rows(table)]
    said = {(row.get("kind") or row["group"], row.get("beside")) for row in rows(table)}
    assert len(said) == len(set(kinds))
