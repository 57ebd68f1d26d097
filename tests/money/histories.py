"""How histories are drawn: a sale that mostly is paid, then some scenes of one or a few events.

The scenes are there since single events, drawn at random, seldom meet: a refund wants a sale, its link, its payment and
a yes. All of it can also happen in any other order.
"""

from collections.abc import Sequence

from hypothesis import strategies as st

from .bank import Trouble
from .chat import ChatTrouble
from .events import (
    BankCalls,
    BankLies,
    BankWill,
    DoesOneJob,
    Event,
    IsKilled,
    OpensPage,
    Passes,
    Presses,
    Sells,
    Shopper,
    SlowCallEnds,
    TelegramWill,
    Works,
)
from .wishes import Answers, ByHand, Decides, Mends, Renews, Wants

Scene = st.SearchStrategy[list[Event]]
MONEY = ("deposit.do", "reverse.do", "refund.do", "decline.do")
REGISTER, STATUS = ("register.do", "registerPreAuth.do"), "getOrderStatusExtended.do"
OPERATIONS = ("approved", "deposited", "reversed", "refunded", "declinedByTimeout", "nonsense")
PHONE = "+79161234567"
SALE = st.sampled_from([0, 0, 0, 0, 1, 2])
WHICH = st.integers(0, 4)
WHO = st.sampled_from(["seller", "manager", "owner", "other seller"])
PART = st.sampled_from([None, None, 300_00, 1_000_00, 6_000_00])
TROUBLE = st.sampled_from(Trouble)


def scene(*events: "st.SearchStrategy[Event] | Event") -> Scene:
    """These, one after the other."""
    return st.tuples(*(each if isinstance(each, st.SearchStrategy) else st.just(each) for each in events)).map(list)


def one_after_the_other(scenes: Sequence[Sequence[list[Event]]]) -> list[Event]:
    return [event for some in scenes for events in some for event in events]


SELLS = st.builds(
    Sells,
    st.sampled_from([12_500_00, 1_000_00, 1_234_56]),
    st.booleans(),
    st.sampled_from(["seller", "manager"]),
    st.booleans(),
    st.sampled_from([None, None, PHONE]),
)
PAYS = st.builds(Shopper, SALE, st.just("pays"), st.sampled_from([0, 0, 0, 1]))
CALLS = st.builds(BankCalls, WHICH, st.sampled_from([1, 1, 3, 0]))
WANTS = st.builds(
    Wants,
    SALE,
    WHO,
    st.sampled_from(["refund", "refund", "cancel", "cancel", "complete", "keep", "accept"]),
    PART,
    st.sampled_from(["yes", "yes", "yes", "yes, yes", "no", "nothing"]),
)
GIVES_BACK = st.builds(
    Wants, st.just(0), st.sampled_from(["seller", "manager", "owner"]), st.sampled_from(["refund", "refund", "cancel"]),
    PART, st.just("yes"),
)  # fmt: skip
ENDS: st.SearchStrategy[list[Event]] = st.sampled_from(
    [[Shopper(0, "is refused")] * 3, [Shopper(0, "is refused")] * 3, [Passes(7260)], [Passes(1300)]]
)
RENEWS = st.builds(
    Renews, SALE, st.sampled_from(["seller", "seller", "manager", "other seller"]),
    st.sampled_from([None, None, 9_000_00, 9_000_00, 12_500_00]), st.sampled_from(["yes", "yes", "yes, yes", "no"]),
)  # fmt: skip
MENDS = st.builds(
    Mends, SALE, st.sampled_from(["wrong", "wrong", "again"]), st.sampled_from([None, "9167654321", PHONE])
)
BY_HAND = st.builds(ByHand, SALE, st.sampled_from(["refund", "refund", "reverse", "deposit"]), PART)
FAILS = st.builds(BankWill, st.sampled_from([*MONEY, "refund.do", STATUS, STATUS, *REGISTER]), TROUBLE)
MONEY_FAILS = st.builds(BankWill, st.sampled_from([*MONEY, "refund.do"]), TROUBLE)
AGREES = st.builds(Decides, st.just(0), st.sampled_from(["owner", "manager"]), st.just(True))
LEAPS = (1, 3, 11, 61, 7260, 12 * 3600, 25 * 3600, 7 * 86400)

