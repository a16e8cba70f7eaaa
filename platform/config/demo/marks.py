"""A logo with a transparent ground, and an animation."""

import numpy as np
import pyvips

from config.demo.canvas import Array, colour, gradient, grid, image_of, mix, soft

FRAMES, FRAME_MS = 30, 60


def logo() -> tuple[Array, Array]:
    """An aperture of six blades: canvas and alpha."""
    x, y = grid(1000, 1000)
    u, v = x - 0.5, y - 0.5
    radius, angle = np.hypot(u, v), np.arctan2(v, u)
    # Blades meet along lines that touch the hole instead of leading to the middle.
    along = angle + np.pi - np.arcsin(np.clip(0.15 / np.maximum(radius, 0.15), -1, 1))
    blade = np.floor(along / (np.pi / 3)).astype(int) % 6
    tones = np.array([colour(text) for text in ("ff5d73", "ff924c", "ffca3a", "3fc1a5", "3a86ff", "8338ec")])
    canvas = np.clip(tones[blade] * (1.05 - radius[..., None] * 0.7), 0, 1)
    slit = np.abs(radius * np.sin((along + np.pi / 6) % (np.pi / 3) - np.pi / 6)) - 0.007
    hole = np.max([u * np.cos(turn) + v * np.sin(turn) for turn in np.arange(6) * np.pi / 3 + np.pi / 6], axis=0) - 0.15
    alpha = soft(radius - 0.46) * soft(-hole) * (1 - soft(slit) * (radius > 0.16))
    return canvas, alpha


def orbits() -> pyvips.Image:
    """Five planets that go round once in all frames, stacked as libvips keeps animations."""
    frames = [image_of(_orbit(number / FRAMES)) for number in range(FRAMES)]
    stack = pyvips.Image.arrayjoin(frames, across=1).copy()
    stack.set_type(pyvips.GValue.gint_type, "page-height", frames[0].height)
    stack.set_type(pyvips.GValue.array_int_type, "delay", [FRAME_MS] * FRAMES)
    stack.set_type(pyvips.GValue.gint_type, "loop", 0)
    return stack


def _orbit(time: float) -> Array:
    x, y = grid(400, 400)
    u, v = x - 0.5, y - 0.5
    canvas = gradient(np.hypot(u, v), [(0.0, "2a2056"), (0.4, "15122f"), (0.75, "090815")])
    canvas = mix(canvas, colour("ffd166"), soft(np.hypot(u, v) - 0.06, 0.006))
    for number, tone in enumerate(("ef476f", "06d6a0", "4cc9f0", "f78c6b", "c77dff")):
        far, turns = 0.13 + number * 0.068, 3 - number // 2
        canvas = mix(canvas, colour("5a5490"), soft(np.abs(np.hypot(u, v) - far) - 0.0015, 0.004) * 0.6)
        angle = 2 * np.pi * (time * turns + number * 0.29)
        planet = np.hypot(u - far * np.cos(angle), v - far * np.sin(angle)) - 0.018 - number % 3 * 0.006
        canvas = mix(canvas, colour(tone), soft(planet, 0.005))
    return canvas
