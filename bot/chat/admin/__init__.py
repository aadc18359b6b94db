"""`/settings`, `/status`, `/help`, `/forget`."""
