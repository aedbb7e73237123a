"""What Pods wait for when they start, and whether it can be there by then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import folder_of
from k8slint.cluster.pod_selectors import selector_of
from k8slint.cluster.references import references_of, supplies
from k8slint.cluster.services import has_own_endpoints
from k8slint.loading.document import Path
from k8slint.objects.fields import integer, sequence, text
from k8slint.objects.object import Container, Object, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex
from k8slint.values.well_known import HELM_HOOK

_WEIGHT: Final = "helm.sh/hook-weight"
_ARGO_HOOK: Final = "argocd.argoproj.io/hook"
_WAVE: Final = "argocd.argoproj.io/sync-wave"
_RUNS: Final = frozenset({"DaemonSet", "Deployment", "Job", "Pod", "StatefulSet"})


def hook_needs_later_object(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A hook, or a workload of an early wave, that needs an object of the same set which is made after it has ended."""
    turn = _turn(obj)
    if obj.pod is None or obj.kind not in _RUNS or turn is None:
        return
    for path, kind, name in _needs(obj.pod, cluster):
        found = [supply.obj for supply in supplies(cluster, kind, obj.namespace, name)]
        if not found or any(other.group_kind != kind or not _comes_after(other, turn) for other in found):
            continue
        if folder_of(found[0]) != folder_of(obj):
            continue  # they need not be of one release
        other = found[0]
        yield Problem(
            path,
            f"{other} is made {_when(other)}, after {obj}, which needs it and runs {turn.said}",
            (Related(other, ("metadata", "name"), f"made {_when(other)}"),),
            effect=turn.effect,
        )


class _Turn(NamedTuple):
    """When an object is made: by which tool, in which phase and at which place in it; `said` ends a sentence."""

    tool: str
    order: int
    said: str
    effect: str


_HELM_WAITS: Final = "helm install waits for the hook until its timeout, and the rest of the release is never made."
_ARGO_WAITS: Final = "The first sync waits for it, and what comes later is never made."


def _turn(obj: Object) -> _Turn | None:
    """The turn of an object that others wait for, or None if its tool makes all objects at once."""
    hooks = obj.annotations.get(HELM_HOOK, "")
    if _ARGO_HOOK in obj.annotations:
        if "PreSync" in obj.annotations[_ARGO_HOOK]:
            return _Turn(_ARGO_HOOK, _wave(obj), "as a PreSync hook", _ARGO_WAITS)
        return None
    if "pre-install" in hooks:
        return _Turn(HELM_HOOK, _number(obj.annotations.get(_WEIGHT)), "as a pre-install hook", _HELM_WAITS)
    if hooks or _WAVE not in obj.annotations:
        return None
    return _Turn(_WAVE, _wave(obj), f"in wave {_wave(obj)}", _ARGO_WAITS)


def _comes_after(other: Object, turn: _Turn) -> bool:
    """Whether another object is made only when the one of that turn has ended, or is ready."""
    hooks = other.annotations.get(HELM_HOOK, "")
    if turn.tool == HELM_HOOK:
        return not hooks or ("pre-install" in hooks and _number(other.annotations.get(_WEIGHT)) > turn.order)
    phase = other.annotations.get(_ARGO_HOOK, "")
    if turn.tool == _ARGO_HOOK:
        return not phase and not hooks if "PreSync" not in phase else _wave(other) > turn.order
    return not phase and not hooks and _wave(other) > turn.order


def _when(other: Object) -> str:
    if HELM_HOOK in other.annotations:
        return f"by a hook of weight {_number(other.annotations.get(_WEIGHT))}"
    return f"in wave {_wave(other)}" if _WAVE in other.annotations else "with the rest"


def _wave(obj: Object) -> int:
    return _number(obj.annotations.get(_WAVE))


def _number(written: str | None) -> int:
    return int(written) if written and re.fullmatch(r"-?[0-9]{1,9}", written) else 0


def _needs(pod: Pod, cluster: Cluster) -> Iterator[tuple[Path, str, str]]:
    """The objects that the pod cannot start without: the path to the name from its object, the kind, the name."""
    said = set()
    for reference in references_of(pod, cluster):
        if (reference.kind, reference.name) not in said:
            said.add((reference.kind, reference.name))
            yield (*pod.path, *reference.path), reference.kind, reference.name
    account = text(pod.spec.get("serviceAccountName"))
    if account and not has_placeholder(account):
        yield (*pod.path, "spec", "serviceAccountName"), "ServiceAccount", account


