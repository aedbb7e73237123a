"""The pitfalls: one function a rule, found by the name of the rule."""
