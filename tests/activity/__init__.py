"""Events, deliveries and jobs keep their promises."""
