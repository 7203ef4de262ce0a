"""A data file on another machine's disk: recognised, told, and a share that vanishes in the midst of a save."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from desktop.domain.errors import Refusal
from desktop.store import places, shares
from desktop.store.engine import open_database
from desktop.store.places import place_warning
from desktop.store.schema import create_schema
from desktop.store.shares import Share, share_of, share_warning
from tests.disks import SMALL, needs_mounts, within
from tests.store.conftest import NOW

TABLE = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:25 / /mnt rw - tmpfs tmpfs rw
31 30 0:40 / /mnt/office rw,relatime shared:9 master:1 - cifs //server/办公 rw,vers=3.1.1
32 31 0:41 / /mnt/office/local rw - ext4 /dev/sdb1 rw
33 22 0:42 / /srv/nfs rw - nfs4 server:/export rw
34 22 0:43 / /mnt/u/.mount\040point rw - fuse.sshfs u@h: rw
35 22 0:44 / /dav rw - fuse davfs rw
36 22 0:45 / /nine rw - 9p host rw
37 22 0:46 / /over rw - cifs //server/x rw
38 22 0:47 / /over rw - xfs /dev/sdc1 rw
a line that makes no sense
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    file = tmp_path / "mountinfo"
    file.write_text(TABLE.strip(), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/mnt/office/data.epm", "cifs"),
        ("/mnt/office/deep/er/data.epm", "cifs"),
        ("/mnt/office/local/data.epm", None),
        ("/mnt/office2/data.epm", None),
        ("/mnt/data.epm", None),
        ("/srv/nfs/data.epm", "nfs4"),
        ("/mnt/u/.mount point/data.epm", "fuse.sshfs"),
        ("/nine/data.epm", "9p"),
        ("/over/data.epm", None),
        ("/data.epm", None),
    ],
)
def test_the_longest_mount_decides_on_linux(mounts: Path, place: str, kind: str | None) -> None:
    found = share_of(Path(place), platform="linux", mounts=mounts, resolve=str)
    assert found == (Share(kind) if kind else None)


def test_without_a_table_of_mounts_nothing_is_said(tmp_path: Path) -> None:
    assert share_of(tmp_path / "x", platform="linux", mounts=tmp_path / "missing") is None
    assert share_of(tmp_path / "x", platform="darwin") is None


@pytest.mark.parametrize(
    ("real", "kind"),
    [
        ("\\\\server\\办公\\data.epm", "UNC"),
        ("\\\\?\\UNC\\server\\办公\\data.epm", "UNC"),
        ("Z:\\data.epm", "网络盘"),
        ("\\\\?\\Z:\\data.epm", "网络盘"),
        ("C:\\data.epm", None),
        ("\\\\?\\C:\\data.epm", None),
    ],
)
def test_unc_names_and_remote_drives_are_shares_on_windows(real: str, kind: str | None) -> None:
    asked: list[str] = []

    def drive_type(root: str) -> int:
        asked.append(root)
        return 4 if root == "Z:\\" else 3

    found = share_of(Path("x"), platform="win32", resolve=lambda _: real, drive_type=drive_type)
    assert found == (Share(kind) if kind else None)
    assert asked == ([] if kind == "UNC" else [real.removeprefix("\\\\?\\")[:3]])


def test_a_link_to_a_share_is_followed(mounts: Path) -> None:
    def resolve(_place: str) -> str:
        return "/mnt/office/data.epm"

    assert share_of(Path("/mnt/u/link.epm"), platform="linux", mounts=mounts, resolve=resolve) == Share("cifs")


def test_what_is_told_about_a_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "办公.epm"
    assert share_warning(file) == place_warning(file, {}) == ""
    monkeypatch.setattr(shares, "share_of", lambda _place: Share("cifs"))
    assert "适合约五人同时使用" in share_warning(file)
    assert "PostgreSQL" in place_warning(file, {})
    monkeypatch.setattr(places, "sync_warning", lambda *_: "同步。")
    assert place_warning(file, {}).startswith("同步。")


@pytest.fixture
def office_file(tmp_path: Path) -> Path:
    file = tmp_path / "made" / "office.epm"
    db = open_database(file)
    create_schema(db, NOW)
    db.close()
    return file


def test_the_settings_are_those_of_a_share(office_file: Path) -> None:
    """No WAL, no memory maps, nothing acknowledged before the disk has it: on every file, since shares come and go."""
    db = open_database(office_file)
    with db.connecting() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "mmap_size")
        }
    db.close()
    assert found == {"journal_mode": "delete", "synchronous": 2, "busy_timeout": 30_000, "mmap_size": 0}


# ---- a share that vanishes

# A disk under the data is taken away between the first statement of a save and its end, then put back:
# FILE MARK OUT; in the name space of mounts of this test's own.
VANISHING = """
import json, subprocess, sys
from pathlib import Path
from desktop.domain.errors import Refusal
from desktop.store.device import Installation
from desktop.store.engine import open_database
from desktop.store.ids import new_id
from desktop.store.tables import Setting
from tests.store.conftest import NOW
file = Path(sys.argv[1])
db, device = open_database(file), Installation(new_id(), "一号机")
told = []
try:
    with db.writing(None, device, NOW) as session:
        session.add(Setting(key="saved", text="x" * 200_000))
        session.flush()
        subprocess.run(["umount", "-l", str(file.parent)], check=True)
except Refusal as refusal:
    told.append(str(refusal))
try:
    with db.reading() as session:
        session.query(Setting).count()
except Refusal as refusal:
    told.append(str(refusal))
print(json.dumps(told))
"""


@needs_mounts
def test_a_share_that_vanishes_in_the_midst_of_a_save_is_told_and_leaves_the_data_whole(
    office_file: Path, tmp_path: Path
) -> None:
    store, share = tmp_path / "store", tmp_path / "share"
    store.mkdir()
    share.mkdir()
    shutil.copy(office_file, store / "office.epm")
    done = within(f'mount --bind "{store}" "{share}"', "-c", VANISHING, share / "office.epm")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told
    assert all(
        "office.epm" in one and any(word in one for word in ("找不到", "不在原处", "读写出错", "断开")) for one in told
    ), told
    db = open_database(store / "office.epm")
    with db.reading() as session:
        assert session.execute(text("SELECT count(*) FROM setting WHERE key = 'saved'")).scalar() in {0, 1}
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    db.close()


@needs_mounts
def test_a_full_share_is_told(tmp_path: Path, office_file: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    mounts = f'{SMALL.format(share, "2m")} && cp "{office_file}" "{share}/office.epm"'
    program = VANISHING.replace("subprocess.run", "list").replace(", check=True", "").replace("200_000", "20_000_000")
    done = within(mounts, "-c", program, share / "office.epm")
    assert done.returncode == 0, done.stderr
    assert "磁盘已满" in json.loads(done.stdout)[0]


def test_a_file_that_is_gone_is_told_by_name(tmp_path: Path, office_file: Path) -> None:
    file = tmp_path / "office.epm"
    shutil.copy(office_file, file)
    db = open_database(file)
    file.unlink()
    with pytest.raises(Refusal, match="网络盘是否连上"), db.reading():
        pass
    db.close()
