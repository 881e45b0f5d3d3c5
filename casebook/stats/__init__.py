"""Intervals, paired comparison, splits and slices, each with known-answer tests."""
