"""The app of journeys and ownership keeps its promises."""
