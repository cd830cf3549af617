"""One file for each provider; `registry.py` finds them."""
