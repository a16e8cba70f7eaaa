"""Landscapes, made of gradients and lines of hills."""

import numpy as np

from config.demo.canvas import Array, colour, gradient, grid, mix, noise, ridge, soft


def mountains_at_dawn() -> Array:
    """Blue ranges one behind the other under a pink sky."""
    x, y = grid(1500, 1000)
    canvas = gradient(y, [(0.0, "26386b"), (0.3, "8d7fb5"), (0.5, "f3a998"), (0.62, "ffe0b5"), (1.0, "ffe9cc")])
    glow = np.exp(-(((x - 1.05) / 0.35) ** 2 + ((y - 0.55) / 0.22) ** 2))
    canvas = mix(canvas, colour("fff3d6"), glow * 0.8)
    canvas = mix(canvas, colour("fffbef"), soft(np.hypot(x - 1.05, y - 0.5) - 0.055))
    tones = ["b79ab5", "8c7ba5", "66608f", "454673", "2b3054", "161c36"]
    for depth, tone in enumerate(tones):
        line = 0.52 + depth * 0.085 + ridge(x * (1.3 + depth * 0.35), 40 + depth) * (0.07 - depth * 0.004)
        haze = np.clip((y - line) * 3, 0, 1) * 0.35
        canvas = mix(canvas, mix(np.broadcast_to(colour(tone), canvas.shape), colour("f3b9a6"), haze), soft(line - y))
    return canvas


def sea_under_the_moon() -> Array:
    """A moon, its path of light on the waves, and stars."""
    x, y = grid(1600, 1067)
    canvas = gradient(y, [(0.0, "050a1c"), (0.35, "10234a"), (0.6, "2b4d7d"), (0.601, "0c1e3c"), (1.0, "030816")])
    random = np.random.default_rng(3)
    for across, down, light in random.uniform((0, 0, 0), (1598, 580, 1), (260, 3)):
        near = (slice(int(down), int(down) + 2), slice(int(across), int(across) + 2))
        canvas[near] += (1 - canvas[near]) * light**3
    moon = np.hypot(x - 1.02, y - 0.2)
    canvas = mix(canvas, colour("f6efd8"), np.exp(-((moon / 0.16) ** 2)) * 0.35)
    face = mix(np.broadcast_to(colour("f9f4e2"), canvas.shape), colour("cdc6b2"), noise(x * 9, y * 9, 5) ** 3)
    canvas = mix(canvas, face, soft(moon - 0.075))
    depth = np.clip((y - 0.6) / 0.4, 0.0001, 1)
    waves = np.sin(26 / (depth + 0.08) + ridge(x * 9, 8) * 2 + noise(x * 6, 4 / (depth + 0.1), 9) * 9)
    path = np.exp(-(((x - 1.02) / (0.03 + depth * 0.16)) ** 2))
    sea = soft(0.6 - y)
    canvas = mix(canvas, colour("bcd0e8"), np.clip(waves, 0, 1) * 0.12 * sea)
    return mix(canvas, colour("fff6da"), np.clip(waves * 1.6 - 0.2, 0, 1) * path * sea * 0.9)


def balloons() -> Array:
    """Three balloons over morning fog; taller than wide."""
    x, y = grid(960, 1280)
    canvas = gradient(y, [(0.0, "4fa3d9"), (0.55, "bfe3f2"), (0.75, "ffe9c9"), (1.0, "f7c9a0")])
    canvas = mix(canvas, colour("ffffff"), noise(x * 2.5, y * 7, 12) ** 2 * 0.55)
    for centre_x, centre_y, size, tones in (
        (0.27, 0.3, 0.15, ("d7263d", "ffb400", "fff1d0")),
        (0.55, 0.52, 0.09, ("1b998b", "fffd98", "2d3047")),
        (0.5, 0.16, 0.055, ("6a4c93", "ff924c", "ffca3a")),
    ):
        canvas = _balloon(canvas, (x - centre_x) / size, (y - centre_y) / size, tones, 0.004 / size)
    for depth, tone in enumerate(("9fb8b0", "5f8a7f", "2f5d57")):
        line = 0.84 + depth * 0.055 + ridge(x * 3, 70 + depth) * 0.025
        canvas = mix(canvas, colour(tone), soft(line - y))
    return canvas


def _balloon(canvas: Array, x: Array, y: Array, tones: tuple[str, str, str], edge: float) -> Array:
    """A balloon of radius 1 around the origin with its basket below."""
    drop = np.where(y > 0, x * (1 + 0.35 * y**2), x)
    half_width = np.sqrt(np.clip(1 - (y / 1.25) ** 2, 0.01, 1))
    stripe = (np.arcsin(np.clip(drop / half_width, -1, 1)) * 4.5 + 20).astype(int) % 3
    body = np.array([colour(tone) for tone in tones])[stripe]
    shade = np.clip(0.75 + 0.4 * (-x * 0.5 - y * 0.4), 0.45, 1.1)[..., None]
    canvas = mix(canvas, np.clip(body * shade, 0, 1), soft(np.hypot(drop, np.where(y > 0, y / 1.25, y)) - 1, edge))
    ropes = np.minimum(np.abs(x - 0.12 - (1.6 - y) * 0.2), np.abs(x + 0.12 + (1.6 - y) * 0.2)) - 0.012
    canvas = mix(canvas, colour("4a3728"), soft(np.maximum(ropes, np.abs(y - 1.4) - 0.2), edge))
    return mix(canvas, colour("7a5230"), soft(np.maximum(np.abs(x) - 0.14, np.abs(y - 1.7) - 0.12), edge))


def city_at_dusk() -> Array:
    """Towers with lit windows, two rows deep."""
    x, y = grid(1800, 1000)
    canvas = gradient(y, [(0.0, "1d1a44"), (0.4, "7a3b69"), (0.7, "f0775b"), (1.0, "ffd58a")])
    for tone, width, seed in (("4b3157", 0.085, 1), ("150f26", 0.12, 2)):
        random = np.random.default_rng(seed)
        tower = np.floor(x / width).astype(int)
        roofs = random.uniform(0.3, 0.75, tower.max() + 1) + 0.12 * (seed - 1)
        inside = soft(roofs[tower] - y) * soft(0.006 - (x % width))
        canvas = mix(canvas, colour(tone), inside)
        column, floor = np.floor(x / 0.0135).astype(int), np.floor(y / 0.022).astype(int)
        lit = random.random((floor.max() + 1, column.max() + 1))[floor, column] > 0.72
        window = soft(np.abs(x % 0.0135 - 0.0068) - 0.0036) * soft(np.abs(y % 0.022 - 0.011) - 0.006)
        canvas = mix(canvas, colour("ffd98a"), window * lit * inside * (y > roofs[tower] + 0.02) * 0.9)
    return canvas
