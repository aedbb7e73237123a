"""What is reported: severities, places, findings, the report. Knows nothing of how they were found."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Location(NamedTuple):
    """A range in a file; lines and columns count from 1, columns in characters; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


class SourceLine(NamedTuple):
    """A line of a file as a frame shows it, Secret values already masked.

    `span` is what the frame points at, in characters of `text` from 0; None means the columns of the location.
    """

    number: int
    text: str
    span: tuple[int, int] | None = None


class RelatedLocation(NamedTuple):
    """Another place that explains a finding."""

    message: str
    location: Location
    line: SourceLine | None = None


class ObjectName(NamedTuple):
    """Which object a finding is about; absent parts are empty."""

    api_version: str
    kind: str
    namespace: str
    name: str


class Finding(NamedTuple):
    """One defect at one place.

    `message` says what is wrong, `effect` what will happen in the cluster, `fix` what to do.
    `field_path` is written as the API server writes it: `spec.containers[0].image`.
    `line` is the source line for frames.
    """

    rule: str
    severity: Severity
    message: str
    effect: str
    fix: str
    object: ObjectName | None
    field_path: str
    location: Location
    related: tuple[RelatedLocation, ...] = ()
    line: SourceLine | None = None


class Skipped(NamedTuple):
    """A document, or a whole file, that is no manifest or was not opened, and why."""

    file: str
    line: int
    reason: str


class Ignored(NamedTuple):
    """A finding that its file asks to ignore, and the reason that the file gives; empty if it gives none."""

    finding: Finding
    reason: str


class Failure(NamedTuple):
    """What could not be done, as a sentence, and the path that it concerns."""

    file: str
    message: str


class KindCount(NamedTuple):
    """A kind, as `Certificate.cert-manager.io/v1`, and how many objects of it there are."""

    kind: str
    objects: int


class Summary(NamedTuple):
    """What was looked at.

    `objects` counts the objects for the API server, `files` the files that hold them; `settings` are objects that only
    programs read, such as kustomizations. `not_judged` counts references whose target may lie outside the files given.
    `without_schema` are the kinds whose fields no schema here describes, most objects first: only their references and
    metadata were judged. `in_part` are the kinds whose CustomResourceDefinition was evaluated in part. `charts` are
    folders of Helm charts that were not rendered, `kustomizations` folders of kustomizations that change what they take
    in and were not built. `unread` counts files that could not be read as YAML to their end, or that were not opened:
    links to outside, pipes.
    """

    files: int
    objects: int
    skipped: tuple[Skipped, ...]
    not_judged: int
    ignored: int
    without_schema: tuple[KindCount, ...] = ()
    charts: tuple[str, ...] = ()
    in_part: tuple[KindCount, ...] = ()
    settings: tuple[KindCount, ...] = ()
    kustomizations: tuple[str, ...] = ()
    unread: int = 0

    @property
    def fully(self) -> int:
        """The number of objects that were judged by a whole schema."""
        return self.objects - sum(each.objects for each in (*self.without_schema, *self.in_part))

    @property
    def is_complete(self) -> bool:
        """Whether everything in the files was judged."""
        gaps = (self.without_schema, self.in_part, self.charts, self.kustomizations, self.not_judged, self.unread)
        return not any(gaps)


class RuleText(NamedTuple):
    """What a rule's file says, for formats that list rules; `severity` is its own, not that of a run."""

    category: str
    severity: Severity
    summary: str
    why: str
    effect: str
    fix: str


class Report(NamedTuple):
    """The result of a run: findings in order of place, then what they rest on.

    `failures` say what could not be read: if there are any, the work was not done. `notes` are sentences about settings
    that have no effect. `rules` are those that found something, ignored findings included. `root` is the absolute path
    of the repository, else of the working directory: formats for other programs name files relative to it. Findings of
    `fail_level` or worse make the run fail; if it is None, none do. `hidden` counts findings that are left out because
    they are below `least`.
    """

    kubernetes_version: str
    findings: tuple[Finding, ...]
    summary: Summary
    assumptions: tuple[str, ...]
    rules: Mapping[str, RuleText] = MappingProxyType({})
    ignored: tuple[Ignored, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    root: str = ""
    fail_level: Severity | None = Severity.WARNING
    least: Severity = Severity.INFO
    hidden: int = 0

    @property
    def exit_code(self) -> int:
        """0 for clean, 1 for findings that make the run fail, 2 for work that could not be done."""
        if self.failures:
            return 2
        return int(any(map(self.fails, self.findings)))

    def fails(self, finding: Finding) -> bool:
        """Whether the finding makes the run fail."""
        return self.fail_level is not None and finding.severity.rank <= self.fail_level.rank

    def weight(self, finding: Finding) -> Severity:
        """The severity for a program that fails on errors alone: an error exactly if the finding makes the run fail."""
        if self.fails(finding):
            return Severity.ERROR
        return Severity.INFO if finding.severity is Severity.INFO else Severity.WARNING

    def at_least(self, least: Severity) -> Report:
        """The report without the findings below `least`, ignored ones included."""
        kept = tuple(finding for finding in self.findings if finding.severity.rank <= least.rank)
        ignored = tuple(each for each in self.ignored if each.finding.severity.rank <= least.rank)
        return self._replace(
            findings=kept,
            ignored=ignored,
            summary=self.summary._replace(ignored=len(ignored)),
            least=least,
            hidden=len(self.findings) - len(kept),
        )
