"""Migrations of the activity app."""
