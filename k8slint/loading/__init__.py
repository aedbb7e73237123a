"""Turns bytes into documents: plain data, with positions kept apart. No input makes it fail."""
