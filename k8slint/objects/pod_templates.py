"""How the objects of each kind make pods: the built-in kinds, and those of `rules/tables/pod-templates.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from k8slint.loading.tables import rows, text_of

# The path to the pod or pod template of each built-in kind that has one, by kind and group.
POD_TEMPLATES: Final[dict[str, tuple[str, ...]]] = {
    "Pod": (),
    "PodTemplate": ("template",),
    "ReplicationController": ("spec", "template"),
    "Deployment.apps": ("spec", "template"),
    "ReplicaSet.apps": ("spec", "template"),
    "StatefulSet.apps": ("spec", "template"),
    "DaemonSet.apps": ("spec", "template"),
    "Job.batch": ("spec", "template"),
    "CronJob.batch": ("spec", "jobTemplate", "spec", "template"),
}


class PodMaker(NamedTuple):
    """How the objects of a kind make pods.

    `templates` are the paths at which an object may hold pod templates, `*` going through a list; empty if it makes
    its pods from a form of its own. `like` is the built-in kind, with its group, that makes pods as these do; empty if
    none does. `is_same`: it makes as many, from the same fields.
    """

    templates: tuple[tuple[str, ...], ...] = ()
    like: str = ""
    is_same: bool = False


_TABLE: Final = "pod-templates"
_BUILT_IN: Final = {kind: PodMaker((path,), kind, is_same=True) for kind, path in POD_TEMPLATES.items()}


def pod_maker(group_kind: str) -> PodMaker | None:
    """How objects of a kind, written `Kind.group`, make pods, or None if they make none or are not known."""
    maker = _BUILT_IN.get(group_kind)
    if maker is None and "." in (group := group_kind.partition(".")[2]) and not group.endswith(".k8s.io"):
        # Most custom kinds have no row: then the table need not be parsed.
        return _custom().get(group_kind) if group_kind in text_of(_TABLE) else None
    return maker


@cache
def _custom() -> Mapping[str, PodMaker]:
    return {
        row["kind"]: PodMaker(
            tuple(tuple(path.split(".")) for path in row.get("templates", ())), row.get("like", ""), "same" in row
        )
        for row in rows(_TABLE)
    }
