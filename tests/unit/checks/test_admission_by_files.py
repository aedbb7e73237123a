"""Which quotas and limits speak of which objects where no cluster is described, and what a finding of theirs shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8slint.apiserver.admission.refusal import Refused
from k8slint.apiserver.admission.resource_list import PrintedQuantity
from k8slint.apiserver.admission.resource_quota import Quota, Usage, ledger_of
from k8slint.finding import Finding, Report
from k8slint.lint import lint
from k8slint.project import Request
from tests.build import together

Write = Callable[[Mapping[str, str]], object]
RULES = ("quota-refuses-pods", "admission-refuses-object")


def quota(hard: str, namespace: str = "shop", name: str = "team") -> str:
    place = f", namespace: {namespace}" if namespace else ""
    return f"{{apiVersion: v1, kind: ResourceQuota, metadata: {{name: {name}{place}}}, spec: {{hard: {{{hard}}}}}}}"


def limits(what: str, namespace: str = "shop", name: str = "sizes") -> str:
    place = f", namespace: {namespace}" if namespace else ""
    entry = f"{{type: Container, {what}}}"
    return f"{{apiVersion: v1, kind: LimitRange, metadata: {{name: {name}{place}}}, spec: {{limits: [{entry}]}}}}"


def web(namespace: str = "shop", replicas: int = 1, resources: str = "{}", name: str = "web") -> str:
    return f"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: {name}{f", namespace: {namespace}" if namespace else ""}}}
        spec:
          replicas: {replicas}
          selector: {{matchLabels: {{app: {name}}}}}
          template:
            metadata: {{labels: {{app: {name}}}}}
            spec:
              containers:
                - name: web
                  image: example.org/web:1
                  resources: {resources}
    """


MEMORY = "{limits: {memory: 1Gi}}"
KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [app.yaml, policy.yaml]\n"


def report(*paths: str, nodes: str = "") -> Report:
    return lint(Request(list(paths or ["."]), select=RULES, nodes=nodes))


def said(*paths: str, nodes: str = "") -> list[tuple[str, str]]:
    """The file and the message of each finding."""
    return [(finding.location.file, finding.message) for finding in report(*paths, nodes=nodes).findings]


def the_one(text: str, project: Write, nodes: str = "") -> Finding:
    project({"a.yaml": text})
    (finding,) = report(nodes=nodes).findings
    return finding


