"""Files that volumes are made of: keys of ConfigMaps and Secrets, fields of the pod, tokens and certificates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from k8slint.apiserver.validation.core.selectors import object_field, resource_field
from k8slint.apiserver.validation.field import Check, Field, each, fields, given, needed, optional
from k8slint.apiserver.validation.formats import dns_subdomain, local_non_reserved_path, signer_name
from k8slint.apiserver.validation.selectors import label_selector

_MOST_MODE: Final = 0o777
_PATHS: Final = (
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
)
_DAY: Final = 24 * 60 * 60
_KEY_TYPES: Final = ("ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519", "RSA3072", "RSA4096")
_CERTIFICATE_PATHS: Final = ("credentialBundlePath", "keyPath", "certificateChainPath")


def _mode(mode: Field) -> None:
    if mode.value.__class__ is int and not 0 <= mode.value <= _MOST_MODE:
        mode.invalid("must be a number between 0 and 0777 (octal), both inclusive", fix="write it as 0644")


_KEY_TO_PATH: Final = fields(key=needed(), path=needed(local_non_reserved_path), mode=given(_mode))
_ITEMS: Final = optional(each(_KEY_TO_PATH))


def config_map(source: Field) -> None:
    """The keys of a ConfigMap.

    Mirrors: pkg/apis/core/validation/validation.go validateConfigMapVolumeSource @ v1.37
    """
    _CONFIG_MAP(source)


def secret(source: Field) -> None:
    """The keys of a Secret.

    Mirrors: pkg/apis/core/validation/validation.go validateSecretVolumeSource @ v1.37
    """
    _SECRET(source)


def downward_api(source: Field) -> None:
    """Fields of the pod itself. The server leaves the index out of the path of a file.

    Mirrors: pkg/apis/core/validation/validation.go validateDownwardAPIVolumeSource @ v1.37
    """
    _DOWNWARD_API(source)
    for file in source["items"]:
        _pod_file(file.named_as(source))


def _pod_file(file: Field) -> None:
    """A file of the downward API: a field of the pod, or a resource of a container.

    Mirrors: pkg/apis/core/validation/validation.go validateDownwardAPIVolumeFile @ v1.37
    """
    if file.is_hole:
        return
    ref, resource = file["fieldRef"], file["resourceFieldRef"]
    _FILE(file)
    if ref.is_set:
        object_field(ref, _PATHS)
        if resource.is_set:
            file.invalid("fieldRef and resourceFieldRef can not be specified simultaneously", "resource")
    elif resource.is_set:
        resource_field(resource, needs_container=True)
    else:
        file.required("one of fieldRef and resourceFieldRef is required")


_FILE: Final = fields(path=needed(local_non_reserved_path), mode=given(_mode))
_CONFIG_MAP: Final = fields(name=needed(), defaultMode=given(_mode), items=_ITEMS)
_SECRET: Final = fields(secretName=needed(), defaultMode=given(_mode), items=_ITEMS)
_DOWNWARD_API: Final = fields(defaultMode=given(_mode))


def projected(source: Field) -> None:
    """Several of these in one folder, no path twice.

    Mirrors: pkg/apis/core/validation/validation.go validateProjectedVolumeSource, validateProjectionSources @ v1.37
    """
    if source["defaultMode"].is_set:
        _mode(source["defaultMode"])
    paths: set[str] = set()
    for one in source["sources"]:
        written = projection_kinds(one)
        for name in written:
            if one[name].is_hole:
                continue
            _PROJECTIONS[name](one[name])
            if name == "serviceAccountToken":
                # The server misses the way to it.
                _TOKEN_PATH(one[name]["path"].named_as(source, "path"))
            for path in _paths(name, one[name]):
                _once(path, paths)
        if len(written) > 1 and not one.is_hole:
            said = "may not specify more than 1 volume type per source"
            one.forbidden(said, fix="make each a source of its own")


def projection_kinds(source: Field) -> list[str]:
    """Which kinds of files a source has; those of gates that are off are dropped."""
    return source.written(name for name in _PROJECTIONS if name not in _GATES or source.run.has(_GATES[name]))


def _paths(name: str, projection: Field) -> list[Field]:
    """The paths of a projection that the server compares with those before."""
    if name in ("secret", "configMap", "downwardAPI"):
        return [item["path"] for item in projection["items"]]
    if name == "clusterTrustBundle":
        return [projection["path"]]
    if name == "podCertificate":
        return [projection[path] for path in _CERTIFICATE_PATHS]
    return []


def _once(path: Field, paths: set[str]) -> None:
    if path.value.__class__ is not str or not path.value:
        return
    if path.value in paths:
        path.invalid("conflicting duplicate paths", fix="give each file a path of its own")
    paths.add(path.value)


def _expiration(seconds: Field) -> None:
    if seconds.value.__class__ is not int:
        return
    if seconds.value < 10 * 60:
        seconds.invalid("may not specify a duration less than 10 minutes", fix="write 600 or more")
    elif seconds.value > 2**32:
        seconds.invalid("may not specify a duration larger than 2^32 seconds")


token_expiration: Final = given(_expiration)
"""How long a token may live, in seconds."""


def _trust_bundle(source: Field) -> None:
    """Certificates of a ClusterTrustBundle, or of all of a signer."""
    name, signer, selector = source["name"], source["signerName"], source["labelSelector"]
    if name.is_set and signer.is_set:
        source.invalid("only one of name and signerName may be used", fix="remove one of the two")
    elif name.is_set:
        if not name:
            name.required("must be a valid object name")
        elif name.value.__class__ is str:
            _bundle_name(name)
        if selector.is_set:
            selector.invalid("labelSelector must be unset if name is specified", fix="remove labelSelector")
    elif signer.is_set:
        if not signer:
            signer.required("must be a valid signer name")
        else:
            signer_name(signer)
        label_selector(selector)
    else:
        source.required("either name or signerName must be specified")
    _TRUSTED(source)


def _bundle_name(name: Field) -> None:
    """The name of a ClusterTrustBundle: that of its signer and a colon before, or no colon.

    Mirrors: pkg/apis/certificates/validation ValidateClusterTrustBundleName @ v1.37
    """
    for fault in dns_subdomain.faults(name.value.rpartition(":")[2]):
        name.invalid(f"not a valid clustertrustbundlename: {fault}")


def _pod_certificate(source: Field) -> None:
    """A key of the pod's own, and a certificate for it.

    Mirrors: pkg/apis/core/validation/validation.go validateProjectionSources @ v1.37
    """
    signer, key_type, longest = source["signerName"], source["keyType"], source["maxExpirationSeconds"]
    if not signer:
        signer.required()
    else:
        signer_name(signer)
    if not key_type.is_hole and key_type.value not in _KEY_TYPES:
        key_type.unsupported(_KEY_TYPES)
    if longest.value.__class__ is int:
        _lifetime(longest, signer)
    if not source.written(_CERTIFICATE_PATHS):
        source.required("specify at least one of credentialBundlePath, keyPath, and certificateChainPath")
    for path in _CERTIFICATE_PATHS:
        if source[path]:
            local_non_reserved_path(source[path])


def _lifetime(longest: Field, signer: Field) -> None:
    host = signer.value.partition("/")[0] if signer.value.__class__ is str else ""
    is_own = f".{host}".endswith(".kubernetes.io")
    if longest.value < 60 * 60:
        longest.invalid("if provided, maxExpirationSeconds must be >= 3600")
    elif is_own and longest.value > _DAY:
        longest.invalid(f"if provided, maxExpirationSeconds must be <= {_DAY}")
    elif longest.value > 91 * _DAY:
        longest.invalid(f"if provided, maxExpirationSeconds must be <= {91 * _DAY}")


_TRUSTED: Final = fields(path=needed(local_non_reserved_path))
_TOKEN: Final = fields(expirationSeconds=token_expiration)
_TOKEN_PATH: Final = needed(local_non_reserved_path).check
_NAMED: Final = fields(name=needed(), items=_ITEMS)
_GATES: Final = {"clusterTrustBundle": "ClusterTrustBundleProjection", "podCertificate": "PodCertificateRequest"}
# In the order of the server.
_PROJECTIONS: Final[Mapping[str, Check]] = {
    "secret": _NAMED,
    "configMap": _NAMED,
    "downwardAPI": downward_api,
    "serviceAccountToken": _TOKEN,
    "clusterTrustBundle": _trust_bundle,
    "podCertificate": _pod_certificate,
}
