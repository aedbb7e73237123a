"""Paths of fields with indices and conditions: `spec.containers.[name=web].image`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from k8slint.rendering.field_specs import Slot, split_path
from k8slint.rendering.origin import DEEPEST, Origin
from k8slint.rendering.problems import About, Refused
from k8slint.rendering.resource import scalar_text
from k8slint.rendering.selectors import go_regex

_INDEX: Final = re.compile(r"[0-9]{1,9}")


def steps_of(path: str) -> list[str]:
    """The steps of a path; what is in brackets is one step.

    >>> steps_of("spec.containers.[name=a.b].image"), steps_of("metadata.annotations.[example.org/x]")
    (['spec', 'containers', '[name=a.b]', 'image'], ['metadata', 'annotations', 'example.org/x'])

    Mirrors: sigs.k8s.io/kustomize/kyaml utils/pathsplitter.go SmarterPathSplitter @ v0.21.1
    """
    result = []
    pending = iter(split_path(path, "."))
    for step in pending:
        if not step.startswith("[") or step.endswith("]"):
            result.append(step)
            continue
        parts = [step]
        for part in pending:
            parts.append(part)
            if part.endswith("]"):
                break
        whole = ".".join(parts)
        result.append(whole if "=" in whole else whole.strip("[]"))
    return result


def root_slot(data: Any, origin: Origin) -> Slot:
    """A place that holds a whole object."""
    return Slot([data], 0, Origin(origin.document, origin.path, [origin]))


def condition(step: str, origin: Origin) -> tuple[str, str] | None:
    """The field and the text of a step `[field=text]`, or None for another step.

    Raises:
        Refused: for brackets without an equals sign.
    """
    if not (step.startswith("[") and step.endswith("]")):
        return None
    field, equals, text = step[1:-1].partition("=")
    if not equals:
        raise Refused(f'the step "{step}" must have the form [fieldName=fieldValue]', origin)
    return field, text


def looked_up(slot: Slot, steps: Sequence[str], origin: Origin) -> Slot | None:
    """The value at a path, or None if there is none.

    Raises:
        Refused: if the path leads through what is no mapping or list.

    Mirrors: sigs.k8s.io/kustomize/kyaml yaml/fns.go PathGetter.Filter @ v0.21.1
    """
    for step in filter(None, (step.strip() for step in steps)):
        found = _step(slot, step, origin)
        if found is None:
            return None
        slot = found
    return slot


def _step(slot: Slot, step: str, origin: Origin) -> Slot | None:
    value = slot.value
    test = condition(step, origin)
    if value is None:
        return None
    if test is None and step != "-" and not _INDEX.fullmatch(step):
        if step == "*":
            raise Refused("a wildcard is not supported here", origin)
        if not isinstance(value, dict):
            raise Refused(f'wrong node kind: a mapping is expected at "{step}"', origin)
        return Slot(value, step, slot.value_origin()) if step in value else None
    if not isinstance(value, list):
        raise Refused(f'wrong node kind: a list is expected at "{step}"', origin)
    here = slot.value_origin()
    if test is None:
        index = len(value) - 1 if step == "-" else int(step)
        return Slot(value, index, here) if 0 <= index < len(value) else None
    field, text = test
    for index, item in enumerate(value):
        if field and isinstance(item, dict) and field in item and scalar_text(item[field]) == text:
            return Slot(value, index, here)
        if not field and scalar_text(item) == text:
            return Slot(value, index, here)
    return None


class PathMatch(NamedTuple):
    """A search for all places that a path means; what is not there is made of `creates`, or not if that is None.

    `new` are the places that were made.

    Mirrors: sigs.k8s.io/kustomize/kyaml yaml/match.go PathMatcher.Filter @ v0.21.1
    """

    steps: Sequence[str]
    creates: Any
    origin: Origin
    new: list[Slot]

    def places(self, slot: Slot, at: int = 0) -> Iterator[Slot]:
        """The places below one.

        Raises:
            Refused: if the path does not fit.
        """
        if at == len(self.steps):
            yield slot
            return
        if len(self.steps) > DEEPEST:
            raise Refused(f"a path of more than {DEEPEST} steps", self.origin, About.LIMIT)
        step = self.steps[at]
        test = condition(step, self.origin)
        if test is not None:
            yield from self._where(slot, at, *test)
        elif _INDEX.fullmatch(step):
            yield from self._at_index(slot, at, int(step))
        elif step == "*":
            items = self._list(slot, at)
            for index in range(len(items)):
                yield from self.places(Slot(items, index, slot.value_origin()), at + 1)
        else:
            yield from self._field(slot, at, step)

    def _field(self, slot: Slot, at: int, step: str) -> Iterator[Slot]:
        value = slot.value
        if value is None and self.creates is not None:
            slot.put({})
            value = slot.value
        if value is None:
            return
        if not isinstance(value, dict):
            raise Refused(f'wrong node kind: a mapping is expected at "{step}"', self.origin)
        here = Slot(value, step, slot.value_origin())
        if step not in value:
            if self.creates is None:
                return
            here.put(self._made(at), self.origin)
            self.new.append(here)
        yield from self.places(here, at + 1)

    def _made(self, at: int) -> Any:
        """What is made at a step, as the next step needs it."""
        if at + 1 == len(self.steps):
            return type(self.creates)()
        following = self.steps[at + 1]
        return [] if condition(following, self.origin) is not None or _INDEX.fullmatch(following) else {}

    def _list(self, slot: Slot, at: int) -> list[Any]:
        value = slot.value
        if value is None:
            return []
        if not isinstance(value, list):
            raise Refused(f'wrong node kind: a list is expected at "{self.steps[at]}"', self.origin)
        return value

    def _at_index(self, slot: Slot, at: int, index: int) -> Iterator[Slot]:
        items = self._list(slot, at)
        origins = slot.value_origin()
        if index == len(items) and self.creates is not None:
            places = origins.items(len(items))
            items.append(self._made(at))
            places.append(self.origin)
            self.new.append(Slot(items, index, origins))
        if index >= len(items):
            raise Refused(f"index {index} specified but only {len(items)} elements found", self.origin)
        yield from self.places(Slot(items, index, origins), at + 1)

    def _where(self, slot: Slot, at: int, field: str, text: str) -> Iterator[Slot]:
        items = self._list(slot, at)
        origins = slot.value_origin()
        pattern = go_regex(text, self.origin)
        found = []
        for index, item in enumerate(items):
            tested = item.get(field) if isinstance(item, dict) and field else item
            if field and not (isinstance(item, dict) and field in item):
                continue
            if pattern is None or pattern.occurs_in(scalar_text(tested)):
                place = Slot(items, index, origins)
                found += [place] if not field else list(self.places(place, at + 1))
        if not found and self.creates is not None:
            places = origins.items(len(items))
            items.append({field: text} if field else text)
            places.append(self.origin)
            found = list(self.places(Slot(items, len(items) - 1, origins), at + 1)) if field else []
        yield from found
