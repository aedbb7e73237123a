"""Volumes that containers mount and the pod does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.references import claim_templates
from k8slint.objects.fields import items, text
from k8slint.objects.object import Pod
from k8slint.objects.problem import Absence, Problem
from k8slint.values.names import is_dns_subdomain
from k8slint.values.nearest import nearest


def undefined_volume(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A mount of a volume that the pod does not have."""
    names = frozenset((*(text(volume.get("name")) for _, volume in pod.volumes), *claim_templates(pod.obj)))
    if not all(is_dns_subdomain(name) for name in names):
        return
    is_stateful = pod.obj.group_kind == "StatefulSet.apps"
    # A container without an image is part of a patch, whose volumes may be in what it patches.
    for container in (container for container in pod.containers if container.data.get("image")):
        for field in ("volumeMounts", "volumeDevices"):
            for index, mount in items(container.data.get(field)):
                name = text(mount.get("name"))
                if name in names or not is_dns_subdomain(name):
                    continue
                near = nearest(name, names)
                hint = f'; did you mean "{near}"?' if near else ""
                message = f'container "{container.name}" mounts "{name}", but the Pod has no volume of that name{hint}'
                effect = _STATEFUL_EFFECT if is_stateful else ""
                yield Problem(
                    (*container.path, field, index, "name"), message, effect=effect, rests_on=Absence(mended_by=name)
                )


_STATEFUL_EFFECT: Final = (
    "Since Kubernetes 1.34 the API server refuses the StatefulSet; before, it takes it and no Pod comes up: "
    "the StatefulSet's events say FailedCreate, Not found."
)
