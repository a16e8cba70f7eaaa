"""The formats that come out, by name."""

from variants.encoders.avif import avif
from variants.encoders.encoder import Encoder
from variants.encoders.gif import gif
from variants.encoders.jpeg import jpeg
from variants.encoders.png import png
from variants.encoders.webp import webp

ENCODERS: dict[str, Encoder] = {encoder.format: encoder for encoder in (jpeg, png, webp, avif, gif)}
