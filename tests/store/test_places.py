from pathlib import Path

import pytest

from desktop.domain.errors import Refusal
from desktop.store.device import FILE, this_installation
from desktop.store.places import data_folder, sync_warning


def test_an_installation_stays_the_same(tmp_path: Path) -> None:
    first = this_installation(tmp_path / "data", "一号机")
    assert this_installation(tmp_path / "data", "别的名字") == first
    assert first.name == "一号机"
    assert this_installation(tmp_path / "other", "一号机").id != first.id
    assert [file.name for file in (tmp_path / "data").iterdir()] == [FILE]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"id": "x", "name": ""}', '{"id": 1, "name": ""}'])
def test_a_damaged_installation_begins_anew_and_keeps_the_old_file(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    fresh = this_installation(tmp_path, "一号机")
    assert this_installation(tmp_path, "") == fresh
    assert (tmp_path / FILE).with_suffix(".damaged").read_text(encoding="utf-8") == content


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(Refusal):
        this_installation(tmp_path / "file", "一号机")
    with pytest.raises(Refusal):
        data_folder(tmp_path / "file" / "data", todo="")


def test_the_data_folder_is_the_users_own_or_the_one_given(tmp_path: Path) -> None:
    own = data_folder(todo="")
    assert own.is_dir()
    assert own.is_relative_to(tmp_path)
    assert data_folder(tmp_path / "else", todo="") == tmp_path / "else"


@pytest.mark.parametrize(
    ("place", "drive"),
    [
        ("/srv/a/OneDrive - 某某公司/office.sqlite", "OneDrive"),
        ("/srv/a/BaiduSyncdisk/office.sqlite", "百度网盘"),
        ("/srv/a/百度网盘同步空间/office.sqlite", "百度网盘"),
        ("/srv/a/我的坚果云/office.sqlite", "坚果云"),
        ("/srv/a/Nutstore Files/office.sqlite", "坚果云"),
        ("/srv/a/Dropbox (Personal)/office.sqlite", "Dropbox"),
        ("/srv/a/iCloudDrive/office.sqlite", "iCloud"),
        ("/srv/a/腾讯微云/office.sqlite", "腾讯微云"),
        ("/srv/a/WPS云盘/office.sqlite", "WPS云盘"),
        ("/srv/a/Google Drive/office.sqlite", "Google Drive"),
    ],
)
def test_a_cloud_drives_folder_is_warned_of(place: str, drive: str) -> None:
    assert f"“{drive}”" in sync_warning(Path(place), {})


def test_a_cloud_drive_is_known_by_the_environment_and_through_links(tmp_path: Path) -> None:
    synced = tmp_path / "公司文件"
    synced.mkdir()
    environment = {"OneDriveCommercial": str(synced)}
    (tmp_path / "link").symlink_to(synced)
    assert "OneDrive" in sync_warning(synced / "office.sqlite", environment)
    assert "OneDrive" in sync_warning(tmp_path / "link" / "office.sqlite", environment)
    assert sync_warning(tmp_path / "office.sqlite", environment) == ""
    assert sync_warning(tmp_path / "项目" / "office.sqlite", {"OneDrive": ""}) == ""
