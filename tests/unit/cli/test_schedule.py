"""`k8slint schedule`, `why` and `cluster`, as a user types them."""

from __future__ import annotations

import json
import os
from textwrap import dedent

import pytest
from jsonschema import Draft202012Validator

from k8slint.bundled import SCHEMAS
from k8slint.cluster.cluster_file import described_nodes

SCHEMA = json.loads((SCHEMAS / "schedule.schema.json").read_text(encoding="utf-8"))
BARE = "---\napiVersion: v1\nkind: Node\nmetadata: {name: a}\n"
NODES = "2:cpu=4,memory=8Gi,zones=a|b"


def deployment(name, replicas=1, cpu="100m", spec="", namespace="shop"):
    return dedent(f"""\
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: {name}, namespace: {namespace}}}
        spec:
          replicas: {replicas}
          selector: {{matchLabels: {{app: {name}}}}}
          template:
            metadata: {{labels: {{app: {name}}}}}
            spec:
              containers: [{{name: a, image: "a:1", resources: {{requests: {{cpu: {cpu}, memory: 1Gi}}}}}}]
        """) + (f"      {spec}\n" if spec else "")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A function that writes files into the folder that the test runs in."""
    monkeypatch.chdir(tmp_path)

    def write(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text)

    return write


@pytest.mark.parametrize(
    "nodes",
    [
        "3",
        "3:cpu=4, memory=16Gi",
        "2:cpu=1500m,memory=8192Mi,ephemeral-storage=1e11,pods=20",
        "2:hugepages-2Mi=1Gi,nvidia.com/gpu=2,example.com/whatever=3",
        "3:zones=a|b|c",
        "1:memory=0,cpu=0",
        "1:memory=17179869184",
    ],
)
def test_these_are_nodes(nodes: str) -> None:
    assert len(described_nodes(nodes)) == int(nodes[0])


class TestSchedule:
    def test_all_have_a_node(self, folder, k8slint):
        folder(app=deployment("web", replicas=3))
        ended = k8slint("schedule", "app.yaml", "--nodes", NODES)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith("3 pods on 2 nodes for Kubernetes 1.37: all assigned\n")
        assert "200m of 4" in ended.out
        assert "shop/web (2)" in ended.out

    def test_a_pod_without_a_node(self, folder, k8slint):
        folder(app=deployment("web", replicas=3, cpu="2500m"))
        ended = k8slint("schedule", "app.yaml", "--nodes", NODES, "--kubernetes-version", "1.36")
        assert ended.code == 1
        assert (
            "  0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are "
            "available: 2 No preemption victims found for incoming pod.\n"
        ) in ended.out
        assert "node-1, node-2   lacks 1 cpu\n" in ended.out
        assert "one fits on node-1 if you ask for at most 1500m cpu\n" in ended.out

    def test_nodes_among_the_files_are_the_cluster(self, folder, k8slint):
        node = 'apiVersion: v1\nkind: Node\nmetadata: {name: only}\nstatus: {allocatable: {cpu: "1", memory: 4Gi}}\n'
        folder(app=deployment("web"), node=node)
        assert "only" in k8slint("schedule", ".").out

    def test_the_settings_name_the_cluster(self, folder, k8slint, tmp_path):
        folder(app=deployment("web"))
        (tmp_path / "cluster.yml").write_text(k8slint("cluster", "example").out)
        (tmp_path / ".k8slint.yaml").write_text("version: 1\ncluster: cluster.yml\n")
        ended = k8slint("schedule", "app.yaml")
        assert (ended.code, ended.err) == (0, "")
        assert "node-3" in ended.out

    def test_a_namespace_for_those_that_name_none(self, folder, k8slint):
        folder(app=deployment("web").replace(", namespace: shop", ""))
        ended = k8slint("schedule", "app.yaml", "--nodes", NODES, "-n", "prod")
        assert "prod/web" in ended.out

    def test_standard_input(self, folder, k8slint):
        folder()
        assert k8slint("schedule", "-", "--nodes", NODES, stdin=deployment("web").encode()).code == 0

    def test_another_scheduler(self, folder, k8slint):
        configuration = dedent("""\
            apiVersion: kubescheduler.config.k8s.io/v1
            kind: KubeSchedulerConfiguration
            profiles:
              - schedulerName: packer
                pluginConfig:
                  - name: NodeResourcesFit
                    args: {scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 1}]}}
                plugins:
                  multiPoint: {disabled: [{name: PodTopologySpread}, {name: NodeResourcesBalancedAllocation}]}
            """)
        folder(app=deployment("web", replicas=3, spec="schedulerName: packer"), scheduler=configuration)
        arguments = ("schedule", "app.yaml", "--nodes", NODES)
        assert 'scheduler "packer" is not described' in k8slint(*arguments).out
        ended = k8slint(*arguments, "--scheduler-config", "scheduler.yaml")
        assert ended.code == 0
        assert "shop/web (3)" in ended.out

    def test_what_the_api_server_refuses(self, folder, k8slint):
        quota = "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: small, namespace: shop}\n"
        quota += "spec: {hard: {pods: 1}}\n"
        folder(app=quota + deployment("web", replicas=3))
        ended = k8slint("schedule", "app.yaml", "--nodes", NODES)
        assert ended.code == 1
        assert "REFUSED BY THE API SERVER" in ended.out
        assert "Deployment shop/web: 2 of 3 pods" in ended.out
        assert "exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1" in ended.out

    def test_gated_and_not_modelled(self, folder, k8slint):
        folder(
            app=deployment("one", spec="schedulingGates: [{name: example.com/wait}]")
            + deployment("two", spec="schedulerName: other")
        )
        ended = k8slint("schedule", "app.yaml", "--nodes", NODES)
        assert ended.code == 1
        assert "waiting for scheduling gates: [example.com/wait]" in ended.out
        assert 'scheduler "other" is not described, expected "default-scheduler"\n    Deployment shop/two' in ended.out

    def test_more_important_pods_say_whom_they_evict(self, folder, k8slint):
        cluster = dedent("""\
            apiVersion: v1
            kind: Node
            metadata: {name: only}
            status: {allocatable: {cpu: "4", memory: 8Gi, pods: "10"}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: batch, namespace: jobs}
            spec: {nodeName: only, containers: [{name: a, image: "a:1", resources: {requests: {cpu: "3"}}}]}
            status: {phase: Running}
            """)
        folder(app=deployment("web", cpu="2", spec="priorityClassName: system-node-critical"), c=cluster)
        ended = k8slint("schedule", "app.yaml", "--cluster", "c.yaml")
        assert ended.code == 1
        assert "It is more important: jobs/batch would be evicted from only." in ended.out

    def test_of_very_many_nodes_those_that_are_chosen_come_first(self, folder, k8slint):
        nodes = "".join(
            f"---\napiVersion: v1\nkind: Node\nmetadata: {{name: n{number}}}\n"
            f'status: {{allocatable: {{cpu: "{number}", memory: 64Gi}}}}\n'
            for number in range(1, 101)
        )
        folder(app=deployment("web", cpu="95"), c=nodes)
        out = k8slint("schedule", "app.yaml", "--cluster", "c.yaml").out
        assert "shop/web" in out
        assert "and 40 nodes more, which -o json lists" in out

    def test_what_comes_to_nothing(self, folder, k8slint):
        folder(app=deployment("web", cpu="two cores"))
        ended = k8slint("schedule", "app.yaml", "--nodes", NODES)
        assert ended.code == 1
        assert "COME TO NOTHING\n  app.yaml:3: Deployment shop/web: " in ended.out
        said = 'containers[0].resources.requests.cpu: invalid quantity "two cores": quantities must match'
        assert said in " ".join(ended.out.split())

    @pytest.mark.parametrize(
        ("spec", "said"),
        [
            (
                "resources: {requests: {cpu: 50m}}",
                'Invalid value: "50m": must be greater than or equal to aggregate container requests of 100m',
            ),
            (
                (
                    "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, "
                    "matchLabelKeys: [app], labelSelector: {matchLabels: {app: web}}}]"
                ),
                "exists in both matchLabelKeys and labelSelector",
            ),
            (
                "initContainers: [{name: i, image: i, resources: {requests: {nvidia.com/gpu: 1}}}]",
                "resources.limits: Required value: Limit must be set for non overcommitable resources",
            ),
            ("foo: 1", 'unknown field "spec.template.spec.foo"'),
        ],
    )
    def test_what_the_api_server_does_not_take_is_placed_nowhere(self, folder, k8slint, spec, said):
        folder(app=deployment("web", spec=spec) + deployment("db"))
        ended = k8slint("schedule", "app.yaml", "--nodes", NODES)
        assert ended.code == 1
        assert ended.out.startswith(
            (
                "1 pod on 2 nodes for Kubernetes 1.37: all assigned\n",
                "2 pods on 2 nodes for Kubernetes 1.37: 1 assigned, 1",
            )
        )
        assert said in " ".join(ended.out.split())

    def test_it_is_not_placed_in_a_namespace_that_is_given_either(self, folder, k8slint):
        folder(app=deployment("web", spec="foo: 1").replace(", namespace: shop", ""))
        ended = k8slint("schedule", "app.yaml", "--nodes", NODES, "-n", "prod")
        assert ended.out.startswith("0 pods on 2 nodes")
        assert 'Deployment prod/web: unknown field "spec.template.spec.foo"\n' in ended.out

    @pytest.mark.parametrize("output", ["table", "wide", "json", "markdown"])
    def test_no_secret_value_is_in_what_the_api_server_says(self, folder, k8slint, output):
        folder(app=deployment("web").replace("resources:", "env: [{name: DB_PASSWORD, value: 42424242}], resources:"))
        ended = k8slint("schedule", "app.yaml", "--nodes", NODES, "-o", output)
        assert ended.code == 1
        assert "expected a string, found the number" in " ".join(ended.out.replace("\\", "").split())
        assert "42424242" not in ended.out

    def test_of_what_a_template_still_fills_in_nothing_is_said(self, folder, k8slint):
        folder(app=deployment("web", spec="dnsPolicy: ${DNS}"))
        ended = k8slint("schedule", "app.yaml", "--nodes", NODES)
        assert (ended.code, ended.out.splitlines()[0]) == (0, "1 pod on 2 nodes for Kubernetes 1.37: all assigned")

    def test_what_cannot_be_read_is_said_and_left_out(self, folder, k8slint):
        folder(app=deployment("web"), broken="apiVersion: v1\nkind: [1\n")
        ended = k8slint("schedule", ".", "--nodes", NODES)
        assert ended.code == 2
        assert ended.err.startswith("k8slint: broken.yaml:")
        assert "all assigned" in ended.out

    def test_letters_where_blocks_cannot_be_shown(self, folder, program):
        folder(app=deployment("web", replicas=3, cpu="2500m"))
        ended = program("schedule", "app.yaml", "--nodes", NODES, env={"PYTHONIOENCODING": "ascii"})
        assert ended.out.isascii()
        assert "########.... 2500m of 4" in ended.out

    @pytest.mark.parametrize("output", ["table", "wide", "markdown", "json"])
    def test_the_same_bytes_each_time(self, folder, k8slint, output):
        folder(app=deployment("web", replicas=3, cpu="2500m") + deployment("db", replicas=2))
        arguments = ("schedule", "app.yaml", "--nodes", NODES, "-o", output)
        assert k8slint(*arguments) == k8slint(*arguments)


class TestReading:
    """What a reader of the table may rely on."""

    def test_the_sentence_and_the_lines_below_it_are_of_the_moment_when_the_pod_was_tried(self, folder, k8slint):
        folder(app=deployment("big", cpu="3") + deployment("huge", cpu="4") + deployment("late", cpu="1"))
        for command in ("schedule", "why"):
            words = ("deploy/huge",) if command == "why" else ()
            out = k8slint(command, *words, "app.yaml", "--nodes", "1:cpu=4,memory=9Gi").out
            assert "0/1 nodes are available: 1 Insufficient cpu." in out
            assert "lacks 3 cpu" in out
            assert "one moment" not in out

    def test_equal_nodes_in_one_row_show_all_their_zones(self, folder, k8slint):
        folder(app=deployment("web", replicas=3))
        out = k8slint("schedule", "app.yaml", "--nodes", "3:cpu=4,memory=8Gi,zones=a|b|c").out
        assert "node-1 … node-3 (3)   a, b, c   " in out

    def test_all_nodes_together_and_what_is_left(self, folder, k8slint):
        gpu = "initContainers: [{name: i, image: i, resources: {limits: {nvidia.com/gpu: 1}}}]"
        folder(app=deployment("web", replicas=3, cpu="1500m", spec=gpu))
        out = k8slint("schedule", "app.yaml", "--nodes", "2:cpu=4,memory=8Gi,nvidia.com/gpu=2").out
        assert (
            "TOTAL    ███████░░░░░ 4500m of 8   ███░░░░░░░░░ 3Gi of 16Gi   3 of 220\n  nvidia.com/gpu 3 of 4\n" in out
        )
        assert "LEFT     3500m                     13Gi                       217\n  nvidia.com/gpu 1\n" in out

    def test_one_node_is_its_own_total(self, folder, k8slint):
        folder(app=deployment("web"))
        assert "TOTAL" not in k8slint("schedule", "app.yaml", "--nodes", "1:cpu=4").out

    @pytest.mark.parametrize("output", ["table", "wide", "markdown"])
    def test_pods_that_request_nothing_prove_nothing(self, folder, k8slint, output):
        idle = deployment("web", replicas=3).replace("cpu: 100m, memory: 1Gi", "cpu: 0")
        arguments = ("schedule", "app.yaml", "--nodes", "2:cpu=4", "-o", output)
        folder(app=idle)
        assert "3 of 3 pods request nothing: this proves nothing about capacity\n" in k8slint(*arguments).out
        folder(app=idle + deployment("db"))
        assert "3 of 4 pods request nothing: what they will use is not counted\n" in k8slint(*arguments).out
        folder(app=deployment("db"))
        assert "request nothing" not in k8slint(*arguments).out

    def test_every_pod_that_the_manifests_bring_is_named(self, folder, k8slint):
        names = [f"a-rather-long-name-{letter}" for letter in "abcdefghijklmnopqrst"]
        folder(app="".join(map(deployment, names)))
        out = k8slint("schedule", "app.yaml", "--nodes", "1:cpu=4,memory=64Gi").out
        assert all(f"shop/{name}" in out for name in names)
        assert "more" not in out.partition("Assumed")[0]

    def test_of_many_pods_that_ran_before_some_are_counted(self, folder, k8slint):
        pods = "".join(
            f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: a-pod-that-runs-{number}, namespace: old}}\n"
            'spec: {nodeName: a, containers: [{name: c, image: "i:1"}]}\n'
            for number in range(30)
        )
        folder(app=deployment("web"), c=BARE + pods)
        out = k8slint("schedule", "app.yaml", "--cluster", "c.yaml").out
        assert "  shop/web, old/a-pod-that-runs-0, " in out
        assert "that ran before\n" in out

    def test_all_pods_without_a_node_are_named(self, folder, k8slint):
        sizes = "".join(deployment(name, replicas=4, cpu=cpu) for name, cpu in (("a", "1900m"), ("b", "900m")))
        folder(app=sizes)
        out = k8slint("schedule", "app.yaml", "--nodes", "2:cpu=4,memory=8Gi").out
        assert "✗ Deployment shop/b: 4 of 4 pods" in out
        assert "-00001 … b-" in out

    def test_at_most_three_assumptions_and_the_weightiest_first(self, folder, k8slint):
        webhook = "---\napiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\n"
        folder(app=deployment("web") + deployment("web") + webhook + "metadata: {name: w}\n")
        arguments = ("schedule", "app.yaml", "--nodes", "2:memory=4Gi")
        _, _, assumed = k8slint(*arguments).out.partition("\nAssumed ")
        assert assumed.splitlines() == [
            "(3 of 6; -o wide lists all):",
            "  - mutating webhooks, which can change any pod, are not simulated",
            "  - cpu and ephemeral-storage are taken to be enough where a node does not give them: node-1, node-2",
            "  - of several manifests of one object the last counts: Deployment shop/web",
        ]
        assert k8slint(*arguments, "-o", "wide").out.partition("\nAssumed:\n")[2].count("  - ") == 6
        assert len(json.loads(k8slint(*arguments, "-o", "json").out)["assumptions"]) == 6

    @pytest.mark.parametrize("output", ["table", "wide", "markdown"])
    def test_no_path_is_absolute(self, folder, k8slint, tmp_path, output):
        folder(app=deployment("web", cpu="9") + deployment("bad", cpu="x"))
        arguments = ("--nodes", NODES)
        assert str(tmp_path) not in k8slint("schedule", str(tmp_path), *arguments, "-o", output).out
        assert "(app.yaml:3)" in k8slint("why", "deploy/web", str(tmp_path / "app.yaml"), *arguments).out

    def test_objects_that_come_to_nothing_for_one_reason_share_a_line(self, folder, k8slint):
        folder(app="".join(deployment(name, cpu="x") for name in ("a", "b", "c")))
        out = " ".join(k8slint("schedule", "app.yaml", "--nodes", NODES).out.split())
        assert "app.yaml:3: Deployment shop/a: " in out
        assert "(and so 2 more of kind Deployment)" in out
        assert "shop/b" not in out

    def test_what_fits_once_a_kubelet_has_rejected_another(self, folder, k8slint):
        folder(app=deployment("huge", cpu="40", spec="nodeName: node-1") + deployment("web", cpu="3"))
        out = k8slint("schedule", "app.yaml", "--nodes", "1:cpu=4,memory=8Gi").out
        assert "FIT NOWHERE\n\n✗ Deployment shop/web" in out
        assert "    node-1   lacks 39 cpu\n  Once the other pods have their places it fits on node-1.\n" in out
        assert "0 of 4" in out

    def test_what_a_kubelet_rejects(self, folder, k8slint):
        folder(app=deployment("web", cpu="3", replicas=2, spec="nodeName: node-1"))
        arguments = ("app.yaml", "--nodes", NODES)
        ended = k8slint("schedule", *arguments)
        assert ended.code == 1
        assert "1 assigned, 1 rejected by a kubelet\n" in ended.out
        amounts = "requested: 3000, used: 3000, capacity: 4000"
        said = f"OutOfcpu: Pod was rejected: Node didn't have enough resource: cpu, {amounts}"
        assert f"  {said}\n  by the kubelet of node-1; ends as Failed, and its controller makes another\n" in ended.out
        assert said in k8slint("why", "deploy/web", *arguments).out
        data = json.loads(k8slint("schedule", *arguments, "-o", "json").out)
        Draft202012Validator(SCHEMA).validate(data)
        assert [(pod["rejection"], pod["node"]) for pod in data["pods"]] == [("", "node-1"), (said, "node-1")]
        assert {pod["verdict"] for pod in data["pods"]} == {"assigned"}
        assert data["total"]["left"]["cpu"] == 5000


class TestUse:
    @pytest.mark.parametrize(
        ("argv", "said"),
        [
            ((), "no nodes are known; describe the cluster with --nodes 3:cpu=4,memory=16Gi or --cluster FILE"),
            (("--nodes", "x"), '--nodes "x": expected a number of nodes'),
            (("--nodes", "3:cpus=4"), '--nodes "3:cpus=4": nodes have no "cpus"; did you mean cpu=4?'),
            (("--nodes", "3:cpu=4,mem=8Gi"), 'nodes have no "mem"; did you mean memory=8Gi?'),
            (("--nodes", "3:Memory=8Gi"), 'nodes have no "Memory"; did you mean memory=8Gi?'),
            (("--nodes", "3:zone=a"), 'nodes have no "zone"; did you mean zones=a?'),
            (("--nodes", "3:gpu=1"), 'nodes have no "gpu"; did you mean nvidia.com/gpu=1?'),
            (("--nodes", "3:disktype=ssd"), 'nodes have no "disktype"; expected cpu, memory, ephemeral-storage, pods'),
            (("--nodes", "3:zones=a,b,c"), "did you mean zones=a|b|c?"),
            (("--nodes", "3:cpu=4,cpu=8"), "cpu is there twice"),
            (("--nodes", "3:memory=16"), "memory=16 is 16 bytes; did you mean 16Gi?"),
            (("--nodes", "3:memory=8m"), "memory=8m is less than a byte; did you mean 8Mi?"),
            (("--nodes", "3:memory=1"), "memory=1 is 1 byte; did you mean 1Gi?"),
            (("--nodes", "3:memory=8g"), "memory=8g: did you mean 8Gi?"),
            (("--nodes", "3:memory=16GB"), "memory=16GB: did you mean 16Gi?"),
            (("--nodes", "3:ephemeral-storage=100"), "ephemeral-storage=100 is 100 bytes; did you mean 100Gi?"),
            (("--nodes", "3:cpu=16000"), "cpu=16000 is 16000 cores; did you mean 16000m?"),
            (("--nodes", "3:cpu=four"), "cpu=four: quantities must match"),
            (("--nodes", "3:pods=1.5"), "pods=1.5: expected a whole number"),
            (("--nodes", "1", "--cluster", "c.yaml"), "--cluster and --nodes both describe the cluster"),
            (("--cluster", "none.yaml"), "none.yaml: no such file or directory"),
            (("--cluster", "app.yaml"), "app.yaml: no Node in the cluster file"),
            (("--nodes", "1", "--kubernetes-version", "1.2"), "Kubernetes 1.2 is not known; expected 1.30 to"),
            (("--nodes", "1", "--scheduler-config", "app.yaml"), "app.yaml: 0 documents of kind KubeSchedulerConfig"),
            (("--nodes", "1", "-n", "No!"), '--namespace "No!" is no name of a namespace'),
            (("--nodes", "1:cpu=-1"), 'Node node-1: status.allocatable[cpu]: "-1" is less than 0'),
        ],
    )
    def test_one_line_says_what_to_do(self, folder, k8slint, argv, said):
        folder(app=deployment("web"), c="a: 1\n")
        ended = k8slint("schedule", "app.yaml", *argv)
        assert (ended.code, ended.out) == (2, "")
        assert said in ended.err
        assert ended.err.count("\n") == 1

    @pytest.mark.parametrize(
        ("cluster", "said"),
        [
            ("apiVersion: v1\nkind: Config\nclusters: []\n", "this is a kubeconfig"),
            ("", "the cluster file is empty"),
            (BARE, None),
            (BARE + BARE, "c.yaml: Node a: metadata.name: two nodes have this name"),
            (
                "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {allocatable: {cpu: 4 cores}}\n",
                'c.yaml: Node a: status.allocatable[cpu]: "4 cores" is no quantity',
            ),
            ("apiVersion: v1\nkind: Node\nmetadata: 3\nspec: [1]\nstatus: x\n", "c.yaml: Node"),
            (
                "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nspec: {taints: [3]}\n",
                "c.yaml: Node a: spec.taints[0]",
            ),
        ],
    )
    def test_clusters_of_any_shape(self, folder, k8slint, cluster, said):
        folder(app=deployment("web"), c=cluster)
        ended = k8slint("schedule", "app.yaml", "--cluster", "c.yaml")
        if said is None:
            assert ended.code == 0
        else:
            assert (ended.code, ended.out) == (2, "")
            assert said in ended.err

    @pytest.mark.parametrize(
        ("text", "note"),
        [
            (deployment("web", replicas=0), "Deployment shop/web, 0 pods: replicas is 0"),
            (
                deployment("web").replace("replicas: 1", "paused: true"),
                "Deployment shop/web, 0 pods: paused: no pod is made until it is resumed",
            ),
            (
                (
                    "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {suspend: true, template: {spec: "
                    "{restartPolicy: Never, containers: [{name: a, image: a}]}}}\n"
                ),
                "Job default/j, 0 pods: suspended",
            ),
        ],
    )
    def test_a_workload_without_pods_is_no_error(self, folder, k8slint, text, note):
        folder(app=text)
        ended = k8slint("schedule", "app.yaml", "--nodes", NODES)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith("0 pods on 2 nodes for Kubernetes 1.37: nothing to place\n")
        assert f"NOTES\n  {note}\n" in ended.out

    def test_nothing_to_schedule(self, folder, k8slint):
        folder(app="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
        ended = k8slint("schedule", "app.yaml", "--nodes", "1")
        assert (ended.code, ended.out) == (2, "")
        assert "nothing to schedule" in ended.err


class TestJson:
    def test_it_is_as_its_schema_says(self, folder, k8slint):
        gates = deployment("gated", spec="schedulingGates: [{name: example.com/wait}]")
        folder(app=deployment("web", replicas=3, cpu="2500m") + gates + deployment("bad", cpu="x"))
        ended = k8slint("schedule", "app.yaml", "--nodes", NODES, "-o", "json")
        data = json.loads(ended.out)
        Draft202012Validator(SCHEMA).validate(data)
        assert ended.code == 1
        assert [pod["verdict"] for pod in data["pods"]] == ["assigned", "assigned", "unschedulable", "gated"]
        first, _, failed, _ = data["pods"]
        assert set(first["scores"]) == {"node-1", "node-2"}
        assert failed["nodes"]["node-1"] == {
            "plugin": "NodeResourcesFit",
            "code": "Unschedulable",
            "reasons": ["Insufficient cpu"],
        }
        assert failed["explanation"]["nodes"]["node-1"] == [
            {"plugin": "NodeResourcesFit", "text": "lacks 1 cpu", "resource": "cpu", "lack": 1000}
        ]
        assert data["nodes"][0]["requested"]["cpu"] == 2500
        assert [refusal["object"]["name"] for refusal in data["refusals"]] == ["bad"]

    def test_a_pod_that_waits_for_another_is_gated(self, folder, k8slint):
        text = deployment("db", replicas=2, cpu="9").replace("Deployment", "StatefulSet")
        folder(app=text)
        data = json.loads(k8slint("schedule", "app.yaml", "--nodes", NODES, "-o", "json").out)
        assert [pod["verdict"] for pod in data["pods"]] == ["unschedulable", "gated"]


class TestMarkdown:
    def test_names_cannot_break_the_table(self, folder, k8slint):
        cluster = 'apiVersion: v1\nkind: Node\nmetadata: {name: "a|b"}\nstatus: {allocatable: {cpu: "4"}}\n'
        folder(app=deployment("web"), c=cluster)
        ended = k8slint("schedule", "app.yaml", "--cluster", "c.yaml", "-o", "markdown")
        assert "| a\\|b | 100m of 4 (2%) | 1Gi |" in ended.out


@pytest.mark.parametrize("output", ["table", "wide", "markdown", "json"])
def test_names_cannot_steer_the_terminal(folder, k8slint, output):
    evil = '"a\\e[31m\\u202e::error::"'
    cluster = (
        f"apiVersion: v1\nkind: Node\nmetadata: {{name: {evil}, labels: {{topology.kubernetes.io/zone: {evil}}}}}\n"
    )
    cluster += f"spec: {{taints: [{{key: {evil}, effect: NoSchedule}}]}}\n"
    folder(app=deployment(evil, spec=f"schedulerName: {evil}") + deployment("web"), c=cluster)
    out = k8slint("schedule", "app.yaml", "--cluster", "c.yaml", "-o", output).out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())


class TestWhy:
    @pytest.mark.parametrize(
        "name", ["deploy/web", "deployment/web", "deployments/web", "deployment.apps/web", "Deployments.v1.apps/web"]
    )
    def test_names_as_kubectl_takes_them(self, folder, k8slint, name):
        folder(app=deployment("web") + deployment("db"))
        ended = k8slint("why", name, "app.yaml", "--nodes", NODES)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith("Deployment shop/web: 1 assigned (app.yaml:3)\n")

    @pytest.mark.parametrize(
        "words", [("web",), ("deploy", "web"), ("Deployments.apps", "web"), ("deployment", "web", "-n", "shop")]
    )
    def test_a_name_alone_or_in_the_next_word_will_do(self, folder, k8slint, words):
        folder(app=deployment("web") + deployment("db"))
        for paths in ((), ("app.yaml",), (".",)):
            ended = k8slint("why", *words, *paths, "--nodes", NODES)
            assert (ended.code, ended.err) == (0, "")
            assert ended.out.startswith("Deployment shop/web: 1 assigned")

    def test_a_name_that_several_kinds_have_needs_its_kind(self, folder, k8slint):
        stateful = deployment("web").replace("Deployment", "StatefulSet")
        folder(app=deployment("web") + stateful)
        ended = k8slint("why", "web", "app.yaml", "--nodes", NODES)
        assert (ended.code, ended.err) == (2, 'k8slint: "web" is deploy/web or sts/web; say which\n')
        assert k8slint("why", "sts", "web", "app.yaml", "--nodes", NODES).out.startswith("StatefulSet shop/web")

    def test_a_word_that_is_a_path_is_no_name(self, folder, k8slint, tmp_path):
        folder(app=deployment("web"))
        (tmp_path / "web").mkdir()
        (tmp_path / "web" / "b.yaml").write_text(deployment("deploy"))
        ended = k8slint("why", "deploy", "web", "--nodes", NODES)
        assert (ended.code, ended.out[:23]) == (0, "Deployment shop/deploy:")

    def test_a_pod_by_its_name_alone(self, folder, k8slint):
        folder(app=deployment("web").replace("Deployment", "StatefulSet"))
        assert k8slint("why", "web-0", "app.yaml", "--nodes", NODES).out.startswith("StatefulSet shop/web")

    @pytest.mark.parametrize(("cpu", "code"), [("100m", 0), ("9", 1)])
    def test_a_broken_file_beside_it_changes_no_exit_code(self, folder, k8slint, cpu, code):
        folder(app=deployment("web", cpu=cpu), broken="apiVersion: v1\nkind: Pod\nmetadata: [1\n")
        ended = k8slint("why", "deploy/web", ".", "--nodes", NODES)
        assert ended.code == code
        assert ended.err.startswith("k8slint: broken.yaml:")
        assert ended.err.endswith("; left out, the answer is that of the rest\n")
        assert ended.out.startswith("Deployment shop/web: ")

    def test_a_path_that_is_not_there_is_bad_use(self, folder, k8slint):
        folder(app=deployment("web"))
        ended = k8slint("why", "deploy/web", "app.yaml", "nope.yaml", "--nodes", NODES)
        assert ended.code == 2
        assert ended.err.startswith("k8slint: nope.yaml: no such file")

    def test_a_broken_file_may_hold_what_is_not_found(self, folder, k8slint):
        folder(app=deployment("web"), broken="apiVersion: v1\nkind: Pod\nmetadata: [1\n")
        ended = k8slint("why", "deploy/cart", ".", "--nodes", NODES)
        assert (ended.code, ended.err.count("\n")) == (2, 2)

    def test_a_pod_leads_to_its_workload(self, folder, k8slint):
        folder(app=deployment("web").replace("Deployment", "StatefulSet"))
        assert k8slint("why", "po/web-0", "app.yaml", "--nodes", NODES).out.startswith("StatefulSet shop/web")

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("web", 'there is no workload "web"; there are deployment/frontend'),
            ("fontend", 'there is no workload "fontend"; did you mean "frontend"?'),
            ("deploy/", '"deploy/" names no workload; expected kind/name, as deploy/web'),
            ("deploi/web", 'did you mean "deploy/web"?'),
            ("deployment.batch/web", 'did you mean "deployment.apps/web"?'),
            ("deploy/frontent", 'did you mean "frontend"?'),
            ("sts/zzz", "there are deployment/frontend"),
            ("svc/web", "no kind that makes pods"),
        ],
    )
    def test_what_is_misspelt(self, folder, k8slint, name, said):
        folder(app=deployment("frontend"))
        ended = k8slint("why", name, "app.yaml", "--nodes", NODES)
        assert (ended.code, ended.out) == (2, "")
        assert said in ended.err

    def test_the_filters_by_node(self, folder, k8slint, tmp_path):
        folder(app=deployment("web", replicas=4, cpu="2500m"))
        (tmp_path / "c.yaml").write_text(k8slint("cluster", "example").out)
        ended = k8slint("why", "deploy/web", "app.yaml", "--cluster", "c.yaml")
        assert ended.code == 1
        rows = {line.split()[0]: line.split()[1:3] for line in ended.out.splitlines() if line.startswith("  node-")}
        assert "  NODE     TaintToleration   NodeResourcesFit\n" in ended.out
        assert rows["node-3"] == ["✗", "✓"]
        assert rows["node-2"] == ["✓", "✗"]

    def test_equal_nodes_are_one_row(self, folder, k8slint):
        folder(app=deployment("web", cpu="5"))
        ended = k8slint("why", "deploy/web", "app.yaml", "--nodes", "50:cpu=4,memory=8Gi")
        assert "node-1 … node-50 (50)   ✗" in ended.out
        assert len(ended.out.splitlines()) < 15

    def test_the_scores_of_the_best(self, folder, k8slint):
        folder(app=deployment("first", cpu="2") + deployment("web"))
        out = k8slint("why", "deploy/web", "app.yaml", "--nodes", "9:cpu=4,memory=8Gi").out
        assert "NodeResourcesFit" in out
        assert "and 4 nodes more" in out
        assert "scored as high: which of them is taken is an accident" in out

    def test_of_two_namespaces_both_unless_one_is_named(self, folder, k8slint):
        folder(app=deployment("web") + deployment("web", namespace="blog"))
        arguments = ("why", "deploy/web", "app.yaml", "--nodes", NODES)
        assert {"shop/web", "blog/web"} <= set(k8slint(*arguments).out.replace(":", "").split())
        assert "shop/web" not in k8slint(*arguments, "-n", "blog").out


class TestCluster:
    def test_the_example_works(self, folder, k8slint, tmp_path):
        folder(app=deployment("web", replicas=2))
        (tmp_path / "c.yaml").write_text(k8slint("cluster", "example").out)
        ended = k8slint("schedule", "app.yaml", "--cluster", "c.yaml")
        assert (ended.code, ended.err) == (0, "")
        assert "kube-system/monitor" in ended.out

    @pytest.mark.parametrize("output", ["yaml", "json"])
    def test_a_snapshot_is_a_cluster(self, folder, k8slint, tmp_path, output):
        folder(app=deployment("web"))
        node = {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {
                "name": "one",
                "labels": {"a": "yes", "b": "0400", "c": "1e3", "d": "~"},
                "managedFields": [1],
            },
            "status": {"allocatable": {"cpu": "4", "memory": "8Gi"}},
        }
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"p": "hunter2"}}
        printed = json.dumps({"apiVersion": "v1", "kind": "List", "items": [node, secret]}).encode()
        ended = k8slint("cluster", "snapshot", "-", "-o", output, stdin=printed)
        assert ended.code == 0
        assert "hunter2" not in ended.out
        assert "managedFields" not in ended.out
        (tmp_path / "c.yaml").write_text(ended.out)
        assert k8slint("schedule", "app.yaml", "--cluster", "c.yaml").code == 0
        again = k8slint("cluster", "snapshot", "c.yaml", "-o", "json")
        assert json.loads(again.out)["items"][0]["metadata"]["labels"] == node["metadata"]["labels"]

    def test_names_can_be_taken_out(self, k8slint):
        node = b'{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "ip-10-1-2-3.corp.example"}}'
        ended = k8slint("cluster", "snapshot", "-", "--anonymize", stdin=node)
        assert ended.code == 0
        assert "corp" not in ended.out

    @pytest.mark.parametrize(
        "printed", [b"", b"[1", b'{"kind": 5, "items": [3, null, {"kind": "Node"}]}'[:-30], b"\xff", b"3"]
    )
    def test_what_is_no_cluster_says_what_to_run(self, k8slint, printed):
        ended = k8slint("cluster", "snapshot", "-", stdin=printed)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith("k8slint: standard input")

    def test_at_a_terminal_it_says_what_to_run(self, program):
        leader, terminal = os.openpty()
        try:
            ended = program("cluster", "snapshot", "-", stdin=terminal)
        finally:
            os.close(leader)
            os.close(terminal)
        assert (ended.code, ended.out) == (2, "")
        assert "kubectl get nodes,pods" in ended.err


@pytest.mark.parametrize("command", [["schedule"], ["why", "pod/web"]])
def test_colours_may_be_a_setting(project, k8slint, monkeypatch, command):
    argv = [*command, "good.yaml", "--nodes", "1"]
    assert "\x1b[" not in k8slint(*argv).out
    (project / ".k8slint.yaml").write_text("color: true\n")
    assert "\x1b[" in k8slint(*argv).out
    assert "\x1b[" not in k8slint(*argv, "--no-color").out
    monkeypatch.setenv("K8SLINT_COLOR", "false")
    assert "\x1b[" not in k8slint(*argv).out
