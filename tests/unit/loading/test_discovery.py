from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from k8slint.finding import Failure
from k8slint.loading.discovery import discover
from k8slint.loading.files import load_files


def names(*paths, context=(), is_excluded=lambda _: False):
    found = discover(paths, context, is_excluded)
    assert not found.failures
    return [file.name for file in found.files]


def skipped(*paths):
    return {file.name: file.skipped for file in discover(paths, (), lambda _: False).skipped}


class TestWalk:
    def test_files_come_sorted_whatever_the_order_of_the_arguments(self, project):
        project({"b/z.yaml": "", "b/a.yml": "", "a.json": "", "b/c/d.yaml": ""})
        expected = ["a.json", "b/a.yml", "b/c/d.yaml", "b/z.yaml"]
        assert names("b", "a.json") == names("a.json", "b") == names(".") == expected

    def test_only_manifests_are_taken_from_a_folder(self, project):
        project(
            {
                "a.yaml": "",
                "a.YAML": "",
                "b.txt": "",
                "c.yaml.bak": "",
                "README": "",
                ".k8slint.yaml": "",
                "k8slint.yaml": "",
                "Kustomization": "",
                ".hidden.yaml": "",
            }
        )
        assert names(".") == [".hidden.yaml", "Kustomization", "a.yaml"]

    def test_a_file_that_is_named_is_taken_whatever_its_name(self, project):
        project({"manifest.txt": ""})
        assert names("manifest.txt") == ["manifest.txt"]

    def test_hidden_folders_are_walked_but_git_is_not(self, project):
        project({".ci/a.yaml": "", ".git/b.yaml": ""})
        assert names(".") == [".ci/a.yaml"]

    def test_names_stay_as_they_were_given(self, project):
        root = project({"d/a.yaml": ""})
        assert names("d/../d/./a.yaml") == ["d/a.yaml"]
        assert names("./d") == ["d/a.yaml"]
        assert names(str(root / "d")) == [str(root / "d" / "a.yaml")]

    def test_a_file_given_twice_is_read_once(self, project):
        project({"d/a.yaml": ""})
        assert names("d", "d/a.yaml", "./d/a.yaml") == ["d/a.yaml"]

    def test_the_size_is_told(self, project):
        project({"a.yaml": "12345"})
        assert [file.size for file in discover(["."], (), lambda _: False).files] == [5]

    def test_what_is_excluded_is_not_read_even_if_named(self, project):
        project({"a.yaml": "", "vendor/b.yaml": "", "c.yaml": ""})

        def is_excluded(path):
            return path in {"vendor/", "c.yaml"}

        assert names(".", "c.yaml", is_excluded=is_excluded) == ["a.yaml"]

    def test_many_files_in_one_folder(self, project):
        project({f"{number:04}.yaml": "" for number in range(2_000)})
        assert names(".") == [f"{number:04}.yaml" for number in range(2_000)]


class TestContext:
    def test_context_is_marked_and_does_not_win_over_a_path(self, project):
        project({"a.yaml": "", "b.yaml": ""})
        found = discover(["b.yaml"], ["."], lambda _: False)
        assert [(file.name, file.is_context) for file in found.files] == [("a.yaml", True), ("b.yaml", False)]


