"""vars: `$(NAME)` in the fields that may have it becomes a value of another object."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from k8slint.rendering.field_paths import looked_up, root_slot, steps_of
from k8slint.rendering.field_specs import FieldSpec, Slot, visit
from k8slint.rendering.gvk import ResId, parse_gvk
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused
from k8slint.rendering.resource import Resource, scalar_text
from k8slint.rendering.resources import Resources

_SYNTAX: Final = re.compile(r"\$(?:(\$)|\(([^)]*)\)|(\()|(.))", re.DOTALL)
_SLICE: Final = re.compile(r"(.*)\[(\d+)\]")
_PATH: Final = "metadata.name"


class Variable(NamedTuple):
    """A variable: the object that it is of, and the path of the field."""

    name: str
    object: ResId
    path: str
    origin: Origin


def variable_of(entry: Mapping[str, Any], origin: Origin) -> Variable:
    """The variable that an entry of `vars` writes.

    Mirrors: sigs.k8s.io/kustomize/api types/var.go Target.GVK @ v0.21.1
    """
    reference = entry.get("objref") or {}
    kind = reference.get("kind") or ""
    gvk = parse_gvk(reference.get("apiVersion") or "", kind)
    if not reference.get("apiVersion"):
        gvk = gvk._replace(group=reference.get("group") or "", version=reference.get("version") or "")
    # An object reference never says that its kind has no namespace.
    identity = ResId(gvk, reference.get("name") or "", reference.get("namespace") or "", is_known_scope=False)
    return Variable(entry.get("name") or "", identity, (entry.get("fieldref") or {}).get("fieldPath") or _PATH, origin)


def note_variables(resources: Resources, variables: list[Variable]) -> None:
    """Note in the objects which variables are of them.

    Raises:
        Refused: if a variable may be of several objects.

    Mirrors: sigs.k8s.io/kustomize/api internal/accumulator/resaccumulator.go ResAccumulator.MergeVars @ v0.21.1
    """
    for variable in variables:
        wanted = variable.object
        found = []
        for resource in resources.named(wanted.name):
            for known in (*resource.previous_ids, resource.current_id):
                same = known.gvk == wanted.gvk and known.name == wanted.name
                if same and (not wanted.namespace or known.effective_namespace == wanted.effective_namespace):
                    found.append(resource)
                    break
        if len(found) > 1:
            raise Refused(
                f"found {len(found)} resId matches for var {variable.name} (unable to disambiguate)", variable.origin
            )
        if found:
            found[0].variables.append(variable.name)


def resolve_variables(resources: Resources, variables: Mapping[str, Variable], specs: tuple[FieldSpec, ...]) -> None:
    """Replace the variables in all objects.

    Raises:
        Refused: if a variable has no object or no field.

    Mirrors: sigs.k8s.io/kustomize/api internal/accumulator/resaccumulator.go ResAccumulator.ResolveVars,
        filters/refvar @ v0.21.1
    """
    if not variables:
        return
    values = {name: _value(resources, variables[name]) for name in sorted(variables)}

    for resource in resources:
        visit(resource, specs, lambda slot: _expand_in(slot, values))


def _expand_in(slot: Slot, values: Mapping[str, Any]) -> None:
    """Replace the variables in a text, or in the texts of a mapping or list."""
    value = slot.value
    if isinstance(value, str):
        _expand(slot, values)
    elif isinstance(value, (dict, list)):
        origin = slot.value_origin()
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            inner = Slot(value, key, origin)
            if isinstance(inner.value, str):
                _expand(inner, values)
            elif isinstance(value, list):
                raise Refused("invalid value type expect a string", inner.value_origin())


def _value(resources: Resources, variable: Variable) -> Any:
    owner = next((each for each in resources if variable.name in each.variables), None)
    if owner is None:
        raise Refused(
            f"var {variable.name} cannot be mapped to a field in the set of known resources: "
            f"there is no {variable.object}",
            variable.origin,
        )
    found = _field(owner, variable)
    if found is None:
        raise Refused(
            f"field specified in var {variable.name} not found in corresponding resource {owner.current_id}: "
            f"{variable.path}",
            variable.origin,
        )
    return found.value


def _field(owner: Resource, variable: Variable) -> Slot | None:
    steps: list[str] = []
    for step in steps_of(variable.path):
        match = _SLICE.fullmatch(step)
        steps += [step] if match is None else [part for part in match.groups() if part]
    try:
        return looked_up(root_slot(owner.data, owner.origin), steps, variable.origin)
    except Refused:
        return None


def _expand(slot: Slot, values: Mapping[str, Any]) -> None:
    text: str = slot.value
    if "$" not in text:
        return
    new = expanded(text, values)
    if new is not text:
        slot.put(new)


def expanded(text: str, values: Mapping[str, Any]) -> Any:
    """The text with its variables replaced; a text that is one variable becomes its value, of whatever type.

    >>> expanded("$(PORT)", {"PORT": 80}), expanded("http://$(HOST):$(PORT) $$(PORT)", {"PORT": 80})
    (80, 'http://$(HOST):80 $(PORT)')

    Mirrors: sigs.k8s.io/kustomize/api filters/refvar/expand.go DoReplacements @ v0.21.1
    """

    def replacement(match: re.Match[str]) -> str:
        dollar, name, opened, other = match.groups()
        if dollar is not None:
            return "$"
        if name is not None:
            return _known(name, values)
        return "$(" if opened is not None else f"${other}"

    if text.startswith("$(") and text.endswith(")") and ")" not in text[2:-1]:
        value = values.get(text[2:-1])
        if value is not None and not isinstance(value, (dict, list)):
            return value
    return _SYNTAX.sub(replacement, text)


def _known(name: str, values: Mapping[str, Any]) -> str:
    value = values.get(name)
    return f"$({name})" if value is None or isinstance(value, (dict, list)) else scalar_text(value)
