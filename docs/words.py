"""Turns the expressions of a message in the code into words to read.

What the code puts into a message is shown as ‹name›, or as the value where it is the
same for everybody; what a function or a local variable adds is followed to its words.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "kerascls"
# Methods that give another form of the same.
SAME_VALUE = ("lower", "removeprefix", "removesuffix", "replace", "strip", "title")
MOST_CHARS = 300
DEEPEST = 4

Scope = dict[str, tuple[ast.expr, "Words"]]


@dataclass(frozen=True)
class Module:
    """A file of the package.

    Args:
        path: Relative to the package.
    """

    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse((PACKAGE / self.path).read_text("utf-8"))

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All of its syntax, outer nodes first."""
        return list(ast.walk(self.tree))

    @cached_property
    def values(self) -> dict[str, object]:
        """Its names, imported."""
        parts = [part for part in self.path.with_suffix("").parts if part != "__init__"]
        return vars(import_module(".".join(["kerascls", *parts])))

    @cached_property
    def functions(self) -> dict[str, list[ast.FunctionDef]]:
        """Functions and methods by name."""
        found: dict[str, list[ast.FunctionDef]] = {}
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append(node)
        return found

    @cached_property
    def owners(self) -> dict[ast.AST, ast.FunctionDef]:
        """The innermost function of everything inside one."""
        return {
            node: function
            for functions in self.functions.values()
            for function in functions
            for node in _own_nodes(function)
        }

    def where(self, name: str) -> tuple["Module", ast.FunctionDef] | None:
        """Returns the function of a name, here or where it is imported from."""
        if len(self.functions.get(name, ())) == 1:
            return self, self.functions[name][0]
        path = self.imports.get(name)
        return module(path).where(name) if path else None

    @cached_property
    def imports(self) -> dict[str, Path]:
        """The files of the package that names are imported from."""
        found: dict[str, Path] = {}
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "kerascls"
            ):
                path = Path(*node.module.split(".")[1:]).with_suffix(".py")
                if (PACKAGE / path).is_file():
                    for alias in node.names:
                        found.setdefault(alias.name, path)
        return found


@cache
def module(path: Path) -> Module:
    """Returns the file of a path relative to the package."""
    return Module(path)


