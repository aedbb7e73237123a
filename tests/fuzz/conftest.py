"""What of this folder the ordinary tests leave alone."""

# It imports atheris, which has no wheel for every Python.
collect_ignore = ["led.py"]
