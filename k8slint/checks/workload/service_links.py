"""Variables that the kubelet sets for the Services of a namespace, and that programs read as their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import place_of
from k8slint.cluster.variables import names_from_config
from k8slint.loading.document import Path
from k8slint.loading.tables import rows
from k8slint.objects.fields import dig, integer, items, sequence, strings, text
from k8slint.objects.object import Container, Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.grouped import grouped
from k8slint.values.image import Image
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex

_PORT: Final = "_PORT"
_HOST: Final = ("_HOST", "_HOSTNAME", "_HOST_NAME")
# `${REDIS_PORT}` and `$(REDIS_PORT)`; but not `${REDIS_PORT##*:}`, which takes the address apart.
_USED: Final = regex(
    r"\$(?:\{([A-Z0-9_]+_PORT)(?:\}|:[-=]?[0-9])|\(([A-Z0-9_]+_PORT)\)|([A-Z0-9_]+_PORT)(?![A-Za-z0-9_]))"
)
_WHOLE: Final = regex(r"\$[({]?[A-Z0-9_]+[)}]?")


def service_link_collision(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A variable `NAME_PORT` that the container reads as the number of a port, and that a Service sets.

    The image reads it, a text of the container uses it, or the container has a `NAME_HOST` that goes with it.

    Mirrors: pkg/kubelet/envvars/envvars.go FromServices, pkg/kubelet/kubelet_pods.go makeEnvironmentVariables @ v1.37
    """
    pod = container.pod
    if pod.spec.get("enableServiceLinks") is False or not container.data.get("image"):
        return
    linked = _links(cluster, place_of(pod.obj))
    if not linked:
        return
    for read in _reads(container, linked, cluster):
        service = linked[read.variable]
        if read.variable in _set_here(container) or _may_be_set(read.variable, container, cluster):
            continue
        value = f"tcp://…:{_first_port(service)}"
        related = (Related(service, ("metadata", "name"), f"{service} sets {read.variable}"),)
        absence = Absence(mended_by=read.variable)
        message = f'{read.said} {read.variable}, which {service} sets to "{value}"'
        yield Problem(read.path, message, related, rests_on=absence)


class _Read(NamedTuple):
    """A variable that the container reads, with the path to the reason, from the container, and a word on it."""

    variable: str
    path: Path
    said: str


def _reads(container: Container, linked: Mapping[str, Object], cluster: Cluster) -> Iterator[_Read]:
    found: dict[str, _Read] = {}
    for read in (
        *_by_image(container),
        *_in_texts((*_texts(container), *_files(container, cluster))),
        *_beside_hosts((*_values(container), *_configured(container, cluster))),
    ):
        if read.variable in linked:
            found.setdefault(read.variable, read)
    yield from found.values()


def _by_image(container: Container) -> Iterator[_Read]:
    for variable in _read_by(text(container.data.get("image"))):
        yield _Read(variable, ("image",), "the image reads")
    spring = next((name for name in _set_here(container) if name.startswith("SPRING_")), "")
    if spring:
        yield _Read("SERVER_PORT", ("image",), f'"{spring}" is for Spring, which reads')


def _in_texts(texts: Iterable[tuple[Path, str, str]]) -> Iterator[_Read]:
    for path, word, before in texts:
        for match in _USED.finditer(word) if _PORT in word else ():
            variable = match[1] or match[2] or match[3]
            # An address as a whole may be wanted, and a script may set what it uses.
            if _WHOLE.fullmatch(word) and not before.lower().endswith("port"):
                continue
            if not re.search(rf"(?<![A-Z0-9_$]){variable}=", word):
                yield _Read(variable, path, f"{_WHERE.get(str(path[0]), path[0])} uses")


def _beside_hosts(values: Iterable[tuple[Path, str, str | None]]) -> Iterator[_Read]:
    for path, name, value in values:
        end = next((end for end in _HOST if name.endswith(end)), "")
        # `redis:6379` and `redis://redis` hold the port.
        if end and (value is None or (value and not _holds_port(value))):
            yield _Read(name.removesuffix(end) + _PORT, path, f'"{name}" goes with')


