"""Larkmoor, the demo organisation: made up from end to end, loaded by `manage.py load_demo`."""
