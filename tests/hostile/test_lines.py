"""Reading by lines against reading by events: what the lines do not decline must be the same to the last character."""

from __future__ import annotations

import random
from textwrap import dedent

import pytest

from k8slint.loading.block_reader import read_lines
from k8slint.loading.document import Document, Source
from k8slint.loading.event_composer import compose_events
from k8slint.loading.text import decode
from tests.hostile.test_fuzz import whole_files

RUNS = 16
DAMAGED_A_RUN = 2_500
# What means something to YAML, or nearly does.
PIECES = [
    *" -:#\"'|>[]{},?!%@`\\=\t\r\n~",
    *("  ", "- ", ": ", " #", "? ", "&a ", "*a", "|-", ">-", ">+", "|+", "|2", "---", "---\n", "...", "\n\n", "\r\n"),
    *("null", "yes", "0x1", "1e3", "<<: ", "\\n", "\\ ", "\\\n", '""', "''", "a", "key: v", "\n  ", "\n    ", "\n- "),
    *("\x85", "\xa0", "\u2028", "\ufeff", "é", "\N{GRINNING FACE}"),
]
ENDS = [" ", "  ", " # c", "#", ":", " :", " |", " >", ' "', " '"]
EMPTY = ["", "  ", "     ", "# c", "   # c"]


def damaged(text, chance):
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        way = chance.random()
        if way < 0.45:
            text = text[:at] + chance.choice(PIECES) + text[at:]
        elif way < 0.6:
            text = text[:at] + text[at + chance.randint(1, 4) :]
        elif way < 0.95:
            text = "\n".join(with_a_line_changed(text.split("\n"), chance))
        else:
            text = text[:at]
    return text


def with_a_line_changed(lines, chance):
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    line = lines[at]
    way = chance.randrange(6)
    if way == 0:
        lines[at] = " " * chance.randint(1, 3) + line
    elif way == 1:
        lines[at] = line[chance.randint(1, 3) :]
    elif way == 2:
        lines[at] = line + chance.choice(ENDS)
    elif way == 3:
        lines.insert(at, chance.choice(EMPTY))
    elif way == 4:
        lines.insert(other, line)
    else:
        lines[at], lines[other] = lines[other], line
    return lines


def piece(text, chance):
    """The text, or some lines of it, as if they stood alone."""
    lines = text.split("\n")
    if len(lines) < 25:
        return text
    start = chance.randrange(len(lines))
    return dedent("\n".join(lines[start : start + chance.randint(3, 25)]))


def seen(document):
    """All there is to know of a document; data as text, so that 1, 1.0 and True differ, and so does another order."""
    data, marks = document.data, document.marks
    places = [(marks.pointed_at(path), marks.span(path), marks.entry(path)) for path in paths(data)]
    return document.index, document.start, repr(data), document.scalars(), places, document.problems, document.failed


def paths(data):
    """The paths to all values of a document."""
    pending = [((), data)]
    while pending:
        path, value = pending.pop()
        yield path
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        pending += [((*path, step), each) for step, each in inner]


def difference(text):
    """What the two ways read where they differ, none where they agree or the lines decline."""
    read = read_lines(text)
    if read is None:
        return None
    source = Source("x.yaml", text)
    ours = [seen(Document(source, index, at, data, marks)) for index, (data, marks, at) in enumerate(read)]
    theirs = [seen(each) for each in compose_events(source)]
    return None if ours == theirs else (text, ours, theirs)


def test_real_manifests_are_the_same():
    texts = [decode(data)[0] for data in whole_files()]
    assert [found for text in texts if (found := difference(text))] == []
    assert sum(read_lines(text) is not None for text in texts) > 0.9 * len(texts)


@pytest.mark.parametrize("seed", range(RUNS))
def test_damaged_manifests_are_the_same_or_declined(seed):
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    texts = [decode(data)[0] for data in whole_files()]
    tried = [damaged(piece(chance.choice(texts), chance), chance) for _ in range(DAMAGED_A_RUN)]
    assert [found for text in tried if (found := difference(text))] == []
    # Not by declining all of them: about a quarter is still plain, of any manifests.
    assert sum(read_lines(text) is not None for text in tried) > 0.2 * len(tried)
