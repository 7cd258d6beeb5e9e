"""The code is laid out as the design says."""
