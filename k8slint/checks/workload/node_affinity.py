"""Terms of node affinity that do not say together what they seem to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import dig, items, text
from k8slint.objects.object import Pod
from k8slint.objects.problem import Problem, Related

_PATH: Final = (
    "spec",
    "affinity",
    "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
    "nodeSelectorTerms",
)
_EXCLUDING: Final = frozenset({"NotIn", "DoesNotExist"})


def node_affinity_terms_are_alternatives(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A term that only rules nodes out, beside a term of other labels that lets them in again."""
    terms = [*items(dig(pod.data, *_PATH))]
    for index, term in terms if len(terms) > 1 else ():
        mine = _operators(term)
        if not mine or not _EXCLUDING.issuperset(mine.values()):
            continue
        for at, other in terms:
            theirs = _operators(other)
            if theirs and mine.keys().isdisjoint(theirs):
                key = next(iter(mine))
                yield Problem(
                    (*_PATH, index),
                    f'this term rules nodes out by "{key}", and the term of "{next(iter(theirs))}" beside it lets them '
                    "in again: terms are alternatives",
                    (Related(pod.obj, (*pod.path, *_PATH, at), "the other term"),),
                )
                return


def _operators(term: Mapping[str, Any]) -> dict[str, str]:
    """The operators of a term by the label; empty if the term asks for fields of the node."""
    if term.get("matchFields"):
        return {}
    return {text(one.get("key")): text(one.get("operator")) for _, one in items(term.get("matchExpressions"))}
