from __future__ import annotations

import pytest


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A function that writes files, given as path to text or bytes, into the folder that the test then runs in."""
    monkeypatch.chdir(tmp_path)

    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write
