"""QR pictures are read back by a decoder, as a camera would."""

from io import BytesIO
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from bot.qr import PAPER, YELLOW, QrPictures, picture, svg

LINK = "https://pay.shop.ru/p/AbCdEf12Gh4"
BANK_LINK = "https://3dsec.example.ru/payment/merchants/sbersafe_sberid/payment_ru.html?mdOrder=70906e55-7114-41d6-8332"


def drawn(link: str = LINK, *, shop: str = "Прилавок", test: bool = False, lang: str = "ru") -> Image.Image:
    return Image.open(BytesIO(picture(link, amount=1_250_050, shop=shop, lang=lang, test=test)))


def read(image: Image.Image) -> str | None:
    found = zxingcpp.read_barcodes(image)
    return str(found[0].text) if found else None


@pytest.mark.parametrize("link", [LINK, BANK_LINK])
@pytest.mark.parametrize("test", [False, True])
def test_a_picture_is_read_as_the_link(link: str, test: bool) -> None:
    """The code leads exactly to the link, with and without the strip on top."""
    assert read(drawn(link, test=test)) == link


def test_a_picture_is_read_small_and_squeezed() -> None:
    """At 200 px wide and JPEG quality 30, as a chat may show it."""
    image = drawn(test=True)
    image.thumbnail((200, 400))
    squeezed = BytesIO()
    image.convert("RGB").save(squeezed, "JPEG", quality=30)

    assert read(Image.open(squeezed)) == LINK


def test_a_picture_is_large_enough() -> None:
    """960 px wide, of which the code itself has 720 or more, and four modules of white stand around it."""
    image = drawn().convert("L")
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
    assert drawn(test=True).convert("RGB").getpixel((5, 5)) == _rgb(YELLOW)
    assert drawn(test=False).convert("RGB").getpixel((5, 5)) == _rgb(PAPER)


def test_the_rouble_sign_and_cyrillic_have_their_letters() -> None:
    """The font knows them: a missing letter would be drawn as the same empty box."""
    from bot import qr

    font = qr._font(40, 700)
    boxes = {bytes(font.getmask(letter)) for letter in ("₽", "Ж", "é", "\U0010ffff")}

    assert len(boxes) == 4


def test_a_long_name_of_a_shop_stays_inside() -> None:
    """It ends with an ellipsis before the edge."""
    name = (
        drawn(shop="Магазин зимней одежды «Северное сияние» у метро Сокольники").convert("RGB").crop((0, 40, 960, 100))
    )
    ink = Image.eval(name.convert("L"), lambda value: 255 if value < 128 else 0).getbbox()

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
