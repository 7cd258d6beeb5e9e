"""Migrations of the journeys app."""
