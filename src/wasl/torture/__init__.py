"""The torture kit: a real installation under seeded faults, and a judge who looks only at what everybody saw."""
