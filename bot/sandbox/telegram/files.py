"""Uploaded files. A file_id stays good for ever, in any chat; the bytes are kept as they came."""

import io
import itertools
from hashlib import sha256

from PIL import Image

from .call import Upload, bad_request
from .shapes import StoredFile

PHOTO_BYTES = 10 * 1024**2
PHOTO_SIDES, PHOTO_RATIO = 10_000, 20  # width + height; longer to shorter side


class Files:
    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._kept: dict[str, StoredFile] = {}

    def get(self, file_id: str) -> StoredFile:
        """Raises LookupError."""
        if file_id not in self._kept:
            raise LookupError(f"no file {file_id}")
        return self._kept[file_id]

    def at(self, path: str) -> StoredFile:
        """By the path that getFile gave: `photos/<file_id>.png`. Raises LookupError."""
        return self.get(path.rpartition("/")[2].partition(".")[0])

    def take(self, kind: str, given: Upload | str) -> StoredFile:
        """The file that a call sends: a new upload, or one sent before."""
        if isinstance(given, Upload):
            return self._keep(kind, given)
        if not given:
            raise bad_request(f"there is no {kind} in the request")
        if given.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")  # the sandbox fetches nothing
        if given not in self._kept:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if self._kept[given].kind != kind:
            raise bad_request(f"can't use file of type {self._kept[given].kind.title()} as {kind.title()}")
        return self._kept[given]

    def _keep(self, kind: str, upload: Upload) -> StoredFile:
        if not upload.content:
            raise bad_request("file must be non-empty")
        width, height = _photo_size(upload.content) if kind == "photo" else (0, 0)
        number = next(self._numbers)
        digest = sha256(upload.content).hexdigest()
        stored = StoredFile(
            f"AgACAgSandbox{number:06}{digest[:24]}", f"AQAD{number:06}{digest[:8]}", kind, upload.name,
            upload.content, width, height,
        )  # fmt: skip
        self._kept[stored.id] = stored
        return stored


def _photo_size(content: bytes) -> tuple[int, int]:
    if len(content) > PHOTO_BYTES:
        raise bad_request(
            f"file of size {len(content)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes"
        )
    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
    except OSError:
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height
