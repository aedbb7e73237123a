"""What one example file cannot show: one finding a defect, versions, the whole command, shorthand nodes, odd shapes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from k8slint.apiserver.schemas import schemas_for
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.unread import Unread
from k8slint.engine.rule import load_rules
from k8slint.engine.selection import Selection
from k8slint.engine.stages import World
from k8slint.engine.stages import dry_run as dry_run_stage
from k8slint.finding import Finding, Report
from k8slint.lint import lint
from k8slint.objects.problem import Problem
from k8slint.project import Request
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.results import DryRun
from k8slint.usage import UsageError
from k8slint.values.version import KubernetesVersion
from tests.build import read, together

ALL = Selection(load_rules(), {rule.id: rule.severity for rule in load_rules().values()})
NODE = "{apiVersion: v1, kind: Node, metadata: {name: %s}, status: {allocatable: {cpu: 4, memory: 8Gi, pods: 110}}}"


def problems(manifests: str, cluster: str | None, version: str = "1.36") -> list[tuple[str, str, Problem]]:
    """Rule, object and problem of all that the scheduling rules say."""
    objects = read(manifests)
    described = None if cluster is None else read(cluster)
    whole = Cluster(objects, described, version=KubernetesVersion.parse(version))
    world = World(whole, schemas_for(whole.version, ()), Unread(is_whole=True))
    return [
        (problem.rule, f"{obj.kind} {obj.name}", problem)
        for obj in objects
        for problem in dry_run_stage(obj, world, ALL)
    ]


def said(manifests: str, cluster: str | None, version: str = "1.36") -> list[tuple[str, str]]:
    """Rule and object."""
    return [(rule, obj) for rule, obj, _ in problems(manifests, cluster, version)]


def the_one(manifests: str, cluster: str, version: str = "1.36") -> Problem:
    ((_, _, problem),) = problems(manifests, cluster, version)
    return problem


def nodes(*names: str) -> str:
    return together(*(NODE % name for name in names))


def pod(name: str, spec: str = "", cpu: str = "0", labels: str = "{}") -> str:
    containers = f'containers: [{{name: c, image: "c:1", resources: {{requests: {{cpu: {cpu}}}}}}}]'
    inside = f"{spec}, {containers}" if spec else containers
    return f"{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, labels: {labels}}}, spec: {{{inside}}}}}"


def deployment(name: str, replicas: int, cpu: str, spec: str = "") -> str:
    containers = f'containers: [{{name: c, image: "c:1", resources: {{requests: {{cpu: {cpu}}}}}}}]'
    inside = f"{spec}, {containers}" if spec else containers
    return (
        f"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}}}, spec: {{replicas: {replicas}, "
        f"selector: {{matchLabels: {{app: {name}}}}}, "
        f"template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{{inside}}}}}}}}}"
    )


class TestOneFindingADefect:
    """Every rule is asked about every object: exactly one answers."""

    @pytest.mark.parametrize(
        ("manifest", "rule"),
        [
            (pod("p", cpu="5"), "pod-larger-than-any-node"),
            (pod("p", "nodeSelector: {disk: ssd}", cpu="5"), "node-selector-matches-no-node"),
            (deployment("d", 3, "3"), "unschedulable-pod"),
            (pod("p", "nodeName: gone", cpu="5"), "unschedulable-pod"),
            (pod("p", "schedulerName: other", cpu="5"), "unknown-scheduler"),
        ],
    )
    def test_the_more_exact_rule_speaks(self, manifest: str, rule: str) -> None:
        assert [found for found, _ in said(manifest, nodes("a", "b"))] == [rule]

    def test_a_taint_everywhere_goes_before_size(self) -> None:
        tainted = (NODE % "a").replace("status:", "spec: {taints: [{key: k, effect: NoSchedule}]}, status:")
        assert said(pod("p", cpu="5"), tainted) == [("untolerated-taint-everywhere", "Pod p")]

    def test_nothing_is_said_without_a_cluster(self) -> None:
        manifests = together(
            pod("p", "nodeSelector: {disk: ssd}, schedulerName: other", cpu="500"), deployment("d", 900, "4")
        )
        assert said(manifests, None) == []

    def test_a_described_workload_is_not_reported(self) -> None:
        assert said(pod("small", cpu="1"), together(nodes("a"), pod("pending", cpu="9"))) == []

    def test_pods_that_are_refused_and_pods_that_do_not_fit_are_two_defects(self) -> None:
        quota = "{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {pods: 2}}}"
        found = problems(together(quota, deployment("d", 5, "1", "nodeSelector: {disk: ssd}")), nodes("a"))
        assert [rule for rule, _, _ in found] == ["node-selector-matches-no-node", "quota-refuses-pods"]
        assert found[1][2].message.startswith("3 of 5 pods: pods ")
        assert found[1][2].path == ("spec", "replicas")

    def test_a_missing_claim_is_left_to_the_rule_of_references(self) -> None:
        assert said(pod("p", "volumes: [{name: v, persistentVolumeClaim: {claimName: gone}}]"), nodes("a")) == []

    def test_a_claim_that_no_volume_can_hold_is_left_to_the_rule_of_storage(self) -> None:
        manifests = together(
            pod("p", "volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]"),
            """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: data}
            spec: {storageClassName: "", accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
            """,
            """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: small}
            spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce]}
            """,
        )
        assert said(manifests, nodes("a")) == []

    def test_a_claim_without_a_class_is_told_which_classes_there_are(self) -> None:
        spec = "spec: {accessModes: [ReadWriteOnce]}"
        claim = f"{{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: data}}, {spec}}}"
        classes = [
            f"{{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {{name: {name}}}, provisioner: x.io}}"
            for name in ("slow", "fast")
        ]
        found = the_one(claim, together(nodes("a"), *classes))
        assert found.message.endswith("no storage class is set; no StorageClass is the default")
        assert found.fix == "name a class: storageClassName: fast or slow"

    def test_a_local_volume_of_a_gone_node_is_left_to_its_rule(self) -> None:
        manifests = together(
            pod("p", "volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]"),
            """
            apiVersion: storage.k8s.io/v1
            kind: StorageClass
            metadata: {name: local}
            provisioner: kubernetes.io/no-provisioner
            volumeBindingMode: WaitForFirstConsumer
            """,
            """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: data}
            spec: {storageClassName: local, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """,
            """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: disk}
            spec:
              storageClassName: local
              capacity: {storage: 1Gi}
              accessModes: [ReadWriteOnce]
              local: {path: /disk}
              nodeAffinity:
                required:
                  nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [gone]}]}]
            """,
        )
        assert said(manifests, nodes("a")) == []

    def test_a_claim_that_never_binds_speaks_for_its_pod(self) -> None:
        claim = """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: %s}
            spec: {storageClassName: "", accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """
        volume = """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: only}
            spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce]}
            """
        users = [
            pod(name, f"volumes: [{{name: v, persistentVolumeClaim: {{claimName: {name}}}}}]")
            for name in ("one", "two")
        ]
        manifests = together(volume, claim % "one", claim % "two", *users)
        assert said(manifests, nodes("a")) == [("claim-never-binds", "PersistentVolumeClaim two")]

    def test_volumes_that_nobody_lists_are_not_missed(self) -> None:
        claim = """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: data}
            spec: {storageClassName: "", accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """
        user = pod("p", "volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]")
        assert said(together(claim, user), nodes("a")) == []
        other = """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: other}
            spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: other}
            """
        found = said(together(claim, user), together(nodes("a"), other))
        assert found == [("claim-never-binds", "PersistentVolumeClaim data")]

    def test_a_described_claim_that_is_unbound_keeps_its_pod_waiting(self) -> None:
        described = together(
            nodes("a"),
            """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: small}
            spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce]}
            """,
            """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: data}
            spec: {storageClassName: "", accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
            """,
        )
        problem = the_one(pod("p", "volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]"), described)
        assert problem.message.startswith("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.")
        assert problem.path == ("spec", "volumes", 0, "persistentVolumeClaim", "claimName")

    @pytest.mark.parametrize("version", ["1.33", "1.36"])
    @pytest.mark.parametrize(
        ("metadata", "status", "words"),
        [
            ("name: data, deletionTimestamp: '2024-05-01T00:00:00Z'", "phase: Bound", "is being deleted"),
            ("name: data", "phase: Lost", 'bound to non-existent persistentvolume "disk"'),
        ],
    )
    def test_a_described_claim_without_a_future_is_said_on_every_minor(
        self, version: str, metadata: str, status: str, words: str
    ) -> None:
        bound = "annotations: {pv.kubernetes.io/bind-completed: 'yes'}"
        spec = "{volumeName: disk, accessModes: [ReadWriteOnce]}"
        claim = f"""
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {{{metadata}, {bound}}}
            spec: {spec}
            status: {{{status}}}
            """
        user = pod("p", "volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]")
        problem = the_one(user, together(nodes("a"), claim), version)
        assert f'persistentvolumeclaim "data" {words}' in problem.message
        assert problem.path == ("spec", "volumes", 0, "persistentVolumeClaim", "claimName")

    @pytest.mark.parametrize("version", ["1.33", "1.36"])
    def test_an_ephemeral_claim_that_a_quota_refuses_is_said_on_every_minor(self, version: str) -> None:
        template = "{spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}"
        quota = "{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {persistentvolumeclaims: 0}}}"
        user = pod("p", f"volumes: [{{name: v, ephemeral: {{volumeClaimTemplate: {template}}}}}]")
        problem = the_one(together(quota, user), nodes("a"), version)
        assert problem.rule == "unschedulable-pod"
        assert 'waiting for ephemeral volume controller to create the persistentvolumeclaim "p-v"' in problem.message

    def test_which_rule_speaks_does_not_hang_on_the_words_of_the_manifest(self) -> None:
        other = "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: low}, value: 1}"
        named = pod("p", 'priorityClassName: "exceeded quota: team, requested: a="')
        assert said(named, together(nodes("a"), other)) == [("admission-refuses-object", "Pod p")]


class TestWords:
    @pytest.mark.parametrize(
        ("version", "message"),
        [
            (
                "1.33",
                (
                    "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {team: a}. "
                    "preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, "
                    "1 Preemption is not helpful for scheduling."
                ),
            ),
            (
                "1.36",
                (
                    "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). "
                    "no new claims to deallocate, preemption: 0/2 nodes are available: "
                    "1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling."
                ),
            ),
        ],
    )
    def test_the_sentence_is_that_of_the_version(self, version: str, message: str) -> None:
        tainted = (NODE % "b").replace(
            "status:", "spec: {taints: [{key: team, value: a, effect: NoSchedule}]}, status:"
        )
        there = pod("there", "nodeName: a", cpu="3")
        problem = the_one(pod("p", cpu="2"), together(nodes("a"), tainted, there), version)
        assert problem.message == message
        assert [(related.obj.name, related.path) for related in problem.related] == [
            ("b", ("spec", "taints", 0, "key"))
        ]

    def test_a_share_is_said_where_others_run(self) -> None:
        problem = the_one(deployment("d", 5, "2500m"), nodes("a", "b"))
        assert problem.message.startswith("3 of 5 pods: 0/2 nodes are available: 2 Insufficient cpu.")

    def test_a_change_that_was_tried_is_offered(self) -> None:
        assert the_one(deployment("d", 2, "2500m"), nodes("a")).fix == "Ask for at most 1500m cpu (it then fits on a)."

    def test_the_nearest_node_is_named_where_no_smaller_request_would_do(self) -> None:
        assert the_one(deployment("d", 3, "2"), nodes("a")).fix == (
            "Make room, or add a node: the nearest is a, which lacks 2 of cpu."
        )

    def test_no_more_is_tried_out_than_is_worth_it(self) -> None:
        fixes = [
            problem.fix
            for _, _, problem in problems(
                together(pod("first", cpu="2500m"), *(deployment(f"d{number}", 1, "2500m") for number in range(22))),
                nodes("a"),
            )
        ]
        assert len(fixes) == 22
        assert {fix.partition(" ")[0] for fix in fixes[:20]} == {"Ask"}
        assert {fix.partition(" ")[0] for fix in fixes[20:]} == {"Make"}

    def test_pods_that_are_missing_from_lone_files_are_named(self) -> None:
        term = "{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: redis}}}"
        near = f"affinity: {{podAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{term}]}}}}"
        assert the_one(pod("p", near), nodes("a")).rests_on.name == "redis"

    def test_a_label_that_nodes_lack_for_a_spread_is_named(self) -> None:
        constraint = "{maxSkew: 1, topologyKey: %s, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}"
        spread = f"topologySpreadConstraints: [{constraint % 'kubernetes.io/hostname'}, {constraint % 'rack'}]"
        problem = the_one(pod("p", spread), nodes("a"))
        assert problem.path == ("spec", "topologySpreadConstraints", 1, "topologyKey")
        assert problem.fix == 'Label the nodes with "rack", or spread over a label that they have.'

    def test_an_amount_that_no_node_gives_is_not_made_up(self) -> None:
        bare = "{apiVersion: v1, kind: Node, metadata: {name: a}}"
        assert the_one(pod("p", cpu="64Mi"), bare).message == (
            "the Pod requests 67108864 of cpu, which is more than any node could have"
        )

    def test_labels_that_every_kubelet_writes_are_there(self) -> None:
        assert (
            said(pod("p", "nodeSelector: {beta.kubernetes.io/os: linux, kubernetes.io/arch: amd64}"), nodes("a")) == []
        )

    def test_several_taints_are_listed_by_how_many_nodes_have_them(self) -> None:
        def tainted(name: str, key: str) -> str:
            return (NODE % name).replace("status:", f"spec: {{taints: [{{key: {key}, effect: NoSchedule}}]}}, status:")

        cluster = together(*(tainted(f"n{number}", key) for number, key in enumerate("abbcd")))
        message = the_one(pod("p"), cluster).message
        assert message == (
            "each of the 5 nodes has a taint that it does not tolerate: "
            "b:NoSchedule, a:NoSchedule, c:NoSchedule and 1 more"
        )

    def test_an_empty_affinity_term_meets_no_node(self) -> None:
        required = "{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{}]}}}"
        assert (
            the_one(pod("p", f"affinity: {required}"), nodes("a")).message == "the one node does not meet an empty term"
        )

    def test_limits_of_the_manifest_itself_are_for_the_api_server_to_refuse(self) -> None:
        limits = "[{type: Container, default: {cpu: 1}}]"
        ranges = f"{{apiVersion: v1, kind: LimitRange, metadata: {{name: l}}, spec: {{limits: {limits}}}}}"
        own = pod("own", cpu="3").replace("requests: {cpu: 3}", "requests: {cpu: 3}, limits: {cpu: 2}")
        found = problems(together(ranges, own, pod("filled-in", cpu="3")), nodes("a"))
        assert [(rule, obj) for rule, obj, _ in found] == [("quota-refuses-pods", "Pod filled-in")]

    def test_a_quota_is_said_once_for_many_objects(self) -> None:
        quota = "{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {count/configmaps: 1}}}"
        maps = [f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: m{number}}}}}" for number in range(4)]
        found = problems(together(quota, *maps), nodes("a"))
        assert [(rule, obj) for rule, obj, _ in found] == [("admission-refuses-object", "ConfigMap m1")]
        assert found[0][2].message.endswith("limited: count/configmaps=1; so are 2 more of kind ConfigMap")
        assert [related.obj.name for related in found[0][2].related] == ["q"]

    def test_a_class_is_only_missed_where_classes_are_described(self) -> None:
        wanting = pod("p", "priorityClassName: high")
        assert said(wanting, nodes("a")) == []
        other = "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: low}, value: 1}"
        problem = the_one(wanting, together(nodes("a"), other))
        assert problem.message == 'pods "p" is forbidden: no PriorityClass with name high was found'
        assert problem.rests_on.name == "high"

    def test_a_scheduler_that_has_placed_a_described_pod_is_known(self) -> None:
        placed = pod("placed", "schedulerName: batch, nodeName: a")
        assert said(pod("p", "schedulerName: batch"), together(nodes("a"), placed)) == []

    def test_the_volume_that_parts_pod_and_node_is_named(self) -> None:
        volume = """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: %s}
            spec:
              capacity: {storage: 1Gi}
              accessModes: [ReadWriteOnce]
              claimRef: {namespace: default, name: %s}
              nodeAffinity:
                required: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [%s]}]}]}
            """
        claim = """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: %s}
            spec: {storageClassName: "", accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """
        named = "{name: %s, persistentVolumeClaim: {claimName: %s}}"
        volumes = f"volumes: [{named % ('one', 'one')}, {named % ('two', 'two')}]"
        zones = together(
            (NODE % "a").replace("{name: a}", "{name: a, labels: {zone: a}}"),
            (NODE % "b").replace("{name: b}", "{name: b, labels: {zone: b}}"),
        )
        claims = together(claim % "one", claim % "two")

        def two_disks(zone: str) -> str:
            disks = together(volume % ("disk-1", "one", "a"), volume % ("disk-2", "two", zone))
            return together(pod("p", volumes), disks, claims)

        assert the_one(two_disks("b"), zones).message == (
            'the volumes of the Pod cannot be reached from any node: "disk-1", "disk-2"'
        )
        problem = the_one(two_disks("c"), zones)
        assert problem.message == 'PersistentVolume "disk-2" cannot be reached from any node: it asks for zone=c'
        assert problem.path == ("spec", "volumes", 1, "persistentVolumeClaim", "claimName")


class TestPaths:
    def test_the_filter_of_the_nodes_that_could_take_it_decides(self) -> None:
        fast = (NODE % "a").replace("{name: a}", "{name: a, labels: {disk: ssd}}")
        cluster = together(fast, nodes("b", "c"), pod("there", "nodeName: a", cpu="3"))
        problem = the_one(pod("p", "nodeSelector: {disk: ssd}", cpu="2"), cluster)
        assert "2 node(s) didn't match Pod's node affinity/selector" in problem.message
        assert problem.path == ("spec", "containers", 0, "resources", "requests", "cpu")

    def test_a_class_of_runtimes_that_adds_the_selector_is_pointed_at(self) -> None:
        runtime = """
            apiVersion: node.k8s.io/v1
            kind: RuntimeClass
            metadata: {name: sandboxed}
            handler: runsc
            scheduling: {nodeSelector: {runtime: gvisor}}
            """
        problem = the_one(together(pod("p", "runtimeClassName: sandboxed"), runtime), nodes("a"))
        assert problem.message == "the one node does not have the label runtime=gvisor"
        assert problem.path == ("spec", "runtimeClassName")

    def test_what_a_limit_range_fills_in_is_asked_for_by_the_container(self) -> None:
        ranges = (
            "{apiVersion: v1, kind: LimitRange, metadata: {name: l}, "
            "spec: {limits: [{type: Container, defaultRequest: {memory: 9Gi}}]}}"
        )
        problem = the_one(together(ranges, pod("p", cpu="1")), nodes("a"))
        assert problem.message == (
            'the Pod requests 9Gi of memory; the largest node, "a", has 8Gi, which is 1Gi too little'
        )
        assert problem.path == ("spec", "containers", 0, "resources")


class TestTheCommand:
    """The pipeline as a user starts it."""

    @pytest.fixture
    def check(self, tmp_path: Path) -> Callable[..., Report]:
        def run(manifests: str, **settings: object) -> Report:
            folder = tmp_path / "manifests"
            folder.mkdir(exist_ok=True)
            (folder / "a.yaml").write_text(manifests)
            return lint(Request(paths=[str(folder)], select=["scheduling"], **settings))  # type: ignore[arg-type]

        return run

    @staticmethod
    def described(report: Report) -> list[tuple[str, str, int]]:
        return [(finding.rule, finding.message, finding.location.line) for finding in report.findings]

    def test_shorthand_nodes_take_part(self, check: Callable[..., Report]) -> None:
        (finding,) = check(deployment("d", 3, "3"), nodes="2:cpu=4,memory=8Gi", kubernetes_version="1.33").findings
        assert finding.message == (
            "1 of 3 pods: 0/2 nodes are available: 2 Insufficient cpu. "
            "preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod."
        )
        assert finding.related == ()

    def test_a_shorthand_says_how_to_describe_more(self, check: Callable[..., Report]) -> None:
        gpu = pod("gpu").replace("{cpu: 0}", "{example.com/gpu: 2}")
        findings: dict[str, Finding] = {
            finding.rule: finding
            for finding in check(together(gpu, pod("ssd", "nodeSelector: {disk: ssd}")), nodes="3:cpu=4").findings
        }
        assert findings["pod-larger-than-any-node"].fix == (
            "Describe nodes that have it, as with --nodes 3:example.com/gpu=2, or with --cluster."
        )
        assert "describe yours with --cluster" in findings["node-selector-matches-no-node"].fix

    def test_workers_change_nothing(self, check: Callable[..., Report], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("k8slint.project._WORTH_FORKING", 1)
        manifests = together(*(deployment(f"d{number}", 2, "1500m") for number in range(40)))
        one, two = (check(manifests, nodes="3:cpu=4", workers=workers) for workers in (1, 2))
        assert len(one.findings) > 30
        assert one == two

    def test_what_the_dry_run_takes_for_granted_is_listed(self, check: Callable[..., Report]) -> None:
        manifest = pod("p")
        assert (
            "memory and ephemeral-storage are taken to be enough where a node does not give them: node-1"
            in check(manifest, nodes="1:cpu=4").assumptions
        )
        assert not any("memory" in text for text in check(manifest).assumptions)

    def test_no_worker_makes_a_dry_run_of_its_own(
        self, check: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made_in = []

        def once(cluster: Cluster, version: KubernetesVersion) -> DryRun:
            assert os.getpid() == parent
            made_in.append(parent)
            return dry_run(cluster, version)

        parent = os.getpid()
        monkeypatch.setattr("k8slint.checks.scheduling.run.dry_run", once)
        monkeypatch.setattr("k8slint.project._WORTH_FORKING", 1)
        manifests = together(*(deployment(f"d{number}", 2, "1500m") for number in range(40)))
        assert check(manifests, nodes="3:cpu=4", workers=2).findings
        assert len(made_in) == 1

    def test_a_description_is_not_read_for_rules_that_are_off(
        self, check: Callable[..., Report], tmp_path: Path
    ) -> None:
        file = tmp_path / "cluster.yaml"
        file.write_text((NODE % "a").replace("cpu: 4", "cpu: lots"))
        report = check(pod("p"), cluster=str(file), ignore=["scheduling"])
        assert (report.findings, report.failures) == ((), ())

    def test_a_description_that_cannot_be_read_is_refused(self, check: Callable[..., Report], tmp_path: Path) -> None:
        file = tmp_path / "cluster.yaml"
        file.write_text((NODE % "a").replace("cpu: 4", "cpu: lots"))
        with pytest.raises(UsageError, match=r"^the cluster description: Node a: status\.allocatable\[cpu\]: "):
            check(pod("p"), cluster=str(file))

    def test_an_ignore_hides_it(self, check: Callable[..., Report]) -> None:
        ignored = (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
            "  # k8slint: ignore[node-selector-matches-no-node] the autoscaler adds such nodes\n"
            "  nodeSelector: {disk: ssd}\n  containers: [{name: c, image: 'c:1'}]\n"
        )
        report = check(ignored, nodes="1")
        assert (self.described(report), report.summary.ignored) == ([], 1)


ODD = [
    "spec: odd",
    "spec: {containers: odd}",
    "spec: {containers: [null, 3, {resources: odd}]}",
    "spec: {replicas: many, template: {spec: {containers: [{name: c}]}}}",
    "spec: {replicas: 2, template: {spec: {containers: [{resources: {requests: {cpu: ten}}}]}}}",
    "spec: {template: {metadata: {labels: [a]}, spec: {containers: [{}], nodeSelector: [disk]}}}",
    "spec: {template: {spec: {containers: [{}], tolerations: {key: a}, affinity: {nodeAffinity: [1]}}}}",
    "spec: {template: {spec: {containers: [{}], volumes: [{name: v, persistentVolumeClaim: x}], schedulerName: 3}}}",
    "spec: {volumeClaimTemplates: [1], template: {spec: {containers: [{}], topologySpreadConstraints: [{}]}}}",
    "spec: {hard: odd, limits: [3], storageClassName: [], volumeName: {}}",
]
KINDS = [
    ("v1", "Pod"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "ResourceQuota"),
    ("v1", "LimitRange"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("batch/v1", "CronJob"),
]


@pytest.mark.parametrize("body", ODD)
@pytest.mark.parametrize(("version", "kind"), KINDS)
def test_any_shape_is_survived(version: str, kind: str, body: str) -> None:
    odd = f"{{apiVersion: {version}, kind: {kind}, metadata: {{name: odd}}, {body}}}"
    found = said(together(odd, pod("large", cpu="9")), nodes("a"))
    assert ("pod-larger-than-any-node", "Pod large") in found


@pytest.mark.parametrize(
    "body", ["status: odd", "status: {allocatable: {cpu: lots}}", "spec: {taints: odd}", "metadata: {name: 3}"]
)
def test_an_unreadable_node_is_refused(body: str) -> None:
    described = (
        f"{{apiVersion: v1, kind: Node, metadata: {{name: a}}, {body}}}"
        if "metadata" not in body
        else (f"{{apiVersion: v1, kind: Node, {body}}}")
    )
    with pytest.raises(UsageError, match=r"^the cluster description: Node"):
        said(pod("large", cpu="9"), described)


def test_pods_that_share_a_volume_of_one_pod_are_said_once() -> None:
    claim = (
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: d}, spec: {accessModes: [ReadWriteOncePod]}}"
    )
    shared = "volumes: [{name: d, persistentVolumeClaim: {claimName: d}}]"
    assert said(together(claim, deployment("web", 2, "1", shared)), nodes("a", "b")) == []


def test_a_drill_is_silent_where_the_nodes_are_too_full_already() -> None:
    fits, one_more = deployment("web", 2, "3"), deployment("more", 1, "3")
    assert said(fits, nodes("a", "b")) == [("rollout-cannot-finish", "Deployment web")]
    assert said(together(fits, one_more), nodes("a", "b")) == [("unschedulable-pod", "Deployment more")]


def test_an_autoscaler_is_tried_beside_what_runs() -> None:
    scaler = """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: %d}
    """
    running = together(deployment("web", 1, "1"), deployment("other", 3, "1"))
    assert said(together(running, scaler % 5), nodes("a", "b")) == []
    problem = the_one(together(running, scaler % 6), nodes("a", "b"))
    assert problem.message.startswith('5 of 6 Pods of Deployment "web" fit on the nodes: 0/2 nodes are available')
