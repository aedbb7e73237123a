"""What one example file cannot show: folders, the cluster description, and data of any shape."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from k8slint.checks.network import cluster_ips, default_classes, ingresses, namespaces, node_ports, services
from k8slint.cluster.cluster import Cluster
from k8slint.objects.problem import Problem
from tests.build import read

CHECKS = {
    cluster_ips.duplicate_cluster_ip: "Service",
    default_classes.several_default_classes: "StorageClass.storage.k8s.io",
    node_ports.duplicate_node_port: "Service",
    services.canary_without_session_affinity: "Service",
    ingresses.ingress_duplicate_host_path: "Ingress.networking.k8s.io",
    namespaces.reserved_namespace: "Namespace",
}


def problems(check, files: Mapping[str, str], described: str = "") -> list[tuple[str, Problem]]:
    """Each problem with the file of its object."""
    objects = read(files)
    cluster = Cluster(objects, description=read({"cluster.yaml": described}) if described else None)
    return [
        (obj.document.source.name, problem)
        for obj in objects
        if obj.group_kind == CHECKS[check]
        for problem in check(obj, cluster)
    ]


def service(name: str, port: int, namespace: str = "", protocol: str = "TCP") -> str:
    metadata = f"{{name: {name}, namespace: {namespace}}}" if namespace else f"{{name: {name}}}"
    ports = f"[{{port: 80, protocol: {protocol}, nodePort: {port}}}]"
    return f"{{apiVersion: v1, kind: Service, metadata: {metadata}, spec: {{type: NodePort, ports: {ports}}}}}"


def ingress(name: str, host: str = "shop.example", extra: str = "", annotations: str = "{}") -> str:
    rule = f"{{host: '{host}', http: {{paths: [{{path: /, pathType: Prefix}}]}}}}"
    metadata = f"{{name: {name}, annotations: {annotations}}}"
    spec = f"{{rules: [{rule}]{extra}}}"
    return f"{{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {metadata}, spec: {spec}}}"


def deployment(name: str, replicas: str, labels: str = "{app: web}", extra: str = "") -> str:
    spec = f"{{replicas: {replicas}, template: {{metadata: {{labels: {labels}}}}}}}"
    return f"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}{extra}}}, spec: {spec}}}"


SERVICE = "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}}}"


def test_node_ports_meet_within_a_folder_and_the_second_is_told():
    found = problems(
        node_ports.duplicate_node_port, {"app/a.yaml": service("a", 30001), "app/b.yaml": service("b", 30001, "other")}
    )
    ((file, problem),) = found
    assert file == "app/b.yaml"
    assert problem.message == (
        'spec.ports[0].nodePort: Invalid value: 30001: provided port is already allocated, to Service "a"'
    )
    assert problem.related[0].obj.document.source.name == "app/a.yaml"


@pytest.mark.parametrize(
    "files",
    [
        {"one/a.yaml": service("a", 30001), "two/b.yaml": service("b", 30001)},
        {"app/a.yaml": service("a", 30001), "app/prod.yaml": service("a", 30001)},
    ],
    ids=["two folders are two clusters as likely as not", "the same object twice"],
)
def test_node_ports_that_need_not_meet(files):
    assert problems(node_ports.duplicate_node_port, files) == []


def test_node_ports_go_by_number_whatever_the_protocol():
    files = {"app/a.yaml": service("a", 30001), "app/b.yaml": service("b", 30001, protocol="UDP")}
    assert [file for file, _ in problems(node_ports.duplicate_node_port, files)] == ["app/b.yaml"]


def test_services_of_one_name_in_two_namespaces_are_two():
    files = {"a.yaml": service("a", 30001, "one"), "b.yaml": service("a", 30001, "two")}
    assert [file for file, _ in problems(node_ports.duplicate_node_port, files)] == ["b.yaml"]


def test_a_described_service_holds_its_node_port_against_every_folder():
    files = {"deep/down/b.yaml": service("b", 30001), "deep/a.yaml": service("a", 30001, "default")}
    ((file, problem),) = problems(node_ports.duplicate_node_port, files, described=service("a", 30001, "default"))
    assert file == "deep/down/b.yaml"
    assert problem.related[0].obj.document.source.name == "cluster.yaml"


def test_ingresses_meet_within_a_folder():
    files = {"app/a.yaml": ingress("a"), "app/b.yaml": ingress("b"), "other/c.yaml": ingress("c")}
    ((file, problem),) = problems(ingresses.ingress_duplicate_host_path, files)
    assert file == "app/b.yaml"
    assert problem.message == 'host "shop.example" with Prefix path "/" is routed by Ingress "a" already'
    assert problem.path == ("spec", "rules", 0, "http", "paths", 0, "path")


@pytest.mark.parametrize("name", ["gce", "gce-internal", "alb"])
def test_some_classes_have_a_load_balancer_for_each_ingress(name):
    extra = f", ingressClassName: {name}"
    files = {"a.yaml": ingress("a", extra=extra), "b.yaml": ingress("b", extra=extra)}
    assert problems(ingresses.ingress_duplicate_host_path, files) == []


def test_alb_ingresses_of_one_group_share_theirs():
    group = "{alb.ingress.kubernetes.io/group.name: shop}"
    extra = ", ingressClassName: alb"
    files = {
        "a.yaml": ingress("a", extra=extra, annotations=group),
        "b.yaml": ingress("b", extra=extra, annotations=group),
    }
    assert len(problems(ingresses.ingress_duplicate_host_path, files)) == 1


def test_any_host_meets_only_where_the_class_is_known():
    known = ", ingressClassName: nginx"
    without = {"a.yaml": ingress("a", host=""), "b.yaml": ingress("b", host="")}
    within = {"a.yaml": ingress("a", host="", extra=known), "b.yaml": ingress("b", host="", extra=known)}
    assert problems(ingresses.ingress_duplicate_host_path, without) == []
    assert len(problems(ingresses.ingress_duplicate_host_path, within)) == 1


@pytest.mark.parametrize(
    ("replicas", "shares"),
    [
        (("9", "1"), 'Deployment "v1" (90 %), Deployment "v2" (10 %)'),
        (("2", "1"), 'Deployment "v1" (67 %), Deployment "v2" (33 %)'),
        (("null", "null"), 'Deployment "v1" (50 %), Deployment "v2" (50 %)'),
        (("3", "'${N}'"), 'Deployment "v1" (3 Pods), Deployment "v2" (unknown)'),
    ],
)
def test_a_canary_gets_the_share_of_its_pods(replicas, shares):
    files = {"s.yaml": SERVICE, "a.yaml": deployment("v1", replicas[0]), "b.yaml": deployment("v2", replicas[1])}
    ((_, problem),) = problems(services.canary_without_session_affinity, files)
    assert problem.message == f"the Service spreads connections over {shares}"
    assert [related.obj.name for related in problem.related] == ["v1", "v2"]


@pytest.mark.parametrize(
    "other",
    [
        deployment("v2", "0"),
        deployment("v2", "1", labels="{app: api}"),
        deployment("v2", "1", extra=", namespace: other"),
        deployment("v2", "1", extra=", ownerReferences: [{kind: Deployment, name: v1}]"),
        deployment("v1", "1"),
    ],
    ids=["no pods", "other labels", "other namespace", "owned by the first", "the first again"],
)
def test_one_workload_is_no_canary(other):
    files = {"s.yaml": SERVICE, "a.yaml": deployment("v1", "1"), "b.yaml": other}
    assert problems(services.canary_without_session_affinity, files) == []


def test_workloads_of_another_folder_need_not_be_in_the_same_cluster():
    files = {"s.yaml": SERVICE, "a.yaml": deployment("v1", "1"), "other/b.yaml": deployment("v2", "1")}
    assert problems(services.canary_without_session_affinity, files) == []


SHAPES = ["null", "true", "7", "text", "[]", "{}", "[null, 1, text, [], {}]", "{a: null}", "{name: 1, path: [x]}"]
SERVICES = "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: %s}"
INGRESSES = "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: %s}"
OBJECTS = [
    SERVICES,
    SERVICES.replace("%s", "{type: NodePort, ports: %s, selector: %s}"),
    SERVICES.replace("%s", "{type: NodePort, ports: [{nodePort: %s, protocol: %s}]}"),
    SERVICES.replace("{name: a}", "%s"),
    INGRESSES,
    INGRESSES.replace("{name: a}", "{annotations: %s, labels: %s}"),
    INGRESSES.replace("%s", "{rules: [{host: %s, http: %s}]}"),
    INGRESSES.replace("%s", "{ingressClassName: %s, rules: [{http: {paths: [{path: %s, pathType: %s}]}}]}"),
    "{apiVersion: v1, kind: Namespace, metadata: %s}",
    "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {scaleTargetRef: %s}}",
]


@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_of_data_stops_a_check(shape):
    text = "\n---\n".join(obj.replace("%s", shape) for obj in (*OBJECTS, *OBJECTS))
    files = {"a.yaml": f"{text}\n---\n{SERVICE}\n---\n{deployment('a', shape)}\n---\n{deployment('b', shape)}"}
    for check in CHECKS:
        for _, problem in problems(check, files):
            assert problem.message


def at(name: str, address: str) -> str:
    return f"{{apiVersion: v1, kind: Service, metadata: {{name: {name}}}, spec: {{clusterIP: {address}}}}}"


def test_addresses_meet_within_a_folder_and_with_the_cluster_that_is_described():
    apart = {"dev/a.yaml": at("a", "10.96.0.20"), "prod/b.yaml": at("b", "10.96.0.20")}
    assert not problems(cluster_ips.duplicate_cluster_ip, apart)
    ((file, problem),) = problems(
        cluster_ips.duplicate_cluster_ip, {"a.yaml": at("a", "10.96.0.10")}, at("dns", "10.96.0.10")
    )
    assert file == "a.yaml"
    assert problem.message == ('failed to allocate IP 10.96.0.10: provided IP is already allocated, to Service "dns"')
    assert not problems(cluster_ips.duplicate_cluster_ip, {"a.yaml": at("dns", "10.96.0.10")}, at("dns", "10.96.0.10"))


def default(name: str) -> str:
    mark = "{storageclass.kubernetes.io/is-default-class: 'true'}"
    return f"{{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {{name: {name}, annotations: {mark}}}}}"


def test_default_classes_meet_within_a_folder_and_with_the_cluster_that_is_described():
    check = default_classes.several_default_classes
    assert not problems(check, {"dev/a.yaml": default("a"), "prod/b.yaml": default("b")})
    assert not problems(check, {"a.yaml": default("standard")}, default("standard"))
    ((_, problem),) = problems(check, {"a.yaml": default("a")}, default("standard"))
    assert problem.message == 'StorageClass "a" is the default class, as is StorageClass "standard"'
