"""How the bot fetches its updates: getUpdates, and the settings of the webhook (its posts are made in `webhook`)."""

import re
from datetime import timedelta
from typing import Any

from .call import Call, bad_request, conflict
from .updates import Update
from .world import Hook, World

SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
URL = re.compile(r"https?://\S+")  # Telegram itself takes https only
MOST = 100


async def get_updates(world: World, call: Call) -> list[dict[str, Any]]:
    """Long polling by the sandbox clock. A second poller sends the first one away with 409."""
    if world.hook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    _allow(world, call)
    world.updates.acknowledge(call.integer("offset"))
    limit = min(max(call.integer("limit", MOST), 1), MOST)
    found = await _wait_for_updates(world, timedelta(seconds=call.integer("timeout")))
    return [update.as_json() for update in found[:limit]]


async def _wait_for_updates(world: World, patience: timedelta) -> list[Update]:
    updates, me = world.updates, object()
    updates.poller = me
    world.bell.ring()
    until = world.clock.now() + patience
    while not (found := updates.pending()) and world.clock.now() < until and not (updates.closing or world.away):
        await world.bell.wait(until)
        if updates.poller is not me:
            raise conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
    return found


def set_webhook(world: World, call: Call) -> bool:
    url, secret = call.text("url"), call.text("secret_token")
    if url and not URL.fullmatch(url):
        raise bad_request("bad webhook: invalid webhook URL specified")
    if not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    _allow(world, call)
    _drop(world, call)
    world.hook = Hook(url, secret, min(max(call.integer("max_connections", 40), 1), 100))
    world.bell.ring()
    return True


def delete_webhook(world: World, call: Call) -> bool:
    _drop(world, call)
    world.hook = Hook()
    world.bell.ring()
    return True


def get_webhook_info(world: World, call: Call) -> dict[str, Any]:
    hook = world.hook
    shape: dict[str, Any] = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.pending()),
    }
    if hook.url:
        shape["max_connections"] = hook.max_connections
    if hook.last_error_at is not None:
        shape |= {"last_error_date": int(hook.last_error_at.timestamp()), "last_error_message": hook.last_error}
    return shape | ({"allowed_updates": world.updates.allowed} if world.updates.allowed else {})


def _allow(world: World, call: Call) -> None:
    """Which kinds the bot wants; a call that does not say keeps the last choice."""
    kinds = call.structure("allowed_updates")
    if isinstance(kinds, list):
        world.updates.allowed = [str(kind) for kind in kinds]


def _drop(world: World, call: Call) -> None:
    if call.flag("drop_pending_updates"):
        world.updates.clear()
