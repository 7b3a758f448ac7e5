"""Records and their pure transitions."""
