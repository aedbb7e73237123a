"""The program where google-re2 is not installed, as where it has no wheel."""

from __future__ import annotations

import json
import os

import pytest

RESOURCES = r"""
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: backups.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Backup, plural: backups}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                size: {type: string, pattern: '^[0-9]+Gi$'}
                owner: {type: string, pattern: '^\p{L}+$'}
---
apiVersion: example.com/v1
kind: Backup
metadata: {name: nightly}
spec: {size: large, owner: "1"}
"""
NOTE = (
    "1 of 2 patterns of CustomResourceDefinitions (pip install k8slint[re2] judges them) are not evaluated: "
    "Backup.example.com/v1"
)


@pytest.fixture
def without_re2(tmp_path_factory):
    """The environment of a program that finds no google-re2."""
    folder = tmp_path_factory.mktemp("without")
    (folder / "re2.py").write_text("raise ModuleNotFoundError\n")
    return {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}


def test_plain_patterns_are_judged_and_the_others_counted(project, program, without_re2):
    (project / "backup.yaml").write_text(RESOURCES)
    ended = program("check", "backup.yaml", "--output-format", "json", env=without_re2)
    assert (ended.code, ended.err) == (1, "")
    report = json.loads(ended.out)
    (finding,) = report["findings"]
    assert "should match '^[0-9]+Gi$'" in finding["message"]
    assert NOTE in report["assumptions"]


def test_gitignore_is_honoured(project, program, without_re2):
    (project / ".git").mkdir()
    (project / ".gitignore").write_text("bad.*\n!good.yaml\n")
    ended = program("check", ".", env=without_re2)
    assert (ended.code, ended.err) == (0, "")
    assert "1 object in 1 file" in ended.out
