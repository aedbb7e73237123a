"""Rules, and the way from a problem to a finding: positions, severities, ignores."""
