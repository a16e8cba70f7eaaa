"""Pickles read without executing anything.

A pickle is a program for a stack machine (``pickletools``, PEP 307) that may call whatever it names. This machine
knows the instructions that a state dict is written with and the names it is told. It imports nothing and calls
nothing else, and refuses every other name and instruction.
"""

import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from inference.convert.stack import Stack
from inference.errors import CannotConvert

Make = Callable[..., Any]
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
PLAIN = {"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE"}
TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
IGNORED = {"PROTO", "FRAME", "STOP"}
DAMAGED = (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Name:
    """A module's member that the pickle names: only its name, never the member."""

    text: str


class Machine:
    """One run of one pickle.

    ``names``: what may be named, with what is made of the arguments when it is called, None where it may not be;
    ``find``: what a persistent id stands for. Both get plain values of any kind; what they raise of ``DAMAGED`` means
    that the file is damaged.
    """

    def __init__(self, names: Mapping[str, Make | None], find: Make) -> None:
        self._names = names
        self._find = find
        self._stack = Stack()
        self._memo: dict[int, Any] = {}

    def run(self, program: IO[bytes]) -> Any:
        """The value of the pickle that begins here; ``program`` then stands behind it. Raises ``CannotConvert``."""
        try:
            for instruction, argument, _ in pickletools.genops(program):
                self._step(instruction.name, argument)
            return self._stack.pop()
        except DAMAGED as fault:
            raise CannotConvert("The file is damaged: its list of weights cannot be read.") from fault

    def _step(self, name: str, argument: Any) -> None:
        if name in PLAIN:
            self._stack.push(argument)
        elif name in CONSTANTS:
            self._stack.push(CONSTANTS[name])
        elif name in TUPLES:
            self._stack.push(tuple(self._stack.take(TUPLES[name])))
        elif name in STEPS:
            STEPS[name](self, self._stack, argument)
        elif name not in IGNORED:
            raise CannotConvert(f"The file holds more than weights: instruction {name}. Nothing of it was executed.")

    def remember(self, index: int | None) -> None:
        """Keep the value on top under a number; under the next one when ``index`` is None."""
        self._memo[len(self._memo) if index is None else index] = self._stack.look()

    def recall(self, index: int) -> None:
        """Lay a remembered value on top."""
        self._stack.push(self._memo[index])

    def name(self, text: str) -> None:
        """Lay a name on top, if it is one that may be named."""
        if text not in self._names:
            raise CannotConvert(f"The file holds more than weights: it names {text}. Nothing of it was executed.")
        self._stack.push(Name(text))

    def call(self) -> None:
        """Put what is made of the arguments in the place of a name and its arguments."""
        called, arguments = self._stack.take(2)
        make = self._names[called.text] if isinstance(called, Name) else None
        if make is None or not isinstance(arguments, tuple):
            raise TypeError("nothing to call")
        self._stack.push(make(*arguments))

    def find(self) -> None:
        """Put what a persistent id stands for in its place."""
        self._stack.push(self._find(self._stack.pop()))


STEPS: dict[str, Callable[[Machine, Stack, Any], None]] = {
    "MARK": lambda machine, stack, _: stack.mark(),
    "EMPTY_LIST": lambda machine, stack, _: stack.push([]),
    "EMPTY_DICT": lambda machine, stack, _: stack.push({}),
    "TUPLE": lambda machine, stack, _: stack.push(tuple(stack.group())),
    "APPEND": lambda machine, stack, _: stack.extend(stack.take(1)),
    "APPENDS": lambda machine, stack, _: stack.extend(stack.group()),
    "SETITEM": lambda machine, stack, _: stack.update(stack.take(2)),
    "SETITEMS": lambda machine, stack, _: stack.update(stack.group()),
    "BINPUT": lambda machine, stack, index: machine.remember(index),
    "LONG_BINPUT": lambda machine, stack, index: machine.remember(index),
    "MEMOIZE": lambda machine, stack, _: machine.remember(None),
    "BINGET": lambda machine, stack, index: machine.recall(index),
    "LONG_BINGET": lambda machine, stack, index: machine.recall(index),
    "GLOBAL": lambda machine, stack, text: machine.name(text.replace(" ", ".")),
    "STACK_GLOBAL": lambda machine, stack, _: machine.name(".".join(stack.take(2))),
    "REDUCE": lambda machine, stack, _: machine.call(),
    # A state becomes attributes of the value: of an OrderedDict the versions of its modules, which nobody needs here.
    "BUILD": lambda machine, stack, _: stack.drop(),
    "BINPERSID": lambda machine, stack, _: machine.find(),
}
