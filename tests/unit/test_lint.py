from __future__ import annotations

import json
import os

import pytest

from k8slint.cluster import references
from k8slint.cluster.generated import produced
from k8slint.config import Config, Override
from k8slint.finding import Failure, Severity
from k8slint.lint import lint
from k8slint.project import Request
from k8slint.usage import UsageError
from tests.build import POD, definition

SETTLED = POD.replace("nginx", "nginx:1.27")
NODE = "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {allocatable: {cpu: '4', memory: 8Gi}}\n"
PINNED = ["document", "ignores", "floating-image-tag"]
HOSTPATH = """\
apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  containers: [{name: a, image: "a:1", volumeMounts: [{name: v, mountPath: /d}]}]
  volumes: [{name: v, hostPath: {path: /data}}]
"""
LOCAL_VOLUME = """\
apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec:
  local: {path: /mnt}
  nodeAffinity:
    required:
      nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [n]}]}]
"""


def found(*paths, **request):
    report = lint(Request(list(paths), **{"select": PINNED, **request}))
    assert not report.failures
    return [(finding.rule, finding.location.file, finding.location.line) for finding in report.findings]


class TestFindings:
    def test_they_are_sorted_by_place(self, project):
        project({"b.yaml": f"{POD}---\n{POD}", "a.yaml": POD, "c/a.yaml": POD})
        floating = "floating-image-tag"
        expected = [
            (floating, "a.yaml", 4),
            (floating, "b.yaml", 4),
            (floating, "b.yaml", 9),
            (floating, "c/a.yaml", 4),
        ]
        assert found("c", "b.yaml", "a.yaml") == found(".") == expected

    def test_what_they_carry(self, project):
        project({"a.yaml": POD.replace("{name: web}", "{name: web, namespace: shop}")})
        (finding,) = lint(Request(["a.yaml"], select=PINNED)).findings
        assert finding.severity is Severity.WARNING
        assert finding.field_path == "spec.containers[0].image"
        assert (finding.object.kind, finding.object.namespace, finding.object.name) == ("Pod", "shop", "web")
        location = finding.location
        assert (location.line, location.column, location.end_line, location.end_column) == (4, 38, 4, 43)
        assert finding.line.text == "spec: {containers: [{name: a, image: nginx}]}"

    def test_their_field_is_called_as_the_server_calls_it_and_shown_where_the_file_has_it(self, project):
        crd = definition({"type": "object", "properties": {"spec": {"type": "text"}}})
        project({"crd.json": json.dumps(crd, indent=1)})
        (finding,) = lint(Request(["crd.json"], select=["unsupported-value"])).findings
        assert finding.field_path == "spec.validation.openAPIV3Schema.properties[spec].type"
        assert finding.line.text.strip() == '"type": "text"'

    @pytest.mark.parametrize(
        "text",
        [
            f"---\n{POD}---\n",
            POD.replace("\n", "\r\n"),
            "\ufeff" + POD,
            '{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"image":"nginx"}]}}',
            "kind: List\napiVersion: v1\nitems:\n- {apiVersion: v1, kind: Pod, spec: {containers: [{image: nginx}]}}\n",
            "kind: PodList\napiVersion: v1\nitems:\n- {spec: {containers: [{image: nginx}]}}\n",
            f"- no object\n---\n{POD}",
            f"a: [\n---\n{POD}",
        ],
    )
    def test_every_form_of_a_file_is_read(self, project, text):
        project({"a.yaml": text})
        assert [rule for rule, *_ in found("a.yaml", select=["floating-image-tag"])] == ["floating-image-tag"]

    def test_standard_input_has_the_name_that_it_is_given(self):
        assert found("-", stdin=POD.encode()) == [("floating-image-tag", "<stdin>", 4)]
        assert found("-", stdin=POD.encode(), stdin_name="web.yaml") == [("floating-image-tag", "web.yaml", 4)]

    def test_standard_input_stands_beside_files(self, project):
        project({"a.yaml": POD})
        assert found("a.yaml", "-", stdin=POD.encode()) == [
            ("floating-image-tag", "<stdin>", 4),
            ("floating-image-tag", "a.yaml", 4),
        ]


