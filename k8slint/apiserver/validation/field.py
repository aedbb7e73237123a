"""A value on its way through validation: it knows where it stands, and has one method for each kind of error.

Validators are functions of a `Field`. They run after decoding and defaulting, so they trust types. What could not be
decoded, and what a template will fill in, is `HOLE`: no method says anything about it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

from k8slint.apiserver.validation.features import is_enabled
from k8slint.loading.document import Path
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Place, Problem, Related
from k8slint.values.field_path import field_path
from k8slint.values.nearest import nearest

_LONGEST_SHOWN: Final = 100
_MOST_LISTED: Final = 100
_SHORT: Final = 64


class _Hole:
    """Of this value nothing is known but that it is there."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "HOLE"


HOLE: Final = _Hole()
_UNSET: Final = _Hole()
_blank: Final = object.__new__


class Validation:
    """The validation of one object: the minor it is for, and what was found so far, in the order of the server.

    `obj` is the object as written, for problems that point at two places of it.
    """

    __slots__ = ("found", "minor", "obj")

    def __init__(self, obj: Object, minor: int) -> None:
        self.obj = obj
        self.minor = minor
        self.found: list[Problem] = []

    def has(self, gate: str) -> bool:
        """Whether a feature gate, by upstream's name, is on by default in the minor."""
        return is_enabled(gate, self.minor)