SINGLE = st.one_of(
    st.just(Works()),
    st.just(Works(chat=True)),
    st.builds(DoesOneJob, WHICH),
    st.just(SlowCallEnds()),
    st.builds(Passes, st.sampled_from(LEAPS)),
    SELLS,
    st.builds(Presses, SALE, st.sampled_from(["retry", "check"])),
    WANTS,
    st.builds(Answers, WHICH, WHO, st.sampled_from(["yes", "yes", "no"])),
    st.builds(Decides, WHICH, WHO, st.sampled_from([True, True, False])),
    RENEWS,
    MENDS,
    BY_HAND,
    st.builds(OpensPage, SALE),
    PAYS,
    st.builds(Shopper, SALE, st.sampled_from(["is refused", "is asked by his bank", "goes away"])),
    CALLS,
    st.builds(BankLies, SALE, st.sampled_from(OPERATIONS), st.booleans()),
    FAILS,
    st.builds(TelegramWill, st.sampled_from(ChatTrouble)),
    st.just(IsKilled()),
)
OPENING: Scene = st.one_of(
    scene(SELLS),
    scene(st.builds(BankWill, st.sampled_from(REGISTER), TROUBLE), SELLS, Works()),
    scene(SELLS, Works()),
    scene(SELLS, Works(), Shopper(0, "pays")),
    *[scene(SELLS, Works(), Shopper(0, "pays"), BankCalls(0, 1), Works())] * 4,
)
ENDED_AND_RENEWED = st.tuples(ENDS, scene(CALLS, Works(), Passes(3), Works(), RENEWS, Works())).map(
    lambda both: [*both[0], *both[1]]
)
SCENE: Scene = st.one_of(
    scene(SINGLE),
    scene(SINGLE),
    scene(PAYS, CALLS, Works()),
    scene(WANTS, Works()),
    scene(GIVES_BACK, AGREES, Works()),
    scene(RENEWS, Works(), st.builds(Passes, st.sampled_from([0, 3, 11])), Works()),
    *[ENDED_AND_RENEWED] * 2,
    scene(FAILS, RENEWS, Works(), PAYS, SlowCallEnds(), Works()),
    scene(PAYS, RENEWS, CALLS, Works()),
    scene(MENDS, Works(), Passes(6), Works()),
    scene(MONEY_FAILS, GIVES_BACK, AGREES, Works()),
    scene(MONEY_FAILS, GIVES_BACK, AGREES, Works(), BY_HAND, SlowCallEnds()),
)
HISTORIES = st.tuples(OPENING.map(lambda opening: [opening]), *[st.lists(SCENE, max_size=6)] * 2).map(
    one_after_the_other
)

PAID: list[Event] = [Sells(12_500_00, False, "manager", True), Works(), Shopper(0, "pays"), BankCalls(0, 1), Works()]
HELD: list[Event] = [Sells(12_500_00, True, "seller", True), Works(), Shopper(0, "pays"), BankCalls(0, 1), Works()]
DECLINED: list[Event] = [
    *[Shopper(0, "is refused")] * 3, BankCalls(0, 1), Works(), Passes(3), Works(),
]  # fmt: skip
NEW_LINK: list[Event] = [Renews(0, "manager", None, "yes"), Works()]
KNOWN: dict[str, list[Event]] = {
    "who asked agrees": [*PAID, Wants(0, "manager", "refund", None, "yes"), Decides(0, "manager", True), Works()],
    "a refund arrives after our death": [
        *PAID, BankWill("refund.do", Trouble.SLOW), Wants(0, "owner", "refund", 3_000_00, "yes"), Works(),
        IsKilled(), Works(), Passes(1), Works(),
    ],
    "charged by hand, released by us": [
        *HELD, Wants(0, "seller", "cancel", None, "yes"), ByHand(0, "deposit", None), Works(),
    ],
    "an old link's callback comes after the new link": [
        PAID[0], Works(), *DECLINED, *NEW_LINK, BankCalls(0, 3), Works(), Passes(3), Works(), Shopper(0, "pays"),
        Works(),
    ],
    "a new link ends as the old one did": [PAID[0], Works(), *DECLINED, *NEW_LINK, *DECLINED],
    "paid while the sum is being replaced": [
        PAID[0], Works(), BankWill("decline.do", Trouble.SLOW), Renews(0, "manager", 9_000_00, "yes"),
        Works(), Shopper(0, "pays"), SlowCallEnds(), Works(),
    ],
    "another sum, and then another link": [
        PAID[0], Works(), Renews(0, "manager", 9_000_00, "yes"), Works(), Passes(3), Works(), *DECLINED, *NEW_LINK,
        Shopper(0, "pays"), Works(),
    ],
}  # fmt: skip
"""Told each time: what went wrong once, or would with a small mistake, and is seldom drawn."""
