"""Files that belong to a case: kept once, by hash, encrypted with the store's key, in the data folder."""

import hashlib
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zq_grid import files
from zq_grid.errors import Refused

if TYPE_CHECKING:
    from zq_grid.workspace import Workspace

BIGGEST = 30 * 2**20
MOST_PIXELS = 60_000_000
FOLDER = "files"
DOCUMENTS = (b"%PDF-",)


def keep(workspace: "Workspace", path: Path) -> dict[str, Any]:
    """Store a photo or PDF and return the facts that `attach` needs: hash, kind, name, size.

    Raises:
        Refused: "file_missing", "path_unusable", "image_invalid" for what is no picture, too big, or a bomb.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise Refused("file_missing", "no such file", name=str(path)) from error
    except OSError as error:
        raise Refused("path_unusable", str(error), path=str(path)) from error
    if not data or len(data) > BIGGEST:
        raise Refused("image_invalid", "size", file=path.name, fault=f"{len(data) >> 20} MB")
    kind = "pdf" if data.startswith(DOCUMENTS) else _picture(path, data)
    digest = hashlib.sha256(data).hexdigest()
    target = workspace.folder / FOLDER / digest[:2] / digest
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        files.replace(target, _sealed(workspace, digest, data))
    return {"hash": digest, "kind": kind, "name": path.name[:200], "size": len(data)}


def read(workspace: "Workspace", digest: str) -> bytes:
    """Return a stored file, whole and unchanged.

    Raises:
        Refused: "file_missing", "image_invalid" if its bytes were changed.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    path = workspace.folder / FOLDER / digest[:2] / digest
    try:
        sealed = path.read_bytes()
        return AESGCM(_key(workspace)).decrypt(sealed[:12], sealed[12:], digest.encode())
    except FileNotFoundError as error:
        raise Refused("file_missing", "no such file", name=digest) from error
    except InvalidTag as error:
        raise Refused("image_invalid", "changed", file=digest[:12], fault="altered") from error


def _key(workspace: "Workspace") -> bytes:
    from zq_grid.workspace import read_key

    return hashlib.sha256(b"zq-grid files 1\n" + read_key(workspace.folder)).digest()


def _sealed(workspace: "Workspace", digest: str, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    return nonce + AESGCM(_key(workspace)).encrypt(nonce, data, digest.encode())


def _picture(path: Path, data: bytes) -> str:
    """Return the kind of a picture after decoding it whole, so that a broken one is refused now and not in a paper."""
    import warnings

    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(data)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Refused("image_invalid", "too many pixels", file=path.name, fault="many_pixels")
                picture.load()
                return str(picture.format).lower()
    except Refused:
        raise
    except Exception as error:
        raise Refused("image_invalid", type(error).__name__, file=path.name, fault="not_picture") from error
