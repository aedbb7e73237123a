"""What kustomize would say of kustomizations, as users see it: which rule, at which line, and where nothing is said."""

from __future__ import annotations

import pytest

from k8slint.lint import lint
from k8slint.project import Request

DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"


@pytest.fixture
def said(tmp_path, monkeypatch):
    """The findings on files, each as file:line and rule."""
    monkeypatch.chdir(tmp_path)

    def check(files, *paths, **options):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        report = lint(Request(paths or (".",), **options))
        return [
            f"{each.location.file}:{each.location.line} {each.rule}"
            for each in report.findings
            if each.rule.startswith(("kustom", "unknown-field", "syntax"))
        ]

    return check


def test_all_that_is_wrong_is_told_at_once_and_once(said):
    files = {
        "base/kustomization.yaml": "commonLabel: {a: b}\nresources:\n- web.yaml\n- srv.yaml\n",
        "base/web.yaml": DEPLOYMENT,
        "dev/kustomization.yaml": "resources: [../base]\n",
        "prod/kustomization.yaml": (
            "resources: [../base]\npatches:\n- target: {kind: Deployment, name: wbe}\n  path: p.json\n"
        ),
        "prod/p.json": '[{"op": "replace", "path": "/spec/replicas", "value": 3}]',
    }
    assert said(files) == [
        "base/kustomization.yaml:1 unknown-field",
        "base/kustomization.yaml:4 kustomize-path-missing",
        "prod/kustomization.yaml:3 kustomize-patch-without-target",
    ]


def test_a_base_outside_of_the_run_is_told_of_where_it_is_taken_in(said):
    files = {
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "prod/kustomization.yaml": "resources:\n- cm.yaml\n- ../base\n",
        "prod/cm.yaml": CONFIG,
    }
    assert said(files, "prod") == ["prod/kustomization.yaml:3 kustomize-path-missing"]


def test_a_file_alone_is_built_with_what_lies_beside_it(said):
    files = {"kustomization.yaml": "resources: [web.yaml, db.yaml]\n", "web.yaml": DEPLOYMENT}
    assert said(files, "kustomization.yaml") == ["kustomization.yaml:1 kustomize-path-missing"]
    assert said({"db.yaml": CONFIG}, "kustomization.yaml") == []


def test_standard_input_under_the_name_of_a_kustomization_is_what_is_built(said):
    files = {"kustomization.yaml": "resources: [gone.yaml]\n", "web.yaml": CONFIG}
    options = {"stdin": b"resources: [web.yaml]\n", "stdin_name": "kustomization.yaml"}
    assert said(files, "-", **options) == []
    assert said(files, "-", stdin=b"resources: [gone.yaml]\n") == []


def test_what_is_unread_keeps_what_it_may_mend_from_being_told(said):
    files = {
        "kustomization.yaml": "resources: ['https://example.com/a.yaml']\npatches:\n- path: p.yaml\n- path: q.yaml\n",
        "p.yaml": DEPLOYMENT,
    }
    assert said(files) == ["kustomization.yaml:4 kustomize-path-missing"]


def test_kustomizations_that_take_in_each_other_are_told_of(said):
    files = {"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n"}
    assert [each.rpartition(" ")[2] for each in said(files)] == ["kustomize-build-fails"]


def test_a_syntax_error_is_told_by_its_own_rule_alone(said):
    files = {"kustomization.yaml": "resources: [web.yaml]\n", "web.yaml": "kind: ConfigMap\napiVersion: [v1\n"}
    assert said(files) == ["web.yaml:2 syntax-error"]


def test_an_ignore_holds_in_a_kustomization(said):
    text = "resources:\n- web.yaml\n- env.yaml # k8slint: ignore[kustomize-path-missing] made by CI\n"
    assert said({"kustomization.yaml": text, "web.yaml": CONFIG}) == []


def test_a_patch_has_no_fields_that_its_kind_lacks(said):
    patch = f"{DEPLOYMENT}spec:\n  $retainKeys: [a]\n  replica: 2\n  template: {{$patch: delete}}\n"
    files = {
        "kustomization.yaml": "resources: [web.yaml]\npatches:\n- path: more.yaml\n",
        "web.yaml": DEPLOYMENT,
        "more.yaml": patch,
    }
    assert said(files) == ["more.yaml:6 unknown-field"]


def test_a_patch_for_a_target_of_another_kind_has_the_fields_of_that(said):
    files = {
        "kustomization.yaml": "resources: [web.yaml]\npatches:\n- {path: more.yaml, target: {kind: StatefulSet}}\n",
        "web.yaml": DEPLOYMENT,
        "more.yaml": f"{DEPLOYMENT}spec: {{serviceName: web}}\n",
    }
    assert said(files) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_change_nothing(said, workers):
    files = {f"{name}/kustomization.yaml": "resources: [gone.yaml]\n" for name in "abcd"}
    expected = [f"{name}/kustomization.yaml:1 kustomize-path-missing" for name in "abcd"]
    assert said(files, workers=workers) == expected


def test_no_literal_of_a_secret_is_shown(said, tmp_path):
    said({"kustomization.yaml": "secretGenerator:\n- name: a\n  literals: [hunter2]\n"})
    (finding,) = lint(Request((str(tmp_path),), select=("kustomize-build-fails",))).findings
    assert finding.rule == "kustomize-build-fails"
    assert "hunter2" not in str(finding)


@pytest.mark.parametrize(
    "text",
    [
        'resources: ["a\\0b", "\\u001b[31m"]\n',
        "",
        "[]\n",
        "resources: 5\n",
        "resources: [.]\n",
        "kind: [a]\n",
        "\ufffe",
    ],
)
def test_odd_kustomizations_are_told_of_without_a_trace(said, text):
    assert isinstance(said({"kustomization.yaml": text}), list)
    assert isinstance(said({"over/kustomization.yaml": "resources: [..]\n"}), list)