def statefulset_peers_invisible(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A StatefulSet whose Pods name each other, and are in DNS only when they are ready."""
    pod, replicas, service = obj.pod, integer(obj.spec.get("replicas")), text(obj.spec.get("serviceName"))
    if pod is None or replicas is None or replicas < 2 or not service or not obj.name:
        return
    ready = [each for each in pod.containers if "readinessProbe" in each.data]
    found = cluster.find("Service", obj.namespace, service)
    if not ready or not found or any(map(_publishes_early, found)):
        return
    # A Pod that needs only the first one waits for nobody that waits for it.
    peer = re.compile(rf"(?<![\w.-]){re.escape(obj.name)}-[1-9][0-9]*\.{re.escape(service)}(?![\w-])")
    for container in pod.containers:
        for path, word in _texts(container):
            match = peer.search(word)
            if match:
                yield Problem(
                    (*pod.path, *container.path, *path),
                    f'the Pods look for each other as "{match[0]}", and {found[0]} shows them only when they are ready',
                    (Related(found[0], ("spec",), "publishNotReadyAddresses is not true"),),
                    effect=_peers_effect(obj),
                )
                return


def _peers_effect(obj: Object) -> str:
    if obj.spec.get("podManagementPolicy") == "Parallel":
        return "At the first start no Pod finds another: a program that needs them to become ready waits for ever."
    return (
        f"At the first start {obj.name}-0 finds no other: those are made only when it is ready. A program that needs "
        "them to become ready waits for ever."
    )


_TOLERATES: Final = "service.alpha.kubernetes.io/tolerate-unready-endpoints"


def _publishes_early(service: Object) -> bool:
    return service.spec.get("publishNotReadyAddresses") is True or _TOLERATES in service.annotations


# Words of programs that go on only when a port answers. A look-up of the name of a Service succeeds without any Pod.
_WAITS: Final = regex(
    r"\bnc\b|\bncat\b|\bcurl\b|\bwget\b|pg_isready|mysqladmin|redis-cli|wait-for|wait_for|/dev/tcp/|\bgrpcurl\b"
)


def own_service_needed_to_become_ready(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An init container that waits for a Service which only this workload is behind, or one that waits for it."""
    if obj.pod is None or obj.kind in ("Job", "CronJob", "Pod"):
        return
    for wait in _waits(cluster, obj):
        if wait.behind is obj:
            yield Problem(
                wait.path,
                f'init container "{wait.container.name}" waits for {wait.service}, behind which are only the Pods of '
                f"{obj} itself",
                (Related(wait.service, ("spec", "selector"), "selects these Pods alone"),),
            )
            return
        back = next((each for each in _waits(cluster, wait.behind) if each.behind is obj), None)
        if back is not None:
            yield Problem(
                wait.path,
                f'init container "{wait.container.name}" waits for {wait.service}, whose {wait.behind} waits for '
                f"{back.service} of {obj}",
                (Related(wait.behind, back.path, "waits for these Pods"),),
            )
            return


class _Wait(NamedTuple):
    """An init container that waits for a Service, with the path to the text and the one workload behind it."""

    container: Container
    path: Path
    service: Object
    behind: Object


@once
def _waits(cluster: Cluster, obj: Object) -> list[_Wait]:
    containers = obj.pod.containers if obj.pod is not None else ()
    return [wait for container in containers if container.is_init for wait in _waits_of(container, cluster)]


def _waits_of(container: Container, cluster: Cluster) -> Iterator[_Wait]:
    words, pod = [*_commands(container)], container.pod
    said = " ".join(word for _, word in words)
    if not _WAITS.search(said) or _NEVER_FAILS.search(said):
        return
    for name, namespace in dict.fromkeys(_HOST.findall(said)):
        if namespace not in ("", pod.namespace, "svc"):
            continue
        for service in cluster.find("Service", pod.namespace, name):
            behind = _alone_behind(service, pod, cluster)
            if behind is not None:
                path = next((path for path, word in words if name in word), words[0][0])
                yield _Wait(container, (*pod.path, *container.path, *path), service, behind)


_NEVER_FAILS: Final = regex(r"\|\|\s*(?:true|:)")
# A name that is a host: in a URL, before a port, or after an option that says so; then the namespace, if it is written.
_NAME: Final = r"([a-z](?:[a-z0-9-]*[a-z0-9])?)(?:\.([a-z0-9-]+))?(?![a-z0-9-])"
_HOST: Final = regex(rf"(?:://|/dev/tcp/|-h |--host[ =]|(?:^|[\s\"'=])(?=[a-z0-9.-]+[: ][0-9]{{2,5}}\b)){_NAME}")


def _alone_behind(service: Object, pod: Pod, cluster: Cluster) -> Object | None:
    """The one workload whose Pods a Service selects and shows only when they are ready, or None."""
    selector = selector_of(service)
    if selector is None or service.namespace != pod.namespace or _publishes_early(service):
        return None
    if not pod.namespace and folder_of(service) != folder_of(pod.obj):
        return None
    if has_own_endpoints(service, cluster):
        return None
    behind = {each.obj for each in cluster.pods_selected(selector, service.namespace)}
    return next(iter(behind)) if len(behind) == 1 else None


def _commands(container: Container) -> Iterator[tuple[Path, str]]:
    for field in ("command", "args"):
        for index, word in enumerate(sequence(container.data.get(field))):
            if isinstance(word, str):
                yield (field, index), word


def _texts(container: Container) -> Iterator[tuple[Path, str]]:
    for path, entry in container.env():
        yield (*path, "value"), text(entry.get("value"))
    yield from _commands(container)
