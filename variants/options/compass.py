"""Places by the points of the compass, in the words of imgproxy."""

# The edges that each of them lies at.
EDGES: dict[str, tuple[str, ...]] = {
    "ce": (),
    "no": ("top",),
    "so": ("bottom",),
    "we": ("left",),
    "ea": ("right",),
    "nowe": ("top", "left"),
    "noea": ("top", "right"),
    "sowe": ("bottom", "left"),
    "soea": ("bottom", "right"),
}
