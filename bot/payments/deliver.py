"""The link reaches the shopper by SMS: once, after the time in which a wrong number can be stopped.

    1. `queue_first_sms`  with the link: a message that waits SMS_DELAY; beyond a cap it is refused at once
    2. `perform`          a `once` job: an attempt is committed, then the provider is asked, never twice by itself
    3. `note_reports`     how it fares: by the provider's report or by asking (`ask`)

Only a definite refusal goes on to the next provider, one hop. No answer is `unknown`: the card says to show the QR.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from bot.jobs import DONE, Outcome
from bot.money import format_rub
from bot.ports import Accepted, Rejected, SmsFault, SmsOutcome, SmsReport, SmsSender, SmsState, Unknown
from bot.segments import fit
from bot.text import say
from bot.vault import Vault
from storage import jobs, payments, sms, staff
from storage.engine import Database
from storage.jobs import Job
from storage.rows import Payment, Sms

from .announce import queue_card
from .owners import Owners
from .states import PAYABLE

log = structlog.get_logger(__name__)

WAITING, SENDING, STOPPED, UNKNOWN, REFUSED = "waiting", "sending", "stopped", "unknown", "refused"
CONSOLE = "console"  # the trial provider: nothing arrives anywhere, so nothing is asked
PAUSES = (timedelta(seconds=5), timedelta(seconds=15))  # before a message that nobody could take is tried again
FIRST_ASK = timedelta(seconds=20)  # providers count status requests: not more often, and ever more rarely
LAST_ASK = timedelta(hours=6)  # after that a report may still come, but we do not ask

MOST_OF_PAYMENT, MOST_TO_NUMBER = 3, 5  # messages: of one sale, to one number in a day
A_DAY = timedelta(days=1)
CAP = "cap"  # the fault of a message beyond them

Answers = list[tuple[str | None, SmsOutcome]]
"""Names of providers and what they said, in the order in which they were asked."""


class Delivery:
    """Sends and follows SMS. `senders` in order of failover; none: there is no SMS."""

    def __init__(
        self, db: Database, senders: Sequence[SmsSender], settings: Settings, vault: Vault, owners: Owners, now: Now
    ) -> None:
        self._db = db
        self._senders = list(senders)
        self._settings = settings
        self._vault = vault
        self._owners = owners
        self._now = now

    @property
    def is_on(self) -> bool:
        """An SMS carries our own link, so it needs an address of ours and a provider."""
        return bool(self._senders and self._settings.public_url)

    async def queue_first_sms(self, tx: AsyncConnection, payment: Payment, now: datetime) -> None:
        """In the transaction that stores the link."""
        if self.is_on and payment.phone_sealed:
            send_at = now + self._settings.sms_delay
            if not await self._queue(tx, payment, payment.phone_sealed, send_at, now):
                await self._add(tx, payment, payment.phone_sealed, now, now, state=REFUSED, fault=CAP)

    async def queue_at_once(self, tx: AsyncConnection, payment: Payment, now: datetime) -> bool:
        """One more, as a person asked for. False: beyond a cap."""
        return payment.phone_sealed is not None and await self._queue(tx, payment, payment.phone_sealed, now, now)

    async def _queue(
        self, tx: AsyncConnection, payment: Payment, phone_sealed: str, send_at: datetime, now: datetime
    ) -> bool:
        if await self._is_beyond_cap(tx, payment, phone_sealed, now):
            return False
        sms_id = await self._add(tx, payment, phone_sealed, send_at, now, state=WAITING)
        await jobs.add(
            tx, "sms", now=now, run_at=send_at, priority=20, payment_id=payment.id, key=f"sms:{sms_id}",
            payload={"sms": sms_id}, once=True,
        )  # fmt: skip
        await queue_card(tx, payment, now)
        return True

    async def _add(
        self, tx: AsyncConnection, payment: Payment, phone_sealed: str, send_at: datetime, now: datetime, **how: str
    ) -> int:
        """With the link that is open now."""
        return await sms.add(
            tx, payment_id=payment.id, code=await payments.open_link(tx, payment.id), phone_sealed=phone_sealed,
            phone_digest=self._digest(phone_sealed), send_at=send_at, state_at=now, **how,
        )  # fmt: skip

    async def _is_beyond_cap(self, tx: AsyncConnection, payment: Payment, phone_sealed: str, now: datetime) -> bool:
        """Counted are messages that went out or may have. One at a time about one number."""
        digest = self._digest(phone_sealed)
        await sms.lock_number(tx, digest)
        uncounted = {STOPPED, REFUSED}
        return (
            await sms.count_of_payment(tx, payment.id, uncounted) >= MOST_OF_PAYMENT
            or await sms.count_to_number(tx, digest, now - A_DAY, uncounted) >= MOST_TO_NUMBER
        )

    def _digest(self, phone_sealed: str) -> str:
        return self._vault.digest(self._vault.open(phone_sealed))

    # Sending

    async def perform(self, job: Job) -> Outcome:
        async with self._db.write() as tx:
            message = await sms.get(tx, job.payload["sms"])
            if message and message.state == SENDING:  # an earlier attempt broke off
                return await self.resolve(job)
            payment = await payments.get(tx, message.payment_id) if message else None
            if message is None or payment is None or not await self._may_go(tx, message, payment):
                return DONE
            text, phone = await self._text(tx, message, payment), self._vault.open(message.phone_sealed)
        answers = await self._send(phone, text, message.id)
        if _is_passing(answers) and job.attempts < len(PAUSES):
            again_at = self._now() + PAUSES[job.attempts]
            return Outcome(write=partial(self._wait, message.id), again_at=again_at, note="not taken now")
        return Outcome(write=partial(self._note_answers, message.id, answers), note=type(answers[-1][1]).__name__)

    async def _wait(self, sms_id: int, tx: AsyncConnection) -> None:
        """Certainly not sent: it may be tried again."""
        message = await sms.get(tx, sms_id)
        if message and message.state == SENDING:
            await sms.move(tx, message, state=WAITING, now=self._now())

    async def resolve(self, job: Job) -> Outcome:
        """Somebody began to send it and is gone: it may have gone out, so it is not sent again."""
        answers: Answers = [(None, Unknown("broken off"))]
        return Outcome(write=partial(self._note_answers, job.payload["sms"], answers), note="unknown")

    async def _may_go(self, tx: AsyncConnection, message: Sms, payment: Payment) -> bool:
        """A shopper who has paid meanwhile, by the QR, is not asked to pay."""
        if message.state != WAITING:
            return False
        if payment.status in PAYABLE:
            return await sms.move(tx, message, state=SENDING, now=self._now())
        await sms.move(tx, message, state=STOPPED, now=self._now())
        await queue_card(tx, payment, self._now())
        return False

    async def _text(self, tx: AsyncConnection, message: Sms, payment: Payment) -> str:
        shop = await staff.get_shop(tx, payment.shop_id)
        return fit(
            self._settings.sms_text,
            shop=shop.name if shop else "",
            amount=format_rub(payment.amount),
            link=f"{self._settings.public_url}/p/{message.code}",
        )

    async def _send(self, to: str, text: str, ref: int) -> Answers:
        """What each provider said that was asked. Only a definite refusal goes on to the next one."""
        answers: Answers = []
        for sender in self._senders[:2]:
            outcome = await sender.send(to, text, ref)
            log.info("sms", provider=sender.name, outcome=type(outcome).__name__, ref=ref)
            answers.append((sender.name, outcome))
            if not isinstance(outcome, Rejected) or outcome.permanent:
                break
        return answers or [(None, Rejected(SmsFault.LOGIN, permanent=True))]  # there is no provider any more

    async def _note_answers(self, sms_id: int, answers: Answers, tx: AsyncConnection) -> None:
        """The last answer counts."""
        now = self._now()
        provider, outcome = answers[-1]
        await self._tell_owners(tx, answers, now)
        if isinstance(outcome, Accepted) and provider:
            await sms.lock_reports(tx, provider, outcome.message_id)
        message = await sms.get(tx, sms_id)
        if message is None or message.state not in {WAITING, SENDING}:
            return
        match outcome:
            case Accepted(message_id):
                await sms.move(
                    tx, message, state=SmsState.SENT, now=now, provider=provider, message_id=message_id,
                    next_ask_at=None if provider == CONSOLE else now + FIRST_ASK,
                )  # fmt: skip
                for state in await sms.take_reports(tx, provider or "", message_id):
                    await self._note_state(tx, sms_id, SmsState(state), now)
            case Rejected(fault):
                await sms.move(tx, message, state=REFUSED, now=now, provider=provider, fault=fault)
            case Unknown():
                await sms.move(tx, message, state=UNKNOWN, now=now, provider=provider)
        await self._show(tx, message.payment_id, now)

    async def _tell_owners(self, tx: AsyncConnection, answers: Answers, now: datetime) -> None:
        """Of a refusal that they can mend, also where the next provider went in for the first."""
        alert = "o.sms_down" if isinstance(answers[-1][1], Rejected) else "o.sms_failover"
        for provider, outcome in answers:
            if isinstance(outcome, Rejected) and outcome.fault is not SmsFault.RECIPIENT:
                await self._owners.tell(
                    tx, alert, now, once_in=timedelta(hours=1), about=f"{provider}:{outcome.fault}",
                    provider=provider or "-", why=partial(say, f"fault.{outcome.fault}"),
                )  # fmt: skip

    # How it fares

    async def note_reports(self, provider: str, reports: Sequence[SmsReport]) -> None:
        """Delivery reports: late, twice, out of order, even before the message is stored."""
        now = self._now()
        for report in reports:
            if report.state is None or not report.state.final:
                continue
            async with self._db.write() as tx:
                await sms.lock_reports(tx, provider, report.message_id)
                message = await sms.of_message(tx, provider, report.message_id)
                if message is None:
                    await sms.keep_report(tx, provider, report.message_id, report.state, now)
                elif await self._note_state(tx, message.id, report.state, now):
                    await self._show(tx, message.payment_id, now)

    async def _note_state(self, tx: AsyncConnection, sms_id: int, state: SmsState, now: datetime) -> bool:
        """A final state never goes back: the first report counts."""
        message = await sms.get(tx, sms_id)
        if message is None or message.state != SmsState.SENT:
            return False
        return await sms.move(tx, message, state=state, now=now, next_ask_at=None)

    async def ask(self, job: Job) -> Outcome:
        """Performs `sms_status`: the provider is asked how a message fares."""
        async with self._db.read() as tx:
            message = await sms.get(tx, job.payload["sms"])
        sender = next((found for found in self._senders if message and found.name == message.provider), None)
        if message is None or sender is None or message.message_id is None or message.state != SmsState.SENT:
            return DONE
        report = await sender.status(message.message_id, self._vault.open(message.phone_sealed))
        if report:
            await self.note_reports(sender.name, [report])
        return DONE

    async def look(self) -> None:
        """Queues the questions whose time has come; each next one comes later than the last."""
        now = self._now()
        async with self._db.read() as tx:
            if not await sms.are_due(tx, now):
                return
        async with self._db.write() as tx:
            for message in await sms.due(tx, now, 50):
                age = now - message.state_at
                await sms.ask_again_at(tx, message.id, now + max(FIRST_ASK, age) if age < LAST_ASK else None)
                await jobs.add(
                    tx, "sms_status", now=now, payment_id=message.payment_id, slot=f"sms_status:{message.id}",
                    payload={"sms": message.id},
                )  # fmt: skip

    async def _show(self, tx: AsyncConnection, payment_id: int, now: datetime) -> None:
        if payment := await payments.get(tx, payment_id):
            await queue_card(tx, payment, now)


async def stop_waiting(tx: AsyncConnection, payment: Payment, now: datetime) -> bool:
    """Nothing waits any more. True: the code that is open now has left by SMS, or is just leaving."""
    code, has_left = await payments.open_link(tx, payment.id), False
    for message in await sms.of_payment(tx, payment.id):
        if message.state == WAITING and await sms.move(tx, message, state=STOPPED, now=now):
            continue
        has_left = has_left or (message.code == code and message.state not in {STOPPED, REFUSED})
    return has_left


def _is_passing(answers: Answers) -> bool:
    """Nobody took it, and the last one asked said that it is a matter of time: nothing was sent."""
    outcome = answers[-1][1]
    return isinstance(outcome, Rejected) and outcome.fault is SmsFault.TEMPORARY
