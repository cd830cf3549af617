"""The rules of the inbox: pure functions and values, without I/O, framework or clock."""
