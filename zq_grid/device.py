"""Who signs here: the device's key, its epoch, and the memory outside the store that notices a copied store.

The private key lies beside the store. What numbers this device has given out is also kept in the user's own
folder, by the store's place: a store that was copied, moved or put back from a copy is not the one remembered,
and begins a new epoch, so that no number is ever given twice (docs/architecture.md, Steps).
"""

import contextlib
import hashlib
import json
import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zq_grid.errors import Refused

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

DEVICE_FILE = "device"
FIRST_EPOCH = 1
_IN_PLACE = os.O_WRONLY | getattr(os, "O_BINARY", 0)


def home() -> Path:
    """Return the user's own folder for this program (ZQ_GRID_HOME moves it, for tests)."""
    if moved := os.environ.get("ZQ_GRID_HOME"):
        return Path(moved)
    import platformdirs

    return Path(platformdirs.user_data_dir("zq-grid", appauthor=False))


def write_secret(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    neighbour = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(neighbour, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    neighbour.replace(path)


def _whole(found: Any) -> bool:
    """Tell whether what a device file holds can sign."""
    if not isinstance(found, dict) or not isinstance(found.get("device"), str):
        return False
    try:
        return len(bytes.fromhex(found["private_key"])) == 32 and int(found.get("epoch", FIRST_EPOCH)) > 0
    except (KeyError, TypeError, ValueError):
        return False


class Device:
    """The signing identity of one data folder. `begin` settles the epoch inside the first write."""

    def __init__(self, folder: Path, store: str) -> None:
        self.folder, self.store = folder, store
        self._secret: dict[str, Any] = self._read()
        self.id: str = self._secret["device"]
        self.epoch: int = int(self._secret.get("epoch", FIRST_EPOCH))
        self._key: Ed25519PrivateKey | None = None
        self._settled = False

    def _read(self) -> dict[str, Any]:
        path = self.folder / DEVICE_FILE
        try:
            found = json.loads(path.read_text("ascii"))
            if _whole(found):
                return dict(found)
        except FileNotFoundError:
            return self._create(path)
        except (OSError, ValueError) as error:
            raise Refused("device_unreadable", "the device file can't be read", file=str(path)) from error
        raise Refused("device_unreadable", "the device file is not one", file=str(path))

    def _create(self, path: Path) -> dict[str, Any]:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes_raw()
        fresh = {
            "device": hashlib.sha256(public).hexdigest()[:8],
            "private_key": key.private_bytes_raw().hex(),
            "epoch": FIRST_EPOCH,
        }
        write_secret(path, json.dumps(fresh).encode())
        self._fresh = True
        return fresh

    @property
    def key(self) -> "Ed25519PrivateKey":
        """The private key, loaded when the first step is signed."""
        if self._key is None:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

            self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self._secret["private_key"]))
        return self._key

    @property
    def public_key(self) -> bytes:
        """The 32 bytes by which others check this device's signatures."""
        return self.key.public_key().public_bytes_raw()

    # the memory outside -----------------------------------------------------------------------

    @cached_property
    def _memory(self) -> Path:
        place = hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:24]
        return home() / "stores" / f"{place}.json"

    def settle(self, highest: dict[str, int], *, elsewhere: bool = False) -> bool:
        """Before the first write: see whether this is the store remembered; else begin a new epoch.

        Args:
            highest: scope → highest number of this device and epoch in the store.
            elsewhere: the store holds steps of this device in other epochs.

        Returns:
            True if a new epoch was begun.
        """
        if self._settled:
            return False
        self._settled = True
        try:
            memory = json.loads(self._memory.read_text("ascii"))
        except (OSError, ValueError):
            memory = None
        if memory is None:
            # never seen at this place: only a device that never gave a number may go on. A later epoch is always
            # remembered or new: it may stand in the device file of a copy although the store holds none of its steps
            known = not highest and self.epoch == FIRST_EPOCH and not elsewhere
        else:
            mine = memory.get("store") == self.store and memory.get("epoch") == self.epoch
            known = mine and all(highest.get(scope, 0) >= n for scope, n in memory.get("highest", {}).items())
        if not known:
            self.begin_epoch()
        return not known

    def begin_epoch(self) -> None:
        """Begin a new stream of numbers; its name is random, since two copies may begin one at the same moment."""
        self.epoch = 2 + secrets.randbelow(2**31)
        self._secret["epoch"] = self.epoch
        write_secret(self.folder / DEVICE_FILE, json.dumps(self._secret).encode())
        self._settled = True

    def remember(self, highest: dict[str, int]) -> None:
        """Note outside the store what numbers are given out, before the transaction that gives them ends.

        So a number that was acknowledged is always remembered. Failing to is no error: the next opening
        remembers nothing and begins a new epoch.

        Written in place, while nobody else writes to the store: a new file put in the old one's stead would have many
        file systems wait for the disk at every act. Half a text can't be read, which is to remember nothing.
        """
        said = json.dumps({"store": self.store, "epoch": self.epoch, "highest": highest}).encode("ascii")
        path = self._memory
        try:
            try:
                descriptor = os.open(path, _IN_PLACE)
            except FileNotFoundError:
                path.parent.mkdir(parents=True, exist_ok=True)
                descriptor = os.open(path, _IN_PLACE | os.O_CREAT, 0o644)
            with open(descriptor, "wb", buffering=0) as file:
                if file.write(said) != len(said):
                    raise OSError("not written to the end")
                if os.fstat(descriptor).st_size != len(said):
                    file.truncate()
        except OSError:
            # better no memory than an old one: without it the next opening begins a new epoch
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
