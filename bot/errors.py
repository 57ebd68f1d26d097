"""Every exception of ours.

    PrilavokError
        SettingsError           a setting is missing, wrong or unknown; names it
        BankError               the bank did not do what was asked
            BankRefused         it answered no; repeating does not help
                BankDuplicate   this order number is taken already
                BankLoginRefused    it does not accept the shop's login
                BankOrderUnknown    it knows no such order
            BankUnavailable     the request certainly was not carried out; repeating helps
            BankUnknown         it may have been carried out: the third outcome
        StaleRead               another read of an order ended while this one was under way
        ChatError               the staff chat did not take a message
            ChatBusy            too many; wait `retry_after` seconds
            ChatAway            no answer, or a server's fault; it may have been sent
            ChatClosed          this chat will not take messages (blocked, kicked, gone)
            ChatMoved           the group has another id now
            ChatRefused         this message will never be taken, as it is
                PictureLost     the picture that it names by an id is not known there
            MessageLost         the message to edit or to answer is gone
        CallbackRejected        a callback that cannot be believed or read; carries the HTTP status

The message is for the reader of the log. What a person reads is in `text.py` and `locales/`.
"""


class PrilavokError(Exception):
    """Base of all."""


class SettingsError(PrilavokError):
    """A setting is missing, wrong or unknown. Its text begins with the setting's name."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name


class BankError(PrilavokError):
    """The bank did not do what was asked."""


class BankRefused(BankError):
    """A definite no. `code` is the bank's errorCode, `text` its errorMessage."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"errorCode {code}: {text}")
        self.code = code
        self.text = text


class BankDuplicate(BankRefused):
    """errorCode 1 of a registration: the number is taken."""


class BankLoginRefused(BankRefused):
    """errorCode 5 with a text about access or the password."""


class BankOrderUnknown(BankRefused):
    """errorCode 6: no such order."""


class BankUnavailable(BankError):
    """Certainly not carried out (no connection, 429): the same request may be sent again."""


class BankUnknown(BankError):
    """Perhaps carried out (time-out, broken connection, 5xx, an answer that cannot be read)."""


class StaleRead(PrilavokError):
    """Another read of the order ended while this one was under way: nobody knows which answer is newer."""


class ChatError(PrilavokError):
    """The staff chat did not take a message."""


class ChatBusy(ChatError):
    """Too many requests; not sent."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class ChatAway(ChatError):
    """No answer or a server's fault. `sent` False: certainly not sent."""

    def __init__(self, why: str, *, sent: bool | None = None) -> None:
        super().__init__(why)
        self.sent = sent


class ChatClosed(ChatError):
    """The chat will not take messages: blocked, kicked, deleted, never opened."""


class ChatMoved(ChatError):
    """The group became a supergroup."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__("the group has another id now")
        self.new_chat_id = new_chat_id


class ChatRefused(ChatError):
    """Telegram does not take this message, and would not at another try. Its text names no person."""


class PictureLost(ChatRefused):
    """The file_id is not known: the picture must be uploaded."""


class MessageLost(ChatError):
    """The message to edit or to answer does not exist any more."""


class CallbackRejected(PrilavokError):
    """A callback that cannot be read (400) or believed (403)."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
