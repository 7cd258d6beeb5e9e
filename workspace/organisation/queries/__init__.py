"""Reading of the organisation."""
