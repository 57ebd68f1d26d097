"""QR pictures are read back by a decoder, as a camera would."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from bot.qr import PAPER, YELLOW, QrPictures, picture, plain, svg

LINK = "https://pay.shop.ru/p/AbCdEf12Gh4"
BANK_LINK = (  # as long as the bank's get at level 0
    "https://payments.bank.example/payment/merchants/sbersafe_sberid/payment_ru.html"
    "?mdOrder=70906e55-7114-41d6-8332-4609dc6590f4&language=ru"
)
INVITATION = "https://t.me/PrilavokSandboxBot?start=0123456789abcdefABCDEF_-01234567"

Change = Callable[[Image.Image], Image.Image]


@cache
def drawn(link: str = LINK, *, shop: str = "Прилавок", test: bool = False, lang: str = "ru") -> Image.Image:
    return Image.open(BytesIO(picture(link, amount=1_250_050, shop=shop, lang=lang, test=test))).convert("L")


def read(image: Image.Image) -> str | None:
    found = zxingcpp.read_barcodes(image)
    return str(found[0].text) if found else None


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    """As a chat squeezes photos."""
    squeezed = BytesIO()
    image.save(squeezed, "JPEG", quality=quality)
    return Image.open(squeezed)


def wide(image: Image.Image, width: int) -> Image.Image:
    return image.resize((width, image.height * width // image.width))


def framed(image: Image.Image, colour: str) -> Image.Image:
    """In the middle of a screen of that colour."""
    screen = Image.new("L", (image.width * 3 // 2, image.height * 3 // 2), colour)
    screen.paste(image, (image.width // 4, image.height // 4))
    return screen


def turned(image: Image.Image, degrees: float) -> Image.Image:
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="black")


def blurred(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius))


def lit(image: Image.Image, brightness: float, contrast: float = 1) -> Image.Image:
    return ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(brightness)).enhance(contrast)


def dazzled(image: Image.Image) -> Image.Image:
    """A lamp is mirrored in the middle: a part of the code is gone."""
    lamp = image.copy()
    ImageDraw.Draw(lamp).circle((image.width // 2, image.height // 2), image.width // 9, "white")
    return lamp


SIGHTS: dict[str, Change] = {  # each about as a camera would have it: 400 to 1280 px wide
    "as sent": lambda image: jpeg(image, 80),
    "as sent, larger": lambda image: jpeg(wide(image, 1280), 80),
    "as sent, smaller": lambda image: jpeg(wide(image, 800), 80),
    "squeezed hard, larger": lambda image: jpeg(wide(image, 1280), 30),
    "squeezed hard, smaller": lambda image: jpeg(wide(image, 800), 30),
    "a thumbnail": lambda image: jpeg(wide(image, 200), 80),
    "in a black chat": lambda image: framed(wide(image, 400), "black"),
    "in a dark chat": lambda image: framed(wide(image, 400), "#17212B"),
    "turned": lambda image: turned(wide(image, 400), 5),
    "turned the other way in a dark chat": lambda image: turned(framed(wide(image, 400), "#17212B"), -10),
    "out of focus": lambda image: blurred(wide(image, 400), 1.5),
    "on a dim screen": lambda image: lit(wide(image, 400), 0.3),
    "in sunlight": lambda image: lit(wide(image, 400), 1.6, 0.3),
    "under a lamp": lambda image: dazzled(wide(image, 400)),
    "all at once": lambda image: jpeg(lit(blurred(turned(framed(wide(image, 500), "black"), 7), 1), 0.6, 0.7), 30),
}


@pytest.mark.parametrize("link", [LINK, BANK_LINK], ids=["page", "bank"])
def test_a_picture_is_read_as_the_link_however_it_is_seen(link: str) -> None:
    """As a chat sends it, small, in the dark, askew, blurred, dim: it leads exactly to the link."""
    image = drawn(link, test=True)

    assert {sight: read(change(image)) for sight, change in SIGHTS.items()} == dict.fromkeys(SIGHTS, link)


@pytest.mark.parametrize("link", [LINK, BANK_LINK], ids=["page", "bank"])
def test_words_around_the_code_do_not_disturb_it(link: str) -> None:
    """In Russian and in English, with and without the strip on top, and a name of any length."""
    long = "Магазин зимней одежды «Северное сияние» у метро Сокольники"
    for shop, lang, test in (("Я", "ru", False), (long, "en", False), ("Я", "en", True), (long, "ru", True)):
        assert read(wide(drawn(link, shop=shop, test=test, lang=lang), 320)) == link


def test_the_code_alone_is_read_however_it_is_seen() -> None:
    """Of an invitation: the same picture without words."""
    image = Image.open(BytesIO(plain(INVITATION))).convert("L")

    assert {sight: read(change(image)) for sight, change in SIGHTS.items()} == dict.fromkeys(SIGHTS, INVITATION)


def test_a_picture_is_large_enough() -> None:
    """960 px wide, of which the code itself has 720 or more, and four modules of white stand around it."""
    image = drawn()
    code = image.crop((0, 110, 960, 990)).point(lambda value: 255 - value).getbbox()
    assert code is not None
    left, _, right, _ = code
    module = (right - left) // 29  # the link makes a code of version 3

    assert image.width == 960
    assert right - left >= 720
    assert left >= 4 * module
    assert image.width - right >= 4 * module


def test_only_a_test_picture_has_the_yellow_strip() -> None:
    """«ТЕСТ, денег нет» is at the top edge off the production bank, and nowhere else."""
    for test, colour in ((True, YELLOW), (False, PAPER)):
        image = Image.open(BytesIO(picture(LINK, amount=100_000, shop="Прилавок", lang="ru", test=test)))
        assert image.convert("RGB").getpixel((5, 5)) == _rgb(colour)


def test_the_rouble_sign_and_cyrillic_have_their_letters() -> None:
    """The font knows them: a missing letter would be drawn as the same empty box."""
    from bot import qr

    font = qr._font(40, 700)
    boxes = {bytes(font.getmask(letter)) for letter in ("₽", "Ж", "é", "\U0010ffff")}

    assert len(boxes) == 4


def test_a_long_name_of_a_shop_stays_inside() -> None:
    """It ends with an ellipsis before the edge."""
    name = drawn(shop="Магазин зимней одежды «Северное сияние» у метро Сокольники").crop((0, 40, 960, 100))
    ink = Image.eval(name, lambda value: 255 if value < 128 else 0).getbbox()

    assert ink is not None
    assert 40 <= ink[0] < 100
    assert 860 < ink[2] <= 920


def test_the_svg_is_read_as_the_link() -> None:
    """Its one path, drawn at 8 px a module, leads to the link."""
    root = ElementTree.fromstring(svg(LINK))  # noqa: S314 -- our own picture
    side = int(root.attrib["viewBox"].split()[2])
    image = Image.new("L", (side * 8, side * 8), 255)
    draw = ImageDraw.Draw(image)
    for bar in root[1].attrib["d"].split("z")[:-1]:
        corner, _, length = bar.removeprefix("M").partition("h")
        x, y = (8 * int(number) for number in corner.split())
        draw.rectangle((x, y, x + 8 * int(length.partition("v")[0]) - 1, y + 7), fill=0)

    assert read(image) == LINK


async def test_a_picture_is_drawn_once_and_the_oldest_is_forgotten() -> None:
    """The same picture comes from memory; memory is bounded."""
    pictures = QrPictures(capacity=2)
    first = await pictures.svg("https://a.example/1")
    again = await pictures.svg("https://a.example/1")
    for number in range(2, 4):
        await pictures.svg(f"https://a.example/{number}")
    anew = await pictures.svg("https://a.example/1")

    assert again is first
    assert anew == first
    assert anew is not first


async def test_pictures_of_two_sums_differ() -> None:
    """What is remembered is remembered with all that is written on it."""
    pictures = QrPictures()
    one, two = [
        await pictures.picture(LINK, amount=amount, shop="Прилавок", lang="ru", test=False)
        for amount in (100_000, 200_000)
    ]

    assert one != two


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))
