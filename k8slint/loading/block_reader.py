"""Reads line by line the block style in which most manifests are written.

This is several times faster than the event stream, and as exact, because it reads only what it knows to the last
character. It declines the whole text if there is anything else or anything wrong in it; the event composer then reads
the text and reports what is wrong.
"""

from __future__ import annotations

import re
from functools import cache
from sys import intern
from typing import Any, Final, NamedTuple

from k8slint.loading.document import line_starts
from k8slint.loading.marks import STEP, Packed, pack, row, unpack
from k8slint.loading.scalars import Scalar, ScalarError, is_json, resolve, resolve_key
from k8slint.values.record import record

Read = tuple[Any, Packed, int]
"""The data of a document, its marks in the order of the text, and the offset at which it starts."""

# What may follow an entry in deeper lines.
_NOTHING: Final = 0
_VALUE: Final = 1  # the value of the key or dash
_MORE: Final = 2  # more of the plain scalar


# The entries that a line without its indentation can be. Their offsets count from the first character that is no blank.
# Slots, because they are read very often.


@record
class _Pair:
    """A key and its value."""

    __slots__ = ("key", "key_mark", "mark", "next_is", "value")

    key: str
    key_mark: int
    value: Scalar
    mark: int
    next_is: int


@record
class _Open:
    """A key alone; `mark` is that of an empty value."""

    __slots__ = ("key", "key_mark", "mark")

    key: str
    key_mark: int
    mark: int


@record
class _Item:
    """A dash and the entry after it, which begins at the offset `begin`."""

    __slots__ = ("begin", "inner")

    begin: int
    inner: _Entry


@record
class _Dash:
    """A dash alone; `mark` is that of an empty value."""

    __slots__ = ("mark",)

    mark: int


@record
class _Value:
    """A value alone."""

    __slots__ = ("mark", "next_is", "value")

    value: Scalar
    mark: int
    next_is: int


@record
class _Long:
    """A value in flow style, a block scalar, or quotes that may end in a later line; it starts at offset `begin`."""

    __slots__ = ("begin", "key", "key_mark")

    key: str | None
    key_mark: int
    begin: int


@record
class _Sign:
    """A line without data of its own: one of the three below."""

    __slots__ = ("meaning",)

    meaning: str


_Entry = _Pair | _Open | _Item | _Dash | _Value | _Long | _Sign

_BLANK: Final = _Sign("nothing, or a comment")
_MARKER: Final = _Sign("the start of a document")
_OTHER: Final = _Sign("anything else: nothing but more of a plain scalar")

_MAX_DEPTH: Final = 200
_DASHES: Final = "- - - - "  # a line with so many may have many more, and each is a call deeper
_LONGEST_KEY: Final = 500  # the parser takes 1,024
_LONGEST_REMEMBERED: Final = 80
_REMEMBERED: Final = 50_000

_INDICATORS: Final = frozenset("-?:,[]{}#&*!|>'\"%@`")
_USUAL: Final = bytes([*b"\t\n", *range(0x20, 0x7F)])
_HEADERS: Final = frozenset({"|", "|-", "|+", ">", ">-", ">+"})
_ESCAPES: Final = {"n": "\n", '"': '"', "\\": "\\", "t": "\t", "r": "\r", " ": " "}

# Compiled when first used, because small files need few of them.
_ODD: Final = r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_SINGLE: Final = r"'((?:[^']++|'')*+)'"
_DOUBLE: Final = r'"((?:[^"\\]++|\\(?:.|\n))*+)"'
_ESCAPE: Final = r"\\(.)"
_ENDS_IN_ESCAPE: Final = r"(?<!\\)(?:\\\\)*\\ *$"
_WORD: Final = (
    r"""(?:"((?:[^"\\\n]++|\\.)*+)"|'((?:[^'\n]++|'')*+)'"""
    r"""|((?:[A-Za-z0-9_./$(]|-(?=[A-Za-z0-9-]))[^\s,\[\]{}:?#"']*+(?: ++[^\s,\[\]{}:?#"']++)*))"""
)
_FLOW_KEY: Final = rf"[ \n]*{_WORD}:(?=[ \n])"
_FLOW_VALUE: Final = rf"[ \n]*{_WORD}(?=[ \n,\]}}])"
_FLOW_SIGN: Final = r"[ \n]*([\[\]{},])"
_compiled = cache(re.compile)


