"""A WhatsApp Cloud API of our own, for the demo, the tests and the bench, reached through Meta's real wire only."""
