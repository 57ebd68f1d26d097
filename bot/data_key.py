"""DATA_KEY, or with SQLite a file beside the database that is made at the first start and read by its owner only."""

import os
from pathlib import Path

from sqlalchemy.engine import make_url

from .config import Settings
from .vault import generate_key


def data_key(settings: Settings) -> str:
    """The key of encrypted phones."""
    if settings.data_key:
        return settings.data_key.get_secret_value()
    database = make_url(settings.database_url).database or "prilavok.db"
    file = Path(database).with_suffix(".key")
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as new:
            new.write(generate_key())
    return file.read_text(encoding="ascii").strip()
