from __future__ import annotations

import pytest

from k8slint.cel.engine import Parsed, is_available, parsed
from k8slint.cel.scope import first_outside, type_of

pytestmark = pytest.mark.skipif(not is_available(), reason="cel-expr-python is not installed: it is the extra `cel`")
SCOPE = {"object": None, "request": {"userInfo": {"username": None}}}


def read(text: str) -> Parsed:
    expression = parsed(text)
    assert isinstance(expression, Parsed)
    return expression


@pytest.mark.parametrize(
    ("text", "line", "column", "said", "near"),
    [
        ("objekt.a == 1", 1, 1, "undeclared reference to 'objekt'", "object"),
        ("object.a == 1\n&& request.user == 'é' && x", 2, 11, "undefined field 'user'", None),
        ("request.userInfo.usernam == 'x'", 1, 17, "undefined field 'usernam'", "username"),
        ("'é' + y", 1, 7, "undeclared reference to 'y'", None),
        ("object.all(i, i > 0) || i > 1", 1, 25, "undeclared reference to 'i'", None),
        ("[z, y]", 1, 2, "undeclared reference to 'z'", None),
    ],
)
def test_the_first_name_that_is_none_is_told(text: str, line: int, column: int, said: str, near: str | None) -> None:
    outside = first_outside(read(text), SCOPE)
    assert outside is not None
    assert (outside.refused.line, outside.refused.column, outside.near) == (line, column, near)
    assert outside.refused.reason.startswith(said)


@pytest.mark.parametrize(
    "text",
    [
        "object.all(k, v, k == v) && object.map(i, i)[0] == object[request.userInfo.username]",
        "object.?a.optMap(b, b + 1).orValue(2) == 2 && [1].sortBy(i, -i) == [1]",
        "cel.bind(a, object.a, a + a)",
        "type(object.a) == int && object.unheardOf() && unheardOf(object)",
        "request.name() || request['name']",
    ],
)
def test_names_of_loops_types_and_functions_are_known(text: str) -> None:
    assert first_outside(read(text), SCOPE) is None


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("object.a", "dyn"),
        ("object['a'].b", "dyn"),
        ("has(object.a)", "bool"),
        ("object.a > 1", "bool"),
        ("1 + 2", "int"),
        ("'a' + 'b'", "string"),
        ("object.a + 1", ""),
        ("request.userInfo.username", ""),
        ("object.f()", ""),
        ("true", ""),
    ],
)
def test_a_type_is_told_where_it_is_certain(text: str, type_: str) -> None:
    assert type_of(read(text), SCOPE) == type_
