"""A first look at custom resources: most have nothing wrong with them, and one walk can tell.

Of what it says fits, the full check would say nothing. Anything that takes more than a look, as null, unknown fields
and alternatives of mappings do, does not fit here: the full check then says what is wrong with it, if anything is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from k8slint.apiserver.custom.defaults import completed
from k8slint.apiserver.custom.keywords import FIELDS, KEYWORDS, Defect, is_int_or_string
from k8slint.apiserver.custom.structural import TYPE_META, items_twice
from k8slint.objects.fields import mapping, text

# These the walk looks at by itself.
_WALKED: Final = frozenset({"properties", "additionalProperties", "items", "type"})
# What these say of mappings and lists may depend on the defaults in them.
_WEIGHING: Final = frozenset({"allOf", "anyOf", "oneOf", "not", "enum", "maxProperties", "x-kubernetes-int-or-string"})
_INT_OR_STRING: Final = [{"type": "integer"}, {"type": "string"}]


class Pattern:
    """A schema made ready for the walk; its parts are made ready when first reached.

    `python` is the type that its values usually have, which spares them the check of it. `unfit` are the fields with a
    default that does not fit.
    """

    __slots__ = (
        "_parts",
        "checks",
        "has_type_meta",
        "is_int_or_string",
        "is_set_or_map",
        "is_weighing",
        "items",
        "keeps_unknown",
        "node",
        "python",
        "unfit",
    )

    def __init__(self, schema: Any, *, is_root: bool = False, is_type_meta: bool = False) -> None:
        node: Mapping[str, Any] = mapping(schema)
        self.node = node
        self.is_int_or_string = node.get("x-kubernetes-int-or-string") is True
        field = FIELDS.get(text(node.get("type")))
        self.python = field.python if field is not None else None
        said_twice = {"anyOf"} if self.is_int_or_string and node.get("anyOf") == _INT_OR_STRING else ()
        self.checks = [
            (KEYWORDS[key], node[key])
            for key in node
            if key in KEYWORDS and key not in _WALKED and key not in said_twice
        ]
        self.is_set_or_map = node.get("x-kubernetes-list-type") in ("set", "map")
        self.is_weighing = not _WEIGHING.isdisjoint(node)
        self.items = Pattern(node["items"]) if isinstance(node.get("items"), dict) else None
        keeps_unknown = node.get("x-kubernetes-preserve-unknown-fields") is True
        self.keeps_unknown = (is_type_meta or keeps_unknown) and "additionalProperties" not in node
        self.has_type_meta = is_root or node.get("x-kubernetes-embedded-resource") is True
        self._parts: dict[str, Pattern | None] = {}
        defaults = {key: mapping(part).get("default") for key, part in mapping(node.get("properties")).items()}
        self.unfit = frozenset(
            key
            for key, default in defaults.items()
            if default is not None and not ((part := self.part(key)) and fits(default, part))
        )

    def part(self, key: str) -> Pattern | None:
        """What a field is held against; none where nothing is known of it."""
        if key not in self._parts:
            schema = mapping(self.node.get("properties")).get(key, self.node.get("additionalProperties"))
            # The names in type and metadata are not the schema's to know.
            is_type_meta = self.has_type_meta and key in TYPE_META
            has_part = is_type_meta or isinstance(schema, dict)
            self._parts[key] = Pattern(schema, is_type_meta=is_type_meta) if has_part else None
        return self._parts[key]


def fits(value: Any, pattern: Pattern) -> bool:
    """Whether the full check would find nothing in a value."""
    if isinstance(value, dict):
        if pattern.is_weighing or not _mapping_fits(value, pattern):
            return False
    elif isinstance(value, list):
        if pattern.is_weighing or not _list_fits(value, pattern):
            return False
    elif value is None or (pattern.is_int_or_string and not is_int_or_string(value)):
        return False
    found: list[Defect] = []
    if value.__class__ is not pattern.python:
        KEYWORDS["type"](value, pattern.node.get("type"), pattern.node, (), found)
    for check, argument in pattern.checks:
        check(value, argument, pattern.node, (), found)
    return not found


def _mapping_fits(value: dict[str, Any], pattern: Pattern) -> bool:
    if not pattern.unfit <= value.keys():
        return False
    for key, entry in value.items():
        part = pattern.part(key)
        if part is not None:
            if not fits(entry, part):
                return False
        elif not pattern.keeps_unknown:
            return False
    return True


def _list_fits(value: list[Any], pattern: Pattern) -> bool:
    items = pattern.items
    if items is None:
        return False
    for item in value:  # a frame less a level than all() would take
        if not fits(item, items):
            return False
    if len(value) < 2 or not pattern.is_set_or_map:
        return True
    return next(items_twice(completed(value, pattern.node), pattern.node, ()), None) is None
