from __future__ import annotations

import pytest

from k8slint.lint import lint
from k8slint.project import Request


class TestExpectations:
    POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostNetwork: 'no', containers: []}\n"

    def found(self, *paths, **request):
        report = lint(Request(list(paths), select=["wrong-type"], **request))
        return [found.location.file for found in report.findings]

    @pytest.mark.parametrize(
        "name", ["assert.yaml", "error-pages.yaml", "errors.yaml", "00-assert.yaml", "00-asserts/pod.yaml"]
    )
    def test_a_name_alone_is_no_mark(self, project, name):
        project({name: self.POD, "web.yaml": ""})
        assert self.found(".") == [name]

    @pytest.mark.parametrize(
        "name", ["00-assert.yaml", "01-errors.yaml", "00-assert-more.yaml", "chainsaw-step-01-assert-1.yaml"]
    )
    def test_a_numbered_one_among_steps_is(self, project, name):
        project({name: self.POD, "00-install.yaml": self.POD})
        assert self.found(".") == ["00-install.yaml"]
        assert self.found(name) == []

    def test_what_a_test_names_is(self, project):
        test = (
            "{apiVersion: chainsaw.kyverno.io/v1alpha1, kind: Test, spec: {steps: [{try: [{%s: {file: a/x.yaml}}]}]}}"
        )
        for operation, expected in (("assert", []), ("error", []), ("patch", []), ("apply", ["t/a/x.yaml"])):
            project({"t/a/x.yaml": self.POD, "t/chainsaw-test.yaml": test % operation})
            assert self.found(".") == expected
            assert self.found("t/a/x.yaml", context=["."]) == expected

    def test_an_expression_as_a_key_is(self, project):
        project({"a.yaml": self.POD.replace("containers: []", "(length(containers)): 1"), "b.yaml": self.POD})
        assert self.found(".") == ["b.yaml"]
