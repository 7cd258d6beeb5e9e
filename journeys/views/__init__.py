"""The pages of journeys and ownership."""
