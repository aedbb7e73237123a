"""Places the pods of a case: see README.md for the notation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from k8slint.scheduling import (
    Assigned,
    Code,
    Listers,
    Node,
    Pod,
    Profile,
    Snapshot,
    Status,
    Unschedulable,
    schedule,
)
from k8slint.scheduling.cache import Cache
from k8slint.scheduling.cycle import CycleState, run_pre_filter
from k8slint.scheduling.equivalence import NodeVerdicts
from k8slint.scheduling.features import Features
from k8slint.scheduling.objects.topology_spread import SpreadConstraint
from k8slint.scheduling.plugins.default_preemption import PreemptionArgs
from k8slint.scheduling.plugins.inter_pod_affinity import AffinityArgs
from k8slint.scheduling.plugins.node_affinity import AddedAffinity
from k8slint.scheduling.plugins.node_resources_balanced_allocation import BalancedArgs
from k8slint.scheduling.plugins.node_resources_fit import FitArgs, FitStrategy, Strategy
from k8slint.scheduling.plugins.pod_topology_spread import SpreadArgs
from k8slint.scheduling.registry import DEFAULT_PLUGINS
from k8slint.scheduling.runtime import Framework
from k8slint.scheduling.scoring import scores_by_plugin
from k8slint.values.version import KubernetesVersion

KEYS = (
    {"plugin", "profile", "pod", "pods", "there", "nodes", "node"}
    | {"claims", "volumes", "classes", "csi", "objects"}
    | {"want", "refusals", "whole", "named", "scores", "results"}
)
CODES = {"U": Code.UNSCHEDULABLE, "UU": Code.UNRESOLVABLE, "E": Code.ERROR}
LABELS = {
    "host": "kubernetes.io/hostname",
    "zone": "topology.kubernetes.io/zone",
    "region": "topology.kubernetes.io/region",
}
ROOMY = {"cpu": "1000", "memory": "1000Gi", "ephemeral-storage": "1000Gi", "pods": "1000"}
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
PART = re.compile(r"\s*(!?)([\w./-]+)\s*(?:(==?|!=|>|<)\s*([^,\s]*)|(in|notin)\s*\(([^)]*)\))?\s*(?:,|$)")
OPERATORS = {"=": "In", "==": "In", "in": "In", "!=": "NotIn", "notin": "NotIn", ">": "Gt", "<": "Lt"}


def check(case: Mapping[str, Any]) -> None:
    if "results" in case:
        check_run(case)
    elif "scores" in case:
        check_scores(case)
    else:
        check_verdicts(case)


def check_verdicts(case: Mapping[str, Any]) -> None:
    state = ready(case)
    if "whole" in case:
        assert isinstance(state, Status)
        assert shown(state) == case["whole"]
        return
    assert not isinstance(state, Status), state
    wanted = case["want"]
    names = [node.name for node in state.cache.nodes]
    if not isinstance(wanted, dict):
        wanted = dict.fromkeys(names, wanted)
    found = {name: shown(state.filter_with_nominated(index)) for index, name in enumerate(names) if name in wanted}
    assert found == {name: as_verdict(verdict, case) for name, verdict in wanted.items()}
    if "named" in case:
        named = None if state.named is None else sorted(names[index] for index in state.named)
        assert named == case["named"]


def check_scores(case: Mapping[str, Any]) -> None:
    state = ready(case)
    assert not isinstance(state, Status), state
    names = [node.name for node in state.cache.nodes]
    feasible = [index for index, name in enumerate(names) if name in case["scores"]]
    table = scores_by_plugin(state, feasible)
    assert {names[index]: row.get(case["plugin"]) for index, row in table.items()} == case["scores"]


def check_run(case: Mapping[str, Any]) -> None:
    result = schedule(
        pods_of(case),
        Snapshot.of(nodes_of(case), Listers.of(objects_of(case))),
        profile_of(case),
        version_of(case),
    )
    found: dict[str, Any] = {}
    for outcome in result.outcomes:
        name = outcome.pod.name
        if isinstance(outcome, Assigned):
            found[name] = outcome.node
        elif isinstance(outcome, Unschedulable) and outcome.preemption:
            victims = [victim.name for victim in outcome.preemption.victims]
            found[name] = {
                "message": outcome.message,
                "node": outcome.preemption.node,
                "victims": victims,
                "violations": outcome.preemption.budget_violations,
            }
        else:
            found[name] = getattr(outcome, "message", None) or getattr(outcome, "reason", None)
    for name, wanted in case["results"].items():
        if isinstance(wanted, dict):
            found[name] = {key: found[name][key] for key in wanted}
        assert found[name] == wanted


def ready(case: Mapping[str, Any]) -> CycleState | Status:
    """The case's pod, ready to be judged on the case's nodes by the case's plugin alone."""
    features = Features.of(version_of(case))
    there = enumerate((*case.get("pods", ()), *crowd(case)))
    pods = [pod_of(data, f"there-{number}", case) for number, data in there]
    snapshot = Snapshot.of(nodes_of(case), Listers.of(objects_of(case))).with_pods({pod: pod.node_name for pod in pods})
    cache = Cache(snapshot, loose_namespaces=features.loose_namespaces)
    framework = Framework(profile_of(case), features, DEFAULT_PLUGINS)
    pod = pod_of(case.get("pod", {}), "new", case)
    return run_pre_filter(pod, cache, framework, NodeVerdicts(pod, cache, framework))


