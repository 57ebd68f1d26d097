"""What holds for every message: no other amount, no other phone, no digit lost, no exception."""

from collections import Counter

import phonenumbers
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.money import format_rub
from bot.payments.grammar import Choice, NeedAmount, Order, Reading, Refusal, read, read_amount

settings.register_profile("grammar", max_examples=150, deadline=None, database=None)
settings.load_profile("grammar")

WORDS = ["куртка", "зимняя", "сумка", "для мамы", "синий", "подарок", "Zara", "с чехлом", "набор", "к празднику", "XL"]
NUMBERED = ["iPhone 15", "размер 42", "2 шт", "128gb", "арт 7731", "№ 17", "А54", "44 размер", "2 пары", "Pixel 8 128"]
JOINING = ["и", "или", "/", "вместо", "скидка", "за", "на", "т.", "100%", "160х200", "17,5", "до 25.11", "до 18:00"]
UNITS = ["", "р", " р", "₽", " ₽", " руб", "руб.", " рублей", " RUB"]

kopecks = st.one_of(
    st.integers(1, 99_999_999),
    st.integers(1, 999_999).map(lambda roubles: roubles * 100),
    st.integers(1, 999).map(lambda thousands: thousands * 100_000),
)
large = st.one_of(st.integers(1000, 999_999), st.integers(1, 999).map(lambda thousands: thousands * 1000)).map(
    lambda roubles: roubles * 100
)
national = st.from_regex(r"9[0-9]{9}", fullmatch=True).filter(
    lambda number: phonenumbers.is_valid_number(phonenumbers.parse(f"+7{number}"))
)


def spellings(amount: int) -> list[str]:
    """The ways to write a sum that always read back exactly."""
    roubles, rest = divmod(amount, 100)
    grouped = f"{roubles:,}"
    tails = [f",{rest:02d}", f".{rest:02d}"] if rest else ["", ",00", ".00"]
    if rest and rest % 10 == 0:
        tails.append(f",{rest // 10}")
    bodies = [str(roubles), grouped.replace(",", "\u00a0"), grouped.replace(",", "\u202f")]
    bodies += [grouped.replace(",", " ")] if not spaced_twice(amount) else []
    found = [body + tail + unit for body in bodies for tail in tails for unit in UNITS]
    found.append(format_rub(amount))
    if not rest and roubles % 10 == 0 and roubles < 1_000_000:
        whole, part = divmod(roubles, 1000)
        short = f"{whole},{part:03d}".removesuffix("0")
        short = short.rstrip("0").rstrip(",")
        found += [short + unit for unit in ("к", "К", "k", "т", " тыс", " тыс.", " тысяч", "тр", " т.р.", " тыс руб")]
        found.append(short.replace(",", ".") + "к")
    return found


def doubtful_spellings(amount: int) -> list[str]:
    """Also those that people are asked about, or that say what the sum is."""
    roubles = amount // 100
    grouped = [f"{roubles:,}".replace(",", mark) for mark in ".'"]
    around = ["({})", "({} руб)", "«{}»", "[{}]", "={}", "₽{}", "₽ {}", "💰{}", "{}👍", "{}=", "~{}", "-{}", "{}-00"]
    around += ["сумма {}", "итого: {}", "скидка {}", "было {}", "(было {})", "шапка-{}", "шапка:{}", "{}куртка", "р{}"]
    return spellings(amount) + grouped + [one.format(roubles) for one in around]


def spaced_twice(amount: int) -> bool:
    """`500 700` may be two sums, so it may come back as a choice."""
    return amount >= 10_000_000 and amount // 100 % 1000 >= 100


def phone_spellings(number: str) -> list[str]:
    """The ways to write a mobile number."""
    a, b, c, d = number[:3], number[3:6], number[6:8], number[8:]
    locals_ = [
        number,
        f"{a} {b} {c} {d}",
        f"{a} {b}-{c}-{d}",
        f"({a}) {b}-{c}-{d}",
        f"{a}-{b}-{c}-{d}",
        f"{a} {b}{c}{d}",
    ]
    locals_ += [f"{a} {b} {c}{d}", f"({a}){b}{c}{d}", f"{a}\u00a0{b}-{c}-{d}", f"{a}.{b}.{c}.{d}"]
    return [prefix + rest for rest in locals_ for prefix in ("", "8", "8 ", "+7", "+7 ", "7", "8-", "+7\u00a0")]


@st.composite
def written(draw: st.DrawFn) -> tuple[int, str]:
    """A sum and one spelling of it."""
    amount = draw(kopecks)
    return amount, draw(st.sampled_from(spellings(amount)))


@st.composite
def called(draw: st.DrawFn) -> tuple[str, str]:
    """A phone in E.164 and one spelling of it."""
    number = draw(national)
    return f"+7{number}", draw(st.sampled_from(phone_spellings(number)))


def message_of(data: st.DataObject) -> str:
    """A whole message: a sum in digits, a phone, words and described numbers, in any order."""
    roubles = data.draw(st.integers(1000, 999_999))
    words = data.draw(st.lists(st.sampled_from([*WORDS, *NUMBERED, *JOINING]), max_size=4))
    parts = [f"{roubles}{data.draw(st.sampled_from(UNITS))}", data.draw(called())[1], *words]
    return data.draw(st.sampled_from([" ", "\n", ", "])).join(data.draw(st.permutations(parts)))


