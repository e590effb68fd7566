"""The names of Python's builtins, as one fixed list.

``dir(builtins)`` differs between versions, platforms and ways to start Python; what is generated must not.
"""

from __future__ import annotations

from typing import Final

_FUNCTIONS: Final = """
    Ellipsis False None NotImplemented True abs aiter all anext any ascii bin bool breakpoint bytearray
    bytes callable chr classmethod compile complex copyright credits delattr dict dir divmod enumerate
    eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int
    isinstance issubclass iter len license list locals map max memoryview min next object oct open ord
    pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum
    super tuple type vars zip
"""
_EXCEPTIONS: Final = """
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError
    BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError
    ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError EncodingWarning
    EnvironmentError Exception ExceptionGroup FileExistsError FileNotFoundError FloatingPointError
    FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError
    InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError
    ModuleNotFoundError NameError NotADirectoryError NotImplementedError OSError OverflowError
    PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError RecursionError
    ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration
    SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError
    UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning
    ValueError Warning WindowsError ZeroDivisionError
"""
BUILTINS: Final = frozenset((*_FUNCTIONS.split(), *_EXCEPTIONS.split()))
"""Every builtin of Python 3.11 to 3.13 on any platform, but those with two underscores."""
_WRITTEN: Final = """
    bool bytes classmethod dict float int isinstance len list object property range staticmethod str tuple
    type zip
"""
WRITTEN: Final = frozenset(_WRITTEN.split())
"""The builtins that generated code uses."""
