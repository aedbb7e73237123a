from __future__ import annotations

import json
import re
import subprocess
import sys

import jsonschema
import pytest

from k8slint.bundled import RULES
from k8slint.engine.rule import load_rules
from k8slint.report import FORMATS


class TestHelp:
    @pytest.mark.parametrize("argv", [["--help"], ["-h"], ["check", "--help"], ["check", "-h"]])
    def test_it_is_a_success(self, k8slint, argv):
        ended = k8slint(*argv)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith("Usage: ")

    def test_every_command_and_option_says_what_it_does(self, k8slint):
        commands = re.findall(r"^  ([a-z]+) ", k8slint("--help").out.partition("Commands:")[2], re.MULTILINE)
        assert {"check", "explain", "rules", "test", "init", "version"} <= set(commands)
        for command in commands:
            ended = k8slint(command, "--help")
            assert ended.code == 0
            for option in re.findall(r"^  -.*(?:\n {4,}\S.*)*", ended.out, re.MULTILINE):
                assert re.search(r"\S {2,}\S|\n +\S", option), option

    def test_no_command_shows_what_there_is(self, k8slint):
        ended = k8slint()
        assert ended.code == 2
        assert "check" in ended.out + ended.err

    @pytest.mark.parametrize(
        ("argv", "words"),
        [
            (["chek"], 'there is no command "chek"; did you mean `k8slint check`?'),
            (["lint", "."], 'there is no command "lint"; did you mean `k8slint check`?'),
            (["plain"], 'there is no command "plain"; did you mean `k8slint check plain`?'),
            (["plain/a.yaml"], "did you mean `k8slint check plain/a.yaml`?"),
            (["zzz"], 'there is no command "zzz"; `k8slint --help` lists what there is'),
            (["-f", "a.yaml"], "there is no option -f before a command; did you mean `k8slint check -f a.yaml`?"),
            (["cluster", "exampl"], 'there is no command "exampl"; did you mean `k8slint cluster example`?'),
            (["explain"], "`k8slint explain` needs RULE; `k8slint explain --help` lists what there is"),
            (["explain", "a", "b"], "`k8slint explain` takes fewer words than were given"),
            (["help", "zzz"], 'there is no command "zzz"'),
            (["schedule", "-o", "tabl"], '--output knows no "tabl"; did you mean "table"?'),
        ],
    )
    def test_wrong_words_are_one_line_that_says_what_is_right(self, project, k8slint, argv, words):
        (project / "plain").mkdir()
        ended = k8slint(*argv)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith("k8slint: ")
        assert words in ended.err
        assert ended.err.count("\n") == 1

    def test_help_is_a_word_too(self, k8slint):
        assert k8slint("help") == k8slint("--help")
        assert k8slint("help", "check") == k8slint("check", "--help")


class TestExplain:
    @pytest.mark.parametrize("rule", load_rules().values(), ids=lambda rule: rule.id)
    def test_every_rule_has_a_page(self, k8slint, rule):
        ended = k8slint("explain", rule.id)
        assert (ended.code, ended.err) == (0, "")
        for part in (rule.id, rule.summary, "Why:", "In the cluster:", "Fix:", "Found:", "Not found:"):
            assert part in ended.out

    def test_a_category_lists_its_rules(self, k8slint):
        ended = k8slint("explain", "ignores")
        members = {rule.id for rule in load_rules().values() if rule.category == "ignores"}
        assert ended.code == 0
        assert set(re.findall(r"^   (\S+) ", ended.out, re.MULTILINE)) == members
        assert "warning in strict" in ended.out

    def test_a_misspelt_rule_is_told_the_right_one(self, k8slint):
        ended = k8slint("explain", "floating-image")
        assert (ended.code, ended.out) == (2, "")
        assert (
            ended.err == 'k8slint: there is no rule or category "floating-image"; did you mean "floating-image-tag"?\n'
        )


class TestRules:
    def test_the_table_has_every_rule(self, k8slint):
        ended = k8slint("rules")
        assert ended.code == 0
        lines = ended.out.splitlines()
        for rule in load_rules().values():
            assert any(line.split()[:2] == [rule.id, rule.severity.value] for line in lines)

    def test_json_has_every_rule(self, k8slint):
        data = json.loads(k8slint("rules", "-o", "json").out)
        assert data["version"] == 1
        assert [entry["id"] for entry in data["rules"]] == list(load_rules())
        for entry in data["rules"]:
            assert entry["summary"]
            assert entry["why"]
            assert entry["effect"]
            assert entry["fix"]

    def test_an_unknown_form_is_refused(self, k8slint):
        assert k8slint("rules", "-o", "yaml").code == 2


