"""The staff chat, whose answers may be lost, and who is told what by which job."""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import ChatAway, ChatBusy
from bot.ports import Message, Place, Posted
from storage.jobs import Job
from tests.payments.fakes import FakeChat, plain

from .killed import Killed


class ChatTrouble(StrEnum):
    """What becomes of one call."""

    AWAY = "no connection: not sent"
    BUSY = "429: not sent"
    LOST = "sent, no answer"
    KILLED = "we are killed before it is sent"
    KILLED_AFTER = "we are killed after it is sent"

    __repr__ = StrEnum.__str__


SENT_IN_VAIN = {ChatTrouble.LOST, ChatTrouble.KILLED_AFTER}


@dataclass(frozen=True, slots=True)
class Told:
    """A new message. `about`: the job that sent it; `doubtful`: we were not told that it arrived."""

    chat: int
    text: str
    about: Job | None
    doubtful: bool


class TroubledChat(FakeChat):
    """`troubles`: of the next calls, whichever they are."""

    def __init__(self) -> None:
        super().__init__()
        self.troubles: list[ChatTrouble] = []
        self.told: list[Told] = []
        self.job: Job | None = None  # which is being done

    def _act(self, name: str) -> None:
        super()._act(name)
        match self.troubles[0] if self.troubles else None:
            case ChatTrouble.AWAY:
                self.troubles.pop(0)
                raise ChatAway("no connection", sent=False)
            case ChatTrouble.BUSY:
                self.troubles.pop(0)
                raise ChatBusy(1)
            case ChatTrouble.KILLED:
                self.troubles.pop(0)
                raise Killed

    def _arrived(self) -> None:
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is ChatTrouble.LOST:
            raise ChatAway("silence")
        if trouble is ChatTrouble.KILLED_AFTER:
            raise Killed

    async def post(self, place: Place, message: Message, *, reply_to: int | None = None) -> Posted:
        posted = await super().post(place, message, reply_to=reply_to)
        doubtful = bool(self.troubles) and self.troubles[0] in SENT_IN_VAIN
        self.told.append(Told(place.chat_id, plain(message.html), self.job, doubtful))
        self._arrived()
        return posted

    async def post_photo(self, place: Place, picture: bytes | str, message: Message) -> Posted:
        posted = await super().post_photo(place, picture, message)
        self._arrived()
        return posted

    async def edit(self, place: Place, message_id: int, message: Message, *, photo: bool) -> None:
        await super().edit(place, message_id, message, photo=photo)
        self._arrived()

    async def replace_photo(self, place: Place, message_id: int, picture: bytes, message: Message) -> Posted:
        posted = await super().replace_photo(place, message_id, picture, message)
        self._arrived()
        return posted

    async def delete(self, place: Place, message_id: int) -> None:
        await super().delete(place, message_id)
        self._arrived()

    def texts(self, chat: int) -> list[str]:
        """All that a chat has ever been told by new messages."""
        return [told.text for told in self.told if told.chat == chat]
