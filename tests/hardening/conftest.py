"""Attacks meet a whole server, as the stories do."""

from story.scene import home, node, outside, scene

__all__ = ["home", "node", "outside", "scene"]