class TestSkipping:
    def test_what_is_no_manifest_is_counted_with_its_reason(self, project):
        project(
            {
                "a.yaml": POD,
                "chart/Chart.yaml": "name: x\n",
                "chart/templates/t.yaml": POD,
                "ci.yaml": "jobs: {a: b}\n",
                "text.yaml": "just text\n",
                "items.yaml": "- a\n- b\n",
                "template.yaml": "a: b\n{{ if x }}\n",
                "overlay/kustomization.yaml": "patches: [{path: p.yaml}]\n",
                "overlay/p.yaml": POD,
                "kubeconfig.yaml": "apiVersion: v1\nkind: Config\nclusters: []\n",
                "two.yaml": f"x: 1\n---\n{POD}---\ny: 1\n",
            }
        )
        report = lint(Request(["."], select=PINNED))
        assert [(skipped.file, skipped.line, skipped.reason) for skipped in report.summary.skipped] == [
            ("chart/Chart.yaml", 1, "a Helm chart's own file"),
            ("chart/templates/t.yaml", 1, "a Helm template"),
            ("ci.yaml", 1, "no apiVersion and kind"),
            ("items.yaml", 1, "a sequence, not an object"),
            ("kubeconfig.yaml", 1, "a kubeconfig"),
            ("overlay/p.yaml", 1, "a kustomize patch"),
            ("template.yaml", 1, "a template, not yet YAML"),
            ("text.yaml", 1, "a scalar, not an object"),
            ("two.yaml", 1, "no apiVersion and kind"),
            ("two.yaml", 8, "no apiVersion and kind"),
        ]
        assert {finding.location.file for finding in report.findings} == {"a.yaml", "two.yaml"}
        # Two Pods; that the kustomization is read makes it no object.
        assert (report.summary.files, report.summary.objects) == (2, 2)
        assert report.summary.settings == (("Kustomization", 1),)
        assert (report.summary.charts, report.summary.kustomizations) == (("chart",), ("overlay",))
        assert report.summary.unread == 1

    def test_what_is_skipped_in_the_context_is_not_told(self, project):
        project({"a.yaml": POD, "ci.yaml": "jobs: {a: b}\n"})
        report = lint(Request(["a.yaml"], context=["."], select=PINNED))
        assert not report.summary.skipped
        assert (report.summary.files, report.summary.objects) == (1, 1)

    def test_what_is_not_opened_is_counted_and_no_run_is_clear_with_it(self, project, tmp_path_factory):
        root = project({"a.yaml": SETTLED, "crds/.keep": "", "other/.keep": ""})
        os.mkfifo("p.yaml")
        for link in ("o.yaml", "crds/o.yaml", "other/o.yaml"):
            (root / link).symlink_to(tmp_path_factory.getbasetemp() / "outside.yaml")
        report = lint(Request(["."], config=Config(str(root), crds=("crds",), exclude=("other/",)), select=PINNED))
        assert [(skipped.file, skipped.reason) for skipped in report.summary.skipped] == [
            ("crds/o.yaml", "a link to outside the folder"),
            ("o.yaml", "a link to outside the folder"),
            ("p.yaml", "a pipe"),
        ]
        assert not report.failures
        assert not report.summary.is_complete
        beside = lint(Request(["a.yaml"], context=["other"], select=PINNED))
        assert not beside.summary.skipped
        assert beside.summary.is_complete

    def test_a_patch_named_by_a_kustomization_of_the_context_is_skipped(self, project):
        project({"k/kustomization.yaml": "patches: [{path: p.yaml}]\n", "k/p.yaml": POD})
        assert found("k/p.yaml", context=["."]) == []
        assert found("k/p.yaml") == [("floating-image-tag", "k/p.yaml", 4)]


CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: store\nversion: 1.0.0\n",
    "chart/values.yaml": "existingSecret: db\n",
    "chart/templates/a.yaml": "metadata:\n  name: {{ .Release.Name }}-store\nspec: {secretRef: {name: api}}\n",
}


class TestWhatWasNotRead:
    @pytest.mark.parametrize(
        ("name", "is_missing"),
        [("api", True), ("db", True), ("my-store", False), ("shop-store", False), ("stores", True)],
    )
    def test_a_chart_in_the_tree_makes_what_its_templates_name(self, project, name, is_missing):
        pod = POD.replace("image: nginx", f"image: nginx, envFrom: [{{secretRef: {{name: {name}}}}}]")
        project({"pod.yaml": pod, **CHART})
        report = lint(Request(["."], select=["missing-secret"]))
        messages = [finding.message for finding in report.findings]
        assert messages == [f'Secret "{name}" is not among the files'] * is_missing
        assert report.summary.not_judged == (not is_missing)

    @pytest.mark.parametrize(("paths", "context"), [(["."], []), (["pod.yaml"], ["."])])
    def test_what_a_link_leads_to_outside_may_hold_what_is_missing(self, project, tmp_path_factory, paths, context):
        pod = POD.replace("image: nginx", "image: nginx, envFrom: [{secretRef: {name: api}}]")
        root = project({"pod.yaml": pod})
        request = Request(paths, context=context, select=["missing-secret"])
        assert [finding.rule for finding in lint(request).findings] == ["missing-secret"]
        (root / "secrets.yaml").symlink_to(tmp_path_factory.getbasetemp() / "secrets.yaml")
        report = lint(request)
        assert not report.findings
        assert report.summary.not_judged == 1


class TestHalfObjects:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("apiVersion: v1\nmetadata: {name: a}\n", "kind is missing"),
            ("kind: Pod\nmetadata: {name: a}\n", "apiVersion is missing"),
            ("metadata: {name: a}\nspec: {}\n", "metadata and spec without apiVersion and kind"),
            ("apiVersion: v1\nkind: [Pod]\nmetadata: {name: a}\n", "kind must be a string"),
            ("apiVersion: 1\nkind: Pod\nmetadata: {name: a}\n", "apiVersion must be a string"),
            ("apiVersion: v1\nkind: List\nitems: [{metadata: {name: a}}]\n", "apiVersion and kind is missing"),
            ("apiVersion: v1\nkind: List\nitems: [text]\n", "an item of a List must be an object"),
            ("apiVersion: v1\nkind: List\nitems: text\n", "the items of a List must be a sequence"),
            ("apiVersion: v1\nkind: List\nitems: {a: b}\n", "the items of a List must be a sequence"),
        ],
    )
    def test_they_are_errors(self, text, message):
        (finding,) = lint(Request(["-"], stdin=text.encode(), select=PINNED)).findings
        assert finding.rule == "not-an-object"
        assert message in finding.message

    @pytest.mark.parametrize(
        "text",
        [
            "apiVersion: v1\nkind: List\nitems: []\n",
            "apiVersion: v1\nkind: List\nitems:\n",
            "apiVersion: v1\nkind: List\nitems: [null]\n",
            "kind: pipeline\nname: x\n",
            "apiVersion: 2\nother: x\n",
            "apiVersion: 1\nkind: Dashboard\n",
            "spec: {a: b}\n",
        ],
    )
    def test_these_are_none(self, text):
        assert not lint(Request(["-"], stdin=text.encode(), select=PINNED)).findings


