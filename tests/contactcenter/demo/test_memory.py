"""What the demo keeps from start to start."""

import stat
from pathlib import Path

from contactcenter.demo.memory import Memory


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    memory = Memory()
    password, secret = memory.password("ayu"), memory.secret("web")
    memory.keep(tmp_path)
    again = Memory.read(tmp_path)
    assert (again.password("ayu"), again.secret("web")) == (password, secret)


def test_nobody_else_may_read_it_also_where_the_folder_is_open(tmp_path: Path) -> None:
    Memory().keep(tmp_path)
    Memory().keep(tmp_path)
    assert [stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()] == [0o600]


def test_a_spoilt_file_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_bytes(b'{"passwords": 7}\xff')
    assert Memory.read(tmp_path) == Memory()
