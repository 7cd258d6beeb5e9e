"""Whom the events of this app concern."""
