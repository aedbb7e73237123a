"""Where containers find the volumes of their pod: mounts, and block devices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from k8slint.apiserver.validation.field import Field, one_of
from k8slint.apiserver.validation.formats import local_descending_path
from k8slint.values.nearest import nearest

Volumes = Mapping[str, Field | None]
"""The volumes of a pod by name; None stands for one that has an error of its own."""

_PROPAGATION: Final = one_of("Bidirectional", "HostToContainer", "None")
_RECURSIVE: Final = one_of("Disabled", "Enabled", "IfPossible")
_UNTIL_34: Final = (
    "Since Kubernetes 1.34 the API server refuses the StatefulSet; before, it takes it and no Pod comes up: "
    "the StatefulSet's events say FailedCreate, Not found."
)


def volumes_of(
    spec: Field, claim_templates: Field | None = None, refused: Collection[str] = frozenset()
) -> Volumes | None:
    """The volumes of a pod, with those that a StatefulSet makes of its claim templates; None if not all are known.

    `refused` are the names of those that have an error of their own, which the server does not count.
    """
    volumes = spec["volumes"]
    found: dict[str, Field | None] = {}
    for volume in volumes:
        found[volume["name"].value or ""] = volume
    found.update(dict.fromkeys(refused))
    for template in claim_templates or ():
        name = template["metadata"]["name"]
        found[name.value or ""] = Field({"persistentVolumeClaim": {}}, name.run)
    is_known = not volumes.is_hole and not (claim_templates is not None and claim_templates.is_hole)
    return found if is_known and all(name.__class__ is str for name in found) else None


def undefined_volumes_before_34(spec: Field, claim_templates: Field) -> None:
    """What the server took of a StatefulSet, and refused of its Pods: mounts of volumes that they do not have."""
    volumes = volumes_of(spec, claim_templates)
    for list_ in ("containers", "initContainers"):
        for container in spec[list_]:
            for mount in (*container["volumeMounts"], *container["volumeDevices"]):
                if mount["name"]:
                    _defined(mount, volumes, _UNTIL_34)


def _defined(mount: Field, volumes: Volumes | None, effect: str = "") -> None:
    name = mount["name"]
    text = name.value or ""
    if volumes is None or name.is_hole:
        return
    if text in volumes:
        if volumes[text] is None:
            name.not_found(text, "the volume of that name is refused itself", fix="mend the volume")
        return
    near = nearest(text, volumes)
    hint = f'; did you mean "{near}"?' if near else ""
    detail = f"the Pod has no volume of that name{hint}" if text else ""
    name.not_found(text, detail, rule="undefined-volume", effect=effect, mended_by=text)


def mounts(container: Field, volumes: Volumes | None) -> None:
    """The mounts of a container.

    The server names some parts of a mount without its index.

    Mirrors: pkg/apis/core/validation/validation.go ValidateVolumeMounts @ v1.37
    """
    devices = list(container["volumeDevices"])
    device_names = {device["name"].value or "" for device in devices}
    device_paths = {device["devicePath"].value or "" for device in devices}
    paths: set[str] = set()
    for mount in container["volumeMounts"]:
        name, path = mount["name"], mount["mountPath"]
        if not name:
            name.required()
        _defined(mount, volumes)
        if not path:
            path.required()
        at = path.value or ""
        if at in paths:
            path.invalid("must be unique", at)
        paths.add(at)
        if (name.value or "") in device_names:
            name.invalid("must not already exist in volumeDevices", name.value or "")
        if at in device_paths:
            path.invalid("must not already exist as a path in volumeDevices", at)
        _parts(mount, mount.named_as(container["volumeMounts"]))
        _modes(mount.named_as(container["volumeMounts"]), container)


def _parts(mount: Field, named: Field) -> None:
    part, expression = mount["subPath"], mount["subPathExpr"]
    if part:
        local_descending_path(named["subPath"])
    if expression:
        if part:
            expression.invalid("subPathExpr and subPath are mutually exclusive", fix="remove one of the two")
        local_descending_path(named["subPathExpr"])


def _modes(mount: Field, container: Field) -> None:
    """Which mounts of the host are seen, and whether those below are read-only too.

    Mirrors: pkg/apis/core/validation/validation.go validateMountPropagation, validateMountRecursiveReadOnly @ v1.37
    """
    propagation, recursive = mount["mountPropagation"], mount["recursiveReadOnly"]
    if propagation.is_set:
        _PROPAGATION(propagation)
        if propagation.value == "Bidirectional" and not container["securityContext"]["privileged"].may_be(True):
            propagation.forbidden("Bidirectional mount propagation is available only to privileged containers")
    if not recursive.is_set or not recursive.run.has("RecursiveReadOnlyMounts"):
        return
    _RECURSIVE(recursive)
    if recursive.value in ("Enabled", "IfPossible"):
        if not mount["readOnly"]:
            recursive.forbidden("may only be specified when readOnly is true", fix="write readOnly: true")
        if propagation.is_set and not propagation.may_be("None"):
            recursive.forbidden("may only be specified when mountPropagation is None or not specified")


def devices(container: Field, volumes: Volumes | None) -> None:
    """The block devices of a container, which only claims have.

    Mirrors: pkg/apis/core/validation/validation.go ValidateVolumeDevices @ v1.37
    """
    mounted = list(container["volumeMounts"])
    mount_names = {mount["name"].value or "" for mount in mounted}
    mount_paths = {mount["mountPath"].value or "" for mount in mounted}
    names: set[str] = set()
    paths: set[str] = set()
    for device in container["volumeDevices"]:
        name, path = device["name"], device["devicePath"]
        _device_name(name, volumes, names)
        _defined(device, volumes)
        _device_path(path, paths)
        if (name.value or "") in mount_names:
            name.invalid("must not already exist in volumeMounts", name.value or "")
        if (path.value or "") in mount_paths:
            path.invalid("must not already exist as a path in volumeMounts", path.value or "")


def _device_name(name: Field, volumes: Volumes | None, names: set[str]) -> None:
    text = name.value or ""
    if not text:
        name.required()
        return
    if text in names:
        name.invalid("must be unique")
    names.add(text)
    volume = volumes.get(text) if volumes is not None else None
    if volume is not None and not (volume["persistentVolumeClaim"].is_set or volume["ephemeral"].is_set):
        said = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
        name.invalid(said, fix="use volumeMounts")


def _device_path(path: Field, paths: set[str]) -> None:
    at = path.value or ""
    if not at:
        path.required()
        return
    if at in paths:
        path.invalid("must be unique")
    if at.__class__ is str and ".." in at.split("/"):
        path.invalid("can not contain backsteps ('..')")
    else:
        paths.add(at)
