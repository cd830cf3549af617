"""The operators' side: what is new reaches every screen, in order."""
