"""Completions that a shell offers for our own words; nothing is imported before a shell asks."""

from __future__ import annotations


def rules(incomplete: str) -> list[tuple[str, str]]:
    """Rules with their summaries; then categories."""
    from k8slint.engine.rule import load_rules

    known = load_rules().values()
    pairs = [(rule.id, rule.summary) for rule in known]
    pairs += [(category, f"every rule of {category}") for category in dict.fromkeys(rule.category for rule in known)]
    # In a list with commas, only the word after the last comma is completed.
    before, comma, _ = incomplete.rpartition(",")
    return [(f"{before}{comma}{word}", told) for word, told in pairs]


def profiles() -> list[str]:
    """Every profile."""
    from k8slint.engine.rule import load_rules
    from k8slint.engine.selection import profiles_of

    return profiles_of(load_rules())


def formats() -> list[str]:
    """Every format of a report."""
    from k8slint.report import FORMATS

    return list(FORMATS)
