"""The memory: all SQL of the program."""
