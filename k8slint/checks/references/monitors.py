"""Services and pods that monitors of the Prometheus operator select, and the ports of them that they scrape.

The operator makes a selector into regular expressions over the labels of what Prometheus discovers: its
pkg/prometheus/promcfg.go, generateServiceMonitorConfig and generatePodMonitorConfig.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from k8slint.checks.meant_pods import Place, unmatched
from k8slint.checks.wording import listed
from k8slint.cluster.cluster import Cluster, may_share_namespace, once
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.pod_selectors import BROAD, Selection, label_selector, may_be_labelled, may_select_others
from k8slint.cluster.services import MOST_SELECTED, declared_ports
from k8slint.cluster.similar_names import nearest_name
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, sequence, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex

_LOOKED_AT: Final = 20
_FEW_VALUES: Final = 200
_SELECTOR: Final = ("spec", "selector")
_PATTERN: Final = regex(r"[\\^$*+?|()\[\]{}]")


def servicemonitor_selects_nothing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ServiceMonitor whose selector matches no Service, if the files hold one that it may mean."""
    selection = _selection_of(obj)
    if selection is None or _services_selected(cluster, selection.selector, selection.namespace):
        return
    service = _nearest_service(selection, cluster)
    if service is None or may_select_others(selection, cluster):
        return
    selector, labels = selection.selector, service.labels
    unmet = next((one for one in selector.requirements if not one.matches(labels)), None)
    if unmet is None:
        yield _in_other_namespace(selection, service)
        return
    wanted = _value(unmet) or unmet.key
    if may_be_labelled(wanted, cluster):
        return
    has = labels.get(unmet.key)
    said = f"with {unmet.key}={has}" if has is not None else f"which has no label {unmet.key}"
    at = ("metadata", "labels", unmet.key) if has is not None else ("metadata", "labels" if labels else "name")
    related = (Related(service, at, "its labels, which are not those of its selector"),)
    message = f"selector {selector} matches no Service; nearest is {service} {said}"
    absent = "" if service.document.source is obj.document.source else wanted
    yield Problem(_place_of(obj).of(unmet), message, related, rests_on=Absence(absent, wanted))


def servicemonitor_port_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An endpoint of a ServiceMonitor whose port is a name that no port of the selected Services has."""
    ports = list(_ports_of(obj, "endpoints"))
    selection = _selection_of(obj) if ports else None
    services = _services_selected(cluster, selection.selector, selection.namespace) if selection else ()
    if selection is None or not services or may_select_others(selection, cluster):
        return
    written = [port for service in services for _, port in items(service.spec.get("ports"))]
    names = {text(port.get("name")): None for port in written}
    if len(services) > MOST_SELECTED or not written or any(map(has_placeholder, names)):
        return
    for path, name in ports:
        if name not in names:
            yield _port_problem(path, name, [each for each in names if each], services[0], ("spec", "ports"))


def podmonitor_selects_nothing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A PodMonitor whose selector matches no pod, if the files hold pods that it may mean."""
    selection = _selection_of(obj)
    if selection is not None:
        problem = unmatched(selection._replace(is_own=False), cluster, _place_of(obj))
        if problem is not None:
            yield problem


