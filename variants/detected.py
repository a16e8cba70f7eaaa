"""Faces and objects that were found, by class."""

from collections.abc import Iterable

from variants.errors import NotSeen
from variants.findings import Findings, Found
from variants.options.classes import ALL, FACE


def of_classes(findings: Findings, labels: Iterable[str]) -> tuple[Found, ...]:
    """What was found of these classes, faces first. Raises ``NotSeen`` where one of them was not looked for."""
    wanted = frozenset(labels)
    found: list[Found] = []
    if FACE in wanted:
        found += _looked(findings.faces, "faces")
    if wanted - {FACE}:
        objects = _looked(findings.objects, "objects")
        found += [one for one in objects if ALL in wanted or one.label.lower() in wanted]
    return tuple(found)


def _looked(found: tuple[Found, ...] | None, what: str) -> tuple[Found, ...]:
    if found is None:
        raise NotSeen(f"this picture has not been looked at for {what}, and cannot be now; try again")
    return found