class Field:
    """A value, the way to it from the root of its object, and the validation it belongs to.

    `value` is None if the field is absent, and then every method but `required` and `forbidden` has nothing to say of
    it by itself. A field is true if the server would not take it for empty: not None, "", 0, False, [] or {}.
    """

    __slots__ = ("_parent", "_step", "run", "value")

    def __init__(self, value: Any, run: Validation, parent: Field | None = None, step: str | int = "") -> None:
        self.value = value
        self.run = run
        self._parent = parent
        self._step = step

    @property
    def path(self) -> Path:
        """The path from the root of the object."""
        steps: list[str | int] = []
        field = self
        while field._parent is not None:
            steps.append(field._step)
            field = field._parent
        return tuple(reversed(steps))

    @property
    def named(self) -> Path:
        """The path by which the server names the field: that from the root, unless a field on it is named otherwise."""
        steps: list[str | int] = []
        field = self
        while field._parent is not None:
            field = field._name_into(steps, field._parent)
        return tuple(reversed(steps))

    def _name_into(self, steps: list[str | int], parent: Field) -> Field:
        """Append the last steps of the server's name, the last one first; what they start from."""
        steps.append(self._step)
        return parent

    def named_as(self, start: Field, *steps: str | int) -> Field:
        """The same field, which the server names as if it were found by these steps from another one."""
        return _Named(self.value, self.run, self._parent, self._step, start, steps)

    def __getitem__(self, name: str) -> Field:
        """The field of that name in a mapping; absent if the value is none."""
        value = self.value
        # As `Field(...)` does, in half of the time: validators ask for half a million fields of a few thousand files.
        field = _blank(Field)
        field.value = value.get(name) if value.__class__ is dict else value if value is HOLE else None
        field.run = self.run
        field._parent = self  # noqa: SLF001 - one of its own class
        field._step = name  # noqa: SLF001
        return field

    def __iter__(self) -> Iterator[Field]:
        """The items of a list."""
        value = self.value
        if value.__class__ is not list or not value:
            return _NO_FIELDS
        return iter([Field(item, self.run, self, index) for index, item in enumerate(value)])

    def holds(self, name: str) -> bool:
        """Whether the field of that name is true, or not known: as `self[name]` tells, but cheap if it is absent."""
        value = self.value
        return bool(value.get(name)) if value.__class__ is dict else value is HOLE

    def written(self, names: Iterable[str]) -> list[str]:
        """Those of the fields of these names that are set; of what is not known, all may be."""
        value = self.value
        if value.__class__ is not dict:
            return list(names) if value is HOLE else []
        return [name for name in names if value.get(name) is not None]

    def entries(self) -> Iterator[tuple[str, Field]]:
        """The entries of a map, each with its key."""
        value = self.value
        if value.__class__ is not dict or not value:
            return _NO_ENTRIES
        return iter([(key, Field(inner, self.run, self, key)) for key, inner in value.items()])

    def __bool__(self) -> bool:
        return bool(self.value)

    def __len__(self) -> int:
        value = self.value
        return len(value) if value.__class__ in (list, dict, str) else 0

    @property
    def is_set(self) -> bool:
        """Whether the field is written, even if empty: what a pointer of Go that is not nil is."""
        return self.value is not None

    @property
    def is_hole(self) -> bool:
        """Whether the value is not known here."""
        return self.value is HOLE

    def may_be(self, *values: Any) -> bool:
        """Whether the value is one of these, or not known: for conditions that ask for silence."""
        return self.value is HOLE or self.value in values

    def required(self, detail: str = "", *, rule: str = "required-field", fix: str = "") -> None:
        """The field must be there."""
        self._say("Required value", detail, rule, fix=fix)

    def invalid(
        self,
        detail: str,
        value: Any = _UNSET,
        *,
        at: Path = (),
        rule: str = "invalid-value",
        fix: str = "",
        related: Iterable[tuple[Path, str]] = (),
        place: Place = Place.VALUE,
    ) -> None:
        """The value has not the form it must have.

        `value` replaces the value that the message shows. `at` leads from the field that the server names to the part
        that is wrong, if the server is less exact. `related` are other places of the object, and what stands there.
        """
        self._say_value(
            "Invalid value",
            self.value if value is _UNSET else value,
            detail,
            rule,
            fix=fix,
            at=at,
            related=tuple(Related(self.run.obj, path, message) for path, message in related),
            place=place,
        )

    def unsupported(
        self, supported: Sequence[str], value: Any = _UNSET, *, at: Path = (), rule: str = "unsupported-value"
    ) -> None:
        """The value is none of the words that the field takes, in the order in which the server lists them."""
        value = (self.value if value is _UNSET else value) or ""
        listed = ", ".join(f'"{word}"' for word in supported[:_MOST_LISTED])
        near = nearest(value, supported) if isinstance(value, str) else None
        hint = f'; did you mean "{near}"?' if near is not None else ""
        fix = f'write "{near}"' if near is not None else f"write one of {listed}"
        self._say_value("Unsupported value", value, f"supported values: {listed}{hint}", rule, fix=fix, at=at)

    def duplicate(self, value: Any = _UNSET, *, at: Path = (), rule: str = "duplicate-value", fix: str = "") -> None:
        """The value stands in the list a second time."""
        self._say_value("Duplicate value", self.value if value is _UNSET else value, "", rule, fix=fix, at=at)

    def not_found(
        self,
        value: Any = _UNSET,
        detail: str = "",
        *,
        rule: str = "not-found",
        fix: str = "",
        effect: str = "",
        mended_by: str = "",
    ) -> None:
        """The value names what is not there. `mended_by` is the word that a patch must hold to bring it."""
        rests_on = Absence(mended_by=mended_by) if mended_by else None
        self._say_value(
            "Not found",
            self.value if value is _UNSET else value,
            detail,
            rule,
            fix=fix,
            effect=effect,
            rests_on=rests_on,
        )

    def forbidden(self, detail: str, *, at: Path = (), rule: str = "forbidden-field", fix: str = "") -> None:
        """The field may not be set here."""
        self._say("Forbidden", detail, rule, fix=fix, at=at, place=Place.KEY)

    def too_long(self, most: int, *, at: Path = (), rule: str = "too-long", fix: str = "") -> None:
        """The value has more bytes than it may have."""
        self._say("Too long", f"may not be more than {most} bytes", rule, fix=fix, at=at)

    def too_many(self, most: int, count: int | None = None, *, rule: str = "too-many", fix: str = "") -> None:
        """The list has more items than it may have."""
        number = len(self) if count is None else count
        self._say_value("Too many", number, f"must have at most {most} items", rule, fix=fix)

    def told(self, said: str, *, rule: str, fix: str = "") -> None:
        """An error in words that were chosen elsewhere."""
        self._say(said, "", rule, fix=fix)

    def warn(
        self,
        said: str,
        *,
        rule: str = "apiserver-warning",
        fix: str = "",
        related: Iterable[tuple[Path, str]] = (),
    ) -> None:
        """What the server says beside taking the object."""
        if self.value is not HOLE:
            others = tuple(Related(self.run.obj, path, message) for path, message in related)
            self.run.found.append(Problem(self.path, f"{field_path(self.path)}: {said}", others, fix=fix, rule=rule))

    def _say_value(self, what: str, value: Any, detail: str, rule: str, **more: Any) -> None:
        if value is not HOLE:
            self._say(f"{what}: {shown(value)}", detail, rule, **more)

    def _say(
        self,
        what: str,
        detail: str,
        rule: str,
        *,
        fix: str,
        at: Path = (),
        place: Place = Place.VALUE,
        effect: str = "",
        rests_on: Absence | None = None,
        related: tuple[Related, ...] = (),
    ) -> None:
        if self.value is HOLE:
            return
        path, named = self.path, self.named
        # The root of the object has no path: the server then says the error alone.
        said = ": ".join(part for part in (field_path(named), what, detail) if part)
        problem = Problem(
            (*path, *at), said, related, effect=effect, fix=fix, rule=rule, place=place, rests_on=rests_on
        )
        if named != path:
            problem = problem._replace(named=field_path((*named, *at)))
        self.run.found.append(problem)


