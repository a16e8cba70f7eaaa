"""The pictures of the demo, by name: how each is drawn and what is said of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from config.demo import marks, patterns, scenes
from config.demo.canvas import Array, image_of


@dataclass(frozen=True)
class Picture:
    """A picture that can be drawn: its id in the account, file name, bytes and metadata."""

    public_id: str
    filename: str
    draw: Callable[[], bytes]
    meta: Mapping[str, str] = field(default_factory=dict)
    private: bool = False


def jpeg(scene: Callable[[], Array]) -> Callable[[], bytes]:
    """The scene as a JPEG file."""
    return lambda: bytes(image_of(scene()).jpegsave_buffer(Q=88))


def webp(scene: Callable[[], Array]) -> Callable[[], bytes]:
    """The scene as a WebP file."""
    return lambda: bytes(image_of(scene()).webpsave_buffer(Q=85))


def png(scene: Callable[[], Array]) -> Callable[[], bytes]:
    """The scene as a PNG file."""
    return lambda: bytes(image_of(scene()).pngsave_buffer(compression=7))


PICTURES = (
    Picture("demo/mountains", "mountains-at-dawn.jpg", jpeg(scenes.mountains_at_dawn), {"kind": "landscape"}),
    Picture("demo/sea", "sea-under-the-moon.jpg", jpeg(scenes.sea_under_the_moon), {"kind": "landscape"}),
    Picture("demo/balloons", "balloons.webp", webp(scenes.balloons), {"kind": "landscape"}),
    Picture("demo/city", "city-at-dusk.jpg", jpeg(scenes.city_at_dusk), {"kind": "landscape"}),
    Picture("demo/julia", "julia-set.jpg", jpeg(patterns.julia), {"kind": "pattern"}),
    Picture("demo/tiles", "tiles.png", png(patterns.tiles), {"kind": "pattern"}),
    Picture("demo/glass", "stained-glass.jpg", jpeg(patterns.stained_glass), {"kind": "pattern"}),
    Picture("demo/contours", "contour-lines.webp", webp(patterns.contour_lines), {"kind": "pattern"}),
    Picture("demo/silk", "silk.jpg", jpeg(patterns.silk), {"kind": "pattern"}),
    Picture("demo/logo", "logo.png", lambda: bytes(image_of(*marks.logo()).pngsave_buffer()), {"kind": "mark"}),
    Picture("demo/orbits", "orbits.gif", lambda: bytes(marks.orbits().gifsave_buffer()), {"kind": "animation"}),
    Picture("demo/private", "a-private-view.jpg", jpeg(scenes.city_at_dusk), {"kind": "landscape"}, private=True),
)
