"""Message catalogues; English is the source, Korean is complete."""
