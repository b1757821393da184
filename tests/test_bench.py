"""What the measurements say is true of what they measure."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process its own peak")
def test_a_small_program_begun_by_a_large_one_tells_its_own_peak():
    small = "from tests.bench.measure import peak; print(peak())"
    large = (
        "import subprocess, sys; from tests.bench.measure import peak; ballast = b'x' * 200_000_000; "
        f"print(subprocess.run([sys.executable, '-c', {small!r}], capture_output=True, text=True).stdout, peak())"
    )
    done = subprocess.run([sys.executable, "-c", large], cwd=ROOT, capture_output=True, text=True, check=True)
    mine, its = map(float, done.stdout.split())
    assert its > 190
    assert mine < 100
