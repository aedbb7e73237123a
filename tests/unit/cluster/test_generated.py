"""What objects bring about beside themselves, and with which keys."""

from __future__ import annotations

from typing import Any

import pytest

from k8slint.cluster.generated import config_keys, produced
from k8slint.cluster.tables import makers
from k8slint.objects.fields import dig, reach
from k8slint.objects.object import Object
from tests.build import objects_of


def read(data: dict[str, Any], file: str = "test.yaml") -> Object:
    (obj,) = objects_of(data, file=file)
    return obj


def resource(group_kind: str, spec: Any, name: str = "own", **metadata: Any) -> Object:
    kind, _, group = group_kind.partition(".")
    api_version = f"{group}/v1" if group else "v1"
    return read({"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **metadata}, "spec": spec})


@pytest.mark.parametrize(
    ("group_kind", "spec", "expected"),
    [
        ("AzureKeyVaultSecret.spv.no", {"output": {"secret": {"name": "a"}, "configMap": {"name": "b"}}}, {"a", "b"}),
        ("BitwardenSecret.k8s.bitwarden.com", {"secretName": "a"}, {"a"}),
        ("Bundle.trust.cert-manager.io", {}, {"own"}),
        ("Certificate.cert-manager.io", {"secretName": "a"}, {"a"}),
        ("Certificate.cert-manager.io", {}, set()),
        ("ClusterExternalSecret.external-secrets.io", {"externalSecretName": "a"}, {"a"}),
        ("ClusterExternalSecret.external-secrets.io", {}, {"own"}),
        ("ClusterIssuer.cert-manager.io", {"acme": {"privateKeySecretRef": {"name": "a"}}}, {"a"}),
        ("DopplerSecret.secrets.doppler.com", {"managedSecret": {"name": "a", "namespace": "n"}}, {"a"}),
        ("ExternalSecret.external-secrets.io", {"target": {"name": "a"}}, {"a"}),
        ("ExternalSecret.external-secrets.io", {"target": {}}, {"own"}),
        ("InfisicalSecret.secrets.infisical.com", {"managedSecretReference": {"secretName": "a"}}, {"a"}),
        ("OnePasswordItem.onepassword.com", {}, {"own"}),
        ("SealedSecret.bitnami.com", {"template": {"metadata": {"name": "a"}}}, {"own"}),
        ("SealedSecret.bitnami.com", {}, {"own"}),
        ("CephObjectStoreUser.ceph.rook.io", {"store": "s3"}, {"rook-ceph-object-user-s3-own"}),
        ("CephObjectStoreUser.ceph.rook.io", {}, set()),
        (
            "PostgresCluster.postgres-operator.crunchydata.com",
            {"users": [{"name": "a"}, {"name": "b"}]},
            {"own-cluster-cert", "own-pguser-a", "own-pguser-b"},
        ),
        ("PostgresCluster.postgres-operator.crunchydata.com", {}, {"own-cluster-cert", "own-pguser-own"}),
        ("ServiceBinding.services.cloud.sap.com", {"secretName": ""}, {"own"}),
        ("SecretProviderClass.secrets-store.csi.x-k8s.io", {"secretObjects": [{"secretName": "a"}, None]}, {"a"}),
        ("SopsSecret.isindir.github.com", {"secretTemplates": [{"name": "a"}, {"name": "b"}]}, {"a", "b"}),
        ("VaultStaticSecret.secrets.hashicorp.com", {"destination": {"name": "a"}}, {"a"}),
    ],
)
def test_the_names_of_what_operators_make(group_kind: str, spec: Any, expected: set[str]) -> None:
    assert {supply.name for supply in produced(resource(group_kind, spec))} == expected


def test_what_is_made_lies_in_the_makers_namespace_or_where_it_says() -> None:
    here = resource("Certificate.cert-manager.io", {"secretName": "a"}, namespace="shop")
    there = resource(
        "DopplerSecret.secrets.doppler.com", {"managedSecret": {"name": "a", "namespace": "blog"}}, namespace="shop"
    )
    everywhere = resource("Bundle.trust.cert-manager.io", {}, namespace="shop")
    assert [supply.namespace for obj in (here, there) for supply in produced(obj)] == ["shop", "blog"]
    assert {supply.namespace for supply in produced(everywhere)} == {""}


@pytest.mark.parametrize("group_kind", sorted(makers()))
@pytest.mark.parametrize("spec", [None, "x", [], {"target": "x"}, {"secretObjects": {}, "destination": [1]}])
def test_specs_of_any_shape_make_nothing_unnamed(group_kind: str, spec: Any) -> None:
    assert all(
        supply.name and "{" not in supply.name and supply.keys != {} for supply in produced(resource(group_kind, spec))
    )


def keys_of(group_kind: str, spec: Any) -> set[str] | None:
    obj = resource(group_kind, spec)
    (supply,) = produced(obj)
    assert all(dig(obj.data, *path) is not None for path in (supply.keys or {}).values())
    return None if supply.keys is None else set(supply.keys)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"data": [{"secretKey": "a"}, {"secretKey": "b"}]}, {"a", "b"}),
        ({"data": [{"secretKey": "a"}], "dataFrom": [{"extract": {"key": "k"}}]}, None),
        ({"data": [{"secretKey": "a"}], "target": {"template": {"data": {"c": "{{ .a }}"}}}}, {"c"}),
        ({"dataFrom": [{}], "target": {"template": {"data": {"c": "{{ .a }}"}}}}, {"c"}),
        (
            {"data": [{"secretKey": "a"}], "target": {"template": {"mergePolicy": "Merge", "data": {"c": ""}}}},
            {"a", "c"},
        ),
        ({"data": [{"secretKey": "a"}], "target": {"template": {"templateFrom": [{"literal": "x"}]}}}, None),
        ({"data": [{"secretKey": "a"}], "target": {"creationPolicy": "Merge"}}, None),
        ({}, None),
    ],
)
def test_keys_of_an_external_secret(spec: Any, expected: set[str] | None) -> None:
    assert keys_of("ExternalSecret.external-secrets.io", spec) == expected


