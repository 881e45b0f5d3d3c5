"""What a saved model says of one row, why, and what would change it; nothing here draws."""
