"""What `k8slint check` can be asked, as plain data: typer's options are made of it, but reading it needs no typer."""
# No `from __future__ import annotations`: the annotations of the record are read at every start.

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from k8slint.cli import completion
from k8slint.finding import Severity
from k8slint.report import FORMATS


class FailLevel(StrEnum):
    """The least severity of the findings that make the run fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"


class Argument(NamedTuple):
    """The words that belong to no option."""

    help: str
    metavar: str


class Option(NamedTuple):
    """An option; the field gives its long name and its type. `least` is the least value of a whole number."""

    help: str
    metavar: str | None = None
    short: str = ""
    least: int | None = None
    complete: Callable[..., Any] | None = None


Texts = tuple[str, ...]


class Asked(NamedTuple):
    """The arguments and options of one run of the command."""

    paths: Annotated[Texts, Argument("Files or directories; - is standard input.", "PATH")] = ()
    filename: Annotated[Texts, Option("The same, as kubectl has it.", "PATH", "-f")] = ()
    recursive: Annotated[bool, Option("Accepted for kubectl's sake: directories always are.", short="-R")] = False
    context: Annotated[Texts, Option("Read this too, to judge references, but report only on the paths.", "DIR")] = ()
    kubernetes_version: Annotated[str, Option("The cluster's minor, as 1.33.", "MINOR")] = ""
    select: Annotated[Texts, Option("Run only these rules or categories.", "RULE", complete=completion.rules)] = ()
    ignore: Annotated[Texts, Option("Do not run these rules or categories.", "RULE", complete=completion.rules)] = ()
    profile: Annotated[
        str, Option("Opinions on top of the defaults, as strict.", "NAME", complete=completion.profiles)
    ] = ""
    cluster: Annotated[str, Option("The cluster: nodes, volumes, classes.", "FILE")] = ""
    nodes: Annotated[str, Option("Nodes in short: 3, or 3:cpu=4,memory=16Gi,zones=a|b|c.", "NODES")] = ""
    output_format: Annotated[
        Texts,
        Option(f"{', '.join(FORMATS)}; several, to files, in one run.", "FORMAT[=FILE]", complete=completion.formats),
    ] = ()
    fail_level: Annotated[
        FailLevel | None,
        Option("Exit with 1 for findings of this severity or worse; all are reported.  [default: warning]"),
    ] = None
    min_severity: Annotated[
        Severity, Option("Report only findings of this severity or worse; others do not fail either.")
    ] = Severity.INFO
    config: Annotated[str, Option("Settings, instead of the nearest .k8slint.yaml.", "FILE")] = ""
    stdin_filename: Annotated[str, Option("What to call standard input.", "NAME")] = "<stdin>"
    color: Annotated[bool | None, Option("Colours; as the terminal has it if not said.")] = None
    verbose: Annotated[bool, Option("Show all infos; list what was skipped or has no schema.", short="-v")] = False
    quiet: Annotated[bool, Option("Findings only; nothing where there are none.", short="-q")] = False
    statistics: Annotated[bool, Option("Count the findings of each rule instead of showing them.")] = False
    workers: Annotated[int | None, Option("Processes; 0 is as many as pay.", short="-j", least=0)] = None


class Field(NamedTuple):
    """A field of `Asked`: what it is on the command line, and the type of its value, without None."""

    name: str
    kind: Any
    is_optional: bool
    told: Argument | Option

    @property
    def is_switch(self) -> bool:
        """Whether the field is a flag that may be None, and so has a second name that begins with `--no-`."""
        return self.kind is bool and self.is_optional

    @property
    def names(self) -> list[str]:
        """The names of the option on the command line; empty for an argument."""
        if isinstance(self.told, Argument):
            return []
        long = self.name.replace("_", "-")
        names = [f"--{long}", self.told.short] if self.told.short else [f"--{long}"]
        return [*names, f"--no-{long}"] if self.is_switch else names


def fields() -> list[Field]:
    """The fields of `Asked`, in the order in which help shows them."""
    return [_field(name, annotated) for name, annotated in Asked.__annotations__.items()]


def _field(name: str, annotated: Any) -> Field:
    kind = annotated.__origin__
    is_optional = type(None) in getattr(kind, "__args__", ())
    return Field(name, kind.__args__[0] if is_optional else kind, is_optional, annotated.__metadata__[0])