def shown(verdict: Status | None) -> list[str] | None:
    if verdict is None:
        return None
    return [next(short for short, code in CODES.items() if code is verdict.code), *sorted(verdict.reasons)]


def as_verdict(verdict: Any, case: Mapping[str, Any]) -> list[str] | None:
    """The verdict written in full: `no` stands for the table's usual refusal, nothing and `fits` for none."""
    if verdict in (None, "fits"):
        return None
    written = case["refusals"][verdict] if isinstance(verdict, str) else verdict
    return [written[0], *sorted(written[1:])]


def version_of(case: Mapping[str, Any]) -> KubernetesVersion:
    return KubernetesVersion(1, case.get("minor", 36))


def profile_of(case: Mapping[str, Any]) -> Profile:
    written = dict(case.get("profile", {}))
    args = {
        plugin: read(own) for plugin, read, keys in ARGS if (own := {k: written.pop(k) for k in keys if k in written})
    }
    plugin = case.get("plugin")
    if plugin:
        written["disabled"] = PLUGINS - {plugin}
        written["weights"] = {plugin: 1}
    elif "disabled" in written:
        written["disabled"] = frozenset(written["disabled"])
    return Profile(**written, args=args)


def fit_args(written: Mapping[str, Any]) -> FitArgs:
    fit = written.get("fit", {})
    strategy = FitStrategy(
        Strategy(fit.get("kind", "LeastAllocated")),
        tuple((name, weight) for name, weight in fit.get("resources", {"cpu": 1, "memory": 1}).items()),
        tuple((left, right) for left, right in fit.get("shape", ())),
    )
    ignored = (frozenset(written.get(key, ())) for key in ("ignored_resources", "ignored_resource_groups"))
    return FitArgs(strategy, *ignored)


def spread_args(written: Mapping[str, Any]) -> SpreadArgs:
    constraints = (SpreadConstraint.of(spread(item), "", {}) for item in written["default_constraints"])
    return SpreadArgs(tuple(constraints))


