"""Pages that cross apps, health checks, and the command that runs everything."""
