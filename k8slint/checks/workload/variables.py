"""Environment variables that refer to others, and what the kubelet makes of such references."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.kustomizations import kustomizations
from k8slint.cluster.variables import names_from_config
from k8slint.loading.document import Path
from k8slint.objects.fields import items, sequence, text
from k8slint.objects.object import Container
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.expansion import references
from k8slint.values.nearest import nearest
from k8slint.values.regex import regex

_NAME: Final = regex(r"[A-Za-z_][A-Za-z0-9_]*")
# What the kubelet itself adds for the Services of the namespace, `REDIS_SERVICE_HOST` and `REDIS_PORT_6379_TCP_ADDR`.
_LINK: Final = regex(r".+_SERVICE_HOST|.+_SERVICE_PORT(?:_.+)?|.+_PORT(?:_\d+_[A-Z]+(?:_(?:PROTO|PORT|ADDR))?)?")
_ALWAYS_LINKED: Final = "KUBERNETES_"
# In the text of a program `$(date)` runs a command; no command has a name such as `APP_URL`.
_NO_COMMAND: Final = regex(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_RUNS_TEXT: Final = regex(r"-[a-z]*c|-e|--command|--eval")
_SPACE: Final = regex(r"\s")
# Tools that fill in `$(NAME)` before the manifest is sent fill in images and names as well.
_FILLED_IN: Final = "$("


class _Use(NamedTuple):
    """A text that refers to variables, `path` leading to it from the container; `label` begins a message about it.

    `number` is that of the variable whose value the text is: it sees only those before it. `is_program` if the text may
    be a script, in which `$(command)` has a meaning of its own.
    """

    path: Path
    label: str
    text: str
    number: int | None = None
    is_program: bool = False


def variable_used_before_definition(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A variable whose value refers to one that is defined only below it."""
    if not _refers(container):
        return
    names = _names(container)
    for use in _uses(container):
        if use.number is None:
            continue
        for name in dict.fromkeys(references(use.text)):
            later = next((at for at, known in names if known == name and at > use.number), None)
            if later is None or any(known == name and at < use.number for at, known in names):
                continue
            if not _may_be_given(name, container, cluster):
                at = (*container.pod.path, *container.path, "env", later, "name")
                related = (Related(container.pod.obj, at, f'"{name}" is defined here'),)
                yield Problem(use.path, f"{use.label} uses $({name}), which is defined after it", related)


def undefined_variable(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A reference to a variable that nothing defines for the container; each variable once."""
    if not _refers(container):
        return
    known, said = {name for _, name in _names(container)}, set[str]()
    for use in _uses(container):
        for name in dict.fromkeys(references(use.text)):
            # Of a variable that is defined later, the other rule speaks.
            is_own = use.number is not None and _is_only_itself(name, use.number, container)
            if name in said or (name in known and not is_own) or not _is_meant(name, use):
                continue
            if _may_be_given(name, container, cluster) or _may_be_added(name, container, cluster):
                continue
            said.add(name)
            yield _undefined(name, use, known)


def _undefined(name: str, use: _Use, known: set[str]) -> Problem:
    near = nearest(name, known - {name})
    hint = f'; did you mean "{near}"?' if near else ""
    message = f"{use.label} uses $({name}), and the container has no variable of that name{hint}"
    effect, fix = "", ""
    if name in known:
        message = f"{use.label} uses $({name}), its own value, which nothing sets before"
        fix = "Write the value out: what the image sets, the kubelet does not know."
    if use.path[-1] == "subPathExpr":
        effect = f'The container waits in CreateContainerConfigError: missing value for "{name}".'
    return Problem(use.path, message, (), effect, fix, rests_on=Absence(mended_by=name))


def _refers(container: Container) -> bool:
    """Whether the container is whole, and holds a reference that the kubelet would see; a cheap first look."""
    data = container.data
    if not data.get("image") or _FILLED_IN in text(data.get("image")):
        return False
    return (
        any(_FILLED_IN in text(entry.get("value")) for _, entry in container.env())
        or any(_FILLED_IN in text(word) for field in ("command", "args") for word in sequence(data.get(field)))
        or any("subPathExpr" in mount for _, mount in container.mounts())
    )


def _names(container: Container) -> list[tuple[int, str]]:
    """The variables that `env` defines, each with its index."""
    return [(int(path[-1]), text(entry.get("name"))) for path, entry in container.env()]


def _is_only_itself(name: str, index: int, container: Container) -> bool:
    """Whether the variable at the index refers to itself, and no other entry defines it."""
    return [at for at, known in _names(container) if known == name] == [index]


def _uses(container: Container) -> Iterator[_Use]:
    for path, entry in container.env():
        value = entry.get("value")
        if isinstance(value, str):
            yield _Use((*path, "value"), f'"{text(entry.get("name"))}"', value, int(path[-1]), _is_program(value))
    for field in ("command", "args"):
        earlier = ""
        for index, word in enumerate(sequence(container.data.get(field))):
            if isinstance(word, str):
                is_script = _RUNS_TEXT.fullmatch(earlier) is not None or _is_program(word)
                yield _Use((field, index), f"{field}[{index}]", word, is_program=is_script)
                earlier = word
    for path, mount in container.mounts():
        if isinstance(mount.get("subPathExpr"), str):
            yield _Use((*path, "subPathExpr"), "subPathExpr", mount["subPathExpr"])


def _is_program(value: str) -> bool:
    return _SPACE.search(value) is not None


def _is_meant(name: str, use: _Use) -> bool:
    """Whether the reference is to a variable, not a command of a shell, a field of awk or another tool's parameter."""
    if use.is_program:
        return _NO_COMMAND.fullmatch(name) is not None
    return _NAME.fullmatch(name) is not None


def _may_be_given(name: str, container: Container, cluster: Cluster) -> bool:
    """Whether the variable may come from `envFrom` or from a Service, which both are there before `env`.

    Mirrors: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables @ v1.37
    """
    is_linked = name.startswith(_ALWAYS_LINKED) or container.pod.spec.get("enableServiceLinks") is not False
    if is_linked and _LINK.fullmatch(name):
        return True
    given = names_from_config(container, cluster)
    return given is None or name in given


def _may_be_added(name: str, container: Container, cluster: Cluster) -> bool:
    """Whether something adds the variable to what is applied, or replaces the reference: a patch, a kustomization."""
    obj = container.pod.obj
    if _FILLED_IN in f"{obj.name}{obj.namespace}" or name in _kustomize_variables(cluster.whole):
        return True
    if evidence_of(cluster).is_patched(name):
        return True
    others = cluster.find(obj.group_kind, obj.namespace, obj.name) if obj.name else ()
    return any(
        entry.get("name") == name
        for other in others
        if other is not obj and other.pod is not None
        for each in other.pod.containers
        for _, entry in each.env()
    )


@once
def _kustomize_variables(cluster: Cluster) -> frozenset[Any]:
    """The names that kustomizations replace wherever `$(NAME)` stands."""
    return frozenset(
        text(one.get("name")) for each in kustomizations(cluster) for _, one in items(each.data.get("vars"))
    )
