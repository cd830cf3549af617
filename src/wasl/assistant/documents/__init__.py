"""Files of any kind that hold text, cut into passages that can be found and said."""
