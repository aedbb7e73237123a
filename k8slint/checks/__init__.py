"""The pitfalls: one function for each rule, in the module of its category that the rule file names."""
