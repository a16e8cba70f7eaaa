"""Originals of other servers: fetched once, kept for as long as their server's rules allow, then asked for again.

Bytes lie under ``remote/<account>/<SHA-256 of the URL>/<attempt>``, what is made of them under
``renditions/<account>/<uuid>``. A ``Discarded`` row names bytes before they are stored (see :mod:`images.arrival`).
"""

import hashlib
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from accounts import generation
from accounts.models import Account
from images import fetch
from images.errors import FetchBroken, FetchTimedOut, FetchUnreachable, NotAnImage, OriginAnswered
from images.freshness import Rules, rules_of, says_something
from images.models import Discarded, RemoteOriginal, digest_of
from images.probe import probe
from images.storage import storage

SLOWEST = timedelta(hours=1)
"""Longer than it takes from the first stored byte to the commit."""
LINGER = timedelta(minutes=10)
"""How long bytes stay that nobody may ask for any more: somebody may be about to read them."""
GRACE = 60
"""Seconds for which an old answer stands in while its server does not answer."""
AT_ONCE = 500
VIA = (b"Via", b"1.1 image-resizing")
LONGEST_ETAG, LONGEST_DATE = 200, 60


def find(account_id: str, url: str) -> RemoteOriginal | None:
    """What is known of ``url``, fresh or not."""
    return RemoteOriginal.objects.filter(account_id=account_id, url_digest=digest_of(url)).first()


def is_fresh(original: RemoteOriginal) -> bool:
    """Whether it may be used without asking."""
    return original.fresh_until > timezone.now()


def bring(account_id: str, url: str) -> RemoteOriginal:
    """The original behind ``url`` as it is now: what is kept, where that is fresh or its server says it still holds.

    An answer that may not be kept comes as a row that is not saved, and its bytes go soon. Raises the faults of
    ``fetch.get`` and of ``probe``.
    """
    held = find(account_id, url)
    if held and is_fresh(held):
        return held
    with tempfile.NamedTemporaryFile(prefix="remote-") as file:
        try:
            answered = fetch.get(url, file, _terms(held))
        except (FetchTimedOut, FetchUnreachable, FetchBroken, OriginAnswered) as fault:
            if held is None or held.insists or (isinstance(fault, OriginAnswered) and fault.status < 500):
                raise
            return _renewed(held, Rules(GRACE), {})
        rules = rules_of(answered.headers, time.time())
        if answered.status == 304 and held:
            known = rules if says_something(answered.headers) else Rules(held.seconds, insists=held.insists)
            return _renewed(held, known, answered.headers)
        return _taken(account_id, url, held, file, rules, answered.headers)


@transaction.atomic
def forget(account: Account, url: str) -> int:
    """Ask for ``url`` anew the next time, and drop what was made of it; 1 when there was something, else 0."""
    found = _drop(RemoteOriginal.objects.filter(account=account, url_digest=digest_of(url)))
    generation.bump()
    return found


def sweep() -> int:
    """Drop what has not been asked for since it was old, and the oldest above the budget; how many."""
    old = timezone.now() - timedelta(seconds=settings.REMOTE_KEEP_SECONDS)
    went = _drop(RemoteOriginal.objects.filter(fresh_until__lt=old))
    if settings.REMOTE_BUDGET_BYTES:
        went += _trim(settings.REMOTE_BUDGET_BYTES)
    if went:
        generation.bump()
    return went


def note_made(account_id: str, image_uuid: str, size: int) -> None:
    """Count the bytes of a new rendition."""
    RemoteOriginal.objects.filter(account_id=account_id, uuid=image_uuid).update(made=F("made") + size)


def _terms(held: RemoteOriginal | None) -> fetch.Terms:
    """No cookies, no names, no passwords; whether what is kept still holds."""
    conditions = []
    if held and held.etag:
        conditions.append((b"If-None-Match", held.etag.encode("latin-1")))
    elif held and held.last_modified:
        conditions.append((b"If-Modified-Since", held.last_modified.encode("latin-1")))
    return fetch.Terms(settings.REMOTE_MAX_BYTES, settings.REMOTE_SECONDS, (VIA, *conditions), own=True)


