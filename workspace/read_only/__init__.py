"""Django's admin as a window: administrators look things up in it, nobody writes."""