class TestSettings:
    def test_flags_win_over_settings(self, project):
        project({"a.yaml": POD})
        config = Config(folder=".", select=("document",), ignore=("syntax-error",))
        assert found("a.yaml", config=config, select=["floating-image-tag"])
        assert not found("a.yaml", config=config, select=[])
        assert not found("a.yaml", config=Config(), select=["floating-image-tag"], ignore=["workload"])

    def test_a_severity_is_changed(self, project):
        project({"a.yaml": POD})
        config = Config(severity={"floating-image-tag": Severity.ERROR})
        (finding,) = lint(Request(["a.yaml"], config=config, select=PINNED)).findings
        assert finding.severity is Severity.ERROR

    def test_overrides_change_what_they_name(self, project):
        project({"dev/a.yaml": POD, "prod/a.yaml": POD})
        config = Config(overrides=(Override(("dev/**",), ignore=("floating-image-tag",)),))
        assert found(".", config=config) == [("floating-image-tag", "prod/a.yaml", 4)]

    def test_a_later_override_wins_and_may_switch_on_more(self, project):
        project({"dev/a.yaml": POD, "dev/b.yaml": POD})
        config = Config(
            overrides=(
                Override(("dev/**",), ignore=("floating-image-tag",)),
                Override(("dev/b.yaml",), select=("floating-image-tag",), severity={"workload": Severity.INFO}),
            )
        )
        assert found(".", config=config) == [("floating-image-tag", "dev/b.yaml", 4)]

    def test_a_flag_that_ignores_holds_in_overrides_too(self, project):
        project({"a.yaml": POD})
        config = Config(overrides=(Override(("*",), select=("floating-image-tag",)),))
        assert not found("a.yaml", config=config, ignore=["floating-image-tag"])

    @pytest.mark.parametrize(
        "config",
        [
            Config(ignore=("no-such-rule",)),
            Config(severity={"no-such-rule": Severity.INFO}),
            Config(overrides=(Override(("*",), ignore=("no-such-rule",)),)),
            Config(profile="no-such-rule"),
        ],
    )
    def test_a_rule_that_does_not_exist_is_refused_though_no_file_needs_it(self, config):
        with pytest.raises(UsageError, match="no-such-rule"):
            lint(Request(["-"], config=config))

    def test_excluded_files_are_not_read(self, project):
        project({"a.yaml": POD, "vendor/b.yaml": POD})
        assert found(".", "vendor/b.yaml", config=Config(exclude=("vendor/",))) == [("floating-image-tag", "a.yaml", 4)]


class TestFailures:
    def test_each_is_a_sentence_and_the_rest_is_judged(self, project):
        project({"a.yaml": POD})
        report = lint(Request(["a.yaml", "nowhere.yaml", "gone"], select=PINNED))
        assert [failure.message for failure in report.failures] == [
            "gone: no such file or directory",
            "nowhere.yaml: no such file or directory",
        ]
        assert len(report.findings) == 1

    def test_a_file_without_permission_is_one(self, project, monkeypatch):
        root = project({"a.yaml": POD, "b.yaml": POD})
        if os.geteuid():
            (root / "a.yaml").chmod(0)
        else:  # root may read everything
            really = os.open

            def denying(name, *args, **kwargs):
                if name == "a.yaml":
                    raise PermissionError(13, "Permission denied", name)
                return really(name, *args, **kwargs)

            monkeypatch.setattr(os, "open", denying)
        report = lint(Request(["."], select=PINNED))
        assert report.failures == (Failure("a.yaml", "a.yaml: permission denied"),)
        assert len(report.findings) == 1

    def test_definitions_that_cannot_be_read_are_one(self, project):
        project({"a.yaml": POD})
        report = lint(Request(["a.yaml"], config=Config(crds=("crds/",)), select=PINNED))
        assert len(report.failures) == 1
        assert "crds/: no such file or directory" in report.failures[0].message


