"""The adapters and the simulated providers: what the last four digits of a phone bring about."""

from datetime import timedelta

import pytest

from bot.ports import Accepted, Rejected, SmsFault, SmsOutcome, SmsReport, SmsState, Unknown
from bot.sms import TIMEOUTS

from .conftest import HURRIED, PHONE, TEXT, TICK, Sandbox, make

BAD_NUMBER = ("recipient", "permanent")
BUSY = {"smsru": "temporary", "smsc": "temporary", "http": "rate"}


def shown(outcome: SmsOutcome) -> str | tuple[str, str]:
    match outcome:
        case Accepted():
            return "accepted"
        case Rejected(fault, permanent):
            return str(fault), "permanent" if permanent else "another may"
        case Unknown():
            return "unknown"


@pytest.mark.parametrize(
    ("suffix", "expected", "taken"),
    [
        ("0000", "accepted", 1),
        ("0001", BAD_NUMBER, 0),
        ("0002", ("money", "another may"), 0),
        ("0003", ("login", "another may"), 0),
        ("0004", "accepted", 1),
        ("0005", "accepted", 1),
        ("0006", "unknown", 1),
        ("0007", "unknown", 0),
        ("0008", "unknown", 1),
        ("0010", "accepted", 1),
        ("0011", "accepted", 1),
        ("0012", "accepted", 1),
        ("0013", "accepted", 1),
        ("0014", "accepted", 1),
    ],
)
async def test_each_way_to_take_a_message_has_its_outcome(
    sandbox: Sandbox, provider: str, suffix: str, expected: object, taken: int
) -> None:
    """A lost answer is unknown, never a no; and nothing is sent a second time."""
    sender = make(provider, sandbox.url, HURRIED if suffix == "0006" else TIMEOUTS)
    outcome = await sender.send(f"+7916123{suffix}", TEXT, 7)
    await sender.close()
    assert shown(outcome) == expected
    assert len(sandbox.simulator.messages) == taken


async def test_a_busy_provider_says_a_no_that_another_may_answer(sandbox: Sandbox, provider: str) -> None:
    """Twice busy, then taken: the adapter itself never tries again."""
    sender = make(provider, sandbox.url)
    outcomes = [shown(await sender.send("+79161230009", TEXT, ref)) for ref in (1, 2, 3)]
    await sender.close()
    assert outcomes == [(BUSY[provider], "another may")] * 2 + ["accepted"]


async def test_the_guard_against_duplicates_is_unknown(sandbox: Sandbox, provider: str) -> None:
    """The first one probably went out: neither a repeat nor another provider."""
    sender = make(provider, sandbox.url)
    outcomes = [shown(await sender.send(PHONE, TEXT, ref)) for ref in (1, 2)]
    await sender.close()
    assert outcomes == ["accepted", "unknown"]
    assert len(sandbox.simulator.messages) == 1


async def test_a_message_arrives_as_it_was_written(sandbox: Sandbox, provider: str) -> None:
    """Phone, Cyrillic, the rouble sign, no-break spaces; an emoji takes a pair of units."""
    text = TEXT.replace("12 500 ₽", "12\u00a0500\u00a0₽ 😀") + "?a=1&b=2"
    sender = make(provider, sandbox.url)
    await sender.send(PHONE, text, 2_147_483_647)
    await sender.close()
    [message] = sandbox.simulator.messages
    assert (message.to, message.text, message.sender) == (PHONE, text, "")
    assert message.ref == ("" if provider == "smsru" else "2147483647")


@pytest.mark.parametrize("provider", ["smsru", "smsc"])
async def test_an_approved_sender_is_named(sandbox: Sandbox, provider: str) -> None:
    """Where the setting has one."""
    sender = make(provider, sandbox.url, sender="Prilavok")
    await sender.send(PHONE, TEXT, 1)
    await sender.close()
    assert sandbox.simulator.messages[0].sender == "Prilavok"


