"""Models at servers that speak the OpenAI wire, and everything that the rest of Wasl knows of them."""
