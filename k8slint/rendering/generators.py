"""ConfigMaps and Secrets that a kustomization generates from files, lines and literals."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from k8slint.rendering.origin import Origin, of_file
from k8slint.rendering.problems import Refused
from k8slint.rendering.resource import Resource

if TYPE_CHECKING:
    from k8slint.rendering.files import Files

_LINE: Final = 70
_BOM: Final = b"\xef\xbb\xbf"
_SPACES: Final = " \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


class _Pair(NamedTuple):
    key: str
    value: bytes
    origin: Origin


def generated(
    kind: str, entry: Mapping[str, Any], origin: Origin, *, options: Mapping[str, Any], files: Files, root: str
) -> Resource:
    """The object that an entry of a generator makes; `options` are those of all generators of the kustomization.

    Raises:
        Refused: for an entry that makes none.
        Remote: for content that lies elsewhere.

    Mirrors: sigs.k8s.io/kustomize/api internal/generators/configmap.go MakeConfigMap, internal/generators/secret.go
        MakeSecret, internal/generators/utils.go @ v0.21.1
    """
    name = entry.get("name") or ""
    if not name:
        raise Refused("a configmap must have a name", origin)
    metadata: dict[str, Any] = {"name": name}
    if entry.get("namespace"):
        metadata["namespace"] = entry["namespace"]
    data: dict[str, Any] = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    resource = Resource(data, Origin(origin.document, origin.path))
    resource.origin.child("metadata").path = origin.path
    if kind == "Secret":
        data["type"] = entry.get("type") or "Opaque"
    _fill(resource, name, _pairs(entry, origin, files, root))
    local = entry.get("options") or {}
    for field in ("labels", "annotations"):
        both = {**(options.get(field) or {}), **(local.get(field) or {})}
        if both:
            metadata[field] = {key: "" if both[key] is None else both[key] for key in sorted(both)}
            own = local.get(field) or {}
            for key in both:
                where = origin.below("options").below(field).below(key) if key in own else origin
                resource.origin.child("metadata").child(field).set(key, where)
    if local.get("immutable") or options.get("immutable"):
        data["immutable"] = True
    resource.needs_hash = not (local.get("disableNameSuffixHash") or options.get("disableNameSuffixHash"))
    resource.behavior = entry.get("behavior") or ""
    return resource


def _fill(resource: Resource, name: str, pairs: Iterator[_Pair]) -> None:
    """Set the data, sorted by key, as texts or as base64."""
    by_key: dict[str, _Pair] = {}
    for pair in pairs:
        if pair.key in by_key:
            raise Refused(f'configmap {name} illegally repeats the key "{pair.key}"', pair.origin)
        by_key[pair.key] = pair
    is_secret = resource.data["kind"] == "Secret"
    if is_secret:
        resource.data["data"] = {}
    for key in sorted(by_key):
        pair = by_key[key]
        text = None if is_secret else _text(pair.value)
        field = "data" if is_secret or text is not None else "binaryData"
        resource.data.setdefault(field, {})[key] = _encoded(pair.value) if text is None else text
        resource.origin.child(field).set(key, pair.origin)


def _text(value: bytes) -> str | None:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _encoded(value: bytes) -> str:
    r"""Base64, in lines if it is longer than one.

    >>> _encoded(b"a"), _encoded(b"a" * 60).count("\n")
    ('YQ==', 2)

    Mirrors: sigs.k8s.io/kustomize/kyaml yaml/datamap.go encodeBase64 @ v0.21.1
    """
    text = base64.b64encode(value).decode("ascii")
    if len(text) < _LINE:
        return text
    return "".join(f"{text[at : at + _LINE]}\n" for at in range(0, len(text), _LINE))


def _pairs(entry: Mapping[str, Any], origin: Origin, files: Files, root: str) -> Iterator[_Pair]:
    """The keys and values of an entry: of lines first, then literals, then files.

    Mirrors: sigs.k8s.io/kustomize/api kv/kv.go loader.Load @ v0.21.1
    """
    listed = [(path, origin.below("envs").below(index)) for index, path in enumerate(entry.get("envs") or ())]
    if entry.get("env"):
        listed.append((entry["env"], origin.below("env")))
    for path, here in listed:
        yield from _lines(path or "", here, files, root)
    for index, literal in enumerate(entry.get("literals") or ()):
        here = origin.below("literals").below(index)
        key, equals, value = (literal or "").partition("=")
        if not key or not equals:
            raise Refused("invalid literal source, expected key=value", here)
        yield _Pair(key, _unquoted(value).encode("utf-8", "surrogatepass"), here)
    for index, source in enumerate(entry.get("files") or ()):
        here = origin.below("files").below(index)
        key, path = key_and_path(source or "", here)
        real, content = files.content(root, path, here)
        yield _Pair(key, content, of_file(files.shown(real), content.decode("utf-8", "replace")))


def _lines(path: str, here: Origin, files: Files, root: str) -> Iterator[_Pair]:
    real, content = files.content(root, path, here)
    text = content.decode("utf-8", "replace")
    for number, line in enumerate(content.split(b"\n")):
        try:
            written = line.removesuffix(b"\r").decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(
                f"line {number + 1} has invalid utf8 bytes", of_file(files.shown(real), text, number + 1)
            ) from None
        if number == 0:
            written = written.removeprefix(_BOM.decode())
        written = written.lstrip(_SPACES)
        if written and not written.startswith("#"):
            key, _, value = written.partition("=")
            if key:
                yield _Pair(key, value.encode(), of_file(files.shown(real), text, number + 1))


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def key_and_path(source: str, origin: Origin) -> tuple[str, str]:
    """The key and the file that an item of `files` names.

    Mirrors: sigs.k8s.io/kustomize/api internal/generators/utils.go ParseFileSource @ v0.21.1
    """
    key, equals, path = source.partition("=")
    if not equals:
        return source.rstrip("/").rpartition("/")[2] or source, source
    if "=" in path:
        raise Refused(f'source "{source}" key name or file path contains "="', origin)
    if not key:
        raise Refused(f'missing key name for file path "{path}" in source "{source}"', origin)
    if not path:
        raise Refused(f'missing file path for key name "{key}" in source "{source}"', origin)
    return key, path
