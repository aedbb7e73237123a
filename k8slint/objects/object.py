"""One Kubernetes object, and the pods that it makes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from k8slint.loading.document import Document, Path
from k8slint.objects.fields import dig, items, mapping, reach, strings, text
from k8slint.objects.pod_templates import pod_maker
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.record import record

# Groups that once served kinds of today's groups, with the same pod templates.
_OLD_GROUPS: Final = {"extensions": "apps"}


@record
class Object:
    """One object: its type, its place, its data as written.

    `path` leads to it in its document: it is empty, or `("items", 3)` in a List. `namespace` and `name` are empty if
    they are not written.
    """

    document: Document
    path: Path
    gvk: GroupVersionKind
    namespace: str
    name: str
    data: dict[str, Any]

    @property
    def kind(self) -> str:
        """The kind alone, for messages."""
        return self.gvk.kind

    @property
    def is_context(self) -> bool:
        """Whether the object is read only so that others can be judged, and never reported on."""
        return self.document.source.is_context

    @cached_property
    def group_kind(self) -> str:
        """Kind and group, such as `Deployment.apps` or `Pod`; all objects of a kind share one string."""
        return sys.intern(self.gvk.group_kind)

    @cached_property
    def annotations(self) -> dict[str, str]:
        """The annotations whose values are strings."""
        return strings(dig(self.data, "metadata", "annotations"))

    @cached_property
    def labels(self) -> dict[str, str]:
        """The labels whose values are strings."""
        return strings(dig(self.data, "metadata", "labels"))

    @property
    def spec(self) -> dict[str, Any]:
        """The mapping at `spec`."""
        return mapping(self.data.get("spec"))

    @property
    def stored_as(self) -> str:
        """Kind and today's group, such as `Deployment.apps`, also for an object written in a group that it left."""
        group = _OLD_GROUPS.get(self.gvk.group)
        return self.gvk.group_kind if group is None else f"{self.gvk.kind}.{group}"

    @cached_property
    def pods(self) -> tuple[Pod, ...]:
        """The pod that the object is, or its pod templates: one for a built-in workload, several for a RayCluster."""
        maker = pod_maker(self.stored_as)
        if maker is None:
            return ()
        found = (place for path in maker.templates for place in reach(self.data, path))
        return tuple(Pod(self, path, data) for path, data in found if isinstance(data, dict))

    @property
    def pod(self) -> Pod | None:
        """The one pod or pod template, or None if the object has none or several."""
        return self.pods[0] if len(self.pods) == 1 else None

    @property
    def makes_pods_like(self) -> str:
        """The built-in kind that makes pods as this object does, such as `Job.batch`; empty if none does."""
        maker = pod_maker(self.stored_as)
        return maker.like if maker is not None else ""

    @property
    def runs_to_end(self) -> bool:
        """Whether the pods that the object makes are meant to end."""
        return self.makes_pods_like in ("CronJob.batch", "Job.batch")

    def __str__(self) -> str:
        """Kind and name in the form that messages use: `Deployment "web"`."""
        return f'{self.kind} "{self.name}"'


@record
class Pod:
    """A Pod, or the pod template of a workload.

    `path` leads to it from the root of its object. `data` holds `metadata` and `spec`.
    """

    obj: Object
    path: Path
    data: dict[str, Any]

    @property
    def spec(self) -> dict[str, Any]:
        """The mapping at `spec`."""
        return mapping(self.data.get("spec"))

    @cached_property
    def labels(self) -> dict[str, str]:
        """The labels of the pods, without values that are no strings."""
        return strings(dig(self.data, "metadata", "labels"))

    @cached_property
    def annotations(self) -> dict[str, str]:
        """The annotations of the pods, without values that are no strings."""
        return strings(dig(self.data, "metadata", "annotations"))

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """All containers: init containers first, then containers, then ephemeral ones."""
        return tuple(
            Container(self, ("spec", field, index), data)
            for field in ("initContainers", "containers", "ephemeralContainers")
            for index, data in items(self.spec.get(field))
        )

    @cached_property
    def volumes(self) -> tuple[tuple[Path, dict[str, Any]], ...]:
        """The volumes, each with its path from the pod."""
        return tuple((("spec", "volumes", index), data) for index, data in items(self.spec.get("volumes")))

    @property
    def namespace(self) -> str:
        """The namespace of the object; empty if none is written."""
        return self.obj.namespace


@record
class Container:
    """A container of a pod; `path` leads to it from the pod."""

    pod: Pod
    path: Path
    data: dict[str, Any]

    @property
    def name(self) -> str:
        """The name; empty if none is written."""
        return text(self.data.get("name"))

    @property
    def is_init(self) -> bool:
        """Whether the container runs to its end before the others start; a sidecar does not."""
        return self.path[1] == "initContainers" and self.data.get("restartPolicy") != "Always"

    @property
    def is_sidecar(self) -> bool:
        """Whether the container is an init container that goes on running beside the others."""
        return self.path[1] == "initContainers" and self.data.get("restartPolicy") == "Always"

    def env(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """The `env` entries, each with its path from the container."""
        for index, entry in items(self.data.get("env")):
            yield ("env", index), entry

    def env_from(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """The `envFrom` entries, each with its path from the container."""
        for index, entry in items(self.data.get("envFrom")):
            yield ("envFrom", index), entry

    def mounts(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """The volume mounts, each with its path from the container."""
        for index, entry in items(self.data.get("volumeMounts")):
            yield ("volumeMounts", index), entry
