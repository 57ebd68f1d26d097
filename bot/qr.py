"""QR codes, drawn by ourselves: a payment link never goes to a third party's image service.

Two forms: `svg` is the plain code for pages, `picture` is the PNG of the staff chat's card, with shop, sum and a hint.
Both carry their own four modules of white, so they may run edge to edge and are read on a dark screen too.
Drawing is up to 50 ms of CPU: servers go through `QrPictures`, which draws in a thread and remembers.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from bot.money import format_rub
from bot.text import say

WIDTH: Final = 960  # px; Telegram shows a card's picture at about 1000, and JPEG keeps whole modules sharp
MARGIN: Final = 40  # px left and right of a line of text
BAND: Final = 66  # px, the strip that says that no money moves
QUIET: Final = 4  # modules of white around a code, as ISO/IEC 18004 asks
INK, MUTED, PAPER, YELLOW = "#14181F", "#565E6B", "#FFFFFF", "#FFD54A"  # tokens of the pages

Font = ImageFont.FreeTypeFont


def svg(link: str) -> str:
    """The code of `link` as an SVG of one path; a module is 1 unit."""
    rows = _modules(link)
    side = len(rows)
    bars = "".join(f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{bars}"/></svg>'
    )


def picture(link: str, *, amount: int, shop: str, lang: str, test: bool) -> bytes:
    """The card's picture, PNG, 960 px wide. `amount` in kopecks; `test`: «ТЕСТ, денег нет» at the top edge."""
    code = _code_image(link)
    top = BAND if test else 0
    code_top = top + 88
    below = code_top + code.height
    image = Image.new("RGB", (WIDTH, below + 160), PAPER)
    image.paste(code, ((WIDTH - code.width) // 2, code_top))
    draw = ImageDraw.Draw(image)
    if test:
        draw.rectangle((0, 0, WIDTH, BAND - 1), fill=YELLOW)
        _line(draw, BAND // 2, say("qr.test", lang), _font(32, 700), INK)
    _line(draw, top + 66, shop, _font(40, 600), INK)
    _line(draw, below + 30, format_rub(amount), _font(72, 700), INK)
    _line(draw, below + 97, say("qr.hint", lang), _font(32, 400), MUTED)
    png = BytesIO()
    image.save(png, "PNG", compress_level=6)
    return png.getvalue()


def plain(link: str) -> bytes:
    """The code of `link` alone, PNG, 960 px wide."""
    png = BytesIO()
    _code_image(link).save(png, "PNG", compress_level=6)
    return png.getvalue()


class QrPictures:
    """Draws outside the event loop and keeps the newest `capacity` drawings (a picture is about 25 KB)."""

    def __init__(self, capacity: int = 256) -> None:
        self._capacity = capacity
        self._drawn: OrderedDict[object, bytes] = OrderedDict()

    async def picture(self, link: str, *, amount: int, shop: str, lang: str, test: bool) -> bytes:
        """As `picture`."""
        draw = partial(picture, link, amount=amount, shop=shop, lang=lang, test=test)
        return await self._remembered((link, amount, shop, lang, test), draw)

    async def plain(self, link: str) -> bytes:
        """As `plain`."""
        return await self._remembered(("plain", link), partial(plain, link))

    async def svg(self, link: str) -> bytes:
        """As `svg`, in UTF-8."""
        return await self._remembered(link, lambda: svg(link).encode())

    async def _remembered(self, key: object, draw: Callable[[], bytes]) -> bytes:
        if key not in self._drawn:
            self._drawn[key] = await asyncio.to_thread(draw)
            while len(self._drawn) > self._capacity:
                self._drawn.popitem(last=False)
        self._drawn.move_to_end(key)
        return self._drawn[key]


def _modules(link: str) -> list[list[bool]]:
    """Rows of the code with its white margin; True is black."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(link)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """(start, length) of each black stretch."""
    edges = [x for x in range(1, len(row)) if row[x] != row[x - 1]]  # the margin makes a row begin and end white
    return [(start, end - start) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _code_image(link: str) -> Image.Image:
    """As large as whole modules allow: a module of a broken width is what blurred cameras stumble over."""
    rows = _modules(link)
    side = len(rows)
    dots = Image.new("L", (side, side), 255)
    dots.putdata([0 if module else 255 for row in rows for module in row])
    module = WIDTH // side
    return dots.resize((side * module, side * module), Image.Resampling.NEAREST)


def _font(size: int, weight: int) -> Font:
    """Inter: Pillow's own font has neither Cyrillic nor the rouble sign, and a server may have no fonts at all."""
    data = files("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf"
    font = ImageFont.truetype(str(data), size, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes([14, weight])  # optical size: the text cut, wider and read from further away; weight
    return font


def _line(draw: ImageDraw.ImageDraw, middle: int, text: str, font: Font, colour: str) -> None:
    """One centred line; what is too long for the picture ends with an ellipsis."""
    room = WIDTH - 2 * MARGIN
    cut = text
    while font.getlength(cut) > room:
        cut = cut.removesuffix("…")[:-1].rstrip() + "…"
    draw.text((WIDTH // 2, middle), cut, font=font, fill=colour, anchor="mm")
