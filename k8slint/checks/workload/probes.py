"""Probes and hooks that contradict their container, or each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.checks.wording import listed
from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, integer, items, mapping, text
from k8slint.objects.object import Container
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder

_PROBES: Final = ("startupProbe", "livenessProbe", "readinessProbe")
_HOOKS: Final = ("postStart", "preStop")
_HANDLERS: Final = ("httpGet", "tcpSocket", "grpc", "exec")


def probe_port_missing(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A probe or hook that names a port which its own container does not; a number needs no declaration.

    Mirrors: pkg/probe/util.go ResolveContainerPort @ v1.37
    """
    if container.is_init or container.path[1] == "ephemeralContainers":
        return
    names: dict[str, int] | None = None
    for path, handler in _handlers(container):
        for kind in ("httpGet", "tcpSocket"):
            port = mapping(handler.get(kind)).get("port")
            if not isinstance(port, str) or not port or port.isdecimal() or has_placeholder(port):
                continue
            if names is None:
                names = _port_names(container)
            if port not in names and not _is_partial(container):
                yield _missing(container, (*path, kind, "port"), port, names)


def _missing(container: Container, path: Path, port: str, names: Mapping[str, int]) -> Problem:
    """The problem of a port name, with the nearest name, the container that has it, or all names there are."""
    what = path[-3]
    message = f'{what} names the port "{port}", which container "{container.name}" does not have'
    other = next((each for each in container.pod.containers if port in _port_names(each)), None)
    near = nearest(port, names)
    related: tuple[Related, ...] = ()
    fix = ""
    if other is not None:
        at = (*container.pod.path, *other.path, "ports", _port_names(other)[port], "name")
        related = (Related(container.pod.obj, at, f'the port of container "{other.name}"'),)
        number = dig(other.data, "ports", _port_names(other)[port], "containerPort")
        message += f', but container "{other.name}" does: names are looked up in the container itself'
        fix = f"Write the number, {number}: containers of a Pod share their ports." if integer(number) else ""
    elif near is not None:
        at = (*container.pod.path, *container.path, "ports", names[near], "name")
        related = (Related(container.pod.obj, at, "the nearest port"),)
        message += f'; did you mean "{near}"?'
    elif names:
        message += f"; it has {listed(names)}"
    return Problem(path, message, related, _effect(path, port), fix, rests_on=Absence(mended_by=port))


def _effect(path: Path, port: str) -> str:
    said = f'port "{port}" not found'
    if path[-3] == "preStop":
        return f"The hook never runs: FailedPreStopHook, {said}."
    if path[-3] == "postStart":
        return f"The container is killed as soon as it has started: FailedPostStartHook, {said}."
    if path[-3] == "livenessProbe":
        return f"The probe never runs, so nothing restarts a container that hangs: Liveness probe errored, {said}."
    state = "started" if path[-3] == "startupProbe" else "ready"
    return f"The container never becomes {state}: {said}. The Pod gets no traffic, and a rollout stops there."


