"""The pages' style sheets and scripts, read once at the start.

A style sheet goes inline, under the page's nonce, so that a page is one request. A script has an address of our own
origin, /static/<version>/<name>, and is kept by browsers for ever: the version changes with the content of any of them,
and a script that names another one beside it (`import "./till_parts.js"`) gets the one of its own version.
"""

from pathlib import Path
from typing import Final
from zlib import crc32

from aiohttp import web
from markupsafe import Markup

STATIC: Final = Path(__file__).parent / "static"
TYPES: Final = {".css": "text/css", ".js": "text/javascript"}


class Assets:
    """Everything in `static/`, by file name."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._texts = {path.name: path.read_text() for path in sorted(folder.iterdir()) if path.suffix in TYPES}
        self._version = f"{crc32(''.join(self._texts.values()).encode()):08x}"

    def style(self, *names: str) -> Markup:
        """The style sheets one after the other."""
        return Markup("".join(self._texts[name] for name in names))  # noqa: S704 -- our own files

    def dark(self, name: str) -> Markup:
        """A sheet that holds where the reader prefers dark."""
        return Markup("@media (prefers-color-scheme: dark) {{\n{}}}\n").format(self.style(name))

    def address(self, name: str) -> str:
        """Where a browser gets the file."""
        return f"/static/{self._version}/{name}"

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/static/{version}/{name}", self._serve)]

    async def _serve(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._texts:
            raise web.HTTPNotFound
        kept = request.match_info["version"] == self._version  # another replica may have another one for a while
        answer = web.Response(
            text=self._texts[name],
            content_type=TYPES[Path(name).suffix],
            headers={
                "Cache-Control": "public, max-age=31536000, immutable" if kept else "no-cache",
                "X-Content-Type-Options": "nosniff",
            },
        )
        answer.enable_compression()  # to less than a half, over a market's mobile network
        return answer
