"""Ignores as comments and annotations write them, and misspelt attempts at one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from k8slint.loading.document import Span
from k8slint.values.nearest import nearest

ANNOTATION: Final = "k8slint/ignore."
_NAME: Final = "k8slint"

# A comment that may be meant for k8slint, up to the end of its line or the next comment. `#7` begins no comment.
_COMMENT: Final = r"""(?:(?<=\s)|^)\#+[ \t]*
    (?P<name>@?k8s[-_]lint(?:er)?|@?k8\w{1,9}|@?ks8\w{1,9}|noqa|nolint)(?!\w)
    (?P<rest>(?:[^\r\n\#]+|\#+(?![\#\s]|[ ]*k8s?lint))*)"""
_IGNORE: Final = r":[ \t]*(file-)?ignore\[([^\]]*)\](.*)"
_ATTEMPT: Final = r"(?P<separator>[-:=\s]*)(?P<verb>[A-Za-z][\w-]*)?\s*(?P<rest>.*)"
_TERMS: Final = r"\s*(?:until(?:\s*[=:]\s*|\s+(?=\d{4}-))(?P<until>\S*))?(?P<reason>.*)"
_WORD: Final = r"[^\s,]+"

_IGNORING: Final = frozenset({"ignore", "disable", "skip", "suppress", "noqa", "nolint", "off"})
_VERBS: Final = frozenset(
    {
        *_IGNORING,
        *(f"{verb}-{what}" for verb in ("ignore", "disable", "skip") for what in ("file", "line", "next", "next-line")),
        *(f"file-{verb}" for verb in ("ignore", "disable", "skip")),
    }
)
_LONGEST_QUOTED: Final = 60


class Terms(NamedTuple):
    """The text behind the rules of an ignore: the reason, and the last day on which it counts, as it is written."""

    reason: str
    until: str = ""

    @property
    def is_dated(self) -> bool:
        """Whether `until` is empty or a calendar day."""
        return not self.until or _is_day(self.until)


class Directive(NamedTuple):
    """An ignore in a comment; each rule comes with its own span. `span` covers all but the reason."""

    rules: tuple[tuple[str, Span], ...]
    for_file: bool
    terms: Terms
    span: Span


class Attempt(NamedTuple):
    """A misspelt ignore; `message` says how to write it."""

    message: str
    span: Span


def directives(text: str, rules: Collection[str]) -> Iterator[Directive | Attempt]:
    """Every ignore and every attempt at one, in order; `rules` are the ids of all known rules.

    The text is not parsed: what looks like a comment may lie within a scalar.
    """
    for comment in re.finditer(_COMMENT, text, re.MULTILINE | re.VERBOSE | re.IGNORECASE):
        start, name, rest = comment.start("name"), comment["name"], comment["rest"]
        found = re.match(_IGNORE, rest) if name == _NAME else None
        if found is None:
            attempt = _attempt(name, rest, start, rules)
            if attempt is not None:
                yield attempt
            continue
        at = comment.start("rest")
        named = tuple(
            (word[0], (at + found.start(2) + word.start(), at + found.start(2) + word.end()))
            for word in re.finditer(_WORD, found[2])
        )
        span = (start, at + found.start(3))
        if named:
            yield Directive(named, bool(found[1]), terms(found[3]), span)
        else:
            yield _refused(text[span[0] : span[1]], span, "")


def terms(text: str) -> Terms:
    """The terms of an ignore, `until=2027-03-31 the reason`; either part may be missing.

    >>> terms(" until=2027-03-31, moved by then")
    Terms(reason='moved by then', until='2027-03-31')
    >>> terms("until we have moved")
    Terms(reason='until we have moved', until='')
    """
    found = re.match(_TERMS, text, re.DOTALL)
    if found is None:
        return Terms("")
    reason = found["reason"].strip(" \t\r\n:-\N{EN DASH}\N{EM DASH},;.")
    until = found["until"]
    return Terms(reason, "" if until is None else until.rstrip(",;:.") or "nothing")


def mistaken_annotation(key: str, rules: Collection[str]) -> str:
    """The message for an annotation whose key is a misspelt ignore; empty if the key is no attempt at one."""
    prefix, _, name = key.lower().rpartition("/")
    verb = re.match(r"[a-z]*", name)
    is_ours = re.search(r"k8s?-?lint", prefix or name) or (name.startswith("ignore.") and nearest(prefix, [_NAME]))
    named = _named(re.split(r"[^a-z0-9-]+", name), rules)
    if not is_ours or not (named or (verb and verb[0] in _IGNORING)):
        return ""
    return f'"{key[:_LONGEST_QUOTED]}" ignores nothing; write "{ANNOTATION}{named or "RULE"}: the reason"'


def _attempt(name: str, rest: str, start: int, rules: Collection[str]) -> Attempt | None:
    found = re.match(_ATTEMPT, rest)
    if found is None:
        return None
    verb, behind = (found["verb"] or "").lower(), found["rest"]
    if not _is_attempt(name.lower().lstrip("@"), found["separator"].strip(" \t"), verb, behind, rules):
        return None
    said = re.match(r"[\[({<:=]*\s*[\w, -]*[\])}>]?" if behind[:1] in "[({<:=" else r"[\w-]*", behind)
    end = found.start("rest") + (said.end() if said else 0)
    # `ignore bare-pod` is quoted with the rule, `ignore this one` without the prose.
    if behind[:1] not in "[({<:=" and not _named([said[0] if said else ""], rules):
        end = found.end("verb") if found["verb"] else 0
    quoted = name + rest[:end].rstrip()
    words = re.findall(r"[\w-]+", rest)
    return _refused(quoted, (start, start + len(quoted)), _named(words, rules), for_file="file" in verb)


def _is_attempt(name: str, separator: str, verb: str, behind: str, rules: Collection[str]) -> bool:
    """Whether a comment tries to be an ignore: after `k8slint:` a verb is enough, elsewhere it mostly takes a rule."""
    word = re.match(r"[\[({<:=\s]*([\w-]*)", behind)
    names_rule = verb in rules or (word is not None and word[1] in rules)
    if name in {"noqa", "nolint"}:
        return verb == _NAME or names_rule
    is_bracketed = behind[:1] in "[(" and behind != ""
    if not _is_like(name, (_NAME,)):
        return is_bracketed and names_rule
    if verb in rules:
        return bool(separator)
    if verb not in _VERBS:
        return names_rule or (is_bracketed and _is_like(verb, _VERBS))
    return bool(separator) or names_rule or is_bracketed or not behind


@lru_cache
def _is_like(word: str, known: Collection[str]) -> bool:
    return nearest(word, known) is not None


def _named(words: Collection[str], rules: Collection[str]) -> str:
    return ", ".join(dict.fromkeys(word for word in words if word in rules))


def _refused(written: str, span: Span, rules: str, *, for_file: bool = False) -> Attempt:
    verb = "file-ignore" if for_file else "ignore"
    quoted = f'"{" ".join(written.split())[:_LONGEST_QUOTED]}" ignores nothing'
    return Attempt(f'{quoted}; write "# {_NAME}: {verb}[{rules or "RULE"}] the reason"', span)


def _is_day(text: str) -> bool:
    from datetime import date  # noqa: PLC0415 - few ignores have a last day

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
