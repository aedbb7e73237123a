"""Laws of the value types, each against the plainest definition there is."""

from __future__ import annotations

import string
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from k8slint.values.cron import CronError, CronSchedule
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.image import Image
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.names import is_dns_label, is_dns_subdomain, is_qualified_name
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder
from k8slint.values.quantity import Quantity, QuantityError

CAP = 2**63 - 1
SUFFIXES = {
    **{suffix: Fraction(10) ** power for suffix, power in zip(("n", "u", "m", ""), (-9, -6, -3, 0), strict=True)},
    **{suffix: Fraction(1000) ** power for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Fraction(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
}
digits = st.text("0123456789", min_size=1, max_size=12)
amounts = st.tuples(digits, st.one_of(st.none(), digits))
signs = st.sampled_from(["", "+", "-"])
suffixes = st.one_of(
    st.sampled_from(sorted(SUFFIXES)).map(lambda suffix: (suffix, SUFFIXES[suffix])),
    st.tuples(st.sampled_from("eE"), st.integers(-12, 12)).map(lambda e: (f"{e[0]}{e[1]}", Fraction(10) ** e[1])),
)


def away_from_zero(number: Fraction, unit: Fraction) -> int:
    units = abs(number) / unit
    size = units.numerator // units.denominator + (units.denominator != 1)
    return size if number >= 0 else -size


def written(sign: str, amount: tuple[str, str | None], suffix: str) -> tuple[str, Fraction]:
    whole, fraction = amount
    text = whole if fraction is None else f"{whole}.{fraction}"
    return f"{sign}{text}{suffix}", Fraction(f"{sign}{text}")


@given(signs, amounts, suffixes)
@example("", ("9223372036854775808", None), ("", Fraction(1)))
@example("-", ("0", "0000000001"), ("", Fraction(1)))
def test_a_quantity_is_its_fraction_in_nanos_rounded_away_from_zero_and_capped(sign, amount, suffix):
    text, number = written(sign, amount, suffix[0])
    number *= suffix[1]
    nanos = max(-CAP * 10**9, min(CAP * 10**9, away_from_zero(number, Fraction(1, 10**9))))
    quantity = Quantity.parse(text)
    assert quantity.nanos == nanos
    assert quantity.millicores == away_from_zero(Fraction(nanos), Fraction(10**6))
    assert quantity.value == away_from_zero(Fraction(nanos), Fraction(10**9))
    assert quantity.is_whole == (nanos % 10**9 == 0)


@given(st.integers(-CAP * 10**9, CAP * 10**9))
def test_a_quantity_reads_back_what_it_writes(nanos):
    assert Quantity.parse(str(Quantity(nanos))) == Quantity(nanos)


@given(amounts, suffixes, amounts, suffixes)
def test_quantities_are_in_the_order_of_their_amounts(one, suffix, other, other_suffix):
    first, here = written("", one, suffix[0])
    second, there = written("", other, other_suffix[0])
    if here * suffix[1] < there * other_suffix[1]:
        assert Quantity.parse(first) <= Quantity.parse(second)
    elif here * suffix[1] == there * other_suffix[1]:
        assert Quantity.parse(first) == Quantity.parse(second)


@given(st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(-1e18, 1e18)))
def test_a_json_number_is_the_quantity_of_its_text(number):
    assert Quantity.parse(number) == Quantity.parse(repr(number))


@given(st.one_of(st.text(max_size=20), st.text("0123456789.+-eEinumkKMGTP ", max_size=12)))
def test_any_text_is_a_quantity_or_refused(text):
    said = ""
    try:
        assert abs(Quantity.parse(text).nanos) <= CAP * 10**9
    except QuantityError as error:
        said = str(error)
    assert said.startswith(("quantities must match", "unable to parse")) or said == ""


@given(st.one_of(st.none(), st.booleans(), st.lists(st.integers()), st.just({})))
def test_what_is_neither_text_nor_number_is_no_quantity(value):
    Quantity.parse(1)
    Quantity.parse(0)
    with pytest.raises(QuantityError):
        Quantity.parse(value)


keys = st.sampled_from(["app", "tier", "env"])
texts = st.sampled_from(["", "a", "b", "1", "2", "-3"])
label_sets = st.dictionaries(keys, texts, max_size=3)
expressions = st.lists(
    st.fixed_dictionaries(
        {"key": keys, "operator": st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"])},
        optional={"values": st.lists(texts, max_size=3)},
    ),
    max_size=3,
)


def plainly_selects(match_labels: dict[str, str], match_expressions: list[dict], labels: dict[str, str]) -> bool:
    if any(labels.get(key) != value for key, value in match_labels.items()):
        return False
    for expression in match_expressions:
        has = expression["key"] in labels
        among = labels.get(expression["key"]) in expression.get("values", [])
        wanted = {"In": has and among, "NotIn": not (has and among), "Exists": has, "DoesNotExist": not has}
        if not wanted[expression["operator"]]:
            return False
    return True


@given(label_sets, expressions, label_sets)
def test_a_selector_selects_what_every_condition_allows(match_labels, match_expressions, labels):
    selector = LabelSelector.of({"matchLabels": match_labels, "matchExpressions": match_expressions})
    assert selector.matches(labels) == plainly_selects(match_labels, match_expressions, labels)


@given(label_sets)
def test_labels_select_themselves_and_whatever_has_more(labels):
    selector = LabelSelector.of_labels(labels)
    assert selector.matches(labels)
    assert selector.matches({**labels, "more": "x"})
    assert selector == LabelSelector.of({"matchLabels": labels})


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)
selector_shapes = st.fixed_dictionaries({"matchLabels": json_values, "matchExpressions": json_values})


@given(st.one_of(json_values, selector_shapes), label_sets)
def test_any_shape_is_a_selector_that_can_be_asked_and_written(shape, labels):
    selector = LabelSelector.of(shape)
    assert selector.matches(labels) in (True, False)
    assert isinstance(str(selector), str)
    assert isinstance(LabelSelector.of_labels(shape).matches(labels), bool)


@given(st.integers(), st.integers())
def test_gt_and_lt_compare_64_bit_numbers(here, there):
    fits = all(-(2**63) <= number < 2**63 for number in (here, there))
    labels = {"n": str(here)}
    assert Requirement("n", "Gt", (str(there),)).matches(labels) == (fits and here > there)
    assert Requirement("n", "Lt", (str(there),)).matches(labels) == (fits and here < there)


@pytest.mark.parametrize("text", ["1_0", " 10", "10 ", "\uff11\uff10", "1e1", "0x10", "", "+"])
def test_only_plain_decimal_numbers_compare(text):
    assert not Requirement("n", "Gt", ("1",)).matches({"n": text})


parts = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
repositories = st.lists(parts, min_size=1, max_size=3).map("/".join)
registries = st.sampled_from(["", "localhost/", "registry:5000/", "ghcr.io/", "10.0.0.1:443/", "Upper/"])
tags = st.one_of(st.just(""), st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True))
digests = st.sampled_from(["", "sha256:" + "0a" * 32])


