"""Rules: the files of `rules/`, each bound to the check that its head names."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from k8slint.bundled import RULES, TABLES
from k8slint.finding import RuleText, Severity
from k8slint.loading.composer import compose
from k8slint.loading.document import Document, Source
from k8slint.objects.problem import Problem
from k8slint.usage import UsageError
from k8slint.values.record import record

Check = Callable[..., Iterator[Problem]]

# Stages that find the problems of several rules: these rules have no check of their own.
STAGES: Final = frozenset({"document", "fields", "dry-run", "ignores", "rendering"})
_WHY = "\nwhy:"


class RulePage(NamedTuple):
    """The prose of a rule's file, and its examples."""

    why: str
    effect: str
    fix: str
    ignore_when: str
    references: tuple[str, ...]
    peers: tuple[str, ...]
    bad: tuple[str, ...]
    good: tuple[str, ...]


@record
class Rule:
    """A rule as the head of its file describes it.

    `profiles` switch it on, each with the severity it has there. `target` is the file's `for`: what the check is called
    with (object, pod, container), or the stage that finds the problems.
    `topic` is the file's `check`: the module of the category that has the check; empty for the rules of a stage.
    `kinds` limit a rule of objects or of the dry run to kinds as `Kind` or `Kind.group`; empty means all. With
    `PodTemplate` go the custom kinds that hold pod templates.
    `yields_to` are rules that say more of a place of which both speak: there this one is not heard.
    """

    id: str
    category: str
    summary: str
    severity: Severity
    default: bool
    profiles: Mapping[str, Severity]
    target: str
    topic: str
    kinds: frozenset[str]
    yields_to: tuple[str, ...]
    file: Path

    @cached_property
    def check(self) -> Check:
        """The function of the rule's name, in the module that its head names.

        Raises:
            UsageError: if there is no such module, or no such function in it.
        """
        name, path = self.id.replace("-", "_"), self._path
        known_as = path.replace("/", ".")
        try:
            module = importlib.import_module(known_as)
        except ModuleNotFoundError as error:
            if error.name not in (known_as, known_as.rpartition(".")[0]):
                raise
            hint = _hint_at_module(self.category, self.topic)
            raise UsageError(f'{self.file}: check names "{self.topic}", and there is no {path}.py{hint}') from None
        check: Check | None = getattr(module, name, None)
        if check is None:
            raise UsageError(f"{self.file}: there is no function {name} in {path}.py")
        return check

    @property
    def _path(self) -> str:
        return f"k8slint/checks/{self.category}/{self.topic}"

    @cached_property
    def page(self) -> RulePage:
        """The rest of the file, read when first asked for."""
        data = read_rule_file(self.file).data
        examples = data.get("examples") or {}
        return RulePage(
            why=data["why"].strip(),
            effect=data["effect"].strip(),
            fix=data["fix"].strip(),
            ignore_when=data.get("ignoreWhen", "").strip(),
            references=tuple(data.get("references", ())),
            peers=tuple(data.get("peers", ())),
            bad=tuple(examples.get("bad", ())),
            good=tuple(examples.get("good", ())),
        )

    @property
    def text(self) -> RuleText:
        """What reports show of the rule."""
        page = self.page
        return RuleText(self.category, self.severity, self.summary, page.why, page.effect, page.fix)


@cache
def load_rules(folder: Path = RULES) -> Mapping[str, Rule]:
    """Every rule of a folder of categories, by id, in order of category and id."""
    files = rule_files(folder)
    # Everything that selects a rule stands above its `why`; the rest is read for reported rules only. All the heads are
    # parsed as one text, many times faster than one by one.
    heads = (file.read_text(encoding="utf-8").partition(_WHY)[0] for file in files)
    documents = compose(Source(str(folder), "\n---\n".join(heads)))
    return {rule.id: rule for file, head in zip(files, documents, strict=True) for rule in (_rule(file, head.data),)}


def rule_files(folder: Path) -> list[Path]:
    """The rule files of a folder of categories, in order of category and id; the tables are left out."""
    return sorted(file for file in folder.glob("*/*.yaml") if file.parent.name != TABLES.name)


def read_rule_file(file: Path) -> Document:
    """The one document of a rule's file."""
    (document,) = compose(Source(str(file), file.read_text(encoding="utf-8")))
    return document


def _hint_at_module(category: str, name: str) -> str:
    from k8slint.values.nearest import nearest  # noqa: PLC0415 - only for what is misspelt

    modules = Path(__file__).parents[1].glob(f"checks/{category}/*.py")
    near = nearest(name, (file.stem for file in modules))
    return f'; did you mean "{near}"?' if near else ""


def _rule(file: Path, head: dict[str, Any]) -> Rule:
    severity = Severity(head["severity"])
    profiles = head.get("profiles", ())
    return Rule(
        id=head["id"],
        category=file.parent.name,
        summary=head["summary"].strip(),
        severity=severity,
        default=head.get("default", True),
        profiles={name: Severity(profiles[name]) if isinstance(profiles, dict) else severity for name in profiles},
        target=head["for"],
        topic=head.get("check", ""),
        kinds=frozenset(head.get("kinds", ())),
        yields_to=tuple(head.get("yieldsTo", ())),
        file=file,
    )