class TestUsage:
    @pytest.mark.parametrize(
        ("request_", "complaint"),
        [
            ({"kubernetes_version": "1.x"}, "1.x"),
            ({"select": ["floating-image-tags"]}, 'did you mean "floating-image-tag"'),
            ({"profile": "none"}, 'no profile "none"'),
            ({"cluster": "nowhere.yaml"}, "nowhere.yaml: no such file or directory"),
            ({"cluster": "c.yaml", "nodes": "3"}, "--cluster and --nodes both describe the cluster"),
            ({"nodes": "x"}, '--nodes "x": expected a number of nodes'),
            ({"nodes": "0"}, '--nodes "0"'),
            ({"nodes": "3:"}, '--nodes "3:"'),
            ({"nodes": "3:cpu"}, '"cpu" is no setting'),
            ({"nodes": "3:cpu=lots"}, "cpu=lots"),
            ({"nodes": "99999"}, '--nodes "99999"'),
        ],
    )
    def test_what_cannot_be_done_is_one_line(self, project, request_, complaint):
        project({"a.yaml": POD})
        with pytest.raises(UsageError) as error:
            lint(Request(["a.yaml"], **request_))
        assert complaint in str(error.value)
        assert len(str(error.value).splitlines()) == 1


class TestClusterFile:
    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("", "the cluster file is empty"),
            ("a: [\n", "c.yaml:1:6: did not find"),
            (SETTLED, "no Node in the cluster file"),
            ("just text\n", "no Node in the cluster file"),
            ("apiVersion: v1\nkind: Config\nclusters: []\n", "this is a kubeconfig"),
            ("apiVersion: v1\nkind: Config\nusers: []\n", "this is a kubeconfig"),
            ("a: 1\na: 2\n", 'c.yaml:2:1: key "a" is already set'),
        ],
    )
    def test_what_describes_no_cluster_is_refused(self, project, text, complaint):
        project({"c.yaml": text, "a.yaml": POD})
        with pytest.raises(UsageError) as error:
            lint(Request(["a.yaml"], cluster="c.yaml"))
        assert complaint in str(error.value)

    @pytest.mark.parametrize("text", [NODE, f"{NODE}---\n{SETTLED}", json.dumps({"kind": "List", "apiVersion": "v1"})])
    def test_a_described_cluster_is_no_longer_assumed(self, project, text):
        if text.startswith("{"):
            text = text[:-1] + ', "items": [{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}]}'
        project({"c.yaml": text, "a.yaml": HOSTPATH})
        report = lint(Request(["a.yaml"], cluster="c.yaml", select=["storage"]))
        assert not any("no cluster is described" in assumption for assumption in report.assumptions)
        assert not report.findings

    def test_without_one_several_nodes_are_assumed_where_something_rests_on_it(self, project):
        project({"a.yaml": POD, "b.yaml": HOSTPATH, "c.yaml": LOCAL_VOLUME})
        for path, rules in (("b.yaml", "hostpath-on-multi-node"), ("c.yaml", "local-volume-matches-no-node")):
            report = lint(Request([path], select=[rules]))
            assert report.assumptions == ("no cluster is described, so several nodes are assumed",)
        assert lint(Request(["a.yaml"])).assumptions == ()
        assert lint(Request(["a.yaml"], context=["b.yaml"])).assumptions == ()
        assert lint(Request(["b.yaml"], select=PINNED)).assumptions == ()

    def test_the_settings_may_name_it(self, project):
        project({"c.yaml": NODE, "a.yaml": HOSTPATH})
        report = lint(Request(["a.yaml"], config=Config(cluster="c.yaml"), select=["storage"]))
        assert not any("no cluster is described" in assumption for assumption in report.assumptions)
        with pytest.raises(UsageError, match=r"d\.yaml: no such file or directory"):
            lint(Request(["a.yaml"], config=Config(cluster="d.yaml")))