class TestLinks:
    def test_a_loop_ends(self, project):
        root = project({"d/a.yaml": ""})
        (root / "d" / "up").symlink_to(root)
        (root / "d" / "self.yaml").symlink_to(root / "d" / "self.yaml")
        assert names(".") == ["d/a.yaml"]

    def test_links_to_folders_are_not_followed_in_a_walk(self, project, tmp_path_factory):
        root = project({"a.yaml": ""})
        other = tmp_path_factory.mktemp("other")
        (other / "b.yaml").write_text("")
        (root / "link").symlink_to(other)
        (root / "link.yaml").symlink_to(other)
        (root / "below").mkdir()
        (root / "below.yaml").symlink_to("below")
        assert names(".") == ["a.yaml"]
        assert skipped(".") == {"link.yaml": "a link to outside the folder", "below.yaml": "a link to a folder"}
        assert names("link") == ["link/b.yaml"]

    def test_links_to_files_are_and_a_file_of_two_names_has_the_first(self, project):
        root = project({"d/a.yaml": ""})
        (root / "b.yaml").symlink_to(root / "d" / "a.yaml")
        assert names("b.yaml", "d/a.yaml") == names("d/a.yaml", "b.yaml") == ["b.yaml"]

    def test_a_link_that_leads_nowhere_is_skipped_in_a_walk_and_a_failure_if_named(self, project):
        root = project({"a.yaml": ""})
        (root / "b.yaml").symlink_to(root / "nowhere")
        assert names(".") == ["a.yaml"]
        assert skipped(".") == {"b.yaml": "a link that leads nowhere"}
        assert discover(["b.yaml"], (), lambda _: False).failures == [
            Failure("b.yaml", "b.yaml: no such file or directory")
        ]

    def test_the_locks_of_an_editor_are_nothing(self, project):
        root = project({"a.yaml": ""})
        (root / ".#a.yaml").symlink_to("someone@somewhere.123:456")
        assert skipped(".") == {}

    def test_a_mounted_config_map_is_read(self, project):
        """Kubernetes mounts each file as a link to a link to a folder that it replaces as a whole."""
        root = project({"..2024_01_01/a.yaml": "a: 1"})
        (root / "..data").symlink_to("..2024_01_01")
        (root / "a.yaml").symlink_to("..data/a.yaml")
        assert names("a.yaml") == ["a.yaml"]
        assert len(names(".")) == 1
        assert skipped(".") == {}


class TestLinksToOutside:
    @pytest.fixture
    def outside(self, tmp_path_factory):
        folder = tmp_path_factory.mktemp("outside")
        (folder / "b.yaml").write_text("password: hunter2")
        return folder

    @pytest.mark.parametrize(("git", "around"), [([".git"], "repository"), ([], "folder")])
    def test_they_are_skipped_in_a_walk(self, project, outside, git, around):
        root = project({"sub/a.yaml": ""})
        for folder in git:
            (root / folder).mkdir()
        (root / "sub" / "b.yaml").symlink_to(outside / "b.yaml")
        (root / "sub" / "c.yaml").symlink_to("b.yaml")
        (root / "sub" / "no.txt").symlink_to(outside / "b.yaml")
        (root / "sub" / "nothing.yaml").symlink_to(outside / "nothing")
        expected = dict.fromkeys(["sub/b.yaml", "sub/c.yaml", "sub/nothing.yaml"], f"a link to outside the {around}")
        for paths in (["."], ["sub"], [".", "sub"]):
            assert names(*paths) == ["sub/a.yaml"]
            assert skipped(*paths) == expected

    def test_a_link_out_of_the_folder_that_stays_in_the_repository_is_followed(self, project):
        root = project({"base/a.yaml": "", "dev/b.yaml": ""})
        (root / "dev" / "a.yaml").symlink_to("../base/a.yaml")
        assert names("dev") == ["dev/b.yaml"]
        (root / ".git").mkdir()
        assert names("dev") == ["dev/a.yaml", "dev/b.yaml"]

    def test_what_git_keeps_for_itself_is_outside(self, project):
        root = project({".git/config": "password: hunter2"})
        (root / "a.yaml").symlink_to(".git/config")
        assert names(".") == []
        assert skipped(".") == {"a.yaml": "a link to outside the repository"}

    @pytest.mark.parametrize("path", ["b.yaml", "folder", "folder/", "folder/b.yaml"])
    def test_named_in_a_repository_they_are_failures(self, project, outside, path):
        root = project({".git/HEAD": ""})
        (root / "b.yaml").symlink_to(outside / "b.yaml")
        (root / "folder").symlink_to(outside)
        found = discover([path], (), lambda _: False)
        assert not found.files
        why = f"{path}: a link to outside the repository {root}; name what it leads to"
        assert found.failures == [Failure(path, why)]

    @pytest.mark.parametrize("path", ["b.yaml", "folder", "folder/b.yaml"])
    def test_named_outside_of_any_they_are_followed(self, project, outside, path):
        root = project({})
        (root / "b.yaml").symlink_to(outside / "b.yaml")
        (root / "folder").symlink_to(outside)
        assert len(names(path)) == 1

    def test_what_is_excluded_is_not_skipped(self, project, outside):
        root = project({".gitignore": "b.yaml\n"})
        (root / "b.yaml").symlink_to(outside / "b.yaml")
        (root / "c.yaml").symlink_to(outside / "b.yaml")
        assert {file.name for file in discover(["."], (), lambda path: path == "c.yaml").skipped} == set()

    def test_those_of_the_context_are_marked(self, project, outside):
        root = project({"a.yaml": "", "other/c.yaml": ""})
        (root / "other" / "b.yaml").symlink_to(outside / "b.yaml")
        assert [file.is_context for file in discover(["a.yaml"], ["other"], lambda _: False).skipped] == [True]


