"""What an SVG may hold when it is delivered: tables of elements and attributes, and what their values may refer to.

The names are those of SVG 2, Filter Effects 1, CSS Masking 1 and SVG Animations 2, without what runs, links to other
documents or embeds foreign content (script, foreignObject, audio, video, iframe, canvas, handler, listener).
"""

import re

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ANIMATIONS = _words("animate animateColor animateMotion animateTransform set")
ELEMENTS = ANIMATIONS | _words(
    """
    a circle clipPath defs desc ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix
    feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR
    feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile
    feTurbulence filter g image line linearGradient marker mask mpath path pattern polygon polyline radialGradient rect
    stop style svg switch symbol text textPath title tspan use view
    """
)
# Attributes that may be animated: those that draw.
DRAWING = _words(
    """
    alignment-baseline amplitude azimuth baseFrequency baseline-shift bias clip clip-path clip-rule clipPathUnits color
    color-interpolation color-interpolation-filters color-rendering cursor cx cy d diffuseConstant direction display
    divisor dominant-baseline dx dy edgeMode elevation enable-background exponent fill fill-opacity fill-rule filter
    filterUnits flood-color flood-opacity font font-family font-feature-settings font-kerning font-size
    font-size-adjust font-stretch font-style font-variant font-variation-settings font-weight fr fx fy
    glyph-orientation-horizontal glyph-orientation-vertical gradientTransform gradientUnits height image-rendering in
    in2 intercept isolation k1 k2 k3 k4 kernelMatrix kernelUnitLength kerning lengthAdjust letter-spacing lighting-color
    limitingConeAngle marker marker-end marker-mid marker-start markerHeight markerUnits markerWidth mask mask-type
    maskContentUnits maskUnits mix-blend-mode mode numOctaves offset opacity operator order orient overflow paint-order
    path pathLength patternContentUnits patternTransform patternUnits pointer-events points pointsAtX pointsAtY
    pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits r radius refX refY result rotate rx ry scale seed
    shape-rendering side slope spacing specularConstant specularExponent spreadMethod startOffset stdDeviation
    stitchTiles stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin
    stroke-miterlimit stroke-opacity stroke-width surfaceScale tableValues targetX targetY text-anchor text-decoration
    text-orientation text-overflow text-rendering textLength transform transform-box transform-origin type
    unicode-bidi values vector-effect viewBox visibility white-space width word-spacing writing-mode x x1 x2
    xChannelSelector y y1 y2 yChannelSelector z
    """
)
ATTRIBUTES = DRAWING | _words(
    """
    accumulate additive attributeName attributeType begin by calcMode class dur end fill from id keyPoints keySplines
    keyTimes lang max media method min origin repeatCount repeatDur requiredExtensions requiredFeatures restart role
    style systemLanguage to version
    """
)
REFERENCES = frozenset({"href", f"{{{XLINK}}}href"})
EMBEDDING = frozenset({"image", "feImage"})
# Attributes with a namespace that are kept, as they are written.
PREFIXED = {f"{{{XLINK}}}href": "xlink:href", f"{{{XML}}}space": "xml:space", f"{{{XML}}}lang": "xml:lang"}

LOCAL = re.compile(r"\s*#[^\s\"'()<>\\]*\s*")
RASTER = re.compile(r"\s*data:image/(?:png|jpe?g|gif|webp|avif);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)

# Possessive quantifiers: a file of megabytes must not make them try again and again.
_LOCAL_URL = r"""url\(\s*+(["']?)#[^\s"'()<>\\]*+\1\s*+\)"""
_DATA_URL = (
    r"""url\(\s*+(["']?)data:(?:image/(?:png|jpe?g|gif|webp|avif)|font/[a-z0-9]+|application/(?:x-)?font-[a-z0-9]+)"""
    r"""(?:;charset=[-a-z0-9]+)?;base64,[A-Za-z0-9+/=\s]*+\2\s*+\)"""
)
_HARMLESS_URL = re.compile(f"{_LOCAL_URL}|{_DATA_URL}", re.IGNORECASE)
_FUNCTION = re.compile(r"(?<![-\w])([-\w]++)\(")
_AT_RULE = re.compile(r"@([-\w]*)")
FUNCTIONS = _words(
    """
    rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix icc-color calc min max clamp var abs sign round mod rem
    matrix matrix3d translate translatex translatey translatez translate3d rotate rotatex rotatey rotatez rotate3d
    scale scalex scaley scalez scale3d skew skewx skewy perspective cubic-bezier steps linear blur brightness contrast
    drop-shadow grayscale hue-rotate invert opacity saturate sepia path polygon circle ellipse inset rect xywh format
    local not is where has lang dir nth-child nth-last-child nth-of-type nth-last-of-type
    """
)
AT_RULES = frozenset({"media", "keyframes", "-webkit-keyframes", "font-face", "supports", "layer"})


def is_harmless(css: str) -> bool:
    """Whether a style sheet, a declaration or the value of an attribute fetches nothing and hides nothing.

    Every function and at-rule must be one of the tables, every ``url()`` local or an embedded raster or font. A
    backslash could spell any of them another way and makes the answer no. Comments and strings are not told from the
    rest, so the answer may be no for what only looks harmful.
    """
    if "(" not in css and "@" not in css and "\\" not in css:
        return True
    rest = _HARMLESS_URL.sub(" ", css)
    return (
        "\\" not in css
        and all(name.lower() in FUNCTIONS for name in _FUNCTION.findall(rest))
        and all(name.lower() in AT_RULES for name in _AT_RULE.findall(rest))
    )


def is_kept(name: str, value: str) -> bool:
    """Whether an attribute that refers to nothing may stay. ``name`` as the parser says it, with its namespace."""
    if name in PREFIXED:
        return True
    return (name in ATTRIBUTES or name.startswith("aria-")) and is_harmless(value)


def refers_outside(element: str, attributes: dict[str, str]) -> bool:
    """Whether an element points at anything but a part of its own document or a raster picture it carries along."""
    return any(
        name in REFERENCES and not LOCAL.fullmatch(value) and not (element in EMBEDDING and RASTER.fullmatch(value))
        for name, value in attributes.items()
    )


def animates_safely(attributes: dict[str, str]) -> bool:
    """Whether an animation changes what is drawn, not where anything points and nothing that runs."""
    return attributes.get("attributeName", "transform") in DRAWING
