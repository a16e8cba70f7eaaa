"""The table of options: names, examples, and that every example does something."""

from pathlib import Path

import numpy
import pytest
import pyvips
from rendering import checks, pixels, rendered, saved
from seen import everything

from variants import table
from variants.limits import Limits
from variants.negotiate import Source, negotiate
from variants.notation import body, url
from variants.options.option import Option, merged
from variants.table import TABLE, make, option, versions

# What has to stand beside an option for it to have something to act on.
COMPANIONS = {
    "dpr": "width=20",
    "fit": "width=30,height=10",
    "gravity": "width=30,height=10,fit=cover",
    "offset": "width=100,height=200,fit=cover",
    "zoom": "gravity=face",
    "objects-mode": "width=100,height=133,fit=cover,gravity=objects",
    "objects-position": "width=100,height=40,fit=cover,gravity=objects;face",
    "segment": "anim=false",
    "blur-detections": "anim=false",
    "pixelate-detections": "anim=false",
    "upscale": "width=600,fit=contain",
    "trim.border.color": "",
    "trim.border.tolerance": "trim=border",
    "trim.border.keep": "trim=border",
    "lossless": "format=webp",
    "near-lossless": "format=webp",
    "effort": "format=webp",
    "palette": "format=png",
    "progressive": "format=png",
    "profile": "format=png",
    "quality.webp": "format=webp",
    "quality.avif": "format=avif",
    "include": "format=json",
}
# Options of a drawing, and those of delivery, have tests of their own: operations/test_overlay.py,
# test_delivery_options.py.
OPTIONS = [option for option in TABLE.values() if option.group not in ("variant", "draw", "delivery")]
STEPS = [option for option in TABLE.values() if option.group != "draw"]


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Transparent corners, a white border that is slightly off at one edge, EXIF, larger than every example's cut."""
    array = numpy.full((320, 480, 4), 255, "uint8")
    array[10:310, 10:470] = checks(460, 300, bands=4)
    array[5:10, :, :3] = 230
    image = pyvips.Image.new_from_array(array).copy(interpretation="srgb")
    image.set_type(pyvips.GValue.gstr_type, "exif-ifd0-Copyright", "Ada (Ada, ASCII, 4 components, 4 bytes)")
    image.set_type(pyvips.GValue.gstr_type, "exif-ifd0-Artist", "Ada (Ada, ASCII, 4 components, 4 bytes)")
    profile = pyvips.Image.black(1, 1, bands=3).copy(interpretation="srgb").icc_transform("p3", input_profile="srgb")
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile.get("icc-profile-data"))
    return saved(image, tmp_path_factory.mktemp("table") / "picture.png")


def text_of(option: Option) -> str:
    return f"{option.name}={option.kind.write(option.kind.check(option.example))}"


@pytest.mark.parametrize("option", OPTIONS, ids=[option.name for option in OPTIONS])
def test_an_example_changes_the_result(option: Option, picture: Path) -> None:
    beside = COMPANIONS.get(option.name, "")
    with_it = ",".join(filter(None, (beside, text_of(option))))
    assert _made(picture, with_it) != _made(picture, beside or "fit=scale-down")


def _made(picture: Path, options: str) -> tuple[str, bool, tuple[str, ...], bytes]:
    chain = url.parse(options).chain
    source = Source("png", 480, 320, 3, True, 1000)
    target = negotiate(chain, None, source, Limits())
    form = target.format if merged(chain).format != "auto" else "jpeg"
    return (
        form,
        target.animated,
        target.warnings,
        rendered(picture, options, form, pictures={"logo": str(picture)}, seen=everything()).body,
    )


@pytest.mark.parametrize("option", STEPS, ids=[option.name for option in STEPS])
def test_an_example_is_the_same_in_json_and_in_a_url(option: Option) -> None:
    value = option.kind.check(option.example)
    assert option.kind.parse(url.unquote(option.kind.write(value))) == value
    assert body.check({option.name: option.example})[option.name] == value
    assert option.kind.expected() and option.kind.schema() and option.help.endswith(".")


def test_aliases() -> None:
    assert [option(alias) for alias in ("w", "h", "g", "q", "f")] == [
        TABLE[name] for name in ("width", "height", "gravity", "quality", "format")
    ]
    assert option("toString") is None


def test_a_name_may_occur_once() -> None:
    with pytest.raises(RuntimeError, match="width"):
        table._gathered((TABLE["width"],), (TABLE["width"],))


def test_options_are_values() -> None:
    assert make({"width": 3, "fit": "cover"}) == make({"fit": "cover", "width": 3, "dpr": 1})
    assert hash(make({"width": 3})) == hash(make({"width": 3, "blur": 0}))
    assert make({"width": 3}) != make({"width": 4})
    assert make({}).trim_border_keep is None and make({}).fit == "scale-down"
    with pytest.raises(AttributeError):
        make({}).sharpness  # noqa: B018


def test_versions_name_what_can_change_a_byte() -> None:
    plain = versions((make({"width": 3}),), "webp")
    assert not any(text.startswith(("blur/", "sharpen/", "trim/", "background/")) for text in plain)
    assert any(text.startswith("blur/") for text in versions((make({}), make({"blur": 3})), "webp"))
    assert any(text.startswith("webp/") for text in plain) and any(text.startswith("libvips/") for text in plain)
    for values in ({"draw-detections": ("face",)}, {"explain": True}):
        assert any(text.startswith("fonts/") for text in versions((make(values),), "png"))
    assert not any(text.startswith("fonts/") for text in plain)
    assert versions((make({}),), "avif") != versions((make({}),), "avif", Limits(avif_effort=3))
    assert versions((make({}),), "jpeg") == versions((make({}),), "jpeg", Limits(avif_effort=3))


def test_every_format_holds_what_was_drawn(picture: Path) -> None:
    for form in ("png", "webp", "avif", "gif", "jpeg"):
        image = pixels(rendered(picture, "width=80", form))
        assert image.shape[:2] == (53, 80), form
