"""What a pod names, what answers to a name, and what may."""

from __future__ import annotations

from typing import Any

import pytest

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.references import (
    is_supplied,
    may_exist,
    names_supplied,
    references_of,
    supplies,
)
from k8slint.objects.fields import dig
from k8slint.objects.object import Pod
from tests.build import objects_of


def named(kind: str, name: str, namespace: str = "", api_version: str = "v1", **data: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **data}


def pod_of(**spec: Any) -> Pod:
    containers = [*spec.pop("containers", []), {"name": "last", "image": "x"}]
    (obj,) = objects_of(named("Pod", "web", spec={"containers": containers, **spec}))
    assert obj.pod is not None
    return obj.pod


def test_every_place_is_found_once_with_the_path_to_its_name() -> None:
    pod = pod_of(
        initContainers=[{"envFrom": [{"configMapRef": {"name": "a"}}, {"secretRef": {"name": "b"}}]}],
        containers=[
            {
                "env": [
                    {"name": "C", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}},
                    {"name": "D", "valueFrom": {"secretKeyRef": {"name": "d", "key": "k"}}},
                    {"name": "E", "value": "plain"},
                ]
            }
        ],
        ephemeralContainers=[{"envFrom": [{"configMapRef": {"name": "e"}}]}],
        volumes=[
            {"name": "f", "configMap": {"name": "f"}},
            {"name": "g", "secret": {"secretName": "g", "items": [{"key": "x"}, {"key": "y"}]}},
            {"name": "h", "persistentVolumeClaim": {"claimName": "h"}},
            {"name": "i", "projected": {"sources": [{"configMap": {"name": "i"}}, {"secret": {"name": "j"}}]}},
        ],
        imagePullSecrets=[{"name": "k"}],
    )
    found = references_of(pod, Cluster(()))
    assert [(ref.kind, ref.name, ref.use, ref.key) for ref in found] == [
        ("ConfigMap", "f", "volume", ""),
        ("Secret", "g", "volume", "x"),
        ("Secret", "g", "volume", "y"),
        ("PersistentVolumeClaim", "h", "volume", ""),
        ("ConfigMap", "i", "volume", ""),
        ("Secret", "j", "volume", ""),
        ("ConfigMap", "a", "environment", ""),
        ("Secret", "b", "environment", ""),
        ("ConfigMap", "c", "environment", "k"),
        ("Secret", "d", "environment", "k"),
        ("ConfigMap", "e", "environment", ""),
        ("Secret", "k", "image", ""),
    ]
    assert all(dig(pod.data, *ref.path) == ref.name for ref in found)
    assert all(dig(pod.data, *ref.key_path) == ref.key for ref in found if ref.key)


@pytest.mark.parametrize("optional", [True, "true", "${OPTIONAL}"])
def test_optional_sources_are_left_out(optional: Any) -> None:
    source = {"name": "a", "key": "k", "optional": optional}
    pod = pod_of(
        containers=[
            {"env": [{"valueFrom": {"secretKeyRef": source}}], "envFrom": [{"configMapRef": source}]},
        ],
        volumes=[
            {"configMap": source},
            {"secret": {"secretName": "a", "optional": optional}},
            {"projected": {"sources": [{"secret": source}]}},
        ],
    )
    assert references_of(pod, Cluster(())) == ()


@pytest.mark.parametrize("name", ["${NAME}", "{{ .name }}", "<name>", "Not_A_Name", "", None, 7, ["a"]])
def test_names_that_are_not_yet_names_are_left_out(name: Any) -> None:
    pod = pod_of(volumes=[{"configMap": {"name": name}}], containers=[{"envFrom": [{"secretRef": {"name": name}}]}])
    assert references_of(pod, Cluster(())) == ()


def test_a_sub_path_of_a_whole_volume_is_a_key() -> None:
    pod = pod_of(
        containers=[
            {
                "volumeMounts": [
                    {"name": "whole", "subPath": "./app.conf"},
                    {"name": "whole"},
                    {"name": "chosen", "subPath": "renamed.conf"},
                    {"name": "many", "subPath": "any"},
                    {"name": "claim", "subPath": "data"},
                    {"name": "whole", "subPathExpr": "$(POD_NAME)"},
                ]
            }
        ],
        volumes=[
            {"name": "whole", "configMap": {"name": "a"}},
            {"name": "chosen", "configMap": {"name": "b", "items": [{"key": "x", "path": "renamed.conf"}]}},
            {"name": "many", "projected": {"sources": [{"configMap": {"name": "c"}}]}},
            {"name": "claim", "persistentVolumeClaim": {"claimName": "d"}},
        ],
    )
    files = [ref for ref in references_of(pod, Cluster(())) if ref.use == "file"]
    assert [(ref.name, ref.key) for ref in files] == [("a", "app.conf")]
    assert files[0].key_path == ("spec", "containers", 0, "volumeMounts", 0, "subPath")


