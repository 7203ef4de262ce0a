"""Pictures that may be a company's logo."""

from __future__ import annotations

from desktop.domain.errors import Refusal

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_LARGEST = 2 * 1024 * 1024


def check_logo(data: bytes) -> str:
    """The media type of a logo.

    Raises:
        Refusal: it is neither PNG nor JPEG, or larger than 2 MB.
    """
    if len(data) > _LARGEST:
        raise Refusal("公司标志的图片超过 2 MB。", kept="没有作任何改动。", todo="请换一张小一些的图片。")
    if data.startswith(_PNG):
        return "image/png"
    if data.startswith(_JPEG):
        return "image/jpeg"
    raise Refusal("公司标志不是 PNG 或 JPEG 图片。", kept="没有作任何改动。", todo="请另选图片。")
