"""Commands of the journeys app for manage.py."""
