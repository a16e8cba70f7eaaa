"""Options in JSON: exact."""

import pytest

from variants.errors import BadOption
from variants.notation.body import check, check_chain
from variants.notation.schema import chain, drawing, schema
from variants.notation.url import parse, write
from variants.table import TABLE


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            {"fit": "scale-down", "width": 1366, "height": 768, "metadata": "none"},
            "height=768,metadata=none,width=1366",
        ),
        ({"w": 20.0, "blur": 20}, "blur=20,width=20"),
        ({"width": 100, "browser_ttl": 86400}, "browser_ttl=86400,width=100"),
        ({"rotate": 90, "anim": False}, "anim=false,rotate=90"),
        ({"rotate": "180"}, "rotate=180"),
        ({"gravity": {"x": 0.25}}, "gravity=0.25x0.5"),
        ({"gravity": {"x": 0, "y": 1, "mode": "remainder"}}, "gravity=0x1"),
        ({"gravity": "left"}, "gravity=left"),
        ({"gravity": {"x": 0.5, "mode": "box-center"}}, "gravity=0.5x0.5;box-center"),
        ({"gravity": "entropy"}, "gravity=entropy"),
        ({"gravity": "objects;Dog;cat=2.50"}, "gravity=objects;cat=2.5;dog"),
        ({"gravity": {"objects": {"cat": 2, "hot dog": 1}}}, "gravity=objects;cat=2;hot%20dog"),
        ({"gravity": {"objects": ["dog", "cat"]}}, "gravity=objects;cat;dog"),
        ({"face-zoom": 0.5, "gravity": "face"}, "gravity=face,zoom=0.5"),
        ({"objects-mode": "one-best", "objects-position": {"y": 0}}, "objects-mode=one_best,objects-position=0.5x0"),
        ({"objects-position": "noea;0;0.1"}, "objects-position=noea;0;0.1"),
        ({"crop-objects": 1.2}, "crop-objects=1.2"),
        ({"crop-objects": {"scale": 2, "classes": ["person", "face"]}}, "crop-objects=2;face;person"),
        ({"segment": "foreground"}, "segment=foreground"),
        ({"blur-detections": 20}, "blur-detections=20"),
        ({"blur-detections": "20;face"}, "blur-detections=20"),
        ({"pixelate-detections": {"side": 8, "classes": ["Person"]}}, "pixelate-detections=8;person"),
        ({"draw-detections": True}, "draw-detections=true"),
        ({"draw-detections": ["car", "bus"]}, "draw-detections=bus;car"),
        ({"draw-detections": False, "width": 3}, "width=3"),
        ({"rotate": 45.5}, "rotate=45.5"),
        ({"rotate": -90}, "rotate=270"),
        ({"padding": 3}, "padding=3"),
        ({"padding": {"left": 4, "top": 1.5}}, "padding=1.5;0;0;4"),
        ({"padding": "1;2;1"}, "padding=1;2"),
        ({"border": {"color": "rgb(0 0 255)", "width": 4}}, "border=4;%230000ff"),
        ({"border": {"top": 2, "bottom": 3}}, "border=2;0;3;%23000000"),
        ({"border": "1;2;#f00"}, "border=1;2;%23ff0000"),
        ({"radius": "max"}, "radius=max"),
        ({"radius": {"top-left": 9}}, "radius=9;0;0"),
        ({"duotone": {"dark": "black", "light": "#fff"}}, "duotone=%23000000;%23ffffff"),
        ({"unsharp": 3}, "unsharp=3"),
        ({"unsharp": {"radius": 3, "threshold": 2}}, "unsharp=3;1;2"),
        ({"gradient": "red"}, "gradient=%23ff0000"),
        ({"grayscale": True}, "greyscale=true"),
        ({"min-width": 30, "offset": "0.2"}, "min-width=30,offset=0.2"),
        ({"trim": "border"}, "trim=border"),
        ({"trim": {"top": 10, "left": 0.5}}, "trim.left=0.5,trim.top=10"),
        ({"trim": {"border": True}}, "trim.border=true"),
        (
            {"trim": {"border": {"color": "white", "tolerance": 9, "keep": 2}}},
            "trim.border.color=%23ffffff,trim.border.keep=2,trim.border.tolerance=9",
        ),
        ({"background": "rgb(1 2 3)"}, "background=%23010203"),
        ({"quality": "low"}, "quality=low"),
        ({}, "fit=scale-down"),
    ],
)
def test_taken(body: dict[str, object], text: str) -> None:
    assert write((check(body),)) == text


