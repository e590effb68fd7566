"""Strongly connected components of a graph of names, in dependency order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def strongly_connected(graph: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Group names that reach each other; a group comes after every group it points to.

    Args:
        graph: each name with the names it points to; names that are no key are ignored.

    Returns:
        The groups; inside a group, names in the order of `graph`. Source: Tarjan 1972, without recursion.
    """
    position = {name: index for index, name in enumerate(graph)}
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    groups: list[tuple[str, ...]] = []
    for root in graph:
        if root in order:
            continue
        work: list[tuple[str, Iterator[str]]] = []

        def open_node(name: str, work: list[tuple[str, Iterator[str]]] = work) -> None:
            order[name] = low[name] = len(order)
            stack.append(name)
            on_stack.add(name)
            work.append((name, iter(graph[name])))

        open_node(root)
        while work:
            name, targets = work[-1]
            for target in targets:
                if target not in position:
                    continue
                if target not in order:
                    open_node(target)
                    break
                if target in on_stack:
                    low[name] = min(low[name], order[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == order[name]:
                    group = {name}
                    while (member := stack.pop()) != name:
                        group.add(member)
                    on_stack.difference_update(group)
                    groups.append(tuple(sorted(group, key=position.__getitem__)))
    return groups
