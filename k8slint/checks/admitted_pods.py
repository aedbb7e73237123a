"""Pods as admission meets them: decoded and defaulted."""

from __future__ import annotations

from functools import lru_cache

from k8slint.apiserver.create import decode
from k8slint.apiserver.defaults.registry import default
from k8slint.apiserver.schemas import Schemas
from k8slint.apiserver.validation.field import Field, Validation
from k8slint.objects.fields import dig
from k8slint.objects.object import Pod
from k8slint.values.version import KubernetesVersion


# The rules of one pod ask one after the other.
@lru_cache(maxsize=1)
def admitted(pod: Pod, version: KubernetesVersion) -> Field | None:
    """A Pod or pod template as a server of that version admits it, its paths from the pod.

    None for one that is not read as a whole: without an image it is a patch.
    """
    if not any(container.data.get("image") for container in pod.containers):
        return None
    data = decode(pod.obj, Schemas(version)).data
    if data is None:
        return None
    whole = dig(default(data, pod.obj.group_kind), *pod.path)
    return Field(whole, Validation(pod.obj, version.minor)) if isinstance(whole, dict) else None
