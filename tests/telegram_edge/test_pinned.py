"""The till message of a shop's group: pinned where we may, and whoever answers it sells, now and later."""

from bot.sandbox.telegram import Message
from tests.telegram_edge.after_sale import PHONE
from tests.telegram_edge.shop import ANYA, GROUP, OLEG, Shop, labels, words

OWNER = 1004


async def opened(world: Shop, **where: int) -> Message:
    """The till message, after an owner has written /shop."""
    world.telegram.add_user(OWNER, "Ольга")
    world.telegram.start(OWNER)
    await world.start(owner_ids=[OWNER])
    world.say("/shop Куртки", OWNER, chat_id=GROUP, **where)
    await world.hears("Магазин «Куртки» готов", GROUP)
    world.later(4)  # the group's pace
    till = await world.hears("Касса «Куртки»", GROUP)
    world.later(4)
    await world.settled()
    world.later(4)
    return till


async def test_the_till_message_is_pinned_and_answered(world: Shop) -> None:
    """By us, where we are an admin. The phone stays with the one who typed it."""
    world.telegram.add_bot(GROUP, "administrator")
    till = await opened(world)
    assert world.telegram.world.chats[GROUP].pinned == [till.id]
    assert "Закрепите" not in " ".join(world.texts(GROUP))
    assert labels(till) == ["Открыть личку"]
    world.say(f"12500 {PHONE} куртка", ANYA, chat_id=GROUP, reply_to=till.id)
    card = await world.hears("Ждём оплату", GROUP)
    assert "916" not in words(card)
    assert await world.sales() == [(1_250_000, "4567", "куртка", 0)]
    await world.stop()


async def test_where_we_may_not_pin_a_person_is_asked_to(world: Shop) -> None:
    """In reply to the message that is meant."""
    till = await opened(world)
    hint = await world.hears("Закрепите сообщение о кассе сами", GROUP)
    assert hint.reply_to is till
    assert world.telegram.world.chats[GROUP].pinned == []
    await world.stop()


async def test_in_a_topic_it_is_answered_there(world: Shop) -> None:
    """The shop lives in that topic, and so does the card."""
    topic = world.telegram.add_topic(GROUP, "Касса")
    till = await opened(world, thread=topic)
    assert till.thread == topic
    world.say("12500", ANYA, chat_id=GROUP, reply_to=till.id, thread=topic)
    card = await world.hears("Ждём оплату", GROUP)
    assert card.thread == topic
    await world.stop()


async def test_it_works_after_a_restart_and_in_a_group_that_moved(world: Shop) -> None:
    """Whatever message of ours is answered: only cards and rings mean somebody's sale."""
    till = await opened(world)
    await world.stop()
    await world.start()
    world.say("12500", ANYA, chat_id=GROUP, reply_to=till.id)
    await world.hears("12 500 ₽", GROUP)
    await world.settled()
    moved = world.telegram.migrate(GROUP)
    await world.settled()
    old = world.telegram.world.post(Message(world.telegram.world.chats[moved], 7, world.clock.now(), till.sender))
    world.say("9000", OLEG, chat_id=moved, reply_to=old.id)
    await world.hears("9 000 ₽", moved)
    await world.stop()
