"""Customer journeys: their touchpoints, who owns them, and the flags where nobody does."""
