"""Attacks meet a whole server, as the stories do."""

import itertools

import pytest

from hardening.busy_shop import BusyShop, open_busy_shop
from story.scene import Scene, home, node, outside, scene

__all__ = ["home", "node", "outside", "scene"]
_shops = itertools.count()


@pytest.fixture
async def shop(scene: Scene) -> BusyShop:
    """What is to be kept from strangers; its words stand nowhere else."""
    tens, ones = divmod(next(_shops), 10)
    word = f"qzx{'abcdefghij'[tens]}{'abcdefghij'[ones]}mark"
    return await open_busy_shop(scene.node.settings, scene.outside, word, f"7{tens}{ones}9274")
