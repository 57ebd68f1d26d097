"""Who there is in the sandbox. The product's demo gives staff rights to the same ids."""

from dataclasses import dataclass

from bot.sandbox.telegram import TelegramSimulator


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    latin: str
    username: str

    def called(self, language: str) -> str:
        """The name in the staff's language."""
        return self.name if language == "ru" else self.latin


SELLER = Person(1001, "Аня", "Anya", "anya")
MANAGER = Person(1002, "Олег", "Oleg", "oleg")
STRANGER = Person(1003, "Чужой", "Stranger", "stranger")  # nobody on the staff
OWNER = Person(1004, "Ольга", "Olga", "olga")
STAFF = (SELLER, MANAGER, OWNER)
PEOPLE = (*STAFF, STRANGER)

SHOP_CHAT = -1001000000001
SHOP_CHAT_TITLE = "Чат магазина"


def seat(telegram: TelegramSimulator, language: str) -> None:
    """Puts all of them into an empty Telegram; the staff have pressed Start, and the bot is in their group."""
    speak(telegram, language)
    telegram.add_group(SHOP_CHAT, SHOP_CHAT_TITLE, [MANAGER.id, SELLER.id])
    for person in STAFF:
        telegram.start(person.id)


def speak(telegram: TelegramSimulator, language: str) -> None:
    """The people's Telegram is in `language`."""
    for person in PEOPLE:
        telegram.add_user(person.id, person.called(language), person.username, language)
