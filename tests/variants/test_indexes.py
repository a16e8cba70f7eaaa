"""Whatever is asked often is answered from an index, however many rows there are: the plans of both databases."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.create import create_account
from accounts.models import Account
from images import direct_upload, listing, removal
from images.models import DirectUpload, Discarded, Image, creator_digest_of, digest_of
from variants import cache, facts, ledger
from variants.models import Rendition

pytestmark = pytest.mark.django_db
MANY = 4000
LARGE = ("images_image", "images_directupload", "images_discarded", "variants_rendition")


def image_of(account: Account, number: int) -> Image:
    public_id, creator = f"{account.name}/{number}", f"c{number % 50}"
    made = Image(account=account, public_id=public_id, creator=creator, draft=number % 20 == 0)
    made.public_id_digest, made.creator_digest = digest_of(public_id), creator_digest_of(creator)
    made.uploaded = timezone.now() - timedelta(minutes=number // 7)
    return made


def rendition_of(image: Image, number: int) -> Rendition:
    used = timezone.now() - timedelta(minutes=number)
    names = {"variant": f"v{number % 40}", "digest": digest_of(str(number)), "mime": "image/webp"}
    return Rendition(image=image, account_id=image.account_id, size=10, last_used=used, **names)


@pytest.fixture(scope="module")
def account(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Account]:
    """An account with many rows of everything, beside others that have as many. Each test undoes what it changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        accounts = [create_account(f"a{number}") for number in range(4)]
        images = [image_of(accounts[number % 4], number) for number in range(MANY)]
        Image.objects.bulk_create(images)
        Rendition.objects.bulk_create(rendition_of(image, number) for number, image in enumerate(images))
        now = timezone.now()
        uploads = (DirectUpload(image=image, expires_at=now - timedelta(days=1), used_at=now) for image in images)
        DirectUpload.objects.bulk_create(uploads)
        later = now + timedelta(days=1)
        Discarded.objects.bulk_create(Discarded(prefix="x", next_attempt_at=later) for _ in range(MANY))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield accounts[1]
        transaction.set_rollback(True)


def pages(account: Account, *, ascending: bool = False, creator: str | None = None) -> None:
    selection = listing.Selection(creator=creator)
    _, token = listing.following(account, selection, None, 3, ascending=ascending)
    listing.following(account, selection, token, 3, ascending=ascending)


QUESTIONS: dict[str, Callable[[Account], Any]] = {
    "list by page": lambda account: listing.page(account, listing.Selection(), 2, 10),
    "list by token": pages,
    "list by token, oldest first": lambda account: pages(account, ascending=True),
    "list of a creator": lambda account: pages(account, creator="c1"),
    "list without creator": lambda account: pages(account, creator=""),
    "find": lambda account: removal.find(account, "a1/1"),
    "deliver": lambda account: facts._read_image((account.id, "a1/1")),
    "purge a variant": lambda account: cache.purge_variant(account, "v1"),
    "purge an image": lambda account: cache.purge_image(removal.find(account, "a1/1")),
    "remove": lambda account: removal.remove(removal.find(account, "a1/1")),
    "expire": lambda account: direct_upload.expire(),
    "sweep": lambda account: removal.sweep(),
    "what to trim": lambda account: cache._oldest(5),
    "note a use": lambda account: ledger.write([], [(str(removal.find(account, "a1/1").uuid), digest_of("1"))]),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_answered_from_an_index(account: Account, question: str) -> None:
    with CaptureQueriesContext(connection) as seen:
        QUESTIONS[question](account)
    statements = [query["sql"] for query in seen.captured_queries]
    asked = [
        sql for sql in statements if sql.startswith(("SELECT", "UPDATE", "DELETE")) and any(t in sql for t in LARGE)
    ]
    assert asked
    for sql in asked:
        assert not list(faults(sql)), (sql, plan(sql))


def plan(sql: str) -> Any:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"))
            return [row[3] for row in cursor.fetchall()]
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql)
        found = cursor.fetchone()[0]
        return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


def faults(sql: str) -> Iterator[str]:
    """Steps of a plan that read all of a large table, or sort what could have come in order."""
    if connection.vendor == "sqlite":
        # Without a condition, an index can only give the order; and the renditions of one image are few.
        scan, sort = "SCAN" if " WHERE " in sql else "SCAN [^ ]+$", "$^" if 'image_id" = ' in sql else ".*TEMP B-TREE"
        yield from (step for step in plan(sql) if re.match(f"{scan}|{sort}", step))
        return
    nodes = [plan(sql)]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", ())
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE:
            yield node["Relation Name"]
        if node["Node Type"] == "Sort" and node["Plan Rows"] > 100:
            yield "sort"