def podmonitor_port_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An endpoint of a PodMonitor whose port is a name that no container of the selected pods declares."""
    ports = list(_ports_of(obj, "podMetricsEndpoints"))
    selection = _selection_of(obj) if ports else None
    pods = cluster.pods_selected(selection.selector, selection.namespace) if selection else ()
    if selection is None or not 0 < len(pods) <= MOST_SELECTED or may_select_others(selection, cluster):
        return
    names = declared_ports(cluster, selection.selector, selection.namespace).by_name
    for path, name in ports:
        if name not in names and not any(map(has_placeholder, names)):
            yield _port_problem(path, name, names, pods[0].obj, (*pods[0].path, "spec", "containers"))


def _selection_of(monitor: Object) -> Selection | None:
    """What a monitor selects, or None if it is everything, in several namespaces, by a pattern or not yet rendered."""
    selector = label_selector(dig(monitor.data, *_SELECTOR))
    if selector is None or any(_PATTERN.search(value) for one in selector.requirements for value in one.values):
        return None
    within = mapping(monitor.spec.get("namespaceSelector"))
    names = sequence(within.get("matchNames"))
    if within.get("any") or len(names) > 1:
        return None
    namespace = text(names[0]) if names else monitor.namespace
    return None if has_placeholder(namespace) else Selection(monitor, selector, namespace)


def _place_of(monitor: Object) -> Place:
    scope = "a monitor without namespaceSelector selects in its own namespace"
    return Place(_SELECTOR, monitor.spec.get("selector"), scope, _NAME_THE_NAMESPACE)


_NAME_THE_NAMESPACE: Final = "Name the namespace in namespaceSelector.matchNames."


def _ports_of(monitor: Object, field: str) -> Iterator[tuple[Path, str]]:
    """The ports that a monitor scrapes by name, each with its path."""
    for index, endpoint in items(monitor.spec.get(field)):
        name = text(endpoint.get("port"))
        if name and not has_placeholder(name) and not _PATTERN.search(name):
            yield ("spec", field, index, "port"), name


def _port_problem(path: Path, name: str, names: Iterable[str], holder: Object, at: Path) -> Problem:
    known = list(names)
    near = nearest(name, known)
    hint = (
        f'; did you mean "{near}"?' if near else f"; it has {listed(known)}" if known else "; its ports have no names"
    )
    message = f'{holder} has no port named "{name}"{hint}'
    return Problem(path, message, (Related(holder, at, "its ports"),), rests_on=Absence(mended_by=name))


def _in_other_namespace(selection: Selection, service: Object) -> Problem:
    message = f'selector {selection.selector} matches {service} in namespace "{service.namespace}" only'
    within = mapping(selection.asker.spec.get("namespaceSelector")).get("matchNames")
    message += "" if within else "; a monitor without namespaceSelector selects in its own namespace"
    related = (Related(service, ("metadata", "namespace"), f"{service} is in another namespace"),)
    path = ("spec", "namespaceSelector", "matchNames", 0) if within else _SELECTOR
    return Problem(path, message, related, fix=_NAME_THE_NAMESPACE, rests_on=Absence(service.name))


@once
def _services_selected(cluster: Cluster, selector: LabelSelector, namespace: str) -> tuple[Object, ...]:
    """Some of the Services of a namespace whose own labels the selector matches."""
    by_label = _services_by_label(cluster)
    plain = [one for one in selector.requirements if _value(one)]
    groups = [by_label.get(one.key, {}).get(_value(one), []) for one in plain] or [[*cluster.of_kind("Service")]]
    found = (each for each in min(groups, key=len) if may_share_namespace(each.namespace, namespace))
    return tuple(islice((each for each in found if selector.matches(each.labels)), MOST_SELECTED + 1))


def _nearest_service(selection: Selection, cluster: Cluster) -> Object | None:
    """The Service that a monitor without a match seems to mean: by a label, nearly a label or a name."""
    monitor, selector, namespace, _ = selection
    exact = next(iter(_services_selected(cluster, selector, "")), None)
    candidates = [each for each in _candidates(selection, cluster) if may_share_namespace(each.namespace, namespace)]

    def likeness(service: Object) -> tuple[int, bool, bool]:
        met = sum(one.matches(service.labels) for one in selector.requirements)
        return met, service.name == monitor.name, service.document.source is monitor.document.source

    near = max(candidates, key=likeness, default=None)
    is_moved = not namespace or evidence_of(cluster).moves_namespaces
    return exact if near is None and exact is not None and exact.namespace and not is_moved else near


def _candidates(selection: Selection, cluster: Cluster) -> Iterator[Object]:
    by_label, by_name = _services_by_label(cluster), _services_by_name(cluster)
    for one in selection.selector.requirements:
        wanted, values = _value(one), by_label.get(one.key, {})
        if wanted:
            yield from islice(values.get(wanted, ()) if one.key not in BROAD else (), _LOOKED_AT)
            known = values if len(values) <= _FEW_VALUES else ()
            near = nearest_name(wanted, (value for value in known if value != wanted))
            yield from islice(values.get(near, []) if near is not None else (), _LOOKED_AT)
            yield from islice(by_name.get(wanted, []), _LOOKED_AT)
    yield from islice(by_name.get(selection.asker.name, []), _LOOKED_AT)


def _value(requirement: Requirement) -> str:
    """The one value that a label must have; empty if there are several, or none."""
    return requirement.values[0] if requirement.operator == "In" and len(requirement.values) == 1 else ""


@once
def _services_by_label(cluster: Cluster) -> Mapping[str, Mapping[str, list[Object]]]:
    """The Services by key, then by value of their own labels."""
    found: dict[str, dict[str, list[Object]]] = defaultdict(lambda: defaultdict(list))
    for service in cluster.of_kind("Service"):
        for key, value in service.labels.items():
            found[key][value].append(service)
    return {key: dict(values) for key, values in found.items()}


@once
def _services_by_name(cluster: Cluster) -> Mapping[str, list[Object]]:
    found: dict[str, list[Object]] = defaultdict(list)
    for service in cluster.of_kind("Service"):
        found[service.name].append(service)
    return dict(found)
