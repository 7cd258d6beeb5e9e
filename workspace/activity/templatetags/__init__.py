"""Tags of the activity app."""
