"""The only place where concrete things meet: builds them, starts them in order, stops them in reverse.

Telegram -> telegram.intake -> telegram.sell -> payments.create -> jobs
jobs     -> payments.register -> the bank; payments.deliver -> SMS; payments.tell -> Telegram
the bank -> web.callbacks -> payments.settle -> jobs -> payments.tell -> Telegram
nothing  -> payments.reconcile (a timer) -> payments.settle -> ...
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from aiogram import Bot
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import inbox
from storage.commit import GroupCommit
from storage.engine import Database
from storage.inbox import Update
from storage.migrate import upgrade

from .adapters import Adapters
from .card import ChatWords
from .clock import Now, utc_now
from .config import Settings
from .data_key import data_key
from .errors import SettingsError
from .jobs import Nursery, Work, Worker, every
from .payments.answering import Answering
from .payments.approve import Approvals
from .payments.arrivals import tell_inviter
from .payments.budget import Budget
from .payments.change import Change
from .payments.confirm import Questioning
from .payments.counter import Counter
from .payments.create import Creation
from .payments.decide import Decisions
from .payments.deliver import Delivery
from .payments.leaving import Leaving
from .payments.mend import Mending
from .payments.moving import Moving
from .payments.operate import Operating
from .payments.owners import Owners
from .payments.pressing import Pressing
from .payments.questions import Questions
from .payments.readiness import Readiness
from .payments.reconcile import CallbackWatch, Poller
from .payments.register import Registration
from .payments.renew import Renewals
from .payments.renewing import Renewing
from .payments.replies import Replies
from .payments.rewrite import Rewriting
from .payments.settle import Settlement, record_callbacks
from .payments.shopper import Shopper
from .payments.shopper_chat import ShopperChats
from .payments.steps import Steps
from .payments.tell import Telling
from .payments.today import Today
from .payments.view import Views
from .ports import Callback
from .qr import QrPictures
from .staff import Invitations, Logins, Menus, Sellers, Shops, Staff
from .telegram.answers import Answers
from .telegram.chat import TelegramChat, make_bot
from .telegram.intake import Intake
from .telegram.menus import MenuKeeper
from .telegram.mini_app import verified
from .telegram.reach import Reach
from .telegram.rooms import Parts, make_dispatcher
from .upkeep import Upkeep
from .vault import Vault
from .web.assets import Assets
from .web.callbacks import CallbackDoor
from .web.deliveries import DeliveryDoor
from .web.health import Health
from .web.metrics import Metrics
from .web.pages import Pages
from .web.server import LONGEST_LINE, make_app
from .web.till import Deeds, Doors, Shown, Till, TillSheets

GRACE = 2.0  # s for requests, then for jobs that are under way at a stop; one that is cut off is taken over later
LOOK = 1.0  # s between looks of the poller's timers
WATCH_EVERY = 60.0  # s between looks at what is not urgent: whether callbacks still come, whose access ends
PRUNE_EVERY = 60.0  # s
MENUS_EVERY = 5.0  # s


class Service:
    """The whole product in one process. `framed`: the demo's desk may show its pages in a frame."""

    def __init__(self, settings: Settings, adapters: Adapters, *, now: Now = utc_now, framed: bool = False) -> None:
        self.settings = settings
        self.nursery = Nursery()
        self._adapters = adapters
        self._now = now
        self._framed = framed
        self.db = Database(settings.database_url)
        self.staff = Staff(self.db, settings, now)
        self.shops = Shops(self.db, settings, now)
        self.invitations = Invitations(self.db, settings, now)
        self.logins = Logins(self.db, now)
        self.bot: Bot = make_bot(settings)
        self._reach = Reach(self.bot, settings)
        has_till = settings.public_url is not None
        corner = f"{settings.public_url}/till" if (settings.public_url or "").startswith("https://") else None
        self.menus = MenuKeeper(self.bot, Menus(self.db, now, has_till=has_till), corner, now)
        self._upkeep = Upkeep(self.db, now)
        self._moving = Moving(self.db, now)
        self._updates: GroupCommit[Update, None] = GroupCommit(self.db, self._record_updates)
        self._callbacks: GroupCommit[tuple[Callback, datetime], bool] = GroupCommit(self.db, record_callbacks)
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Migrates, then opens what others call, then begins to work."""
        await upgrade(self.settings.database_url)
        await self.db.open()
        await self._upkeep.take_over()
        await self.shops.open_first()
        vault = Vault(data_key(self.settings))
        self._build_shared(vault)
        worker = self._build_worker(vault, await self._upkeep.installation())
        intake = self._build_intake(vault)
        await self._serve(intake)
        for name, loop in {
            "recording updates": self._updates.run(),
            "recording callbacks": self._callbacks.run(),
            "worker": worker.run(),
            "handling updates": self._reach.handle(intake),
            "receiving updates": self._reach.receive(intake),
            "polling the bank": every(LOOK, self._poller.look, "polling the bank"),
            "closing old requests": every(LOOK, self._approvals.lapse, "closing old requests"),
            "watching callbacks": every(
                WATCH_EVERY, CallbackWatch(self.db, self.settings, self._owners, self._now).look, "watching callbacks"
            ),
            "telling whose access ends": every(WATCH_EVERY, self._leaving.look, "telling whose access ends"),
            "asking about sms": every(LOOK, self._delivery.look, "asking about sms"),
            "pruning": every(PRUNE_EVERY, self._upkeep.prune, "pruning"),
            "menus": every(MENUS_EVERY, self.menus.look, "menus", first_after=MENUS_EVERY),
        }.items():
            self.nursery.start(loop, f"loop:{name}")

    async def stop(self) -> None:
        """Takes nothing new, lets what is under way end, closes."""
        if self._runner:
            await self._runner.cleanup()
        await self.nursery.stop(GRACE)
        await self.bot.session.close()
        await self._adapters.close()
        await self.db.close()

    # Building

    def _build_shared(self, vault: Vault) -> None:
        """What more than one of the parts below needs."""
        db, settings, now, bank = self.db, self.settings, self._now, self._adapters.bank
        self._owners = Owners(vault)
        self._replies = Replies(db, vault, now)
        self._sellers = Sellers(db, now)
        self._questions = Questions(db, settings, vault, now)
        self._leaving = Leaving(db, settings, vault, now)
        self._delivery = Delivery(db, self._adapters.senders, settings, vault, self._owners, now)
        self._creation = Creation(db, settings, vault, now)
        self._counter = Counter(self._creation, self._sellers, vault)
        self._poller = Poller(db, settings, now)
        self._pictures = QrPictures()
        self._questioning = Questioning(vault)
        self._change = Change(db, settings, bank, self._questioning, now)
        self._approvals = Approvals(db, self._change, now)
        self._renewals = Renewals(db, bank, vault, self._change, self._creation, now)
        decisions = Decisions(
            db, settings, bank, self._change, self._questioning, self._approvals, self._renewals, now
        )  # fmt: skip
        self._views = Views(settings, vault, bank, self._questioning, now, sms_is_on=self._delivery.is_on)
        self._steps = Steps(db, self._views, self._creation, now)
        self._shoppers = ShopperChats(db, TelegramChat(self.bot), settings, now, is_test=bank.is_test)
        mending = Mending(db, vault, self._change, self._delivery, self._questioning, now)
        self._answering = Answering(self._change, self._renewals, mending, self._questions)
        self._pressing = Pressing(self._steps, self._change, decisions, self._approvals, self._renewals, mending)

    def _build_worker(self, vault: Vault, installation: str) -> Worker:
        db, settings, now, bank = self.db, self.settings, self._now, self._adapters.bank
        telling = Telling(db, TelegramChat(self.bot), ChatWords(), self._views, self._pictures, vault, now)
        registration = Registration(db, bank, settings, self._delivery, self._owners, now, installation)
        budget = Budget(settings.bank_calls_per_second)
        settlement = Settlement(db, bank, budget, self._owners, self._questioning, now)
        operating = Operating(db, settings, bank, budget, settlement, self._owners, self._questioning, now)
        works = {
            "register": Work(registration.perform),
            "settle": Work(settlement.perform),
            "operation": Work(operating.perform),
            "renew": Work(Renewing(db, vault, self._creation, now).perform),
            "sms": Work(self._delivery.perform, resolve=self._delivery.resolve),
            "sms_status": Work(self._delivery.ask),
            "card": Work(telling.card),
            "ping": Work(telling.ping),
            "reply": Work(telling.reply),
            "pin": Work(telling.pin),
            "shopper": Work(self._shoppers.perform),
        }
        return Worker(db, self.nursery, works, now, moved=self._moving.move)

    def _build_intake(self, vault: Vault) -> Intake:
        db, settings, now = self.db, self.settings, self._now
        parts = Parts(
            settings=settings,
            now=now,
            bot_id=self.bot.id,
            sms_is_on=self._delivery.is_on,
            answers=Answers(self._replies),
            staff=self.staff,
            shops=self.shops,
            invitations=self.invitations,
            logins=self.logins,
            sellers=self._sellers,
            leaving=self._leaving,
            moving=self._moving,
            creation=self._creation,
            questions=self._questions,
            rewriting=Rewriting(db, vault, self._delivery, self._renewals, now),
            readiness=Readiness(db),
            steps=self._steps,
            answering=self._answering,
            pressing=self._pressing,
            shoppers=self._shoppers,
        )
        return Intake(db, self.bot, make_dispatcher(parts), self._updates, self.nursery, now)

    async def _serve(self, intake: Intake) -> None:
        assets = Assets()
        open_bot = self._reach.deep_link if self.settings.shopper_telegram else None
        shopper = Shopper(self.db, self._now, is_test=self._adapters.bank.is_test, open_bot=open_bot)
        secret, token = self.settings.telegram_webhook_secret, self.settings.metrics_token
        pages = till = None
        if self.settings.public_url:
            pages = Pages(
                shopper,
                self._pictures,
                assets,
                public_url=self.settings.public_url,
                tz=ZoneInfo(self.settings.timezone),
                now=self._now,
                framed=self._framed,
            )
            till = self._build_till(self.settings.public_url, assets)
        app = make_app(
            pages=pages,
            till=till,
            assets=assets,
            callbacks=CallbackDoor(self._adapters.reader, self._record_callback),
            deliveries=DeliveryDoor(self._adapters.senders, self._delivery.note_reports),
            health=Health(self._upkeep.write_something),
            metrics=Metrics(self._upkeep.figures, token.get_secret_value() if token else None),
            open_bot=self._reach.deep_link,
            receive_update=intake.receive if secret else None,
            webhook_secret=secret.get_secret_value() if secret else None,
        )
        self._runner = web.AppRunner(app, access_log=None, max_line_size=LONGEST_LINE, shutdown_timeout=GRACE)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, *self.settings.address()).start()
        except OSError as error:
            raise SettingsError("LISTEN", f"cannot be opened ({error.strerror})") from error

    def _build_till(self, public_url: str, assets: Assets) -> Till:
        settings, now, zone = self.settings, self._now, ZoneInfo(self.settings.timezone)
        sheets = TillSheets(assets)
        doors = Doors(
            self.logins, self.staff, sheets, public_url=public_url, open_bot=self._reach.deep_link,
            verify=lambda init_data: verified(settings.bot_token.get_secret_value(), init_data, now()),
            tell_inviter=partial(tell_inviter, self._replies.post), zone=zone, now=now, framed=self._framed,
        )  # fmt: skip
        shown = Shown(
            sheets, Today(self.db, settings, now), self._steps, self._sellers, self.shops, zone, now,
            is_test=self._adapters.bank.is_test, sms_is_on=self._delivery.is_on,
        )  # fmt: skip
        deeds = Deeds(self._counter, self._pressing, self._answering, self._questions, self._sellers)
        return Till(doors, shown, deeds, framed=self._framed)

    # What the parts hand to each other

    async def _record_callback(self, callback: Callback) -> bool:
        return await self._callbacks.record((callback, self._now()))

    async def _record_updates(self, tx: AsyncConnection, rows: Sequence[Update]) -> Sequence[None]:
        await inbox.add_many(tx, rows, self._now())
        return [None] * len(rows)

    async def bot_name(self) -> str:
        """Waits until Telegram has answered once."""
        return await self._reach.bot_name()