@given(registries, repositories, tags, digests)
def test_an_image_has_the_parts_it_is_written_from(registry, repository, tag, digest):
    text = registry + repository + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    image = Image.parse(text)
    assert image == Image(registry.rstrip("/"), repository, tag, digest)
    assert image.has_valid_repository


@given(st.one_of(st.text(), st.text("ab:/@.-_ ", max_size=20)))
def test_any_text_is_an_image_and_none_of_it_is_lost(text):
    image = Image.parse(text)
    letters = f"{image.registry}{image.repository}{image.tag}{image.digest}"
    marks = str.maketrans("", "", ":/@")
    assert letters.translate(marks) == text.translate(marks)
    assert image.has_valid_repository in (True, False)


def letters_in_common(one, other):
    """The length of the longest common subsequence, by the table that textbooks have."""
    row = [0] * (len(other) + 1)
    for letter in one:
        above = list(row)
        for index, its in enumerate(other):
            row[index + 1] = above[index] + 1 if letter == its else max(above[index + 1], row[index])
    return row[-1]


@given(st.text("abcd", max_size=6), st.lists(st.text("abcdE", max_size=6), max_size=8))
def test_nearest_is_the_most_alike_and_of_equals_the_first(word, candidates):
    found = nearest(word, candidates)
    likeness = {
        each: 2 * letters_in_common(each.casefold(), word.casefold()) / (len(each) + len(word) or 1)
        for each in candidates
    }
    if found is None:
        assert all(ratio < 0.75 for ratio in likeness.values())
    elif found.casefold() != word.casefold():
        best = max(likeness.values())
        assert found == min(each for each, ratio in likeness.items() if ratio == best)


