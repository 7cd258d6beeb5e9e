"""What happened, and who has to hear of it: the event log, its deliveries, and the jobs that work behind the pages."""
