"""The story of a message: receive, send, track."""
