"""Real-looking messages are read as the people who type them mean them."""

import re
from collections import Counter
from collections.abc import Callable

from tests.corpus.notation import amount_of, entries, phone_of

ENTRIES = list(entries())
AS_MEANT = 0.99  # of all messages; of sums and phones none may be wrong


def test_messages_are_read_as_meant(record_property: Callable[[str, object], None]) -> None:
    """At least 99 of a hundred; what is not as meant is asked about or refused, never a wrong sum or phone."""
    read = [(entry, entry.read_as()) for entry in ENTRIES]
    missed = [
        f"{entry.message} is {entry.meaning}, but was read as {said}" for entry, said in read if said != entry.meaning
    ]
    sums = [entry.message for entry, said in read if amount_of(said) not in {None, amount_of(entry.meaning)}]
    phones = [entry.message for entry, said in read if phone_of(said) not in {None, phone_of(entry.meaning)}]
    right = len(read) - len(missed)
    record_property(
        "score",
        f"corpus: {len(read)} messages, {right} as meant ({right / len(read):.1%}), "
        f"{len(sums)} wrong amounts, {len(phones)} wrong phones",
    )

    assert (sums, phones) == ([], [])
    assert right >= AS_MEANT * len(read), "\n".join(missed)


def test_the_corpus_is_large_and_says_nothing_twice() -> None:
    """Each message stands once, with a meaning that the notation knows."""
    meanings = re.compile(
        r"(hold )?[0-9]+(,[0-9]{2})?( .+)?|needs amount (hold )?\+7[0-9]{10}( .+)?|\? [^|]+( \| [^|]+)*"
        r"|(refund|cancel|complete|status)( .+)?|help|last|find|day|r\.[a-z_0-9]+"
    )

    assert len(ENTRIES) >= 450
    assert [message for message, count in Counter(entry.message for entry in ENTRIES).items() if count > 1] == []
    assert [entry for entry in ENTRIES if not meanings.fullmatch(entry.meaning)] == []
