"""The organisation keeps its promises."""
