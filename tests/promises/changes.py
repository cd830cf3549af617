"""Every kind of change that a conversation can undergo."""

# Importing them tells them.
from promises import told_by_assistant, told_by_customers, told_by_operators, told_of_contacts
from promises.story import STORIES, Story, begin

__all__ = [
    "STORIES",
    "Story",
    "begin",
    "told_by_assistant",
    "told_by_customers",
    "told_by_operators",
    "told_of_contacts",
]
