"""What is measured of Throughline, with its own data in its own databases: `python -m benchmarks --help`."""
