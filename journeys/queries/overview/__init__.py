"""Where the gaps are: coverage, crossings, ties and the worst gaps of the whole organisation."""
