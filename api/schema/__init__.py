"""The API describes itself: OpenAPI 3.1 out of what the nouns declare, pages to read it, and what problems mean."""
