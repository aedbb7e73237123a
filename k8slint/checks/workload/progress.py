"""The time that a rollout has to make progress, held against what one Pod may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import integer
from k8slint.objects.object import Container, Object
from k8slint.objects.problem import Problem, Related

# The defaults of SetDefaults_Deployment and SetDefaults_Probe, in seconds.
_DEADLINE: Final = 600
_PERIOD: Final = 10
_FAILURES: Final = 3


def progress_deadline_too_short(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Deployment whose probes let one Pod take longer than the rollout may stand still.

    A rollout makes progress with each Pod that becomes available: the deadline begins anew with it.

    Mirrors: pkg/controller/deployment/util/deployment_util.go DeploymentTimedOut @ v1.37
    """
    pod, written = obj.pod, obj.spec.get("progressDeadlineSeconds")
    deadline = _DEADLINE if written is None else integer(written)
    if pod is None or deadline is None or obj.spec.get("paused") is True or obj.spec.get("replicas") == 0:
        return
    settled = _whole(obj.spec, "minReadySeconds", 0)
    if settled is None or settled >= deadline:
        return  # the API server refuses it
    slowest = max((each for each in map(_slowest, pod.containers) if each is not None), default=None)
    if slowest is None or slowest.seconds + settled <= deadline:
        return
    sums = slowest.sums + (f" + {settled} minReadySeconds" if settled else "")
    default = "" if written is not None else ", the default"
    yield Problem(
        ("spec", "progressDeadlineSeconds") if written is not None else (*pod.path, *slowest.path),
        f"a Pod may take {_summed(sums, slowest.seconds + settled)} s to become available, "
        f"and the rollout fails after {deadline} s{default}",
        (Related(obj, (*pod.path, *slowest.path), "what it may take"),) if written is not None else (),
    )


class _Start(NamedTuple):
    """How long the probes of a container let it take to become ready, where that is written, and as a sum."""

    seconds: int
    path: Path
    sums: str


def _slowest(container: Container) -> _Start | None:
    startup, ready = container.data.get("startupProbe"), container.data.get("readinessProbe")
    delay = _whole(ready, "initialDelaySeconds", 0) if isinstance(ready, dict) else 0
    if container.path[1] == "ephemeralContainers" or delay is None:
        return None
    if not isinstance(startup, dict):
        return _Start(delay, (*container.path, "readinessProbe"), f"{delay}") if delay else None
    numbers = [_whole(startup, name, default) for name, default in _NUMBERS]
    if None in numbers:
        return None
    first, period, failures = (number or 0 for number in numbers)
    # Both delays count from the start of the container.
    seconds, sums = first + period * failures, f"{first} + {failures} x {period}"
    if delay > seconds:
        return _Start(delay, (*container.path, "readinessProbe"), f"{delay}")
    return _Start(seconds, (*container.path, "startupProbe"), sums)


_NUMBERS: Final = (("initialDelaySeconds", 0), ("periodSeconds", _PERIOD), ("failureThreshold", _FAILURES))


def _whole(data: Mapping[str, Any], name: str, default: int) -> int | None:
    """The number in a field, or the default; None if it is not known."""
    value = data.get(name)
    if value is None or value == 0:
        return default
    number = integer(value)
    return number if number is not None and number > 0 else None


def _summed(sums: str, total: int) -> str:
    return sums if sums == str(total) else f"{sums} = {total}"
