"""Backing an installation up into one file, and restoring it from there."""
