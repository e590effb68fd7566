"""The codec compiler: bound types (`ir`), straight-line Python from them, and the exact slow walks.

``lower`` turns a schema model into bound types, ``encode`` and ``decode`` emit Python source from those, and
``walk_encode`` and ``walk_decode`` interpret them: slower, and the authority on every value and message.
"""
