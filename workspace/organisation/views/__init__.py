"""The pages of the organisation."""