def probe_timeout_exceeds_period(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A probe whose timeout is longer than its period.

    The worker of a probe waits for the answer before it looks at its ticker, which drops the ticks in between.

    Mirrors: pkg/kubelet/prober/worker.go run @ v1.37
    """
    for field in _PROBES:
        probe = _probe(container, field)
        if probe is None or probe.timeout <= probe.period or _is_partial(container):
            continue
        slow, meant = probe.threshold * probe.timeout, probe.threshold * probe.period
        at = "timeoutSeconds" if "timeoutSeconds" in probe.data else "periodSeconds"
        yield Problem(
            (field, at),
            f"{field} waits {probe.timeout} s for an answer, and is due every {probe.period} s",
            _related(container, (field, "periodSeconds"), "its period") if at == "timeoutSeconds" else (),
            effect=(
                f"No probe begins before the last has ended: a container that hangs is found after "
                f"{probe.threshold} x {probe.timeout} = {slow} s, not {probe.threshold} x {probe.period} = {meant} s."
            ),
        )


def liveness_kills_slow_start(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A liveness probe that gives up before the readiness probe first asks the same endpoint.

    Mirrors: pkg/kubelet/prober/worker.go doProbe @ v1.37
    """
    pair = _same_probes(container)
    if pair is not None and _is_hasty(container, *pair):
        live, ready = pair
        last = f"{live.delay} + {live.threshold} x {live.period} = {live.delay + live.patience} s"
        yield Problem(
            ("livenessProbe",),
            f"livenessProbe gives up {last} after the start, and readinessProbe first asks the same after "
            f"{ready.delay} s",
            _related(container, ("readinessProbe", "initialDelaySeconds"), f"not ready before {ready.delay} s"),
        )


def liveness_equals_readiness(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A liveness probe that asks the same as the readiness probe, and gives up no later."""
    pair = _same_probes(container)
    if pair is not None and pair[0].patience <= pair[1].patience and not _is_hasty(container, *pair):
        live, ready = pair
        yield Problem(
            ("livenessProbe",),
            f"livenessProbe asks the same as readinessProbe, and gives up after {live.sum}, no later than {ready.sum}",
            _related(container, ("readinessProbe",), "the same probe"),
        )


def _same_probes(container: Container) -> tuple[_Probe, _Probe] | None:
    """The liveness and the readiness probe, if they ask the same."""
    live, ready = _probe(container, "livenessProbe"), _probe(container, "readinessProbe")
    if live is None or ready is None or live.endpoint is None or live.endpoint != ready.endpoint:
        return None
    return None if _is_partial(container) else (live, ready)


def _is_hasty(container: Container, live: _Probe, ready: _Probe) -> bool:
    """Whether the liveness probe gives up before the readiness probe begins, and no startup probe holds it back."""
    return container.data.get("startupProbe") is None and live.delay + live.patience < ready.delay


class _Probe(NamedTuple):
    """A probe with its defaults filled in; `endpoint` is what it asks, or None if that is not known."""

    data: Mapping[str, Any]
    delay: int
    period: int
    timeout: int
    threshold: int
    endpoint: tuple[object, ...] | None

    @property
    def patience(self) -> int:
        """The seconds for which the probe may fail before it gives up."""
        return self.threshold * self.period

    @property
    def sum(self) -> str:
        """The same, with its arithmetic."""
        return f"{self.threshold} x {self.period} = {self.patience} s"


def _probe(container: Container, field: str) -> _Probe | None:
    """The probe of the name, or None if there is none or its numbers are not known."""
    data = container.data.get(field)
    if not isinstance(data, dict):
        return None
    numbers = [_number(data, name, default) for name, default in _DEFAULTS]
    if None in numbers:
        return None
    delay, period, timeout, threshold = (number or 0 for number in numbers)
    return _Probe(data, delay, period, timeout, threshold, _endpoint(container, data))


# The defaults of SetDefaults_Probe, in seconds.
_DEFAULTS: Final = (("initialDelaySeconds", 0), ("periodSeconds", 10), ("timeoutSeconds", 1), ("failureThreshold", 3))


def _number(data: Mapping[str, Any], name: str, default: int) -> int | None:
    value = data.get(name)
    if value is None or value == 0:
        return default
    number = integer(value)
    return number if number is None or number > 0 else None


def _endpoint(container: Container, data: Mapping[str, Any]) -> tuple[object, ...] | None:
    """What a probe asks, in a form that is equal for equal probes; None if that is unknown."""
    kinds = [kind for kind in _HANDLERS if isinstance(data.get(kind), dict)]
    if len(kinds) != 1:
        return None
    handler = data[kinds[0]]
    if kinds[0] == "exec":
        command = handler.get("command")
        return ("exec", *map(str, command)) if isinstance(command, list) and command else None
    port = handler.get("port")
    if isinstance(port, str):
        index = _port_names(container).get(port)
        port = dig(container.data, "ports", index, "containerPort") if index is not None else None
    if integer(port) is None:
        return None
    if kinds[0] == "grpc":
        return ("grpc", port, text(handler.get("service")))
    host = text(handler.get("host"))
    if kinds[0] == "tcpSocket":
        return ("tcpSocket", port, host)
    path = text(handler.get("path")) or "/"
    return ("httpGet", port, host, path, text(handler.get("scheme")) or "HTTP", str(handler.get("httpHeaders")))


def _handlers(container: Container) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The probes and hooks that the container has, each with its path."""
    for field in _PROBES:
        if isinstance(container.data.get(field), dict):
            yield (field,), container.data[field]
    for field in _HOOKS if "lifecycle" in container.data else ():
        yield ("lifecycle", field), mapping(mapping(container.data["lifecycle"]).get(field))


def _port_names(container: Container) -> dict[str, int]:
    """The names of the container's ports, each with its index; of two equal names the first is found."""
    found: dict[str, int] = {}
    for index, port in items(container.data.get("ports")):
        name = text(port.get("name"))
        if name and not has_placeholder(name):
            found.setdefault(name, index)
    return found


def _related(container: Container, path: Path, message: str) -> tuple[Related, ...]:
    return (Related(container.pod.obj, (*container.pod.path, *container.path, *path), message),)


def _is_partial(container: Container) -> bool:
    """Whether the container is a part of one, as in a patch: what it lacks may stand elsewhere."""
    return not container.data.get("image")
