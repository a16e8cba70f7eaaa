"""Values of several parts: ``3;0.8;2`` in a URL, ``{"radius": 3, "amount": 0.8}`` or the same text in JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from variants.options.option import Kind


class Part(NamedTuple):
    """One part; without a ``default`` it must be there."""

    name: str
    kind: Kind
    default: Any = None


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts between semicolons; the value is a tuple of theirs. What is left out or empty is the part's default."""

    parts: tuple[Part, ...]

    def parse(self, text: str) -> tuple[Any, ...]:
        """Every part as its own kind reads it."""
        texts = [piece.strip() for piece in text.split(";")]
        if len(texts) > len(self.parts):
            raise ValueError(text)
        texts += [""] * (len(self.parts) - len(texts))
        return tuple(
            part.kind.parse(piece) if piece else _default(part) for part, piece in zip(self.parts, texts, strict=True)
        )

    def check(self, value: object) -> tuple[Any, ...]:
        """The same text, the first part alone, or an object of named parts."""
        if isinstance(value, str):
            return self.parse(value)
        if not isinstance(value, Mapping):
            value = {self.parts[0].name: value}
        if not set(value) <= {part.name for part in self.parts}:
            raise ValueError(value)
        return tuple(part.kind.check(value[part.name]) if part.name in value else _default(part) for part in self.parts)

    def write(self, value: tuple[Any, ...]) -> str:
        """Without defaults at the end."""
        pairs = list(zip(self.parts, value, strict=True))
        while len(pairs) > 1 and pairs[-1][1] == pairs[-1][0].default:
            pairs.pop()
        return ";".join(part.kind.write(own) for part, own in pairs)

    def expected(self) -> str:
        """The names, and what each of them takes."""
        names = ";".join(part.name for part in self.parts)
        return f"{names} ({'; '.join(f'{part.name}: {part.kind.expected()}' for part in self.parts)})"

    def schema(self) -> dict[str, Any]:
        """Text, an object, or the first part."""
        first, *others = self.parts
        whole = {
            "type": "object",
            "properties": {part.name: part.kind.schema() for part in self.parts},
            "required": [part.name for part in self.parts if part.default is None],
            "additionalProperties": False,
        }
        alone = [first.kind.schema()] if all(part.default is not None for part in others) else []
        return {"anyOf": [{"type": "string", "maxLength": 200}, whole, *alone]}


def _default(part: Part) -> Any:
    if part.default is None:
        raise ValueError(f"{part.name} is missing")
    return part.default
