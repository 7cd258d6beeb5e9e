"""The organisation: business units, departments, and the people who lead and work in them."""
