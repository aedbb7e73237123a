"""A KubeSchedulerConfiguration as profiles of the scheduler."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from k8slint.loading.document import Document
from k8slint.scheduling import AddedAffinity, FitStrategy, Profile, ShapeError, Strategy
from k8slint.scheduling.objects.node_affinity import preferred_terms, required_terms
from k8slint.scheduling.objects.pod_affinity import SpreadConstraint
from k8slint.scheduling.profile import DEFAULT_WEIGHTS
from k8slint.values.nearest import did_you_mean, nearest
from k8slint.values.reading import as_mapping, flag_at, items_at, mapping_at, strings_at, text_at, whole_at

_API_VERSION: Final = "kubescheduler.config.k8s.io/v1"
_KIND: Final = "KubeSchedulerConfiguration"
_PLUGINS: Final = frozenset(
    {
        *DEFAULT_WEIGHTS,
        "SchedulingGates",
        "PrioritySort",
        "NodeUnschedulable",
        "NodeName",
        "NodePorts",
        "VolumeRestrictions",
        "NodeVolumeLimits",
        "VolumeBinding",
        "VolumeZone",
        "DynamicResources",
        "DefaultPreemption",
        "DefaultBinder",
        "NodeDeclaredFeatures",
    }
)
# Plugins that cannot be done without: the queue's order and the binding itself.
_FIXED: Final = frozenset({"PrioritySort", "DefaultBinder"})
# Plugins that have their whole effect at one point: switched off there, they are off.
_WHOLE_AT: Final[Mapping[str, frozenset[str]]] = {
    "preEnqueue": frozenset({"SchedulingGates"}),
    "filter": frozenset({"NodeUnschedulable", "NodeName"}),
    "postFilter": frozenset({"DefaultPreemption", "DynamicResources"}),
}
# Nothing that happens at these points decides which node a pod gets.
_WITHOUT_EFFECT: Final = ("queueSort", "reserve", "permit", "preBind", "bind", "postBind")
_POINTS: Final = (
    "preEnqueue",
    "queueSort",
    "preFilter",
    "filter",
    "postFilter",
    "preScore",
    "score",
    "reserve",
    "permit",
    "preBind",
    "bind",
    "postBind",
    "multiPoint",
)
_FIELDS: Final = (
    "apiVersion",
    "kind",
    "parallelism",
    "leaderElection",
    "clientConnection",
    "healthzBindAddress",
    "metricsBindAddress",
    "enableProfiling",
    "enableContentionProfiling",
    "percentageOfNodesToScore",
    "podInitialBackoffSeconds",
    "podMaxBackoffSeconds",
    "profiles",
    "extenders",
    "delayCacheUntilActive",
)
_PROFILE_FIELDS: Final = ("schedulerName", "percentageOfNodesToScore", "plugins", "pluginConfig")


def profile_from(documents: Iterable[Document]) -> tuple[Profile, ...]:
    """The profiles of the one KubeSchedulerConfiguration among the documents.

    Raises:
        ValueError: in one line, for what kube-scheduler would refuse and for what cannot be simulated.
    """
    found = [document.data for document in documents if isinstance(document.data, dict) and not document.failed]
    configurations = [data for data in found if data.get("kind") == _KIND]
    if len(configurations) != 1:
        raise ValueError(f"{len(configurations)} documents of kind {_KIND}, expected one")
    return _profiles(configurations[0])


def _profiles(data: Mapping[str, Any]) -> tuple[Profile, ...]:
    if data.get("apiVersion") != _API_VERSION:
        raise ShapeError("apiVersion", f'"{data.get("apiVersion")}", expected {_API_VERSION}')
    _only(data, _FIELDS, "")
    percentage = _percentage(data, "", 0)
    extenders = items_at(data, "extenders", "")
    base = Profile(percentage_to_score=percentage, has_extenders=any(_asks(extender) for _, extender in extenders))
    profiles = tuple(_profile(entry, where, base) for where, entry in items_at(data, "profiles", ""))
    names = [profile.scheduler_name for profile in profiles]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise ShapeError(f"profiles[{number}].schedulerName", f'"{name}" is the name of another profile')
    return profiles or (base,)


def _asks(extender: Mapping[str, Any]) -> bool:
    return any(extender.get(verb) for verb in ("filterVerb", "prioritizeVerb", "preemptVerb"))


def _percentage(data: Mapping[str, Any], where: str, default: int) -> int:
    percentage = whole_at(data, "percentageOfNodesToScore", where, default)
    if not 0 <= percentage <= 100:
        field = f"{where}.percentageOfNodesToScore" if where else "percentageOfNodesToScore"
        raise ShapeError(field, f"{percentage}, expected 0 to 100")
    return percentage


def _profile(entry: Mapping[str, Any], where: str, base: Profile) -> Profile:
    _only(entry, _PROFILE_FIELDS, where)
    profile = replace(
        base,
        scheduler_name=text_at(entry, "schedulerName", where) or base.scheduler_name,
        percentage_to_score=_percentage(entry, where, base.percentage_to_score),
    )
    plugins = mapping_at(entry, "plugins", where)
    _only(plugins, _POINTS, f"{where}.plugins")
    # What is said of one point goes over what is said of all.
    for point in sorted(plugins, key=lambda point: point != "multiPoint"):
        path = f"{where}.plugins.{point}"
        switch = mapping_at(plugins, point, f"{where}.plugins")
        _only(switch, ("enabled", "disabled"), path)
        off = [_plugin(item, here, allows_all=True) for here, item in items_at(switch, "disabled", path)]
        on = {_plugin(item, here): _weight(item, here) for here, item in items_at(switch, "enabled", path)}
        profile = _switched(profile, point, path, off, on)
    for here, item in items_at(entry, "pluginConfig", where):
        profile = _configured(profile, item, here)
    return profile


def _plugin(item: Mapping[str, Any], where: str, *, allows_all: bool = False) -> str:
    _only(item, ("name", "weight"), where)
    name = text_at(item, "name", where)
    if name not in _PLUGINS and not (allows_all and name == "*"):
        near = nearest(name, _PLUGINS)
        hint = f'; did you mean "{near}"?' if near else ""
        message = f'"{name}" is no plugin of kube-scheduler itself, and others cannot be simulated{hint}'
        raise ShapeError(f"{where}.name", message)
    return name


def _weight(item: Mapping[str, Any], where: str) -> int:
    weight = whole_at(item, "weight", where)
    if not 0 <= weight <= 100:
        raise ShapeError(f"{where}.weight", f"{weight}, expected 1 to 100")
    return weight or 1


def _switched(profile: Profile, point: str, path: str, off: list[str], on: Mapping[str, int]) -> Profile:
    """The profile with plugins switched off and on at one extension point.

    Mirrors: pkg/scheduler/apis/config/v1/default_plugins.go mergePluginSet @ v1.36
    """
    names = frozenset(_PLUGINS if "*" in off else off) - on.keys()
    weights = {name: weight for name, weight in on.items() if name in DEFAULT_WEIGHTS}
    if point == "multiPoint":
        disabled = (profile.disabled | names - _FIXED) - on.keys()
        return replace(profile, disabled=disabled, weights={**profile.weights, **weights})
    if point == "score":
        silent = dict.fromkeys(names & DEFAULT_WEIGHTS.keys(), 0)
        return replace(profile, weights={**profile.weights, **silent, **weights})
    if point in _WITHOUT_EFFECT:
        return profile
    if on:
        raise ShapeError(f"{path}.enabled", "plugins at a single point can only be given weights, at score")
    whole = _WHOLE_AT.get(point, frozenset())
    others = names - whole
    if others and (point not in ("preEnqueue", "postFilter") or "*" not in off):
        raise ShapeError(f"{path}.disabled", f'"{min(others)}" can only be switched off at multiPoint, or at score')
    return replace(profile, disabled=profile.disabled | (names & whole))


def _configured(profile: Profile, item: Mapping[str, Any], where: str) -> Profile:
    _only(item, ("name", "args"), where)
    name = text_at(item, "name", where)
    reader = _ARGUMENTS.get(name)
    if reader is None:
        near = nearest(name, _ARGUMENTS)
        hint = did_you_mean(near, f"expected one of {', '.join(sorted(_ARGUMENTS))}")
        raise ShapeError(f"{where}.name", f'"{name}" takes no arguments; {hint}')
    return reader(profile, mapping_at(item, "args", where), f"{where}.args")


def _preemption(profile: Profile, args: Mapping[str, Any], where: str) -> Profile:
    _only(args, ("apiVersion", "kind", "minCandidateNodesPercentage", "minCandidateNodesAbsolute"), where)
    return replace(
        profile,
        candidates_percentage=whole_at(args, "minCandidateNodesPercentage", where, profile.candidates_percentage),
        candidates_absolute=whole_at(args, "minCandidateNodesAbsolute", where, profile.candidates_absolute),
    )


def _inter_pod_affinity(profile: Profile, args: Mapping[str, Any], where: str) -> Profile:
    _only(args, ("apiVersion", "kind", "hardPodAffinityWeight", "ignorePreferredTermsOfExistingPods"), where)
    return replace(
        profile,
        hard_pod_affinity_weight=whole_at(args, "hardPodAffinityWeight", where, profile.hard_pod_affinity_weight),
        ignores_preferred_terms_of_existing_pods=flag_at(args, "ignorePreferredTermsOfExistingPods", where),
    )


def _node_affinity(profile: Profile, args: Mapping[str, Any], where: str) -> Profile:
    _only(args, ("apiVersion", "kind", "addedAffinity"), where)
    path = f"{where}.addedAffinity"
    added = mapping_at(args, "addedAffinity", where)
    return replace(profile, added_affinity=AddedAffinity(required_terms(added, path), preferred_terms(added, path)))


def _balanced(profile: Profile, args: Mapping[str, Any], where: str) -> Profile:
    _only(args, ("apiVersion", "kind", "resources"), where)
    if args.get("resources") is None:
        return profile
    return replace(profile, balanced_resources=tuple(name for name, _ in _resources(args, where)))


def _fit(profile: Profile, args: Mapping[str, Any], where: str) -> Profile:
    _only(args, ("apiVersion", "kind", "ignoredResources", "ignoredResourceGroups", "scoringStrategy"), where)
    profile = replace(
        profile,
        ignored_resources=frozenset(strings_at(args, "ignoredResources", where)),
        ignored_resource_groups=frozenset(strings_at(args, "ignoredResourceGroups", where)),
    )
    if args.get("scoringStrategy") is None:
        return profile
    path = f"{where}.scoringStrategy"
    strategy = mapping_at(args, "scoringStrategy", where)
    _only(strategy, ("type", "resources", "requestedToCapacityRatio"), path)
    kind = text_at(strategy, "type", path) or Strategy.LEAST
    if kind not in list(Strategy):
        raise ShapeError(f"{path}.type", f'"{kind}", expected one of {", ".join(Strategy)}')
    ratio = mapping_at(strategy, "requestedToCapacityRatio", path)
    shape_path = f"{path}.requestedToCapacityRatio"
    shape = tuple(
        (whole_at(point, "utilization", here), whole_at(point, "score", here))
        for here, point in items_at(ratio, "shape", shape_path)
    )
    if kind == Strategy.RATIO and not shape:
        raise ShapeError(f"{shape_path}.shape", "absent, expected at least one point")
    resources = _resources(strategy, path) or FitStrategy().resources
    return replace(profile, fit=FitStrategy(Strategy(kind), resources, shape))


def _resources(parent: Mapping[str, Any], where: str) -> tuple[tuple[str, int], ...]:
    return tuple(
        (text_at(item, "name", here), whole_at(item, "weight", here) or 1)
        for here, item in items_at(parent, "resources", where)
    )


def _spread(profile: Profile, args: Mapping[str, Any], where: str) -> Profile:
    _only(args, ("apiVersion", "kind", "defaultConstraints", "defaultingType"), where)
    kind = text_at(args, "defaultingType", where) or "System"
    if kind not in ("System", "List"):
        raise ShapeError(f"{where}.defaultingType", f'"{kind}", expected System or List')
    entries = items_at(args, "defaultConstraints", where)
    if kind == "System":
        if entries:
            raise ShapeError(f"{where}.defaultConstraints", "given, but only read with defaultingType: List")
        return replace(profile, default_constraints=None)
    for here, entry in entries:
        if entry.get("labelSelector") is not None:
            raise ShapeError(f"{here}.labelSelector", "given, but constraints by default must not have any")
    constraints = tuple(SpreadConstraint.of(entry, here, {}) for here, entry in entries)
    return replace(profile, default_constraints=constraints)


def _without_effect(profile: Profile, args: Mapping[str, Any], where: str) -> Profile:
    as_mapping(args, where)
    return profile


_ARGUMENTS: Final[Mapping[str, Callable[[Profile, Mapping[str, Any], str], Profile]]] = {
    "DefaultPreemption": _preemption,
    "InterPodAffinity": _inter_pod_affinity,
    "NodeAffinity": _node_affinity,
    "NodeResourcesBalancedAllocation": _balanced,
    "NodeResourcesFit": _fit,
    "PodTopologySpread": _spread,
    # Binding takes no time in a dry run.
    "VolumeBinding": _without_effect,
}


def _only(data: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Nothing, where all keys are known.

    Raises:
        ShapeError: naming the first that is not.
    """
    known = tuple(known)
    for key in data:
        if key not in known:
            hint = did_you_mean(nearest(str(key), known), f"expected one of {', '.join(known)}")
            raise ShapeError(f"{where}.{key}" if where else str(key), f"unknown field; {hint}")
