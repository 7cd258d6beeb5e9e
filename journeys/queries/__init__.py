"""Reading of journeys and ownership."""
