"""Evidence: what the case's own data say of each sign of the checklist, one kind a file."""
