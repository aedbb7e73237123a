"""Twenty thousand damaged manifests through reading and judging: none is a traceback. Seeds are fixed."""

from __future__ import annotations

import os
import random
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from k8slint.apiserver.schemas import NEWEST, schemas_for
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.unread import Unread
from k8slint.engine.findings import judge
from k8slint.engine.rule import load_rules
from k8slint.engine.selection import Selection
from k8slint.engine.stages import World
from k8slint.loading.load import load
from k8slint.objects.from_documents import read_source

HERE = Path(__file__).parent
LARGEST = 4_096
RUNS = 20
DAMAGED_A_RUN = 1_000
TOGETHER = 10  # documents that are judged as one cluster


@cache
def whole_files():
    """Small manifests: those of the folder K8SLINT_CORPUS if it is named, else what the project has of its own."""
    if corpus := os.environ.get("K8SLINT_CORPUS"):
        files = sorted(file for file in Path(corpus).rglob("*.yaml") if file.stat().st_size <= LARGEST)
        return [file.read_bytes() for file in files[::3]]
    texts = [text for rule in load_rules().values() for text in (*rule.page.bad, *rule.page.good)]
    files = (file for folder in (HERE / "manifests", HERE.parents[1] / "examples") for file in folder.rglob("*.yaml"))
    return [text.encode() for text in texts] + [file.read_bytes() for file in sorted(files)]


def cut(data, chance):
    return data[: chance.randrange(len(data) + 1)]


def cut_at_the_start(data, chance):
    return data[chance.randrange(len(data) + 1) :]


def flip(data, chance):
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        if damaged:
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def insert(data, chance):
    pieces = [
        b"\n",
        b"\t",
        b" ",
        b": ",
        b"- ",
        b"{",
        b"}",
        b"[",
        b"]",
        b"'",
        b'"',
        b"&a ",
        b"*a",
        b"|\n",
        b"\0",
        b"\xff",
    ]
    pieces += [
        b"#",
        b"---\n",
        b"<<: ",
        b"!!int ",
        b"~",
        b"null",
        b"0x",
        b"1e999",
        b"{{ x }}",
        b"${X}",
        b"%",
        b"@",
        b",",
    ]
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(pieces) + data[at:]


def delete(data, chance):
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.randint(1, 20) :]


def on_lines(change):
    def damage(data, chance):
        lines = data.split(b"\n")
        change(lines, chance)
        return b"\n".join(lines)

    return damage


def drop(lines, chance):
    del lines[chance.randrange(len(lines))]


def double(lines, chance):
    at = chance.randrange(len(lines))
    lines.insert(at, lines[at])


def swap(lines, chance):
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def indent(lines, chance):
    at = chance.randrange(len(lines))
    lines[at] = b"  " + lines[at]


def outdent(lines, chance):
    at = chance.randrange(len(lines))
    lines[at] = lines[at].removeprefix(b" ")


def empty_a_value(lines, chance):
    at = chance.randrange(len(lines))
    key, colon, _ = lines[at].partition(b":")
    lines[at] = key + colon + chance.choice([b"", b" []", b" {}", b" 0", b" x", b" [{}]", b" true", b" ''"])


def splice(data, chance):
    other = chance.choice(whole_files())
    return cut(data, chance) + cut_at_the_start(other, chance)


DAMAGES = [
    cut,
    cut_at_the_start,
    flip,
    insert,
    delete,
    splice,
    *map(on_lines, (drop, double, swap, indent, outdent, empty_a_value, empty_a_value, empty_a_value)),
]


def damaged(chance):
    data = chance.choice(whole_files())
    for _ in range(chance.randint(1, 3)):
        data = chance.choice(DAMAGES)(data, chance)
    return data


@cache
def surroundings():
    rules = load_rules()
    return schemas_for(NEWEST, ()), Selection(rules, {rule.id: rule.severity for rule in rules.values()})


def judge_together(some):
    schemas, selection = surroundings()
    readings = []
    for number, data in enumerate(some):
        loaded = load(f"{number}.yaml", data)
        readings.append(read_source(loaded.source, loaded.documents))
    world = World(
        Cluster(tuple(obj for reading in readings for obj in reading.objects)), schemas, Unread(is_whole=True)
    )
    for reading in readings:
        for finding in judge(reading, world, selection).findings:
            assert finding.location.line >= 1


@pytest.mark.parametrize("seed", range(RUNS))
def test_damaged_manifests_are_borne(seed):
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    some = iter([damaged(chance) for _ in range(DAMAGED_A_RUN)])
    while together := list(islice(some, TOGETHER)):
        try:
            judge_together(together)
        except Exception as error:
            error.add_note(f"seed {seed}, one of {together!r}")
            raise