@pytest.mark.parametrize("provider", ["smsru", "smsc"])
@pytest.mark.parametrize(
    ("suffix", "final"),
    [("4567", "delivered"), ("0004", "failed"), ("0005", "failed"), ("0013", "rejected"), ("0014", None)],
)
async def test_a_provider_tells_how_a_message_fares(
    sandbox: Sandbox, provider: str, suffix: str, final: str | None
) -> None:
    """Sent until it is final; a code that no document has is no state."""
    sender, phone = make(provider, sandbox.url), f"+7916123{suffix}"
    taken = await sender.send(phone, TEXT, 11)
    assert isinstance(taken, Accepted)
    states = []
    for _ in range(3):
        report = await sender.status(taken.message_id, phone)
        assert report
        assert report.message_id == taken.message_id
        states.append(report.state)
        await sandbox.pass_time()
    await sender.close()
    assert states == [SmsState.SENT, SmsState.SENT, SmsState(final) if final else None]


@pytest.mark.parametrize("provider", ["smsru", "smsc"])
async def test_a_message_that_the_provider_does_not_know_has_no_state(sandbox: Sandbox, provider: str) -> None:
    """Told as a report without a state."""
    sender = make(provider, sandbox.url)
    report = await sender.status("202648-1" if provider == "smsru" else "1", PHONE)
    await sender.close()
    assert report
    assert report.state is None


async def test_http_is_not_asked(sandbox: Sandbox) -> None:
    """A provider of one's own reports; it has no agreed question."""
    sender = make("http", sandbox.url)
    assert await sender.status("m1", PHONE) is None
    await sender.close()


@pytest.mark.parametrize(
    ("suffix", "final"),
    [("4567", "delivered"), ("0004", "failed"), ("0005", "failed"), ("0013", "rejected"), ("0014", None)],
)
async def test_reports_are_read_and_answered_so_that_they_come_once(
    sandbox: Sandbox, provider: str, suffix: str, final: str | None
) -> None:
    """The provider repeats what is not answered as it wants: nothing comes again, however long it waits."""
    sender = sandbox.make(provider)
    taken = await sender.send(f"+7916123{suffix}", TEXT, 21)
    assert isinstance(taken, Accepted)
    seen = []
    for _ in range(2):
        await sandbox.pass_time()
        seen.append(await sandbox.reports.next())
    await sandbox.pass_time(timedelta(hours=1))
    await sender.close()
    assert [(one.message_id, one.state) for one in seen if isinstance(one, SmsReport)] == [
        (taken.message_id, SmsState.SENT),
        (taken.message_id, SmsState(final) if final else None),
    ]
    assert sandbox.reports.seen.empty()


async def test_reports_out_of_order_and_doubled_are_read_as_they_come(sandbox: Sandbox, provider: str) -> None:
    """One before the answer to the send call, the final one before "sent", each twice."""
    sender = sandbox.make(provider)
    await sender.send("+79161230011", TEXT, 22)
    await sandbox.pass_time(2 * TICK)
    seen = [await sandbox.reports.next() for _ in range(5)]
    await sender.close()
    states = [one.state for one in seen if isinstance(one, SmsReport)]
    assert states == ["sent", "delivered", "delivered", "sent", "sent"]


@pytest.mark.parametrize("provider", ["smsru", "smsc"])
async def test_a_report_with_a_wrong_signature_is_refused(sandbox: Sandbox, provider: str) -> None:
    """403, and the provider will try again."""
    sender = sandbox.make(provider)
    await sender.send("+79161230012", TEXT, 23)
    await sandbox.pass_time()
    refused = await sandbox.reports.next()
    await sender.close()
    assert refused == 403


async def test_smsc_may_report_by_get(sandbox: Sandbox) -> None:
    """The cabinet lets the shop choose."""
    sender = sandbox.make("smsc")
    sandbox.simulator.manners = type(sandbox.simulator.manners)(method="GET")
    await sender.send(PHONE, TEXT, 24)
    await sandbox.pass_time()
    report = await sandbox.reports.next()
    await sender.close()
    assert report == SmsReport("24", SmsState.SENT, "0")


async def test_an_empty_account_is_money(sandbox: Sandbox, provider: str) -> None:
    """The next provider may be asked."""
    sandbox.simulator.no_money = {provider}
    sender = make(provider, sandbox.url)
    outcome = await sender.send(PHONE, TEXT, 1)
    await sender.close()
    assert isinstance(outcome, Rejected)
    assert (outcome.fault, outcome.permanent) == (SmsFault.MONEY, False)