class Known(dict[str, _Entry]):
    """The entries of the lines of a batch of files, each worked out once, because manifests repeat their lines."""

    def __missing__(self, body: str) -> _Entry:
        """The entry of a line, given from its first character that is no blank."""
        try:
            entry = _dashed(body, self) or _keyed(body)
        except _Declined:
            entry = _OTHER
        if len(body) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[body] = entry
        return entry


class _Lines(NamedTuple):
    """A text, its lines, and the offset of each, followed by the one that a further line would have."""

    text: str
    lines: list[str]
    starts: list[int]


class _Declined(Exception):  # noqa: N818 - never leaves this module
    """The text holds something that this module does not read."""


def read_lines(text: str, known: Known | None = None) -> list[Read] | None:
    """The documents of a text, in order, without empty ones, or None if the text must be read as events.

    `known` holds the entries of lines read before, and takes in those of this text.
    """
    if _has_odd_characters(text):
        return None
    lines = text.split("\n")
    source = _Lines(text, lines, line_starts(lines))
    known = Known() if known is None else known
    found: list[Read] = []
    index = 0
    try:
        while index < len(lines):
            read, index = _document(source, index, known)
            if read[0] is not None:
                found.append(read)
    except _Declined:
        return None
    return found


def _has_odd_characters(text: str) -> bool:
    """Whether the text has a character that YAML does not allow, or a line break other than a line feed."""
    # The usual text has none, and the first two tests tell so many times faster than the pattern.
    if text.isascii():
        return bool(text.encode().translate(None, _USUAL))
    return not text.replace("\n", "").isprintable() and _compiled(_ODD).search(text) is not None


def _document(source: _Lines, index: int, known: Known) -> tuple[Read, int]:  # noqa: C901, PLR0912, PLR0915 - one loop, by line, kept flat for speed
    """The document that starts at a line, and the index of the line after it."""
    _, lines, starts = source
    count = len(lines)
    get = known.get  # faster than `known[body]` for a line that is known
    start = -1
    # The innermost open collection: its column, its data and its last key. The stack has the collections around it.
    root: list[Any] = [None]
    column, data, key = -1, root, None  # type: int, Any, Any
    stack: list[tuple[int, Any]] = []
    marks = [0]
    next_is = _VALUE
    while index < count:
        line = lines[index]
        body = line.lstrip(" ")
        here = len(line) - len(body)
        entry = get(body) or known[body]
        if here == column and type(entry) is _Pair and type(data) is dict:
            # A shortcut for most lines; the code below would do the same.
            key = entry.key
            if key in data:
                raise _Declined
            data[key] = entry.value
            at = (starts[index] + here) * STEP
            marks += (at + entry.key_mark, at + entry.mark)
            next_is = entry.next_is
            index += 1
            continue
        if entry is _MARKER:
            if here:
                entry = _OTHER
            elif start >= 0:
                break
        at = starts[index] + here
        index += 1
        if entry is _BLANK:
            if body and next_is is _MORE:
                next_is = _NOTHING
            continue
        if entry is _MARKER:
            start = at + 3
            continue
        new: Any = None
        if here > column:
            if next_is is _NOTHING:
                raise _Declined
            if start < 0:
                start = at
            last = key if type(data) is dict else -1
            if next_is is _MORE:
                data[last], marks[-1], index = _more(source, index - 1, column, marks[-1])
                next_is = _NOTHING
                continue
            if type(entry) is _Value:
                data[last] = entry.value
                marks[-1] = at * STEP + entry.mark
                next_is = entry.next_is
                continue
            if type(entry) is _Long and entry.key is None:
                data[last], marks[-1:], index = _long(source, index, at + entry.begin, column)
                next_is = _NOTHING
                continue
            new = [] if type(entry) is _Item or type(entry) is _Dash else {}
        else:
            if here < column:
                next_is = _NOTHING
                while here < column:
                    column, data = stack.pop()
                if here > column:
                    raise _Declined
            if type(entry) is _Item or type(entry) is _Dash:
                if type(data) is dict:
                    # A sequence may stand at the column of its key.
                    if next_is is not _VALUE:
                        raise _Declined
                    last, new = key, []
            elif type(data) is list:
                column, data = stack.pop()
                if here != column or type(data) is list:
                    raise _Declined
        if new is not None:
            data[last] = new
            marks.pop()
            stack.append((column, data))
            column, data = here, new
        while type(entry) is _Item:
            here += entry.begin
            at += entry.begin
            entry = entry.inner
            if type(entry) is _Value or (type(entry) is _Long and entry.key is None):
                break
            new = [] if type(entry) is _Item or type(entry) is _Dash else {}
            data.append(new)
            stack.append((column, data))
            column, data = here, new
        if len(stack) > _MAX_DEPTH:
            raise _Declined
        if type(entry) is _Pair:
            key = entry.key
            if key in data:
                raise _Declined
            data[key] = entry.value
            at *= STEP
            marks += (at + entry.key_mark, at + entry.mark)
            next_is = entry.next_is
        elif type(entry) is _Open:
            key = entry.key
            if key in data:
                raise _Declined
            data[key] = None
            at *= STEP
            marks += (at + entry.key_mark, at + entry.mark)
            next_is = _VALUE
        elif type(entry) is _Dash:
            data.append(None)
            marks.append(at * STEP + entry.mark)
            next_is = _VALUE
        elif type(entry) is _Value:
            if type(data) is dict:
                raise _Declined
            data.append(entry.value)
            marks.append(at * STEP + entry.mark)
            next_is = entry.next_is
        elif type(entry) is _Long:
            key = entry.key
            value, inside, index = _long(source, index, at + entry.begin, column)
            if type(data) is list:
                data.append(value)
            elif key in data or key is None:
                raise _Declined
            else:
                data[key] = value
                marks.append(at * STEP + entry.key_mark)
            marks += inside
            next_is = _NOTHING
        else:
            raise _Declined
    return (root[0], row(marks), start), index


