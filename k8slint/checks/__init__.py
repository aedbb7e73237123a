"""The pitfalls: one function a rule, in the module of its category that the rule's head names."""
