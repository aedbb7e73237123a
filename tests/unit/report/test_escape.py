from __future__ import annotations

import pytest

from k8slint.report.escape import flowing, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text: [brackets] \\ and 'quotes'", "plain text: [brackets] \\ and 'quotes'"),
        ("日本語 é ☸ 😀", "日本語 é ☸ 😀"),
        ("", ""),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\r\nc\td", r"a\nb\r\nc\td"),
        ("\x00\x07\x7f", r"\x00\x07\x7f"),
        ("\x9b31m\x85", r"\x9b31m\x85"),
        ("\u202egnp.exe\u2066", r"\u202egnp.exe\u2066"),
        ("a\u200bb\u200dc\u2060d\ufeff", r"a\u200bb\u200dc\u2060d\ufeff"),
        ("a\xa0b\u2028c\u3000d", r"a\xa0b\u2028c\u3000d"),
        ("\ud800 \udcff", r"\ud800 \udcff"),
        ("\U000e0041\ufffe\ue000", r"\U000e0041\ufffe\ue000"),
        ("\u3164\u115f\u2800\ufe0f\U000e0100", r"\u3164\u115f\u2800\ufe0f\U000e0100"),
        ("##[add-mask]x", r"#\x23[add-mask]x"),
        ("a ###[error]x", r"a ##\x23[error]x"),
        ("##vso[task.setvariable]x", r"#\x23vso[task.setvariable]x"),
        ("##VSO[x]##teamcity[y]", r"#\x23VSO[x]#\x23teamcity[y]"),
        ("## heading ##", "## heading ##"),
    ],
)
def test_what_is_not_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_every_character_comes_out_printable() -> None:
    everything = "".join(map(chr, range(0x110000)))

    shown = visible(everything)

    assert shown.isprintable()
    assert shown.encode("utf-8").decode("utf-8") == shown


def test_prose_flows_in_one_line() -> None:
    assert flowing("  Name a tag,\n  or\ta digest.\r\n") == "Name a tag, or a digest."
    assert flowing("a\x1bb\x85c") == r"a\x1bb\x85c"
