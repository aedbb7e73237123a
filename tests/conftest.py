"""What all tests share: the same examples in every run of CI, so that a change is judged by itself."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# What is shared by tests says what it found when it fails, as tests do.
pytest.register_assert_rewrite("tests.build", "tests.conformance")
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
