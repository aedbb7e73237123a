"""`k8slint capacity`, and `k8slint schedule` with a question, as a user types them."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from k8slint.bundled import SCHEMAS

NODES = ("--nodes", "3:cpu=4,memory=8Gi,zones=a|b|c")
FILES = ("schedule", "capacity", "drill")
CONTRACTS = {name: json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")) for name in FILES}
KNOWN = Registry().with_resources(
    [(f"{name}.schema.json", Resource.from_contents(contract)) for name, contract in CONTRACTS.items()]
)


def workload(name, kind="Deployment", *, replicas=1, cpu="1", spec="", namespace="shop"):
    count = "" if kind == "DaemonSet" else f"replicas: {replicas}"
    return dedent(f"""\
        ---
        apiVersion: apps/v1
        kind: {kind}
        metadata: {{name: {name}, namespace: {namespace}}}
        spec:
          {count}
          selector: {{matchLabels: {{app: {name}}}}}
          template:
            metadata: {{labels: {{app: {name}}}}}
            spec:
              containers: [{{name: a, image: "a:1", resources: {{requests: {{cpu: {cpu}, memory: 1Gi}}}}}}]
        """) + (f"      {spec}\n" if spec else "")


@pytest.fixture
def ask(tmp_path, monkeypatch, k8slint):
    """A function that runs the program on a file of these manifests, which the words name after the first two."""
    monkeypatch.chdir(tmp_path)

    def run(manifests, *words, nodes=NODES):
        (tmp_path / "app.yaml").write_text(manifests)
        at = 2 if words[0] == "capacity" else 1
        return k8slint(*words[:at], "app.yaml", *words[at:], *nodes)

    return run


def valid(text, contract):
    answer = json.loads(text)
    Draft202012Validator(CONTRACTS[contract], registry=KNOWN).validate(answer)
    return answer


class TestCapacity:
    def test_how_many_fit_where_and_what_stops_the_next(self, ask):
        ended = ask(workload("web", replicas=2), "capacity", "deploy/web")
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith(
            "Deployment shop/web: 10 more fit (app.yaml:3)\n  one asks for 1 cpu and 1Gi memory\n"
        )
        assert "by zone: 3 in a, 3 in b, 4 in c\n" in ended.out
        assert "  0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available:" in ended.out
        assert "  before any copy comes, one fits with 4 cpu and 4Gi memory, on node-" in ended.out

    def test_for_programs(self, ask):
        answer = valid(ask(workload("web", replicas=2), "capacity", "web", "-o", "json").out, "capacity")
        assert (answer["more"], answer["isKnown"], answer["isLowerBound"]) == (10, True, False)
        assert answer["zones"] == {"a": 3, "b": 3, "c": 4}
        assert sum(answer["nodes"].values()) == 10
        assert answer["next"]["verdict"] == "unschedulable"
        assert answer["largest"]["amounts"] == {"cpu": 4000, "memory": 4 << 30}

    def test_none_fits(self, ask):
        ended = ask(workload("web", cpu="3") + workload("db", cpu="3", replicas=3), "capacity", "web")
        assert ended.code == 1
        assert "Deployment shop/web: no more fit" in ended.out
        assert "1 pod of the manifests has no node" in ended.out
        assert "before any copy comes, one fits with 1 cpu" in ended.out

    def test_the_copies_of_a_stateful_set_bring_their_claims(self, ask):
        claim = "spec: {accessModes: [ReadWriteOnce], storageClassName: local, resources: {requests: {storage: 1Gi}}}"
        volume = dedent("""\
            ---
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: disk-%(number)s}
            spec:
              capacity: {storage: 1Gi}
              accessModes: [ReadWriteOnce]
              storageClassName: local
              local: {path: /mnt}
              nodeAffinity:
                required:
                  nodeSelectorTerms:
                    - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-%(number)s]}]
            status: {phase: Available}
            """)
        local = "---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: local}\n"
        local += "provisioner: kubernetes.io/no-provisioner\nvolumeBindingMode: WaitForFirstConsumer\n"
        manifests = workload("db", "StatefulSet") + f"  volumeClaimTemplates: [{{metadata: {{name: data}}, {claim}}}]\n"
        manifests += local + "".join(volume % {"number": number} for number in (1, 2, 3))
        ended = ask(manifests, "capacity", "sts/db")
        assert "StatefulSet shop/db: 2 more fit" in ended.out
        assert "✗ db-3: fit nowhere" in ended.out or "x db-3: fit nowhere" in ended.out
        assert "3 node(s) didn't find available persistent volumes to bind" in ended.out

    def test_a_quota_stops_the_next(self, ask):
        quota = (
            "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: shop}\nspec: {hard: {pods: 3}}\n"
        )
        # The copies come after the pods of the other workload, which the quota counts first.
        ended = ask(quota + workload("web") + workload("db"), "capacity", "deploy/web")
        assert "Deployment shop/web: 1 more fits" in ended.out
        assert "exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3" in ended.out
        assert "refused by the API server" in ended.out

    @pytest.mark.parametrize(
        ("manifest", "said"),
        [
            (workload("web", "DaemonSet"), "it has one pod on each node that it wants, 3 here, so it has no copies"),
            (workload("web", spec="nodeName: node-1"), 'its pods name their node, "node-1", so the scheduler is not'),
            (workload("web", spec="schedulerName: own"), 'scheduler "own" is not described'),
            (workload("web", replicas="${COUNT}"), "spec.replicas: a string ('${COUNT}') where a whole number was"),
        ],
    )
    def test_what_cannot_be_counted(self, ask, manifest, said):
        ended = ask(manifest, "capacity", "web")
        assert ended.code == 2
        assert ": not counted (app.yaml:3)" in ended.out
        assert said in " ".join(ended.out.split())
        assert not valid(ask(manifest, "capacity", "web", "-o", "json").out, "capacity")["isKnown"]

    def test_a_workload_without_pods_can_be_counted(self, ask):
        assert "Deployment shop/web: 12 more fit" in ask(workload("web", replicas=0), "capacity", "web").out

    def test_a_gated_pod_goes_nowhere(self, ask):
        ended = ask(workload("web", spec="schedulingGates: [{name: example.com/wait}]"), "capacity", "web")
        assert ended.code == 1
        assert "waiting for scheduling gates: [example.com/wait]" in ended.out

    def test_nodes_of_unknown_size(self, ask):
        ended = ask(workload("web"), "capacity", "web", nodes=("--nodes", "2"))
        assert "Deployment shop/web: 219 more fit" in ended.out
        assert "OF ITS SHAPE" not in ended.out

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("deploy/webb",), 'there is no Deployment "webb"; did you mean "web"?'),
            (("web", "-n", "other"), 'there is no workload "web" in namespace "other"'),
            (("both",), 'several are called "both"; say which: -n one or -n two'),
        ],
    )
    def test_what_is_not_there(self, ask, words, said):
        manifests = workload("web") + workload("both", namespace="one") + workload("both", namespace="two")
        ended = ask(manifests, "capacity", *words)
        assert (ended.code, ended.out) == (2, "")
        assert said in ended.err
        assert ended.err.count("\n") == 1


class TestWithout:
    def test_a_node(self, ask):
        ended = ask(workload("web", replicas=9), "schedule", "--without", "node-2")
        assert ended.code == 1
        assert ended.out.startswith("Without node-2, 1 pod fits nowhere.\n\n9 pods on 2 nodes")

    def test_it_is_the_schedule_of_the_smaller_cluster(self, ask):
        app = workload("web", replicas=5) + workload("db", "StatefulSet", replicas=4)
        lost = ask(app, "schedule", "--without", "node-3", "-o", "json")
        small = ask(app, "schedule", "-o", "json", nodes=("--nodes", "2:cpu=4,memory=8Gi,zones=a|b"))
        answer, alone = valid(lost.out, "drill")["schedule"], json.loads(small.out)
        for pod in (*answer["pods"], *alone["pods"]):
            del pod["scores"]  # a question does not pay for them
        assert (answer["pods"], answer["nodes"]) == (alone["pods"], alone["nodes"])

    @pytest.mark.parametrize(
        ("text", "left"), [("zone=a", 2), ("node-1,zone=b", 1), ("topology.kubernetes.io/zone=c", 2)]
    )
    def test_labels(self, ask, text, left):
        ended = ask(workload("web"), "schedule", "--without", text)
        assert f"1 pod on {left} node" in ended.out

    def test_the_worst_of_any(self, ask):
        cluster = "".join(
            f"---\napiVersion: v1\nkind: Node\nmetadata: {{name: {name}}}\n"
            f'status: {{allocatable: {{cpu: "{cpu}", memory: 8Gi, pods: "110"}}}}\n'
            for name, cpu in (("small", 1), ("large", 6), ("middle", 3))
        )
        ended = ask(cluster + workload("web", replicas=8), "schedule", "--without", "1", nodes=())
        assert ended.code == 1
        assert ended.out.startswith("The worst of 3 ways to lose 1 of 3 nodes: without large, 4 pods fit nowhere.\n")
        rows = [line.split() for line in ended.out.splitlines()[3:6]]
        assert rows == [["large", "4"], ["middle", "1"], ["small", "0"]]

    def test_none_is_missed(self, ask):
        ended = ask(workload("web", replicas=4), "schedule", "--without", "1")
        assert ended.code == 0
        assert ended.out.startswith("Whichever 1 node of 3 is lost, all pods fit.\n")
        answer = valid(ask(workload("web", replicas=4), "schedule", "--without", "1", "-o", "json").out, "drill")
        assert answer["answer"]["isCertain"]
        assert answer["answer"]["ways"] == 3

    def test_too_many_ways_to_try(self, ask):
        app = "".join(workload(f"web{number}", replicas=9, cpu="100m") for number in range(12))
        answer = ask(
            app, "schedule", "--without", "9", "-o", "json", nodes=("--nodes", "40:cpu=1,memory=8Gi,zones=a|b|c")
        )
        found = valid(answer.out, "drill")["answer"]
        assert not found["isCertain"]
        assert found["ways"] == 273438880
        assert len(found["cases"][0]["nodes"]) == 9

    def test_running_pods_are_made_anew_but_for_those_of_the_node(self, ask):
        def pod(name, owner):
            reference = f"[{{apiVersion: apps/v1, kind: {owner}, name: o, controller: true}}]"
            return (
                f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, ownerReferences: {reference}}}\n"
                'spec: {nodeName: n1, containers: [{name: a, image: "a:1"}]}\nstatus: {phase: Running}\n'
            )

        room = "status: {allocatable: {cpu: 4, memory: 8Gi}}"
        nodes = "".join(f"---\napiVersion: v1\nkind: Node\nmetadata: {{name: n{n}}}\n{room}\n" for n in (1, 2))
        bare = pod("bare", "X").replace("ownerReferences", "other")
        with open("cluster.yaml", "w", encoding="utf-8") as file:
            file.write(nodes + pod("web", "ReplicaSet") + pod("agent", "DaemonSet") + pod("mirror", "Node") + bare)
        ended = ask(workload("app"), "schedule", "--without", "n1", "-o", "json", nodes=("--cluster", "cluster.yaml"))
        run = valid(ended.out, "drill")["schedule"]
        assert [(pod["name"], pod["node"]) for pod in run["pods"]] == [("app-bdjrgwgq9w-00001", "n2"), ("web", "n2")]
        assert "running pods without a controller end with their node: default/bare" in run["assumptions"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("node-9", 'there is no node "node-9"; did you mean "node-1"?'),
            ("x", 'there is no node "x"; there are node-1, node-2, node-3'),
            ("zone=q", "no node has the label zone=q; there are zone=a, zone=b, zone=c"),
            ("zone", '"zone" is a label; did you mean "zone=a"?'),
            ("zones=a", 'no node has a label "zones"; did you mean "zone=a"?'),
            ("0", "expected fewer than the 3 nodes there are, and at least 1"),
            ("3", "expected fewer than the 3 nodes there are, and at least 1"),
            ("node-1,node-2,node-3", "these are all the nodes; no pod would have one"),
            (",", "expected a node, a label as zone=a, or a number of nodes"),
        ],
    )
    def test_one_line_says_what_to_do(self, ask, text, said):
        ended = ask(workload("web"), "schedule", "--without", text)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == f'k8slint: --without "{text}": {said}\n'


class TestAdd:
    def test_as_few_as_will_do(self, ask):
        app = workload("web", replicas=20)
        ended = ask(app, "schedule", "--add", "big:cpu=3,memory=16Gi,zones=a|b")
        assert ended.code == 0
        assert ended.out.startswith(
            "3 nodes of big (cpu=3, memory=16Gi, zones=a|b) are enough for the 8 pods that fit nowhere now.\n"
        )
        assert "20 pods on 6 nodes for Kubernetes 1.37: all assigned" in ended.out

    def test_the_first_pool_that_helps(self, ask):
        app = workload("large", cpu="7") + workload("web", replicas=13)
        words = ("--add", "tiny:cpu=1500m,memory=2Gi", "--add", "big:cpu=8,memory=16Gi")
        answer = valid(ask(app, "schedule", *words, "-o", "json").out, "drill")
        pools = {pool["name"]: pool["nodes"] for pool in answer["answer"]["pools"]}
        assert pools == {"tiny": 1, "big": 1}
        assert answer["answer"]["withoutNode"] == 0
        assert any(text.startswith("pools are grown in the order given") for text in answer["schedule"]["assumptions"])

    def test_nothing_to_add(self, ask):
        ended = ask(workload("web"), "schedule", "--add", "big:cpu=3")
        assert ended.code == 0
        assert ended.out.startswith("All pods fit already: no node is to be added.\n")

    def test_no_number_helps(self, ask):
        ended = ask(workload("web", cpu="9"), "schedule", "--add", "big:cpu=8,memory=8Gi")
        assert ended.code == 1
        assert ended.out.startswith("No added node helps: 1 pod fits nowhere with up to 8 of big too.\n")

    def test_not_more_than_may_be(self, ask):
        ended = ask(workload("web", replicas=20), "schedule", "--add", "big:cpu=3,memory=16Gi,max=1")
        assert ended.code == 1
        assert "is all that helps, for 3 of the 8 pods that fit nowhere now; up to 1 of big were tried." in " ".join(
            ended.out.split()
        )

    def test_a_daemon_set_is_on_the_added_nodes_too(self, ask):
        app = workload("agent", "DaemonSet") + workload("web", replicas=11)
        ended = ask(app, "schedule", "--add", "big:cpu=2,memory=16Gi")
        assert ended.out.startswith("2 nodes of big")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("3", "expected a name and what a node has, as big:cpu=8,memory=32Gi,zones=a|b,max=10"),
            ("big:", "expected a name and what a node has, as big:cpu=8,memory=32Gi,zones=a|b,max=10"),
            ("Big:cpu=4", "expected a name and what a node has, as big:cpu=8,memory=32Gi,zones=a|b,max=10"),
            ("big:cpus=4", 'nodes have no "cpus"; did you mean cpu=4?'),
            ("big:cpu=4,mx=3", 'nodes have no "mx"; did you mean max=3?'),
            ("big:cpu=4,max=0", "max=0: expected a number of nodes, as max=10"),
            ("big:cpu=-1", "cpu=-1 is less than 0"),
            ("big:cpu=4,zones=a,b", "did you mean zones=a|b?"),
            ("big:memory=8g", "memory=8g: did you mean 8Gi?"),
            ("node:cpu=4", 'there is a node "node-1" already; give the pool another name'),
        ],
    )
    def test_one_line_says_what_to_do(self, ask, text, said):
        ended = ask(workload("web"), "schedule", "--add", text)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == f'k8slint: --add "{text}": {said}\n'

    def test_pools_of_one_name(self, ask):
        ended = ask(workload("web"), "schedule", "--add", "big:cpu=1", "--add", "big:cpu=2")
        assert ended.err == 'k8slint: --add: there are two pools "big"; give one another name\n'


class TestScale:
    def test_a_table_of_replicas(self, ask):
        ended = ask(workload("web"), "schedule", "--scale", "deploy/web=11..13")
        assert ended.code == 1
        first, _, *rows = ended.out.splitlines()[:6]
        assert first == "Deployment shop/web: all pods fit up to 12 replicas; with 13, 1 pod has no node."
        assert [row.split() for row in rows[1:]] == [["11", "11", "-"], ["12", "12", "-"], ["13", "12", "1"]]
        assert "  0/3 nodes are available: 3 Insufficient cpu." in ended.out

    def test_all_fit(self, ask):
        ended = ask(workload("web"), "schedule", "--scale", "web=2..4")
        assert ended.code == 0
        assert ended.out.startswith("Deployment shop/web: all pods fit up to 4 replicas.\n")

    def test_many_numbers_are_not_all_tried(self, ask):
        answer = valid(ask(workload("web"), "schedule", "--scale", "web=0..500", "-o", "json").out, "drill")
        assert answer["answer"]["fitsUpTo"] == 12
        assert 12 < len(answer["answer"]["rows"]) + 10 < 30
        assert {12, 13} <= {row["replicas"] for row in answer["answer"]["rows"]}
        assert any("were not tried" in text for text in answer["schedule"]["assumptions"])

    def test_the_autoscaler_wants_as_many(self, ask):
        scaler = dedent("""\
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: web, namespace: shop}
            spec: {minReplicas: 2, maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
            """)
        answer = valid(ask(workload("web") + scaler, "schedule", "--scale", "web=1..5", "-o", "json").out, "drill")
        assert [row["assigned"] for row in answer["answer"]["rows"]] == [1, 2, 3, 4, 5]

    def test_pods_of_others_that_fit_nowhere_anyway(self, ask):
        ended = ask(workload("web") + workload("huge", cpu="99"), "schedule", "--scale", "web=2..4")
        assert ended.out.startswith(
            "Deployment shop/web: all pods fit up to 4 replicas. 1 other pod has no node in any case.\n"
        )

    def test_not_even_the_fewest_fit(self, ask):
        ended = ask(workload("web", cpu="5"), "schedule", "--scale", "web=1..2")
        assert ended.out.startswith("Deployment shop/web: not even 1 replica fits.\n")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("web", '--scale "web": expected a workload and its replicas, as deploy/web=2..10'),
            ("web=1-4", '--scale "web=1-4": did you mean web=1..4?'),
            ("web=4..1", '--scale "web=4..1": did you mean web=1..4?'),
            ("web=x", '--scale "web=x": expected a workload and its replicas, as deploy/web=2..10'),
            ("web=1..300000", '--scale "web=1..300000": more than the 200,000 replicas that a dry run takes'),
            ("web=1..20000", '--scale "web=1..20000": more than the 10,000 numbers of them that a dry run takes'),
            ("deploy/webb=1..2", 'there is no Deployment "webb"; did you mean "web"?'),
            ("deplo/web=1..2", '"deplo" is no kind that makes pods; did you mean "deploy/web"?'),
            ("agent=1..2", '--scale "agent=1..2": ds/agent has no replicas; expected a deploy, sts, rs or rc'),
        ],
    )
    def test_one_line_says_what_to_do(self, ask, text, said):
        ended = ask(workload("web") + workload("agent", "DaemonSet"), "schedule", "--scale", text)
        assert (ended.code, ended.out, ended.err) == (2, "", f"k8slint: {said}\n")


@pytest.mark.parametrize("words", [("--without", "1"), ("--add", "big:cpu=4"), ("--scale", "web=12..14")])
class TestFormats:
    def test_every_format(self, ask, words):
        for form in ("table", "wide", "markdown"):
            ended = ask(workload("web", replicas=13), "schedule", *words, "-o", form)
            assert ended.err == ""
            assert "Deployment shop/web" in ended.out or "13 pods on" in ended.out
            assert ended.out.endswith("\n")
            assert not ended.out.endswith("\n\n")

    def test_one_question_at_a_time(self, ask, words):
        others = ("--scale", "web=1..2") if words[0] != "--scale" else ("--without", "1")
        ended = ask(workload("web"), "schedule", *words, *others)
        assert ended.err == "k8slint: --without, --add and --scale are one question each; ask one at a time\n"

    def test_no_nodes(self, ask, words):
        assert "no nodes are known" in ask(workload("web"), "schedule", *words, nodes=()).err
