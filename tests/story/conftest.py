"""Stories share their scene with the other folders of tests that run whole servers."""

from story.scene import emulated, home, node, outside, phones, scene, whatsapp

__all__ = ["emulated", "home", "node", "outside", "phones", "scene", "whatsapp"]
