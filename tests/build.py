"""What tests are made with: objects of YAML texts or of plain data, and what the rules say of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import dedent
from typing import Any

from k8slint.cluster.cluster import Cluster
from k8slint.engine.rule import Rule
from k8slint.loading.composer import compose
from k8slint.loading.document import Document, Source
from k8slint.objects.from_documents import read_source
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem


def read(files: str | Mapping[str, str], file: str = "a.yaml") -> tuple[Object, ...]:
    """The objects of a YAML text, or of texts by the names of their files, none of which may be broken."""
    texts = {file: files} if isinstance(files, str) else files
    sources = [Source(name, dedent(text)) for name, text in texts.items()]
    readings = [read_source(source, compose(source)) for source in sources]
    assert not any(document.failed for reading in readings for document in reading.documents)
    return tuple(obj for reading in readings for obj in reading.objects)


def objects_of(*documents: Any, file: str = "a.yaml") -> tuple[Object, ...]:
    """The objects of plain data, a document each, whatever its shape."""
    source = Source(file, "")
    return read_source(source, [Document(source, 0, 0, data, None) for data in documents]).objects


def problems_of(rule: Rule, obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """What the check of a rule says of an object, of its pod or of its containers."""
    if rule.target == "object":
        yield from rule.check(obj, cluster) if not rule.kinds or obj.group_kind in rule.kinds else ()
    elif obj.pod is not None:
        for target in (obj.pod,) if rule.target == "pod" else obj.pod.containers:
            yield from rule.check(target, cluster)
