"""Reading of events and jobs."""
