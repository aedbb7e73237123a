"""What one example file cannot show of the rules of posture: several files, tables of paths and of images."""

from __future__ import annotations

import pytest

from k8slint.checks.security.host_files import cloud_credentials_by_host_path, host_root_writable, sensitive_host_path
from k8slint.checks.security.ingress_nginx import ingress_nginx_injection
from k8slint.checks.workload.availability import missing_pod_disruption_budget, missing_readiness_probe
from k8slint.checks.workload.image_sources import image_from_retired_registry
from k8slint.checks.workload.requests import missing_resource_requests
from k8slint.cluster.cluster import Cluster
from tests.build import read

PRIORITY = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: {name}}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{priorityClassName: system-node-critical, containers: [{{name: web, image: "web:1"}}]}}
"""
SERVED = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1"}]}
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
BUDGET = """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
"""


def test_of_many_files_the_first_speaks_for_all():
    objects = read({f"{name}.yaml": PRIORITY.format(name=name) for name in ("a", "b", "c")})
    cluster = Cluster(objects)
    (said,) = [problem.message for obj in objects for problem in missing_resource_requests(obj.pod, cluster)]
    assert said.startswith('DaemonSet "a" requests neither cpu nor memory, though priority class')
    assert said.endswith("is to keep its Pods; nor do 2 more workloads")


@pytest.mark.parametrize(("folder", "is_found"), [("web", True), ("other", False)])
def test_a_service_without_a_namespace_sends_traffic_to_its_own_folder(folder, is_found):
    objects = read({"web/deployment.yaml": SERVED, f"{folder}/service.yaml": SERVICE})
    cluster = Cluster(objects)
    assert bool([*missing_readiness_probe(objects[0], cluster)]) is is_found


def test_a_budget_of_another_folder_may_guard():
    files = {"base/deployment.yaml": SERVED, "base/service.yaml": SERVICE}
    alone, guarded = read(files), read({**files, "prod/budget.yaml": BUDGET})
    assert [*missing_pod_disruption_budget(alone[0], Cluster(alone))]
    assert not [*missing_pod_disruption_budget(guarded[0], Cluster(guarded))]


@pytest.mark.parametrize(
    ("path", "mount", "kind", "found"),
    [
        ("/", "", "Pod", "root"),
        ("/", "readOnly: true", "Pod", ""),
        ("/", "subPath: etc/shadow, readOnly: true", "Pod", "sensitive"),
        ("//etc//kubernetes/", "readOnly: true", "Pod", "sensitive"),
        ("/etc/kubernetes-like", "readOnly: true", "Pod", ""),
        ("/etc", "readOnly: true", "Pod", "sensitive"),
        ("/etc/ssl", "", "Pod", ""),
        ("/var", "readOnly: true", "Pod", "sensitive"),
        ("/var/lib/kubelet/plugins/x", "", "Pod", ""),
        ("/var/lib/kubelet/pods", "", "DaemonSet", ""),
        ("/var/lib/etcd/member", "readOnly: true", "DaemonSet", "sensitive"),
        ("/etc/kubernetes/azure.json", "readOnly: true", "Pod", "cloud"),
        ("${ROOT}", "", "Pod", ""),
    ],
)
def test_what_a_path_of_the_node_gives(path, mount, kind, found):
    pod = f"""{{containers: [{{name: c, image: "c:1", volumeMounts: [{{name: v, mountPath: /m, {mount}}}]}}],
        volumes: [{{name: v, hostPath: {{path: "{path}"}}}}]}}"""
    text = f"{{apiVersion: v1, kind: Pod, metadata: {{name: p}}, spec: {pod}}}"
    if kind == "DaemonSet":
        text = f"{{apiVersion: apps/v1, kind: DaemonSet, metadata: {{name: p}}, spec: {{template: {{spec: {pod}}}}}}}"
    (obj,) = read(text)
    checks = {"root": host_root_writable, "sensitive": sensitive_host_path, "cloud": cloud_credentials_by_host_path}
    said = [name for name, check in checks.items() if [*check(obj.pod, Cluster((obj,)))]]
    assert said == ([found] if found else [])


@pytest.mark.parametrize(
    ("image", "fix"),
    [
        ("k8s.gcr.io/pause:3.1", "registry.k8s.io/pause:3.1"),
        ("bitnami/redis:7.0", "docker.io/bitnamilegacy/redis:7.0"),
        ("index.docker.io/bitnami/redis:7.0", "docker.io/bitnamilegacy/redis:7.0"),
        ("bitnami/minideb:bookworm", None),
        ("bitnami/redis", None),
        ("mirror.example.com/bitnami/redis:7.0", None),
        ("localhost:5000/k8s.gcr.io/pause:3.1", None),
    ],
)
def test_what_takes_the_place_of_a_registry(image, fix):
    (obj,) = read(f'{{apiVersion: v1, kind: Pod, spec: {{containers: [{{name: c, image: "{image}"}}]}}}}')
    assert obj.pod is not None
    problems = [*image_from_retired_registry(obj.pod.containers[0], Cluster((obj,)))]
    assert [problem.fix for problem in problems] == (
        [f"Write {fix}, if it is there, or a newer image."] if fix is not None else []
    )


@pytest.mark.parametrize(
    ("path", "is_found"),
    [
        ("/v[0-9]{1,2}/(.*)", False),
        ("/a{2}", False),
        ("/a;b", True),
        ("/a{b", True),
        ("/a}", True),
        ('/a"b', True),
        ("/etc/kubernetes/admin.conf", True),
        ("/etc/kubernetes-docs", False),
        ("/docs/etc/kubernetes", False),
    ],
)
def test_paths_that_break_out_of_their_location(path, is_found):
    quoted = path.replace('"', '\\"')
    rule = f'{{http: {{paths: [{{path: "{quoted}"}}]}}}}'
    (obj,) = read(f"{{apiVersion: networking.k8s.io/v1, kind: Ingress, spec: {{rules: [{rule}]}}}}")
    assert bool([*ingress_nginx_injection(obj, Cluster((obj,)))]) is is_found
