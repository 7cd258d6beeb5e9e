"""The rules of journeys and ownership, without a database."""
