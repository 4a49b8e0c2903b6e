"""The grammar's notation: `name = words (a | b) [optional] <rule> $slot ;` with `#` comments to the line's end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(r"<[\w.]+>|\$\w+|[\[\]()|]|[a-z']+")
_RULE: Final = re.compile(r"\s*([\w.]+)\s*=\s*([^;]*);")


class GrammarError(ValueError):
    """The grammar's text is not well formed; the message names the rule."""


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value: `amount`, `payee`, `account`, `source`, `count`, `code`, `name`, `foreign`, `words`.

    `rest`: words, however many.

    Of time: `when` (any days), `date` (one day), `time`, `every` (a recurrence), `before` (so many days ahead of what
    is due), `quiet` (from one time of day to another). A preposition before them is part of them.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Ref:
    """Another rule, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts said one after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Exactly one of these; with `optional`, or none."""

    options: tuple[Node, ...]
    optional: bool = False


Node = Word | Slot | Ref | Sequence | Choice


def parse_rules(text: str) -> dict[str, Node]:
    """All rules of a grammar text. Raises GrammarError on a malformed, doubled or missing rule."""
    plain = re.sub(r"#[^\n]*", "", text)
    rules: dict[str, Node] = {}
    end = 0
    for found in _RULE.finditer(plain):
        if plain[end : found.start()].strip() or found[1] in rules:
            raise GrammarError(f"malformed or doubled rule near {found[1]}")
        rules[found[1]] = _parse_body(found[1], found[2])
        end = found.end()
    if plain[end:].strip():
        raise GrammarError(f"text after the last rule: {plain[end:].strip()[:40]}")
    for node in rules.values():
        _check(node, rules)
    return rules


def _parse_body(name: str, body: str) -> Node:
    tokens = _TOKEN.findall(body)
    if "".join(tokens) != re.sub(r"\s+", "", body):
        raise GrammarError(f"strange character in rule {name}")
    node, end = _choice(tokens, 0, "")
    if end != len(tokens):
        raise GrammarError(f"unbalanced brackets in rule {name}")
    return node


def _choice(tokens: list[str], at: int, closing: str) -> tuple[Choice, int]:
    options: list[Node] = []
    parts: list[Node] = []
    while at < len(tokens) and tokens[at] not in (")", "]"):
        part = tokens[at]
        if part == "|":
            options.append(Sequence(tuple(parts)))
            parts = []
            at += 1
        elif part in "([":
            inner, at = _choice(tokens, at + 1, ")" if part == "(" else "]")
            parts.append(inner if part == "(" else Choice(inner.options, optional=True))
        else:
            parts.append(_leaf(part))
            at += 1
    options.append(Sequence(tuple(parts)))
    if closing:
        if at >= len(tokens) or tokens[at] != closing:
            raise GrammarError(f"missing {closing}")
        at += 1
    return Choice(tuple(options)), at


def _leaf(part: str) -> Node:
    if part.startswith("<"):
        return Ref(part[1:-1])
    return Slot(part[1:]) if part.startswith("$") else Word(part)


def _check(node: Node, rules: dict[str, Node]) -> None:
    if isinstance(node, Ref) and node.name not in rules:
        raise GrammarError(f"no rule {node.name}")
    for inner in inner_nodes(node):
        _check(inner, rules)


def inner_nodes(node: Node) -> tuple[Node, ...]:
    """What a node is made of; nothing for a leaf."""
    if isinstance(node, Sequence):
        return node.parts
    return node.options if isinstance(node, Choice) else ()


def words_of(node: Node) -> set[str]:
    """Every literal word below this node; references are not followed."""
    if isinstance(node, Word):
        return {node.text}
    return {word for inner in inner_nodes(node) for word in words_of(inner)}


def slots_of(node: Node) -> set[str]:
    """The names of every slot below this node; references are not followed."""
    if isinstance(node, Slot):
        return {node.name}
    return {name for inner in inner_nodes(node) for name in slots_of(inner)}
