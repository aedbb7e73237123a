from __future__ import annotations

import os

import pytest

from k8slint.loading.kustomize import named_files
from k8slint.loading.load import load


def named(text, name="base/kustomization.yaml"):
    reasons = named_files(load(name, text.encode()).documents)
    return {os.path.relpath(path): reason for path, reason in reasons.items()}


def test_patches_are_named_by_every_field_that_names_them():
    text = """\
patches:
  - path: a.yaml
    target: {kind: Deployment}
  - patch: |-
      - op: remove
        path: /spec/replicas
patchesStrategicMerge:
  - ./b.yaml
  - |
    apiVersion: v1
    kind: Pod
patchesJson6902:
  - path: ../c.yaml
replacements:
  - path: d.yaml
"""
    assert named(text) == dict.fromkeys(["base/a.yaml", "base/b.yaml", "c.yaml", "base/d.yaml"], "a kustomize patch")


def test_what_generators_take_in_is_named():
    text = """\
configMapGenerator:
  - name: x
    files: [a.yaml, key=b.yaml]
secretGenerator:
  - files: [c.yaml]
"""
    content = "the content of a kustomize generator"
    assert named(text) == dict.fromkeys(["base/a.yaml", "base/b.yaml", "base/c.yaml"], content)


def test_settings_are_named():
    assert named("configurations: [a.yaml]\ntransformers: [b.yaml]\n") == {
        "base/a.yaml": "a kustomize setting",
        "base/b.yaml": "a kustomize setting",
    }


def test_resources_are_not_named():
    assert not named("resources: [a.yaml]\ncomponents: [b]\nbases: [../base]\n")


@pytest.mark.parametrize("name", ["kustomization.yml", "Kustomization"])
def test_every_name_of_a_kustomization_counts(name):
    assert named("patches: [{path: a.yaml}]", name) == {"a.yaml": "a kustomize patch"}


def test_other_files_name_nothing():
    assert not named("patches: [{path: a.yaml}]", "base/deployment.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "patches: a.yaml",
        "patches: [null, 1, {path: [a]}, {path: null}]",
        "patchesStrategicMerge: {a: b}",
        "configMapGenerator: [{files: a.yaml}, {files: [null, 3]}, x]",
        'patches: [{path: "a\\0b"}]',
        "- patches",
        "patches: [",
        "",
    ],
)
def test_any_shape_is_borne(text):
    named(text)
