"""Where the project is documented on the web: only what the metadata of the installed package says."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, metadata

from k8slint.finding import RuleText


@cache
def documentation() -> str:
    """The project URL named `Documentation`, without a slash at its end; empty if there is none."""
    try:
        urls = metadata("k8slint").get_all("Project-URL") or ()
    except PackageNotFoundError:
        return ""
    pairs = (entry.partition(",") for entry in urls)
    return next((url.strip().rstrip("/") for label, _, url in pairs if label.strip().lower() == "documentation"), "")


def rule_page(rule: str, text: RuleText | None) -> str:
    """The address of a rule's file, which is its documentation; empty if the rule or the project has none."""
    base = documentation()
    return f"{base}/rules/{text.category}/{rule}.yaml" if base and text is not None else ""
