"""`python -m k8slint`, where the program is not on PATH."""

from k8slint.cli.main import run

run()
