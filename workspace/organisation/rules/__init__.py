"""What may be in the organisation. Pure functions: facts in, a decision with its reason out."""