class TestTest:
    def test_the_catalogue_passes(self, k8slint):
        ended = k8slint("test", str(RULES))
        assert ended.code == 0
        assert ended.out.endswith(" 0 mismatches\n")

    def test_a_mismatch_is_told_with_its_example(self, k8slint, tmp_path):
        text = (RULES / "document" / "syntax-error.yaml").read_text()
        (tmp_path / "document").mkdir()
        (tmp_path / "document" / "syntax-error.yaml").write_text(text.replace("# <- mapping", "# <- maping"))
        ended = k8slint("test", str(tmp_path))
        assert ended.code == 1
        assert "syntax-error: bad example 1, line 5: marked, but not found: maping values" in ended.out

    def test_a_malformed_file_is_one_line(self, k8slint, tmp_path):
        (tmp_path / "x").mkdir()
        (tmp_path / "x" / "y.yaml").write_text("id: [\n")
        ended = k8slint("test", str(tmp_path))
        assert (ended.code, ended.out) == (2, "")
        assert len(ended.err.splitlines()) == 1
        assert "y.yaml:1: " in ended.err

    @pytest.mark.parametrize("folder", [".", "nowhere"])
    @pytest.mark.usefixtures("project")
    def test_a_folder_without_rules_is_refused(self, k8slint, folder):
        ended = k8slint("test", folder)
        assert ended.code == 2
        assert "no rule files" in ended.err


class TestInit:
    @pytest.mark.usefixtures("project")
    def test_what_it_writes_is_read(self, k8slint):
        assert k8slint("init").out == "wrote .k8slint.yaml\n"
        assert k8slint("check", "good.yaml", "--select", "document").code == 0

    def test_it_does_not_overwrite(self, k8slint, project):
        (project / ".k8slint.yaml").write_text("select: [document]\n")
        ended = k8slint("init")
        assert (ended.code, ended.err) == (2, "k8slint: .k8slint.yaml is there already\n")
        assert (project / ".k8slint.yaml").read_text() == "select: [document]\n"

    def test_editors_find_the_schema_beside_the_settings(self, k8slint, project):
        assert k8slint("init", "--schema").out == "wrote .k8slint.schema.json\nwrote .k8slint.yaml\n"
        first = (project / ".k8slint.yaml").read_text().splitlines()[0]
        assert first == "# yaml-language-server: $schema=.k8slint.schema.json"
        schema = json.loads((project / ".k8slint.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["properties"]["output-format"]["enum"] == list(FORMATS)
        checked = json.loads(k8slint("check", ".", "--select", "document", "--output-format", "json").out)
        assert checked["summary"]["files"] == 2

    def test_it_writes_through_no_link_to_outside(self, k8slint, project, tmp_path_factory):
        victim = tmp_path_factory.getbasetemp() / "victim"
        (project / ".k8slint.schema.json").symlink_to(victim)
        ended = k8slint("init", "--schema")
        assert (ended.code, ended.out) == (2, "")
        assert ".k8slint.schema.json: a link to outside" in ended.err
        assert not victim.exists()

    def test_the_schema_can_be_had_for_settings_that_are_there(self, k8slint, project):
        (project / ".k8slint.yaml").write_text("select: [document]\n")
        (project / ".k8slint.schema.json").write_text("of an older version")
        ended = k8slint("init", "--schema")
        assert ended.code == 0
        assert "let .k8slint.yaml begin with: # yaml-language-server: $schema=" in ended.out
        assert (project / ".k8slint.yaml").read_text() == "select: [document]\n"
        assert json.loads((project / ".k8slint.schema.json").read_text())


def test_version_names_the_minors(k8slint):
    ended = k8slint("version")
    assert ended.code == 0
    assert re.fullmatch(r"k8slint \S+ \(Kubernetes 1\.\d+ to 1\.\d+\)\n", ended.out)


@pytest.mark.parametrize("argv", [["--version"], ["-V"], ["version"]])
def test_the_version_is_told_however_it_is_asked_for(k8slint, argv):
    ended = k8slint(*argv)
    assert (ended.code, ended.out, ended.err) == (0, k8slint("version").out, "")


def test_the_program_is_a_module_too():
    command = [sys.executable, "-m", "k8slint", "--version"]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.startswith("k8slint ")
