"""The machine that may answer while a conversation's status is bot."""
