"""Marks of the boards."""
