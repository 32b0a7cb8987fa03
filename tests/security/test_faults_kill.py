"""kill -9 in the middle of every writer: what is left is the old state or the new one, and the next run tidies up.

`pytest --slow` kills each writer at 100 points.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from processes import report_of
from writers import NAMES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not fork")
DRIVER = Path(__file__).with_name("kill_points.py")


@pytest.fixture(scope="module")
def ten_points(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of killing each writer at ten points, by its name."""
    found: dict[str, Any] = report_of(DRIVER, tmp_path_factory.mktemp("killed"), 10, *NAMES, timeout=1800)
    return found


def assert_old_or_new(found: dict[str, Any], n_points: int) -> None:
    """That no state but the old and the new one was found, and that both were: else nothing was killed midway."""
    assert "failed" not in found, found["failed"]
    assert sum(found["states"].values()) == n_points
    assert set(found["states"]) == {"old", "new"}
    assert found["killed"] >= n_points // 2


@pytest.mark.parametrize("name", NAMES)
def test_killed_at_ten_points(name: str, ten_points: dict[str, Any]) -> None:
    assert_old_or_new(ten_points[name], 10)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_killed_at_a_hundred_points(name: str, tmp_path: Path) -> None:
    assert_old_or_new(report_of(DRIVER, tmp_path, 100, name, timeout=3600)[name], 100)
