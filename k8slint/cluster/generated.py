"""Objects that another object brings about: Secrets of operators, kustomize's generated ConfigMaps."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import product
from typing import Any, Final

from k8slint.cluster.kustomizations import KUSTOMIZATIONS, prefixed
from k8slint.cluster.tables import EVERYWHERE, Maker, annotations_that, makers
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, reach, sequence, text
from k8slint.objects.object import Object
from k8slint.values.record import record
from k8slint.values.regex import regex

Keys = Mapping[str, Path]
"""The keys of a ConfigMap or Secret, each with the path in the object that gives it."""


@record
class Supply:
    """One source of an object of a kind and name: the object itself as written, or another that makes it.

    `obj` is the one that is written; `namespace` is that of the result, or empty if it may be any.
    """

    obj: Object
    group_kind: str
    namespace: str
    name: str
    read_keys: Callable[[Object], Keys | None]

    @cached_property
    def keys(self) -> Keys | None:
        """The keys of a ConfigMap or Secret, or None if they cannot be known."""
        return self.read_keys(self.obj)

    @cached_property
    def names_of_keys(self) -> frozenset[str]:
        """The names of the keys that are known."""
        return frozenset(self.keys or ())


def produced(obj: Object) -> Iterator[Supply]:
    """The objects that an object brings about beside itself."""
    group_kind = obj.group_kind
    for maker in makers().get(group_kind, ()):
        yield from _made_by(obj, maker)
    if group_kind in KUSTOMIZATIONS:
        yield from _generated(obj)
    elif group_kind == "Service":
        for annotation in _SERVING_CERTIFICATES:
            if annotation in obj.annotations:
                name = obj.annotations[annotation]
                yield Supply(obj, "Secret", obj.namespace, name, _no_keys)
    elif group_kind in CERTIFICATES and _has_certificate_shim(obj):
        for _, name in reach(obj.data, CERTIFICATES[group_kind]):
            yield Supply(obj, "Secret", obj.namespace, text(name), _no_keys)


# The paths at which objects name the Secret of a certificate; an annotation makes a controller create it.
CERTIFICATES: Final[Mapping[str, tuple[str, ...]]] = {
    "Gateway.gateway.networking.k8s.io": ("spec", "listeners", "*", "tls", "certificateRefs", "*", "name"),
    "Ingress.networking.k8s.io": ("spec", "tls", "*", "secretName"),
}


def _has_certificate_shim(obj: Object) -> bool:
    """Whether an annotation makes a controller create the Secrets of the object's certificates."""
    return any(annotations_that("certifies").match(annotation) for annotation in obj.annotations)


def _made_by(obj: Object, maker: Maker) -> Iterator[Supply]:
    read_keys = _KEYS.get(obj.group_kind, _no_keys) if maker.makes == "Secret" else _no_keys
    namespace = "" if maker.namespace == EVERYWHERE else next(_filled(maker.namespace, obj.data), obj.namespace)
    for name in _filled(maker.name, obj.data):
        yield Supply(obj, maker.makes, namespace, name, read_keys)


def _filled(pattern: str, data: Any) -> Iterator[str]:
    """The texts that a pattern of the table stands for; empty if the data lacks a part of it."""
    parts = _PLACE.split(pattern)
    choices = [_written(part, data) if index % 2 else [part] for index, part in enumerate(parts)]
    yield from filter(None, map("".join, product(*choices)))


_PLACE: Final = regex(r"\{([^}]+)\}")


def _written(places: str, data: Any) -> list[str]:
    """The texts at the first of several places that holds any."""
    for place in places.split("|"):
        found = [value for _, value in reach(data, tuple(place.split("."))) if isinstance(value, str) and value]
        if found:
            return found
    return []


def _no_keys(_: Object) -> None:
    return None


def config_keys(obj: Object) -> Keys | None:
    """The keys that a ConfigMap or Secret holds as written, or None if something else fills it or its keys."""
    if any(annotations_that("fills").match(name) for name in (*obj.annotations, *obj.labels)):
        return None
    found: dict[str, Path] = {}
    for field in ("binaryData", "data", "stringData"):
        found |= {key: (field, key) for key in mapping(obj.data.get(field))}
    # A program fills what is written empty, and a key with a placeholder in it gets another name.
    if not found or any("$" in key or "{" in key for key in found):
        return None
    if obj.data.get("type") == "kubernetes.io/service-account-token":
        found |= {key: ("type",) for key in ("token", "ca.crt", "namespace") if key not in found}
    return found


def _external_secret_keys(obj: Object) -> Keys | None:
    target = mapping(obj.spec.get("target"))
    template = mapping(target.get("template"))
    if sequence(template.get("templateFrom")):
        return None
    found: dict[str, Path] = {key: ("spec", "target", "template", "data", key) for key in mapping(template.get("data"))}
    if found and template.get("mergePolicy") != "Merge":
        return found
    if sequence(obj.spec.get("dataFrom")) or target.get("creationPolicy") in ("Merge", "None"):
        return None
    for path, key in reach(obj.data, ("spec", "data", "*", "secretKey")):
        found[text(key)] = path
    return found or None


def _sealed_secret_keys(obj: Object) -> Keys | None:
    found: dict[str, Path] = {key: ("spec", "encryptedData", key) for key in mapping(obj.spec.get("encryptedData"))}
    found |= {key: ("spec", "template", "data", key) for key in mapping(dig(obj.spec, "template", "data"))}
    return found or None


def _certificate_keys(obj: Object) -> Keys:
    keys = ["tls.crt", "tls.key", "ca.crt"]
    keystores = mapping(obj.spec.get("keystores"))
    keys += [f"{store}.{suffix}" for suffix in ("jks", "p12") if keystores for store in ("keystore", "truststore")]
    keys += ["tls-combined.pem", "key.der"] if obj.spec.get("additionalOutputFormats") else []
    return dict.fromkeys(keys, ("spec", "secretName"))


_KEYS: Final[Mapping[str, Callable[[Object], Keys | None]]] = {
    "Certificate.cert-manager.io": _certificate_keys,
    "ExternalSecret.external-secrets.io": _external_secret_keys,
    "SealedSecret.bitnami.com": _sealed_secret_keys,
}
_GENERATORS: Final = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
_SERVING_CERTIFICATES: Final = (
    "service.beta.openshift.io/serving-cert-secret-name",
    "service.alpha.openshift.io/serving-cert-secret-name",
)


def _generated(obj: Object) -> Iterator[Supply]:
    """What the generators of a kustomization make, under the name as written and with its prefix and suffix.

    The namespace stays open, because kustomize may move what refers to the result as well.
    """
    data = obj.data
    for field, kind in _GENERATORS.items():
        for index, generator in items(data.get(field)):
            name = text(generator.get("name"))
            if not name:
                continue

            def read_keys(_: Object, generator: Any = generator, path: Path = (field, index)) -> Keys | None:
                return _generator_keys(generator, path)

            for known_as in dict.fromkeys((name, prefixed(obj, name))):
                yield Supply(obj, kind, "", known_as, read_keys)


def _generator_keys(generator: Mapping[str, Any], path: Path) -> Keys | None:
    if generator.get("envs") or generator.get("env"):
        return None
    found: dict[str, Path] = {}
    for index, literal in enumerate(sequence(generator.get("literals"))):
        found[text(literal).partition("=")[0]] = (*path, "literals", index)
    for index, file in enumerate(sequence(generator.get("files"))):
        key, equals, _ = text(file).partition("=")
        found[key if equals else posixpath.basename(key)] = (*path, "files", index)
    return found or None
