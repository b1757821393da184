"""Which folders a store must not live in: network shares, removable disks, cloud folders (docs/architecture.md, Store)."""

import os
import sys
from pathlib import Path

from zq_grid.errors import Refused

NETWORK = frozenset(
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afpfs",
        "fuse.sshfs",
        "sshfs",
        "davfs",
        "fuse.davfs",
        "fuse.rclone",
        "ncpfs",
        "afs",
        "ceph",
        "glusterfs",
        "fuse.glusterfs",
        "lustre",
    ]
)
CLOUD = (
    "onedrive",
    "dropbox",
    "google drive",
    "icloud",
    "坚果云",
    "nutstore",
    "baidusyncdisk",
    "weiyun",
    "百度网盘",
)
MOUNTS = Path("/proc/mounts")


def refuse(folder: Path) -> None:
    """Raise Refused("store_share") if a store in `folder` could be lost or torn by where it lies.

    `ZQ_GRID_MOUNTS` names another table of mounts, for tests.
    """
    why = unsafe(folder, _mounts())
    if why:
        raise Refused("store_share", f"unsafe place: {why}", folder=str(folder), why=why)


def _mounts() -> str:
    try:
        return Path(os.environ.get("ZQ_GRID_MOUNTS", MOUNTS)).read_text("utf-8", "replace")
    except OSError:
        return ""


def unsafe(folder: Path, mounts: str) -> str | None:
    """Return why a folder is unsafe (network, removable, cloud), or None.

    Args:
        mounts: the text of the table of mounts, as Linux writes it.
    """
    text = str(folder)
    if text.startswith(("\\\\", "//")):
        return "network"
    place = Path(os.path.realpath(folder))  # a link is as safe as what it leads to
    parts = {part.lower() for path in (folder.absolute(), place) for part in path.parts}
    if any(word in part for part in parts for word in CLOUD):
        return "cloud"
    if sys.platform == "win32":  # pragma: no cover - only there
        return _windows(place)
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = _unescaped(fields[1])
        if len(point) >= len(best) and place.is_relative_to(point):
            best, kind = point, fields[2]
    if kind in NETWORK:
        return "network"
    return "removable" if best.startswith(("/media/", "/run/media/")) else None


def _unescaped(point: str) -> str:
    """Return a mount point with its octal escapes undone, whatever alphabet it is written in."""
    if "\\" not in point:
        return point
    return (
        point.encode()
        .decode("unicode_escape", "replace")
        .encode("latin-1", "replace")
        .decode("utf-8", "replace")
    )


def _windows(place: Path) -> str | None:  # pragma: no cover - only there
    import ctypes

    kind = ctypes.windll.kernel32.GetDriveTypeW(place.anchor)  # type: ignore[attr-defined]
    return {2: "removable", 4: "network"}.get(kind)
