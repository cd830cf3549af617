"""The live parts alone, and within whole servers."""

from story.scene import home, node, outside, scene

__all__ = ["home", "node", "outside", "scene"]
