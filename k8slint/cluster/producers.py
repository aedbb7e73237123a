"""What comes into being because of another object: Secrets of operators, kustomize's generated ConfigMaps."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

from k8slint.cluster.kustomizations import KUSTOMIZATIONS, prefixed
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, sequence, text
from k8slint.objects.object import Object

Keys = Mapping[str, Path]
"""The keys of a ConfigMap or Secret, each with the path in the object that gives it."""


@dataclass(frozen=True, eq=False)
class Supply:
    """One thing that brings about an object of a kind and name: that object itself, or what makes it.

    `obj` is what is written; `namespace` is where the result lies, empty where that is not said.
    """

    obj: Object
    group_kind: str
    namespace: str
    name: str
    read_keys: Callable[[Object], Keys | None]

    @cached_property
    def keys(self) -> Keys | None:
        """The keys of a ConfigMap or Secret; none where they cannot be known."""
        return self.read_keys(self.obj)


class Product(NamedTuple):
    """What objects of a kind make, and where they write its name.

    A step `*` in a path goes through every item of a list. `is_own_name` says that the maker's name is taken where no
    other is written. `namespace` leads to the namespace of the product, where it can differ from the maker's.
    """

    name: tuple[str, ...] = ()
    read_keys: Callable[[Object], Keys | None] | None = None
    makes: str = "Secret"
    is_own_name: bool = False
    namespace: tuple[str, ...] = ()
    is_everywhere: bool = False


def produced(obj: Object) -> Iterator[Supply]:
    """What an object brings about beside itself."""
    for product in PRODUCTS.get(obj.group_kind, ()):
        yield from _of_product(obj, product)
    if obj.group_kind in KUSTOMIZATIONS:
        yield from _generated(obj)
    elif obj.group_kind == "Service":
        for annotation in _SERVING_CERTIFICATES:
            if annotation in obj.annotations:
                name = obj.annotations[annotation]
                yield Supply(obj, "Secret", obj.namespace, name, _no_keys)
    elif obj.group_kind == "Ingress.networking.k8s.io" and _has_certificate_shim(obj):
        for _, name in reach(obj.data, ("spec", "tls", "*", "secretName")):
            yield Supply(obj, "Secret", obj.namespace, text(name), _no_keys)


def _has_certificate_shim(obj: Object) -> bool:
    """Whether an annotation makes a controller fill the Secrets of its `tls`."""
    return any(annotation.startswith(_CERTIFICATE_SHIMS) for annotation in obj.annotations)


def _of_product(obj: Object, product: Product) -> Iterator[Supply]:
    read_keys = product.read_keys or _no_keys
    namespace = text(dig(obj.data, *product.namespace)) if product.namespace else ""
    if not product.is_everywhere:
        namespace = namespace or obj.namespace
    places = reach(obj.data, product.name) if product.name else ()
    names = [name for _, name in places if isinstance(name, str) and name]
    if not names and product.is_own_name:
        names = [obj.name]
    for name in names:
        yield Supply(obj, product.makes, namespace, name, read_keys)


def reach(data: Any, path: tuple[str, ...]) -> Iterator[tuple[Path, Any]]:
    """What lies at a path whose steps `*` go through every item of a list, each with its own path."""
    places: list[tuple[Path, Any]] = [((), data)]
    for step in path:
        if step == "*":
            places = [((*at, index), item) for at, value in places for index, item in enumerate(sequence(value))]
        else:
            places = [((*at, step), value[step]) for at, value in places if isinstance(value, dict) and step in value]
    yield from places


def _no_keys(_: Object) -> None:
    return None


def config_keys(obj: Object) -> Keys | None:
    """The keys that a ConfigMap or Secret holds as written; none where something else fills it."""
    if any(name.startswith(_FILLED_BY_OTHERS) for name in (*obj.annotations, *obj.labels)):
        return None
    found: dict[str, Path] = {}
    for field in ("binaryData", "data", "stringData"):
        found |= {key: (field, key) for key in mapping(obj.data.get(field))}
    # What is written empty waits for a program to fill it.
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


# What operators make, by kind. A kind in this table makes what is said here, and nothing else.
PRODUCTS: Final[Mapping[str, tuple[Product, ...]]] = {
    "AzureKeyVaultSecret.spv.no": (
        Product(("spec", "output", "secret", "name")),
        Product(("spec", "output", "configMap", "name"), makes="ConfigMap"),
    ),
    "BitwardenSecret.k8s.bitwarden.com": (Product(("spec", "secretName")),),
    "Bundle.trust.cert-manager.io": (
        Product(makes="ConfigMap", is_own_name=True, is_everywhere=True),
        Product(is_own_name=True, is_everywhere=True),
    ),
    "Certificate.cert-manager.io": (Product(("spec", "secretName"), _certificate_keys),),
    "ClusterExternalSecret.external-secrets.io": (
        Product(("spec", "externalSecretName"), is_everywhere=True),
        Product(("spec", "externalSecretSpec", "target", "name"), is_own_name=True, is_everywhere=True),
    ),
    "ClusterIssuer.cert-manager.io": (Product(("spec", "acme", "privateKeySecretRef", "name"), is_everywhere=True),),
    "DopplerSecret.secrets.doppler.com": (
        Product(("spec", "managedSecret", "name"), namespace=("spec", "managedSecret", "namespace")),
    ),
    "ExternalSecret.external-secrets.io": (
        Product(("spec", "target", "name"), _external_secret_keys, is_own_name=True),
    ),
    "HCPVaultSecretsApp.secrets.hashicorp.com": (Product(("spec", "destination", "name")),),
    "InfisicalSecret.secrets.infisical.com": (
        Product(
            ("spec", "managedSecretReference", "secretName"),
            namespace=("spec", "managedSecretReference", "secretNamespace"),
        ),
        Product(("spec", "managedKubeSecretReferences", "*", "secretName"), is_everywhere=True),
        Product(
            ("spec", "managedKubeConfigMapReferences", "*", "configMapName"), makes="ConfigMap", is_everywhere=True
        ),
    ),
    "Issuer.cert-manager.io": (Product(("spec", "acme", "privateKeySecretRef", "name")),),
    "OnePasswordItem.onepassword.com": (Product(is_own_name=True),),
    "SealedSecret.bitnami.com": (
        Product(("spec", "template", "metadata", "name"), _sealed_secret_keys, is_own_name=True),
    ),
    "SecretProviderClass.secrets-store.csi.x-k8s.io": (Product(("spec", "secretObjects", "*", "secretName")),),
    "SopsSecret.isindir.github.com": (Product(("spec", "secretTemplates", "*", "name")),),
    "VaultDynamicSecret.secrets.hashicorp.com": (Product(("spec", "destination", "name")),),
    "VaultPKISecret.secrets.hashicorp.com": (Product(("spec", "destination", "name")),),
    "VaultSecret.ricoberger.de": (Product(is_own_name=True),),
    "VaultStaticSecret.secrets.hashicorp.com": (Product(("spec", "destination", "name")),),
}
# Every kind that brings about something beside itself, if only by an annotation.
PRODUCERS: Final = frozenset({*PRODUCTS, *KUSTOMIZATIONS, "Ingress.networking.k8s.io", "Service"})
_GENERATORS: Final = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
_SERVING_CERTIFICATES: Final = (
    "service.beta.openshift.io/serving-cert-secret-name",
    "service.alpha.openshift.io/serving-cert-secret-name",
)
_CERTIFICATE_SHIMS: Final = ("cert-manager.io/", "kubernetes.io/tls-acme", "certmanager.k8s.io/")
# Annotations and labels by which a controller adds keys to what is written.
_FILLED_BY_OTHERS: Final = (
    "config.openshift.io/inject-trusted-cabundle",
    "reflector.v1.k8s.emberstack.com/reflects",
    "replicator.v1.mittwald.de/replicate-from",
    "secret-generator.v1.mittwald.de/",
    "service.alpha.openshift.io/inject-cabundle",
    "service.beta.openshift.io/inject-cabundle",
)


def _generated(obj: Object) -> Iterator[Supply]:
    """What the generators of a kustomization make, under the name as written and with its prefix and suffix.

    Its namespace is any: kustomize may move what refers to it as well.
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
