"""Execution: the only room that starts notebooks; each in a process of its own."""
