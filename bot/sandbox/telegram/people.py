"""What people do in their Telegram: write, press, edit, block, add and remove the bot.

Each act makes the updates that Telegram would. In groups the bot sees commands, replies to its own messages and service
messages only (privacy mode), unless it is an admin or `world.privacy` is off.
"""

from typing import Any

from .entities import commands_in
from .membership import set_bot_status
from .shapes import ICON_COLOR, Chat, Message, User
from .world import Press, World

ANONYMOUS_ADMIN = User(1087968824, "Group", "GroupAnonymousBot", is_bot=True)
NEW_SUPERGROUPS = -1_002_000_000_000  # their ids count down from here


class People:
    """The acts; a base of the simulator, which owns the world."""

    world: World

    # Who there is

    def add_user(self, user_id: int, first_name: str, username: str | None = None, language_code: str = "ru") -> User:
        """A person who has not written to the bot yet."""
        user = self.world.user(user_id)
        user.first_name, user.username, user.language_code = first_name, username, language_code
        return user

    def add_group(self, chat_id: int, title: str, members: list[int], forum: bool = False) -> Chat:
        """A group made by its first member, who adds the bot. With an id of -100... it is a supergroup."""
        if chat_id >= 0 or not members:
            raise ValueError("a group has a negative id and at least one member")
        chat = Chat(chat_id, title, forum=forum, bot_status="left")
        chat.members = {user_id: "creator" if user_id == members[0] else "member" for user_id in members}
        for user_id in members:
            self.world.user(user_id)
        self.world.chats[chat_id] = chat
        self.add_bot(chat_id)
        return chat

    def add_topic(self, chat_id: int, name: str) -> int:
        """Returns its thread id."""
        chat = self.world.chat(chat_id)
        chat.forum = True
        created = {"forum_topic_created": {"name": name, "icon_color": ICON_COLOR}}
        message = self._serve(chat, self._someone(chat), created)
        chat.topics[message.id] = name
        message.thread = message.id
        return message.id

    # Writing

    def say(
        self,
        user_id: int,
        text: str = "",
        chat_id: int | None = None,
        reply_to: int | None = None,
        thread: int | None = None,
        contact: dict[str, Any] | None = None,
        forwarded: bool = False,
        anonymous: bool = False,
    ) -> Message:
        """A message by a person, in the private chat where no other is named.

        `contact`: {"phone_number", "first_name", "user_id"?}, instead of a text. A new `thread` becomes a topic.
        """
        user = self.world.user(user_id)
        chat = self._room(user, chat_id)
        message = Message(
            chat, chat.next_id(), self.world.clock.now(), user, text=None if contact else text, contact=contact,
            entities=[] if contact else commands_in(text), thread=thread,
            reply_to=chat.messages.get(reply_to) if reply_to else None,
        )  # fmt: skip
        if message.reply_to is not None and thread is None:
            message.thread = message.reply_to.thread
        if thread is not None:
            chat.forum = True
            chat.topics.setdefault(thread, f"Тема {thread}")
        if forwarded:
            date = int(message.date.timestamp())
            message.forward_origin = {"type": "hidden_user", "sender_user_name": "Кто-то", "date": date}
        if anonymous:
            message.sender, message.sender_chat = ANONYMOUS_ADMIN, chat
        self.world.post(message)
        if self._bot_sees(message):
            self.world.updates.put("message", message.as_json(), ("message", chat.id))
        return message

    def start(self, user_id: int, payload: str = "") -> Message:
        """Presses Start, or follows a deep link."""
        return self.say(user_id, f"/start {payload}".strip())

    def edit(self, user_id: int, chat_id: int, message_id: int, text: str) -> Message:
        """Raises PermissionError for a message of somebody else."""
        message = self._message(chat_id, message_id)
        if message.sender.id != user_id:
            raise PermissionError("people edit their own messages only")
        message.text, message.entities = text, commands_in(text)
        self.world.note_edit(message)
        if self._bot_sees(message):
            self.world.updates.put("edited_message", message.as_json(), ("message", chat_id))
        return message

    def delete_message(self, chat_id: int, message_id: int) -> None:
        """The bot is not told."""
        self.world.remove(self._message(chat_id, message_id))

    # Pressing

    def press(self, user_id: int, chat_id: int, message_id: int, data: str) -> str:
        """Returns the id of the press. Any data will do: a modified client sends what it likes."""
        message = self._message(chat_id, message_id)
        user = self.world.user(user_id)
        press = Press(str(10**17 + self.world.new_id()), user, message, data, self.world.clock.now())
        self.world.presses[press.id] = press
        self._offer(press)
        return press.id

    def press_again(self, press_id: str) -> None:
        """The client sends the same press once more, as some do after a reconnect: a new update_id, the same id."""
        self._offer(self.world.presses[press_id])

    def press_label(self, user_id: int, chat_id: int, message_id: int, label: str) -> str:
        """By what is written on the button now. Raises LookupError where no button that calls back says so."""
        message = self._message(chat_id, message_id)
        rows = (message.markup or {}).get("inline_keyboard", [])
        for button in (button for row in rows for button in row):
            if button["text"] == label and "callback_data" in button:
                return self.press(user_id, chat_id, message_id, button["callback_data"])
        raise LookupError(f"no button {label!r} under message {message_id}")

    # Coming and going

    def block(self, user_id: int) -> None:
        user = self.world.user(user_id)
        user.blocked = True
        set_bot_status(self.world, self.world.private_chat(user_id), user, "kicked")

    def unblock(self, user_id: int) -> None:
        user = self.world.user(user_id)
        user.blocked = False
        set_bot_status(self.world, self.world.private_chat(user_id), user, "member")

    def add_bot(self, chat_id: int, status: str = "member") -> None:
        """Adds the bot to a group, or makes it an admin there with `administrator`."""
        chat = self.world.chat(chat_id)
        new = chat.bot_status in ("left", "kicked")
        set_bot_status(self.world, chat, self._someone(chat), status)
        if new:
            self._serve(chat, self._someone(chat), {"new_chat_members": [self.world.bot.as_json()]})

    def kick_bot(self, chat_id: int) -> None:
        chat = self.world.chat(chat_id)
        set_bot_status(self.world, chat, self._someone(chat), "kicked")

    def migrate(self, chat_id: int) -> int:
        """A group becomes a supergroup: a new id, and no message of the old one is valid there."""
        old = self.world.chat(chat_id)
        if old.private or old.migrated_to is not None:
            raise ValueError(f"chat {chat_id} is no group, or has moved already")
        new = Chat(NEW_SUPERGROUPS - self.world.new_id(), old.title, members=dict(old.members))
        new.bot_status = old.bot_status
        self.world.chats[new.id] = new
        self._serve(old, self._someone(old), {"migrate_to_chat_id": new.id})
        self._serve(new, self._someone(new), {"migrate_from_chat_id": old.id})
        old.migrated_to = new.id
        return new.id

    # Rules

    def _room(self, user: User, chat_id: int | None) -> Chat:
        """Where the user may write. Writing to the bot starts the chat, and unblocks."""
        if chat_id is not None and chat_id != user.id:
            chat = self.world.chat(chat_id)
            if chat.private or chat.migrated_to is not None:
                raise PermissionError(f"nobody writes in chat {chat_id} as user {user.id}")
            chat.members.setdefault(user.id, "member")
            return chat
        if user.blocked:
            self.unblock(user.id)
        chat = self.world.private_chat(user.id)
        chat.bot_status = "member"
        return chat

    def _bot_sees(self, message: Message) -> bool:
        chat = message.chat
        if chat.bot_status in ("left", "kicked"):
            return False
        if chat.private or chat.bot_status == "administrator" or not self.world.privacy:
            return True
        if message.reply_to is not None and message.reply_to.sender is self.world.bot:
            return True
        first = (message.text or "").split(maxsplit=1)[:1]
        command, _, addressee = first[0].partition("@") if first else ("", "", "")
        return command.startswith("/") and addressee.lower() in ("", (self.world.bot.username or "").lower())

    def _offer(self, press: Press) -> None:
        """Queues the callback query with the message as it is now."""
        chat_id = press.message.chat.id
        body = {
            "id": press.id,
            "from": press.user.as_json(),
            "message": press.message.as_json(),
            "chat_instance": str(chat_id),
            "data": press.data,
        }
        self.world.updates.put("callback_query", body, ("callback_query", press.user.id))

    def _serve(self, chat: Chat, by: User, fields: dict[str, Any]) -> Message:
        """A service message; the bot sees all of them."""
        message = Message(chat, chat.next_id(), self.world.clock.now(), by, service=fields)
        if chat.bot_status not in ("left", "kicked"):
            self.world.updates.put("message", message.as_json(), ("message", chat.id))
        return self.world.post(message)

    def _someone(self, chat: Chat) -> User:
        """Who acts where it does not matter who: the group's creator."""
        return self.world.user(next(iter(chat.members)))

    def _message(self, chat_id: int, message_id: int) -> Message:
        message = self.world.chat(chat_id).messages.get(message_id)
        if message is None:
            raise LookupError(f"no message {message_id} in chat {chat_id}")
        return message
