from __future__ import annotations

import pytest

from k8slint.finding import Failure, Severity
from k8slint.report.markdown import COMMENT, code, prose, render
from tests.build import finding, place, report


def test_a_comment() -> None:
    mild = finding(severity=Severity.INFO, location=place("a.yaml", 2, 1), message="m", effect="", fix="")

    assert render(report(mild, finding(), ignored=4)) == (
        "### ❌ k8slint: Found 1 error and 1 info.\n"
        "\n"
        "| errors | warnings | infos | ignored | objects | files |\n"
        "|---:|---:|---:|---:|---:|---:|\n"
        "| 1 | 0 | 1 | 4 | 3 | 2 |\n"
        "\n"
        "\n"
        "<details open><summary><code>apps/web/deploy.yaml</code>: 1 finding</summary>\n"
        "\n"
        '- **error** `missing-configmap-key` at 31:18: ConfigMap "web-config" has no key "`LOG_LVL`"\n'
        "  - effect: The container stays in CreateContainerConfigError.\n"
        "  - help: Name a key of the ConfigMap.\n"
        "\n"
        "</details>\n"
        "\n"
        "<details><summary><code>a.yaml</code>: 1 finding</summary>\n"
        "\n"
        "- **info** `missing-configmap-key` at 2:1: m\n"
        "\n"
        "</details>\n"
    )


def test_without_findings() -> None:
    assert render(report()).startswith("### ✅ k8slint: All clear: 3 objects in 2 files.\n\n| errors |")


def test_what_could_not_be_read_is_listed() -> None:
    text = render(report(failures=(Failure("a.yaml", "a.yaml: permission denied"),)))

    assert text.startswith("### ❌ k8slint: could not do its work\n")
    assert "- `a.yaml`: permission denied\n" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words, (and) more: it's 31!", "plain words, (and) more: it's 31!"),
        ('no key "LOG_LVL";', 'no key "`LOG_LVL`";'),
        ("@someone #12 GH-12 !12 a/b#1", "`@someone` `#12` `GH-12` `!12` `a/b#1`"),
        (
            "https://example.com www.example.com a@example.com",
            "`https://example.com` `www.example.com` `a@example.com`",
        ),
        ("[x](https://example.com) ![x](y)", "`[x](https://example.com`) `![x](y`)"),
        ("<img src=x onerror=y> &amp; *a* _b_ ~~c~~", "`<img` `src=x` `onerror=y>` `&amp`; `*a*` `_b_` `~~c~~`"),
        (":octocat: a|b \\", "`:octocat`: `a|b` `\\`"),
        ("`optional` ``a`b` `", "`optional` ``` ``a`b` ``` `` ` ``"),
        ("", ""),
    ],
)
def test_what_is_more_than_a_word_is_code(text: str, shown: str) -> None:
    assert prose(text) == shown


@pytest.mark.parametrize(("text", "shown"), [("a", "`a`"), ("a`b", "`` a`b ``"), ("``", "``` `` ```"), ("", "`  `")])
def test_code_outlasts_its_backticks(text: str, shown: str) -> None:
    assert code(text) == shown


def test_it_fits_into_a_comment_and_counts_what_is_left_out() -> None:
    mild = [finding(severity=Severity.WARNING, location=place("a.yaml", line)) for line in range(1, 1001)]
    grave = finding(location=place("b.yaml", 7), message="ü" * 100)

    text = render(report(*mild, grave))

    assert COMMENT - 1000 < len(text.encode()) <= COMMENT
    assert text.index("b.yaml") < text.index("a.yaml")
    shown = text.count("- **")
    assert text.endswith(f"</details>\n\nNot shown for want of room: {1001 - shown} more.\n")


@pytest.mark.parametrize("most", [0, 300, 500, 2000])
def test_it_keeps_to_any_size(most: int) -> None:
    whole = report(*[finding()] * 20, failures=(Failure("a", "x" * 1000),))

    text = render(whole, most)

    assert len(text.encode()) <= max(most, 100)
    assert text.count("<details") == text.count("</details>")
