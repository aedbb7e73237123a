from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from importlib.metadata import PackageNotFoundError
from typing import Any

import pytest

from k8slint.finding import RuleText, Severity
from k8slint.report import links

TEXT = RuleText("references", Severity.ERROR, "", "", "", "")


@pytest.fixture
def installed(monkeypatch: Any) -> Iterator[Any]:
    """A function that gives the installed package project URLs."""

    def give(*urls: str) -> None:
        package = Message()
        for url in urls:
            package["Project-URL"] = url
        monkeypatch.setattr(links, "metadata", lambda _name: package)

    links.documentation.cache_clear()
    yield give
    links.documentation.cache_clear()


def test_the_documentation_is_where_the_package_says(installed: Any) -> None:
    installed("Homepage, https://example.com", "Documentation, https://example.com/docs/")

    assert links.documentation() == "https://example.com/docs"
    assert links.rule_page("a-rule", TEXT) == "https://example.com/docs/rules/references/a-rule.yaml"
    assert links.rule_page("a-rule", None) == ""


@pytest.mark.parametrize("urls", [(), ("Homepage, https://example.com",)])
def test_no_address_is_made_up(installed: Any, urls: tuple[str, ...]) -> None:
    installed(*urls)

    assert links.documentation() == links.rule_page("a-rule", TEXT) == ""


def test_a_checkout_that_is_not_installed_has_none(installed: Any, monkeypatch: Any) -> None:
    def missing(name: str) -> Message:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(links, "metadata", missing)

    assert links.documentation() == ""
