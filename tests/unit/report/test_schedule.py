"""Words, rows and bars of a dry run's report."""

from __future__ import annotations

import pytest

from k8slint.report.schedule.terminal import columns, sheet_of
from k8slint.report.schedule.view import listed
from k8slint.report.schedule.words import obstacles_text, rows
from k8slint.simulation.explain import Explanation
from k8slint.simulation.in_words import in_words
from k8slint.simulation.obstacles import Obstacle
from k8slint.values.quantity import Quantity

GI = 1 << 30


def lack(amount, resource="cpu"):
    return Obstacle("NodeResourcesFit", f"lacks {resource}", resource, amount)


TAINT = Obstacle("TaintToleration", "has the taint a:NoSchedule, not tolerated")


class TestAmounts:
    @pytest.mark.parametrize(
        ("resource", "amount", "text"),
        [
            ("cpu", 0, "0"),
            ("cpu", 250, "250m"),
            ("cpu", 12_000, "12"),
            ("memory", 0, "0"),
            ("memory", 1023, "1023"),
            ("memory", 128 << 20, "128Mi"),
            ("memory", 3 * GI // 2, "1.5Gi"),
            ("ephemeral-storage", 1 << 40, "1Ti"),
            ("nvidia.com/gpu", 8, "8"),
            ("hugepages-2Mi", 4 << 20, "4Mi"),
        ],
    )
    def test_as_people_write_them(self, resource, amount, text):
        assert in_words(resource, amount) == text

    @pytest.mark.parametrize("amount", [1, 1000, 1025, 999 << 10, GI - 1, GI + 1, 10**12, (1 << 60) + 1])
    def test_what_is_written_is_never_more_than_there_is_nor_less_than_is_missing(self, amount):
        down, up = (Quantity.parse(in_words("memory", amount, up=up)).value for up in (False, True))
        assert down <= amount <= up


class TestNames:
    @pytest.mark.parametrize(
        ("names", "text"),
        [
            (["a"], "a"),
            (["a", "b"], "a, b"),
            (["n-1", "n-2", "n-3"], "n-1 … n-3 (3)"),
            (["n-08", "n-09", "n-10"], "n-08 … n-10 (3)"),
            (["n-1", "n-2", "m-3"], "n-1, n-2 and 1 more"),
            (["n-1", "n-3", "n-5", "n-7"], "n-1, n-3 and 2 more"),
            (["a", "b", "\x1b[31m"], "a, b and 1 more"),
            (["a", "\u202e"], "a, \\u202e"),
        ],
    )
    def test_only_those_that_are_numbered_on_are_a_range(self, names, text):
        assert listed(names, "…") == text


class TestRows:
    def test_nodes_with_the_same_are_one_row(self):
        found = rows(Explanation((), {"a": (lack(500),), "b": (TAINT,), "c": (lack(500),)}))
        assert [(row.nodes, row.text) for row in found] == [
            (("a", "c"), "lacks 500m cpu"),
            (("b",), "has the taint a:NoSchedule, not tolerated"),
        ]

    def test_of_many_nodes_those_that_lack_the_same_resource(self):
        nodes = {f"n{number}": (TAINT, lack(100 * number), lack(GI, "memory")) for number in range(1, 51)}
        (row,) = rows(Explanation((), nodes))
        assert row.text == "has the taint a:NoSchedule, not tolerated; lacks 100m to 5 cpu and 1Gi memory"
        assert row.plugins == {"TaintToleration", "NodeResourcesFit"}

    def test_a_node_without_obstacles_would_take_it(self):
        (row,) = rows(Explanation((), {"a": ()}))
        assert row.text == "would take it"

    def test_what_obstacles_say_is_made_visible(self):
        assert obstacles_text([(Obstacle("X", "has \x1b[2J"),)]) == "has \\x1b[2J"


class TestBars:
    @pytest.mark.parametrize(
        ("part", "whole", "bar"),
        [
            (0, 10, "............"),
            (1, 1000, "#..........."),
            (5, 10, "######......"),
            (999, 1000, "###########."),
            (10, 10, "############"),
            (20, 10, "############"),
            (1, 0, "............"),
        ],
    )
    def test_full_only_where_nothing_is_left(self, part, whole, bar):
        assert sheet_of(color=False, width=None, blocks=False).bar(part, whole) == bar


def test_columns_stand_under_each_other_whatever_is_in_them():
    assert list(columns([["A", "B"], ["wide", "x"], ["広", "y"]])) == ["A      B", "wide   x", "広     y"]


@pytest.mark.parametrize("width", [1, 40, 60, 200])
def test_entries_keep_to_the_width_that_a_terminal_has_at_least(width):
    sheet = sheet_of(color=False, width=width, blocks=True)
    lines = list(sheet.entries([("node", "word " * 40 + "end"), ("other-node", "short")], "    "))
    assert all(len(line) <= max(width, 40) for line in lines)
    assert lines[-1] == "    other-node   short"
