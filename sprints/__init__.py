"""Teams, columns, sprints, stories, and what teams report."""