class TestTrouble:
    @pytest.mark.parametrize(
        ("path", "why"), [("nowhere.yaml", "no such file or directory"), ("x" * 300, "file name too long")]
    )
    def test_a_missing_path_is_a_failure(self, project, path, why):
        project({})
        assert discover([path], (), lambda _: False).failures == [Failure(path, f"{path}: {why}")]

    def test_a_pipe_is_a_failure_if_named_and_skipped_in_a_walk(self, project):
        root = project({"a.yaml": ""})
        os.mkfifo(root / "p.yaml")
        os.mkfifo(root / "p.txt")
        (root / "q.yaml").symlink_to("p.yaml")
        assert names(".") == ["a.yaml"]
        assert skipped(".") == {"p.yaml": "a pipe", "q.yaml": "a link to a pipe"}
        (failure,) = discover(["p.yaml"], (), lambda _: False).failures
        assert failure.message.startswith("p.yaml: not a regular file")

    def test_a_device_is_a_failure(self):
        (failure,) = discover(["/dev/zero"], (), lambda _: False).failures
        assert failure.message.startswith("/dev/zero: not a regular file")

    def test_a_folder_that_cannot_be_listed_is_a_failure_and_the_others_are_read(self, project, monkeypatch):
        project({"a/a.yaml": "", "b/b.yaml": ""})
        really = os.scandir

        def scandir(path):
            if path == "a":
                raise PermissionError(13, "Permission denied", path)
            return really(path)

        monkeypatch.setattr(os, "scandir", scandir)
        found = discover(["."], (), lambda _: False)
        assert [file.name for file in found.files] == ["b/b.yaml"]
        assert found.failures == [Failure("a", "a: permission denied")]

    def test_a_file_that_vanishes_after_it_was_seen_is_an_error_of_its_own(self, project):
        root = project({"a.yaml": "a: 1", "b.yaml": "b: 2"})
        files = discover(["."], (), lambda _: False).files
        (root / "a.yaml").unlink()
        gone, there = load_files(files, 1)
        assert isinstance(gone, FileNotFoundError)
        assert there.documents[0].data == {"b": 2}

    def test_a_file_that_becomes_a_folder_is_an_error_of_its_own(self, project):
        root = project({"a.yaml": "a: 1"})
        files = discover(["."], (), lambda _: False).files
        (root / "a.yaml").unlink()
        (root / "a.yaml").mkdir()
        (error,) = load_files(files, 1)
        assert isinstance(error, IsADirectoryError)

    def test_a_file_that_cannot_be_opened_is_an_error_of_its_own_in_every_worker(self, project):
        root = project({f"{n}.yaml": f"a: {n}" for n in range(20)})
        files = discover(["."], (), lambda _: False).files
        (root / "7.yaml").unlink()
        results = load_files(files, 3)
        assert [isinstance(result, OSError) for result in results] == [file.name == "7.yaml" for file in files]

    def test_a_very_deep_folder_is_walked(self, project):
        folders = [str(project({}))]
        for _ in range(1_500):
            folders.append(f"{folders[-1]}/d")
            os.mkdir(folders[-1])
        file = f"{folders[-1]}/a.yaml"
        try:
            with open(file, "w", encoding="utf-8"):
                pass
            assert len(names(".")) == 1
            assert len(names(file)) == 1
        finally:  # the library's own removal of folders is recursive
            os.unlink(file)
            for folder in reversed(folders[1:]):
                os.rmdir(folder)


