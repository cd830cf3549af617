"""The doors: only here is HTTP known."""
