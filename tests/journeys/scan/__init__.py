"""Every rule of the scan."""