def _dashed(body: str, known: Known) -> _Entry | None:
    """The entry of a line that starts with a dash and a blank or that holds no data, or None for any other line."""
    if not body or body[0] == "#":
        return _BLANK
    if "\t" in body:
        raise _Declined
    if body[:3] in {"---", "..."} and body[3:4] in {"", " "}:
        if body[0] == "." or not _is_over(body[3:]):
            raise _Declined
        return _MARKER
    if body[0] != "-" or body[1:2] not in {"", " "}:
        if body.startswith("---"):  # a wrong separator, unless it is indented
            raise _Declined
        return None
    rest = body[1:].lstrip(" ")
    if not rest or rest[0] == "#":
        return _Dash(pack(1, 1))
    if body.startswith(_DASHES):
        raise _Declined
    inner = known[rest]
    if inner is _MARKER or inner is _OTHER:
        raise _Declined
    return _Item(len(body) - len(rest), inner)


def _keyed(body: str) -> _Entry:
    """The entry of a line that starts with a key, or that is a value alone."""
    key, colon, rest = body.partition(": ")
    if not colon and body[-1] == ":":
        key, colon = body[:-1], ":"
    if not colon or not _is_key(key):
        return _Value(*value) if (value := _value(body, 0)) else _Long(None, 0, 0)
    mark = pack(0, len(key))
    nothing = pack(len(key) + 1, len(key) + 1)
    key = intern(key[1:-1] if key[0] in "\"'" else key)
    rest = rest.lstrip(" ")
    if not rest or rest[0] == "#":
        return _Open(key, mark, nothing)
    begin = len(body) - len(rest)
    return _Pair(key, mark, *value) if (value := _value(body, begin)) else _Long(key, mark, begin)


def _is_key(text: str) -> bool:
    """Whether the text before a colon is a whole key, and a string as written."""
    if len(text) > _LONGEST_KEY:
        raise _Declined
    if text[:1] in {'"', "'"}:
        inner = text[1:-1]
        return len(text) > 1 and text[-1] == text[0] and text[0] not in inner and "\\" not in inner
    return text != "" and " " not in text and text[0] not in _INDICATORS and _is_text(text)


def _is_text(key: str) -> bool:
    """Whether a plain scalar is a string if it is a key, and no merge key."""
    try:
        return key != "<<" and type(resolve_key(key)) is str
    except ScalarError:
        return False


