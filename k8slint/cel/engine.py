"""Expressions compiled once and evaluated often: the one place that knows the library, `cel-expr-python`.

The library is an extra. Everything that it, or the table of Kubernetes' functions, cannot evaluate as the API server
does it is unjudged, and so is what may be too much work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from k8slint.cel.cost import Extent, bound, extent_of
from k8slint.cel.errors import UNJUDGED
from k8slint.cel.functions import FUNCTIONS, TAKE_LISTS, Function
from k8slint.cel.syntax import Call, Constant, Name, Node, Select, Several, UnreadableError, offsets, parse, walk

# Some tenths of a second at most; the API server gives up about as soon.
_MOST_WORK: Final = 3_000_000
_LONGEST: Final = 20_000
# Of what these macros are called on, the library makes two before anything can be counted.
_MOST_DOUBLINGS: Final = 8
_LIBRARIES: Final = (
    "extensions: [{name: lists}, {name: optional}, {name: sets}, {name: strings}, {name: two-var-comprehensions}]"
)
_OPTIONAL: Final = frozenset(
    {
        "_?._",
        "_[?_]",
        "optional.of",
        "of",
        "optional.none",
        "none",
        "optional.ofNonZeroValue",
        "ofNonZeroValue",
        "first",
        "last",
        "or",
    }
)
# What the library says of a text that is none, and the API server's words for it.
_REFUSALS: Final = (
    (
        re.compile(r"ERROR: <input>:(\d+):(\d+): Syntax error: (.*?)(?: \[INVALID_ARGUMENT\])?$", re.MULTILINE),
        r"Syntax error: \3",
    ),
    (
        re.compile(r"ERROR: <input>:(\d+):(\d+): has\(\) argument must be a field selection"),
        "invalid argument to has() macro",
    ),
)
_ROUNDS: Final = "Iteration budget exceeded"
_UNCHECKED: Final = "found no matching overload for"
# What the API server says in its own words; the library's, without its code.
_ERRORS: Final = (
    (re.compile(r'Key not found in map : "(.*)"', re.DOTALL), r"no such key: \1"),
    (re.compile(r"Index error: index=(-?\d+) size=\d+"), r"index out of bounds: \1"),
    (re.compile(r"(?:divide|division) by zero"), "division by zero"),
    (re.compile(r"modul(?:o|us) by zero"), "modulus by zero"),
    (re.compile(r"integer overflow"), "integer overflow"),
    (re.compile(r"unsigned integer overflow"), "unsigned integer overflow"),
    (re.compile(r"optional\.none\(\) dereference"), "optional.none() dereference"),
    (re.compile(r"((?:min|max) called on empty list)"), r"\1"),
    (re.compile(r"(cannot convert value to integer)"), r"\1"),
    (re.compile(r"(quantities must match the regular expression .*|unable to parse .*)"), r"\1"),
)


class Unjudged(Enum):
    """Why nothing is known of an expression."""

    LIBRARY = "it is not evaluated here as the API server does it"
    WORK = "it may be too much work"


class Failed(NamedTuple):
    """An expression that the API server cannot evaluate either, with what it says."""

    reason: str


class Refused(NamedTuple):
    """A text that is no expression, with why, and where: the line and the column, from one."""

    reason: str
    line: int
    column: int


Outcome = bool | str | Failed | Unjudged


class Values:
    """What expressions are told of: `self`, handed over once for all of them, and the extent of it."""

    def __init__(self, itself: Any) -> None:
        self.extent = extent_of(itself)
        self.activation = _environment().Activation({"self": itself})


class Program:
    """A compiled expression."""

    def __init__(self, expression: Any, tree: Node) -> None:
        self._expression = expression
        self.tree = tree
        self._work = lru_cache(maxsize=64)(self._bound)

    def _bound(self, extent: Extent) -> float:
        return bound(self.tree, extent)

    def work(self, values: Values) -> float:
        """The most work that it is to evaluate; nothing where that is too much, for then it is not evaluated."""
        size, width = values.extent
        most = self._work(Extent(1 << size.bit_length(), 1 << width.bit_length()))
        return most if most <= _MOST_WORK else 0

    def evaluate(self, values: Values) -> Outcome:
        """The value of a rule or a message; nothing else is a value here."""
        if not self.work(values):
            return Unjudged.WORK
        try:
            result = self._expression.eval(values.activation)
        except RuntimeError as error:
            return Unjudged.WORK if _ROUNDS in str(error) else Unjudged.LIBRARY
        kind = result.type()
        try:
            value = result.value()
        except TypeError:  # an optional
            return Unjudged.LIBRARY
        if kind == _cel().Type.ERROR:
            return _failure(str(value))
        return value if isinstance(value, (bool, str)) else Unjudged.LIBRARY

    def uses_old_self(self) -> bool:
        """Whether it asks what was there before."""
        return any(isinstance(part, Name) and part.name == "oldSelf" for part in walk(self.tree))

    def names(self) -> Iterator[str]:
        """The variables and fields that it names."""
        for part in walk(self.tree):
            match part:
                case Name(name) | Select(_, name):
                    yield name
                case Call("_[_]" | "_[?_]" | "_?._" | "_in_", parts):
                    yield from (str(each.value) for each in parts if isinstance(each, Constant))

    def compared(self) -> Iterator[str]:
        """The last names of what it compares or adds up with more than a literal; a variable of a loop is `*`."""
        for part in walk(self.tree):
            match part:
                case Call("_==_" | "_!=_" | "_+_", parts) if not any(map(_is_literal, parts)):
                    for each in parts:
                        match each:
                            case Name(name) if not name.startswith("@"):
                                yield name if name == "self" else "*"
                            case Select(_, name):
                                yield name


def _is_literal(node: Node) -> bool:
    return isinstance(node, Constant) or node == Several(())


def is_available() -> bool:
    """Whether the library is installed."""
    return _cel() is not None


@lru_cache(maxsize=10_000)
def program(text: str, *, has_optional_old_self: bool = False) -> Program | Refused | Unjudged:
    """The program of an expression, why the text is none, or why nothing is known of it.

    Where `oldSelf` is an optional it is none, as for an object that is created; elsewhere it has no value.
    """
    if _is_too_much(text):
        return Unjudged.WORK
    if not _is_unicode(text):
        return Unjudged.LIBRARY
    compiled = _compiled(text)
    if has_optional_old_self and isinstance(compiled, Program):
        compiled = _compiled(f"[optional.none()].all(oldSelf, ({text}\n))")
    return compiled


class Parsed(NamedTuple):
    """A text that is an expression, whatever its names are; `offsets` lead from the ids of its parts to them."""

    text: str
    tree: Node
    offsets: Mapping[int, int]


@lru_cache(maxsize=10_000)
def parsed(text: str) -> Parsed | Refused | Unjudged:
    """What a text is made of, whatever its variables and functions are; or why it is no expression."""
    if _is_too_much(text):
        return Unjudged.WORK
    if not _is_unicode(text):
        return Unjudged.LIBRARY
    try:
        serialized = _environment().compile(text, disable_check=True).serialize()
        return Parsed(text, parse(serialized), offsets(serialized))
    except RuntimeError as error:
        return _refused(error)
    except UnreadableError:
        return Unjudged.WORK


def _is_too_much(text: str) -> bool:
    return len(text) > _LONGEST or text.count("optMap") + text.count("optFlatMap") > _MOST_DOUBLINGS


def _is_unicode(text: str) -> bool:
    """Whether there is no half of a surrogate pair in it, which JSON can spell and UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _compiled(text: str) -> Program | Refused | Unjudged:
    try:
        expression = _checked(text)
    except RuntimeError as error:
        return _refused(error)
    try:
        tree = parse(expression.serialize())
    except UnreadableError:
        return Unjudged.WORK
    functions = {part.function for part in walk(tree) if isinstance(part, Call)}
    # If one of our functions is handed a list with an optional in it, the library ends the process.
    if functions & _OPTIONAL and (functions & TAKE_LISTS or "validate" in text):
        return Unjudged.LIBRARY
    return Program(expression, tree)


