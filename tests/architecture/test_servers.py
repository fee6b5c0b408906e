"""The servers that other tests lean on are real, separate and gone afterwards."""

import psycopg
import pytest
import redis

from tests import servers
from tests.children import accepts


@pytest.mark.needs_postgres
def test_each_test_gets_an_empty_postgresql_database_of_its_own(postgres_server: servers.PostgresServer) -> None:
    one, other = postgres_server.create_database(), postgres_server.create_database()
    with psycopg.connect(one.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE studies (id text)")
    with psycopg.connect(other.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT to_regclass('studies')").fetchone() == (None,)
    postgres_server.drop_database(one)
    postgres_server.drop_database(other)


def test_a_valkey_server_answers_and_is_gone_when_its_block_ends() -> None:
    with servers.valkey() as url:
        assert redis.Redis.from_url(url).ping()
        port = int(url.rsplit(":", 1)[1].split("/")[0])
    assert not accepts(port)
