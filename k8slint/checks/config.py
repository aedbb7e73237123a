"""Pitfalls of ConfigMaps and Secrets: what they may hold, and whether a running container sees a change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.kustomizations import KUSTOMIZATIONS
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, sequence, strings, text
from k8slint.objects.object import Container, Object, Pod
from k8slint.objects.problem import Place, Problem
from k8slint.values.credentials import decode_base64, is_filled_in_later, is_masked, names_a_credential, words
from k8slint.values.regex import regex

_MOST_BYTES: Final = 1024 * 1024
_MOST_ANNOTATION_BYTES: Final = 256 * 1024
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


# --- size ---------------------------------------------------------------------------------------------------------


def oversized_configmap(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ConfigMap or Secret whose values together are over 1 MiB.

    Mirrors: pkg/apis/core/validation/validation.go ValidateConfigMap, ValidateSecret @ v1.36
    """
    if _is_oversized(obj):
        field = "binaryData" if "data" not in obj.data and "binaryData" in obj.data else "data"
        field = "stringData" if field not in obj.data else field
        yield Problem((field,), f"its values are over {_MOST_BYTES} bytes together")


def _is_oversized(obj: Object) -> bool:
    return _is_long(obj) and _value_bytes(obj) > _MOST_BYTES


def _is_long(obj: Object, at_least: int = _MOST_BYTES // 4) -> bool:
    """Whether its values have that many characters: a cheap look, since a character is up to four bytes."""
    written = (value for field in ("data", "binaryData", "stringData") for value in _values(obj, field).values())
    return sum(len(value) for value in written) >= at_least


def _value_bytes(obj: Object) -> int:
    plain, encoded = ("stringData", "data") if obj.kind == "Secret" else ("data", "binaryData")
    sizes = {key: len(decode_base64(value) or b"") for key, value in _values(obj, encoded).items()}
    sizes |= {key: _utf8_bytes(value) for key, value in _values(obj, plain).items()}
    return sum(sizes.values())


def _values(obj: Object, field: str) -> dict[str, str]:
    return strings(obj.data.get(field))


def _utf8_bytes(value: str) -> int:
    return len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass"))


def configmap_too_large_to_apply(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ConfigMap or Secret that client-side `kubectl apply` cannot copy into its annotation.

    Mirrors: kubectl pkg/util/apply.go GetModifiedConfiguration, apimachinery ValidateAnnotationsSize @ v1.36
    """
    # JSON writes a character in six bytes at most; the rest of the object is small beside its values.
    if not _is_long(obj, _MOST_ANNOTATION_BYTES // 8) or _is_oversized(obj) or _is_applied_otherwise(obj):
        return
    annotations = {key: value for key, value in obj.annotations.items() if key != _LAST_APPLIED}
    metadata = {"namespace": "default", **mapping(obj.data.get("metadata")), "annotations": annotations}
    copied = _json_bytes({**obj.data, "metadata": metadata}) + len("\n")
    total = (
        copied + sum(_utf8_bytes(key) + _utf8_bytes(value) for key, value in annotations.items()) + len(_LAST_APPLIED)
    )
    if total > _MOST_ANNOTATION_BYTES:
        field = next((field for field in ("data", "stringData", "binaryData") if _values(obj, field)), "data")
        yield Problem((field,), f"a copy of it is over the {_MOST_ANNOTATION_BYTES} bytes that annotations may have")


def _is_applied_otherwise(obj: Object) -> bool:
    options = obj.annotations.get("argocd.argoproj.io/sync-options", "").replace(" ", "").lower()
    return "serversideapply=true" in options or "replace=true" in options


# What Go writes as an escape of six bytes, and how many bytes more that is than the character.
_ESCAPED: Final = {"<": 5, ">": 5, "&": 5, "\u2028": 3, "\u2029": 3}


def _json_bytes(data: Any) -> int:
    """The length of the data as Go writes JSON, in one line.

    Mirrors: encoding/json Encoder.Encode
    """
    size, pending = 0, [data]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value)
            pending.extend(value.values())
            size += len("{}") + 2 * len(value) - bool(value)
        elif isinstance(value, list):
            pending.extend(value)
            size += len("[]") + len(value) - bool(value)
        else:
            written = json.dumps(value, ensure_ascii=False)
            size += _utf8_bytes(written) + sum(more * written.count(character) for character, more in _ESCAPED.items())
    return size


# --- values of Secrets --------------------------------------------------------------------------------------------

_ALPHABET = regex(r"[A-Za-z0-9+/=]*")
_LOGINS: Final = frozenset({"login", "user", "username"})
_MEANT_ENCODED = regex(r"b64|base64|basic|encoded", re.IGNORECASE)
_HASHED = regex(r"[^:\s]+:(?:\$|\{SHA)")
# A password or a URL as people write them; keys that a program draws at random have other punctuation too.
_WRITTEN = regex(r"[A-Za-z0-9 _.,:/@!#$%*+=?&-]+")


def secret_data_not_base64(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A value under `data` that the API server cannot decode."""
    for path, key, value in _secret_values(obj, "data"):
        if decode_base64(value) is None:
            yield Problem(path, f'the value of "{key}" is not base64: {_why_not_base64(value)}', place=Place.SECRET)


def _why_not_base64(value: str) -> str:
    joined = "".join(value.split())
    if decode_base64(joined) is not None:
        return "it has spaces"
    return "its padding is wrong" if _ALPHABET.fullmatch(joined) else "it has characters outside of the alphabet"


def secret_trailing_newline(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A password, token or user name that ends with a newline."""
    for field in ("data", "stringData"):
        for path, key, value in _secret_values(obj, field):
            if not _is_of_one_line(key):
                continue
            plain = _text_of(value) if field == "data" else value
            line = plain.removesuffix("\n").removesuffix("\r")
            if line and line != plain and line.isprintable() and _HASHED.match(line) is None:
                fix = "" if field == "data" else "Write the value on the line of its key, or as a block with `|-`."
                yield Problem(path, f'the value of "{key}" ends with a newline', fix=fix, place=Place.SECRET)


def _is_of_one_line(key: str) -> bool:
    """Whether the key names a credential or a login, and not a file."""
    return "." not in key and (names_a_credential(key) or not _LOGINS.isdisjoint(words(key)[-1:]))


def secret_double_encoded(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A value that is base64 of written text once more than its field needs."""
    for path, key, value in _secret_values(obj, "data"):
        if _is_encoded_text(key, _text_of(value)):
            yield Problem(path, f'the value of "{key}" is base64 twice over', place=Place.SECRET)
    for path, key, value in _secret_values(obj, "stringData"):
        # Without padding it may be a token that only looks so.
        if value.rstrip().endswith("=") and _is_encoded_text(key, value):
            message = f'the value of "{key}" is base64, which stringData does not decode'
            yield Problem(path, message, fix="Move the value to `data`, or write it plain.", place=Place.SECRET)


def _is_encoded_text(key: str, value: str) -> bool:
    """Whether the value is base64 of a line that somebody wrote; what is often meant to stay encoded is not."""
    encoded = value.rstrip("\r\n")
    if len(encoded) < 8 or _MEANT_ENCODED.search(key) or encoded in (encoded.lower(), encoded.upper()):
        return False
    plain = _text_of(encoded).removesuffix("\n").removesuffix("\r")
    if len(plain) < 5 or _WRITTEN.fullmatch(plain) is None or (":" in plain and "://" not in plain):
        return False
    # Of eight random letters one in some hundreds decodes to text as well.
    letters = sum(character.isalnum() for character in plain)
    return letters == len(plain) if len(encoded) == 8 else letters >= 0.7 * len(plain)


def _text_of(value: str) -> str:
    """The text that base64 stands for; empty for anything else."""
    try:
        return (decode_base64(value) or b"").decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _secret_values(obj: Object, field: str) -> Iterator[tuple[Path, str, str]]:
    """The values of a Secret that are rendered, each with path and key."""
    if "sops" in obj.data:
        return
    for key, value in _values(obj, field).items():
        if value and not is_filled_in_later(value):
            yield (field, key), key, value


# --- changes that a running container does not see ----------------------------------------------------------------

_RESTARTERS = regex(
    r"(?:.*\.)?(?:reloader\.stakater\.com|wave\.pusher\.com|fabric8\.io)/|operator\.1password\.io/auto-restart"
    r"|secrets\.(?:doppler|infisical)\.com/"
)
_CHECKSUM = regex(r"checksum|sha(?:1|256)|(?:^|[-./_])hash(?:[-./_]|$)|(?:[a-z]Hash)$")
_GENERATED = regex(r".*-[24-9bcdfghkmt]{10}")
_SOURCES: Final = {"Secret": ("secretKeyRef", "secretRef"), "ConfigMap": ("configMapKeyRef", "configMapRef")}


def secret_env_never_refreshes(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """Environment variables from a Secret, in a Pod that nothing restarts when the Secret changes."""
    return _stale_environment(pod, cluster, "Secret")


def configmap_env_never_refreshes(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """Environment variables from a ConfigMap, in a Pod that nothing restarts when the ConfigMap changes."""
    return _stale_environment(pod, cluster, "ConfigMap")


def _stale_environment(pod: Pod, cluster: Cluster, kind: str) -> Iterator[Problem]:
    places: dict[str, Path] = {}
    for container in _running(pod):
        for path, name in _environment_sources(container, kind):
            places.setdefault(name, (*container.path, *path))
    if not places or _is_restarted(pod):
        return
    for name, path in places.items():
        if not _never_changes(pod, cluster, kind, name):
            yield Problem(path, f'{kind} "{name}" is read into the environment once, when the container starts')


def _environment_sources(container: Container, kind: str) -> Iterator[tuple[Path, str]]:
    of_key, of_all = _SOURCES[kind]
    for path, entry in container.env():
        name = dig(entry, "valueFrom", of_key, "name")
        if isinstance(name, str) and name:
            yield (*path, "valueFrom", of_key, "name"), name
    for path, entry in container.env_from():
        name = dig(entry, of_all, "name")
        if isinstance(name, str) and name:
            yield (*path, of_all, "name"), name


def subpath_mount_never_refreshes(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A file of a ConfigMap or Secret that is mounted with subPath: it stays as it was at the start."""
    sources = {text(data.get("name")): list(_mounted_objects(data)) for _, data in pod.volumes}
    seen: set[str] = set()
    for container in _running(pod):
        for path, mount in container.mounts():
            field = "subPath" if text(mount.get("subPath")) else "subPathExpr"
            volume = text(mount.get("name"))
            objects = sources.get(volume)
            if not text(mount.get(field)) or not objects or volume in seen or _is_restarted(pod):
                continue
            if all(_never_changes(pod, cluster, kind, name) for kind, name in objects):
                continue
            seen.add(volume)
            kind, name = objects[0]
            yield Problem(
                (*container.path, *path, field), f'a {field} mount keeps the {kind} "{name}" as it was at the start'
            )


def _mounted_objects(volume: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for source in (volume, *sequence(dig(volume, "projected", "sources"))):
        for kind, field in (("ConfigMap", "configMap"), ("Secret", "secret")):
            found = mapping(mapping(source).get(field))
            name = text(found.get("name")) or text(found.get("secretName"))
            if name:
                yield kind, name


def _running(pod: Pod) -> Iterator[Container]:
    """The containers that go on running; none of a Pod that is meant to end."""
    if pod.obj.kind in ("Job", "CronJob") or pod.spec.get("restartPolicy") in ("Never", "OnFailure"):
        return
    for container in pod.containers:
        if container.path[1] == "containers" or container.is_sidecar:
            yield container


def _is_restarted(pod: Pod) -> bool:
    """Whether something replaces its pods when their configuration changes."""
    if any(_CHECKSUM.search(key) for key in pod.annotations):
        return True
    both = (*pod.annotations.items(), *pod.obj.annotations.items())
    return any(_RESTARTERS.match(key) and value != "false" for key, value in both)


def _never_changes(pod: Pod, cluster: Cluster, kind: str, name: str) -> bool:
    """Whether a change comes under a new name: the object is immutable, or a generator hashes its content."""
    if _GENERATED.fullmatch(name) or name in cluster.once(_generated_names):
        return True
    found = cluster.find(kind, pod.namespace, name)
    return bool(found) and all(obj.data.get("immutable") is True for obj in found)


def _generated_names(cluster: Cluster) -> frozenset[str]:
    """Names to which kustomize adds a hash."""
    kustomizations = (obj for kind in sorted(KUSTOMIZATIONS) for obj in cluster.of_kind(kind))
    return frozenset(
        text(generator.get("name"))
        for obj in kustomizations
        if dig(obj.data, "generatorOptions", "disableNameSuffixHash") is not True
        for field in ("configMapGenerator", "secretGenerator")
        for _, generator in items(obj.data.get(field))
    )


# --- secrets written out ------------------------------------------------------------------------------------------

_SWITCH: Final = frozenset(
    {"disable", "disabled", "enable", "enabled", "false", "no", "off", "on", "optional", "required", "true", "yes"}
)
_PASSWORD = regex(r"pass|pwd", re.IGNORECASE)
_NUMBER = regex(r"[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d)?")
_PATH = regex(r"(?:[A-Za-z]:)?\.{0,2}(?:/[\w.@-]+)+/?")
_URL = regex(r"[A-Za-z][A-Za-z0-9+.-]*://")
_URL_WITH_PASSWORD = regex(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@]*:([^/\s@]+)@")
_PRIVATE_KEY = regex(r"-----BEGIN (?:[A-Z0-9]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}")
# `INSERT_TOKEN_HERE`: somebody fills it in.
_CONSTANT = regex(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_NAME_OF_SECRET = regex(r"[a-z0-9.-]+-(?:certs?|creds|credentials|tls)")


def secret_literal_in_env(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """An environment variable that holds a secret itself, not a reference to a Secret."""
    for path, entry in container.env():
        value = entry.get("value")
        if not isinstance(value, str) or len(value) < 2:
            continue
        name = text(entry.get("name"))
        said = _secret_in(name, value)
        if said and not cluster.find("Secret", container.pod.namespace, value):
            yield Problem((*path, "value"), f'"{name}" holds {said}', place=Place.SECRET)


def secret_literal_in_configmap(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ConfigMap value that is a secret."""
    for key, value in _values(obj, "data").items():
        said = _secret_in(key, value.rstrip("\n"))
        if said and not cluster.find("Secret", obj.namespace, value):
            yield Problem(("data", key), f'"{key}" holds {said}', place=Place.SECRET)


def _secret_in(name: str, value: str) -> str:
    """What secret the value is; empty where it is none, or not yet known."""
    if "PRIVATE KEY-----" in value:
        return "a private key" if _PRIVATE_KEY.search(value) else ""
    if "\n" in value or is_filled_in_later(value) or is_masked(value):
        return ""
    with_password = _URL_WITH_PASSWORD.match(value)
    if with_password is not None and not is_masked(with_password[1]):
        return "a URL with a password in it"
    return "a literal secret" if names_a_credential(name) and _is_literal(name, value) else ""


def _is_literal(name: str, value: str) -> bool:
    if not value.strip() or value.lower() in _SWITCH or _URL.match(value) or _PATH.fullmatch(value):
        return False
    if _NUMBER.fullmatch(value) and not _PASSWORD.search(name):
        return False
    return _NAME_OF_SECRET.fullmatch(value) is None and _CONSTANT.fullmatch(value) is None
