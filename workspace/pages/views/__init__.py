"""Views of the pages that cross apps."""
