from __future__ import annotations

import errno
import os
import socket

import pytest

from k8slint.loading.opening import SMALL, read_file, read_small

MOST = 1_000


@pytest.fixture
def odd(tmp_path, monkeypatch):
    """A function that makes something that is no regular file, and gives its name."""
    monkeypatch.chdir(tmp_path)

    def make(what):
        match what:
            case "a pipe":
                os.mkfifo("odd")
            case "a socket":
                with socket.socket(socket.AF_UNIX) as end:
                    end.bind("odd")
            case "a device":
                os.symlink("/dev/zero", "odd")
        return "odd"

    return make


@pytest.mark.parametrize("size", [0, 1, MOST - 1, MOST])
def test_a_file_is_read_whole(tmp_path, size):
    file = tmp_path / "a"
    file.write_bytes(b"x" * size)
    assert read_file(str(file), MOST) == b"x" * size


def test_of_a_larger_file_a_byte_more_is_read(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"x" * MOST * 3)
    assert len(read_file(str(file), MOST)) == MOST + 1


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="there is no /proc here")
def test_a_file_whose_size_the_system_does_not_know_is_read_whole():
    assert os.stat("/proc/self/status").st_size == 0
    assert read_file("/proc/self/status", 100_000).startswith(b"Name:")
    assert len(read_file("/proc/self/status", 10)) == 11


@pytest.mark.parametrize("what", ["a pipe", "a socket", "a device"])
def test_nothing_but_a_regular_file_is_read_and_none_is_waited_for(odd, what):
    with pytest.raises(OSError, match=f"{what}, not a regular file") as caught:
        read_file(odd(what), MOST)
    assert caught.value.filename == "odd"


def test_a_folder_is_said_to_be_one(tmp_path):
    with pytest.raises(IsADirectoryError):
        read_file(str(tmp_path), MOST)


def test_what_is_looked_at_is_what_is_open(odd, monkeypatch):
    """A name may come to mean something else between the look and the opening."""
    name = odd("a pipe")
    ordinary = os.stat(__file__)
    monkeypatch.setattr(os, "stat", lambda *_, **__: ordinary)
    with pytest.raises(OSError, match="a pipe"):
        read_file(name, MOST)


def test_a_link_is_followed_unless_it_is_not_to_be(tmp_path):
    (tmp_path / "a").write_bytes(b"a: 1")
    link = tmp_path / "link"
    link.symlink_to("a")
    assert read_file(str(link), MOST) == b"a: 1"
    with pytest.raises(OSError, match="a link, not a regular file"):
        read_file(str(link), MOST, follows=False)
    assert read_file(str(tmp_path / "a"), MOST, follows=False) == b"a: 1"


def test_what_is_written_by_hand_has_a_bound(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"x" * SMALL)
    assert len(read_small(str(file))) == SMALL
    file.write_bytes(b"x" * (SMALL + 1))
    with pytest.raises(OSError, match="larger than a megabyte") as caught:
        read_small(str(file))
    assert caught.value.errno == errno.EFBIG


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="there is no /dev/fd here")
def test_a_stream_of_the_shell_is_read_to_its_bound():
    reader, writer = os.pipe()
    try:
        os.write(writer, b"x" * 20)
        os.close(writer)
        assert read_file(f"/dev/fd/{reader}", 10) == b"x" * 11
    finally:
        os.close(reader)