def _refused(error: RuntimeError) -> Refused | Unjudged:
    for form, wording in _REFUSALS:
        match = form.search(str(error))
        if match:
            return Refused(match.expand(wording), int(match[1]), int(match[2]))
    return Unjudged.LIBRARY


def _checked(text: str) -> Any:
    """The expression; unlike the library, the API server compares numbers of different types."""
    environment = _environment(takes_problems="validate" in text)
    try:
        return environment.compile(text)
    except RuntimeError as error:
        if str(error).count("ERROR:") != 1 or _UNCHECKED not in str(error):
            raise
        return environment.compile(text, disable_check=True)


def _failure(said: str) -> Failed | Unjudged:
    """What the API server would say of an error; it is only said where that is known."""
    if UNJUDGED in said:
        return Unjudged.LIBRARY
    reason = said.partition(": ")[2]
    for form, wording in _ERRORS:
        match = form.fullmatch(reason)
        if match:
            return Failed(match.expand(wording))
    return Unjudged.LIBRARY


@cache
def _cel() -> Any:
    try:
        from cel_expr_python import cel  # noqa: PLC0415 - an extra; only CRDs with rules pay for it
    except ImportError:
        return None
    return cel


@cache
def _environment(*, takes_problems: bool = False) -> Any:
    """What expressions are compiled in; functions of what is wrong with a text are there where they are asked for."""
    cel = _cel()
    types = {
        "bool": cel.Type.BOOL,
        "double": cel.Type.DOUBLE,
        "dyn": cel.Type.DYN,
        "int": cel.Type.INT,
        "list": cel.Type.List(cel.Type.DYN),
        "problems": cel.Type.List(cel.Type.List(cel.Type.STRING)),
        "string": cel.Type.STRING,
        "texts": cel.Type.List(cel.Type.STRING),
    }

    def overload(function: Function) -> Any:
        takes, gives = [types[each] for each in function.takes], types[function.gives]
        name = "_".join(("k8s", function.name.replace(".", "_"), *function.takes, "m" if function.is_member else "f"))
        return cel.Overload(name, return_type=gives, parameters=takes, is_member=function.is_member, impl=function.does)

    names: dict[str, list[Any]] = {}
    for function in FUNCTIONS:
        if takes_problems or "problems" not in function.takes:
            names.setdefault(function.name, []).append(overload(function))
    extension = cel.CelExtension("kubernetes", [cel.FunctionDecl(name, several) for name, several in names.items()])
    variables = {"oldSelf": cel.Type.DYN, "self": cel.Type.DYN}
    config = cel.NewEnvConfigFromYaml(_LIBRARIES)
    return cel.NewEnv(config=config, variables=variables, extensions=[extension])
