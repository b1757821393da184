"""A screen nobody looks at: an X server in memory for programs of tests, offscreen drawing where there is none."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def screen(size: str = "1440x900") -> Iterator[dict[str, str]]:
    """Yield the environment in which a program shows its window on a display of its own."""
    found = shutil.which("Xvfb")
    if found is None:
        yield {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        return
    reading, writing = os.pipe()
    # the server says which number was free
    words = [found, "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as said:
            number = said.readline().strip()
        if number:
            yield {**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{number}"}
        else:
            yield {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    finally:
        server.terminate()
        server.wait()