class TestNames:
    @pytest.mark.parametrize(
        "name", ["new\nline.yaml", "\x1b[31mred.yaml", "a b.yaml", "ü\u202e.yaml", "::error::.yaml"]
    )
    def test_any_name_is_a_name(self, project, name):
        project({name: "a: 1"})
        assert names(".") == [name]

    def test_a_name_that_is_no_text(self, project):
        root = project({})
        name = os.path.join(os.fsencode(root), b"\xff\xfe.yaml")
        try:
            with open(name, "wb") as file:
                file.write(b"a: 1")
        except OSError:
            pytest.skip("the file system takes only UTF-8 names")
        files = discover(["."], (), lambda _: False).files
        assert [os.fsencode(file.name) for file in files] == [b"\xff\xfe.yaml"]
        for workers in (1, 2):
            (loaded,) = load_files(files, workers)
            assert loaded.documents[0].data == {"a": 1}


class TestGitignore:
    def test_what_git_ignores_is_not_read(self, project):
        root = project(
            {
                ".gitignore": "ignored.yaml\nbuild/\n*.gen.yaml\n!keep.gen.yaml\n/rooted.yaml\ndocs/**/x.yaml\n",
                "a.yaml": "",
                "ignored.yaml": "",
                "build/b.yaml": "",
                "c.gen.yaml": "",
                "keep.gen.yaml": "",
                "rooted.yaml": "",
                "sub/rooted.yaml": "",
                "sub/ignored.yaml": "",
                "sub/build/c.yaml": "",
                "docs/p/q/x.yaml": "",
            }
        )
        assert names(".") == ["a.yaml", "keep.gen.yaml", "sub/rooted.yaml"]
        assert names(".") == not_ignored_by_git(root)

    def test_nested_files_say_more_and_may_take_back(self, project):
        root = project(
            {
                ".gitignore": "*.tmp.yaml\nout/\n",
                "sub/.gitignore": "!keep.tmp.yaml\nlocal.yaml\n",
                "sub/keep.tmp.yaml": "",
                "sub/other.tmp.yaml": "",
                "sub/local.yaml": "",
                "local.yaml": "",
                "keep.tmp.yaml": "",
                "sub/deep/keep.tmp.yaml": "",
                "out/.gitignore": "!a.yaml\n",
                "out/a.yaml": "",
            }
        )
        assert names(".") == ["local.yaml", "sub/deep/keep.tmp.yaml", "sub/keep.tmp.yaml"]
        assert names(".") == not_ignored_by_git(root)

    def test_files_above_the_path_count_up_to_the_root_of_the_repository(self, project):
        project({".gitignore": "a.yaml\n", "repo/.gitignore": "b.yaml\n", "repo/sub/a.yaml": "", "repo/sub/b.yaml": ""})
        os.mkdir("repo/.git")
        assert names("repo/sub") == ["repo/sub/a.yaml"]

    def test_without_a_repository_only_the_files_below_count(self, project):
        project({".gitignore": "a.yaml\n", "sub/a.yaml": ""})
        assert names("sub") == ["sub/a.yaml"]

    def test_what_is_named_is_read_though_git_ignores_it(self, project):
        project({".gitignore": "out/\na.yaml\n", "out/b.yaml": "", "a.yaml": ""})
        os.mkdir(".git")
        assert names("out", "a.yaml") == ["a.yaml", "out/b.yaml"]

    @pytest.mark.parametrize("text", ["a[\n", "\\\n", "!\n", "**\x00\n", "[z-a].yaml\n"])
    def test_a_malformed_file_harms_nobody(self, project, text):
        project({".gitignore": text, "b.yaml": ""})
        assert names(".") == ["b.yaml"]

    def test_the_other_lines_of_a_malformed_file_count(self, project):
        project({".gitignore": "a.yaml\n[z-a].yaml\nb.yaml\n", "a.yaml": "", "b.yaml": "", "c.yaml": ""})
        assert names(".") == ["c.yaml"]

    def test_a_malformed_line_is_told_of_with_its_place(self, project):
        project(
            {"repo/.git/HEAD": "", "repo/.gitignore": "a.yaml\n[[:zz:]]/\n", "repo/sub/b.yaml": "", ".gitignore": "["}
        )
        expected = ['repo/.gitignore:2: "[[:zz:]]/" is a malformed pattern, and is left out']
        assert discover(["repo"], (), lambda _: False).notes == expected
        assert discover(["repo/sub", "repo/sub/b.yaml"], ["repo"], lambda _: False).notes == expected

    def test_many_malformed_lines_are_one_note(self, project):
        project({".gitignore": "[z-a]\n" * 3, "a.yaml": ""})
        expected = ['.gitignore:1: "[z-a]" is a malformed pattern, and is left out, as are 2 more']
        assert discover(["."], (), lambda _: False).notes == expected

    @pytest.mark.parametrize(
        ("make", "why"),
        [
            (os.mkfifo, "a pipe, not a regular file"),
            (os.mkdir, "is a directory"),
            (lambda file: os.symlink("/dev/zero", file), "a link, not a regular file"),
            (lambda file: os.symlink("patterns", file), "a link, not a regular file"),
            (lambda file: Path(file).write_bytes(b"\n" * 2_000_000), "larger than a megabyte"),
        ],
    )
    def test_what_cannot_be_read_is_told(self, project, make, why):
        """Git, too, follows no link of that name."""
        project({"repo/.git/HEAD": "", "repo/patterns": "a.yaml", "repo/sub/a.yaml": ""})
        make("repo/.gitignore")
        for path in ("repo", "repo/sub"):
            found = discover([path], (), lambda _: False)
            assert [file.name for file in found.files] == ["repo/sub/a.yaml"]
            assert found.notes == [f"repo/.gitignore: {why}; what it names is not left out"]

    def test_line_ends_and_marks_are_read_as_git_reads_them(self, project):
        root = project({"a.yaml": "", "b.yaml": "", "c.yaml": "", "d.yaml": ""})
        (root / ".gitignore").write_bytes(b"\xef\xbb\xbfa.yaml\r\nb.yaml\n#\x0cc.yaml\n")
        assert names(".") == ["c.yaml", "d.yaml"]
        assert names(".") == not_ignored_by_git(root)

    def test_a_gitignore_that_is_a_folder_or_no_text_harms_nobody(self, project):
        root = project({"b.yaml": "", "sub/.gitignore/c.yaml": ""})
        (root / ".gitignore").write_bytes(b"\xff\xfe\na.yaml\n")
        assert names(".") == ["b.yaml", "sub/.gitignore/c.yaml"]

    def test_it_is_read_anew_in_each_walk(self, project):
        root = project({".gitignore": "a.yaml\n", "a.yaml": "", "b.yaml": ""})
        assert names(".") == ["b.yaml"]
        (root / ".gitignore").write_text("b.yaml\n")
        assert names(".") == ["a.yaml"]


