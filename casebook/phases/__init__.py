"""The phases: each a frozen Findings and one verb, `examine`."""
