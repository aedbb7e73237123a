"""Finds and reads the sources of a request, and sorts out their objects."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from k8slint.apiserver.schemas import BUNDLED, NEWEST
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.cluster_file import described_by, described_nodes
from k8slint.config import Config
from k8slint.finding import Failure, Skipped
from k8slint.loading.discovery import LEADS_OUTSIDE, Discovered, Found, discover, found_at
from k8slint.loading.document import Source
from k8slint.loading.expectations import Expectations
from k8slint.loading.files import load_files
from k8slint.loading.kustomize import PATCH, named_files
from k8slint.loading.load import Loaded, load
from k8slint.loading.repository import folder_of_all, is_repository, repository_root
from k8slint.objects.from_documents import Reading, read_source
from k8slint.objects.object import Object
from k8slint.parallel import Tell, silent
from k8slint.usage import UsageError, blamed_on, reason
from k8slint.values.version import KubernetesVersion

STDIN = "-"
# For fewer bytes another process costs more than it saves; and more processes take longer to start.
_WORTH_FORKING = 400_000
_MOST_WORKERS = 8


class Request(NamedTuple):
    """What to check, and against what.

    `stdin` is what a path `-` stands for; `workers` 0 means as many as pay. `tell` is called now and then with the
    progress of the work: what was done, to how many files, of how many.
    """

    paths: Sequence[str]
    config: Config = Config()
    context: Sequence[str] = ()
    stdin: bytes = b""
    stdin_name: str = "<stdin>"
    kubernetes_version: str = ""
    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    profile: str = ""
    cluster: str = ""
    nodes: str = ""
    workers: int = 0
    tell: Tell = silent


class Material(NamedTuple):
    """What the sources of a request hold.

    `skipped` are no manifests by their content, `passed_over` were not opened: links to outside, pipes. `failures` has
    an entry for each file that could not be read; `notes` are sentences about what is odd but stops nothing.
    `is_whole`: the files are the complete set, so a missing object can be reported. `root` is that of the report.
    """

    version: KubernetesVersion
    cluster: Cluster
    crds: tuple[Object, ...]
    loaded: tuple[Loaded, ...]
    amendments: tuple[Source, ...]
    patches: tuple[Loaded, ...]
    readings: tuple[Reading, ...]
    skipped: tuple[Skipped, ...]
    passed_over: tuple[Found, ...]
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]
    is_whole: bool
    root: str
    workers: int


class Project:
    """The files that were read, kept from one request to the next, so that unchanged files are not read again."""

    def __init__(self) -> None:
        self._kept: dict[Found, Loaded] = {}
        self._asked: dict[Found, Loaded] = {}
        self._began = 0

    def begin(self) -> None:
        """Begin a request; forget the files that the one before did not ask for."""
        self._kept, self._asked, self._began = self._asked, {}, time.time_ns()

    def forget(self, name: str) -> None:
        """Forget a file that has changed: the next request reads it again, whatever the file system says of it."""
        self._asked = {file: loaded for file, loaded in self._asked.items() if file.name != name}

    def read(self, files: Sequence[Found], workers: int = 1, tell: Tell = silent) -> list[Loaded | OSError]:
        """Each file's documents, in order; for a file that cannot be read, the error."""
        new = [file for file in files if file not in self._kept]
        is_worth_it = sum(file.size for file in new) >= _WORTH_FORKING
        read = dict(zip(new, load_files(new, workers if is_worth_it else 1, tell), strict=True))
        result = [read[file] if file in read else self._kept[file] for file in files]
        for file, loaded in zip(files, result, strict=True):
            if not isinstance(loaded, OSError) and file.stamp.modified < self._began - _GRAIN:
                self._asked[file] = loaded
        return result


# In nanoseconds. A file that changes twice in one tick of its file system's clock, which takes two seconds on FAT, may
# look the same: a file that has only just changed is read again.
_GRAIN: Final = 2_000_000_000


def collect(request: Request, project: Project | None = None) -> Material:
    """Read the sources of a request, and put their objects together with the described cluster.

    Unchanged files that the `project` has read before are not read again.

    Raises:
        UsageError: for what cannot be done as asked.
    """
    project = project or Project()
    project.begin()
    version = _version(request)
    description = _description(request, project)
    found = discover([path for path in request.paths if path != STDIN], request.context, request.config.is_excluded)
    workers = _workers(request, found.files)
    loaded, failures = _read(found.files, project, workers, request.tell)
    if STDIN in request.paths:
        loaded.insert(0, load(request.stdin_name, request.stdin))
    named = named_files(document for each in loaded for document in each.documents)
    expected = Expectations(document for each in loaded for document in each.documents)
    roles = [_role(each.source.name, named, expected) for each in loaded]
    readings, skipped = _sort_out(loaded, roles)
    crds, defined = _crds(request.config, project)
    return Material(
        version=version,
        cluster=Cluster(
            tuple(obj for reading in readings for obj in reading.objects),
            description,
            request.config.externals,
            version,
        ),
        crds=tuple(crds),
        loaded=tuple(loaded),
        amendments=_amendments(loaded, roles),
        patches=tuple(each for each, role in zip(loaded, roles, strict=True) if role == PATCH),
        readings=tuple(readings),
        skipped=tuple(skipped),
        passed_over=_each_once((*found.skipped, *defined.skipped)),
        failures=(*found.failures, *failures, *defined.failures),
        notes=(*found.notes, *_idle(request, loaded, found.left_out)),
        is_whole=_is_whole(request, (*found.skipped, *defined.skipped)),
        root=_root(request.paths),
        workers=workers,
    )


