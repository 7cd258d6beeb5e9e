"""The shared pieces of the pages, one module per family; `templatetags/ui.py` gathers them into one library."""