def test_a_pod_without_an_image_is_part_of_a_patch() -> None:
    (obj,) = objects_of(named("Pod", "web", spec={"containers": [{"envFrom": [{"configMapRef": {"name": "a"}}]}]}))
    assert obj.pod is not None
    assert references_of(obj.pod, Cluster(())) == ()


def test_a_volume_that_a_claim_template_replaces_is_no_reference() -> None:
    spec = {
        "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
        "template": {
            "spec": {
                "containers": [{"image": "x"}],
                "volumes": [
                    {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
                    {"name": "more", "persistentVolumeClaim": {"claimName": "more"}},
                ],
            }
        },
    }
    (obj,) = objects_of(named("StatefulSet", "db", api_version="apps/v1", spec=spec))
    assert obj.pod is not None
    assert [ref.name for ref in references_of(obj.pod, Cluster((obj,)))] == ["more"]


@pytest.mark.parametrize(
    ("there", "asked", "expected"),
    [("a", "a", True), ("a", "b", False), ("", "b", True), ("a", "", True), ("", "", True)],
)
def test_an_empty_namespace_may_be_any(there: str, asked: str, expected: bool) -> None:
    cluster = Cluster(objects_of(named("ConfigMap", "web", there)))
    assert is_supplied(cluster, "ConfigMap", asked, "web") is expected


def test_cluster_roles_have_no_namespace() -> None:
    role = named("ClusterRole", "reader", "a", api_version="rbac.authorization.k8s.io/v1")
    assert is_supplied(Cluster(objects_of(role)), "ClusterRole.rbac.authorization.k8s.io", "b", "reader")


def test_objects_of_the_cluster_description_are_there() -> None:
    cluster = Cluster((), description=objects_of(named("Secret", "web", "a")))
    assert is_supplied(cluster, "Secret", "a", "web")


def test_copied_objects_are_in_every_namespace() -> None:
    data = named("Secret", "web", "a")
    data["metadata"]["annotations"] = {"reflector.v1.k8s.emberstack.com/reflection-allowed": "true"}
    assert is_supplied(Cluster(objects_of(data)), "Secret", "b", "web")


@pytest.mark.parametrize(
    ("claim", "expected"),
    [("data-db-0", True), ("data-db-17", True), ("data-db", False), ("db-data-0", False), ("data-db-x", False)],
)
def test_a_stateful_set_makes_claims_with_an_ordinal(claim: str, expected: bool) -> None:
    spec = {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}
    cluster = Cluster(objects_of(named("StatefulSet", "db", api_version="apps/v1", spec=spec)))
    assert is_supplied(cluster, "PersistentVolumeClaim", "", claim) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("web", True),
        ("dev-web", True),
        ("web-7g2tb6k45h", True),
        ("dev-web-7g2tb6k45h", True),
        ("web-aaaaaaaaaa", False),
        ("web-7g2tb6k45", False),
        ("prod-web", False),
    ],
)
def test_generated_objects_answer_to_their_hashed_names(name: str, expected: bool) -> None:
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namePrefix": "dev-",
        "secretGenerator": [{"name": "web", "literals": ["a=b"]}],
    }
    cluster = Cluster(objects_of(kustomization))
    assert is_supplied(cluster, "Secret", "", name) is expected
    assert not is_supplied(cluster, "ConfigMap", "", name)


def test_a_hash_is_not_taken_off_for_written_objects() -> None:
    cluster = Cluster(objects_of(named("ConfigMap", "web")))
    assert not is_supplied(cluster, "ConfigMap", "", "web-7g2tb6k45h")


def test_names_of_another_namespace_are_not_meant() -> None:
    cluster = Cluster(objects_of(named("ConfigMap", "web", "a"), named("ConfigMap", "api")))
    assert names_supplied(cluster, "ConfigMap", "a") == {"web", "api"}
    assert names_supplied(cluster, "ConfigMap", "b") == {"api"}


def test_supplies_of_a_namespace_come_before_those_without_one() -> None:
    cluster = Cluster(
        objects_of(named("ConfigMap", "web"), named("ConfigMap", "web", "a"), named("ConfigMap", "web", "b"))
    )
    assert [supply.namespace for supply in supplies(cluster, "ConfigMap", "a", "web")] == ["a", ""]


def test_what_the_settings_say_is_external_may_exist() -> None:
    (pod,) = objects_of(named("Pod", "web", "shop"))
    cluster = Cluster((pod,), externals=("Secret/shop/from-vault-*",))
    assert may_exist(cluster, pod, "Secret", "from-vault-db")
    assert not may_exist(cluster, pod, "Secret", "db")
    assert not may_exist(cluster, pod, "ConfigMap", "from-vault-db")


@pytest.mark.parametrize(("name", "expected"), [("web-token-x7k2p", True), ("web-token-aeiou", False), ("web", False)])
def test_token_secrets_of_old_clusters_may_exist(name: str, expected: bool) -> None:
    (pod,) = objects_of(named("Pod", "web"))
    assert may_exist(Cluster((pod,)), pod, "Secret", name) is expected
