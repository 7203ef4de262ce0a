"""Of a place only what nobody wrote is told."""

import sysconfig
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.services.diagnosis_paths import OTHER, _mounted, code_place, masked

WINDOWS, POSIX = PureWindowsPath("C:/Users/张三丰"), PurePosixPath("/home/zhangsanfeng")


@pytest.mark.parametrize(
    ("path", "home", "told"),
    [
        (WINDOWS / "AppData/Local/epm-desk/office.epm", WINDOWS, "~\\AppData\\Local\\epm-desk\\office.epm"),
        (PureWindowsPath("c:/users/张三丰/Documents/滨海.epm"), WINDOWS, "~\\Documents\\‹2字：非英文›.epm"),
        (PureWindowsPath("D:/滨海 公司/数据.epm"), WINDOWS, "D:\\‹5字：非英文、空格›\\‹2字：非英文›.epm"),
        (PureWindowsPath("//server7/share/office.epm"), WINDOWS, "\\\\‹服务器›\\‹共享›\\office.epm"),
        (PureWindowsPath("C:/Program Files/epm-desk/lib"), WINDOWS, "C:\\Program Files\\epm-desk\\lib"),
        (PureWindowsPath("C:/Users/李四/Desktop"), WINDOWS, "C:\\Users\\‹2字：非英文›\\Desktop"),
        (POSIX / ".local/share/epm-desk/log/epm-desk.log", POSIX, "~/.local/share/epm-desk/log/epm-desk.log"),
        (PurePosixPath("/media/zhangsanfeng/STICK/data"), POSIX, "/media/‹12字›/‹5字›/data"),
        (PurePosixPath("office.epm"), POSIX, "office.epm"),
        (POSIX, POSIX, "~"),
    ],
)  # fmt: skip
def test_drives_known_folders_and_depth_are_told_and_names_are_not(path: PurePath, home: PurePath, told: str) -> None:
    assert masked(path, home) == told


NAMES = st.text(st.characters(codec="utf-8", exclude_characters='/\\:*?"<>|\0‹›'), min_size=3).filter(
    lambda name: name.strip(". ") == name and name not in "字：非英文、空格"
)


@given(st.lists(NAMES, min_size=1, max_size=5), st.sampled_from([WINDOWS, POSIX, PureWindowsPath("E:/")]))
def test_nothing_that_was_written_comes_through(names: list[str], under: PurePath) -> None:
    secret = [f"秘{name}密" for name in names]
    told = masked(under.joinpath(*secret), under if under.name else WINDOWS)
    assert "秘" not in told
    assert all(name not in told for name in secret)
    assert told.count("‹") == len(secret)


LIBRARY = Path(sysconfig.get_paths()["purelib"])


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (str(Path(__file__).parents[2] / "desktop" / "ui" / "window.py"), "desktop/ui/window.py"),
        (str(LIBRARY / "sqlalchemy" / "engine" / "base.py"), "sqlalchemy/engine/base.py"),
        (str(Path(sysconfig.get_paths()["stdlib"]) / "json" / "decoder.py"), "json/decoder.py"),
        ("desktop/ui/window.py", "desktop/ui/window.py"),
        ("desktop\\ui\\window.py", "desktop/ui/window.py"),
        ("C:\\Users\\张三\\x\\site-packages\\sqlalchemy\\sql\\base.py", "sqlalchemy/sql/base.py"),
        ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap>"),
        ("<string>", "<string>"),
        ("/srv/zhangsan/own.py", OTHER),
        ("C:\\Users\\张三\\own.py", OTHER),
        ("滨海/own.py", OTHER),
        ("binhai/own.py", OTHER),
        ("desktop/滨海.py", OTHER),
        ("desktop/../../binhai.py", OTHER),
        ("<张三>", OTHER),
        ("", OTHER),
    ],
)
def test_code_is_told_by_its_package_alone(file: str, told: str) -> None:
    assert code_place(file) == told


def test_the_kind_of_drive_is_read_from_the_mounts(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    rows = ["/dev/sda / ext4 rw 0 0", "//nas/pmo /mnt/my\\040share cifs rw 0 0", "x /media/stick vfat rw 0 0", "short"]
    mounts.write_text("\n".join(rows), encoding="utf-8")
    assert _mounted("/home/x", mounts) == "ext4"
    assert _mounted("/mnt/my share/office.epm", mounts) == "网络盘（cifs）"
    assert _mounted("/media/stick/data", mounts) == "vfat"
    assert _mounted("/media/sticky", mounts) == "ext4"
    assert _mounted("/x", tmp_path / "none") == ""
