"""Which rules are on, and how severe each is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from k8slint.engine.rule import Rule
from k8slint.finding import Severity
from k8slint.objects.pod_templates import POD_TEMPLATES, pod_maker
from k8slint.usage import UsageError, blamed_on
from k8slint.values.nearest import did_you_mean, nearest
from k8slint.values.record import made, record

if TYPE_CHECKING:
    from k8slint.config import Config, Override

ALL = "ALL"
DEFAULT = "default"
DRY_RUN = "dry-run"


@record
class Selection:
    """The rules that are on, each with its severity in this run; `rules` are all known rules."""

    rules: Mapping[str, Rule]
    severities: Mapping[str, Severity]
    _by_target: dict[tuple[str, str], tuple[Rule, ...]] = made(factory=dict)

    def has(self, rule_id: str) -> bool:
        """Whether the rule is on."""
        return rule_id in self.severities

    def aimed_at(self, target: str, group_kind: str = "") -> tuple[Rule, ...]:
        """The rules that are on for a target (object, pod, container or a stage) and, if given, for that kind."""
        key = target, group_kind
        if key not in self._by_target:
            self._by_target[key] = tuple(
                rule
                for rule in self.rules.values()
                if rule.target == target
                and rule.id in self.severities
                and (not group_kind or not rule.kinds or _is_meant(group_kind, rule))
            )
        return self._by_target[key]

    def changed(
        self, select: Iterable[str] = (), ignore: Iterable[str] = (), severity: Mapping[str, Severity] | None = None
    ) -> Selection:
        """The selection after `select` is switched on, then `ignore` off, then `severity` set for rules that are on."""
        severities = dict(self.severities)
        for rule_id in _named(self.rules, select):
            severities.setdefault(rule_id, self.rules[rule_id].severity)
        for rule_id in _named(self.rules, ignore):
            severities.pop(rule_id, None)
        for word, changed in (severity or {}).items():
            for rule_id in _named(self.rules, (word,)):
                if rule_id in severities:
                    severities[rule_id] = changed
        return Selection(self.rules, severities)


def selection_by_file(
    rules: Mapping[str, Rule], config: Config, *, profile: str, select: Sequence[str], ignore: Sequence[str]
) -> Callable[[str], Selection]:
    """A function from the name of a file to its selection; `profile`, `select` and `ignore` are the words of flags.

    Flags come before settings, and overrides before both; but no override selects what a flag ignores.

    Raises:
        UsageError: for a word that is no rule, category or profile.
    """
    for path, word in config.rule_words:
        with blamed_on(config.place(*path)):
            named(rules, word)
    with blamed_on("" if profile else config.place("profile")):
        base = default_selection(rules, profile or config.profile)
    chosen = select or config.select
    if chosen:
        base = Selection(base.rules, {}).changed(select=chosen)
    base = base.changed(ignore=(*config.ignore, *ignore), severity=config.severity)

    @cache
    def with_overrides(overrides: tuple[Override, ...]) -> Selection:
        selection = base
        for override in overrides:
            selection = selection.changed(override.select, (*override.ignore, *ignore), override.severity)
        return selection

    return lambda file: with_overrides(config.overrides_for(file))


def default_selection(rules: Mapping[str, Rule], profile: str) -> Selection:
    """The rules that are on by default and those of a profile, each with its severity in that profile.

    Raises:
        UsageError: for a profile that no rule belongs to.
    """
    known = profiles_of(rules)
    if profile and profile not in known:
        hint = did_you_mean(nearest(profile, known), f"known are {', '.join(known)}")
        raise UsageError(f'there is no profile "{profile}"; {hint}')
    return Selection(
        rules,
        {
            rule.id: rule.profiles.get(profile, rule.severity)
            for rule in rules.values()
            if rule.default or profile in rule.profiles
        },
    )


def profiles_of(rules: Mapping[str, Rule]) -> list[str]:
    """The names of all profiles, sorted."""
    return sorted({name for rule in rules.values() for name in rule.profiles} | {DEFAULT})


def named(rules: Mapping[str, Rule], word: str) -> list[str]:
    """The ids of the rules that a word names: a rule, all of a category, or `ALL`.

    Raises:
        UsageError: if there is no such rule or category.
    """
    if word in rules:
        return [word]
    category = [rule.id for rule in rules.values() if word in (rule.category, ALL)]
    if not category:
        words = {*rules, *(rule.category for rule in rules.values())}
        near = nearest(word, words, len(words))
        hint = did_you_mean(near, "`k8slint rules` lists them")
        raise UsageError(f'there is no rule or category "{word}"; {hint}')
    return category


def _is_meant(group_kind: str, rule: Rule) -> bool:
    """Whether a rule of some kinds speaks of a kind.

    One of PodTemplates speaks of all custom resources that hold pod templates, one of the dry run of those that make
    pods as a kind of the rule does.
    """
    if group_kind in rule.kinds or group_kind in POD_TEMPLATES:
        return group_kind in rule.kinds
    maker = pod_maker(group_kind)
    if maker is None:
        return False
    return "PodTemplate" in rule.kinds or (rule.target == DRY_RUN and maker.is_same and maker.like in rule.kinds)


def _named(rules: Mapping[str, Rule], words: Iterable[str]) -> Iterable[str]:
    for word in words:
        yield from named(rules, word)
