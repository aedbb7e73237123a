"""Pitfalls of workloads: selectors, owners, ports, images, environments, schedules."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from typing import Any, Final

from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, integer, items, mapping, text
from k8slint.objects.object import Container, Object, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.image import Image
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder
from k8slint.values.well_known import HELM_HOOK

_Claim = tuple[Container, Path, dict[str, Any]]
"""A container port: whose it is, where, and the entry."""

_LABELS: Final = ("spec", "template", "metadata", "labels")
_OPERATORS: Final = frozenset({"In", "NotIn", "Exists", "DoesNotExist"})
# Older versions of the API take a missing selector from the template's labels.
_SELECTOR_REQUIRED: Final = frozenset({("apps", "v1"), ("apps", "v1beta2"), ("batch", "v1")})
_RUN_BY_OTHERS: Final = (
    "kubernetes.io/config.mirror",
    "kubernetes.io/config.source",
    HELM_HOOK,
    "argocd.argoproj.io/hook",
)
_SOCKETS: Final = frozenset(
    {"docker.sock", "dockershim.sock", "cri-dockerd.sock", "containerd.sock", "crio.sock", "podman.sock"}
)
_SOCKET_FOLDERS: Final = frozenset(
    {
        "/run",
        "/run/containerd",
        "/run/crio",
        "/run/k3s",
        "/run/k3s/containerd",
        "/run/podman",
        "/var/snap/microk8s/common/run",
    }
)


def selector_template_mismatch(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A workload whose selector does not pick its own pods, or that lacks one where the API server wants it.

    Mirrors: pkg/apis/apps/validation/validation.go ValidatePodTemplateSpecForReplicaSet @ v1.36
    """
    pod = obj.pod
    if pod is None or (obj.kind == "Job" and obj.spec.get("manualSelector") is not True):
        return
    selector, labels = obj.spec.get("selector"), _label_texts(pod)
    if labels is None:
        return
    is_required = (obj.gvk.group, obj.gvk.version) in _SELECTOR_REQUIRED
    if is_required and (selector is None or (_is_empty(selector) and obj.kind != "Job")):
        # A template that has no labels either is a piece that kustomize gives both.
        if labels and not cluster.once(_kustomize_adds_selectors):
            yield _missing_selector(selector, labels)
        return
    if not isinstance(selector, dict):
        return
    unmet = [(path, wanted) for path, wanted in _wanted(obj, selector) if _is_unmet(wanted, labels)]
    if unmet:
        yield _mismatch(obj, labels, unmet)


def _label_texts(pod: Pod) -> dict[str, str] | None:
    """The template's labels; none where one has a value that is no text, which is another defect."""
    written = dig(pod.data, "metadata", "labels")
    if not all(value is None or isinstance(value, str) for value in mapping(written).values()):
        return None
    return {key: value or "" for key, value in mapping(written).items()}


def _is_empty(selector: Any) -> bool:
    return isinstance(selector, dict) and not selector.get("matchLabels") and not selector.get("matchExpressions")


def _kustomize_adds_selectors(cluster: Cluster) -> bool:
    return any(
        obj.data.get("commonLabels")
        or any(entry.get("includeSelectors") is True for _, entry in items(obj.data.get("labels")))
        for obj in _kustomizations(cluster)
    )


def _kustomizations(cluster: Cluster) -> Iterator[Object]:
    for kind in ("Kustomization", "Component"):
        yield from cluster.of_kind(f"{kind}.kustomize.config.k8s.io")


def _missing_selector(selector: Any, labels: dict[str, str]) -> Problem:
    said = "Required value" if selector is None else "Invalid value: {}: an empty selector is not allowed"
    key, value = next(iter(labels.items()))
    fix = f"Name a label of the Pod template in spec.selector.matchLabels, such as {key}: {value}"
    return Problem(("spec", "selector"), f"spec.selector: {said}", fix=fix)


def _wanted(obj: Object, selector: dict[str, Any]) -> Iterator[tuple[Path, Requirement]]:
    is_plain = obj.kind == "ReplicationController"
    base: Path = ("spec", "selector") if is_plain else ("spec", "selector", "matchLabels")
    for key, value in (selector if is_plain else mapping(selector.get("matchLabels"))).items():
        if value is None or isinstance(value, str):
            yield (*base, key), Requirement(key, "In", (value or "",))
    for index, expression in items(None if is_plain else selector.get("matchExpressions")):
        for wanted in LabelSelector.of({"matchExpressions": [expression]}).requirements:
            yield ("spec", "selector", "matchExpressions", index), wanted


def _is_unmet(wanted: Requirement, labels: dict[str, str]) -> bool:
    if wanted.matches(labels) or wanted.operator not in _OPERATORS:
        return False
    if wanted.operator in ("In", "NotIn") and not wanted.values:
        return False
    return not any(has_placeholder(part) for part in (wanted.key, *wanted.values, *labels, labels.get(wanted.key)))