# What a case's profile may say of the arguments of each plugin.
ARGS: tuple[tuple[str, Callable[[Mapping[str, Any]], Any], tuple[str, ...]], ...] = (
    ("NodeResourcesFit", fit_args, ("fit", "ignored_resources", "ignored_resource_groups")),
    (
        "NodeResourcesBalancedAllocation",
        lambda written: BalancedArgs(tuple(written["balanced_resources"])),
        ("balanced_resources",),
    ),
    (
        "NodeAffinity",
        lambda written: AddedAffinity.of(node_affinity(written["added_affinity"]), ""),
        ("added_affinity",),
    ),
    ("PodTopologySpread", spread_args, ("default_constraints",)),
    (
        "InterPodAffinity",
        lambda written: AffinityArgs(**written),
        ("hard_pod_affinity_weight", "ignores_preferred_terms_of_existing_pods"),
    ),
    (
        "DefaultPreemption",
        lambda written: PreemptionArgs(**written),
        ("candidates_percentage", "candidates_absolute"),
    ),
)
# All but what speaks once no node will do.
PLUGINS = frozenset(plugin.name for plugin in DEFAULT_PLUGINS if plugin.post_filter is None)


def nodes_of(case: Mapping[str, Any]) -> Iterator[Node]:
    common = case.get("node", {})
    for name, own in case.get("nodes", {"n": {}}).items():
        yield Node.of(node_data(name, {**common, **(own or {})}))


def node_data(name: str, written: Mapping[str, Any]) -> dict[str, Any]:
    labels = {LABELS.get(key, key): str(value) for key, value in (written.get("labels") or {}).items()}
    status = {"allocatable": {**ROOMY, **(written.get("room") or {})}, **(written.get("status") or {})}
    if "only" in written:
        status["allocatable"] = written["only"]
    if "images" in written:
        status["images"] = [{"names": [image], "sizeBytes": size} for image, size in written["images"].items()]
    spec = {**(written.get("spec") or {}), "taints": [taint(text) for text in written.get("taints", ())]}
    return {"metadata": {"name": name, "labels": labels}, "spec": spec, "status": status}


def taint(text: str) -> dict[str, str]:
    mark, _, effect = text.rpartition(":")
    key, _, value = mark.partition("=")
    return {"key": key, "value": value, "effect": effect}


def pods_of(case: Mapping[str, Any]) -> Iterator[Pod]:
    for number, data in enumerate((*case.get("pods", ()), *crowd(case), *([case["pod"]] if "pod" in case else []))):
        for copy in range(data.get("times", 1)):
            name = data.get("name", f"there-{number}")
            named = {**data, "name": f"{name}-{copy}" if "times" in data else name}
            yield pod_of(named, name, case)


