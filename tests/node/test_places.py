"""Connections that never ask for anything: they go for whoever comes, and leave nothing behind."""

from __future__ import annotations

import os
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from dicom_node.limits import Limits, limits_for
from dicom_node.node import Node
from teleconsult.system import System
from teleconsult.tls_dicom import dicom_pair
from tests import certificates
from tests.builders import Alliance
from tests.children import free_port, wait_for
from tests.node.conftest import SHORT
from tests.node.test_association import quiet, rejection
from tests.peers import Scanner

SILENCE = {"nothing": b"", "half a header": b"\x01\x00\x00", "half a request": b"\x01\x00\x00\x00\x00\xc8" + b"x" * 50}
LONG = replace(SHORT, request_seconds=120.0)
"""Whoever goes before that time has gone for somebody."""


@pytest.fixture(autouse=True)
def _files() -> Iterator[None]:
    """Both ends of all connections are in this process."""
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(usual, min(most, 4096)), most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))


@contextmanager
def running(system: System, limits: Limits) -> Iterator[Node]:
    node = Node(system, limits)
    node.start()
    try:
        yield node
    finally:
        node.stop()


@contextmanager
def silent(address: tuple[str, int], count: int, said: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections that say this and nothing more."""
    with ExitStack() as held:
        lines = [held.enter_context(socket.create_connection(address, timeout=60)) for _ in range(count)]
        for line in lines:
            say(line, said)
        yield lines


def say(line: socket.socket, said: bytes) -> None:
    try:
        line.sendall(said)
    except ConnectionError:
        pass  # it has gone for the next already


def ended(line: socket.socket) -> bool:
    """Wait for the node to close; TimeoutError when it does not."""
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


def is_open(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        return line.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionResetError:
        return False


def threads_and_files() -> tuple[int, int]:
    return threading.active_count(), len(os.listdir("/proc/self/fd"))


@pytest.mark.needs_dcmtk
@pytest.mark.parametrize("said", SILENCE.values(), ids=SILENCE)
def test_four_hundred_silent_connections_keep_nobody_out_and_leave_nothing_behind(
    alliance: Alliance, said: bytes
) -> None:
    with running(alliance.system, LONG) as node:
        scanner = Scanner(node.address)
        assert scanner.echo() == 0x0000
        wait_for(lambda: quiet(node), "idle")
        threads, files = threads_and_files()
        with silent(node.address, 400, said):
            assert [scanner.echoscu().returncode for _ in range(3)] == [0, 0, 0]
        wait_for(lambda: quiet(node) and threads_and_files()[0] <= threads, "threads as before")
        wait_for(lambda: threads_and_files()[1] <= files, "files as before")
        assert scanner.echo() == 0x0000


@pytest.mark.needs_dcmtk
@pytest.mark.parametrize("each_second", [32, 300])
def test_silent_connections_that_keep_coming_keep_nobody_out(alliance: Alliance, each_second: int) -> None:
    stop, came = threading.Event(), list[socket.socket]()

    def trickle(address: tuple[str, int]) -> None:
        while not stop.wait(1 / each_second):
            came.append(socket.create_connection(address, timeout=60))

    with running(alliance.system, LONG) as node:
        with silent(node.address, 280):
            coming = threading.Thread(target=trickle, args=(node.address,))
            coming.start()
            try:
                echos = [Scanner(node.address).echoscu().returncode for _ in range(5)]
                wait_for(lambda: len(came) >= each_second, "a second's worth has come")
                echos += [Scanner(node.address).echoscu().returncode for _ in range(5)]
            finally:
                stop.set()
                coming.join()
                for line in came:
                    line.close()
            assert echos == [0] * 10
        wait_for(lambda: not waiting(), "their threads are gone")


def waiting() -> list[threading.Thread]:
    """The threads of connections."""
    return [each for each in threading.enumerate() if "process_request_thread" in each.name]


@pytest.mark.parametrize("said", SILENCE.values(), ids=SILENCE)
def test_the_oldest_silent_connection_goes_at_once_for_the_newest(alliance: Alliance, said: bytes) -> None:
    began = time.monotonic()
    with running(alliance.system, replace(LONG, connections=4)) as node, silent(node.address, 1, said) as (oldest,):
        assert Scanner(node.address).echo() == 0x0000
        wait_for(lambda: len(waiting()) == 1, "only the oldest is in")
        with silent(node.address, 3, said) as others:
            wait_for(lambda: len(waiting()) >= 4, "all are in")
            assert Scanner(node.address).echo() == 0x0000
            assert ended(oldest)
            assert all(map(is_open, others))
    assert time.monotonic() - began < LONG.request_seconds


def test_where_more_associations_are_allowed_there_are_places_beside_them() -> None:
    assert [limits_for(most).connections - most for most in (100, 128, 500)] == [156, 128, 128]


def test_an_association_goes_for_nobody(alliance: Alliance) -> None:
    with running(alliance.system, replace(LONG, connections=3)) as node:
        with Scanner(node.address).associated() as first, Scanner(node.address).associated() as second:
            with silent(node.address, 20) as lines:
                assert ended(lines[0])
                assert Scanner(node.address, calling="SCANNER_B").echo() == 0x0000
                assert [int(each.send_c_echo().Status) for each in (first, second)] == [0, 0]


def test_where_associations_have_all_places_the_next_connection_is_closed_until_one_ends(alliance: Alliance) -> None:
    with running(alliance.system, replace(LONG, connections=2)) as node:
        with Scanner(node.address).associated() as first, Scanner(node.address).associated() as second:
            with silent(node.address, 1) as (line,):
                assert ended(line)
            first.release()
            wait_for(lambda: len(waiting()) <= 1, "its place is free")
            assert Scanner(node.address).echo() == 0x0000
            assert second.send_c_echo().Status == 0x0000


def test_with_silent_connections_all_around_one_association_too_many_is_told_so(alliance: Alliance) -> None:
    with running(alliance.system, replace(LONG, connections=8, associations=2)) as node, silent(node.address, 20):
        with Scanner(node.address).associated(), Scanner(node.address).associated():
            assert rejection(Scanner(node.address).request()) == (2, 3, 2)


def test_after_a_handshake_silence_counts_as_in_the_clear(alliance: Alliance, tmp_path: Path) -> None:
    system = replace(
        alliance.system, settings=alliance.system.settings.with_(dicom_tls_port=free_port(), home=tmp_path / "home")
    )
    with running(system, replace(LONG, connections=4)) as node, ExitStack() as held:
        context = certificates.client(dicom_pair(system.settings).pem)
        scanner = Scanner(node.secure_address, secure=context)
        with scanner.associated() as association:
            lines = list[socket.socket]()
            for _ in range(8):
                plain = held.enter_context(socket.create_connection(node.secure_address, timeout=60))
                lines.append(held.enter_context(context.wrap_socket(plain)))
            assert ended(lines[0])
            assert scanner.echo() == 0x0000
            assert association.send_c_echo().Status == 0x0000
        assert Scanner(node.address).echo() == 0x0000
