"""`check`: is everything as it must be, and if not, how to mend it. Nothing is changed, sent or sold.

    settings     .env and the environment; all that follows needs them
    database     opens, takes writes, is of this version
    people       enough of them where a refund takes two
    bank         certificate, browsers' trust in it, login
    telegram     the bot's token, the way to Telegram
    sms          login and money of each provider; the length of a message
    address      our own PUBLIC_URL and its certificate

The probes run side by side, each for PATIENCE at most. What is down is a line, never a traceback.
"""

import asyncio
import sys

from bot.text import say

from . import address, bank, database, people, settings, sms, telegram
from .finding import Finding, Mark, Words


def check(lang: str) -> int:
    """Prints a line per finding, faults last, where the eye is. Returns the exit code: 1 where something is to mend."""
    words = Words(lang)
    found = asyncio.run(examine(words))
    faults = [finding for finding in found if finding.mark is Mark.FAULT]
    for finding in [*(one for one in found if one not in faults), *faults]:
        sys.stdout.write(f"{finding.mark} {finding.text}\n")
    sys.stdout.write((words.count("check.faults", len(faults)) if faults else say("check.fine", lang)) + "\n")
    return 1 if faults else 0


async def examine(words: Words) -> list[Finding]:
    """All that can be seen from here. Without settings that can be read there is nothing else to look at."""
    read, found = settings.read(words)
    if read is None:
        return found
    probes = (
        database.probe(read.settings.database_url, words),
        bank.probe(read.bank, words),
        telegram.probe(read.settings, words),
        *(sms.probe(sender, words) for sender in read.senders),
        address.probe(read.settings, words),
    )
    for part in await asyncio.gather(*probes):
        found += part
    found += await people.probe(read.settings, words)  # after the database: SQLite has one writer
    found += sms.message(read.settings, await people.shops(read.settings), words)
    return found + address.level(read.settings, words)
