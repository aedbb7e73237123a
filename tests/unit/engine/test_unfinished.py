"""What nobody applies as it is written: bases that a kustomization finishes, and patches that none names."""

from __future__ import annotations

import pytest

from k8slint.lint import lint
from k8slint.project import Request

KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
PATCH = DEPLOYMENT + "spec: {template: {spec: {containers: [{name: web, args: [-v]}]}}}\n"
NO_PODS = DEPLOYMENT + "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}}}\n"
CONTAINERS = "spec: {template: {spec: {containers: [{name: web, image: 'web:1'}]}}}\n"
BINDING = (
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: web}\n"
    "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\n"
    "subjects: [{kind: ServiceAccount, name: web}]\n"
)
DEFINITION = (
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: boats.example.com}\n"
)
NAMED = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"


@pytest.fixture
def said(project):
    """A function from files to the rules that the API server's answers break, each with its file."""

    def run(**files):
        project({name.replace("__", "/").replace("_yaml", ".yaml"): text for name, text in files.items()})
        report = lint(Request(["."], select=["apiserver", "selector-template-mismatch"]))
        return sorted({(finding.rule, finding.location.file) for finding in report.findings})

    return run


class TestPatchesThatNoKustomizationNames:
    @pytest.mark.parametrize("text", [PATCH, DEFINITION])
    @pytest.mark.parametrize("file", ["patches__web_yaml", "web_patch_yaml", "web-patch_yaml", "patch-web_yaml"])
    def test_their_names_say_what_they_are(self, said, file, text):
        assert said(**{file: text}) == []

    def test_a_name_that_only_holds_the_word_says_nothing(self, said):
        assert said(dispatcher_yaml=PATCH) != []

    def test_a_line_that_is_commented_out_says_it_too(self, said):
        assert said(kustomization_yaml=f"{KUSTOMIZATION}#- rbac/web.yaml\n", rbac__web_yaml=BINDING) == []
        assert said(kustomization_yaml=KUSTOMIZATION, rbac__web_yaml=BINDING) == [("required-field", "rbac/web.yaml")]

    def test_their_fields_are_those_of_the_object(self, said):
        assert said(patch_yaml=PATCH.replace("args", "argz")) == [("unknown-field", "patch.yaml")]

    def test_a_whole_object_in_such_a_file_is_judged(self, said):
        assert said(patch_yaml=NAMED % "Web") == [("invalid-value", "patch.yaml")]


class TestBases:
    LISTING = KUSTOMIZATION + "resources: [web.yaml]\n"

    @pytest.mark.parametrize(
        "overlay",
        [
            {"overlay__kustomization_yaml": f"{KUSTOMIZATION}patches: [{{path: pods.yaml}}]\n",
             "overlay__pods_yaml": DEPLOYMENT + CONTAINERS},
            {"overlay__kustomization_yaml": f"{KUSTOMIZATION}patchesStrategicMerge: [pods.yaml]\n",
             "overlay__pods_yaml": DEPLOYMENT + CONTAINERS},
            {"overlay__kustomization_yaml": f"{KUSTOMIZATION}patches:\n- patch: |\n    {CONTAINERS}"},
        ],
    )  # fmt: skip
    def test_a_field_that_some_patch_holds_is_not_missing(self, said, overlay):
        assert said(base__kustomization_yaml=self.LISTING, base__web_yaml=NO_PODS, **overlay) == []

    def test_a_field_that_no_patch_holds_is_missing(self, said):
        found = said(base__kustomization_yaml=self.LISTING, base__web_yaml=NO_PODS)
        assert found == [("required-field", "base/web.yaml")]

    @pytest.mark.parametrize(("name", "is_wrong"), [("-web", False), ("web-", False), ("Web", True)])
    def test_a_name_may_wait_for_a_prefix_but_stays_wrong_inside(self, said, name, is_wrong):
        found = said(kustomization_yaml=self.LISTING, web_yaml=NAMED % f'"{name}"')
        assert found == ([("invalid-value", "web.yaml")] if is_wrong else [])

    def test_the_namespace_of_a_subject_is_filled_in(self, said):
        assert said(kustomization_yaml=self.LISTING, web_yaml=BINDING) == []
