"""What holds of every answer to a question, on clusters nobody wrote down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.cluster_file import described_pool
from k8slint.scheduling import Assigned, Profile, schedule
from k8slint.simulation.drills.add import grow
from k8slint.simulation.drills.capacity import MOST_COPIES, capacity
from k8slint.simulation.drills.premises import Premises, homeless
from k8slint.simulation.drills.scale import scale
from k8slint.simulation.drills.search import fewest
from k8slint.simulation.drills.without import lose, lose_any
from k8slint.simulation.results import DryRun
from k8slint.values.version import KubernetesVersion
from tests.build import objects_of

FEW = settings(max_examples=30, deadline=None)
VERSION = KubernetesVersion(1, 36)
POOLS = ("big:cpu=4,memory=4Gi", "small:cpu=1,memory=1Gi,zones=a|b", "few:cpu=4,memory=8Gi,max=2")


@st.composite
def clusters(draw: st.DrawFn, *, apps: int = 3, plain: bool = False) -> Premises:
    nodes = [node(number, draw) for number in range(draw(st.integers(2, 4)))]
    workloads = [deployment(f"app{number}", draw, plain=plain) for number in range(draw(st.integers(1, apps)))]
    return Premises(Cluster(objects_of(*workloads), objects_of(*nodes)), VERSION, (Profile(),))


def node(number: int, draw: st.DrawFn) -> dict[str, Any]:
    room = {
        "cpu": draw(st.sampled_from(("1", "2", "4"))),
        "memory": draw(st.sampled_from(("1Gi", "4Gi"))),
        "pods": draw(st.sampled_from(("2", "5", "20"))),
    }
    # No two nodes are alike, so that every way to lose some is tried.
    labels = {"topology.kubernetes.io/zone": draw(st.sampled_from(("a", "b"))), "number": str(number)}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": f"n{number}", "labels": labels},
        "status": {"allocatable": room},
    }


def deployment(name: str, draw: st.DrawFn, *, plain: bool) -> dict[str, Any]:
    resources = {"cpu": draw(st.sampled_from(("0", "250m", "1"))), "memory": draw(st.sampled_from(("64Mi", "1Gi")))}
    spec: dict[str, Any] = {"containers": [{"name": "c", "image": "i:1", "resources": {"requests": resources}}]}
    labels = {"app": name}
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": labels}}
    if draw(st.booleans()):
        spec["affinity"] = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    if not plain and draw(st.booleans()):
        spread = {"maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": labels}}
        spec["topologySpreadConstraints"] = [{**spread, "topologyKey": "topology.kubernetes.io/zone"}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {
            "replicas": draw(st.integers(0, 4)),
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }


def said(run: DryRun) -> list[tuple[str, str, str, str]]:
    return [(pod.key, pod.verdict.value, pod.node, pod.message) for pod in run.pods]


@FEW
@given(clusters())
def test_as_many_copies_fit_as_are_counted_and_not_one_more(premises):
    run = premises.run()
    owner = run.workloads[0].obj
    found = capacity(run, owner)
    assert run.scene is not None
    template = next(each.pod for each in run.scene.templates if each.batch.item.obj is owner)
    copies = [replace(template, name=f"copy-{number}") for number in range(found.total + 1)]
    assert found.next is not None
    assert found.total < MOST_COPIES
    fitting = schedule(copies[:-1], run.scene.snapshot, version=VERSION).outcomes
    assert all(isinstance(outcome, Assigned) for outcome in fitting)
    *_, last = schedule(copies, run.scene.snapshot, version=VERSION, stops=True).outcomes
    assert last.pod is copies[-1]
    assert last.message == found.next.message


@FEW
@given(clusters())
def test_the_largest_of_a_shape_fits_and_a_little_larger_does_not(premises):
    run = premises.run()
    owner = run.workloads[0].obj
    found = capacity(run, owner)
    assume(found.largest is not None)
    scene = run.scene
    pod = next(each.pod for each in scene.templates if each.batch.item.obj is owner)

    def fits(share):
        amounts = {name: int(amount * share) for name, amount in found.largest.amounts.items()}
        request = pod.amounts.request._replace(
            cpu_millicores=amounts.get("cpu", 0), memory_bytes=amounts.get("memory", 0)
        )
        tried = replace(pod, amounts=replace(pod.amounts, request=request), signature=share)
        return isinstance(schedule([tried], scene.snapshot, version=VERSION).outcomes[0], Assigned)

    assert fits(1)
    assert not fits(1.01)
    assert found.total == 0 or all(
        found.largest.amounts[name] >= found.requests[name] for name in found.largest.amounts
    )


@FEW
@given(clusters(), st.sets(st.integers(0, 3), min_size=1, max_size=2))
def test_without_nodes_it_is_the_schedule_of_the_smaller_cluster(premises, numbers):
    names = [f"n{number}" for number in numbers]
    left = [obj for obj in premises.cluster.description if obj.name not in names]
    assume(left)
    smaller = premises.having(objects=premises.cluster.objects, description=left).run()
    found = lose(premises, names)
    assert said(found.run) == said(smaller)
    assert found.worst.homeless == len(homeless(smaller))


@FEW
@given(clusters(), st.integers(1, 2))
def test_no_other_loss_is_worse_than_the_worst(premises, count):
    run = premises.run()
    names = [each.name for each in run.nodes]
    assume(count < len(names))
    found = lose_any(premises, run, count)
    assert found.is_certain
    others = [[name] for name in names]
    if count == 2:
        others = [[one, two] for place, one in enumerate(names) for two in names[place + 1 :]]
    assert found.worst.homeless == max(lose(premises, lost).worst.homeless for lost in others)


@FEW
@given(clusters(), st.sampled_from(POOLS))
def test_one_added_node_less_is_too_few(premises, text):
    run, pool = premises.run(), described_pool(text)
    growth = grow(premises, run, [pool])

    def left_with(count):
        nodes = (*premises.cluster.description, *pool.nodes(count))
        return len(homeless(premises.having(objects=premises.cluster.objects, description=nodes).run()))

    assert left_with(growth.nodes) == len(homeless(growth.run)) <= len(growth.before)
    if growth.nodes:
        assert left_with(growth.nodes - 1) > len(homeless(growth.run))
    assert pool.most is None or growth.nodes <= pool.most


@FEW
@given(clusters(apps=1, plain=True))
def test_more_replicas_are_no_easier_to_place(premises):
    owner = premises.cluster.objects[0]
    found = scale(premises, owner, range(9))
    stopped = [len(row.stopped) for row in found.rows]
    assert [row.replicas for row in found.rows] == list(range(9))
    assert stopped == sorted(stopped)
    assert [row.assigned + len(row.stopped) for row in found.rows] == list(range(9))
    assert found.fits_up_to == max(row.replicas for row in found.rows if not row.stopped)


@given(st.frozensets(st.integers(0, 40)), st.integers(1, 40), st.integers(0, 40))
def test_a_search_ends_where_one_less_does_not_do(reached, guess, most):
    most = max(guess, most)
    found = fewest(lambda count: count in reached, guess, most)
    if found is None:
        assert most not in reached
    else:
        assert found in reached
        assert found == 0 or found - 1 not in reached
