"""The catalogue and the code hold each other: every rule can be found, and whatever is found has a rule."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest

import k8slint
from k8slint.apiserver.schemas import NEWEST
from k8slint.bundled import RULES, SCHEMAS
from k8slint.engine.examples import run_examples
from k8slint.engine.rule import STAGES, load_rules, read_rule_file, rule_files

CATALOGUE = load_rules()
SCHEMA = json.loads((SCHEMAS / "rule.schema.json").read_text(encoding="utf-8"))
CHECKED = [rule for rule in CATALOGUE.values() if rule.target not in STAGES]
FOUND_BY_STAGES = [rule for rule in CATALOGUE.values() if rule.target in STAGES]
SELECTING = ("id", "summary", "severity", "default", "profiles", "for", "kinds", "check", "yieldsTo")
PACKAGE = Path(k8slint.__file__).parent

every_rule = pytest.mark.parametrize("rule", CATALOGUE.values(), ids=CATALOGUE.keys())


@every_rule
def test_the_file_is_as_the_schema_says(rule):
    document = read_rule_file(rule.file)
    assert not document.problems
    jsonschema.validate(document.data, SCHEMA)
    assert document.data["id"] == rule.file.stem == rule.id


@every_rule
def test_what_selects_a_rule_stands_above_its_why(rule):
    keys = list(read_rule_file(rule.file).data)
    above = keys[: keys.index("why")]
    assert [key for key in keys if key in SELECTING] == [key for key in above if key in SELECTING]


@every_rule
def test_a_rule_yields_to_others_that_are_there(rule):
    assert rule.id not in rule.yields_to
    assert set(rule.yields_to) <= set(CATALOGUE)
    assert not any(rule.id in CATALOGUE[other].yields_to for other in rule.yields_to)


@every_rule
def test_references_are_secure_and_said_once(rule):
    references = rule.page.references
    assert all(reference.startswith("https://") for reference in references)
    assert len(set(references)) == len(references)


@every_rule
def test_the_examples_do_what_they_say(rule):
    assert list(run_examples(rule, NEWEST)) == []


@every_rule
def test_a_rule_that_is_off_comes_with_a_profile(rule):
    assert rule.default or rule.profiles


def test_files_lie_in_folders_of_categories():
    assert {file.parent.parent for file in RULES.rglob("*.yaml")} == {RULES}


def test_ids_are_unique():
    assert len({file.stem for file in rule_files(RULES)}) == len(rule_files(RULES)) == len(CATALOGUE)


@pytest.mark.parametrize("rule", CHECKED, ids=lambda rule: rule.id)
def test_a_rule_has_its_check_and_the_check_says_what_it_finds(rule):
    assert rule.check.__doc__
    assert len(inspect.signature(rule.check).parameters) == 2


@pytest.mark.parametrize("name", sorted({rule.check.__module__ for rule in CHECKED}))
def test_a_public_function_among_the_checks_is_a_rule(name):
    module = importlib.import_module(name)
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    public = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")}
    assert public == {rule.id.replace("-", "_") for rule in CHECKED if rule.check.__module__ == name}


def test_only_what_is_said_of_objects_is_limited_to_kinds():
    assert not [rule.id for rule in CATALOGUE.values() if rule.kinds and rule.target not in ("object", "dry-run")]


@pytest.mark.parametrize("rule", FOUND_BY_STAGES, ids=lambda rule: rule.id)
def test_a_rule_of_a_stage_can_be_printed(rule):
    """Its id stands in the code, where a stage names the rule that a problem belongs to."""
    assert rule.id in strings_of_the_code()


@cache
def strings_of_the_code():
    found = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_whatever_a_stage_says_has_a_rule():
    """Every rule that the code gives to a problem is one."""
    named = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", "")
            given = [keyword.value for keyword in node.keywords if keyword.arg == "rule" and name == "Problem"]
            given += node.args[:1] if name == "ReadProblem" else []
            named |= {value.value for value in given if isinstance(value, ast.Constant)}
    assert named
    assert named <= set(CATALOGUE)
