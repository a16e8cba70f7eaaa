"""The weights of models: what is here, get them, check them, add and convert files."""

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inference import own, weights
from inference.errors import InferenceFault
from inference.model import Model
from inference.models import ARCHITECTURES, find, known, made
from variants import eyesight, lookers

ROW = ("name", "architecture", "licence", "longest", "threshold", "doubtful", "overlap", "labels", "note")


class Command(BaseCommand):
    """One action a call; ``MODELS_DIR`` is where the files lie."""

    help = "The weights of the models that look at pictures: list, pull, verify, add or convert files."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the actions and their arguments."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="all models: what they find, whether they are here, their licences")
        pull = actions.add_parser("pull", help="get files; without names the small ones that are missing")
        verify = actions.add_parser(
            "verify", help="compare files with their checksums; without names all that are here"
        )
        for action in (pull, verify):
            action.add_argument("names", nargs="*", metavar="NAME")
        _describe_add(actions.add_parser("add", help="take a file as it is, a model of yours or one that is known"))
        _describe_convert(actions.add_parser("convert", help="make a model of a published file (docs/convert.md)"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the action; what goes wrong is said in a sentence."""
        action: Callable[[dict[str, Any]], None] = getattr(self, f"_{options['action']}")
        try:
            action(options)
        except (InferenceFault, OSError) as fault:
            raise CommandError(str(fault)) from None

    def _list(self, options: dict[str, Any]) -> None:
        models = known(settings.MODELS_DIR).values()
        rows = [("name", "finds", "here", "licence", "size", ""), *(_row(model) for model in models)]
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())

    def _pull(self, options: dict[str, Any]) -> None:
        named = [find(name, settings.MODELS_DIR) for name in options["names"]]
        wanted = named if options["names"] else eyesight.missing()
        mirror, bar = settings.TINTYPE_MODELS_MIRROR, sys.stderr.isatty()
        logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each request would tear the bar
        self._each(wanted, "here", lambda model: weights.pull(model, settings.MODELS_DIR, mirror, progress=bar))
        if not wanted:
            self.stdout.write("Nothing to pull: the small models that can be had are here.")

    def _verify(self, options: dict[str, Any]) -> None:
        folder = settings.MODELS_DIR
        named = [find(name, folder) for name in options["names"]]
        here = [model for model in known(folder).values() if weights.is_here(model, folder)]
        self._each(named or here, "right", lambda model: weights.verify(model, folder))

    def _add(self, options: dict[str, Any]) -> None:
        row = {key: options[key] for key in ROW if options[key] is not None}
        model = weights.add(options["file"], settings.MODELS_DIR, row or None)
        self.stdout.write(f"here   {model.name}, for {model.task}")

    def _convert(self, options: dict[str, Any]) -> None:
        try:
            from inference.convert.install import install  # what runs models is optional
        except ImportError:
            raise CommandError("Conversion needs onnxruntime and onnx: requirements/cpu.lock, onnx>=1.18.") from None
        model = _target(options["name"], options["architecture"])
        got = install(options["file"], model, settings.MODELS_DIR)
        weights.keep(replace(model, weights=got), settings.MODELS_DIR)
        self.stdout.write(f"here   {model.name}, for {model.task}; sha256 {got.sha256}")

    def _each(self, models: Iterable[Model], done: str, work: Callable[[Model], object]) -> None:
        """Do all of them, say of each how it went; fail at the end with what went wrong."""
        wrong = []
        for model in models:
            try:
                work(model)
            except InferenceFault as fault:
                wrong.append(str(fault))
            else:
                self.stdout.write(f"{done}   {model.name}")
            self.stdout.flush()
        if wrong:
            raise CommandError("\n".join(wrong))


def _describe_add(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--name", help="needed, with --architecture, for a file that is none of the known ones")
    parser.add_argument("--architecture", choices=sorted(ARCHITECTURES), help="how it is asked and read")
    parser.add_argument("--licence")
    parser.add_argument("--longest", type=int, help="pixels of the long side that it looks at")
    parser.add_argument("--threshold", type=float, help="the lowest score that counts, 0 to 1")
    parser.add_argument("--doubtful", type=float, help="the lowest score of what is hidden as well, 0 to 1")
    parser.add_argument("--overlap", type=float, help="IoU above which two boxes are one, 0 to 1")
    parser.add_argument("--labels", type=_words, help="names of what it finds, in its order, separated by commas")
    parser.add_argument("--note")


def _describe_convert(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--as", dest="name", metavar="NAME", required=True, help="a known model, or a name of yours")
    parser.add_argument("--architecture", choices=sorted(ARCHITECTURES), help="needed for a name of yours")


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _target(name: str, architecture: str | None) -> Model:
    """The model that a conversion makes. Raises ``ModelUnknown``, ``RowRefused``."""
    if architecture is None:
        return find(name, settings.MODELS_DIR)
    unknown_yet = {"sha256": "0" * 64, "size": 0}
    return made(*own.checked({"name": name, "architecture": architecture, "file": f"{name}.onnx", **unknown_yet}))


def _row(model: Model) -> tuple[str, ...]:
    """What ``list`` says of a model."""
    here = weights.is_here(model, settings.MODELS_DIR)
    first = lookers.chosen(model.task) or weights.choose(model.task, settings.MODELS_DIR)
    state = ("yes" if here else "no") + (", default" if first.name == model.name else "")
    size = f"{model.weights.size / 2**20:.1f} MiB" if model.weights.size else ""
    note = "" if model.weights.tried else "not yet run with real weights"
    return model.name, model.task, state, model.weights.licence, size, note