def _value(body: str, begin: int) -> tuple[Scalar, int, int] | None:
    """The value in the rest of a line, its mark, and what may come next, or None for a value that `_long` must read."""
    first = body[begin]
    if first in "\"'":
        end = body.find(first, begin + 1) + 1
        if not end or "\\" in body or body[end : end + 1] == "'":
            return None
        if not _is_over(body[end:]):
            raise _Declined
        return body[begin + 1 : end - 1], pack(begin, end), _NOTHING
    if first in "[{|>":
        return None
    if first in _INDICATORS and (first != "-" or body[begin + 1 : begin + 2] in {"", " "}):
        raise _Declined
    text, blank, _ = body[begin:].partition(" #")
    text = text.rstrip(" ")
    if ": " in text or text[-1] == ":":
        raise _Declined
    return _plain(text), pack(begin, begin + len(text)), _NOTHING if blank else _MORE


def _is_over(rest: str) -> bool:
    """Whether the rest of a line is only blanks and a comment."""
    body = rest.lstrip(" ")
    return not body or (body[0] == "#" and body != rest)


def _plain(text: str) -> Scalar:
    value = resolve(text)
    if not is_json(value):
        raise _Declined
    return value


def _unquoted(text: str, quote: str) -> str:
    if quote == "'":
        return text.replace("''", "'")
    return _compiled(_ESCAPE).sub(_escaped, text) if "\\" in text else text


def _escaped(escape: re.Match[str]) -> str:
    if escape[1] not in _ESCAPES:
        raise _Declined
    return _ESCAPES[escape[1]]


def _more(source: _Lines, index: int, column: int, mark: int) -> tuple[Scalar, int, int]:
    """A plain scalar that goes on in the line at the index: its value, its mark, and the index of the line after it."""
    text, lines, starts = source
    begin, end = unpack(mark)
    parts = [text[begin:end]]
    breaks = 0
    # Blank lines before the line are line breaks in the scalar.
    while not lines[index - 1 - breaks].strip(" "):
        breaks += 1
    while index < len(lines):
        line = lines[index]
        body = line.lstrip(" ")
        if body:
            here = len(line) - len(body)
            if here <= column or body[0] == "#" or (not here and body[:3] in {"---", "..."}):
                break
            body, blank, _ = body.partition(" #")
            body = body.rstrip(" ")
            if "\t" in body or ": " in body or body[-1] == ":":
                raise _Declined
            parts += ("\n" * breaks or " ", body)
            end = starts[index] + here + len(body)
            breaks = 0
            if blank:
                index += 1
                break
        else:
            breaks += 1
        index += 1
    return _plain("".join(parts)), pack(begin, end), index


def _long(source: _Lines, index: int, begin: int, column: int) -> tuple[Any, list[int], int]:
    """The value of a `_Long`, which starts in the line before the index: data, marks, and the index after it."""
    text, lines, starts = source
    if text[begin] in "|>":
        return _block(source, index, begin, column)
    value, marks, end = _flow(text, begin) if text[begin] in "[{" else _quoted(text, begin)
    while starts[index] <= end:
        line = lines[index]
        if line[:3] in {"---", "..."} or "\t" in line:
            raise _Declined
        index += 1
    if not _is_over(text[end : starts[index] - 1]):
        raise _Declined
    return value, marks, index


def _quoted(text: str, begin: int) -> tuple[str, list[int], int]:
    quote = text[begin]
    match = _compiled(_SINGLE if quote == "'" else _DOUBLE).match(text, begin)
    if match is None:
        raise _Declined
    folded = _joined(match[1].split("\n"), quote) if "\n" in match[0] else match[1]
    return _unquoted(folded, quote), [pack(begin, match.end())], match.end()


def _joined(lines: list[str], quote: str) -> str:
    """The lines between quotes, folded: a break becomes a space, a blank line a break; a backslash removes a break."""
    parts: list[str] = []
    space, breaks = "", ""
    for number, line in enumerate(lines):
        is_last = number == len(lines) - 1
        body = line.lstrip(" ") if number else line
        if not is_last:
            body = body.rstrip(" ")
        if number and not body and not is_last:
            breaks += "\n"
            continue
        is_escaped = quote == '"' and not is_last and _compiled(_ENDS_IN_ESCAPE).search(line) is not None
        if is_escaped:
            if line[-1] == " ":
                raise _Declined
            body = body[:-1]
        parts += (breaks or space, body)
        space, breaks = "" if is_escaped else " ", ""
    return "".join(parts)


