"""Pods as admission meets them: decoded and defaulted."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from k8slint.apiserver.create import decode
from k8slint.apiserver.defaults.registry import default
from k8slint.apiserver.schemas import Schemas
from k8slint.apiserver.validation.field import Field, Validation
from k8slint.objects.fields import dig
from k8slint.objects.object import Object, Pod
from k8slint.objects.pod_templates import POD_TEMPLATES
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.version import KubernetesVersion


# The rules of one pod ask one after the other.
@lru_cache(maxsize=1)
def admitted(pod: Pod, version: KubernetesVersion) -> Field | None:
    """A Pod or pod template as a server of that version admits it, its paths from the pod.

    None for one that is not read as a whole: without an image it is a patch.
    """
    if not any(container.data.get("image") for container in pod.containers):
        return None
    # The server knows no pods of custom kinds; it will see those that a controller makes of the template.
    is_custom = pod.obj.stored_as not in POD_TEMPLATES
    holder = _as_pod_template(pod) if is_custom else pod.obj
    data = decode(holder, Schemas(version)).data
    if data is None:
        return None
    whole = dig(default(data, holder.group_kind), *(("template",) if is_custom else pod.path))
    return Field(whole, Validation(pod.obj, version.minor)) if isinstance(whole, dict) else None


_POD_TEMPLATE: Final = GroupVersionKind("", "v1", "PodTemplate")


def _as_pod_template(pod: Pod) -> Object:
    """The template of a custom kind as an object of its own."""
    obj = pod.obj
    data = {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": obj.name}, "template": pod.data}
    return Object(obj.document, obj.path, _POD_TEMPLATE, obj.namespace, obj.name, data)
