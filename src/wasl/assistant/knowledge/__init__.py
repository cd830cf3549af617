"""What an account knows: searched, weighed, and said by itself where it is enough."""
