"""The types that the decoder walks, made of definitions: each once, when a manifest first reaches it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any, ClassVar, Final

from k8slint.apiserver.decoding.scalars import (
    Fault,
    base64_fault,
    int32_fault,
    micro_time_fault,
    quantity_fault,
    time_fault,
)
from k8slint.apiserver.discovery.definitions import Definitions, definitions_of
from k8slint.values.record import made, record, replaced

Check = Callable[[Any], Fault | None]
_REF: Final = "#/$defs/"
_META: Final = "io.k8s.apimachinery.pkg."
_CRD: Final = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."


@record
class Field:
    """What a field accepts.

    `python` is the usual type of its values; `inside` is what they hold, if they are mappings or lists; `check` reads
    scalars more closely. `others` are the other types it accepts. `word` names all of them in messages.
    """

    python: type
    inside: Struct | Every | None
    check: Check | None
    word: str
    others: Mapping[type, Field] = made(factory=dict)

    @property
    def zero(self) -> Any:
        """What a null of it is in a map, where it is not absent; None if that is not known."""
        if self.check is quantity_fault:
            return 0
        return None if self.python in (list, object) else self.python()


@record
class Struct:
    """A mapping with fields of its own.

    `is_lenient`: the API server drops unknown fields silently, as below the unions of a CRD's schema.
    """

    definition: str
    definitions: Definitions
    is_lenient: bool
    only: ClassVar[None] = None

    @cached_property
    def name(self) -> str:
        """The last three parts of its definition's name, such as `core.v1.Container`."""
        return ".".join(self.definition.split(".")[-3:])

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The fields by name."""
        properties = self.definitions.schema(self.definition).get("properties", {})
        return {name: _field(self, name, schema) for name, schema in properties.items()}


@record
class Every:
    """A mapping or list with one field for all its entries."""

    only: Field
    fields: ClassVar[Mapping[str, Field]] = {}
    is_lenient: ClassVar[bool] = True


_STRING: Final = Field(str, None, None, "a string")
_BOOLEAN: Final = Field(bool, None, None, "true or false")
_INTEGER: Final = Field(int, None, None, "an integer")
_AMOUNT: Final = Field(int, None, quantity_fault, "a quantity")
_ANYTHING: Final = Field(object, None, None, "anything", dict.fromkeys((dict, list, str, int, float, bool), _STRING))
_PLAIN: Final[Mapping[tuple[str, str], Field]] = {
    ("boolean", ""): _BOOLEAN,
    ("integer", "int32"): Field(int, None, int32_fault, "an integer"),
    ("integer", "int64"): _INTEGER,
    ("number", "double"): Field(float, None, None, "a number", {int: _INTEGER}),
}
# Types whose definition does not tell their JSON form.
_SPECIAL: Final[Mapping[str, Field]] = {
    f"{_META}api.resource.Quantity": Field(str, None, quantity_fault, "a quantity", {int: _AMOUNT, float: _AMOUNT}),
    f"{_META}util.intstr.IntOrString": Field(int, None, int32_fault, "an integer or a string", {str: _STRING}),
    f"{_META}apis.meta.v1.Time": Field(str, None, time_fault, "a time"),
    f"{_META}apis.meta.v1.MicroTime": Field(str, None, micro_time_fault, "a time"),
    f"{_META}apis.meta.v1.FieldsV1": _ANYTHING,
    f"{_META}runtime.RawExtension": _ANYTHING,
    f"{_CRD}JSON": _ANYTHING,
}
_BYTES: Final = Field(str, None, base64_fault, "bytes in base64")
# The data of a Secret has a rule of its own, which shows no value.
_SECRET_BYTES: Final = Field(str, None, None, "bytes in base64")


@cache
def struct(minor: int, definition: str, *, is_lenient: bool = False) -> Struct:
    """The type of a definition of a bundled minor."""
    return Struct(definition, definitions_of(minor), is_lenient)


def _field(owner: Struct, name: str, schema: Mapping[str, Any]) -> Field:
    ref = schema.get("$ref")
    if ref is not None:
        return _of_definition(owner, ref.removeprefix(_REF))
    types = schema.get("type", ())
    kind = types if isinstance(types, str) else next(iter(types), "")
    if kind == "string":
        return _text(owner, schema)
    if kind == "array":
        return Field(list, Every(_field(owner, name, schema["items"])), None, "a list")
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return Field(dict, Every(_field(owner, name, schema["additionalProperties"])), None, "a mapping")
    return _PLAIN.get((kind, schema.get("format", "")), _ANYTHING)


def _text(owner: Struct, schema: Mapping[str, Any]) -> Field:
    if schema.get("format") == "byte":
        return _SECRET_BYTES if owner.name == "core.v1.Secret" else _BYTES
    return _STRING


def _of_definition(owner: Struct, name: str) -> Field:
    special = _SPECIAL.get(name)
    if special is not None:
        return special
    minor = owner.definitions.minor
    if name.startswith(f"{_CRD}JSONSchemaPropsOr"):
        inner = Field(dict, struct(minor, f"{_CRD}JSONSchemaProps", is_lenient=True), None, "a schema")
        return _SCHEMA_UNIONS[name.removeprefix(f"{_CRD}JSONSchemaPropsOr")](inner)
    return Field(dict, struct(minor, name, is_lenient=owner.is_lenient), None, "a mapping")


def _or_list(inner: Field, item: Field, word: str) -> Field:
    return replaced(inner, word=word, others={list: Field(list, Every(item), None, word)})


_SCHEMA_UNIONS: Final[Mapping[str, Callable[[Field], Field]]] = {
    "Bool": lambda inner: replaced(inner, word="true, false or a schema", others={bool: _BOOLEAN}),
    "Array": lambda inner: _or_list(inner, inner, "a schema or a list of schemas"),
    "StringArray": lambda inner: _or_list(inner, _STRING, "a schema or a list of strings"),
}
