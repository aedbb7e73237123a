"""All objects together: the index, selectors, and references both ways."""
