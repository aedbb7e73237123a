"""The program and the rules of definitions in CEL: with cel-expr-python, and where it is not installed."""

from __future__ import annotations

import json
import os

import pytest

from k8slint.cel.engine import is_available

RESOURCES = r"""
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: backups.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Backup, plural: backups, singular: backup, listKind: BackupList}
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
              x-kubernetes-validations:
                - {rule: self.size < 3, message: at most two}
                - {rule: "self.until > timestamp('2026-01-31T00:00:00Z')"}
              properties:
                size: {type: integer}
                until: {type: string, format: date-time}
---
apiVersion: example.com/v1
kind: Backup
metadata: {name: nightly}
spec: {size: 3, until: "2027-01-31T00:00:00Z"}
"""
RULES = "CEL rules (x-kubernetes-validations) of CustomResourceDefinitions"


@pytest.fixture
def without_cel(tmp_path_factory):
    """The environment of a program that finds no cel-expr-python."""
    folder = tmp_path_factory.mktemp("without")
    (folder / "cel_expr_python.py").write_text("raise ModuleNotFoundError\n")
    return {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}


@pytest.mark.skipif(not is_available(), reason="cel-expr-python is not installed: it is the extra `cel`")
def test_rules_are_judged_and_those_that_are_not_counted(project, program):
    (project / "backup.yaml").write_text(RESOURCES)
    ended = program("check", "backup.yaml", "--output-format", "json")
    assert (ended.code, ended.err) == (1, "")
    report = json.loads(ended.out)
    assert [each["message"] for each in report["findings"]] == ["spec: Invalid value: at most two"]
    assert f"1 of the {RULES} is not evaluated: Backup.example.com/v1" in report["assumptions"]


def test_without_the_library_no_rule_is_judged_and_that_is_said(project, program, without_cel):
    (project / "backup.yaml").write_text(RESOURCES)
    ended = program("check", "backup.yaml", "--output-format", "json", env=without_cel)
    assert (ended.code, ended.err) == (0, "")
    said = f"{RULES} (pip install k8slint[cel] evaluates them) are not evaluated: Backup.example.com/v1"
    assert said in json.loads(ended.out)["assumptions"]


POLICY = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: few.example.com}
spec:
  matchConstraints:
    resourceRules: [{operations: [CREATE], apiGroups: [apps], apiVersions: [v1], resources: [deployments]}]
  validations: [{expression: replicas <= 5}]
"""


def test_without_the_library_no_expression_is_compiled_and_that_is_said(project, program, without_cel):
    (project / "policy.yaml").write_text(POLICY)
    ended = program("check", "policy.yaml", "--output-format", "json", env=without_cel)
    assert (ended.code, ended.err) == (0, "")
    said = "CEL expressions (pip install k8slint[cel] compiles them) are not compiled"
    assert f"{said}: ValidatingAdmissionPolicy.admissionregistration.k8s.io" in json.loads(ended.out)["assumptions"]
