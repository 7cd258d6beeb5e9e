"""The ways through the house, one module per area; see `tests/access/ways.py`."""
