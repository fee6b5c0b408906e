"""In which language the gateway's page answers, and how it counts."""

import pytest

from dicom_node.gateway.words import preferred, say


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "zh-CN"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en-US,en;q=0.9", "en"),
        ("en;q=0.3, zh-TW;q=0.7", "zh-CN"),
        ("de-DE,de;q=0.9,en;q=0.5", "en"),
        ("fr", "zh-CN"),
        ("en;q=nonsense;;,", "en"),
    ],
)
def test_the_page_follows_the_browser(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


def test_one_file_is_one_file() -> None:
    assert say("en", "waiting.sum", files=1, size="2 MB") == "1 file, 2 MB"
    assert say("en", "waiting.sum", files=11, size="2 MB") == "11 files, 2 MB"
    assert say("zh-CN", "waiting.sum", files=1, size="2 MB") == "1 个文件，2 MB"
