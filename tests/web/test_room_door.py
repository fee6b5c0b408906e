"""What stands on a room's door, over the wire: the server's clock, and who may open the room again."""

from __future__ import annotations

from pathlib import Path

from tests.web.consulting import AT, a_clinic


def test_the_door_says_the_servers_time_and_when_it_opens(tmp_path: Path) -> None:
    with a_clinic(tmp_path / "home") as clinic:
        room = clinic.desk.room_of(clinic.desk.confirmed(60))
        said = clinic.browser("doctor_a").get(f"/api/rooms/{room}/door").get_json()
        assert said["state"] == "waiting"
        assert said["now"].startswith(AT.strftime("%Y-%m-%dT%H:%M"))
        assert said["opens_at"] > said["now"]
        assert (said["goes_on"], said["reopens"], said["removed"]) == (True, False, False)


def test_a_host_opens_the_room_again_and_the_page_tells_when_the_opinion_was_signed(tmp_path: Path) -> None:
    with a_clinic(tmp_path / "home") as clinic:
        _, room = clinic.session("expert", "doctor_a")
        expert, doctor = clinic.browser("expert"), clinic.browser("doctor_a")
        assert doctor.get(f"/api/rooms/{room}").get_json()["signed"] is None
        assert expert.post(f"/api/rooms/{room}/close", {}).status_code == 200
        assert doctor.post(f"/api/rooms/{room}/reopen", {}).get_json()["code"] == "room.host_only"
        assert expert.get(f"/api/rooms/{room}/door").get_json()["reopens"]
        assert expert.post(f"/api/rooms/{room}/reopen", {}).status_code == 200
        assert doctor.post(f"/api/rooms/{room}/admit", {}).status_code == 200
