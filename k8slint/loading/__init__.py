"""Bytes to documents: plain data, with positions kept apart. Never fails on input."""
