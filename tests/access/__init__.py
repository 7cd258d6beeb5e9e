"""Who may go where: each address, method and kind of person."""
