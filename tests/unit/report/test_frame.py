from __future__ import annotations

import pytest

from k8slint.report.frame import cells, excerpt, wrap


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("日本", 4), ("e\u0301", 1), ("\uff21", 2), ("กำ", 2), ("กี", 1), ("😀", 2), ("☸é", 2), ("", 0)],
)
def test_cells(text: str, width: int) -> None:
    assert cells(text) == width


def underlined(text: str, start: int, end: int, room: int = 80) -> str:
    shown = excerpt(text, start, end, room)
    return f"{shown.text}\n{' ' * shown.indent}{'^' * shown.width}"


@pytest.mark.parametrize(
    ("text", "start", "end", "drawn"),
    [
        ("key: value", 5, 10, "key: value\n     ^^^^^"),
        ("\tkey:\tvalue", 6, 11, "    key:    value\n            ^^^^^"),
        ("名前: 日本語 x", 4, 7, "名前: 日本語 x\n      ^^^^^^"),
        ("cafe\u0301: x", 7, 8, "cafe\u0301: x\n      ^"),
        ("a\x1bb: x", 5, 6, "a\\x1bb: x\n        ^"),
        ("a\x1bb: x", 1, 2, "a\\x1bb: x\n ^^^^"),
        ("key:", 4, 5, "key:\n    ^"),
        ("key:", 90, 95, "key:\n    ^"),
        ("key: v", 5, 5, "key: v\n     ^"),
        ("key: v", 5, 900, "key: v\n     ^"),
        ("", 0, 1, "\n^"),
        ("e\u0301", 1, 2, "e\u0301\n ^"),
        ("# ##[group]x", 2, 3, "# #\\x23[group]x\n  ^"),
    ],
)
def test_the_range_is_underlined(text: str, start: int, end: int, drawn: str) -> None:
    assert underlined(text, start, end) == drawn


def test_a_long_line_is_windowed_around_the_range() -> None:
    text = f"{'x' * 5000} BAD {'y' * 5000}"

    assert underlined(text, 5001, 5004, room=46) == (
        "...xxxxxxxxxxxxxxxxx BAD yyyyyyyyyyyyyyyyyy...\n                     ^^^"
    )


def test_a_long_range_is_cut_where_the_window_ends() -> None:
    assert underlined(f"key: {'z' * 10_000}", 5, 10_005, room=30) == (
        "key: zzzzzzzzzzzzzzzzzzz...\n     ^^^^^^^^^^^^^^^^^^^"
    )


def test_at_the_end_of_a_long_line() -> None:
    assert underlined(f"{'x' * 10_000}BAD", 10_000, 10_003, room=30) == "...xxxxxxxxxxBAD\n             ^^^"


def test_a_long_line_of_wide_characters() -> None:
    shown = excerpt("語" * 10_000, 5000, 5002, 40)

    assert cells(shown.text) <= 40
    assert shown.width == 4
    assert shown.text.startswith("...語")
    assert shown.text.endswith("語...")


@pytest.mark.parametrize("room", range(30, 60))
@pytest.mark.parametrize("start", [0, 1, 25, 26, 27, 28, 500, 970, 999, 1000])
def test_an_excerpt_keeps_to_its_room(room: int, start: int) -> None:
    shown = excerpt("ab\t語\x1b" * 200, start, start + 5, room)

    assert cells(shown.text) <= room
    assert shown.indent + shown.width <= room + 1
    assert shown.width >= 1


def test_words_are_wrapped_by_cells() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("日本 語語 x", 9) == ["日本 語語", "x"]
    assert wrap("a-word-longer-than-the-room x", 5) == ["a-word-longer-than-the-room", "x"]
    assert wrap("", 5) == [""]


def test_no_wrapped_line_begins_as_a_workflow_command() -> None:
    assert wrap("aaaa ::error::x bbbb", 6) == ["aaaa ::error::x", "bbbb"]