@given(st.text("abcd", min_size=1, max_size=6), st.lists(st.text("abcd", max_size=6), max_size=8))
def test_nearest_finds_a_word_in_another_case_and_in_any_order(word, candidates):
    assert nearest(word.upper(), [*candidates, word]) == word
    assert nearest(word, candidates) == nearest(word, reversed(candidates))


@given(st.text("ab-.", max_size=70), st.text("ab-.", max_size=10))
def test_names_are_made_of_labels(name, prefix):
    is_label = 0 < len(name) <= 63 and "." not in name and name.strip("-") == name
    assert is_dns_label(name) == is_label
    assert is_dns_subdomain(name) == (len(name) <= 253 and all(p and p.strip("-") == p for p in name.split(".")))
    if is_qualified_name(f"{prefix}/{name}"):
        assert is_dns_subdomain(prefix)
        assert is_qualified_name(name)


@given(parts, parts, parts)
def test_a_type_is_written_as_it_was_read(group, version, kind):
    for api_version in (version, f"{group}/{version}"):
        assert GroupVersionKind.parse(api_version, kind).api_version == api_version


@given(st.text(max_size=10), st.sampled_from(["${%s}", "$(%s)", "{{ %s }}", "<%s>", "#{%s}"]), st.text(max_size=10))
def test_a_placeholder_is_seen_wherever_it_stands(before, form, after):
    assert has_placeholder(before + form % "NAME" + after)


@given(st.text(string.ascii_letters + string.digits + "-./:@_ ", max_size=30))
def test_plain_text_is_no_placeholder(text):
    plain = text.replace("_", "-").replace("@", "-")
    assert not has_placeholder(plain) or "me" in plain.lower() or "placeholder" in plain.lower() or "YOUR" in plain


cron_fields = (range(60), range(24), range(1, 32), range(1, 13), range(7))


def cron_part(bounds: range) -> st.SearchStrategy[tuple[str, set[int]]]:
    """A part of a cron field with the values it stands for."""
    numbers = st.sampled_from(bounds)
    steps = st.integers(1, 70)
    last = bounds[-1]
    pairs = st.tuples(numbers, numbers).map(sorted)
    return st.one_of(
        st.just(("*", set(bounds))),
        numbers.map(lambda low: (str(low), {low})),
        pairs.map(lambda ends: (f"{ends[0]}-{ends[1]}", set(range(ends[0], ends[1] + 1)))),
        st.tuples(numbers, steps).map(lambda p: (f"{p[0]}/{p[1]}", set(range(p[0], last + 1, p[1])))),
        steps.map(lambda step: (f"*/{step}", set(range(bounds[0], last + 1, step)))),
        st.tuples(pairs, steps).map(lambda p: (f"{p[0][0]}-{p[0][1]}/{p[1]}", set(range(p[0][0], p[0][1] + 1, p[1])))),
    )


@given(st.tuples(*(st.lists(cron_part(bounds), min_size=1, max_size=3) for bounds in cron_fields)))
def test_a_schedule_allows_what_its_parts_stand_for(fields):
    schedule = CronSchedule.parse(" ".join(",".join(text for text, _ in parts) for parts in fields))
    assert [field.values for field in schedule.fields] == [set().union(*(found for _, found in f)) for f in fields]


@given(st.one_of(st.text(max_size=30), st.text("0123456789*/,-? @everyhms.", max_size=20)))
def test_any_text_is_a_schedule_or_refused(text):
    refusal = None
    try:
        assert CronSchedule.parse(text).fires in (True, False)
    except CronError as error:
        refusal = str(error)
    assert refusal != ""
