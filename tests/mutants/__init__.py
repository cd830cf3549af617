"""Faults planted into copies of the program, each of which a run of the torture kit must find."""
