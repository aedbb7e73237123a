"""`python -m k8slint`, for a program that is not on PATH."""

from k8slint.cli.main import run

run()
