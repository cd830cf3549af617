"""Answers that come of a conversation with a model, held against their sources before anybody hears them."""
