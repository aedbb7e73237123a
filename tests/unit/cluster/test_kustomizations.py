"""Kustomizations: what they take in, how they rename it, what they patch."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.kustomizations import inline_patches, kustomizations, listed_files, names_given, upwards
from k8slint.cluster.references import is_supplied
from tests.build import read

KUSTOMIZATION = "{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, %s}"
COMPONENT = "{apiVersion: kustomize.config.k8s.io/v1alpha1, kind: Component, %s}"
CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: config, namespace: shop}}"


def cluster_of(files: Mapping[str, str]) -> Cluster:
    return Cluster(read(files))


def test_listed_files_are_named_from_where_the_run_started() -> None:
    content = "resources: [pod.yaml, ../../base, 'https://example.com/x.yaml', 'github.com/a/b?ref=v1', null, 7]"
    cluster = cluster_of({"overlays/prod/kustomization.yaml": KUSTOMIZATION % content})
    (kustomization,) = kustomizations(cluster)
    assert list(listed_files(kustomization)) == ["overlays/prod/pod.yaml", "base"]


def test_a_file_without_apiversion_and_kind_is_a_kustomization_by_its_name() -> None:
    cluster = cluster_of({"app/kustomization.yaml": "resources: [pod.yaml]", "app/other.yaml": "resources: [pod.yaml]"})
    assert [obj.document.source.name for obj in kustomizations(cluster)] == ["app/kustomization.yaml"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/b/c.yaml", ["a/b/c.yaml", "a/b", "a", ""]),
        ("c.yaml", ["c.yaml", ""]),
        ("/a/c", ["/a/c", "/a", "/"]),
        ("//a", ["//a", "/"]),
        ("", [""]),
    ],
)
def test_upwards_ends_at_the_top(path: str, expected: list[str]) -> None:
    assert list(upwards(path)) == expected


def test_components_are_kustomizations_too() -> None:
    cluster = cluster_of({"a/kustomization.yaml": COMPONENT % "patches: [{patch: 'a: b'}, x, {path: c.yaml}]"})
    assert [patch for patch in inline_patches(cluster) if patch] == ["a: b"]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [("config.yaml", True), (".", True), ("../app", True), ("other.yaml", False), ("../other", False)],
)
def test_what_is_taken_in_answers_to_its_new_name(listed: str, expected: bool) -> None:
    content = f"namePrefix: dev-, nameSuffix: -v2, resources: [{listed}]"
    files = {"app/kustomization.yaml": KUSTOMIZATION % content, "app/config.yaml": CONFIG}
    assert is_supplied(cluster_of(files), "ConfigMap", "blog", "dev-config-v2") is expected


def test_what_is_not_renamed_has_no_other_name() -> None:
    files = {"app/kustomization.yaml": KUSTOMIZATION % "resources: [config.yaml]", "app/config.yaml": CONFIG}
    cluster = cluster_of(files)
    assert [list(names_given(obj, cluster)) for obj in cluster.objects] == [[], []]
