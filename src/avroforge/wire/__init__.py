"""Bytes on the wire: primitives, limits and the registry's header. Pure, standard library only."""
