"""replacements: values copied from one object into others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.loading.load import load
from k8slint.rendering.field_paths import PathMatch, looked_up, root_slot, steps_of
from k8slint.rendering.field_specs import Slot
from k8slint.rendering.gvk import Gvk, ResId
from k8slint.rendering.origin import MOST_VALUES, Origin, bounded, copied
from k8slint.rendering.problems import About, Refused
from k8slint.rendering.reading import plain
from k8slint.rendering.resource import Resource, scalar_text
from k8slint.rendering.resources import Resources
from k8slint.rendering.selectors import selector_of

_NAME: Final = "metadata.name"
_HTML: Final = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


class _Value(NamedTuple):
    data: Any
    origin: Origin


def replace(resources: Resources, replacement: Mapping[str, Any], origin: Origin) -> None:
    """Copy the value of the source into all targets; `origin` is that of the replacement.

    Raises:
        Refused: if there is no source, or no field to replace in a target.

    Mirrors: sigs.k8s.io/kustomize/api filters/replacement/replacement.go Filter.Filter @ v0.21.1
    """
    source, constant, targets = (replacement.get(key) for key in ("source", "sourceValue", "targets"))
    if (source is None and constant is None) or targets is None:
        raise Refused("replacements must specify a source and at least one target", origin)
    if source is not None and constant is not None:
        raise Refused("value and resource selectors are mutually exclusive", origin)
    if source is None:
        value = _Value(constant, origin.below("sourceValue"))
    else:
        value = _source_value(resources, source, origin.below("source"))
    for index, target in enumerate(targets):
        _apply(resources, value, target or {}, origin.below("targets").below(index))
    resources.changed()


def _source_value(resources: Resources, source: Mapping[str, Any], origin: Origin) -> _Value:
    wanted = ResId(
        Gvk(*(source.get(part) or "" for part in ("group", "version", "kind"))),
        source.get("name") or "",
        source.get("namespace") or "",
    )
    found = [each for each in resources if any(_is_selected(known, wanted) for known in _ids(each))]
    if not found:
        raise Refused(f"nothing selected by {wanted}", origin)
    if len(found) > 1:
        raise Refused(f"multiple matches for selector {wanted}", origin)
    path = source.get("fieldPath") or _NAME
    here = origin.below("fieldPath") if source.get("fieldPath") else origin
    slot = looked_up(root_slot(found[0].data, found[0].origin), steps_of(path), here)
    if slot is None or slot.value is None or slot.value in ({}, []):
        raise Refused(f"fieldPath `{path}` is missing for replacement source {wanted}", here)
    options = source.get("options") or {}
    value = _Value(copied(slot.value), slot.value_origin().copy())
    delimiter = options.get("delimiter")
    if not delimiter:
        return value
    if isinstance(value.data, (dict, list)):
        raise Refused("delimiter option can only be used with scalar nodes", here)
    parts = scalar_text(value.data).split(delimiter)
    index = options.get("index") or 0
    if not 0 <= index < len(parts):
        raise Refused(f"options.index {index} is out of bounds for the value of {path}", origin.below("options"))
    return value._replace(data=parts[index] if isinstance(value.data, str) else plain(parts[index]))


def _ids(resource: Resource) -> Iterator[ResId]:
    yield resource.current_id._replace(is_known_scope=False)
    yield from resource.previous_ids


def _is_selected(known: ResId, wanted: ResId) -> bool:
    return (
        wanted.name in ("", known.name)
        and (not wanted.namespace or wanted.effective_namespace == known.effective_namespace)
        and known.gvk.is_selected_by(wanted.gvk)
    )


def _apply(resources: Resources, value: _Value, target: Mapping[str, Any], origin: Origin) -> None:
    """Copy the value into the objects of a target.

    Mirrors: sigs.k8s.io/kustomize/api filters/replacement/replacement.go applyReplacement @ v0.21.1
    """
    if target.get("select") is None:
        raise Refused("target must specify resources to select", origin)
    chosen = selector_of(target["select"], origin.below("select"))
    rejected = [
        selector_of(each or {}, origin.below("reject").below(index))
        for index, each in enumerate(target.get("reject") or ())
    ]
    for resource in list(resources):
        ids = list(_ids(resource))
        if not any(map(chosen.takes_id, ids)) or not chosen.takes_metadata(resource):
            continue
        if any(
            (each.labels.requirements or each.annotations.requirements) and each.takes_metadata(resource)
            for each in rejected
        ):
            continue
        if any(each.has_identity and any(map(each.takes_id, ids)) for each in rejected):
            continue
        _copy_into(resource, value, target, origin)


def _copy_into(resource: Resource, value: _Value, target: Mapping[str, Any], origin: Origin) -> None:
    options = target.get("options") or {}
    paths = target.get("fieldPaths") or [_NAME]
    for index, path in enumerate(paths):
        here = origin.below("fieldPaths").below(index) if target.get("fieldPaths") else origin
        steps = steps_of(path or "")
        root = root_slot(resource.data, resource.origin)
        if _in_text(root, steps, value, here):
            continue
        match = PathMatch(steps, value.data if options.get("create") else None, here, [])
        places = list(match.places(root))
        if not places:
            verb = "find or create" if options.get("create") else "find"
            raise Refused(f'unable to {verb} field "{path}" in replacement target {resource.current_id}', here)
        for place in places:
            is_new = any(each.container is place.container and each.key == place.key for each in match.new)
            _set(place, value, options, here, is_new=is_new)
    if not bounded(resource.data):
        raise Refused("the object becomes too large, or nested too deep", origin, About.LIMIT)


def _set(place: Slot, value: _Value, options: Mapping[str, Any], origin: Origin, *, is_new: bool) -> None:
    """Set a field, or a part of its text.

    Mirrors: sigs.k8s.io/kustomize/api filters/replacement/replacement.go setFieldValue @ v0.21.1
    """
    old = place.value
    new = value.data
    if isinstance(old, (dict, list)):
        if options.get("delimiter"):
            raise Refused("delimiter option can only be used with scalar nodes", origin)
        if not bounded(new, MOST_VALUES // 100):
            raise Refused("the value is too large, or nested too deep", origin, About.LIMIT)
        place.put(copied(new), value.origin.copy())
        return
    text = scalar_text(new)
    if options.get("delimiter"):
        text = _spliced(scalar_text(old), text, options["delimiter"], options.get("index") or 0)
    place.put(plain(text) if is_new else _as(old, text, origin), value.origin.copy())


def _spliced(old: str, text: str, delimiter: str, index: int) -> str:
    """The parts of a text with one replaced, or one more before or after them."""
    parts = old.split(delimiter)
    if index < 0:
        parts.insert(0, text)
    elif index >= len(parts):
        parts.append(text)
    else:
        parts[index] = text
    return delimiter.join(parts)


def _as(old: Any, text: str, origin: Origin) -> Any:
    """A text as the type that the field has, which the copy keeps.

    Raises:
        Refused: if it is no value of the type.
    """
    if isinstance(old, str):
        return text
    if old is None:
        return None if text == "" else plain(text)
    new = plain(text)
    fits = isinstance(new, bool) == isinstance(old, bool) and isinstance(new, (int, float))
    if not fits:
        form = "bool" if isinstance(old, bool) else "int" if isinstance(old, int) else "float"
        raise Refused(f"the value is no {form}, as the field has it", origin)
    return new


def _in_text(root: Slot, steps: list[str], value: _Value, origin: Origin) -> bool:
    """Replace a field of JSON or YAML that is the text of a scalar; false if the path does not lead into one.

    Mirrors: sigs.k8s.io/kustomize/api filters/replacement/replacement.go setValueInStructuredData @ v0.21.1
    """
    for count in range(1, len(steps)):
        try:
            slot = looked_up(root, steps[:count], origin)
        except Refused:
            continue
        if slot is None or not isinstance(slot.value, str):
            continue
        return _replaced_in(slot, steps[count:], value, origin)
    return False


def _replaced_in(slot: Slot, steps: list[str], value: _Value, origin: Origin) -> bool:
    text: str = slot.value
    loaded = load("", text.encode("utf-8", "surrogatepass"))
    document = next(iter(loaded.documents), None)
    if document is None or document.failed or not isinstance(document.data, (dict, list)):
        return False
    inner = root_slot(copied(document.data), Origin(document))
    try:
        places = list(PathMatch(steps, None, origin, []).places(inner))
        if not places:
            return False
        is_json = text.strip()[:1] in ("{", "[")
        spans = [document.marks.span(place.value_origin().path) for place in places]
        for place in places:
            old = place.value
            place.put(
                copied(value.data) if isinstance(old, (dict, list)) else _as(old, scalar_text(value.data), origin)
            )
    except Refused:
        return False
    if is_json:
        pretty = "\n" in text and "  " in text
        slot.put(_as_json(inner.value, pretty=pretty), value.origin.copy())
        return True
    for span, place in sorted(zip(spans, places, strict=True), key=lambda each: each[0] or (0, 0), reverse=True):
        if span is None or isinstance(place.value, (dict, list)):
            return False
        text = f"{text[: span[0]]}{scalar_text(place.value)}{text[span[1] :]}"
    slot.put(text.strip(), value.origin.copy())
    return True


def _as_json(data: Any, *, pretty: bool) -> str:
    text = json.dumps(
        data,
        sort_keys=True,
        ensure_ascii=False,
        indent=2 if pretty else None,
        separators=None if pretty else (",", ":"),
    )
    return text.translate(_HTML)