def objects_of(case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The facts of the case: `objects` as manifests, and claims, volumes, classes and CSINodes in short."""
    yield from case.get("objects", ())
    yield from (claim_data(name, written or {}) for name, written in case.get("claims", {}).items())
    yield from (volume_data(name, written or {}) for name, written in case.get("volumes", {}).items())
    for name, written in case.get("classes", {}).items():
        topologies = [{"key": LABELS.get(key, key), "values": values} for key, values in written.get("on", {}).items()]
        yield {
            "kind": "StorageClass",
            "metadata": {"name": name},
            "provisioner": written.get("by", "kubernetes.io/no-provisioner"),
            "volumeBindingMode": "Immediate" if written.get("at_once") else "WaitForFirstConsumer",
            "allowedTopologies": [{"matchLabelExpressions": topologies}] if topologies else None,
        }
    for name, written in case.get("csi", {}).items():
        drivers = [
            {"name": driver, "allocatable": None if count is None else {"count": count}}
            for driver, count in written.get("limits", {}).items()
        ]
        notes = {"storage.alpha.kubernetes.io/migrated-plugins": written.get("migrated", "")}
        yield {"kind": "CSINode", "metadata": {"name": name, "annotations": notes}, "spec": {"drivers": drivers}}


def claim_data(name: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """A claim: `volume` (bound to it unless `bound: false`), `class`, `size`, `modes`, `told` (a node) and the rest."""
    notes = {}
    if "volume" in written and written.get("bound", True):
        notes["pv.kubernetes.io/bind-completed"] = "yes"
    if "told" in written:
        notes["volume.kubernetes.io/selected-node"] = written["told"]
    metadata = {"name": name, "annotations": notes, **written.get("metadata", {})}
    if "owner" in written:
        metadata["ownerReferences"] = [{"kind": "Pod", "name": written["owner"], "controller": True}]
    spec = {
        "volumeName": written.get("volume"),
        "storageClassName": written.get("class"),
        "accessModes": written.get("modes", ["ReadWriteOnce"]),
        "resources": {"requests": {"storage": written["size"]} if "size" in written else {}},
        **written.get("spec", {}),
    }
    return {"kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec, "status": written.get("status")}


def volume_data(name: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """A volume: `class`, `size`, `modes`, `on` (a node term), `for` (a claim), `csi` (driver, handle) and the rest."""
    spec = {
        "storageClassName": written.get("class"),
        "capacity": {"storage": written.get("size", "10Gi")},
        "accessModes": written.get("modes", ["ReadWriteOnce"]),
        **written.get("spec", {}),
    }
    if "on" in written:
        spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [node_term(text) for text in written["on"]]}}
    if "for" in written:
        spec["claimRef"] = {"namespace": "default", "name": written["for"]}
    if "csi" in written:
        spec["csi"] = {"driver": written["csi"][0], "volumeHandle": written["csi"][1]}
    labels = {LABELS.get(key, key): value for key, value in written.get("labels", {}).items()}
    metadata = {"name": name, "labels": labels, **written.get("metadata", {})}
    return {"kind": "PersistentVolume", "metadata": metadata, "spec": spec, "status": written.get("status")}


def crowd(case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The pods of `there`: by node a text such as `foo*2 foo+bar`, each word the labels of a pod, without values."""
    for node, text in case.get("there", {}).items():
        for word in text.split():
            labels, _, times = word.partition("*")
            for _ in range(int(times or 1)):
                yield {"node": node, "labels": dict.fromkeys(labels.split("+"), "")}


def pod_of(written: Mapping[str, Any], name: str, case: Mapping[str, Any]) -> Pod:
    return Pod.of(pod_data(written, name), version_of(case))


def pod_data(written: Mapping[str, Any], name: str) -> dict[str, Any]:
    metadata = {
        "name": written.get("name", name),
        "namespace": written.get("ns", "default"),
        "labels": {LABELS.get(key, key): str(value) for key, value in (written.get("labels") or {}).items()},
        **(written.get("metadata") or {}),
    }
    spec: dict[str, Any] = {"containers": containers(written), **(written.get("spec") or {})}
    if "init" in written:
        spec["initContainers"] = [container(item, f"i{number}") for number, item in enumerate(written["init"])]
    for key, field in (("node", "nodeName"), ("priority", "priority"), ("select", "nodeSelector")):
        if key in written:
            spec[field] = written[key]
    if "tolerate" in written:
        spec["tolerations"] = [toleration(item) for item in written["tolerate"]]
    if "spread" in written:
        spec["topologySpreadConstraints"] = [spread(item) for item in written["spread"]]
    if "affinity" not in spec:
        spec["affinity"] = affinity_of(written)
    spec["volumes"] = [
        *({"name": claim, "persistentVolumeClaim": {"claimName": claim}} for claim in written.get("claims", ())),
        *({"name": f"v{number}", **volume} for number, volume in enumerate(written.get("volumes", ()))),
    ]
    return {"metadata": metadata, "spec": spec, "status": written.get("status") or {}}


def containers(written: Mapping[str, Any]) -> list[dict[str, Any]]:
    many = written.get("containers", [written.get("requests") or {}])
    found = [container(item, f"c{number}") for number, item in enumerate(many)]
    if "ports" in written:
        found[0]["ports"] = [port(text) for text in written["ports"]]
    return found


def container(written: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A container: its requests, and apart from them `sidecar`, `image` and `ports`."""
    requests = {key: value for key, value in written.items() if key not in ("sidecar", "image", "ports", "more")}
    found: dict[str, Any] = {"name": name, "image": written.get("image", "i"), "resources": {"requests": requests}}
    if written.get("sidecar"):
        found["restartPolicy"] = "Always"
    if "ports" in written:
        found["ports"] = [port(text) for text in written["ports"]]
    return {**found, **written.get("more", {})}


def port(text: str) -> dict[str, Any]:
    """A host port written `[address/][protocol/]number`."""
    number, *rest = reversed(str(text).split("/"))
    found: dict[str, Any] = {"containerPort": 1, "hostPort": int(number)}
    if rest and rest[0]:
        found["protocol"] = rest[0]
    if len(rest) > 1:
        found["hostIP"] = rest[1]
    return found


def toleration(written: Any) -> dict[str, str]:
    """A toleration: fields, or a text `key[=value][:effect]`; without a value any will do."""
    if not isinstance(written, str):
        return dict(written)
    mark, colon, effect = written.partition(":")
    key, equals, value = mark.partition("=")
    found = {"key": key, "operator": "Equal" if equals else "Exists"}
    if equals:
        found["value"] = value
    if colon:
        found["effect"] = effect
    return found


def spread(written: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "topologyKey": LABELS.get(written["on"], written["on"]),
        "maxSkew": written.get("skew", 1),
        "whenUnsatisfiable": "ScheduleAnyway" if written.get("soft") else "DoNotSchedule",
    }
    if "pods" in written:
        found["labelSelector"] = selector(written["pods"])
    fields = {
        "min": "minDomains",
        "affinity": "nodeAffinityPolicy",
        "taints": "nodeTaintsPolicy",
        "keys": "matchLabelKeys",
    }
    return found | {field: written[key] for key, field in fields.items() if key in written}


def affinity_of(written: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "on" in written or "prefer" in written:
        found["nodeAffinity"] = node_affinity(written)
    for field, hard, soft in (("podAffinity", "near", "likes"), ("podAntiAffinity", "far", "dislikes")):
        if hard in written or soft in written:
            found[field] = {
                REQUIRED: [term(item) for item in written.get(hard, ())],
                PREFERRED: [
                    {"weight": item["weight"], "podAffinityTerm": term(item)} for item in written.get(soft, ())
                ],
            }
    return found


def node_affinity(written: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "on" in written:
        found[REQUIRED] = {"nodeSelectorTerms": [node_term(item) for item in written["on"]]}
    if "prefer" in written:
        found[PREFERRED] = [{"weight": weight, "preference": node_term(item)} for weight, item in written["prefer"]]
    return found


def node_term(text: str) -> dict[str, Any]:
    """A node term as a text; what is said of `metadata.name` becomes a field."""
    parts = expressions(text)
    fields = [part for part in parts if part["key"] == "metadata.name"]
    return {"matchExpressions": [part for part in parts if part not in fields], "matchFields": fields}


def term(written: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"topologyKey": LABELS.get(written["by"], written["by"])}
    if "pods" in written:
        found["labelSelector"] = selector(written["pods"])
    if "in" in written:
        found["namespaces"] = written["in"]
    if "spaces" in written:
        found["namespaceSelector"] = selector(written["spaces"])
    fields = {"keys": "matchLabelKeys", "mismatch": "mismatchLabelKeys"}
    return found | {field: written[key] for key, field in fields.items() if key in written}


def selector(text: str) -> dict[str, Any]:
    return {"matchExpressions": expressions(text)}


def expressions(text: str) -> list[dict[str, Any]]:
    """The requirements of a selector as kubectl writes it: `app=web, tier in (a, b), !old, size > 3`."""
    found, position = [], 0
    while position < len(text):
        match = PART.match(text, position)
        assert match, f"not a selector: {text!r} from {position}"
        absent, key, sign, value, word, values = match.groups()
        key, position = LABELS.get(key, key), match.end()
        operator = OPERATORS.get(sign or word, "DoesNotExist" if absent else "Exists")
        listed = [value] if sign else [item.strip() for item in (values or "").split(",")] if word else []
        found.append({"key": key, "operator": operator, "values": listed})
    return found
