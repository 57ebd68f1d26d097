"""Which commands each chat is offered, and which it was given: Telegram is told only what has changed.

A menu hides and shows; what somebody may do is asked where he does it (`rights.py`). What is wanted follows from who
works here now, so whoever joins, leaves or changes his role needs no step of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import Now
from storage import notes
from storage import staff as stored
from storage.engine import Database
from storage.rows import Person

from .people import is_active
from .rights import Act, Reach, reach

EVERYBODY = 0  # in place of a chat: all that have no menu of their own
OF_STRANGERS = ("start", "help")
OF_GROUPS = ("pay", "hold", "last", "help")
NOTE = "menu:"


@dataclass(frozen=True, slots=True)
class Menu:
    """The commands of one chat, in their order. `of_staff`: the private chat of somebody who works here."""

    chat_id: int
    lang: str
    commands: tuple[str, ...]
    of_staff: bool = False


def commands_of(person: Person, *, has_till: bool) -> tuple[str, ...]:
    """In his private chat: only what works, and only what he may."""
    of_people = ("staff", "invite") if reach(person, Act.MANAGE) is not Reach.NONE else ()
    return ("last", "hold", *(("till",) if has_till else ()), *of_people, "help")


class Menus:
    """`has_till`: there is a web till."""

    def __init__(self, db: Database, now: Now, *, has_till: bool) -> None:
        self._db = db
        self._now = now
        self._has_till = has_till

    async def wanted(self) -> list[Menu]:
        """All that should be there now."""
        now = self._now()
        async with self._db.read() as tx:
            people = await stored.people(tx, None)
            shops = await stored.all_shops(tx)
        private = [
            Menu(person.telegram_id, person.lang, commands_of(person, has_till=self._has_till), of_staff=True)
            for person in people
            if person.telegram_id and is_active(person, now)
        ]
        groups = [Menu(shop.chat_id, shop.lang, OF_GROUPS) for shop in shops if shop.chat_id]
        return [Menu(EVERYBODY, "", OF_STRANGERS), *private, *groups]

    async def given(self) -> dict[int, str]:
        """What each chat has, as `note` wrote it."""
        async with self._db.read() as tx:
            found = await notes.beginning(tx, NOTE)
        return {int(name.removeprefix(NOTE)): value for name, value in found.items()}

    async def note(self, chat_id: int, what: str) -> None:
        async with self._db.write() as tx:
            await notes.put(tx, f"{NOTE}{chat_id}", what)

    async def forget(self, chat_ids: Sequence[int]) -> None:
        """They have none of their own any more."""
        async with self._db.write() as tx:
            for chat_id in chat_ids:
                await notes.drop(tx, f"{NOTE}{chat_id}")
