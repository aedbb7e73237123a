"""Reads a KubeSchedulerConfiguration into profiles of the scheduler."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from k8slint.loading.document import Document
from k8slint.scheduling import Profile, ShapeError
from k8slint.scheduling.registry import DEFAULT_PLUGINS
from k8slint.values.nearest import did_you_mean, nearest
from k8slint.values.reading import items_at, mapping_at, only_keys, text_at, whole_at

_API_VERSION: Final = "kubescheduler.config.k8s.io/v1"
_KIND: Final = "KubeSchedulerConfiguration"
_PLUGINS: Final = {plugin.name: plugin for plugin in DEFAULT_PLUGINS}
# Plugins at these points do not affect which node a pod gets.
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
        ValueError: if kube-scheduler would refuse the configuration, or it cannot be simulated; one line.
    """
    found = [document.data for document in documents if isinstance(document.data, dict) and not document.failed]
    configurations = [data for data in found if data.get("kind") == _KIND]
    if len(configurations) != 1:
        raise ValueError(f"{len(configurations)} documents of kind {_KIND}, expected one")
    return _profiles(configurations[0])


def _profiles(data: Mapping[str, Any]) -> tuple[Profile, ...]:
    if data.get("apiVersion") != _API_VERSION:
        raise ShapeError("apiVersion", f'"{data.get("apiVersion")}", expected {_API_VERSION}')
    only_keys(data, _FIELDS, "")
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
    only_keys(entry, _PROFILE_FIELDS, where)
    profile = replace(
        base,
        scheduler_name=text_at(entry, "schedulerName", where) or base.scheduler_name,
        percentage_to_score=_percentage(entry, where, base.percentage_to_score),
    )
    plugins = mapping_at(entry, "plugins", where)
    only_keys(plugins, _POINTS, f"{where}.plugins")
    # Settings of a single point override those of multiPoint, so they come last.
    for point in sorted(plugins, key=lambda point: point != "multiPoint"):
        path = f"{where}.plugins.{point}"
        switch = mapping_at(plugins, point, f"{where}.plugins")
        only_keys(switch, ("enabled", "disabled"), path)
        off = [_plugin(item, here, allows_all=True) for here, item in items_at(switch, "disabled", path)]
        on = {_plugin(item, here): _weight(item, here) for here, item in items_at(switch, "enabled", path)}
        profile = _switched(profile, point, path, off, on)
    for here, item in items_at(entry, "pluginConfig", where):
        profile = _configured(profile, item, here)
    return profile


def _plugin(item: Mapping[str, Any], where: str, *, allows_all: bool = False) -> str:
    only_keys(item, ("name", "weight"), where)
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
    weights = {name: weight for name, weight in on.items() if _PLUGINS[name].weight}
    if point == "multiPoint":
        disabled = (profile.disabled | names) - on.keys()
        return replace(profile, disabled=disabled, weights={**profile.weights, **weights})
    if point == "score":
        silent = {name: 0 for name in names if _PLUGINS[name].weight}
        return replace(profile, weights={**profile.weights, **silent, **weights})
    if point in _WITHOUT_EFFECT:
        return profile
    if on:
        raise ShapeError(f"{path}.enabled", "plugins at a single point can only be given weights, at score")
    # A plugin that has an effect at this point only is off if it is switched off here.
    whole = frozenset(name for name, plugin in _PLUGINS.items() if plugin.points == {point})
    others = names - whole
    if others and (point not in ("preEnqueue", "postFilter") or "*" not in off):
        raise ShapeError(f"{path}.disabled", f'"{min(others)}" can only be switched off at multiPoint, or at score')
    return replace(profile, disabled=profile.disabled | (names & whole))


def _configured(profile: Profile, item: Mapping[str, Any], where: str) -> Profile:
    only_keys(item, ("name", "args"), where)
    name = text_at(item, "name", where)
    readers = {plugin.name: plugin.read_args for plugin in DEFAULT_PLUGINS if plugin.read_args is not None}
    if name not in readers:
        hint = did_you_mean(nearest(name, readers), f"expected one of {', '.join(sorted(readers))}")
        raise ShapeError(f"{where}.name", f'"{name}" takes no arguments; {hint}')
    args = readers[name](mapping_at(item, "args", where), f"{where}.args")
    return replace(profile, args={**profile.args, name: args})
