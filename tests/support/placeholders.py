"""What a page draws from a BlurHash and a ThumbHash: written from their specifications, as readers of ours would."""

import base64
from typing import Any

import numpy

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
Pixels = numpy.ndarray[Any, Any]


def from_blurhash(text: str, width: int, height: int) -> Pixels:
    """Rows, columns, red, green and blue: 0 to 255."""
    size, largest, average = _number(text[0]), (_number(text[1]) + 1) / 166, _number(text[2:6])
    across, down = size % 9 + 1, size // 9 + 1
    assert len(text) == 4 + 2 * across * down
    mean = _light(numpy.array([average >> 16, average >> 8 & 255, average & 255]) / 255)
    others = [_number(text[at : at + 2]) for at in range(6, len(text), 2)]
    steps = numpy.array([[one // 361, one // 19 % 19, one % 19] for one in others]).reshape(-1, 3)
    shares = (steps - 9) / 9
    table = numpy.concatenate([[mean], numpy.sign(shares) * shares**2 * largest]).reshape(down, across, 3)
    rows = numpy.cos(numpy.pi * numpy.outer(numpy.arange(height), numpy.arange(down)) / height)
    columns = numpy.cos(numpy.pi * numpy.outer(numpy.arange(width), numpy.arange(across)) / width)
    light = numpy.clip(numpy.einsum("yj,xi,jic->yxc", rows, columns, table), 0, 1)
    return 255 * numpy.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def from_thumbhash(text: str) -> Pixels:
    """Rows, columns, red, green, blue and alpha: 0 to 255. The longer side has 32 pixels."""
    data = base64.b64decode(text, validate=True)
    first, second = int.from_bytes(data[:3], "little"), int.from_bytes(data[3:5], "little")
    transparent, landscape = first >> 23, second >> 15
    longer, shorter = 5 if transparent else 7, second & 7
    across, down = (longer, shorter) if landscape else (shorter, longer)
    nibbles = [half for byte in data[5:] for half in (byte & 15, byte >> 4)]
    mean, scale = (nibbles.pop(0) / 15, nibbles.pop(0) / 15) if transparent else (1, 0)
    width, height = (round(32 * min(1, side)) for side in (across / down, down / across))
    heads = [
        (max(3, across), max(3, down), (first & 63) / 63, (first >> 18 & 31) / 31),
        (3, 3, (first >> 6 & 63) / 31.5 - 1, (second >> 3 & 63) / 63),
        (3, 3, (first >> 12 & 63) / 31.5 - 1, (second >> 9 & 63) / 63),
    ]
    light, yellow, red = (_channel(*head, nibbles, height, width) for head in heads)
    alpha = _channel(5, 5, mean, scale, nibbles, height, width) if transparent else light * 0 + 1
    assert sum(nibbles) == 0 and len(nibbles) < 2
    blue = light - 2 / 3 * yellow
    reds = (3 * light - blue + red) / 2
    return 255 * numpy.clip(numpy.stack([reds, reds - red, blue, alpha], -1), 0, 1)


def _channel(across: int, down: int, mean: float, scale: float, nibbles: list[int], height: int, width: int) -> Pixels:
    table = numpy.zeros((down, across))
    table[0, 0] = mean
    places = [(row, column) for row in range(down) for column in range(across) if column * down < across * (down - row)]
    for place in places[1:]:
        table[place] = 2 * scale * (nibbles.pop(0) / 7.5 - 1)
    rows = numpy.cos(numpy.pi * numpy.outer(numpy.arange(height) + 0.5, numpy.arange(down)) / height)
    columns = numpy.cos(numpy.pi * numpy.outer(numpy.arange(width) + 0.5, numpy.arange(across)) / width)
    return rows @ table @ columns.T


def _number(text: str) -> int:
    value = 0
    for digit in text:
        value = value * len(DIGITS) + DIGITS.index(digit)
    return value


def _light(share: Pixels) -> Pixels:
    return numpy.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
