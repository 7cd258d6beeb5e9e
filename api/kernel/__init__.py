"""What all nouns of the API share: who asks and how far, reading, writing, refusing, describing."""
