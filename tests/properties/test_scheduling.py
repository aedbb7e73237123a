"""What holds of every schedule, on clusters nobody wrote down."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from k8slint.scheduling import Assigned, Node, Pod, Profile, Result, Snapshot, Unschedulable, schedule
from k8slint.scheduling.cache import Cache
from k8slint.scheduling.cycle import CycleState, run_pre_filter
from k8slint.scheduling.equivalence import NodeVerdicts
from k8slint.scheduling.features import Features
from k8slint.scheduling.registry import DEFAULT_PLUGINS
from k8slint.scheduling.runtime import Framework
from k8slint.scheduling.scoring import heap_ranks
from k8slint.values.version import KubernetesVersion

FEW = settings(max_examples=60, deadline=None)
ZONES = ("z1", "z2", "")
APPS = ("web", "db", "")
EFFECTS = ("NoSchedule", "NoExecute", "PreferNoSchedule")
VERSION = KubernetesVersion(1, 36)

labels = st.fixed_dictionaries({}, optional={"zone": st.sampled_from(ZONES), "disk": st.sampled_from(("ssd", "hdd"))})
taints = st.lists(
    st.fixed_dictionaries(
        {
            "key": st.sampled_from(("gpu", "old")),
            "value": st.sampled_from(("", "x")),
            "effect": st.sampled_from(EFFECTS),
        }
    ),
    max_size=2,
)
tolerations = st.lists(
    st.fixed_dictionaries(
        {"operator": st.sampled_from(("Exists", "Equal"))},
        optional={
            "key": st.sampled_from(("gpu", "old")),
            "value": st.sampled_from(("", "x")),
            "effect": st.sampled_from(EFFECTS),
        },
    ),
    max_size=2,
)
requests = st.fixed_dictionaries(
    {}, optional={"cpu": st.sampled_from(("0", "250m", "1", "3")), "memory": st.sampled_from(("64Mi", "1Gi", "3Gi"))}
)
room = st.fixed_dictionaries(
    {
        "cpu": st.sampled_from(("1", "2", "4")),
        "memory": st.sampled_from(("1Gi", "4Gi")),
        "pods": st.sampled_from(("1", "3", "9")),
    }
)
expressions = st.lists(
    st.sampled_from(
        (
            {"key": "disk", "operator": "In", "values": ["ssd"]},
            {"key": "disk", "operator": "NotIn", "values": ["ssd"]},
            {"key": "zone", "operator": "Exists"},
            {"key": "zone", "operator": "DoesNotExist"},
        )
    ),
    min_size=1,
    max_size=2,
)
ports = st.lists(
    st.tuples(st.sampled_from(("", "127.0.0.1")), st.sampled_from(("TCP", "UDP")), st.sampled_from((80, 81))),
    max_size=2,
)


@st.composite
def node_lists(draw: st.DrawFn, *, bare: bool = False) -> list[dict[str, Any]]:
    return [
        {
            "metadata": {"name": f"n{number}", "labels": {"host": f"n{number}", **draw(labels)}},
            "spec": {}
            if bare
            else {"taints": draw(taints), "unschedulable": draw(st.booleans()) and draw(st.booleans())},
            "status": {"allocatable": draw(room)},
        }
        for number in range(draw(st.integers(1, 5)))
    ]


@st.composite
def pod_lists(draw: st.DrawFn, *, bare: bool = False, crossing: bool = False) -> list[dict[str, Any]]:
    found = []
    for number in range(draw(st.integers(1, 8))):
        spec: dict[str, Any] = {"containers": [{"name": "c", "resources": {"requests": draw(requests)}}]}
        if not bare:
            spec |= {"tolerations": draw(tolerations), "priority": draw(st.sampled_from((0, 0, 5)))}
            spec["containers"][0]["ports"] = [
                {"hostIP": address, "protocol": protocol, "hostPort": port, "containerPort": port}
                for address, protocol, port in draw(ports)
            ]
            spec["affinity"] = draw(affinities())
        if crossing:
            spec |= draw(crossings())
        found.append({"metadata": {"name": f"p{number}", "labels": {"app": draw(st.sampled_from(APPS))}}, "spec": spec})
    return found


@st.composite
def affinities(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.booleans()):
        return {}
    terms = [{"matchExpressions": draw(expressions)} for _ in range(draw(st.integers(1, 2)))]
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}


@st.composite
def crossings(draw: st.DrawFn) -> dict[str, Any]:
    """Demands that look at the pods of other nodes."""
    selector = {"matchLabels": {"app": draw(st.sampled_from(APPS))}}
    key = draw(st.sampled_from(("zone", "host")))
    term = {"topologyKey": key, "labelSelector": selector}
    hard = {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
    soft = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 7, "podAffinityTerm": term}]}
    spread = {"topologyKey": key, "labelSelector": selector, "maxSkew": 1}
    return draw(
        st.sampled_from(
            (
                {},
                {"affinity": {"podAffinity": hard}},
                {"affinity": {"podAntiAffinity": hard}},
                {"affinity": {"podAffinity": soft}},
                {"affinity": {"podAntiAffinity": soft}},
                {"topologySpreadConstraints": [{**spread, "whenUnsatisfiable": "DoNotSchedule"}]},
                {"topologySpreadConstraints": [{**spread, "whenUnsatisfiable": "ScheduleAnyway"}]},
            )
        )
    )


def run(pods: list[dict[str, Any]], nodes: list[dict[str, Any]]) -> Result:
    return schedule([Pod.of(pod) for pod in pods], Snapshot.of(Node.of(node) for node in nodes))


def summary(result: Result) -> list[tuple[str, str]]:
    return [
        (outcome.pod.name, outcome.node if isinstance(outcome, Assigned) else getattr(outcome, "message", ""))
        for outcome in result.outcomes
    ]


def fresh_look(pod: Pod, placed: list[tuple[Pod, str]], nodes: list[Node]) -> CycleState:
    """The pod looked at by a scheduler that has seen nothing happen, only what is."""
    cache = Cache(Snapshot.of(nodes).with_pods(dict(placed)))
    framework = Framework(Profile(), Features.of(VERSION), DEFAULT_PLUGINS)
    state = run_pre_filter(pod, cache, framework, NodeVerdicts(pod, cache, framework))
    assert isinstance(state, CycleState)
    return state


@FEW
@given(pod_lists(crossing=True), node_lists())
def test_no_node_gives_away_more_than_it_has(pods: list[dict[str, Any]], nodes: list[dict[str, Any]]) -> None:
    for load in run(pods, nodes).nodes.values():
        assert all(amount <= load.allocatable.get(name, 0) for name, amount in load.requested.items())


@FEW
@given(pod_lists(crossing=True), node_lists())
def test_each_choice_stands_when_looked_at_afresh(pods: list[dict[str, Any]], nodes: list[dict[str, Any]]) -> None:
    # Pods of one importance: otherwise promised rooms come in, which a fresh look knows nothing of.
    for pod in pods:
        pod["spec"]["priority"] = 0
    described = [Node.of(node) for node in nodes]
    placed: list[tuple[Pod, str]] = []
    for outcome in schedule([Pod.of(pod) for pod in pods], Snapshot.of(described)).outcomes:
        state = fresh_look(outcome.pod, placed, described)
        verdicts = {node.name: state.filter_with_nominated(index) for index, node in enumerate(state.cache.nodes)}
        if isinstance(outcome, Assigned):
            assert verdicts[outcome.node] is None
            assert outcome.feasible == sum(verdict is None for verdict in verdicts.values())
            placed.append((outcome.pod, outcome.node))
        else:
            assert isinstance(outcome, Unschedulable)
            assert verdicts == outcome.statuses


@FEW
@given(pod_lists(), pod_lists(crossing=True), st.permutations(range(5)), node_lists())
def test_the_order_of_nodes_changes_no_verdict(
    running: list[dict[str, Any]], new: list[dict[str, Any]], order: list[int], nodes: list[dict[str, Any]]
) -> None:
    for number, pod in enumerate(running):
        pod["spec"]["nodeName"] = nodes[number % len(nodes)]["metadata"]["name"]
    shuffled = [nodes[index] for index in order if index < len(nodes)]
    one, other = run([*running, new[0]], nodes).outcomes[0], run([*running, new[0]], shuffled).outcomes[0]
    assert type(one) is type(other)
    if isinstance(one, Unschedulable) and isinstance(other, Unschedulable):
        assert one.statuses == other.statuses
        assert one.message == other.message
    if isinstance(one, Assigned) and isinstance(other, Assigned):
        assert one.feasible == other.feasible
        assert {one.node, *one.ties} == {other.node, *other.ties}


@FEW
@given(pod_lists(crossing=True), node_lists())
def test_the_same_input_gives_the_same_output(pods: list[dict[str, Any]], nodes: list[dict[str, Any]]) -> None:
    one, other = run(pods, nodes), run(pods, nodes)
    assert summary(one) == summary(other)
    assert one.nodes == other.nodes


@FEW
@given(pod_lists(bare=True), node_lists(bare=True), room)
def test_one_more_node_never_shuts_out_a_pod_that_only_asks_for_room(
    pods: list[dict[str, Any]], nodes: list[dict[str, Any]], more: dict[str, str]
) -> None:
    *running, new = pods
    for number, pod in enumerate(running):
        pod["spec"]["nodeName"] = nodes[number % len(nodes)]["metadata"]["name"]
    extra = {"metadata": {"name": "more"}, "status": {"allocatable": more}}
    if isinstance(run([*running, new], nodes).outcomes[0], Assigned):
        assert isinstance(run([*running, new], [*nodes, extra]).outcomes[0], Assigned)


MILLI = {"0": 0, "250m": 250, "1": 1000, "2": 2000, "3": 3000, "4": 4000}
MIB = {"64Mi": 64, "1Gi": 1024, "3Gi": 3072, "4Gi": 4096}


def plainly_fits(pod: dict[str, Any], node: dict[str, Any], there: list[dict[str, Any]]) -> bool:
    """The filters again, written out for the few values the generators use."""
    spec, room = pod["spec"], node["status"]["allocatable"]
    asked = [other["spec"]["containers"][0]["resources"]["requests"] for other in (*there, pod)]
    own = asked[-1]
    if len(asked) > int(room["pods"]):
        return False
    if MILLI[own.get("cpu", "0")] and sum(MILLI[item.get("cpu", "0")] for item in asked) > MILLI[room["cpu"]]:
        return False
    if "memory" in own and sum(MIB.get(item.get("memory", ""), 0) for item in asked) > MIB[room["memory"]]:
        return False
    marks = [*node["spec"]["taints"]]
    if node["spec"]["unschedulable"]:
        marks.append({"key": "node.kubernetes.io/unschedulable", "value": "", "effect": "NoSchedule"})
    if any(mark["effect"] != "PreferNoSchedule" and not bears(spec["tolerations"], mark) for mark in marks):
        return False
    required = spec["affinity"].get("nodeAffinity", {}).get("requiredDuringSchedulingIgnoredDuringExecution", {})
    terms = required.get("nodeSelectorTerms")
    here = node["metadata"]["labels"]
    if terms is not None and not any(all(says(item, here) for item in term["matchExpressions"]) for term in terms):
        return False
    taken = [port for other in there for port in other["spec"]["containers"][0]["ports"]]
    return not any(collide(one, other) for one in spec["containers"][0]["ports"] for other in taken)


def bears(tolerated: list[dict[str, str]], mark: dict[str, str]) -> bool:
    return any(
        item.get("effect", mark["effect"]) == mark["effect"]
        and item.get("key", mark["key"]) == mark["key"]
        and (item["operator"] == "Exists" or item.get("value", "") == mark["value"])
        for item in tolerated
    )


def says(item: dict[str, Any], here: dict[str, str]) -> bool:
    known = item["key"] in here
    match item["operator"]:
        case "In":
            return known and here[item["key"]] in item["values"]
        case "NotIn":
            return not known or here[item["key"]] not in item["values"]
        case "Exists":
            return known
        case _:
            return not known


def collide(one: dict[str, Any], other: dict[str, Any]) -> bool:
    same = one["hostPort"] == other["hostPort"] and one["protocol"] == other["protocol"]
    return same and ("" in (one["hostIP"], other["hostIP"]) or one["hostIP"] == other["hostIP"])


@FEW
@given(pod_lists(), node_lists())
def test_a_plain_reading_of_the_rules_finds_the_same_nodes(
    pods: list[dict[str, Any]], nodes: list[dict[str, Any]]
) -> None:
    for pod in pods:
        pod["spec"]["priority"] = 0
    by_name = {pod["metadata"]["name"]: pod for pod in pods}
    there: dict[str, list[dict[str, Any]]] = {node["metadata"]["name"]: [] for node in nodes}
    for outcome in run(pods, nodes).outcomes:
        pod = by_name[outcome.pod.name]
        fitting = [
            node["metadata"]["name"] for node in nodes if plainly_fits(pod, node, there[node["metadata"]["name"]])
        ]
        if isinstance(outcome, Assigned):
            assert outcome.node in fitting
            assert outcome.feasible == len(fitting)
            there[outcome.node].append(pod)
        else:
            assert fitting == []


@FEW
@given(pod_lists(), node_lists())
def test_without_its_victims_a_pod_fits_and_with_any_of_them_it_does_not(
    running: list[dict[str, Any]], nodes: list[dict[str, Any]]
) -> None:
    *running, new = running
    for number, pod in enumerate(running):
        pod["spec"]["nodeName"] = nodes[number % len(nodes)]["metadata"]["name"]
    new["spec"]["priority"] = 9
    outcome = run([*running, new], nodes).outcomes[0]
    if not isinstance(outcome, Unschedulable) or outcome.preemption is None:
        return
    described = [Node.of(node) for node in nodes]
    victims = {victim.name for victim in outcome.preemption.victims}
    kept = [(Pod.of(pod), pod["spec"]["nodeName"]) for pod in running if pod["metadata"]["name"] not in victims]
    state = fresh_look(outcome.pod, kept, described)
    index = state.cache.index_of[outcome.preemption.node]
    assert state.filter_with_nominated(index) is None
    for victim in outcome.preemption.victims:
        state.add_pod(victim, index)
        assert state.filter_with_nominated(index) is not None
        state.remove_pod(victim, index)


def go_heap_root(scores: list[int]) -> int:
    """Which place Go's container/heap.Init moves to the root, the highest score first."""
    heap = list(range(len(scores)))
    for start in range(len(heap) // 2 - 1, -1, -1):
        place = start
        while (child := 2 * place + 1) < len(heap):
            if child + 1 < len(heap) and scores[heap[child + 1]] > scores[heap[child]]:
                child += 1
            if scores[heap[child]] <= scores[heap[place]]:
                break
            heap[place], heap[child] = heap[child], heap[place]
            place = child
    return heap[0]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=70))
def test_the_winner_of_a_tie_is_the_root_of_a_heap(scores: list[int]) -> None:
    ranks = heap_ranks(len(scores))
    best = [place for place, score in enumerate(scores) if score == max(scores)]
    assert min(best, key=ranks.__getitem__) == go_heap_root(scores)
