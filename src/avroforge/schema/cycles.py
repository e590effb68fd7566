"""Find the circles in a graph of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


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
