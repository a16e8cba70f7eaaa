"""Pictures of nothing in particular: fractals, tiles, glass, contour lines."""

import numpy as np

from config.demo.canvas import Array, colour, gradient, grid, mix, noise, soft


def julia() -> Array:
    """A Julia set, coloured by how soon a point escapes."""
    x, y = grid(1600, 1000)
    point = (x - 0.8) * 2.6 + 1j * (y - 0.5) * 2.6
    escape = np.zeros(point.shape)
    for step in range(120):
        inside = np.abs(point) < 8
        point = np.where(inside, point**2 - 0.7885 * np.exp(0.34j), point)
        escape = np.where(inside, step, escape)
    smooth = escape - np.log2(np.log(np.maximum(np.abs(point), 1.1)) / np.log(8))
    stops = [(0.0, "0b1026"), (0.2, "26408b"), (0.45, "5fb0b7"), (0.65, "f5e6a9"), (0.85, "f08a4b"), (1.0, "3a0f2b")]
    return gradient(np.clip(smooth / 75, 0, 1) ** 0.55, stops)


def tiles() -> Array:
    """Quarters, circles and squares on a grid, in six colours."""
    x, y = grid(1500, 1500)
    random = np.random.default_rng(19)
    palette = np.array([colour(text) for text in ("f4ecd8", "e63b2e", "1c3f95", "f7b801", "0f8b8d", "14110f")])
    column, row = np.floor(x * 6).astype(int), np.floor(y * 6).astype(int)
    first, second, kind, turn = random.integers(0, [[[6]], [[5]], [[4]], [[4]]], (4, 6, 6))
    ground = palette[first[row, column]]
    figure = palette[(first + 1 + second)[row, column] % 6]
    u, v = x * 6 % 1 - 0.5, y * 6 % 1 - 0.5
    quarter = turn[row, column]
    u, v = np.choose(quarter, (u, -v, -u, v)), np.choose(quarter, (v, u, -v, -u))
    shapes = np.array(
        [
            np.hypot(u + 0.5, v + 0.5) - 1,
            np.hypot(u, v) - 0.36,
            np.maximum(np.abs(u), np.abs(v)) - 0.25,
            np.abs(np.hypot(u + 0.5, v + 0.5) - 0.6) - 0.2,
        ]
    )
    return mix(ground, figure, soft(np.choose(kind[row, column], shapes), 0.008))


def stained_glass() -> Array:
    """Cells around random points, leaded, lit from behind."""
    x, y = grid(1400, 1050)
    random = np.random.default_rng(23)
    centres = random.uniform((0, 0), (1.34, 1), (90, 2))
    near, second, cell = np.full(x.shape, 9.0), np.full(x.shape, 9.0), np.zeros(x.shape, int)
    for number, (centre_x, centre_y) in enumerate(centres):
        distance = np.hypot(x - centre_x, y - centre_y)
        closer = distance < near
        second = np.where(closer, near, np.minimum(second, distance))
        cell, near = np.where(closer, number, cell), np.where(closer, distance, near)
    tones = gradient(
        random.random(90), [(0, "0d3b66"), (0.3, "1fa187"), (0.55, "faf0ca"), (0.8, "f4a259"), (1, "d1495b")]
    )
    light = 0.75 + 0.35 * noise(x * 5, y * 5, 31) - 0.25 * np.hypot(x - 0.67, y - 0.4)
    glass = np.clip(tones[cell] * light[..., None], 0, 1)
    return mix(glass, colour("14141c"), soft(second - near - 0.012, 0.004))


def contour_lines() -> Array:
    """A map of hills that do not exist."""
    x, y = grid(1600, 1200)
    height = noise(x * 1.7, y * 1.7, 11, 2) * 14
    canvas = gradient(height / 14, [(0, "a9d6e5"), (0.25, "cfe8cf"), (0.5, "f2efd0"), (0.75, "e6c79c"), (1, "b08968")])
    steep = np.hypot(*np.gradient(height)) + 1e-4
    line = np.abs(height - np.round(height)) / steep
    bold = np.round(height) % 5 == 0
    return mix(canvas, colour("6b4f3a"), np.clip(np.where(bold, 1.6, 0.9) - line, 0, 1) * 0.75)


def silk() -> Array:
    """Folds of light."""
    x, y = grid(1600, 900)
    bend = np.sin(x * 2.2 + np.sin(y * 3.1) * 1.3) + np.sin(y * 2.7 + np.cos(x * 1.9) * 1.6 + 1)
    folds = 0.5 + 0.5 * np.sin(bend * 9 + x * 3 - y * 2)
    canvas = gradient(
        0.5 + bend / 4, [(0, "2d0a4e"), (0.35, "8a1c7c"), (0.6, "ef476f"), (0.8, "ff9e64"), (1, "ffe8b6")]
    )
    return np.clip(canvas * (0.55 + 0.6 * folds[..., None]), 0, 1)
