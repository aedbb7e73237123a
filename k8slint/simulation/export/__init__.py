"""Exports of a cluster's objects as a description: cut down, and anonymized."""
