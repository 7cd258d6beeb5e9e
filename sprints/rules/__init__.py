"""What may be and what is valid, without a database."""
