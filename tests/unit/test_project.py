"""A project that is asked again reads what has changed, and says what a fresh run says."""

from __future__ import annotations

import os

import pytest

from k8slint.config import Config
from k8slint.lint import lint
from k8slint.loading import files
from k8slint.project import Project, Request

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: nginx}]}\n"
USER = POD.replace("image: nginx", 'image: "a:1", envFrom: [{secretRef: {name: api}}]')
API = "apiVersion: v1\nkind: Secret\nmetadata: {name: api}\n"
NODE = "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {allocatable: {cpu: '4', memory: 8Gi, pods: 110}}\n"
CRD = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x.example.com}\n"


@pytest.fixture
def ask(project, monkeypatch):
    """A function that writes files, asks the one project and returns its report and the files that it read."""
    asked = Project()
    read = []

    def recording(name, most):
        read.append(name)
        return real(name, most)

    real = files.read_file
    monkeypatch.setattr(files, "read_file", recording)

    def run(written, *, at=0, **more):
        project(written)
        for name in written:
            # Not only just: that would be read again to be sure.
            os.utime(name, (1_700_000_000 + at, 1_700_000_000 + at))
        request = Request(["."], **more)
        read.clear()
        report, names = lint(request, asked), sorted(read)
        assert report == lint(request)
        return report, names

    run.forget = asked.forget
    return run


def said(report):
    return [(finding.rule, finding.location.file) for finding in report.findings]


class TestAskedAgain:
    def test_nothing_is_read_where_nothing_changed(self, ask):
        first, read = ask({"a.yaml": POD, "b/c.yaml": USER})
        assert read == ["a.yaml", "b/c.yaml"]
        again, read = ask({})
        assert (again, read) == (first, [])

    def test_only_what_changed_is_read(self, ask):
        report, _ = ask({"a.yaml": USER, "b.yaml": API.replace("api", "old"), "c.yaml": POD})
        assert ("missing-secret", "a.yaml") in said(report)
        report, read = ask({"b.yaml": API.replace("api", "new")}, at=1)
        assert read == ["b.yaml"]
        report, read = ask({"b.yaml": API}, at=2)
        assert read == ["b.yaml"]
        assert ("missing-secret", "a.yaml") not in said(report)
        assert ask({})[1] == []

    def test_files_come_and_go(self, ask):
        ask({"a.yaml": USER})
        report, read = ask({"b.yaml": API})
        assert read == ["b.yaml"]
        assert "missing-secret" not in dict(said(report))
        os.remove("b.yaml")
        report, read = ask({})
        assert read == []
        assert "missing-secret" in dict(said(report))
        # What was gone once is read anew.
        assert ask({"b.yaml": API})[1] == ["b.yaml"]

    def test_another_file_of_the_same_name_size_and_time_is_read(self, ask, tmp_path):
        ask({"a.yaml": POD})
        other = tmp_path / "other.txt"
        other.write_text(POD.replace("nginx", "mysql"), encoding="utf-8")
        os.utime(other, (1_700_000_000, 1_700_000_000))
        other.replace("a.yaml")
        assert ask({})[1] == ["a.yaml"]

    def test_a_change_that_leaves_size_and_time_is_seen(self, ask):
        ask({"a.yaml": POD})
        assert ask({"a.yaml": POD.replace("nginx", "mysql")})[1] == ["a.yaml"]

    def test_what_it_is_told_of_is_read(self, ask):
        ask({"a.yaml": POD, "b.yaml": POD})
        ask.forget("b.yaml")
        assert ask({})[1] == ["b.yaml"]

    def test_what_has_only_just_changed_is_read_to_be_sure(self, ask):
        ask({"a.yaml": POD, "b.yaml": POD})
        os.utime("b.yaml")
        assert ask({})[1] == ["b.yaml"]
        assert ask({})[1] == ["b.yaml"]

    def test_what_could_not_be_read_is_tried_again(self, ask, monkeypatch):
        def refused(name, most):
            if name == "b.yaml":
                raise PermissionError(13, "permission denied", name)
            return real(name, most)

        real = files.read_file

        ask({"a.yaml": POD})
        with monkeypatch.context() as context:
            context.setattr(files, "read_file", refused)
            report, _ = ask({"b.yaml": POD})
        assert [failure.file for failure in report.failures] == ["b.yaml"]
        report, read = ask({})
        assert (report.failures, read) == ((), ["b.yaml"])

    def test_a_patch_is_one_when_a_kustomization_says_so(self, ask):
        report, _ = ask({"a.yaml": POD})
        assert said(report)
        report, read = ask({"kustomization.yaml": "patches: [{path: a.yaml, target: {kind: Pod}}]\n"})
        assert (said(report), read) == ([], ["kustomization.yaml"])

    def test_the_cluster_and_definitions_of_the_settings_are_kept_too(self, ask, tmp_path):
        config = Config(folder=str(tmp_path), crds=("crds",), cluster="nodes.txt", exclude=("crds/",))
        _, read = ask({"a.yaml": POD, "crds/x.yaml": CRD, "nodes.txt": NODE}, config=config)
        assert read == [f"{tmp_path}/crds/x.yaml", "a.yaml", "nodes.txt"]
        assert ask({}, config=config)[1] == []
        assert ask({"nodes.txt": NODE.replace("n1", "n2")}, at=1, config=config)[1] == ["nodes.txt"]
