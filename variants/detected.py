"""Faces and objects that were found, by class."""

from collections.abc import Collection, Iterable

from variants.errors import NotSeen
from variants.findings import Findings, Found
from variants.options.classes import ALL, FACE


def of_classes(findings: Findings, labels: Collection[str]) -> tuple[Found, ...]:
    """What was found of these classes, faces first. Raises ``NotSeen`` where one of them was not looked for."""
    if FACE in labels and findings.faces is None:
        raise _not_seen("faces")
    if set(labels) - {FACE} and findings.objects is None:
        raise _not_seen("objects")
    return known(findings, labels)


def suspected(findings: Findings, labels: Collection[str]) -> tuple[Found, ...]:
    """The same, and what may be of these classes: rather too much is hidden than too little. Raises ``NotSeen``."""
    return (*of_classes(findings, labels), *_of(findings.doubtful, labels))


def known(findings: Findings, labels: Collection[str]) -> tuple[Found, ...]:
    """The same, without what was not looked for."""
    faces = findings.faces or () if FACE in labels else ()
    return (*faces, *_of(findings.objects or (), labels))


def _of(objects: Iterable[Found], labels: Collection[str]) -> Iterable[Found]:
    return (one for one in objects if ALL in labels or one.label.lower() in labels)


def _not_seen(what: str) -> NotSeen:
    return NotSeen(f"this picture has not been looked at for {what}, and cannot be now; try again")