def _taken(
    account_id: str, url: str, held: RemoteOriginal | None, file: IO[bytes], rules: Rules, headers: dict[str, str]
) -> RemoteOriginal:
    """New bytes, or the same ones once more."""
    path = Path(file.name)
    sha256 = _sha256(path)
    if held and rules.kept and held.sha256 == sha256:
        return _renewed(held, rules, headers)
    original = _looked_at(account_id, url, path, sha256)
    _describe(original, rules, headers)
    note = Discarded.objects.create(
        prefix=original.storage_key, next_attempt_at=timezone.now() + (SLOWEST if rules.kept else LINGER)
    )
    storage().put(original.storage_key, path, "application/octet-stream")
    if rules.kept:
        _exchange(original, note)
    elif held:
        forget(held.account, url)
    return original


def _looked_at(account_id: str, url: str, path: Path, sha256: str) -> RemoteOriginal:
    if path.stat().st_size == 0:
        raise NotAnImage("The server sent an empty file; expected a picture")
    picture = probe(path, settings.REMOTE_MAX_BYTES)
    digest = digest_of(url)
    names = hashlib.sha256(f"{account_id} {digest} {sha256}".encode()).digest()
    return RemoteOriginal(
        account_id=account_id,
        url=url,
        url_digest=digest,
        uuid=uuid.UUID(bytes=names[:16]),
        storage_key=f"remote/{account_id}/{digest}/{uuid.uuid4().hex}",
        format=picture.format,
        width=picture.width,
        height=picture.height,
        frames=picture.frames,
        has_alpha=picture.has_alpha,
        size=path.stat().st_size,
        sha256=sha256,
    )


@transaction.atomic
def _exchange(original: RemoteOriginal, note: Discarded) -> None:
    """The new row in the place of the old one."""
    Account.objects.select_for_update().get(pk=original.account_id)
    _drop(RemoteOriginal.objects.filter(account_id=original.account_id, url_digest=original.url_digest))
    original.save(force_insert=True)
    note.delete()


def _renewed(held: RemoteOriginal, rules: Rules, headers: dict[str, str]) -> RemoteOriginal:
    """The same bytes under the rules of a new answer."""
    if not rules.kept:
        rules = Rules(0, insists=True)
    _describe(held, rules, headers)
    names = ("seconds", "insists", "fetched", "fresh_until", "etag", "last_modified")
    RemoteOriginal.objects.filter(pk=held.pk).update(**{name: getattr(held, name) for name in names})
    return held


def _describe(original: RemoteOriginal, rules: Rules, headers: dict[str, str]) -> None:
    original.fetched = datetime.now(UTC)
    original.seconds, original.insists = rules.seconds, rules.insists
    original.fresh_until = original.fetched + timedelta(seconds=rules.seconds)
    etag, modified = headers.get("etag", original.etag), headers.get("last-modified", original.last_modified)
    original.etag = etag if len(etag) <= LONGEST_ETAG else ""
    original.last_modified = modified if len(modified) <= LONGEST_DATE else ""


def _drop(rows: QuerySet[RemoteOriginal]) -> int:
    """Turn rows into bytes that are to be removed soon; how many."""
    went = 0
    while some := list(rows.order_by("fresh_until")[:AT_ONCE]):
        went += _discard(some)
    return went


@transaction.atomic
def _discard(some: list[RemoteOriginal]) -> int:
    due = timezone.now() + LINGER
    prefixes = [text for row in some for text in (row.storage_key, f"renditions/{row.account_id}/{row.uuid}")]
    Discarded.objects.bulk_create(Discarded(prefix=prefix, next_attempt_at=due) for prefix in prefixes)
    RemoteOriginal.objects.filter(pk__in=[row.pk for row in some]).delete()
    return len(some)


def _trim(budget: int) -> int:
    went = 0
    while (excess := _total() - budget) > 0:
        some = []
        for row in RemoteOriginal.objects.order_by("fetched")[:AT_ONCE]:
            if excess <= 0:
                break
            some.append(row)
            excess -= row.size + row.made
        went += _discard(some)
    return went


def _total() -> int:
    total: int | None = RemoteOriginal.objects.aggregate(total=Sum(F("size") + F("made")))["total"]
    return total or 0


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
