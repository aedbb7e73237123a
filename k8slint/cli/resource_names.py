"""Workloads as people name them to kubectl: `deploy/web`, `statefulsets.apps/db`."""

from __future__ import annotations

from typing import Final

from k8slint.usage import UsageError

# Singular, plural and short names of each kind, with its group.
_KINDS: Final = (
    ("Pod", "", ("pod", "pods", "po")),
    ("ReplicationController", "", ("replicationcontroller", "replicationcontrollers", "rc")),
    ("Deployment", "apps", ("deployment", "deployments", "deploy")),
    ("ReplicaSet", "apps", ("replicaset", "replicasets", "rs")),
    ("StatefulSet", "apps", ("statefulset", "statefulsets", "sts")),
    ("DaemonSet", "apps", ("daemonset", "daemonsets", "ds")),
    ("Job", "batch", ("job", "jobs")),
    ("CronJob", "batch", ("cronjob", "cronjobs", "cj")),
)
_BY_NAME: Final = {name: (kind, group) for kind, group, names in _KINDS for name in names}
_SHORTEST: Final = {kind: min(names, key=len) for kind, _, names in _KINDS}


def is_kind(word: str) -> bool:
    """Whether a word is a kind as kubectl takes it, with or without its group."""
    return word.lower().partition(".")[0] in _BY_NAME


def in_short(kind: str, name: str) -> str:
    """A workload as people type it.

    >>> in_short("StatefulSet", "db")
    'sts/db'
    """
    return f"{_SHORTEST.get(kind, kind.lower())}/{name}"


def kind_and_name(text: str) -> tuple[str, str]:
    """The kind and the name that `kind/name` means; the kind is empty if a name alone is given.

    >>> kind_and_name("deploy/web"), kind_and_name("statefulsets.v1.apps/db"), kind_and_name("web")
    (('Deployment', 'web'), ('StatefulSet', 'db'), ('', 'web'))

    Raises:
        UsageError: for any other text, and for kinds that make no pods.
    """
    from k8slint.values.nearest import nearest

    written, slash, name = text.partition("/")
    if not slash:
        return "", written
    if not written or not name or "/" in name:
        raise UsageError(f'"{text}" names no workload; expected kind/name, as deploy/web')
    short, _, group = written.lower().partition(".")
    if short not in _BY_NAME:
        near = nearest(short, _BY_NAME)
        known = ", ".join(names[0] for _, _, names in _KINDS)
        hint = f'did you mean "{near}/{name}"?' if near else f"expected one of {known}"
        raise UsageError(f'"{written}" is no kind that makes pods; {hint}')
    kind, own = _BY_NAME[short]
    version, _, rest = group.partition(".")
    if group and group != own and not (rest == own and version.startswith("v")):
        meant = f"{short}.{own}" if own else short
        raise UsageError(f'"{written}" is no kind that makes pods; did you mean "{meant}/{name}"?')
    return kind, name
