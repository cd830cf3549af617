"""What a model may do in a turn beside answering."""
