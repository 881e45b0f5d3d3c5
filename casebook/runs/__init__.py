"""Runs: their folders, manifests, locks, front page, and the store of a case."""
