"""What people read of a name, beyond what `test_header` reads from objects."""

from __future__ import annotations

from teleconsult.imaging import find_names


def test_what_turns_the_direction_of_writing_is_neither_shown_nor_in_the_way_of_finding() -> None:
    assert find_names.shown("WANG^\u202elive\u202c") == "WANG live"
    assert find_names.fold("\u2067live\u2069") == find_names.fold("live")
