"""The limit for each address."""

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.web.security import TokenBuckets, client_address


class Clock:
    """Seconds that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def asked(peer: str, forwarded: str | None = None) -> web.Request:
    """A request from `peer`, with a proxy's word or without."""
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return make_mocked_request("GET", "/p/x", headers=headers).clone(remote=peer)


def test_a_burst_passes_and_the_rest_waits_for_its_tokens(clock: Clock) -> None:
    """Two a second after a burst of three."""
    buckets = TokenBuckets(rate=2, burst=3, clock=clock)

    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]

    clock.now = 1.0

    assert [buckets.take("a") for _ in range(3)] == [True, True, False]


def test_tokens_never_exceed_the_burst(clock: Clock) -> None:
    """An hour of silence saves up no more than one burst."""
    buckets = TokenBuckets(rate=2, burst=3, clock=clock)
    buckets.take("a")
    clock.now = 3600.0

    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]


def test_each_address_has_its_own(clock: Clock) -> None:
    """One that asks too often does not shut out another."""
    buckets = TokenBuckets(rate=1, burst=1, clock=clock)
    buckets.take("a")

    assert not buckets.take("a")
    assert buckets.take("b")


def test_a_charge_makes_wrong_codes_dear(clock: Clock) -> None:
    """Guessing uses up what polling leaves alone."""
    buckets = TokenBuckets(rate=1, burst=10, clock=clock)
    buckets.take("a")
    buckets.charge("a", 9)

    assert not buckets.take("a")


def test_memory_is_bounded_and_the_longest_silent_is_forgotten(clock: Clock) -> None:
    """A flood of addresses pushes out old ones and no more."""
    buckets = TokenBuckets(rate=0, burst=1, capacity=2, clock=clock)
    for address in ("a", "b", "c"):
        buckets.take(address)

    assert not buckets.take("c")
    assert buckets.take("a")


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "198.51.100.9, 203.0.113.7", "203.0.113.7"),
        ("172.18.0.3", "203.0.113.7", "203.0.113.7"),
        ("81.2.69.142", "198.51.100.9", "81.2.69.142"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("2a02:6b8:1:2:3::4", None, "2a02:6b8:1:2::/64"),
        ("", None, "None"),
    ],
)
def test_only_our_own_proxy_is_believed(peer: str, forwarded: str | None, counted: str) -> None:
    """A stranger's X-Forwarded-For is ignored; of a proxy's list the last entry is its own; IPv6 counts by /64."""
    assert client_address(asked(peer, forwarded)) == counted
