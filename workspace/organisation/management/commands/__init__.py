"""Commands of the organisation app for manage.py."""
