"""Casebook: from an observed symptom to a prototype and a scheduled report.

Notebooks start with `from casebook.workspace import open_phase`.
"""

__version__ = "0.1.0"
