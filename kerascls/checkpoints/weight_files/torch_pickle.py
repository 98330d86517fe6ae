"""PyTorch's pickles, followed without running anything.

A pickle is a program: it may name any function and have it called. Here its
instructions are followed by a machine of our own that knows few of them and no
function: a name out of `NAMES` stands for a value, any other is refused when it is
read. What the machine makes are dicts, lists, tuples, texts, numbers and `Tensor`s.
"""

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from reprlib import repr as short
from typing import Any, BinaryIO

from kerascls.checkpoints.weight_files.torch_tensors import (
    DTYPES,
    NAMES,
    Storage,
    is_count,
)


class ForbiddenNameError(ValueError):
    """A pickle names something that is not on the list; its text is that name."""


@dataclass(frozen=True)
class _Name:
    """A name out of `NAMES`, which is all that is known of what it stands for."""

    name: str


@dataclass
class _Machine:
    """What a pickle's instructions work on.

    Args:
        stack: Values.
        marks: Heights of the stack to come back to.
        memo: Values to be used again.
        storages: Those that were referred to.
    """

    stack: list[Any] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    memo: dict[int, Any] = field(default_factory=dict)
    storages: set[Storage] = field(default_factory=set)

    def pop(self) -> Any:
        if self.marks and len(self.stack) <= self.marks[-1]:
            raise ValueError("nothing where a value is wanted")
        return self.stack.pop()

    def pop_from_mark(self) -> list[Any]:
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def push_name(self, module: Any, name: Any) -> None:
        if not type(module) is type(name) is str:
            raise ValueError("a name that is no text")
        full = f"{module}.{name}"
        if full not in NAMES:
            raise ForbiddenNameError(full)
        self.stack.append(_Name(full))

    def call(self) -> None:
        arguments, function = self.pop(), self.pop()
        if not isinstance(function, _Name) or type(arguments) is not tuple:
            raise ValueError("a call of what is no function")
        self.stack.append(NAMES[function.name](*arguments))

    def push_storage(self) -> None:
        reference = self.pop()
        if type(reference) is not tuple or len(reference) not in (5, 6):
            raise ValueError(f"the reference {short(reference)}")
        word, kind, key, _, count, *view = reference
        dtype = DTYPES.get(kind.name) if isinstance(kind, _Name) else None
        is_whole = view in ([], [None])
        if word != "storage" or dtype is None or not is_whole:
            raise ValueError(f"the reference {short(reference)}")
        if type(key) is not str or not is_count(count):
            raise ValueError(f"the reference {short(reference)}")
        storage = Storage(dtype=dtype, key=key, count=count)
        self.storages.add(storage)
        self.stack.append(storage)

    def set_items(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) is not dict:
            raise ValueError("entries of what is no dict")
        for key, value in zip(items[::2], items[1::2], strict=True):
            if type(key) not in (str, int):
                raise ValueError(f"the key {short(key)}")
            target[key] = value

    def append(self, items: list[Any]) -> None:
        if type(self.stack[-1]) is not list:
            raise ValueError("elements of what is no list")
        self.stack[-1].extend(items)

    def drop_state(self) -> None:
        # A state dict carries the versions of its modules, which say nothing here.
        self.pop()
        if type(self.stack[-1]) is not dict:
            raise ValueError("attributes of what has none")


def read_pickle(file: BinaryIO) -> tuple[Any, set[Storage]]:
    """Returns what the next pickle of a file describes; the file stands behind it.

    Args:
        file: At the beginning of a pickle.

    Returns:
        The value, and all storages that it refers to.

    Raises:
        ForbiddenNameError: When it names what is not on the list.
        ValueError: When it is damaged, or does what a file of weights does not.
    """
    machine = _Machine()
    try:
        for instruction, argument, _ in pickletools.genops(file):
            follow = _INSTRUCTIONS.get(instruction.name)
            if follow is None:
                raise ValueError(f"the instruction {instruction.name} in its pickle")
            follow(machine, argument)
        return machine.pop(), machine.storages
    except (IndexError, KeyError, TypeError) as error:
        kind = type(error).__name__
        raise ValueError(f"a pickle that does not add up ({kind})") from error


_Instruction = Callable[[_Machine, Any], None]


def _push(machine: _Machine, value: Any) -> None:
    machine.stack.append(value)


def _push_new(make: Callable[[], Any]) -> _Instruction:
    return lambda machine, _: machine.stack.append(make())


def _push_tuple(length: int) -> _Instruction:
    def follow(machine: _Machine, _: Any) -> None:
        items = [machine.pop() for _ in range(length)]
        machine.stack.append(tuple(reversed(items)))

    return follow


def _nothing(machine: _Machine, argument: Any) -> None:
    return None


def _remember(machine: _Machine, place: int | None) -> None:
    place = len(machine.memo) if place is None else place
    machine.memo[place] = machine.stack[-1]


def _recall(machine: _Machine, place: int) -> None:
    machine.stack.append(machine.memo[place])


def _global(machine: _Machine, argument: str) -> None:
    module, _, name = argument.partition(" ")
    machine.push_name(module, name)


def _global_of_stack(machine: _Machine, _: Any) -> None:
    name, module = machine.pop(), machine.pop()
    machine.push_name(module, name)


def _set_item(machine: _Machine, _: Any) -> None:
    value, key = machine.pop(), machine.pop()
    machine.set_items([key, value])


# By the names in `pickletools`: what protocols 2 to 5 write of dicts of tensors.
_INSTRUCTIONS: dict[str, _Instruction] = {
    **dict.fromkeys(("PROTO", "FRAME", "STOP"), _nothing),
    **dict.fromkeys(("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"), _push),
    **dict.fromkeys(("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"), _push),
    **dict.fromkeys(("BINSTRING", "SHORT_BINSTRING"), _push),
    "NONE": _push_new(lambda: None),
    "NEWTRUE": _push_new(lambda: True),
    "NEWFALSE": _push_new(lambda: False),
    "EMPTY_DICT": _push_new(dict),
    "EMPTY_LIST": _push_new(list),
    "EMPTY_TUPLE": _push_new(tuple),
    "TUPLE1": _push_tuple(1),
    "TUPLE2": _push_tuple(2),
    "TUPLE3": _push_tuple(3),
    "TUPLE": lambda machine, _: machine.stack.append(tuple(machine.pop_from_mark())),
    "MARK": lambda machine, _: machine.marks.append(len(machine.stack)),
    "SETITEM": _set_item,
    "SETITEMS": lambda machine, _: machine.set_items(machine.pop_from_mark()),
    "APPEND": lambda machine, _: machine.append([machine.pop()]),
    "APPENDS": lambda machine, _: machine.append(machine.pop_from_mark()),
    **dict.fromkeys(("BINPUT", "LONG_BINPUT", "MEMOIZE"), _remember),
    **dict.fromkeys(("BINGET", "LONG_BINGET"), _recall),
    "GLOBAL": _global,
    "STACK_GLOBAL": _global_of_stack,
    "REDUCE": lambda machine, _: machine.call(),
    "BUILD": lambda machine, _: machine.drop_state(),
    "BINPERSID": lambda machine, _: machine.push_storage(),
}