def _holds_port(value: str) -> bool:
    return ":" in value or "/" in value or has_placeholder(value)


def _values(container: Container) -> Iterator[tuple[Path, str, str | None]]:
    """The variables of `env`, each with its value; None if it comes from elsewhere."""
    for path, entry in container.env():
        value = entry.get("value")
        if value is None or isinstance(value, str):
            yield (*path, "name"), text(entry.get("name")), value


def _configured(container: Container, cluster: Cluster) -> Iterator[tuple[Path, str, str | None]]:
    """The variables that come from ConfigMaps as a whole."""
    for path, entry in container.env_from():
        name = text(dig(entry, "configMapRef", "name"))
        for config in cluster.find("ConfigMap", container.pod.namespace, name) if name else ():
            for key, value in strings(config.data.get("data")).items():
                yield (*path, "configMapRef", "name"), f"{text(entry.get('prefix'))}{key}", value


def _texts(container: Container) -> Iterator[tuple[Path, str, str]]:
    """The texts in which the kubelet or a shell puts variables, each with what stands before it."""
    for path, entry in container.env():
        yield (*path, "value"), text(entry.get("value")), text(entry.get("name"))
    for field in ("command", "args"):
        before = ""
        for index, word in enumerate(sequence(container.data.get(field))):
            yield (field, index), text(word), before
            before = text(word)


_WHERE: Final = {"volumeMounts": "a file that is mounted"}


def _files(container: Container, cluster: Cluster) -> Iterator[tuple[Path, str, str]]:
    """The texts of ConfigMaps that are mounted as files, each at the mount."""
    configs = {text(volume.get("name")): text(dig(volume, "configMap", "name")) for _, volume in container.pod.volumes}
    for path, mount in container.mounts():
        name = configs.get(text(mount.get("name")))
        for config in cluster.find("ConfigMap", container.pod.namespace, name) if name else ():
            for value in strings(config.data.get("data")).values():
                yield path, value, ""


def _set_here(container: Container) -> tuple[str, ...]:
    return tuple(text(entry.get("name")) for _, entry in container.env())


def _may_be_set(name: str, container: Container, cluster: Cluster) -> bool:
    """Whether envFrom sets the variable, which then counts, or something that is not known may."""
    given = names_from_config(container, cluster)
    return given is None or name in given


@once
def _links(cluster: Cluster, place: tuple[str, str]) -> Mapping[str, Object]:
    """The Services of a place by the variable of their port."""
    found: dict[str, Object] = {}
    for service in _services_by_place(cluster.whole).get(place, ()):
        if cluster.parting(service) is None:
            found.setdefault(_variable(service.name), service)
    return found


@once
def _services_by_place(whole: Cluster) -> Mapping[tuple[str, str], tuple[Object, ...]]:
    """The Services with an address, by place."""
    return grouped((place_of(service), service) for service in whole.of_kind("Service") if _has_address(service))


def _has_address(service: Object) -> bool:
    spec = service.spec
    is_elsewhere = spec.get("clusterIP") == "None" or spec.get("type") == "ExternalName"
    return not is_elsewhere and _first_port(service) is not None


def _variable(service: str) -> str:
    """The variable that holds the address of a Service.

    >>> _variable("my.redis-0"), _variable("0-db")
    ('MY_REDIS_0_PORT', '_0_DB_PORT')
    """
    name = service.upper().replace("-", "_").replace(".", "_")
    return f"{'_' if name[:1].isdecimal() else ''}{name}{_PORT}"


def _first_port(service: Object) -> int | None:
    return next((integer(port.get("port")) for _, port in items(service.spec.get("ports"))), None)


def _read_by(image: str) -> tuple[str, ...]:
    repository = Image.parse(image).repository
    owner, _, name = repository.rpartition("/")
    known = _variables_by_image()
    return known.get(name) or known.get(f"{owner.rpartition('/')[2]}/{name}") or ()


@cache
def _variables_by_image() -> Mapping[str, tuple[str, ...]]:
    return {image: tuple(row["variables"]) for row in rows("service-link-images") for image in row["images"]}
