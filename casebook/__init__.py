"""Casebook: from an observed symptom to a prototype and a scheduled report."""

__version__ = "0.1.0"
