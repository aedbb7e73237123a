"""What hides behind the scheduler's sentence, and whether the changes that are proposed do work."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from k8slint.cluster.cluster import Cluster
from k8slint.scheduling import Assigned, Snapshot, schedule
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.explain import Explainer
from k8slint.simulation.results import Verdict
from k8slint.values.version import KubernetesVersion
from tests.build import objects_of


def node(name, *, labels=None, taints=None, cordoned=False, **allocatable):
    spec = {"taints": taints or []}
    if cordoned:
        spec["unschedulable"] = True
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels or {}},
        "spec": spec,
        "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110", **allocatable}},
    }


def pod(name, *, cpu="100m", memory="100Mi", labels=None, **spec):
    container = {"name": "a", "image": "a:1", "resources": {"requests": {"cpu": cpu, "memory": memory}}}
    metadata = {"name": name, "namespace": "shop", "labels": labels or {}}
    spec = {"containers": [{**container, **spec.pop("container", {})}], **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def rehearse(nodes, pods):
    return dry_run(Cluster(objects_of(*pods), objects_of(*nodes)), KubernetesVersion(1, 36))


def explained(nodes, *pods):
    """The explanation of the last pod, the others being where the scheduler put them."""
    run = rehearse(nodes, pods)
    assert run.pods[-1].verdict is Verdict.UNSCHEDULABLE
    explanation = Explainer(run).explain(run.pods[-1])
    assert explanation is not None
    return explanation


def texts(explanation, name):
    return [obstacle.text for obstacle in explanation.nodes[name]]


def changes(explanation):
    return [(change.node, change.text) for change in explanation.changes]


TAINT = {"key": "dedicated", "value": "db", "effect": "NoSchedule"}


class TestObstacles:
    def test_every_filter_that_fails_is_told_not_only_the_first(self):
        found = explained(
            [node("one", taints=[TAINT], labels={"disk": "hdd"})], pod("p", cpu="6", nodeSelector={"disk": "ssd"})
        )
        assert texts(found, "one") == [
            "has the taint dedicated=db:NoSchedule, not tolerated",
            "lacks the label disk=ssd (has disk=hdd)",
            "lacks cpu",
        ]

    def test_amounts_are_what_is_missing_beside_the_pods_that_are_there(self):
        found = explained([node("one")], pod("first", cpu="3", memory="6Gi"), pod("p", cpu="1500m", memory="3Gi"))
        lacks = {obstacle.resource: obstacle.lack for obstacle in found.nodes["one"]}
        assert lacks == {"cpu": 500, "memory": 1 << 30}

    def test_every_taint_counts(self):
        other = {"key": "gpu", "effect": "NoExecute"}
        found = explained([node("one", taints=[TAINT, other])], pod("p"))
        assert len(found.nodes["one"]) == 2

    def test_a_cordoned_node_is_cordoned_and_nothing_else(self):
        assert texts(explained([node("one", cordoned=True)], pod("p")), "one") == ["is cordoned"]

    def test_a_full_node_says_how_many_it_holds(self):
        found = explained([node("one", pods="1")], pod("first"), pod("p"))
        assert texts(found, "one") == ["holds 1 pods already, as many as it may"]

    def test_what_speaks_against_the_pod_itself_comes_first(self):
        volume = {"name": "d", "persistentVolumeClaim": {"claimName": "nope"}}
        found = explained([node("one")], pod("p", volumes=[volume]))
        assert found.whole == ('persistentvolumeclaim "nope" not found',)
        assert (found.nearest, found.changes) == ("", ())

    def test_a_claim_that_gets_no_volume_says_why(self):
        claim = {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "data", "namespace": "shop"},
            "spec": {
                "storageClassName": "",
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "1Gi"}},
            },
        }
        volume = {"name": "d", "persistentVolumeClaim": {"claimName": "data"}}
        some_class = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "x"}}
        found = explained([node("one"), some_class], claim, pod("p", volumes=[volume]))
        assert any(text.startswith('claim "data": ') for text in found.whole)

    def test_the_pods_of_a_daemon_set_are_judged_on_their_node_alone(self):
        template = {"metadata": {"labels": {"app": "d"}}, "spec": pod("x", cpu="3")["spec"]}
        daemon = {
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {"name": "d", "namespace": "shop"},
            "spec": {"selector": {"matchLabels": {"app": "d"}}, "template": template},
        }
        run = rehearse([node("big"), node("small", cpu="2")], [daemon])
        (failed,) = (each for each in run.pods if each.verdict is Verdict.UNSCHEDULABLE)
        found = Explainer(run).explain(failed)
        assert found is not None
        assert list(found.nodes) == ["small"]


class TestNearest:
    def test_fewest_obstacles_then_the_least_amount(self):
        nodes = [node("a", cpu="1", memory="1Gi"), node("b", cpu="1"), node("c", cpu="1500m")]
        assert explained(nodes, pod("p", cpu="2", memory="2Gi")).nearest == "c"

    def test_a_node_for_other_pods_is_not_near(self):
        nodes = [node("db", taints=[TAINT]), node("full", cpu="1", memory="1Gi")]
        assert explained(nodes, pod("p", cpu="2", memory="2Gi")).nearest == "full"


class TestChanges:
    def test_less_of_what_is_missing(self):
        found = explained([node("one", cpu="1500m")], pod("p", cpu="2"))
        assert changes(found) == [("one", "ask for at most 1500m cpu")]

    def test_all_that_a_node_needs_at_once(self):
        found = explained(
            [node("one", cpu="1", memory="1Gi", taints=[TAINT])],
            pod("p", cpu="2", memory="2Gi"),
        )
        assert changes(found) == [
            ("one", "ask for at most 1 cpu and 1Gi memory, and add a toleration for dedicated=db:NoSchedule")
        ]

    @pytest.mark.parametrize(
        ("labels", "spec", "text"),
        [
            ({}, {"nodeSelector": {"disk": "ssd"}}, "label one disk=ssd"),
            (
                {"topology.kubernetes.io/zone": "a"},
                {"nodeSelector": {"topology.kubernetes.io/zone": "b"}},
                "no longer ask for nodes with topology.kubernetes.io/zone=b",
            ),
        ],
    )
    def test_labels_that_are_the_operators_to_give(self, labels, spec, text):
        assert changes(explained([node("one", labels=labels)], pod("p", **spec))) == [("one", text)]

    @pytest.mark.parametrize(
        ("expression", "text"),
        [
            ({"key": "gpu", "operator": "Exists"}, "label one gpu="),
            ({"key": "disk", "operator": "In", "values": ["ssd", "nvme"]}, "label one disk=ssd"),
            ({"key": "disk", "operator": "NotIn", "values": ["hdd"]}, "remove the label disk from one"),
            ({"key": "cores", "operator": "Gt", "values": ["8"]}, "no longer ask for nodes with cores>8"),
        ],
    )
    def test_each_operator_of_node_affinity(self, expression, text):
        terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
        affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
        found = explained([node("one", labels={"disk": "hdd"})], pod("p", affinity=affinity))
        assert changes(found) == [("one", text)]

    def test_a_host_port_that_is_taken(self):
        port = {"container": {"ports": [{"containerPort": 80, "hostPort": 8080}]}}
        found = explained([node("one")], pod("first", **port), pod("p", **port))
        assert changes(found) == [("one", "take another host port than 8080/TCP")]

    def test_anti_affinity_that_is_only_preferred(self):
        term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "web"}}}
        affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
        found = explained([node("one")], pod("first", labels={"app": "web"}), pod("p", affinity=affinity))
        text = "make its pod anti-affinity over kubernetes.io/hostname preferred, not required"
        assert changes(found) == [("one", text)]

    def test_one_obstacle_behind_another_of_the_same_filter(self):
        near = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "none"}}}
        far = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "web"}}}
        affinity = {
            "podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [near]},
            "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [far]},
        }
        found = explained([node("one")], pod("first", labels={"app": "web"}), pod("p", affinity=affinity))
        ((_, text),) = changes(found)
        assert "pod affinity" in text
        assert "pod anti-affinity" in text

    def test_none_where_none_would_do(self):
        assert (
            explained([node("one")], pod("p", container={"resources": {"limits": {"gpu.example/a": "1"}}})).changes
            == ()
        )
        not_ready = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
        assert explained([node("one", taints=[not_ready])], pod("p")).changes == ()

    def test_a_larger_change_is_not_told_where_a_part_of_it_will_do(self):
        nodes = [node("a", cpu="1"), node("b", cpu="1", memory="1Gi"), node("c", cpu="1200m")]
        assert changes(explained(nodes, pod("p", cpu="2", memory="2Gi"))) == [("c", "ask for at most 1200m cpu")]


def test_a_pod_that_fits_once_others_are_there_is_said_to_fit():
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "db"}}}
    affinity = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    run = rehearse([node("one")], [pod("p", affinity=affinity), pod("db", labels={"app": "db"})])
    for each in run.pods:
        found = Explainer(run).explain(each)
        assert found is not None
        assert found.fits_on == ("one",)


def some_cluster(seed):
    """Nodes and pods with a bit of everything, mostly too many of them."""
    dice = random.Random(seed)  # noqa: S311 - the same cluster for the same seed
    nodes = [
        node(
            f"n{number}",
            labels={"zone": dice.choice("ab"), "disk": dice.choice(("ssd", "hdd"))},
            taints=[TAINT] if dice.random() < 0.2 else None,
            cordoned=dice.random() < 0.1,
            cpu=str(dice.randint(1, 4)),
            memory=f"{dice.randint(1, 6)}Gi",
            pods=str(dice.randint(2, 6)),
        )
        for number in range(dice.randint(1, 5))
    ]
    return nodes, [some_pod(f"p{number}", dice) for number in range(12)]


def some_pod(name, dice):
    def term():
        labels = {"app": dice.choice("xyz")}
        return [{"topologyKey": dice.choice(("zone", "rack")), "labelSelector": {"matchLabels": labels}}]

    spec, affinity = {}, {}
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    if dice.random() < 0.2:
        spec["nodeSelector"] = {"disk": dice.choice(("ssd", "nvme"))}
    if dice.random() < 0.2:
        spec["tolerations"] = [{"operator": "Exists"}]
    if dice.random() < 0.2:
        spec["container"] = {"ports": [{"containerPort": 80, "hostPort": 80}]}
    if dice.random() < 0.3:
        affinity["podAntiAffinity"] = {required: term()}
    if dice.random() < 0.1:
        affinity["podAffinity"] = {required: term()}
    if dice.random() < 0.3:
        expression = {"key": dice.choice(("zone", "disk")), "operator": dice.choice(("In", "NotIn")), "values": ["a"]}
        affinity["nodeAffinity"] = {required: {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}
    if dice.random() < 0.3:
        constraint = {"maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}
        spec["topologySpreadConstraints"] = [{**constraint, **one} for one in term()]
    amounts = {"cpu": f"{dice.randint(1, 20) * 100}m", "memory": f"{dice.randint(1, 20) * 100}Mi"}
    return pod(name, labels={"app": dice.choice("xyz")}, affinity=affinity, **amounts, **spec)


@pytest.mark.parametrize("seed", range(40))
def test_an_attempt_is_explained_as_the_message_tells_of_it(seed):
    run = rehearse(*some_cluster(seed))
    explainer = Explainer(run)
    for result in run.pods:
        if result.verdict is not Verdict.UNSCHEDULABLE or result.preemption is not None:
            continue
        found = explainer.explain_attempt(result)
        assert found is not None
        for name, rejection in result.statuses.items():
            assert rejection.plugin in {obstacle.plugin for obstacle in found.nodes[name]}, (name, result.message)


@pytest.mark.parametrize("seed", range(40))
def test_the_filters_asked_one_by_one_agree_with_the_scheduler(seed):
    run = rehearse(*some_cluster(seed))
    explainer, scene = Explainer(run), run.scene
    assert scene is not None
    placed = [each.pod.on(each.node) for each in scene.outcomes.values() if isinstance(each, Assigned)]
    for result in run.pods:
        if result.verdict is not Verdict.UNSCHEDULABLE:
            continue
        found = explainer.explain(result)
        assert found is not None
        stage, asked = scene.stage, scene.outcomes[result.key].pod
        (again,) = schedule(
            [*placed, asked], Snapshot.of(stage.nodes, stage.facts), stage.profiles[0], stage.version
        ).outcomes
        if isinstance(again, Assigned):
            assert again.node in found.fits_on
            continue
        assert found.fits_on == ()
        first = {name: rejection.plugin for name, rejection in again.statuses.items()}
        assert first == {name: obstacles[0].plugin for name, obstacles in found.nodes.items()}


@pytest.mark.parametrize("seed", range(15))
def test_a_node_that_is_changed_as_proposed_takes_the_pod(seed):
    """The changes to nodes, done to the manifests and not to what the explanation works with."""
    nodes, pods = some_cluster(seed)
    run = rehearse(nodes, pods)
    explainer, scene = Explainer(run), run.scene
    assert scene is not None
    placed = [each.pod.on(each.node) for each in scene.outcomes.values() if isinstance(each, Assigned)]
    for result in run.pods:
        found = explainer.explain(result) if result.verdict is Verdict.UNSCHEDULABLE else None
        for change in found.changes if found is not None else ():
            if not change.text.startswith("label ") or ", and" in change.text:
                continue
            key, _, value = change.text.rpartition(" ")[2].partition("=")
            changed = [
                replace(each, labels={**each.labels, key: value}) if each.name == change.node else each
                for each in scene.stage.nodes
            ]
            asked = scene.outcomes[result.key].pod
            (again,) = schedule([*placed, asked], Snapshot.of(changed, scene.stage.facts)).outcomes
            assert isinstance(again, Assigned)
