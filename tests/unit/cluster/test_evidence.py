"""What the files hint at beyond what they hold."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import Evidence, evidence_of
from k8slint.cluster.references import may_exist
from tests.build import read

POD = "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}}"
DATABASE = "{apiVersion: db.example.com/v1, kind: Database, metadata: {name: orders, namespace: shop}, spec: %s}"


def evidence(text: str, file: str = "test.yaml") -> Evidence:
    return evidence_of(Cluster(read({file: text})))


def is_possible(kind: str, name: str, files: Mapping[str, str]) -> bool:
    """Whether the Pod of the files may find an object that they do not hold."""
    objects = read(files)
    (pod,) = (obj for obj in objects if obj.kind == "Pod")
    return may_exist(Cluster(objects), pod, kind, name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orders", True),
        ("orders-app", True),
        ("postgres.orders.credentials", True),
        ("shop-orders-ro", True),
        ("reorders", False),
        ("orders2", False),
        ("web", False),
        ("a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-orders", False),
    ],
)
def test_an_operator_makes_what_carries_its_resources_name(name: str, expected: bool) -> None:
    hints = evidence(DATABASE % "{}")
    assert hints.names_maker("shop", name) is expected
    assert hints.names_maker("", name) is expected
    assert not hints.names_maker("blog", name)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("{writeConnectionSecretToRef: {name: conn}}", True),
        ("{users: [{secrets: [conn]}]}", True),
        ("{url: http://conn}", False),
        ("{template: {env: [{valueFrom: {secretKeyRef: {name: conn}}}]}}", False),
        ("{template: {volumes: [{secret: {secretName: conn}}]}}", False),
        ("conn", True),
        ("[[conn]]", True),
        ("null", False),
    ],
)
def test_a_custom_resource_may_make_what_it_mentions_and_does_not_read(spec: str, expected: bool) -> None:
    assert evidence(DATABASE % spec).names_maker("shop", "conn") is expected


def test_what_a_custom_resource_reads_still_says_what_its_pods_may_be() -> None:
    hints = evidence(DATABASE % "{template: {env: [{value: conn}]}}")
    assert hints.names_pod_maker("shop", "conn")
    assert not hints.names_pod_maker("blog", "conn")


@pytest.mark.parametrize(
    "resource",
    [
        "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: conn}, spec: {a: conn}}",
        "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: conn}, spec: {a: conn}}",
        "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: conn}, spec: {a: conn}}",
        "{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: conn}, spec: {secretName: other}}",
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: conn}, spec: {a: conn}}",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: conn}}",
        "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: conn}, spec: {a: conn}}",
    ],
)
def test_other_kinds_make_nothing_by_their_name(resource: str) -> None:
    assert not evidence(resource).names_maker("", "conn")


def test_what_makes_known_secrets_makes_no_others() -> None:
    cluster = "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: pg, namespace: shop}, spec: {}}"
    files = {"a.yaml": cluster, "b.yaml": POD}
    assert [is_possible(kind, "pg-ro", files) for kind in ("Secret", "ConfigMap", "Service")] == [False, False, True]
    assert evidence(cluster).names_pod_maker("shop", "pg")


@pytest.mark.parametrize(("namespace", "expected"), [("shop", True), ("", True), ("blog", False)])
def test_a_namespace_with_a_custom_resource_is_busy(namespace: str, expected: bool) -> None:
    assert evidence(DATABASE % "{}").is_busy(namespace) is expected


def test_a_rollout_makes_pods() -> None:
    resource = "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: web}, spec: {app: api}}"
    assert [evidence(resource).names_pod_maker("", value) for value in ("web-canary", "api", "db")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ("{args: [--secret-name=made]}", True),
        ("{args: [--tls-secret, made]}", True),
        ("{args: [--configmap=ns/made]}", True),
        ("{command: [sh, -c, 'kubectl create secret generic made --from-literal=a=b']}", True),
        ("{args: [create, --host=x, --name, made]}", True),
        ("{env: [{name: WEBHOOK_SECRET_NAME, value: made}]}", True),
        ("{env: [{name: HOST, value: made}]}", False),
        ("{args: [--host=made]}", False),
        ("{args: [--config=/etc/made/app.yaml]}", False),
        ("{command: [sh, -c, 'create /etc/made/x remade made-too']}", False),
        ("{args: made, command: {a: made}, env: made}", False),
        ("{args: [1, null, [made]]}", False),
    ],
)
def test_a_program_that_is_told_a_name_may_make_it(container: str, expected: bool) -> None:
    text = f"{{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: [{container}]}}}}"
    assert evidence(text).is_told("made") is expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("[{resources: [secrets], resourceNames: [made], verbs: [update]}]", True),
        (
            "[{resources: [secrets], verbs: [create]}, {resources: [secrets], resourceNames: [made], verbs: [get]}]",
            True,
        ),
        ("[{resources: [secrets], resourceNames: [made], verbs: [get, watch]}]", False),
        ("[{resources: [pods], verbs: [create]}, {resources: [secrets], resourceNames: [made], verbs: [get]}]", False),
        ("made", False),
    ],
)
def test_a_role_that_may_write_a_secret_hints_at_who_makes_it(rules: str, expected: bool) -> None:
    text = f"{{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {{name: a}}, rules: {rules}}}"
    assert evidence(text).is_told("made") is expected


def test_a_script_in_a_config_map_may_make_a_secret() -> None:
    text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: %s, y: plain}}"
    assert evidence(text % "'kubectl -n shop create secret generic made'").is_told("made")
    assert not evidence(text % "'the secret is made'").is_told("made")


def test_what_is_told_holds_for_configuration_and_accounts_only() -> None:
    job = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{args: [create, made]}]}}"
    (pod,) = read({"test.yaml": job})
    cluster = Cluster((pod,))
    kinds = ("Secret", "ConfigMap", "ServiceAccount", "Service")
    assert [may_exist(cluster, pod, kind, "made") for kind in kinds] == [True, True, True, False]


HELM_RELEASE = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: cache, namespace: flux-system}
spec: {targetNamespace: shop, releaseName: shop-cache, chart: {spec: {chart: redis}}}
"""
APPLICATION = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: cache, namespace: argocd}
spec: {destination: {namespace: shop}, source: {path: apps/cache, repoURL: https://example.com/x.git}}
"""


@pytest.mark.parametrize(
    ("name", "expected"), [("redis", True), ("cache-redis", True), ("shop-cache", True), ("web", False)]
)
def test_a_release_makes_what_carries_its_name_or_its_charts(name: str, expected: bool) -> None:
    assert is_possible("Secret", name, {"flux/a.yaml": HELM_RELEASE, "web/b.yaml": POD}) is expected


@pytest.mark.parametrize(("name", "expected"), [("shop-web", True), ("web-cache-tls", True), ("anything", False)])
def test_beside_a_release_what_shares_a_word_with_it_may_be_rendered(name: str, expected: bool) -> None:
    files = {"web/a.yaml": HELM_RELEASE, "web/b.yaml": POD}
    assert is_possible("Secret", name, files) is expected
    assert is_possible("Service", name, files)


def test_a_release_of_another_folder_makes_what_carries_its_whole_name() -> None:
    assert not is_possible("Secret", "shop-web", {"web/a.yaml": HELM_RELEASE, "web/deep/b.yaml": POD})


def test_an_unread_folder_fills_its_namespace() -> None:
    assert is_possible("Secret", "anything", {"argo/a.yaml": APPLICATION, "web/b.yaml": POD})
    elsewhere = APPLICATION.replace("namespace: shop", "namespace: blog")
    assert not is_possible("Secret", "anything", {"argo/a.yaml": elsewhere, "web/b.yaml": POD})


def test_a_folder_that_was_read_fills_nothing() -> None:
    read_too = "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}}"
    files = {"argo/a.yaml": APPLICATION, "web/b.yaml": POD, "repository/apps/cache/c.yaml": read_too}
    assert not is_possible("Secret", "anything", files)


KUSTOMIZATION = "{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, %s}"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("resources: [pod.yaml]", False),
        ("resources: [./pod.yaml, ../base]", False),
        ("resources: [pod.yaml, ../other]", True),
        ("resources: [pod.yaml, missing.yaml]", True),
        ("resources: ['https://example.com/a.yaml']", True),
        ("bases: ['github.com/a/b?ref=v1']", True),
        ("components: [../../components/tls]", True),
        ("helmCharts: [{name: redis}]", True),
        ("resources: pod.yaml", False),
        ("resources: [1, null]", False),
    ],
)
def test_a_kustomization_half_read_leaves_open_what_lies_below_it(content: str, expected: bool) -> None:
    base = "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}}"
    files = {"app/prod/kustomization.yaml": KUSTOMIZATION % content, "app/base/x.yaml": base}
    assert is_possible("Secret", "a", files | {"app/prod/pod.yaml": POD}) is expected
    assert is_possible("Secret", "a", files | {"app/prod/pod.yaml": base, "app/prod/more/y.yaml": POD}) is expected
    assert not is_possible("Secret", "a", files | {"app/prod/pod.yaml": base, "app/y.yaml": POD})


def test_what_an_open_kustomization_takes_in_is_open_too() -> None:
    files = {
        "app/prod/kustomization.yaml": KUSTOMIZATION % "resources: [../base, 'https://example.com/a.yaml']",
        "app/base/kustomization.yaml": KUSTOMIZATION % "resources: [../parts/pod.yaml]",
    }
    assert is_possible("Secret", "a", files | {"app/base/pod.yaml": POD, "app/parts/pod.yaml": DATABASE % "{}"})
    assert is_possible("Secret", "a", files | {"app/parts/pod.yaml": POD})
    assert not is_possible("Secret", "a", files | {"app/parts/pod.yaml": DATABASE % "{}", "app/parts/b.yaml": POD})


COMPONENT = "{apiVersion: kustomize.config.k8s.io/v1alpha1, kind: Component, resources: [pod.yaml]}"


def test_a_component_is_a_part_of_something() -> None:
    files = {"tls/kustomization.yaml": COMPONENT, "tls/pod.yaml": POD}
    assert is_possible("Secret", "a", files)
    whole = {"prod/kustomization.yaml": KUSTOMIZATION % "components: [../tls]"}
    assert not is_possible("Secret", "a", files | whole)


@pytest.mark.parametrize(
    "content",
    [
        "patches: [{patch: 'a: https'}]",
        "patchesJson6902: [{patch: 'a: https'}]",
        "patchesStrategicMerge: ['a: https']",
    ],
)
def test_inline_patches_are_known(content: str) -> None:
    hints = evidence(KUSTOMIZATION % content)
    assert hints.is_patched("https")
    assert not hints.is_patched("grpc")