def _flow(text: str, begin: int, depth: int = 0) -> tuple[Any, list[int], int]:
    """The collection in flow style that starts at an offset: data, marks, and the offset of its end."""
    if depth > _MAX_DEPTH:
        raise _Declined
    closing = "]" if text[begin] == "[" else "}"
    data: Any = [] if closing == "]" else {}
    marks: list[int] = []
    end = begin + 1
    sign = _compiled(_FLOW_SIGN).match(text, end)
    while sign is None or sign[1] != closing:
        key: Any = None
        if closing == "}":
            key, mark, end = _word(_compiled(_FLOW_KEY).match(text, end), is_key=True)
            if key in data:
                raise _Declined
            marks.append(mark)
        sign = _compiled(_FLOW_SIGN).match(text, end)
        if sign is None:
            value, mark, end = _word(_compiled(_FLOW_VALUE).match(text, end), is_key=False)
            marks.append(mark)
        elif sign[1] in "[{":
            value, inside, end = _flow(text, sign.end() - 1, depth + 1)
            marks += inside
        else:
            raise _Declined
        if key is None:
            data.append(value)
        else:
            data[key] = value
        sign = _compiled(_FLOW_SIGN).match(text, end)
        if sign is not None and sign[1] == ",":
            end = sign.end()
            sign = _compiled(_FLOW_SIGN).match(text, end)
        elif sign is None or sign[1] != closing:
            raise _Declined
    return data, marks or [pack(begin, sign.end())], sign.end()


def _word(match: re.Match[str] | None, *, is_key: bool) -> tuple[Any, int, int]:
    """A scalar of a collection in flow style: value, mark, and the offset at which the match ends."""
    if match is None:
        raise _Declined
    group = match.lastindex or 0
    text = match[group]
    begin, end = match.span(group)
    if group < 3:
        value: Scalar = _unquoted(text, "\"'"[group - 1])
        begin, end = begin - 1, end + 1
    elif is_key:
        if not _is_text(text):
            raise _Declined
        value = text
    else:
        value = _plain(text)
    if is_key:
        if len(text) > _LONGEST_KEY:
            raise _Declined
        value = intern(str(value))
    return value, pack(begin, end), match.end()


def _block(source: _Lines, index: int, begin: int, column: int) -> tuple[str, list[int], int]:
    """The block scalar with its header in the line before the index: value, marks, and the index of the line after it.

    Mirrors: yaml/libyaml src/scanner.c yaml_parser_scan_block_scalar
    """
    text, lines, starts = source
    header = text[begin : starts[index] - 1].partition(" #")[0].rstrip(" ")
    if header not in _HEADERS:
        raise _Declined
    indent = _indentation(lines, index, column)
    pad = " " * indent
    content: list[str] = []
    while index < len(lines):
        line = lines[index]
        if line.startswith(pad):
            content.append(line[indent:])
        elif not line.strip(" "):
            content.append("")
        else:
            break
        index += 1
    end = starts[index]
    blank = 0
    while not content[-1 - blank]:
        blank += 1
    content = content[: len(content) - blank]
    last_break = "\n"
    if index == len(lines):
        # The last line of a text has no line break, and it may be only blanks.
        end -= 1 + (len(lines[-1]) if blank else 0)
        last_break = "\n" if blank else ""
        blank -= bool(blank)
    value = "\n".join(content) if header[0] == "|" else _folded(content)
    kept = {"": last_break, "-": "", "+": last_break + "\n" * blank}[header[1:]]
    return value + kept, [pack(begin, end)], index


def _indentation(lines: list[str], index: int, column: int) -> int:
    """The indentation of a block scalar whose lines start at the index."""
    first = next((line for line in range(index, len(lines)) if lines[line].strip(" ")), index)
    body = lines[first].lstrip(" ") if first < len(lines) else ""
    indent = len(lines[first]) - len(body) if body else 0
    if indent <= max(column, 0) or body[0] == "\t" or any(len(line) > indent for line in lines[index:first]):
        raise _Declined
    return indent


def _folded(lines: list[str]) -> str:
    """The lines of a folded block scalar, joined; only the breaks at indented or blank lines stay."""
    parts: list[str] = []
    break_before = blanks = ""
    was_indented = False
    for line in lines:
        if not line:
            blanks += "\n"
            continue
        is_indented = line[0] in " \t"
        if break_before and not was_indented and not is_indented:
            break_before = "" if blanks else " "
        parts += (break_before, blanks, line)
        break_before, blanks, was_indented = "\n", "", is_indented
    return "".join(parts)
