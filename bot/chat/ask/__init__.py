"""Asking: by command, message or button; admitted, answered and kept."""
