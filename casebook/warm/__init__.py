"""Processes forked from one that has imported everything: they start at once and share memory."""