@dataclass(frozen=True)
class Words:
    """Turns expressions of one function into the words of a message."""

    module: Module
    function: ast.FunctionDef | None
    given: Scope = field(default_factory=dict)
    depth: int = 0
    followed: frozenset[str] = frozenset()

    def of(self, node: ast.expr) -> str | None:
        """Returns the words of an expression that is text, None for others."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.JoinedStr(values=parts):
                return "".join(
                    part.value if isinstance(part, ast.Constant) else self._part(part)
                    for part in parts
                )
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                ends = self.of(left), self.of(right)
                if ends != (None, None):
                    one, other = left, right
                    return (ends[0] or self.shown(one)) + (ends[1] or self.shown(other))
            case ast.IfExp(body=body, orelse=other) | ast.BoolOp(values=[body, other]):
                return _one_of([self.of(body), self.of(other)])
            case ast.Name(id=name) if name in self.given:
                value, words = self.given[name]
                return words.of(value)
            case ast.Name(id=name) if name not in self.followed:
                inner = replace(self, followed=self.followed | {name})
                return _one_of([inner.of(value) for value in self._values(name)])
            case ast.Call(func=ast.Attribute(attr="strip"), args=[]):
                return self.of(node.func.value)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                return self._of_call(name, node)
        known = self._evaluated(node)
        return known if isinstance(known, str) else None

    def _part(self, part: ast.FormattedValue) -> str:
        value = part.value
        known = self._evaluated(value)
        if known is not None:
            return repr(known) if part.conversion == ord("r") else str(known)
        words = None if part.conversion == ord("r") else self.of(value)
        return words if words is not None else self.shown(value)

    def _evaluated(self, node: ast.expr) -> object:
        names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        bound = _targets(node)
        if not names - bound or any(map(self._is_local, names - bound)):
            return None
        try:
            value = eval(compile(ast.Expression(node), "", "eval"), self.module.values)
        except (AttributeError, KeyError, NameError, TypeError):
            return None
        plain = isinstance(value, str | int | float) and len(str(value)) < MOST_CHARS
        return value if plain else None

    def _is_local(self, name: str) -> bool:
        if self.function is None:
            return False
        arguments = self.function.args
        every = [*arguments.args, *arguments.kwonlyargs, arguments.vararg]
        every += [*arguments.posonlyargs, arguments.kwarg]
        if name in {one.arg for one in every if one is not None}:
            return True
        return name in _targets(self.function)

    def _values(self, name: str) -> list[ast.expr]:
        """Returns everything a local variable is set to, none if some is unknown."""
        if self.function is None:
            return []
        found: list[ast.expr] = []
        for node in _own_nodes(self.function):
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value):
                    found += [value] if target == name else []
                case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as one):
                    found += [one] if target == name else []
                case ast.NamedExpr(target=ast.Name(id=target), value=value):
                    found += [value] if target == name else []
        return found

    def _of_call(self, name: str, call: ast.Call) -> str | None:
        found = self.module.where(name)
        if found is None or self.depth >= DEEPEST:
            return None
        home, function = found
        if ast.unparse(function.returns or ast.Constant(None)) not in ("str", "'str'"):
            return None
        names = [one.arg for one in function.args.args if one.arg != "self"]
        given = {
            key: (value, self) for key, value in zip(names, call.args, strict=False)
        }
        given |= {one.arg: (one.value, self) for one in call.keywords if one.arg}
        inner = Words(home, function, given, self.depth + 1)
        returns = [one for one in _own_nodes(function) if isinstance(one, ast.Return)]
        texts = [inner.of(one.value) for one in returns if one.value is not None]
        if all(text is None for text in texts):
            return None
        return _one_of([text for text in texts if text is not None])

    def shown(self, node: ast.expr) -> str:
        """Returns what stands for a value."""
        return f"‹{self._name(node)}›"

    def _name(self, node: ast.AST) -> str:
        match node:
            case ast.Name(id=name):
                if name in self.given:
                    value, words = self.given[name]
                    return words._name(value)
                return name.strip("_").replace("_", " ").lower()
            case ast.Constant(value=value):
                return str(value)
            case ast.Attribute(value=ast.Call(args=[value]), attr="__name__"):
                return f"type of {self._name(value)}"
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                return name.strip("_").replace("_", " ")
            case ast.Attribute(value=value, attr="name" | "value" | "path" | "start"):
                return self._name(value)
            case ast.Attribute(attr=name):
                return name.strip("_").replace("_", " ")
            case ast.Call(func=ast.Attribute(attr="join"), args=[value]):
                return f"{self._name(value)}, ..."
            case ast.Call(func=ast.Name(id="len"), args=[value]):
                return f"number of {self._name(value)}"
            case ast.Call(func=ast.Name(id="map"), args=[_, value]):
                return self._name(value)
            case ast.Call(func=ast.Name(id="type"), args=[value]):
                return f"type of {self._name(value)}"
            case ast.Call(func=ast.Attribute(value=value, attr=name)) if (
                name in SAME_VALUE
            ):
                return self._name(value)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[]):
                return name.strip("_").replace("_", " ")
            case ast.Call(args=[value, *_]):
                return self._name(value)
            case ast.GeneratorExp(elt=elt) | ast.ListComp(elt=elt):
                return self._name(elt)
            case ast.Subscript(value=value) | ast.Starred(value=value):
                return self._name(value)
            case ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_]):
                return self._name(first)
            case ast.BinOp(left=left):
                return self._name(left)
            case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, other]):
                names = dict.fromkeys((self._name(one), self._name(other)))
                return " or ".join(name for name in names if name)
        return "..."


def _one_of(texts: Sequence[str | None]) -> str | None:
    """Returns alternatives in braces; what may be absent alone in them."""
    if not texts or any(text is None for text in texts):
        return None
    different = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    if len(different) == len(texts) == 1:
        return texts[0]
    if not different:
        return ""
    leads = " " if any(text and text[0] == " " for text in texts) else ""
    return leads + "{" + " | ".join(different) + "}"


def _own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Yields what is inside a function, and not inside one of its own."""
    for node in ast.iter_child_nodes(function):
        yield node
        if not isinstance(node, ast.FunctionDef):
            yield from _own_nodes(node)


def _targets(node: ast.AST) -> set[str]:
    """Returns the names that are set somewhere inside."""
    return {
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
