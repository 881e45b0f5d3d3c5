"""Pages that colleagues open by a link: Voila, set up safely in one place."""
