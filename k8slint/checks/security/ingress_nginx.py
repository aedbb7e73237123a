"""The controller ingress-nginx: what Ingresses write into its configuration, and that nobody maintains it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import dig, items, text
from k8slint.objects.object import Container, Object
from k8slint.objects.problem import Problem
from k8slint.values.image import Image
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex

_PREFIX: Final = "nginx.ingress.kubernetes.io/"
_SNIPPETS: Final = frozenset(
    {"auth-snippet", "configuration-snippet", "modsecurity-snippet", "server-snippet", "stream-snippet"}
)
# In values of these such signs are at home, or the controller reads the parts of a list by themselves.
_FREE: Final = frozenset(
    {
        "allowlist-source-range",
        "canary-by-header-pattern",
        "cors-allow-origin",
        "denylist-source-range",
        "proxy-cookie-path",
        "server-alias",
        "whitelist-source-range",
    }
)
# What ends a directive or a block and begins another; the counts of a regular expression do not.
_ENDS_DIRECTIVE: Final = regex(r"[;{}\n\r]")
_ENDS_LOCATION: Final = regex(r"[;\n\r\"'`]|[{}](?![0-9,]*\})(?<![0-9,]\})")
# Files of the controller that a location could hand out.
_OWN_FILES: Final = regex(
    r"/(?:(?:var/)?run/(?:secrets|kubernetes)|etc/(?:ingress-controller|kubernetes|nginx|passwd|shadow))(?![\w-])"
)


def ingress_nginx_snippet(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An Ingress that writes raw configuration of the controller."""
    for key in obj.annotations:
        name = key.removeprefix(_PREFIX)
        if name != key and name in _SNIPPETS:
            said = f"{obj} writes configuration of the controller itself in {name}"
            yield Problem(("metadata", "annotations", key), said)


def ingress_nginx_injection(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An Ingress with an annotation or path that breaks out of the directive that the controller writes it into."""
    for key, value in obj.annotations.items():
        name = key.removeprefix(_PREFIX)
        if name == key or name in _SNIPPETS or name in _FREE or has_placeholder(value):
            continue
        found = _ENDS_DIRECTIVE.search(value.strip())
        if found is not None:
            said = f"{name} holds {_sign(found)}, which ends the directive that nginx reads it in"
            yield Problem(("metadata", "annotations", key), said)
    if _is_of_nginx(obj):
        yield from _paths(obj)


def ingress_nginx_retired(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A container that runs the controller ingress-nginx."""
    image = text(container.data.get("image"))
    if "ingress" not in image or has_placeholder(image):
        return
    if f"/{Image.parse(image).repository}".endswith(("/ingress-nginx/controller", "/nginx-ingress-controller")):
        yield Problem(("image",), f'image "{image}" is a controller that has had no fixes since March 2026')


def _paths(obj: Object) -> Iterator[Problem]:
    for number, rule in items(obj.spec.get("rules")):
        for index, route in items(dig(rule, "http", "paths")):
            path = text(route.get("path"))
            said = _breaks_out(path)
            if said and not has_placeholder(path):
                yield Problem(("spec", "rules", number, "http", "paths", index, "path"), f'path "{path}" {said}')


def _breaks_out(path: str) -> str:
    found = _ENDS_LOCATION.search(path)
    if found is not None:
        return f"holds {_sign(found)}, which ends the location that nginx reads it in"
    return "names files of the controller itself" if _OWN_FILES.match(path) else ""


def _is_of_nginx(obj: Object) -> bool:
    """Whether the Ingress may be for this controller: it has the class or an annotation of it, or no class at all."""
    known_as = text(obj.spec.get("ingressClassName")) or obj.annotations.get("kubernetes.io/ingress.class", "")
    return not known_as or "nginx" in known_as or any(key.startswith(_PREFIX) for key in obj.annotations)


def _sign(found: re.Match[str]) -> str:
    sign = found.group()[:1]
    return {"\n": "a line break", "\r": "a line break"}.get(sign, f"the sign {sign}")
