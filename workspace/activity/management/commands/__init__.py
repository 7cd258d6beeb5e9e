"""Commands of the activity app for manage.py."""
