"""The nouns of the API, a module for each family of them."""