def orders(reading: Reading) -> tuple[Order, ...]:
    """What a reading may become."""
    if isinstance(reading, Choice):
        return reading.readings
    return (reading,) if isinstance(reading, Order) else ()


def digits(text: str) -> str:
    """The digits of a text, in order."""
    return "".join(character for character in text if character in "0123456789")


@given(written())
def test_every_spelling_of_a_sum_reads_back_exactly(sum_: tuple[int, str]) -> None:
    """Grouping, decimals, units and thousands change nothing."""
    amount, text = sum_

    assert read(text) == Order(amount)
    assert read_amount(text) == amount


@given(kopecks)
def test_a_sum_in_two_groups_of_three_is_offered_at_least(amount: int) -> None:
    """`500 700` is one of the readings, even where it may be two sums."""
    text = f"{amount // 100:,}".replace(",", " ")
    assume(amount >= 100 and amount < 100_000_000)

    assert amount // 100 * 100 in [one.amount for one in orders(read(text))]


@given(called())
def test_every_spelling_of_a_phone_reads_back_exactly(phone: tuple[str, str]) -> None:
    """Alone it asks for its amount."""
    e164, text = phone

    assert read(text) == NeedAmount(e164)


@given(written(), called(), st.booleans())
def test_a_sum_and_a_phone_are_never_mixed_up(sum_: tuple[int, str], phone: tuple[str, str], sum_first: bool) -> None:
    """In either order, in any spelling: these two, or a question that offers them, or a refusal."""
    parts = [sum_[1], phone[1]] if sum_first else [phone[1], sum_[1]]

    reading = read(" ".join(parts))

    assert isinstance(reading, Refusal) or (sum_[0], phone[0]) in [(one.amount, one.phone) for one in orders(reading)]


@given(written(), called())
def test_an_amount_first_and_a_phone_on_its_own_line_always_work(sum_: tuple[int, str], phone: tuple[str, str]) -> None:
    """A line feed parts them for good, so nothing has to be asked."""
    assert read(f"{sum_[1]}\n{phone[1]}") == Order(sum_[0], phone[0])


@given(st.data())
def test_words_around_change_neither_sum_nor_phone(data: st.DataObject) -> None:
    """Any order of sum, phone, words and described numbers gives these, a question with these, or a refusal."""
    amount, sum_text = data.draw(written())
    assume(amount >= 100_00)  # a smaller number, which no shop sells at in parts, looks like a size
    e164, phone_text = data.draw(called())
    words = data.draw(st.lists(st.sampled_from(WORDS + NUMBERED), max_size=4))
    parts = data.draw(st.permutations([sum_text, phone_text, *words]))

    reading = read(" ".join(parts))

    assert not isinstance(reading, NeedAmount)
    assert isinstance(reading, Refusal) or (amount, e164) in [(one.amount, one.phone) for one in orders(reading)]
    if isinstance(reading, Order):
        assert digits(reading.what) == digits(" ".join(part for part in parts if part in words))


@given(st.data())
def test_two_sums_are_never_one_order(data: st.DataObject) -> None:
    """In whatever spelling, among phones and described numbers: asked about, or refused."""
    first, second = data.draw(st.lists(large, min_size=2, max_size=2, unique=True))
    written = [data.draw(st.sampled_from(doubtful_spellings(amount))) for amount in (first, second)]
    others = data.draw(st.lists(st.sampled_from([*WORDS, *NUMBERED, *JOINING, "9161234567"]), max_size=3))
    parts = data.draw(st.permutations([*written, *others]))

    assert not isinstance(read(data.draw(st.sampled_from([" ", "  ", "\n", ", ", "; ", " - "])).join(parts)), Order)


@given(st.integers(1, 999), st.integers(1, 9999), st.sampled_from(UNITS))
def test_two_neighbouring_sums_are_never_one_order(first: int, second: int, unit: str) -> None:
    """Side by side at the head of a message nothing says which of them is meant."""
    assume(second < 100 or second > 999)

    assert not isinstance(read(f"{first} {second}{unit}"), Order)


@given(st.one_of(st.text(alphabet="0123456789 я", max_size=40), st.data()))
def test_no_digit_is_lost(source: str | st.DataObject) -> None:
    """Every digit of an order's text is in its amount, its phone or its description; of the phone, once."""
    text = source if isinstance(source, str) else message_of(source)
    reading = read(text)
    if isinstance(reading, Order):
        left = Counter(digits(text))
        left.subtract(Counter(str(reading.amount // 100)) + Counter(digits(reading.what)))
        left.subtract(Counter((reading.phone or "")[2:]))
        assert all(count >= 0 for count in left.values())
        assert left.total() == 0 or (reading.phone and left.total() == 1 and (left["7"] or left["8"]))


@given(
    st.one_of(st.text(), st.text(alphabet="0123456789 +-().,;:кКтысрубkp₽$Oe№\u00a0\n\u202e\u2212%xх*я", max_size=60))
)
def test_no_text_breaks_the_reader(text: str) -> None:
    """Every text is an order, a choice, a lone phone or a refusal, and an order is always above zero."""
    reading = read(text)

    assert all(one.amount > 0 and len(one.what) <= 200 for one in orders(reading))
    assert isinstance(reading, Order | Choice | NeedAmount | Refusal)
