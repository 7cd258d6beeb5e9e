"""What the commands of `manage.py` share."""

from __future__ import annotations

import argparse


class HelpWithExamples(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the examples in `--help` as they are written."""
