"""Files by what they contain: where their bytes lie, what they are, and what is shown of them."""