class TestWhatAFindingShows:
    def test_the_container_that_asks_for_nothing_and_the_entry_of_the_quota(self, project: Write) -> None:
        finding = the_one(together(quota("limits.cpu: 2, requests.cpu: 1"), web(resources="{}")), project)
        assert finding.message == (
            'pods "web-..." is forbidden: failed quota: team: must specify limits.cpu for: web; requests.cpu for: web'
        )
        assert finding.field_path == "spec.template.spec.containers[0].resources"
        assert [(each.line.text, each.message) for each in finding.related] == [
            (quota("limits.cpu: 2, requests.cpu: 1"), "the quota")
        ]
        assert finding.effect.startswith('Deployment "web" is accepted, and its one Pod is never created.')
        assert "ReplicaSet say why: FailedCreate" in finding.effect
        assert finding.fix.startswith("Set limits.cpu, requests.cpu in each container, or")

    @pytest.mark.parametrize(
        ("policies", "resources", "replicas", "field"),
        [
            (quota("limits.memory: 2Gi"), MEMORY, 3, "spec.replicas"),
            (quota("limits.memory: 512Mi"), MEMORY, 3, "spec.template.spec.containers[0].resources.limits[memory]"),
            (quota("cpu: 1"), "{requests: {cpu: 2}}", 1, "spec.template.spec.containers[0].resources.requests[cpu]"),
            (limits("max: {memory: 512Mi}"), MEMORY, 1, "spec.template.spec.containers[0].resources.limits[memory]"),
        ],
    )
    def test_the_field_that_is_too_much(
        self, policies: str, resources: str, replicas: int, field: str, project: Write
    ) -> None:
        assert the_one(together(policies, web("shop", replicas, resources)), project).field_path == field

    def test_of_several_limit_ranges_the_one_that_refuses_is_shown(self, project: Write) -> None:
        wide, narrow = limits("max: {memory: 9Gi}", name="wide"), limits("max: {memory: 512Mi}", name="narrow")
        finding = the_one(together(wide, narrow, web(resources=MEMORY)), project)
        assert [each.line.text for each in finding.related] == [narrow]
        assert finding.fix == 'Ask for what LimitRange "narrow" allows, or change it.'

    def test_the_limit_that_a_limit_range_fills_in(self, project: Write) -> None:
        default = limits("default: {cpu: 500m}")
        finding = the_one(together(default, web(resources="{requests: {cpu: 1}}")), project)
        assert finding.message.endswith('Invalid value: "1": must be less than or equal to cpu limit of 500m')
        assert [each.message for each in finding.related] == ["the limit that is filled in"]

    def test_some_pods_of_many(self, project: Write) -> None:
        finding = the_one(together(quota("limits.memory: 2Gi"), web(replicas=5, resources=MEMORY)), project)
        assert "at least 3 of its 5 Pods are never created" in finding.effect

    def test_the_template_of_a_claim_that_is_too_much(self, project: Write) -> None:
        database = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, namespace: shop}
            spec:
              replicas: 2
              serviceName: db
              selector: {matchLabels: {app: db}}
              template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: "db:1"}]}}
              volumeClaimTemplates:
                - metadata: {name: data}
                  spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 5Gi}}}
        """
        finding = the_one(together(quota("requests.storage: 8Gi"), database), project)
        assert finding.message.startswith("create Claim data-db-1 for Pod db-1 in StatefulSet db failed error: ")
        assert finding.field_path == "spec.volumeClaimTemplates[0].spec.resources.requests[storage]"

    def test_with_a_cluster_the_dry_run_says_it_instead_and_once(self, project: Write) -> None:
        finding = the_one(together(quota("limits.cpu: 2"), web(resources="{}")), project, nodes="3")
        assert finding.message.endswith("is forbidden: failed quota: team: must specify limits.cpu for: web")
        assert finding.field_path == "spec.template.spec.containers[0].resources"


class TestOneNamespace:
    def test_a_written_one_in_any_folder(self, project: Write) -> None:
        project({"namespaces/shop.yaml": quota("limits.cpu: 2"), "apps/web.yaml": web()})
        assert [file for file, _ in said()] == ["apps/web.yaml"]

    @pytest.mark.parametrize(("one", "other"), [("shop", ""), ("", "shop"), ("shop", "store"), ("default", "")])
    def test_not_one_that_may_be_another(self, one: str, other: str, project: Write) -> None:
        project({"a.yaml": together(quota("limits.cpu: 2", one), web(other))})
        assert said() == []

    @pytest.mark.parametrize("namespace", ["", "default"])
    def test_without_a_name_of_its_own_it_is_that_of_a_folder(self, namespace: str, project: Write) -> None:
        project({"a/quota.yaml": quota("limits.cpu: 2", namespace), "a/web.yaml": web(namespace), "b.yaml": web()})
        assert [file for file, _ in said()] == ["a/web.yaml"]

    def test_samples_beside_each_other_are_not_applied_together(self, project: Write) -> None:
        small, large = limits("max: {memory: 512Mi}", "", "small"), limits("max: {memory: 9Gi}", "", "large")
        project({"small.yaml": small, "large.yaml": large, "web.yaml": web("", resources=MEMORY)})
        assert said() == []

    def test_generated_names_are_no_objects_of_a_bundle(self, project: Write) -> None:
        run = "{apiVersion: example.org/v1, kind: Run, metadata: {generateName: r-, namespace: shop}}"
        project({"a.yaml": together(quota("count/runs.example.org: 1"), *[run] * 3)})
        assert said() == []


class TestWhatIsAppliedTogether:
    def test_a_quota_of_another_environment_does_not_count(self, project: Write) -> None:
        project(
            {
                "dev/app.yaml": together(quota("limits.memory: 1Gi"), web(replicas=2, resources=MEMORY)),
                "prod/app.yaml": together(quota("limits.memory: 9Gi"), web(replicas=6, resources=MEMORY)),
            }
        )
        assert [file for file, _ in said()] == ["dev/app.yaml"]

    def test_what_all_environments_have_is_not_judged_by_one_of_them(self, project: Write) -> None:
        project(
            {
                "common.yaml": web(name="agent"),
                "dev/app.yaml": together(quota("limits.memory: 9Gi"), web(resources=MEMORY)),
                "prod/app.yaml": web(resources=MEMORY),
            }
        )
        assert said() == []

    @pytest.mark.parametrize("change", ["replicas: [{name: web, count: 1}]", "patches: [{path: p.yaml}]"])
    def test_what_a_kustomization_changes_is_left_alone(self, change: str, project: Write) -> None:
        files = {"app.yaml": web(replicas=3, resources=MEMORY), "policy.yaml": quota("limits.memory: 2Gi")}
        project({**files, "kustomization.yaml": KUSTOMIZATION + "images: [{name: example.org/web, newTag: '2'}]"})
        assert [file for file, _ in said()] == ["app.yaml"]
        project({"kustomization.yaml": KUSTOMIZATION + change, "p.yaml": "kind: Deployment\nmetadata: {name: web}\n"})
        assert said() == []

    def test_what_makes_up_for_missing_amounts_may_lie_outside(self, project: Write) -> None:
        project({"a.yaml": together(quota("limits.cpu: 2"), web())})
        assert len(said(".")) == 1
        assert said("a.yaml") == []

    def test_too_much_is_too_much_whatever_lies_outside(self, project: Write) -> None:
        project({"a.yaml": together(quota("limits.memory: 2Gi"), web(replicas=3, resources=MEMORY))})
        assert len(said("a.yaml")) == 1

    def test_a_mutating_webhook_may_set_resources(self, project: Write) -> None:
        webhook = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingWebhookConfiguration
            metadata: {name: sizes}
            webhooks: [{name: sizes.example.org, rules: [{resources: [pods]}]}]
        """
        project({"a.yaml": together(quota("limits.cpu: 2"), web(), webhook)})
        assert said() == []

    def test_what_is_exported_with_its_owner_is_one_workload(self, project: Write) -> None:
        own = "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, controller: true, uid: u}]"
        made = f"""
            apiVersion: v1
            kind: Pod
            metadata: {{name: web-1, namespace: shop, {own}}}
            spec: {{containers: [{{name: web, image: "example.org/web:1", resources: {MEMORY}}}]}}
        """
        project({"a.yaml": together(quota("limits.memory: 1Gi"), made, web(resources=MEMORY))})
        assert said() == []

    def test_a_class_is_at_odds_with_a_pod_without_any_quota(self, project: Write) -> None:
        runtime = """
            {apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: kata}, handler: kata,
             scheduling: {nodeSelector: {runtime: kata}}}
        """
        pod = """
            {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}, spec: {runtimeClassName: kata,
             nodeSelector: {runtime: %s}, containers: [{name: c, image: "c:1"}]}}
        """
        assert (
            "conflict: runtimeClass.scheduling.nodeSelector[runtime]"
            in the_one(together(runtime, pod % "runc"), project).message
        )
        project({"a.yaml": together(runtime, pod % "'${RUNTIME}'")})
        assert said() == []


@given(
    hard=st.dictionaries(st.sampled_from(["pods", "requests.cpu", "limits.cpu"]), st.integers(-2, 12)),
    used=st.dictionaries(st.sampled_from(["pods", "requests.cpu"]), st.integers(0, 6)),
    asked=st.dictionaries(st.sampled_from(["pods", "requests.cpu", "limits.cpu"]), st.integers(0, 4)),
    most=st.integers(0, 15),
)
def test_room_is_how_often_an_object_can_be_charged(
    hard: dict[str, int], used: dict[str, int], asked: dict[str, int], most: int
) -> None:
    def amounts(numbers: Mapping[str, int]) -> dict[str, PrintedQuantity]:
        return {name: PrintedQuantity(number * 10**9) for name, number in numbers.items()}

    usage = Usage("pods", amounts(asked))
    ledger = ledger_of({"n": [Quota("q", amounts(hard), (), amounts(used))]})
    room, times = ledger.room("n", usage, most), 0
    for _ in range(most):
        try:
            ledger.charge("n", usage)
        except Refused:
            break
        times += 1
    assert room == times
