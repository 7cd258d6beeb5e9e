"""The pages of teams and their work."""
