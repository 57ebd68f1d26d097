"""Money cannot go wrong: random histories against the sandbox's bank, and what must be true of each.

`make test` draws the same 200 histories each time, `make faults` others each time. The seed is printed, and FAULTS_SEED
repeats a run.
"""

import asyncio
import logging
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, Phase, given, note, seed, settings

from . import truths
from .events import Event
from .histories import HISTORIES, KNOWN
from .scene import MEMORY, Scene, open_scene
from .world import World

AS_EVER = 3
FEW, MANY = 200, 10_000


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def scene(runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """In memory where there is room for it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    directory = Path(tempfile.mkdtemp(prefix="prilavok-", dir=MEMORY if MEMORY.is_dir() else None))
    scene = runner.run(open_scene(directory, monkeypatch))
    yield scene
    runner.run(scene.close())
    shutil.rmtree(directory)


@pytest.mark.parametrize("history", KNOWN)
def test_a_known_history_goes_well(runner: asyncio.Runner, scene: Scene, history: str) -> None:
    runner.run(happens(scene, KNOWN[history]))


def test_money_does_not_go_wrong(runner: asyncio.Runner, scene: Scene) -> None:
    """In none of 200 histories."""
    tell(runner, scene, histories=FEW, begin=int(os.environ.get("FAULTS_SEED", AS_EVER)))


@pytest.mark.faults
def test_money_does_not_go_wrong_in_many_histories(runner: asyncio.Runner, scene: Scene) -> None:
    """In none of 10 000."""
    begin = int(os.environ.get("FAULTS_SEED", random.SystemRandom().randrange(10**6)))
    tell(runner, scene, histories=MANY, begin=begin)


def tell(runner: asyncio.Runner, scene: Scene, *, histories: int, begin: int) -> None:
    """Draws them, and lets hypothesis find the shortest that goes wrong."""
    print(f"FAULTS_SEED={begin}")  # noqa: T201 - to repeat this very run

    @seed(begin)
    @settings(
        max_examples=histories,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(history=HISTORIES)
    def goes_well(history: list[Event]) -> None:
        note("\n".join(map(str, history)))
        runner.run(happens(scene, history))

    goes_well()


async def happens(scene: Scene, history: list[Event]) -> None:
    world = World(scene)
    try:
        for event in history:
            await event.happen(world)
            truths.at_any_time(world)
        await world.calms_down()
        truths.in_the_end(world)
    finally:
        await world.ends()
