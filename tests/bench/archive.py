"""A large archive's index without pixels, made quickly: written past the product's own doors, a hundred thousand rows a second.

A city hospital reads for twenty counties. Studies are spread over three years and fifty devices; names are drawn as Chinese names
are (few family names, many given names), so that a search by prefix finds as many as in a real city. Each study has two series
of ten objects with their arrivals, the shares of who has it, and a task; all but the latest few thousand tasks are verified. Facts
and reports are not made: nothing that is measured reads them.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Connection, insert, text

from teleconsult.access import SYSTEM, add_agreement, add_site
from teleconsult.access.tables import ShareRow
from teleconsult.imaging import find_names
from teleconsult.imaging.tables import ArrivalRow, InstanceRow, PatientRow, SeriesRow, StudyNameRow, StudyRow
from teleconsult.reading.tables import TaskRow
from teleconsult.records.insert import table_of
from tests.builders import Alliance

SERIES, OBJECTS = 2, 10
OPEN_TASKS = 3000
DEVICES = 50
COUNTIES = 18  # beside the two of every alliance
BATCH = 5000
DAYS: Final = 1000
BEGAN: Final = datetime.now(UTC) - timedelta(days=DAYS)
KINDS: Final = (
    ("CT", "CHEST", "胸部平扫"),
    ("DX", "CHEST", "胸部正位"),
    ("MR", "BRAIN", "头颅平扫"),
    ("US", "ABDOMEN", "腹部"),
)
CT_CLASS, EXPLICIT = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1"
FAMILIES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
)
GIVEN: Final = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国文玉红梅海燕志成春雨龙飞鹏程思源子涵梓轩浩宇欣怡佳晨光辉永福"
)

Row = dict[str, Any]
TABLES: Final = tuple(
    map(table_of, (PatientRow, StudyRow, StudyNameRow, ShareRow, TaskRow, SeriesRow, InstanceRow, ArrivalRow))
)


@dataclass
class Batch:
    """Rows of the tables that are drawn; series, objects and arrivals follow from the studies in SQL."""

    rows: dict[str, list[Row]]

    def write(self, connection: Connection) -> None:
        for table in TABLES[:5]:
            if self.rows[table.name]:
                connection.execute(insert(table), self.rows[table.name])
        self.rows = {table.name: [] for table in TABLES[:5]}


def fill(alliance: Alliance, studies: int, seed: int = 4) -> None:
    """Write `studies` studies with all that hangs on them into a new database. Indexes are dropped meanwhile and made again."""
    engine = alliance.system.store.engine
    sites = [alliance.sites["county_a"], alliance.sites["county_b"], *_more_counties(alliance)]
    drawn, batch = random.Random(seed), Batch({table.name: [] for table in TABLES[:5]})
    people = _people(sites, max(studies * 6 // 10, 1), drawn)
    reader = alliance.people["reader"].id
    indexes = [index for table in TABLES for index in table.indexes]
    with engine.connect() as connection:
        _unsafely(connection)
        for index in indexes:
            index.drop(connection)
        batch.rows["patients"] = [person for of_site in people.values() for person in of_site]
        for number in range(studies):
            _draw(batch, number, studies, people, alliance.sites["city"], reader, drawn)
            if number % BATCH == BATCH - 1:
                batch.write(connection)
        batch.write(connection)
        for statement in _objects(connection.dialect.name):
            connection.execute(text(statement))
        connection.commit()
        for index in indexes:
            index.create(connection)
        connection.commit()
    _safely_again(alliance)


def _more_counties(alliance: Alliance) -> list[str]:
    made = []
    with alliance.system.work() as work:
        for number in range(COUNTIES):
            site = add_site(
                work, SYSTEM, f"county_{number:02}", f"示例第{number}县医院", "county", alliance.sites["city"]
            )
            add_agreement(work, SYSTEM, site.id, alliance.sites["city"])
            made.append(site.id)
    return made


def _people(sites: list[str], count: int, drawn: random.Random) -> dict[str, list[Row]]:
    """Patients by the site that knows them."""
    known: dict[str, list[Row]] = {site: [] for site in sites}
    called = names(drawn)
    for number in range(count):
        site = sites[number % len(sites)]
        born = f"{drawn.randint(1935, 2020)}{drawn.randint(1, 12):02}{drawn.randint(1, 28):02}"
        known[site].append({
            "id": _id(BEGAN, drawn), "version": 1, "issuer": site, "key": f"P{number:08}", "number": f"P{number:08}", "name": next(called),
            "sex": drawn.choice("MF"), "birth_date": born, "created_at": BEGAN,
        })  # fmt: skip
    return known


def names(drawn: random.Random) -> Iterator[str]:
    """Made-up names without end, as (0010,0010) holds them."""
    while True:
        family = FAMILIES[min(int(drawn.expovariate(0.08)), len(FAMILIES) - 1)]
        yield f"{family}^{''.join(drawn.choices(GIVEN, k=drawn.choice((1, 2, 2, 2))))}"


def _id(at: datetime, drawn: random.Random, free: int = 0) -> str:
    """As `new_id`, of another time; the last `free` digits are noughts, for what hangs on it."""
    digits = f"{int(at.timestamp() * 1000):012x}7{drawn.getrandbits(76):019x}"
    return digits[: 32 - free] + "0" * free


_spellings: dict[str, list[str]] = {}


def _draw(
    batch: Batch, number: int, studies: int, people: dict[str, list[Row]], city: str, reader: str, drawn: random.Random
) -> None:
    """One study with its names, shares and task."""
    at = BEGAN + timedelta(days=DAYS * number / studies, seconds=drawn.random() * 60)
    site = drawn.choice(list(people))
    patient = drawn.choice(people[site])
    modality, part, description = drawn.choice(KINDS)
    study_id, name = _id(at, drawn, 4), patient["name"]
    objects = SERIES * OBJECTS
    batch.rows["studies"].append({
        "id": study_id, "version": 3, "study_uid": f"1.2.840.99999.1.{number % DEVICES}.{at:%Y%m%d}.{number}", "patient_id": patient["id"],
        "site_id": site, "peer_id": None, "issuer": site, "patient_number": patient["number"], "name": name,
        "name_shown": find_names.shown(name), "name_raw": name.encode(), "doubtful": False, "name_differs": False, "charset": "utf_8",
        "charset_reason": "declared", "sex": patient["sex"], "birth_date": patient["birth_date"], "age": "", "accession": f"A{number:09}",
        "study_number": str(number), "study_date": f"{at:%Y%m%d}", "study_time": f"{at:%H%M%S}", "description": description,
        "body_part": part, "referring": "", "institution": "示例县医院", "modality": modality, "modalities": [modality], "priority": "ROUTINE",
        "state": "prepared", "arrived_at": at, "last_arrival_at": at, "settle_at": at, "prepared_at": at, "shown_version": 2,
        "series_count": SERIES, "instance_count": objects, "size": objects * 530_000,
    })  # fmt: skip
    keys = _spellings.get(name) or _spellings.setdefault(name, sorted(find_names.keys(name)))
    batch.rows["study_names"] += [{"study_id": study_id, "key": key} for key in keys]
    share = {"study_id": study_id, "cause_id": "", "person_id": None, "opened_at": at, "closes_at": None}
    batch.rows["shares"] += [
        {**share, "id": _id(at, drawn), "site_id": who, "why": why}
        for who, why in ((site, "origin"), (city, "reading"))
    ]
    batch.rows["tasks"].append(_task(study_id, site, city, modality, at, number < studies - OPEN_TASKS, reader, drawn))


def _task(
    study_id: str, site: str, city: str, modality: str, at: datetime, done: bool, reader: str, drawn: random.Random
) -> Row:
    return {
        "id": _id(at, drawn), "version": 4, "study_id": study_id, "requesting_site_id": site, "reading_site_id": city,
        "agreement_id": site, "state": "verified" if done else "queued", "is_open": not done, "priority": "ROUTINE", "modality": modality,
        "route_code": "route.agreement", "route_params": {}, "route_trace": [], "sla": "standard", "arrived_at": at, "opened_at": at,
        "clock_from": at, "due_at": at + timedelta(minutes=drawn.randint(30, 600)), "reader_id": reader if done else None,
        "claimed_at": at if done else None, "reported_at": at if done else None, "verified_at": at if done else None,
        "releases": 0, "late_images": False,
    }  # fmt: skip


def _objects(dialect: str) -> list[str]:
    """Series, instances and arrivals of every study, in SQL of the database's own."""
    digits = (
        "lower(hex(randomblob(32)))"
        if dialect == "sqlite"
        else "encode(sha256(convert_to(s.series_uid || n.i, 'UTF8')), 'hex')"
    )
    two = "printf('%02d', n.i)" if dialect == "sqlite" else "lpad(n.i::text, 2, '0')"
    count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
    return [
        f"""INSERT INTO series (id, study_id, series_uid, number, modality, description, body_part, instance_count, created_at)
        {count.format(SERIES)} SELECT substr(t.id, 1, 28) || '0' || n.i || '00', t.id, t.study_uid || '.' || n.i, n.i, t.modality,
        t.description, t.body_part, {OBJECTS}, t.arrived_at FROM studies t CROSS JOIN n""",  # noqa: S608 (nothing of it comes from outside)
        f"""INSERT INTO instances (id, study_id, series_id, sop_uid, sop_class, transfer_syntax, number, rows, columns, frames, size,
        sha256, identity_sha, blob_key, dataset_offset, arrived_at)
        {count.format(OBJECTS)} SELECT substr(s.id, 1, 30) || {two}, s.study_id, s.id, s.series_uid || '.' || n.i, '{CT_CLASS}',
        '{EXPLICIT}', n.i, 512, 512, 1, 530000, {digits}, {digits}, 'dicom/' || substr(s.id, 1, 3) || '/' || {digits} || '.1.2.1', 350,
        s.created_at FROM series s CROSS JOIN n""",  # noqa: S608
        f"""INSERT INTO arrivals (id, at, site_id, peer_id, kind, transfer_syntax, size, instance_id, quarantine_id)
        SELECT i.id, i.arrived_at, t.site_id, NULL, 'stored', '{EXPLICIT}', i.size, i.id, NULL
        FROM instances i JOIN studies t ON t.id = i.study_id""",  # noqa: S608
    ]  # fmt: skip


def _unsafely(connection: Connection) -> None:
    """No journal and no foreign keys while an archive is made that can be made again."""
    if connection.dialect.name == "sqlite":
        driver = cast(sqlite3.Connection, connection.connection.driver_connection)  # before any transaction begins
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-2000000"):
            driver.execute(f"PRAGMA {pragma}")
        connection.execution_options(writes=True)
    else:
        connection.exec_driver_sql("SET session_replication_role = replica")
        connection.exec_driver_sql("SET maintenance_work_mem = '1GB'")
    connection.commit()


def _safely_again(alliance: Alliance) -> None:
    """The pool forgets the connection that wrote, and the database learns what it holds, as relay and autovacuum see to it."""
    store = alliance.system.store
    store.engine.dispose()
    store.learn()
    if store.engine.dialect.name != "sqlite":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
