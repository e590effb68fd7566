"""The graph of files that refer to each other: in which order to build them, and where they form circles."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def dependency_order(edges: Mapping[str, Iterable[str]]) -> list[str]:
    """The files, each after those it refers to as far as circles allow; without recursion, deterministic."""
    order: list[str] = []
    seen: set[str] = set()
    for start in sorted(edges):
        stack = [(start, iter(() if start in seen else edges[start]))]
        while stack:
            path, targets = stack[-1]
            seen.add(path)
            target = next((each for each in targets if each not in seen), None)
            if target is not None:
                stack.append((target, iter(edges.get(target, ()))))
                continue
            stack.pop()
            order.append(path)
    return list(dict.fromkeys(order))


def file_cycles(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The circles among files.

    Args:
        edges: for each file the files it refers to.

    Returns:
        One list for each file that is in a circle and in no earlier list: a shortest circle through it.
    """
    circles: list[list[str]] = []
    taken: set[str] = set()
    for start in sorted(edges):
        if start in taken:
            continue
        circle = _shortest_circle(start, edges)
        if circle is not None:
            circles.append(circle)
            taken.update(circle)
    return circles


def _shortest_circle(start: str, edges: Mapping[str, Iterable[str]]) -> list[str] | None:
    """A shortest way from a file back to itself, breadth first; `None` if there is none."""
    came_from: dict[str, str] = {}
    level = [start]
    while level:
        following: list[str] = []
        for each in level:
            for target in edges.get(each, ()):
                if target == start:
                    if each == start:
                        continue
                    way = [each]
                    while way[-1] != start:
                        way.append(came_from[way[-1]])
                    return way[::-1]
                if target not in came_from:
                    came_from[target] = each
                    following.append(target)
        level = following
    return None
