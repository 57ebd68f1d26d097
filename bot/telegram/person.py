"""People in words: a line of the list, and one person with the buttons that whoever looks may press. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from zoneinfo import ZoneInfo

from bot.clock import Now
from bot.ports import Button, Message
from bot.staff import Role, may_manage
from bot.staff.invitations import SHARED
from bot.text import say, until
from storage.rows import Person

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Clock:
    """The shop's."""

    zone: ZoneInfo
    now: Now


def rows_of(person: Person, named: Sequence[Person], lang: str, clock: Clock) -> list[str]:
    """His line; under a shared phone its names, a line each."""
    row = say("staff.row", lang, who=escape(person.name), role=role_word(person, lang), until=ends(person, lang, clock))
    return [row, *(say("staff.name", lang, who=escape(seller.name)) for seller in named)]


def person_view(by: Person, other: Person, shop: str, named: Sequence[Person], sales: int, clock: Clock) -> Message:
    """`sales`: those of his that are open. Buttons only where `by` may press them."""
    lang = by.lang
    text = say(
        "staff.person", lang, who=escape(other.name), username=escape(other.username or ""), shop=escape(shop),
        role=role_word(other, lang), until=ends(other, lang, clock), k=sales or "",
        names=escape(", ".join(seller.name for seller in named)),
    )  # fmt: skip
    return Message(text, _buttons(by, other, named, clock) if may_manage(by, other) else ())


def _buttons(by: Person, other: Person, named: Sequence[Person], clock: Clock) -> tuple[tuple[Button, ...], ...]:
    lang = by.lang
    rows: list[tuple[Button, ...]] = []
    if other.access_until:
        since = max(clock.now(), other.access_until)
        rows.append(tuple(
            Button(say(f"staff.{name}", lang), data=f"prolong:{other.id}:{int((since + span).timestamp())}")
            for name, span in (("day", DAY), ("week", WEEK))
        ))  # fmt: skip
    if by.role == Role.OWNER and other.role != Role.OWNER and not other.is_shared:
        role = Role.ASSISTANT if other.role == Role.MANAGER else Role.MANAGER
        rows.append((Button(say(f"staff.{role}", lang), data=f"role:{other.id}:{role}"),))
    if other.is_shared:
        rows.append((Button(say("staff.add_name", lang), data=f"name:{other.id}"),))
    names = [
        (
            Button(say("staff.rename", lang, who=seller.name), data=f"name:{seller.id}"),
            Button(say("staff.remove", lang, who=seller.name), data=f"close:{seller.id}"),
        )
        for seller in named
    ]
    closing = say("staff.close", lang, who=other.name)
    return (*rows, *names, (Button(closing, data=f"close:{other.id}", style="danger"),))


def role_word(person: Person, lang: str) -> str:
    return say(f"role.{SHARED if person.is_shared else person.role}", lang)


def ends(person: Person, lang: str, clock: Clock) -> str:
    """Empty: the access has no end."""
    return until(person.access_until, lang, clock.zone, clock.now()) if person.access_until else ""
