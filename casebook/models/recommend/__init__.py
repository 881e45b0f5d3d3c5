"""Recommenders: from who chose what and when to what is offered to whom."""
