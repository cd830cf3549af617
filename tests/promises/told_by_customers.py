"""Messages arrive, and change afterwards."""

from arrivals import BISAN, DIMA, echoed, edited, reacted, remembered, revoked, said
from promises.story import answered, story
from promises.world import World
from wasl.domain.message import MessageType

# -- messages arrive --------------------------------------------------------------------------------------------------


@story("a new conversation", 2)
async def _(world: World) -> None:
    await world.arrives(said("d1", "hello", party=DIMA, at=10))


@story("a new conversation with several messages in one batch", 4)
async def _(world: World) -> None:
    await world.arrives(*(said(f"d{n}", f"test{n}", party=DIMA, at=10) for n in (1, 2, 3)))


MEDIA: dict[str, object] = {"id": "media-1", "mime_type": "image/jpeg", "sha256": "c2hh"}
TYPES: list[tuple[MessageType, str, dict[str, object] | None, dict[str, object]]] = [
    (MessageType.TEXT, "a text", None, {}),
    (MessageType.IMAGE, "a caption", MEDIA, {}),
    (MessageType.VOICE, "", {**MEDIA, "mime_type": "audio/ogg", "voice": True}, {}),
    (MessageType.AUDIO, "", {**MEDIA, "mime_type": "audio/mpeg"}, {}),
    (MessageType.VIDEO, "", {**MEDIA, "mime_type": "video/mp4"}, {}),
    (MessageType.DOCUMENT, "", {**MEDIA, "mime_type": "application/pdf", "name": "menu.pdf"}, {}),
    (MessageType.STICKER, "", {**MEDIA, "mime_type": "image/webp"}, {}),
    (MessageType.LOCATION, "Hamra", None, {"location": {"latitude": 33.89, "longitude": 35.48, "name": "Hamra"}}),
    (MessageType.CONTACTS, "Nadia", None, {"contacts": [{"name": {"formatted_name": "Nadia"}}]}),
    (MessageType.INTERACTIVE, "Yes", None, {"interactive": {"type": "button_reply", "title": "Yes"}}),
    (MessageType.ORDER, "2 items", None, {"order": {"catalog_id": "77", "product_items": [{"quantity": 2}]}}),
    (MessageType.UNSUPPORTED, "A message of a kind that is not known yet", None, {"raw": {"type": "hologram"}}),
]


def tell_types() -> None:
    for place, (kind, text, media, details) in enumerate(TYPES):

        async def happens(world: World, place: int = place) -> None:
            kind, text, media, details = TYPES[place]
            await world.arrives(said("a4", text, kind=kind, media=media, details=details, at=20))

        story(f"a message of type {kind.value}", 1)(happens)


tell_types()


@story("the same message delivered again", 0)
async def _(world: World) -> None:
    await world.arrives(said("a3", "sho 3amel", at=3), said("a3", "sho 3amel", at=3))


@story("a quoted reply", 1)
async def _(world: World) -> None:
    await world.arrives(said("a4", "about that", reply_to="a1", at=20))


@story("a message that arrives late", 1)
async def _(world: World) -> None:
    await world.arrives(said("a0", "I wrote this first", at=-60))


@story("a message that arrives late, after a reply", 1, answered)
async def _(world: World) -> None:
    await world.arrives(said("a0", "I wrote this first", at=-60))


@story("an older conversation comes to the top", 1)
async def _(world: World) -> None:
    await world.arrives(said("b2", "still there?", party=BISAN, at=30))


@story("an echo of the business's own phone", 1)
async def _(world: World) -> None:
    await world.arrives(echoed("e1", "typed on the phone", at=30))


@story("an echo to somebody who never wrote", 2)
async def _(world: World) -> None:
    await world.arrives(echoed("e1", "typed on the phone", party=DIMA, at=30))


@story("history of a conversation that is there", 2)
async def _(world: World) -> None:
    await world.arrives(remembered("h1", "last year", at=-9_000), remembered("h2", "our answer", at=-8_000, ours=True))


@story("history of somebody new", 3)
async def _(world: World) -> None:
    await world.arrives(
        remembered("h1", "last year", at=-9_000, party=DIMA),
        remembered("h2", "our answer", at=-8_000, party=DIMA, ours=True),
    )


# -- messages change --------------------------------------------------------------------------------------------------


@story("the last message is edited", 1)
async def _(world: World) -> None:
    await world.arrives(edited("a3", "sho 3amel lyom", at=30))


@story("an older message is edited", 1)
async def _(world: World) -> None:
    await world.arrives(edited("a1", "marhabtein", at=30))


@story("the last message is revoked", 1)
async def _(world: World) -> None:
    await world.arrives(revoked("a3", at=30))


@story("an older message is revoked, and then edited in vain", 1)
async def _(world: World) -> None:
    await world.arrives(revoked("a1", at=30))
    await world.arrives(edited("a1", "never mind", at=31))


@story("a reaction is set", 1)
async def _(world: World) -> None:
    await world.arrives(reacted("a3", "👍", at=30))


@story("reactions of the customer and of the business's phone", 2)
async def _(world: World) -> None:
    await world.arrives(reacted("a1", "👍", at=30), reacted("a1", "❤️", at=31, actor="business"))


async def liked(world: World) -> None:
    await world.arrives(reacted("a1", "👍", at=30))


@story("a reaction is changed", 1, liked)
async def _(world: World) -> None:
    await world.arrives(reacted("a1", "🙏", at=40))


@story("a reaction is taken away", 1, liked)
async def _(world: World) -> None:
    await world.arrives(reacted("a1", "", at=40))
