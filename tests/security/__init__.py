"""What keeps the house safe, and what it tells nobody."""