def _mismatch(obj: Object, labels: dict[str, str], unmet: list[tuple[Path, Requirement]]) -> Problem:
    wanted = unmet[0][1]
    key = wanted.key
    asked = LabelSelector((wanted,))
    if key in labels:
        has = f"the template has {key}={labels[key]}"
    else:
        near = nearest(key, labels)
        has = f'the template has no label "{key}"' + (f', the nearest is "{near}"' if near else "")
    written = json.dumps(labels, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    refused = f"{'.'.join(_LABELS)}: Invalid value: {written}: `selector` does not match template `labels`"
    return Problem(
        (*_LABELS, key) if key in labels else _LABELS,
        f"{refused}: the selector asks for {asked}, {has}",
        related=tuple(Related(obj, path, f"asks for {LabelSelector((other,))}") for path, other in unmet),
    )


def bare_pod(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Pod that is meant to stay and has no controller; one-shot, static, generated and hook Pods are not meant to."""
    if _is_owned(obj) or not obj.name or obj.namespace == "kube-system":
        return
    if text(obj.spec.get("restartPolicy")) not in ("", "Always") or not obj.spec:
        return
    if any(key in obj.annotations for key in _RUN_BY_OTHERS):
        return
    yield Problem(("kind",), f"{obj} has no controller that would replace it")


def bare_replicaset(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ReplicaSet or ReplicationController that no Deployment or other controller owns."""
    if obj.spec and not _is_owned(obj) and obj.name:
        yield Problem(("kind",), f"{obj} keeps Pods running but does not roll out changes of its template")


def _is_owned(obj: Object) -> bool:
    return bool(dig(obj.data, "metadata", "ownerReferences"))


def duplicate_container_port(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A port that two entries of a pod claim: by name in one container, by number in one network namespace.

    Mirrors: pkg/api/pod/warnings.go warningsForPodSpecAndMeta @ v1.36
    """
    numbers: dict[tuple[int, str], _Claim] = {}
    for container in pod.containers:
        if container.data.get("ports") and container.path[1] != "ephemeralContainers":
            yield from _repeated_names(container)
            # A plain init container has ended when the others start, so it only meets its own ports.
            yield from _repeated_numbers(container, {} if container.is_init else numbers)


def _repeated_names(container: Container) -> Iterator[Problem]:
    pod, names = container.pod, dict[str, Path]()
    for index, port in items(container.data.get("ports")):
        name, path = text(port.get("name")), (*container.path, "ports", index, "name")
        if name in names and not has_placeholder(name):
            yield Problem(
                path,
                f'port name "{name}" is a Duplicate value in container "{container.name}"',
                related=(Related(pod.obj, (*pod.path, *names[name]), "first used here"),),
                effect=f'The API server refuses it: ports[{index}].name: Duplicate value: "{name}"',
                fix="Give each port of the container a name of its own.",
            )
        elif name:
            names[name] = path


def _repeated_numbers(container: Container, claims: dict[tuple[int, str], _Claim]) -> Iterator[Problem]:
    for index, port in items(container.data.get("ports")):
        number, path = integer(port.get("containerPort")), (*container.path, "ports", index)
        if number is None:
            continue
        key = (number, text(port.get("protocol")) or "TCP")
        first = claims.setdefault(key, (container, path, port))
        if first[0] is not container:
            if first[0].name != container.name:  # equal names are refused as such
                yield _contended(container, path, key, first)
        elif first[2] is not port and all(port.get(field) == first[2].get(field) for field in ("hostIP", "hostPort")):
            yield _twice_listed(container, path, port, first)


def _contended(container: Container, path: Path, key: tuple[int, str], first: _Claim) -> Problem:
    number, protocol = key
    pod = container.pod
    return Problem(
        (*path, "containerPort"),
        f'containers "{first[0].name}" and "{container.name}" both claim port {number}/{protocol} '
        "in the one network namespace of the Pod",
        related=(Related(pod.obj, (*pod.path, *first[1], "containerPort"), "claimed first here"),),
    )


def _twice_listed(container: Container, path: Path, port: dict[str, Any], first: _Claim) -> Problem:
    pod = container.pod
    protocol, names = text(port.get("protocol")) or "TCP", [text(entry.get("name")) for entry in (first[2], port)]
    named = f', as "{names[0]}" and "{names[1]}"' if all(names) else ""
    effect = "The API server warns of a duplicate port definition, and kubectl apply may drop one of the two entries."
    if port.get("hostPort"):
        written = f"{protocol}/{text(port.get('hostIP'))}/{port['hostPort']}"
        effect = f'The API server refuses it: ports[{path[-1]}].hostPort: Duplicate value: "{written}"'
    return Problem(
        (*path, "containerPort"),
        f'container "{container.name}" lists port {port["containerPort"]}/{protocol} twice{named}',
        related=(Related(pod.obj, (*pod.path, *first[1], "containerPort"), "listed first here"),),
        effect=effect,
        fix="Remove one of the two entries, or mend its number or protocol.",
    )


def floating_image_tag(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A container whose image names no tag, or `latest`, and no digest."""
    image = text(container.data.get("image"))
    if not image or container.data.get("imagePullPolicy") == "Never":
        return
    parsed = Image.parse(image)
    if parsed.digest or parsed.tag not in ("", "latest"):
        return
    # What no runtime takes as a name is a place to be filled in, or a defect of another kind.
    if has_placeholder(image) or not parsed.has_valid_repository or image.endswith((":", "@")):
        return
    if image.removesuffix(":latest") in cluster.once(_images_set_elsewhere):
        return
    said = "has no tag, which means latest" if not parsed.tag else "has the tag latest"
    yield Problem(("image",), f'image "{image}" {said}')


def _images_set_elsewhere(cluster: Cluster) -> frozenset[str]:
    """Names of images whose tag or digest a kustomization or Skaffold sets."""
    kustomized = (
        text(entry.get("name"))
        for obj in _kustomizations(cluster)
        for _, entry in items(obj.data.get("images"))
        if entry.get("newTag") is not None or entry.get("digest") is not None
    )
    built = (
        text(entry.get("image"))
        for obj in cluster.of_kind("Config.skaffold")
        for _, entry in items(dig(obj.data, "build", "artifacts"))
    )
    return frozenset((*kustomized, *built))


def duplicate_env(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """An environment variable that hides an earlier one of its name instead of building on it.

    Mirrors: pkg/api/pod/warnings.go warningsForPodSpecAndMeta @ v1.36
    """
    written = container.data.get("env")
    if not isinstance(written, list) or len(written) < 2:
        return
    earlier: dict[str, Path] = {}
    for path, entry in container.env():
        name = text(entry.get("name"))
        if not name or has_placeholder(name):
            continue
        if name in earlier and not _builds_on(name, entry):
            pod = container.pod
            first = Related(pod.obj, (*pod.path, *container.path, *earlier[name], "name"), "hidden by the later one")
            yield Problem((*path, "name"), f'env "{name}" is set again and hides the earlier value', related=(first,))
        earlier[name] = path


def _builds_on(name: str, entry: dict[str, Any]) -> bool:
    value, reference = text(entry.get("value")), f"$({name})"
    return reference in value and value != reference


def runtime_socket_mounted(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A container that gets the socket of the node's container runtime; node agents of a DaemonSet only for Docker's.

    A DaemonSet is how agents reach their node, so containerd's and CRI-O's sockets are expected there. Docker's is
    gone from most nodes, which an agent should know.
    """
    for path, volume in pod.volumes:
        host = text(dig(volume, "hostPath", "path"))
        if not host or has_placeholder(host):
            continue
        for container, mount_path, mount in _mounts_of(pod, volume.get("name")):
            reached = posixpath.normpath(posixpath.join("/", host, text(mount.get("subPath"))))
            said = _runtime_access(reached, pod.obj.kind)
            if said:
                yield Problem(
                    (*path, "hostPath", "path"),
                    f'container "{container.name}" gets {said} of the node through hostPath "{host}"',
                    related=(Related(pod.obj, (*pod.path, *container.path, *mount_path), "mounted here"),),
                )
                break


def _mounts_of(pod: Pod, name: Any) -> Iterator[tuple[Container, Path, dict[str, Any]]]:
    for container in pod.containers:
        for path, mount in container.mounts():
            if mount.get("name") == name:
                yield container, path, mount


def _runtime_access(path: str, kind: str) -> str:
    path = path.removeprefix("/var") if path.startswith("/var/run") else path
    last = posixpath.basename(path)
    if last in _SOCKETS and (kind != "DaemonSet" or last == "docker.sock"):
        return f"the container runtime socket {last}"
    if path in _SOCKET_FOLDERS and kind != "DaemonSet":
        return "the folder of the container runtime sockets"
    return ""


def job_restart_policy(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Job or CronJob whose Pods would restart for ever: restartPolicy Always, or none, which means Always.

    Mirrors: pkg/apis/batch/validation/validation.go validateJobSpec @ v1.36
    """
    pod = obj.pod
    if pod is None or not pod.spec:
        return
    written = pod.spec.get("restartPolicy")
    if written not in (None, "", "Always"):
        return
    path = (*pod.path, "spec", "restartPolicy")
    why = "absent means Always" if not written else 'not "Always"'
    refused = f'{".".join(map(str, path))}: Required value: valid values: "OnFailure", "Never"'
    yield Problem(path, f"{refused}; {why}")


def invalid_cron_schedule(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A CronJob whose schedule or time zone the API server refuses, or whose schedule never comes.

    Mirrors: pkg/apis/batch/validation/validation.go validateScheduleFormat @ v1.36
    """
    from k8slint.checks.schedules import schedule_problems, zone_problems  # noqa: PLC0415 - only CronJobs pay for it

    schedule, zone = obj.spec.get("schedule"), obj.spec.get("timeZone")
    if isinstance(schedule, str) and schedule and not has_placeholder(schedule):
        yield from schedule_problems(schedule, is_suspended=obj.spec.get("suspend") is True)
    if isinstance(zone, str) and not has_placeholder(zone):
        yield from zone_problems(zone)
