"""«Да» moves money once: what is pressed, by whom, how often, how late."""

from bot.payments.change import IN_SIGHT
from tests.telegram_edge.after_sale import Till
from tests.telegram_edge.shop import ANYA, OLEG, labels, until

# «Да»


async def test_yes_moves_money_once_however_often_it_comes(paid: Till) -> None:
    """A double tap, and one press under two update ids."""
    await paid.press(f"cancel:{paid.number}:1", user=OLEG)
    draft, question = await paid.asked()
    assert question == "T-REVERSE 12500"
    message = paid.shop.told()[-1]
    press = paid.shop.telegram.press(OLEG, ANYA, message.id, f"yes:{draft}")
    paid.shop.telegram.press_again(press)
    again = paid.shop.telegram.press(OLEG, ANYA, message.id, f"yes:{draft}")
    await paid.shop.answered(again)
    await paid.shop.reaches("SELECT status FROM payments", ("reversed",))
    assert await paid.operations() == [("reverse", 12500, "done")]
    assert sum("reverse.do" in call.path for call in paid.shop.bank.wire.recent()) == 1


async def test_only_who_was_asked_says_yes(paid: Till) -> None:
    """Everybody in a group can press; the manager's question is no other's."""
    await paid.press(f"cancel:{paid.number}:1", user=OLEG)
    draft, _ = await paid.asked()
    for answer in ("yes", "no"):
        toast = await paid.press(f"{answer}:{draft}")
        assert toast["alert"]
    assert (await paid.asked())[0] == draft
    assert await paid.operations() == []


async def test_yes_after_a_minute_does_nothing(paid: Till) -> None:
    """The question is gone from the card by then."""
    await paid.press(f"cancel:{paid.number}:1", user=OLEG)
    draft, _ = await paid.asked()
    paid.shop.later(60)
    assert (await paid.press(f"yes:{draft}", user=OLEG))["text"].startswith("Время вышло")
    assert await paid.operations() == []


async def test_no_leaves_all_as_it_was(waiting: Till) -> None:
    """And «Да» comes too late then."""
    assert not (await waiting.press(f"cancel:{waiting.number}:1")).get("text")  # the card asks
    draft, _ = await waiting.asked()
    await waiting.press(f"no:{draft}")
    await waiting.press(f"yes:{draft}")
    await waiting.shop.settled()
    assert await waiting.status() == "waiting"


async def test_an_old_button_asks_what_fits_by_now(waiting: Till) -> None:
    """«Отменить» of an unpaid sale asks of a payment once it is paid; the «Да» of before is void."""
    await waiting.press(f"cancel:{waiting.number}:1")
    old, question = await waiting.asked()
    assert question == "T-CANCEL-OPEN 12500"
    waiting.shop.pay()
    await waiting.shop.reaches("SELECT status FROM payments", ("paid",))
    assert (await waiting.press(f"yes:{old}"))["alert"]
    await waiting.press(f"cancel:{waiting.number}:1")
    assert (await waiting.asked())[1] == "T-REVERSE 12500"
    assert (await waiting.press(f"complete:{waiting.number}:1"))["text"].startswith("Списывать нечего")
    assert (await waiting.press(f"keep:{waiting.number}:1"))["alert"]
    assert await waiting.operations() == []


async def test_an_assistants_refund_is_done_by_a_second_person(paid: Till) -> None:
    """Anya asks, Oleg agrees in his own chat; her own yes to it is refused."""
    await paid.says(f"/refund {paid.number} 3000 брак")
    draft, _ = await paid.asked()
    await paid.press(f"yes:{draft}")
    assert await paid.operations() == [("refund", 3000, "requested")]
    [[operation]] = await paid.shop.rows("SELECT id FROM operations")
    assert (await paid.press(f"approve:{operation}"))["alert"]
    await paid.shop.hears("3 000 ₽", OLEG)
    await paid.press(f"approve:{operation}", user=OLEG, chat=OLEG)
    await paid.shop.reaches("SELECT status, refunded FROM payments", ("part_refunded", 300_000))
    await paid.press(f"deny:{operation}", user=OLEG, chat=OLEG)
    assert await paid.operations() == [("refund", 3000, "done")]


async def test_a_question_stands_on_the_card_that_is_in_sight(paid: Till) -> None:
    """Its keyboard is replaced; nothing is posted anew."""
    await paid.says("/refund {n} 3000")
    assert (await paid.shop.hears("Вернуть 3 000 ₽ из 12 500 ₽?")).id == paid.card.id


async def test_the_command_brings_a_card_that_is_far_up_to_the_bottom(paid: Till) -> None:
    """Where the question can be seen; a press under the card leaves it where it is."""
    for _ in range(IN_SIGHT // 2):
        await paid.says("/help")
    await paid.says("/refund {n} 3000")
    card = await paid.shop.hears("Вернуть 3 000 ₽ из 12 500 ₽?")
    assert card.id > paid.card.id
    assert paid.card.id not in {message.id for message in paid.shop.told()}
    paid.shop.later(5)
    await until(lambda: labels(card)[-1].startswith("Да"))  # where another button was, it waits a moment
    await paid.shop.press("Нет", card)
    await paid.press(f"cancel:{paid.number}:1")
    assert (await paid.shop.hears("Отменить оплату 12 500 ₽?")).id == card.id