def not_ignored_by_git(root):
    """The same question answered by git."""
    git = ["git", "-C", str(root)]
    subprocess.run([*git, "init", "-q"], check=True)
    listed = subprocess.run(
        [*git, "ls-files", "--others", "--exclude-standard"], check=True, capture_output=True, text=True
    )
    return [name for name in sorted(listed.stdout.split()) if name.endswith(".yaml")]


class TestCharts:
    def test_files_of_a_chart_are_skipped_but_not_its_definitions(self, project):
        project(
            {
                "chart/Chart.yaml": "",
                "chart/values.yaml": "",
                "chart/values-prod.yaml": "",
                "chart/templates/a.yaml": "",
                "chart/templates/sub/b.yaml": "",
                "chart/charts/inner/Chart.yaml": "",
                "chart/charts/inner/templates/c.yaml": "",
                "chart/crds/d.yaml": "",
                "chart/ci/e.yaml": "",
                "templates/f.yaml": "",
                "values.yaml": "",
            }
        )
        files = discover(["."], (), lambda _: False).files
        assert {file.name: file.skipped for file in files if file.skipped} == {
            "chart/Chart.yaml": "a Helm chart's own file",
            "chart/charts/inner/Chart.yaml": "a Helm chart's own file",
            "chart/charts/inner/templates/c.yaml": "a Helm template",
            "chart/templates/a.yaml": "a Helm template",
            "chart/templates/sub/b.yaml": "a Helm template",
            "chart/values-prod.yaml": "a Helm chart's own file",
            "chart/values.yaml": "a Helm chart's own file",
        }

    def test_it_holds_for_a_path_inside_the_chart(self, project, monkeypatch):
        root = project({"chart/Chart.yaml": "", "chart/templates/a.yaml": ""})
        monkeypatch.chdir(root / "chart" / "templates")
        assert [file.skipped for file in discover(["a.yaml"], (), lambda _: False).files] == ["a Helm template"]


