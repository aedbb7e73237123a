"""Jobs that stay after they are done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import dig
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem
from k8slint.values.well_known import HELM_HOOK

_HOOKS: Final = (HELM_HOOK, "argocd.argoproj.io/hook")


def job_without_ttl(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Job that nothing deletes: neither a time to live, nor an owner, nor the tool whose hook it is."""
    if (
        not obj.spec
        or obj.spec.get("ttlSecondsAfterFinished") is not None
        or dig(obj.data, "metadata", "ownerReferences")
    ):
        return
    if any(hook in obj.annotations for hook in _HOOKS):
        return
    said = f"{obj} and its Pods stay after it is done: it has no ttlSecondsAfterFinished"
    yield Problem(("spec",), said, rests_on=Absence(mended_by="ttlSecondsAfterFinished"))
