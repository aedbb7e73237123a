"""The environment of containers: variables by name, and whole ConfigMaps and Secrets."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.core.mounts import Volumes
from k8slint.apiserver.validation.core.selectors import object_field, resource_field
from k8slint.apiserver.validation.field import Field, Form, needed
from k8slint.apiserver.validation.formats import (
    config_map_key,
    dns_label,
    dns_subdomain,
    env_name,
    local_descending_path,
    relaxed_env_name,
)

_PATHS: Final = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
_SOURCES: Final = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_KEY: Final = needed(config_map_key).check
_FILE_KEY: Final = needed(relaxed_env_name).check
_VOLUME_NAME: Final = needed(dns_label).check
_REFERENCE: Final = needed(dns_subdomain).check


def _name_form(field: Field) -> Form:
    return relaxed_env_name if field.run.has("RelaxedEnvironmentVariableValidation") else env_name


def variables(env: Field, volumes: Volumes | None) -> None:
    """The variables of a container.

    Mirrors: pkg/apis/core/validation/validation.go ValidateEnv @ v1.37
    """
    form = _name_form(env)
    for variable in env:
        name, source = variable["name"], variable["valueFrom"]
        if name:
            form(name)
        else:
            name.required()
        if source.is_set:
            _value_from(variable, source, volumes)


def _value_from(variable: Field, source: Field, volumes: Volumes | None) -> None:
    sources = _SOURCES if source.run.has("EnvFiles") else _SOURCES[:-1]
    written = source.written(sources)
    for name in written:
        ref = source[name]
        if name == "fieldRef":
            object_field(ref, _PATHS)
        elif name == "resourceFieldRef":
            resource_field(ref, needs_container=False)
        elif name == "fileKeyRef":
            _file_key(ref, volumes)
        else:
            _key_of_object(ref)
    if source.is_hole:
        return
    if not written:
        listed = "`, `".join(sources[:-1])
        source.invalid(f"must specify one of: `{listed}` or `{sources[-1]}`", "")
    elif variable["value"]:
        source.invalid("may not be specified when `value` is not empty", "", fix="remove value, or valueFrom")
    elif len(written) > 1:
        source.invalid("may not have more than one field specified at a time", "")


def _key_of_object(ref: Field) -> None:
    """A key of a ConfigMap or a Secret.

    Mirrors: pkg/apis/core/validation/validation.go validateConfigMapKeySelector, validateSecretKeySelector @ v1.37
    """
    name = ref["name"]
    if name:
        dns_subdomain(name)
    else:
        for fault in dns_subdomain.faults(""):
            name.invalid(fault, "")
    _KEY(ref["key"])


def _file_key(ref: Field, volumes: Volumes | None) -> None:
    """A key of a file of variables, which lies in an emptyDir.

    Mirrors: pkg/apis/core/validation/validation.go validateFileKeySelector @ v1.37
    """
    _FILE_KEY(ref["key"])
    name, path = ref["volumeName"], ref["path"]
    _VOLUME_NAME(name)
    if not path:
        path.required()
    elif path.value.__class__ is str:
        local_descending_path(path)
        if path.value.startswith("..") and not path.value.startswith("../"):
            path.invalid("must not start with '..'")
    if volumes is None or name.is_hole:
        return
    text = name.value or ""
    volume = volumes.get(text)
    if text not in volumes:
        name.not_found(text, mended_by=text)
    # A volume without a source is an emptyDir.
    elif volume is not None and not volume["emptyDir"].is_set and (volume.value or {}).keys() - {"name"}:
        name.invalid("referenced volume must be of type emptyDir")


def whole_sources(sources: Field) -> None:
    """ConfigMaps and Secrets each key of which becomes a variable.

    Mirrors: pkg/apis/core/validation/validation.go ValidateEnvFrom @ v1.37
    """
    form = _name_form(sources)
    for source in sources:
        if source["prefix"]:
            form(source["prefix"])
        written = source.written(("configMapRef", "secretRef"))
        for name in written:
            _REFERENCE(source[name]["name"])
        # The server reports these two at the path of the list.
        at = source.path[-1:]
        if source.is_hole:
            continue
        if not written:
            sources.invalid("must specify one of: `configMapRef` or `secretRef`", "", at=at)
        elif len(written) > 1:
            sources.invalid("may not have more than one field specified at a time", "", at=at)