def test_workers_load_what_one_process_loads(project):
    root = project({f"{n}.yaml": f"a: [{n}, &x {{k: 1.5}}, *x, ~, true]\na: 2\n---\nb: [\n" for n in range(30)})
    (root / "chart").mkdir()
    (root / "chart" / "Chart.yaml").write_text("a: \udcff", errors="surrogateescape")
    files = discover(["."], (), lambda _: False).files
    alone, shared = load_files(files, 1), load_files(files, 3)
    assert [told(loaded) for loaded in alone] == [told(loaded) for loaded in shared]


def told(loaded):
    return (
        loaded.source.name,
        loaded.source.text,
        loaded.skipped,
        [
            (document.index, document.start, document.data, document.packed, document.problems, document.failed)
            for document in loaded.documents
        ],
    )


class TestPackagesOfOthers:
    @pytest.mark.parametrize("mark", ["vendor/modules.txt", "node_modules/a/package.json"])
    def test_they_are_skipped_as_one(self, tmp_path, monkeypatch, mark):
        monkeypatch.chdir(tmp_path)
        folder = mark.partition("/")[0]
        for name in (mark, f"{folder}/a/pod.yaml", "b.yaml"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("a: b\n")
        found = discover(["."], (), lambda _: False)
        assert [file.name for file in found.files] == ["b.yaml"]
        assert [(each.name, each.skipped) for each in found.skipped] == [(f"{folder}/", "packages of others")]
        named = discover([folder], (), lambda _: False)
        assert f"{folder}/a/pod.yaml" in [file.name for file in named.files]

    def test_a_folder_of_that_name_without_a_list_is_read(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "vendor").mkdir()
        (tmp_path / "vendor" / "pod.yaml").write_text("a: b\n")
        assert [file.name for file in discover(["."], (), lambda _: False).files] == ["vendor/pod.yaml"]