@pytest.mark.parametrize(
    ("body", "option"),
    [
        ({"width": "100"}, "width"),
        ({"width": 0}, "width"),
        ({"width": 12001}, "width"),
        ({"width": 10.5}, "width"),
        ({"width": True}, "width"),
        ({"width": None}, "width"),
        ({"width": float("nan")}, "width"),
        ({"width": [100]}, "width"),
        ({"fit": "stretch"}, "fit"),
        ({"fit": {"mode": "cover"}}, "fit"),
        ({"quality": 101}, "quality"),
        ({"dpr": 4}, "dpr"),
        ({"rotate": "north"}, "rotate"),
        ({"rotate": 1e9}, "rotate"),
        ({"rotate": True}, "rotate"),
        ({"anim": "false"}, "anim"),
        ({"gravity": {"x": 2}}, "gravity"),
        ({"gravity": {}}, "gravity"),
        ({"gravity": {"x": 0.5, "mode": "center"}}, "gravity"),
        ({"gravity": {"objects": {}}}, "gravity"),
        ({"gravity": {"objects": {"cat": -1}}}, "gravity"),
        ({"gravity": {"objects": {"cat;dog": 1}}}, "gravity"),
        ({"gravity": {"objects": ["cat"], "x": 0.5}}, "gravity"),
        ({"gravity": "objectscat"}, "gravity"),
        ({"gravity": "objects;cat;cat=2"}, "gravity"),
        ({"objects-position": "north"}, "objects-position"),
        ({"objects-position": "no;1;2;3"}, "objects-position"),
        ({"objects-position": {"x": 2}}, "objects-position"),
        ({"crop-objects": {"classes": ["person"]}}, "crop-objects"),
        ({"crop-objects": {"scale": 1, "classes": "person"}}, "crop-objects"),
        ({"segment": "background"}, "segment"),
        ({"blur-detections": {"radius": 20, "classes": []}}, "blur-detections"),
        ({"blur-detections": {"radius": 20, "class": ["person"]}}, "blur-detections"),
        ({"blur-detections": True}, "blur-detections"),
        ({"draw-detections": ["car", 3]}, "draw-detections"),
        ({"padding": {"inner": 3}}, "padding"),
        ({"padding": "1;2;3;4;5"}, "padding"),
        ({"padding": -1}, "padding"),
        ({"border": {"color": "red"}}, "border"),
        ({"border": {"width": 3, "top": 2}}, "border"),
        ({"border": "[object Object]"}, "border"),
        ({"radius": "round"}, "radius"),
        ({"duotone": "red"}, "duotone"),
        ({"unsharp": {"amount": 2}}, "unsharp"),
        ({"gradient": "red;up"}, "gradient"),
        ({"pixelate": -1}, "pixelate"),
        ({"trim": [1, 2, 3, 4]}, "trim"),
        ({"trim": "1;2;3"}, "trim"),
        ({"trim": {"inner": 3}}, "trim.inner"),
        ({"background": "currentcolor"}, "background"),
        ({"background": "#12"}, "background"),
        ({"background": "rgb(" * 100}, "background"),
        ({"w": 5, "width": 5}, "width"),
        ({"sharpness": 5}, "sharpness"),
    ],
)
def test_refused(body: dict[str, object], option: str) -> None:
    with pytest.raises(BadOption) as caught:
        check(body)
    assert caught.value.option == option
    assert caught.value.expected in str(caught.value)


def test_several_steps_are_a_list() -> None:
    assert write(check_chain([{"width": 20}, {}, {"rotate": 90}])) == "width=20~fit=scale-down~rotate=90"
    assert check_chain({"width": 20}) == check_chain([{"width": 20}])


@pytest.mark.parametrize("steps", [[], [{}] * 9, [[{}]], [{"width": 3}, 4], "width=3", None, 3])
def test_other_shapes_are_refused(steps: object) -> None:
    with pytest.raises(BadOption) as caught:
        check_chain(steps)
    assert caught.value.option == "options"


def test_a_url_cannot_say_how_long_browsers_keep_a_result() -> None:
    assert parse("browser_ttl=5,width=3").chain == (check({"width": 3}),)


def test_the_schema_names_every_option() -> None:
    properties = schema()["properties"]
    assert {name for name, option in TABLE.items() if option.group != "draw"} <= set(properties)
    assert {name for name, option in TABLE.items() if option.group in ("transform", "draw")} <= set(
        drawing()["properties"]
    )
    assert {"w", "h", "q", "f", "g"} <= set(properties)
    assert set(properties["trim"]["anyOf"][1]["properties"]) >= {"top", "width", "border"}
    assert properties["fit"]["default"] == "scale-down" and "cover" in properties["fit"]["enum"]


def test_the_examples_of_the_schema_are_taken() -> None:
    for example in (*chain()["examples"], *schema()["examples"], *({"draw": [one]} for one in drawing()["examples"])):
        assert check_chain(example)


def test_other_names_are_named_as_such() -> None:
    assert schema()["properties"]["w"]["description"] == "Another name of width."
