"""What Argo CD's Applications name: their cluster, their project, their source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.checks.references.absence import absence
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.references import is_supplied, names_supplied
from k8slint.cluster.similar_names import nearest_name
from k8slint.objects.fields import dig, mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related
from k8slint.values.names import is_dns_subdomain
from k8slint.values.placeholder import has_placeholder

_PROJECT: Final = "AppProject.argoproj.io"


def argo_destination_ambiguous(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A destination that gives both the address and the name of its cluster: Argo CD takes one."""
    destination = mapping(obj.spec.get("destination"))
    server, name = text(destination.get("server")), text(destination.get("name"))
    if server and name and not has_placeholder(server) and not has_placeholder(name):
        said = f"application destination can't have both name and server defined: {name} {server}"
        yield Problem(
            ("spec", "destination", "name"),
            f'{obj} names its cluster twice: server "{server}" and name "{name}"',
            (Related(obj, ("spec", "destination", "server"), "the other"),),
            effect=f"Nothing is synced: the Application has the condition InvalidSpecError: {said}.",
        )


def argo_source_ignored(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A source beside `sources`, which alone count."""
    if obj.spec.get("sources") and mapping(obj.spec.get("source")).get("repoURL"):
        repository = text(dig(obj.spec, "source", "repoURL"))
        message = f'source "{repository}" is ignored, because sources are written too'
        yield Problem(("spec", "source"), message, (Related(obj, ("spec", "sources"), "these count"),))


def missing_argo_project(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A project that no file holds, though one has nearly its name."""
    name = text(obj.spec.get("project"))
    if name == "default" or not is_dns_subdomain(name) or is_supplied(cluster, _PROJECT, obj.namespace, name):
        return
    # Whether a program makes it, no file tells: every Application is a maker of unknown objects.
    is_external = cluster.is_external("AppProject", obj.namespace, name) or evidence_of(cluster).is_open(obj)
    if not is_external and nearest_name(name, names_supplied(cluster, _PROJECT, obj.namespace)) is not None:
        effect = f"Nothing is synced: Application referencing project {name} which does not exist."
        yield absence(("spec", "project"), cluster, obj, _PROJECT, name, effect=effect)
