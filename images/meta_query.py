"""Conditions on metadata as SQL, with one meaning on SQLite and PostgreSQL.

Django's own key transforms differ between the two (types of values, digits as keys), so the values are taken out with
each database's functions here. Paths hold letters, digits and underscores only; they travel as parameters all the same.
"""

import operator
from functools import reduce
from typing import Any

from django.db.models import FloatField, Func, Q, TextField
from django.db.models.expressions import Value
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from images.filters import Condition

Sql = tuple[str, tuple[Any, ...]]
LOOKUPS = {
    "eq": Exact,
    "in": Exact,
    "gt": GreaterThan,
    "gte": GreaterThanOrEqual,
    "lt": LessThan,
    "lte": LessThanOrEqual,
}


class _InMeta(Func):
    """A value inside ``meta``. ``{value}`` and ``{kind}`` in the templates stand for the value and its JSON type."""

    sqlite = ""
    postgresql = ""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__("meta")
        self.path = path

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Sql:
        """With json_extract and json_type."""
        column, parameters = compiler.compile(self.source_expressions[0])
        path = "$" + "".join(f'."{key}"' for key in self.path)
        return self._filled(self.sqlite, f"json_extract({column}, %s)", f"json_type({column}, %s)", parameters, [path])

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Sql:
        """With ``->``, which does not take digits for places in a list when they come as text."""
        column, parameters = compiler.compile(self.source_expressions[0])
        value = column + " -> %s::text" * len(self.path)
        return self._filled(self.postgresql, f"({value})", f"jsonb_typeof({value})", parameters, list(self.path))

    def _filled(self, template: str, value: str, kind: str, before: Any, path: list[str]) -> Sql:
        times = template.count("{value}") + template.count("{kind}")
        return template.format(value=value, kind=kind), (*before, *path) * times


class _Text(_InMeta):
    """The text of a string, number or boolean; NULL for the rest."""

    output_field = TextField()
    sqlite = (
        "(CASE WHEN {kind} IN ('true', 'false') THEN {kind} "
        "WHEN {kind} IN ('text', 'integer', 'real') THEN CAST({value} AS TEXT) END)"
    )
    postgresql = "(CASE WHEN {kind} IN ('boolean', 'string', 'number') THEN {value} #>> '{{}}' END)"


class _String(_InMeta):
    """The text of a string; NULL for the rest."""

    output_field = TextField()
    sqlite = "(CASE WHEN {kind} = 'text' THEN {value} END)"
    postgresql = "(CASE WHEN {kind} = 'string' THEN {value} #>> '{{}}' END)"


class _Number(_InMeta):
    """The value of a number; NULL for the rest."""

    output_field = FloatField()
    sqlite = "(CASE WHEN {kind} IN ('integer', 'real') THEN CAST({value} AS REAL) END)"
    postgresql = "(CASE WHEN {kind} = 'number' THEN ({value} #>> '{{}}')::double precision END)"


class _Boolean(_InMeta):
    """``true`` or ``false`` as text; NULL for the rest."""

    output_field = TextField()
    sqlite = "(CASE WHEN {kind} IN ('true', 'false') THEN {kind} END)"
    postgresql = "(CASE WHEN {kind} = 'boolean' THEN {value} #>> '{{}}' END)"


KINDS: dict[str, type[_InMeta]] = {"any": _Text, "string": _String, "number": _Number, "boolean": _Boolean}


def where(conditions: list[Condition]) -> Q:
    """All ``conditions`` together, for ``Image.objects.filter``."""
    return reduce(operator.and_, (_one(condition) for condition in conditions), Q())


def _one(condition: Condition) -> Q:
    found = KINDS[condition.kind](condition.path)
    lookup = LOOKUPS[condition.operation]
    wanted = (Value(value, output_field=found.output_field) for value in condition.values)
    return reduce(operator.or_, (Q(lookup(found, value)) for value in wanted))
