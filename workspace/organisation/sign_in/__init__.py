"""Ways in: password, passkey, a second factor, the company's own sign-in. allauth and axes, with the house's rules."""
