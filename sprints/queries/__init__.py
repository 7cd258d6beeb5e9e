"""Reading teams, sprints and stories."""
