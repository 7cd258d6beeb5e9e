"""What may be, for events and jobs."""
