"""What may be in journeys and ownership. Pure functions: facts in, a decision with its reason out."""
