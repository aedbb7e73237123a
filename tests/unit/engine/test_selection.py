from __future__ import annotations

import pytest

from k8slint.engine.rule import load_rules
from k8slint.engine.selection import default_selection
from k8slint.finding import Severity
from k8slint.usage import UsageError

RULES = load_rules()


def test_without_a_word_the_default_rules_are_on_with_their_severities():
    selection = default_selection(RULES, "")
    assert set(selection.severities) == {rule.id for rule in RULES.values() if rule.default}
    assert selection.severities["floating-image-tag"] is RULES["floating-image-tag"].severity


def test_a_profile_adds_its_rules():
    for profile in {profile for rule in RULES.values() for profile in rule.profiles}:
        selection = default_selection(RULES, profile)
        members = {rule.id for rule in RULES.values() if rule.default or profile in rule.profiles}
        assert set(selection.severities) == members


def test_an_unknown_profile_is_refused_and_the_known_are_named():
    with pytest.raises(UsageError, match=r'no profile "stict"; did you mean "strict"'):
        default_selection(RULES, "stict")


def test_rules_and_categories_switch_on_and_off():
    nothing = default_selection(RULES, "").changed(ignore=["ALL"])
    assert not nothing.severities
    documents = {rule.id for rule in RULES.values() if rule.category == "document"}
    assert set(nothing.changed(select=["document"]).severities) == documents
    assert set(nothing.changed(select=["document"], ignore=["syntax-error"]).severities) == documents - {"syntax-error"}
    assert set(nothing.changed(select=["ALL"]).severities) == set(RULES)


def test_a_severity_is_changed_only_where_the_rule_is_on():
    selection = default_selection(RULES, "").changed(
        ignore=["duplicate-key"], severity={"document": Severity.INFO, "syntax-error": Severity.WARNING}
    )
    assert selection.severities["not-an-object"] is Severity.INFO
    assert selection.severities["syntax-error"] is Severity.WARNING
    assert not selection.has("duplicate-key")


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("floating-image-tags", 'did you mean "floating-image-tag"'),
        ("documents", 'did you mean "document"'),
        ("qq", "k8slint rules"),
    ],
)
def test_an_unknown_word_is_refused_with_a_hint(word, hint):
    with pytest.raises(UsageError, match=hint):
        default_selection(RULES, "").changed(select=[word])


def test_object_rules_go_to_their_kinds():
    selection = default_selection(RULES, "")
    for rule in selection.aimed_at("object"):
        for kind in rule.kinds:
            assert rule in selection.aimed_at("object", kind)
        if rule.kinds:
            assert rule not in selection.aimed_at("object", "NoSuchKind.example.com")
