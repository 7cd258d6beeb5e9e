"""Commands of the backup app for manage.py."""
