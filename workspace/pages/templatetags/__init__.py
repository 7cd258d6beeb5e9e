"""Template tags of the shared pieces."""
