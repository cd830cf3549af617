"""All planted faults."""

from mutants import of_the_inbox, of_the_log

MUTANTS = [*of_the_log.MUTANTS, *of_the_inbox.MUTANTS]