# An iterator that is exhausted stays so: one is enough for all that is empty.
_NO_FIELDS: Final[Iterator[Field]] = iter(())
_NO_ENTRIES: Final[Iterator[tuple[str, Field]]] = iter(())


class _Named(Field):
    """A field that the server names by another way than the one that leads to it."""

    __slots__ = ("_start", "_steps")

    def __init__(  # noqa: PLR0917 - a field, and another way to it
        self,
        value: Any,
        run: Validation,
        parent: Field | None,
        step: str | int,
        start: Field,
        steps: Sequence[str | int],
    ) -> None:
        super().__init__(value, run, parent, step)
        self._start = start
        self._steps = steps

    def _name_into(self, steps: list[str | int], parent: Field) -> Field:  # noqa: ARG002 - it starts elsewhere
        steps.extend(reversed(self._steps))
        return self._start


def shown(value: Any) -> str:
    """A value as the API server prints it in an error: text in quotes, lists and mappings as JSON.

    >>> shown("a b"), shown(True), shown(["x", 1])
    ('"a b"', 'true', '["x",1]')
    """
    if isinstance(value, str):
        return f'"{value if len(value) <= _LONGEST_SHOWN else value[:_LONGEST_SHOWN] + "…"}"'
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda _: "…")
    except RecursionError:
        # Files may nest as deep as they like; nobody reads such a value in a message.
        return "…"
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


Check: TypeAlias = Callable[[Field], None]
"""What looks at one field, and says what is wrong with it."""


class Form:
    """A form that a text must have: a check of a field, and by `faults` of a text alone."""

    def __init__(self, faults: Callable[[str], Iterable[str]]) -> None:
        self._of_any = faults
        # The same names and words come again and again.
        self._of_short = lru_cache(maxsize=1 << 12)(lambda text: tuple(faults(text)))
        self.__doc__ = faults.__doc__

    def faults(self, text: str) -> Iterable[str]:
        """What keeps a text from having the form."""
        return self._of_short(text) if len(text) < _SHORT else self._of_any(text)

    def __call__(self, field: Field) -> None:
        """Say of the field what its text lacks; of what is no text, nothing."""
        if field.value.__class__ is str:
            for fault in self.faults(field.value):
                field.invalid(fault)

    def item(self, field: Field) -> None:
        """The same of an item of a list, where null is an empty text."""
        text = field.value or ""
        if text.__class__ is str:
            for fault in self.faults(text):
                field.invalid(fault, text)

    def takes(self, text: str) -> bool:
        """Whether the text has the form."""
        return not any(True for _ in self.faults(text))