def _each_once(files: Iterable[Found]) -> tuple[Found, ...]:
    """The files, each once; a file that several paths lead to keeps its first name."""
    once: dict[str, Found] = {}
    for file in files:
        once.setdefault(os.path.abspath(file.name), file)
    return tuple(once.values())


def _idle(request: Request, loaded: Sequence[Loaded], left_out: Sequence[str]) -> Iterator[str]:
    """A sentence for each setting that does nothing, if the run is over everything that the settings apply to."""
    config = request.config
    if config.written is None or not (config.exclude or config.overrides or config.externals) or request.context:
        return
    folder = os.path.join(os.path.abspath(config.folder), "")
    if not any(path != STDIN and folder.startswith(os.path.join(os.path.abspath(path), "")) for path in request.paths):
        return
    from k8slint.engine.idle import idle_settings  # noqa: PLC0415 - only a project with such settings pays for it

    names, texts = [each.source.name for each in loaded], [each.source.text for each in loaded]
    yield from idle_settings(config, names, left_out, texts)


def _root(paths: Iterable[str]) -> str:
    """The root of the repository around the working directory if all the paths lie in it, else of the one they lie in.

    If they lie in no repository, it is the root around the working directory, or the working directory itself.
    """
    here = repository_root(os.getcwd())
    common = folder_of_all(path for path in paths if path != STDIN)
    if is_repository(here) and os.path.commonpath([here, common]) == here:
        return here
    there = repository_root(common)
    return there if is_repository(there) else here


def _version(request: Request) -> KubernetesVersion:
    if request.kubernetes_version:
        return _bundled(request.kubernetes_version)
    with blamed_on(request.config.place("kubernetes-version")):
        return _bundled(request.config.kubernetes_version)


def _bundled(text: str) -> KubernetesVersion:
    try:
        version = KubernetesVersion.parse(text) if text else NEWEST
    except ValueError as error:
        raise UsageError(str(error)) from None
    if version not in BUNDLED:
        raise UsageError(f"Kubernetes {version} is not known; expected {BUNDLED[0]} to {BUNDLED[-1]}")
    return version


def _description(request: Request, project: Project) -> tuple[Object, ...] | None:
    if request.cluster and request.nodes:
        raise UsageError("--cluster and --nodes both describe the cluster; give one")
    if request.nodes:
        return described_nodes(request.nodes)
    file = request.cluster
    if not file and request.config.cluster:
        file = os.path.relpath(os.path.join(request.config.folder, request.config.cluster))
    if not file:
        return None
    try:
        (described,) = project.read([found_at(file)])
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: {reason(error)}") from None
    if isinstance(described, OSError):
        raise UsageError(f"{file}: {reason(described)}")
    return described_by(described.documents, file)


def _workers(request: Request, files: Sequence[Found]) -> int:
    size = sum(file.size for file in files)
    if size < _WORTH_FORKING:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return request.workers or min(cores, _MOST_WORKERS, 1 + size // _WORTH_FORKING)


def _read(
    files: Sequence[Found], project: Project, workers: int = 1, tell: Tell = silent
) -> tuple[list[Loaded], list[Failure]]:
    """The files that can be read, and a failure for each that cannot."""
    loaded: list[Loaded] = []
    failures: list[Failure] = []
    for file, result in zip(files, project.read(files, workers, tell), strict=True):
        if isinstance(result, OSError):
            failures.append(Failure(file.name, f"{file.name}: {reason(result)}"))
        else:
            loaded.append(result)
    return loaded, failures


def _sort_out(loaded: Iterable[Loaded], roles: Iterable[str]) -> tuple[list[Reading], list[Skipped]]:
    """The reading of each source, and what is skipped and why; `roles` has what `_role` says of each source."""
    readings: list[Reading] = []
    skipped: list[Skipped] = []
    for each, role in zip(loaded, roles, strict=True):
        source = each.source
        skip = each.skipped or role
        reading = read_source(source, () if skip else each.documents)
        readings.append(reading)
        if source.is_context:
            continue
        if skip:
            skipped.append(Skipped(source.name, 1, skip))
        for other in reading.others:
            if other.reason:
                span = other.document.span(other.path)
                file, line, _ = source.place(span[0])
                skipped.append(Skipped(file, line, other.reason))
    return readings, skipped


def _role(file: str, named: Mapping[str, str], expected: Expectations) -> str:
    """What a file is for if a kustomization or a test says that it is no manifest by itself; else empty."""
    return (named.get(os.path.abspath(file), "") if named else "") or expected.reason(file)


def _amendments(loaded: Iterable[Loaded], roles: Iterable[str]) -> tuple[Source, ...]:
    """The sources that change objects before the API server judges them: kustomize's patches, mutating webhooks."""
    return tuple(
        each.source
        for each, role in zip(loaded, roles, strict=True)
        if role == PATCH or "kind: MutatingWebhookConfiguration" in each.source.text
    )


def _crds(config: Config, project: Project) -> tuple[list[Object], Discovered]:
    """The definitions under `crds` of the settings, and the files in which they were looked for."""
    found = discover([os.path.join(config.folder, path) for path in config.crds], (), lambda _path: False)
    loaded, failures = _read(found.files, project)
    objects = (obj for each in loaded for obj in read_source(each.source, each.documents).objects)
    crds = [obj for obj in objects if obj.kind == "CustomResourceDefinition"]
    found.failures.extend(failures)
    return crds, found


def _is_whole(request: Request, passed_over: Iterable[Found]) -> bool:
    """Whether the files are the complete set, so that a missing object can be reported."""
    if any(each.skipped.startswith(LEADS_OUTSIDE) for each in passed_over):
        return False
    return bool(request.context) or any(path == STDIN or os.path.isdir(path) for path in request.paths)