class TestWorkers:
    def test_a_worker_that_dies_costs_nothing_but_time(self, project, monkeypatch):
        project({f"{number}.yaml": POD for number in range(30)})
        monkeypatch.setattr("k8slint.project._WORTH_FORKING", 1)
        expected = lint(Request(["."], select=PINNED, workers=1))
        parent = os.getpid()
        from k8slint import lint as module

        really = module.judge

        def judge(*args):
            if os.getpid() != parent:
                os._exit(9)
            return really(*args)

        monkeypatch.setattr(module, "judge", judge)
        assert lint(Request(["."], select=PINNED, workers=2)) == expected


WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'web:%s', envFrom: [{configMapRef: {name: settings}}]}]}
"""
SERVICE = (
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n"
)
SETTINGS = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n"


class TestBundles:
    ABSENT = ("missing-configmap", "prod/app.yaml", 8)

    def find(self, *paths, **request):
        return found(*paths, **{"select": ["missing-configmap", "service-selects-nothing"], **request})

    @pytest.fixture
    def tree(self, project):
        return project({"dev/app.yaml": WEB % 1 + SERVICE + SETTINGS, "prod/app.yaml": WEB % 2 + SERVICE})

    @pytest.mark.usefixtures("tree")
    def test_what_prod_lacks_is_said_though_dev_has_it(self):
        (finding,) = lint(Request(["."], select=["missing-configmap"])).findings
        said = 'ConfigMap "settings" is not among the files for prod/; dev/ has one of this name'
        assert (finding.message, finding.location.file) == (said, "prod/app.yaml")
        (related,) = finding.related
        assert (related.location.file, related.line.text) == ("dev/app.yaml", "metadata: {name: settings}")

    @pytest.mark.usefixtures("tree")
    def test_what_is_beside_them_is_there_for_both(self, project):
        project({"common/settings.yaml": SETTINGS})
        assert self.find(".") == []

    @pytest.mark.parametrize("paths", [["dev", "prod"], ["prod", "dev"], ["prod/app.yaml", "dev"], ["."]])
    @pytest.mark.usefixtures("tree")
    def test_how_the_files_are_given_makes_no_difference(self, paths):
        assert self.find(*paths) == [self.ABSENT]

    def test_nor_from_where(self, tree, monkeypatch):
        monkeypatch.chdir(tree / "prod")
        assert self.find(".", "../dev") == [("missing-configmap", "app.yaml", 8)]
        assert self.find(str(tree)) == [("missing-configmap", str(tree / "prod/app.yaml"), 8)]

    @pytest.mark.parametrize("name", ["prod/app.yaml", "./prod/app.yaml"])
    def test_a_hook_says_the_same_of_the_file_that_it_passes(self, tree, name):
        assert self.find(name, context=["."]) == [self.ABSENT]
        assert self.find(str(tree / name), context=["."]) == [("missing-configmap", str(tree / "prod/app.yaml"), 8)]
        assert self.find("dev/app.yaml", context=["."]) == [self.ABSENT]  # its ConfigMap explains the finding

    @pytest.mark.usefixtures("tree")
    def test_what_dev_selects_is_not_selected_by_prod(self, project):
        project({"prod/app.yaml": (WEB % 2).replace("app: web", "app: site") + SERVICE + SETTINGS})
        assert [rule for rule, *_ in self.find(".")] == ["service-selects-nothing"]

    @pytest.mark.usefixtures("tree")
    def test_a_broken_file_of_dev_hides_nothing_of_prod(self, project):
        project({"dev/broken.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings\n"})
        assert self.find(".") == [self.ABSENT]
        project({"common/broken.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings\n"})
        assert self.find(".") == []

    @pytest.mark.parametrize(
        ("bundles", "expected"),
        [
            ((".",), []),
            (("dev/", "prod/"), [ABSENT]),
            (("/*",), [ABSENT]),
            (("/dev",), []),
        ],
    )
    @pytest.mark.usefixtures("tree")
    def test_the_settings_say_what_is_a_bundle(self, bundles, expected):
        assert self.find(".", config=Config(bundles=bundles)) == expected

    def test_the_settings_part_what_is_not_alike(self, project):
        project({"clusters/one/a.yaml": WEB % 1, "clusters/two/b.yaml": SETTINGS, "x/clusters/two/b.yaml": SERVICE})
        assert self.find(".") == []
        expected = [("missing-configmap", "clusters/one/a.yaml", 8)]
        assert self.find(".", config=Config(bundles=("/clusters/*",))) == expected

    def test_workers_see_the_same(self, project, monkeypatch):
        monkeypatch.setattr("k8slint.project._WORTH_FORKING", 1)
        text = WEB % 1 + SERVICE
        project(
            {
                f"{app}/{name}/app.yaml": text + (SETTINGS if name == "dev" else "")
                for app in ("a", "b", "c", "d", "e", "f")
                for name in ("dev", "prod", "qa")
            }
        )
        alone = self.find(".", workers=1)
        assert [file for _, file, _ in alone] == [
            f"{app}/{name}/app.yaml" for app in ("a", "b", "c", "d", "e", "f") for name in ("prod", "qa")
        ]
        assert self.find(".", workers=3) == alone

    @pytest.mark.parametrize("environments", [2, 40])
    def test_what_is_indexed_for_all_is_indexed_once(self, project, monkeypatch, environments):
        asked = []

        def count(obj):
            asked.append(obj)
            return produced(obj)

        monkeypatch.setattr(references, "produced", count)
        project({f"prod-{number}/app.yaml": WEB % 1 + SERVICE for number in range(environments)})
        project({"prod-0/settings.yaml": SETTINGS})
        assert len(self.find(".")) == environments - 1
        assert len(asked) == len(set(asked)) == 2 * environments + 1

    @pytest.mark.usefixtures("tree")
    def test_what_cannot_be_afforded_is_an_assumption(self, monkeypatch):
        monkeypatch.setattr("k8slint.cluster.bundles._MOST_SEEN", 5)
        report = lint(Request(["."], select=["missing-configmap"]))
        assert report.findings == ()
        said = "1 folders that are alternatives of others, as dev and prod, are judged together with them"
        assert said in report.assumptions

    @pytest.mark.parametrize(
        ("dev", "prod", "expected"),
        [
            ("configMapGenerator: [{name: settings}]", "namespace: shop", [("missing-configmap", "base/web.yaml", 8)]),
            ("configMapGenerator: [{name: settings}]", "configMapGenerator: [{name: settings}]", []),
            # Whether these still refer to the ConfigMap, or make it, is not known.
            ("configMapGenerator: [{name: settings}]", "patches: [{patch: x}]", []),
            ("configMapGenerator: [{name: settings}]", "resources: [../../base, 'https://x.org/y.yaml']", []),
            ("configMapGenerator: [{name: settings}]", "resources: [../../base, ../../unread]", []),
        ],
    )
    def test_a_base_is_judged_for_each_that_takes_it_in(self, project, dev, prod, expected):
        text = "resources: [../../base]\n"
        project(
            {
                "base/web.yaml": WEB % 1,
                "base/kustomization.yaml": "resources: [web.yaml]\n",
                "overlays/dev/kustomization.yaml": text + dev,
                "overlays/prod/kustomization.yaml": prod if "resources" in prod else text + prod,
            }
        )
        assert self.find(".") == expected
        assert self.find("base", context=["."]) == expected
        project({"overlays/dev/broken.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings\n"})
        assert self.find(".") == expected

    @pytest.mark.usefixtures("tree")
    def test_one_dry_run_serves_all(self, project):
        large = POD.replace("name: web", "name: large").replace("nginx", "nginx, resources: {requests: {cpu: 100}}")
        project({"prod/large.yaml": large, "dev/large.yaml": large.replace("name: large", "name: larger")})
        places = self.find(".", select=["scheduling"], nodes="1:cpu=4")
        assert [file for _, file, _ in places] == ["dev/large.yaml", "prod/large.yaml"]