def test_keys_of_a_sealed_secret_are_those_sealed_and_those_of_its_template() -> None:
    spec = {"encryptedData": {"a": "AgBy"}, "template": {"data": {"b": "{{ .a }}"}}}
    assert keys_of("SealedSecret.bitnami.com", spec) == {"a", "b"}


def test_keys_of_a_certificate_grow_with_its_keystores_and_formats() -> None:
    spec = {"secretName": "a"}
    assert keys_of("Certificate.cert-manager.io", spec) == {"tls.crt", "tls.key", "ca.crt"}
    more = keys_of("Certificate.cert-manager.io", spec | {"keystores": {"jks": {}}, "additionalOutputFormats": [{}]})
    assert more is not None
    assert more >= {"keystore.jks", "truststore.jks", "tls-combined.pem", "key.der"}


def test_keys_of_a_generator() -> None:
    data = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "configMapGenerator": [
            {"name": "a", "literals": ["x=1=2"], "files": ["conf/app.ini", "key=conf/other.ini"]},
            {"name": "b", "envs": ["app.env"], "literals": ["x=1"]},
            {"name": "c"},
            {"name": ""},
            None,
        ],
    }
    found = {supply.name: supply.keys for supply in produced(read(data))}
    assert found == {
        "a": {
            "x": ("configMapGenerator", 0, "literals", 0),
            "app.ini": ("configMapGenerator", 0, "files", 0),
            "key": ("configMapGenerator", 0, "files", 1),
        },
        "b": None,
        "c": None,
    }


def config(kind: str = "Secret", metadata: Any = None, **data: Any) -> Object:
    return read({"apiVersion": "v1", "kind": kind, "metadata": {"name": "a", **(metadata or {})}, **data})


def test_keys_of_an_object_are_those_of_all_its_fields() -> None:
    obj = config(data={"a": "", "b": ""}, stringData={"b": "", "c": ""})
    assert config_keys(obj) == {"a": ("data", "a"), "b": ("stringData", "b"), "c": ("stringData", "c")}
    assert config_keys(config("ConfigMap", binaryData={"d": ""})) == {"d": ("binaryData", "d")}


@pytest.mark.parametrize(
    "obj",
    [
        config(),
        config(data={}),
        config(data="x"),
        config(data={"${KEY}": "x"}),
        config(data={"a": "x"}, metadata={"annotations": {"reflector.v1.k8s.emberstack.com/reflects": "b/c"}}),
        config(data={"a": "x"}, metadata={"labels": {"config.openshift.io/inject-trusted-cabundle": "true"}}),
    ],
)
def test_keys_that_something_else_fills_are_not_known(obj: Object) -> None:
    assert config_keys(obj) is None


def test_the_token_controller_adds_its_keys() -> None:
    obj = config(type="kubernetes.io/service-account-token", data={"a": ""})
    assert set(config_keys(obj) or ()) == {"a", "token", "ca.crt", "namespace"}


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [({"cert-manager.io/cluster-issuer": "a"}, ["web-tls"]), ({"kubernetes.io/ingress.class": "nginx"}, [])],
)
def test_a_certificate_shim_fills_the_secrets_of_an_ingress(annotations: Any, expected: list[str]) -> None:
    spec = {"tls": [{"secretName": "web-tls"}]}
    obj = resource("Ingress.networking.k8s.io", spec, annotations=annotations)
    assert [supply.name for supply in produced(obj)] == expected


def test_a_certificate_shim_fills_the_secrets_of_a_gateway() -> None:
    spec = {"listeners": [{"tls": {"certificateRefs": [{"name": "a"}, {"name": "b"}]}}, {"tls": None}]}
    obj = resource("Gateway.gateway.networking.k8s.io", spec, annotations={"cert-manager.io/issuer": "ca"})
    assert [supply.name for supply in produced(obj)] == ["a", "b"]


def test_reach_goes_through_lists_and_leaves_out_what_is_not_there() -> None:
    data = {"a": [{"b": 1}, "x", {"c": 2}, {"b": None}]}
    assert list(reach(data, ("a", "*", "b"))) == [(("a", 0, "b"), 1), (("a", 3, "b"), None)]
    assert not list(reach("x", ("a", "*")))