class _Leaf:
    """A check, and when it is made: of fields that are not empty, that are written, or in any case."""

    __slots__ = ("check", "is_made_if")

    def __init__(self, check: Check, is_made_if: str) -> None:
        self.check = check
        self.is_made_if = is_made_if


def optional(check: Check) -> _Leaf:
    """The check, unless the field is empty: a field that Go holds as a value."""
    return _Leaf(check, "true")


def given(check: Check) -> _Leaf:
    """The check, if the field is written, even if empty: a field that Go holds as a pointer."""
    return _Leaf(check, "set")


def needed(check: Check | None = None, detail: str = "") -> _Leaf:
    """The check, of a field that may not be empty."""

    def run(field: Field) -> None:
        if not field:
            field.required(detail)
        elif check is not None:
            check(field)

    return _Leaf(run, "always")


def always(check: Check) -> _Leaf:
    """The check, even if the field is absent."""
    return _Leaf(check, "always")


def fields(**leaves: _Leaf) -> Check:
    """The checks of the fields of a mapping, in their order. Of an absent mapping the needed ones are missing too.

    A field whose name Python keeps for itself is passed as `**{"from": optional(...)}`.
    """
    table = tuple(
        (name, leaf.check, leaf.is_made_if == "always", leaf.is_made_if == "set") for name, leaf in leaves.items()
    )
    names = frozenset(() if any(is_needed for _, _, is_needed, _ in table) else leaves)

    def run(field: Field) -> None:
        value = field.value
        if value is HOLE:
            return
        data = value if value.__class__ is dict else {}
        # Absent fields cost no more than this.
        if names and names.isdisjoint(data):
            return
        for name, check, is_needed, is_pointer in table:
            inner = data.get(name)
            if is_needed or (inner is not None and (inner or is_pointer)):
                check(Field(inner, field.run, field, name))

    return run


def each(check: Check) -> Check:
    """The check of each item of a list."""

    def run(field: Field) -> None:
        for item in field:
            check(item)

    return run


def one_of(*words: str, **since: int) -> Check:
    """The field takes these words. `since` names further ones, each with the minor that has it first.

    The server lists them in the order of the alphabet.
    """

    def run(field: Field) -> None:
        value = field.value
        if value in words or value is HOLE:
            return
        supported = (*words, *(word for word, minor in since.items() if minor <= field.run.minor))
        if value not in supported:
            field.unsupported(sorted(supported))

    return run


def one_of_said(said: str, *words: str, **since: int) -> Check:
    """The field takes these words, as of `one_of`; of another one the server says this, and not which it takes."""

    def run(field: Field) -> None:
        value = field.value or ""
        supported = (*words, *(word for word, minor in since.items() if minor <= field.run.minor))
        if value in supported or value.__class__ is not str:
            return
        near = nearest(value, supported)
        hint = f'; did you mean "{near}"?' if near else ""
        fix = f'write "{near}"' if near else f"write one of {', '.join(supported)}"
        field.invalid(f"{said}{hint}", value, rule="unsupported-value", fix=fix)

    return run


def between(least: int, most: int) -> Check:
    """The number lies between these, both included."""

    def run(field: Field) -> None:
        if field.value.__class__ is int and not least <= field.value <= most:
            field.invalid(f"must be between {least} and {most}, inclusive")

    return run


def not_negative(field: Field) -> None:
    """The number is 0 or more."""
    if field.value.__class__ is int and field.value < 0:
        field.invalid("must be greater than or equal to 0")


def positive(field: Field) -> None:
    """The number is 1 or more."""
    if field.value.__class__ is int and field.value < 1:
        field.invalid("must be greater than 0")


class Unique:
    """Values that may stand in a list once."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: set[Hashable] = set()

    def __len__(self) -> int:
        return len(self._seen)

    def add(self, field: Field, key: Hashable = None, value: Any = _UNSET) -> bool:
        """Whether the field's value, or the key, is there for the first time; if it is not, the field is a duplicate.

        Empty fields and those that are not known are let pass.
        """
        if not field or field.is_hole:
            return True
        key = field.value if key is None else key
        if key in self._seen:
            field.duplicate(value)
            return False
        self._seen.add(key)
        return True
