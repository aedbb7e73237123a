"""The time that a Pod has to end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, integer, sequence
from k8slint.objects.object import Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.regex import regex

# The default of SetDefaults_PodSpec, in seconds.
_GRACE: Final = 30
_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}
_AMOUNT: Final = r"([0-9]+)([smh]?)"
_SLEEP: Final = regex(rf"\s*(?:exec\s+)?(?:(?:/usr)?/bin/)?sleep\s+{_AMOUNT}\s*(?:$|[;&|\n].*)", re.DOTALL)
_PROGRAMS: Final = ("sleep", "/bin/sleep", "/usr/bin/sleep")
_SHELLS: Final = regex(r"(?:(?:/usr)?/bin/)?(?:ba|da|a)?sh")
_RUNS_TEXT: Final = regex(r"-[a-z]*c")
_ALONE: Final = regex(_AMOUNT)


def grace_period_shorter_than_prestop(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A preStop hook that sleeps as long as the Pod has to end, or longer.

    Mirrors: pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer @ v1.37
    """
    written = pod.spec.get("terminationGracePeriodSeconds")
    grace = _GRACE if written is None else integer(written)
    if grace is None or grace <= 0:
        return
    for container in pod.containers:
        found = _sleep(dig(container.data, "lifecycle", "preStop"))
        # The API server refuses a sleep action that is longer.
        if found is None or found[1] < grace or (found[0][0] == "sleep" and found[1] > grace):
            continue
        path, seconds = found
        at = (*pod.path, "spec", "terminationGracePeriodSeconds")
        yield Problem(
            (*container.path, "lifecycle", "preStop", *path),
            f'preStop of container "{container.name}" sleeps {seconds} s, and the Pod has {grace} s to end'
            + ("" if written is not None else ", the default"),
            (Related(pod.obj, at, "the time to end"),) if written is not None else (),
        )


def _sleep(hook: Any) -> tuple[Path, int] | None:
    """How many seconds a hook sleeps at least, and where that is written; None if it is not known."""
    seconds = integer(dig(hook, "sleep", "seconds"))
    if seconds is not None:
        return ("sleep", "seconds"), seconds
    command = sequence(dig(hook, "exec", "command"))
    words = [word for word in command if isinstance(word, str)]
    if len(words) != len(command) or len(words) < 2:
        return None
    match = None
    if words[0] in _PROGRAMS and len(words) == 2:
        match = _ALONE.fullmatch(words[1])
    elif len(words) == 3 and _SHELLS.fullmatch(words[0]) and _RUNS_TEXT.fullmatch(words[1]):
        match = _SLEEP.fullmatch(words[2])
    if match is None:
        return None
    return ("exec", "command", len(words) - 1), int(match[1]) * _SECONDS[match[2]]
