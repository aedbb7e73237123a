"""The schemas of a run: built-in definitions of one Kubernetes minor, and the CRDs at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from k8slint.apiserver.discovery.definitions import BUILT_IN_GROUPS, NEWEST_MINOR, OLDEST_MINOR
from k8slint.apiserver.discovery.lifecycle import is_built_in
from k8slint.finding import KindCount
from k8slint.objects.foreign import is_for_programs
from k8slint.objects.object import Object
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.placeholder import has_placeholder
from k8slint.values.record import record
from k8slint.values.version import KubernetesVersion

if TYPE_CHECKING:
    from k8slint.apiserver.custom.custom_resource import Kinds, Version
    from k8slint.objects.problem import Problem

BUNDLED: Final = tuple(KubernetesVersion(1, minor) for minor in range(OLDEST_MINOR, NEWEST_MINOR + 1))
NEWEST: Final = BUNDLED[-1]
# The kinds with expressions that validation compiles, and the fields that hold one.
_WITH_EXPRESSIONS: Final = frozenset(
    (
        "CustomResourceDefinition.apiextensions.k8s.io",
        "DeviceClass.resource.k8s.io",
        "MutatingAdmissionPolicy.admissionregistration.k8s.io",
        "MutatingWebhookConfiguration.admissionregistration.k8s.io",
        "ResourceClaim.resource.k8s.io",
        "ResourceClaimTemplate.resource.k8s.io",
        "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
    )
)
_EXPRESSIONS: Final = frozenset(("expression", "x-kubernetes-validations"))
RULES: Final = "CEL rules (x-kubernetes-validations) of CustomResourceDefinitions"


class Asked:
    """What came of asking objects of custom kinds whether they keep the rules of their kind.

    `unjudged` are the rules of which it is not known, by kind; `work` is what was spent on all, in units of
    `k8slint/cel/cost.py`.
    """

    def __init__(self) -> None:
        self.unjudged: dict[str, set[str]] = {}
        self.work = 0.0

    def clear(self) -> None:
        """Forget all, for another source."""
        self.unjudged = {}
        self.work = 0.0

    def note(self, gvk: GroupVersionKind, rule: str) -> None:
        """Of a rule of a kind it is not known whether an object keeps it."""
        self.unjudged.setdefault(_shown(gvk), set()).add(rule)


@record
class Schemas:
    """What objects are checked against; `further` are the CRDs that the settings name."""

    version: KubernetesVersion
    crds: tuple[Object, ...] = ()
    further: tuple[Object, ...] = ()

    @cached_property
    def custom_kinds(self) -> Mapping[tuple[str, str], Kinds]:
        """What the CRDs define, by group and kind; several CRDs may define one kind."""
        from k8slint.apiserver.custom.custom_resource import kinds_of  # noqa: PLC0415 - only custom resources pay for it

        return kinds_of(self.crds, self.further)

    def misspelt(self, gvk: GroupVersionKind) -> Problem | None:
        """The problem of a custom kind that no CRD defines, if one nearly does; worked out once a kind."""
        from k8slint.apiserver.custom.custom_resource import kind_meant  # noqa: PLC0415 - as above

        if gvk not in self._misspelt:
            self._misspelt[gvk] = kind_meant(gvk, self.custom_kinds)
        return self._misspelt[gvk]

    @cached_property
    def _misspelt(self) -> dict[GroupVersionKind, Problem | None]:
        return {}

    @cached_property
    def asked(self) -> Asked:
        """What came of asking rules, of the source that is judged."""
        return Asked()


def schemas_for(version: KubernetesVersion, crds: Iterable[Object], further: Iterable[Object] = ()) -> Schemas:
    """The schemas of a minor and of custom resource definitions; `further` are those that the settings name.

    Raises:
        ValueError: for a minor that is not bundled.
    """
    if version not in BUNDLED:
        bundled = ", ".join(map(str, BUNDLED))
        raise ValueError(f"no schemas of Kubernetes {version}; there are those of {bundled}")
    return Schemas(version, tuple(crds), tuple(further))


class Coverage(NamedTuple):
    """The kinds that no schema covers as a whole, each with the number of its objects, most first.

    `settings` are files of programs, which no API server serves; `without_schema` have no schema here; the schemas of
    `in_part` hold more than is evaluated.
    """

    settings: tuple[KindCount, ...]
    without_schema: tuple[KindCount, ...]
    in_part: tuple[KindCount, ...]


def coverage(schemas: Schemas, objects: Iterable[Object], unjudged: Collection[str] = ()) -> Coverage:
    """How far the schemas reach over the objects; of the kinds `unjudged`, some rules could not be asked."""
    counts = Counter(obj.gvk for obj in objects if obj.gvk.group not in BUILT_IN_GROUPS)
    settings: Counter[str] = Counter()
    without, partly = [], []
    for gvk, count in counts.items():
        if is_setting(gvk, schemas.version.minor):
            settings[gvk.kind] += count
        elif not _is_known(gvk, schemas):
            without.append(KindCount(_shown(gvk), count))
        elif _shown(gvk) in unjudged or any(_gaps(gvk, schemas)):
            partly.append(KindCount(_shown(gvk), count))
    of_programs = (KindCount(kind, count) for kind, count in settings.items())
    return Coverage(_most_first(of_programs), _most_first(without), _most_first(partly))


def is_setting(gvk: GroupVersionKind, minor: int) -> bool:
    """Whether objects of that kind are files for programs, which nobody applies to a cluster."""
    if is_built_in(gvk, minor) or has_placeholder(gvk.api_version):
        return False
    return is_for_programs(gvk.group)


def _most_first(kinds: Iterable[KindCount]) -> tuple[KindCount, ...]:
    return tuple(sorted(kinds, key=lambda each: (-each.objects, each.kind)))


def _shown(gvk: GroupVersionKind) -> str:
    return f"{gvk.kind}.{gvk.group}/{gvk.version}"


def _is_known(gvk: GroupVersionKind, schemas: Schemas) -> bool:
    return is_built_in(gvk, schemas.version.minor) or (gvk.group, gvk.kind) in schemas.custom_kinds


def assumptions(schemas: Schemas, objects: Iterable[Object]) -> Iterator[tuple[str, str]]:
    """What is not evaluated or compiled, as a sentence, each with the kind of objects concerned."""
    objects = tuple(objects)
    yield from _expressions_not_compiled(objects)
    kinds = {obj.gvk: None for obj in objects if obj.gvk.group not in BUILT_IN_GROUPS}
    for name, gvk in sorted((_shown(gvk), gvk) for gvk in kinds if not is_setting(gvk, schemas.version.minor)):
        for gap in _gaps(gvk, schemas):
            yield f"{gap} are not evaluated", name


def _expressions_not_compiled(objects: Iterable[Object]) -> Iterator[tuple[str, str]]:
    """That expressions are not held against the API server's compiler, by kind, where the library is not installed."""
    written = [obj for obj in objects if obj.group_kind in _WITH_EXPRESSIONS and _has_expression(obj.data)]
    if written:
        from k8slint.cel.engine import is_available  # noqa: PLC0415 - only objects with expressions pay for it

        if not is_available():
            for name in sorted({obj.group_kind for obj in written}):
                yield "CEL expressions (pip install k8slint[cel] compiles them) are not compiled", name


