"""Measurements of the real server over real sockets, each beside its limit or a peer in the same run."""
