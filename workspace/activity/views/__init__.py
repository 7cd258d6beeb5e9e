"""Views of the activity app."""
