"""Fields of a request from its query and its form body, with the bytes kept: the charset is the protocol's affair."""

from urllib.parse import parse_qsl

from aiohttp import web


async def raw_fields(request: web.Request) -> dict[str, str]:
    """Names and values, one character a byte (Latin-1). A name given twice keeps its last value."""
    parts = [request.rel_url.raw_query_string, (await request.read()).decode("latin-1")]
    return dict(parse_qsl("&".join(filter(None, parts)), keep_blank_values=True, encoding="latin-1"))


def decoded(fields: dict[str, str], charset: str, errors: str = "strict") -> dict[str, str]:
    """The same in `charset`. Raises UnicodeDecodeError, LookupError for an unknown charset."""
    return {
        name.encode("latin-1").decode(charset, errors): value.encode("latin-1").decode(charset, errors)
        for name, value in fields.items()
    }