def _has_expression(data: Any) -> bool:
    pending = [data]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            if not _EXPRESSIONS.isdisjoint(part):
                return True
            pending += part.values()
        elif isinstance(part, list):
            pending += part
    return False


def _gaps(gvk: GroupVersionKind, schemas: Schemas) -> Iterator[str]:
    """What is not evaluated of the CustomResourceDefinitions of a kind."""
    kinds = schemas.custom_kinds.get((gvk.group, gvk.kind))
    versions = [kind.versions[gvk.version] for kind in (kinds.all if kinds else ()) if gvk.version in kind.versions]
    if any(version.has_rules for version in versions):
        from k8slint.cel.engine import is_available  # noqa: PLC0415 - only objects of CRDs with rules pay for it

        if not is_available():
            yield f"{RULES} (pip install k8slint[cel] evaluates them)"
    yield from _patterns_not_judged(versions)


def _patterns_not_judged(versions: Iterable[Version]) -> Iterator[str]:
    from k8slint.apiserver.custom.patterns import can_judge  # noqa: PLC0415 - only objects with CRDs pay for it

    arguments = (each for version in versions for each in version.evaluated_in_part["pattern"])
    patterns = {each for each in arguments if isinstance(each, str)}
    unread = sum(not can_judge(pattern) for pattern in patterns)
    if unread:
        mended = "pip install k8slint[re2] judges them"
        yield f"{unread} of {len(patterns)} patterns of CustomResourceDefinitions ({mended})"
