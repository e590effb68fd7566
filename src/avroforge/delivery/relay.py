"""The relay: brings what is in the outbox to its topics, group by group, across every failure."""

from __future__ import annotations

import logging
import os
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from avroforge.delivery.courier import Blocked, Courier, Framer, Idle, Settling, Step, Waiting
from avroforge.delivery.database_file import PAGE_SIZE
from avroforge.delivery.lease import Lease
from avroforge.delivery.obstacle import Obstacles
from avroforge.delivery.reporter import Reporter
from avroforge.errors import ConfigurationError, OutboxError, RelayLockedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from avroforge.delivery.observer import DeliveryObserver
    from avroforge.delivery.outbox import Outbox
    from avroforge.delivery.row import Row
    from avroforge.delivery.transport import Transport

_log: Final = logging.getLogger("avroforge.delivery")
_TICK: Final = 0.05
_LOCK_SLICE: Final = 0.25
# What a row and its state changes write: a few pages of the table and its indexes each time.
_ROW_OVERHEAD: Final = 12 * PAGE_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOptions:
    """Settings of a relay; all times in seconds.

    Attributes:
        retries: immediate further attempts after a definite failure; 0 makes one attempt.
        retry_delay: pause before the first of them; doubled for each further one.
        longest_delay: the pause between attempts never grows past this.
        call_timeout: bound of one call to the transport.
        poll_interval: how often a background relay looks for rows of other processes.
        checkpoint_bytes: the write-ahead log is emptied after about so much was delivered.
    """

    retries: int = 3
    retry_delay: float = 2.0
    longest_delay: float = 60.0
    call_timeout: float = 30.0
    poll_interval: float = 0.25
    checkpoint_bytes: int = 32 * 1024 * 1024

    def __post_init__(self) -> None:
        for name in ("retries", "retry_delay", "longest_delay"):
            if getattr(self, name) < 0:
                raise ConfigurationError(f"{name}: expected 0 or more, got {getattr(self, name)}")
        for name in ("call_timeout", "poll_interval", "checkpoint_bytes"):
            if getattr(self, name) <= 0:
                raise ConfigurationError(f"{name}: expected more than 0, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """What a call to the relay achieved.

    Attributes:
        sent: rows this relay delivered during the call.
        pending: rows of the outbox that are still to be delivered.
        dead: rows this relay gave up during the call.
        blocked: why rows are still pending; None when nothing is in the way.
    """

    sent: int
    pending: int
    dead: int
    blocked: str | None


class Relay:
    """Delivers one outbox, in the calling thread or, after `start`, in a thread of its own.

    Only one relay of all processes works at a time; another one waits, and says for whom.
    """

    def __init__(
        self,
        outbox: Outbox,
        transport: Transport,
        framer: Framer,
        options: RelayOptions | None = None,
        observer: DeliveryObserver | None = None,
    ) -> None:
        self._outbox = outbox
        self._reporter = Reporter(outbox, observer)
        self._transport = transport
        self._framer = framer
        self._options = options or RelayOptions()
        self._work = threading.Lock()
        self._pid = os.getpid()
        self._courier: tuple[Lease, Courier] | None = None
        self._sent = 0
        self._dead = 0
        self._obstacles = Obstacles(
            self._options.retries, self._options.retry_delay, self._options.longest_delay, time.monotonic
        )
        self._blocked: str | None = None
        # What the background thread found when it last had nothing left to do at once.
        self._hopeless = False
        # Set by whoever waits for the background thread: pauses start small again.
        self._start_anew = threading.Event()
        # Notified whenever rows came further.
        self._moved = threading.Condition()
        self._uncheckpointed = 0
        self._thread: threading.Thread | None = None
        self._turn = time.monotonic()
        self._stopping = threading.Event()
        self._wake = threading.Event()

    @property
    def blocked(self) -> str | None:
        """Why nothing gets through at present, or None."""
        return self._blocked

    @property
    def idle_seconds(self) -> float | None:
        """How long the background thread has been in its present turn; None where there is none.

        A turn takes as long as a call to the transport: `RelayOptions.call_timeout` and a little. Pauses
        between attempts do not count.
        """
        thread = self._thread
        if thread is None or not thread.is_alive():
            return None
        return max(0.0, time.monotonic() - self._turn)

    def deliver(self, timeout: float) -> DeliveryCounts:
        """Deliver what there is, until all is done, something is in the way, or `timeout` seconds are over.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        return self._call(timeout, self._outbox.is_unfinished, patient=False)

    def flush(self, timeout: float) -> DeliveryCounts:
        """Deliver what was appended before this call, trying again whatever is in the way.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        last = self._outbox.last_row_id()
        return self._call(timeout, lambda: self._outbox.is_unfinished(last), patient=True)

    def drain(self, timeout: float) -> DeliveryCounts:
        """Deliver until nothing is left, trying again whatever is in the way.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        return self._call(timeout, self._outbox.is_unfinished, patient=True)

    def wait_for(self, topic: str, result_id: str, timeout: float) -> Row | None:
        """Work or wait until one result is sent or dead, at most `timeout` seconds; its row as it is then.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        self._outbox.import_spilled()

        def is_open() -> bool:
            row = self._outbox.find(topic, result_id)
            return row is not None and row.is_open

        self._call(timeout, is_open, patient=True)
        return self._outbox.find(topic, result_id)

    def start(self) -> None:
        """Deliver in the background from now on; does nothing when it does already."""
        if self._thread is None:
            self._stopping.clear()
            self._outbox.on_append(self._appended)
            self._turn = time.monotonic()
            self._thread = threading.Thread(target=self._background, name="avroforge-relay", daemon=True)
            self._thread.start()

    def stop(self, timeout: float) -> bool:
        """End background delivery; False when its last call did not return in time (it ends after it)."""
        thread = self._thread
        if thread is None:
            return True
        self._stopping.set()
        self._wake.set()
        thread.join(timeout)
        if thread.is_alive():
            return False
        self._outbox.forget_listener(self._appended)
        self._stopping.clear()
        self._thread = None
        return True

    def close(self, timeout: float) -> DeliveryCounts:
        """Deliver what was appended so far unless something is in the way, then let another relay in.

        What is left stays in the outbox. The transport stays open, because it was not opened here.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        deadline = time.monotonic() + timeout
        last = self._outbox.last_row_id()
        counts = self._call(timeout, lambda: self._outbox.is_unfinished(last), patient=False)
        self._retire(max(_TICK, deadline - time.monotonic()))
        return counts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._retire(_TICK)

    def _retire(self, timeout: float) -> None:
        if self.stop(timeout) and self._work.acquire(timeout=_TICK):
            try:
                self._let_go()
            finally:
                self._work.release()

    def _call(self, timeout: float, unfinished: Callable[[], bool], *, patient: bool) -> DeliveryCounts:
        if os.getpid() != self._pid:
            raise OutboxError(
                f"{self._outbox.directory}: this relay belongs to process {self._pid}; make a new one after "
                "a fork"
            )
        deadline = time.monotonic() + timeout
        sent, dead = self._sent, self._dead
        if self._thread is not None:
            self._watch(deadline, unfinished, patient=patient)
        elif self._work.acquire(timeout=max(0.0, timeout)):
            try:
                self._obstacles.start_anew()
                self._run(deadline, unfinished, patient=patient)
                if self._courier is not None and not self._courier[1].in_flight:
                    self._let_go()
            finally:
                self._work.release()
        pending = self._outbox.unfinished()
        blocked = self._blocked if pending else None
        return DeliveryCounts(self._sent - sent, pending, self._dead - dead, blocked)

    def _watch(self, deadline: float, unfinished: Callable[[], bool], *, patient: bool) -> None:
        """Wait for the background thread to do the work."""
        self._start_anew.set()
        self._wake.set()
        while unfinished() and time.monotonic() < deadline:
            if not patient and self._hopeless and not self._start_anew.is_set():
                return
            with self._moved:
                self._moved.wait(min(_TICK, max(0.0, deadline - time.monotonic())))

    def _background(self) -> None:
        while not self._stopping.is_set():
            self._turn = time.monotonic()
            self._wake.clear()
            if self._start_anew.is_set():
                self._obstacles.start_anew()
                self._hopeless = False
                self._start_anew.clear()
            try:
                self._run(
                    time.monotonic() + self._options.call_timeout, self._outbox.is_unfinished, patient=None
                )
            except Exception as error:  # noqa: BLE001 the thread's last line: it reports, waits and goes on
                _log.exception("relay of %s failed", self._outbox.directory)
                self._obstruct(Blocked(f"{type(error).__name__}: {error}", retriable=False))
            self._hopeless = self._obstacles.hopeless
            pause = self._background_pause()
            # Rest between attempts is no standstill, however long it is.
            self._turn = time.monotonic() + pause
            self._wake.wait(pause)
        with self._work:
            self._let_go()

    def _background_pause(self) -> float:
        if self._obstacles.everything is not None:
            return self._obstacles.seconds_to_next(hopeless=True)
        # Beside topics that wait there may be others; their rows come from other processes too.
        waiting = self._obstacles.seconds_to_next(hopeless=True) or self._options.poll_interval
        return min(waiting, self._options.poll_interval)

    def _run(self, deadline: float, unfinished: Callable[[], bool], *, patient: bool | None) -> None:
        """Steps until nothing is left, something is in the way, or the deadline is past; at least one.

        Args:
            deadline: monotonic time.
            unfinished: whether anything is left that the caller waits for.
            patient: whether to wait for what is in the way as long as it takes; None: never wait, because the
                caller does.
        """
        self._outbox.import_spilled()
        while unfinished():
            self._turn = time.monotonic()
            left = max(0.0, deadline - self._turn)
            obstructed = False
            match self._step(min(self._options.call_timeout, left), patient):
                case Idle():
                    obstructed = True
                case Settling() as settling:
                    self._progress(settling)
                case Waiting():
                    pass
                case Blocked() as blocked:
                    self._obstruct(blocked)
                    obstructed = blocked.topic is None
            if obstructed and not self._wait_for_passage(patient, deadline):
                return
            if time.monotonic() >= deadline or self._stopping.is_set():
                return
        if not self._outbox.is_unfinished():
            self._obstacles.start_anew()
        self._tell()

    def _wait_for_passage(self, patient: bool | None, deadline: float) -> bool:
        """Pause until the next attempt is due; False when there is none to make now."""
        if patient is None or (self._obstacles.hopeless and not patient):
            return False
        return self._pause(self._obstacles.seconds_to_next(hopeless=patient), deadline)

    def _step(self, timeout: float, patient: bool | None) -> Step:
        try:
            passing_over = self._obstacles.topics(hopeless=patient is False)
            return self._current_courier(timeout).step(timeout, passing_over)
        except RelayLockedError as error:
            # Not an obstacle: the other relay works on the same rows. Its name is kept for the counts.
            self._blocked = str(error)
            return Waiting()
        except OutboxError as error:
            if self._courier is not None and not self._courier[0].held:
                self._courier = None
            return Blocked(str(error), retriable=False)

    def _current_courier(self, timeout: float) -> Courier:
        if self._courier is None or not self._courier[0].held:
            lease = Lease.acquire(self._outbox, min(timeout, _LOCK_SLICE))
            self._courier = (lease, Courier(self._outbox, lease, self._transport, self._framer))
            self._reporter.took_over(lease.generation)
            self._tell()
        return self._courier[1]

    def _progress(self, settling: Settling) -> None:
        self._reporter.settled(settling)
        self._sent += len(settling.sent)
        self._dead += len(settling.dead)
        self._obstacles.passed({row.topic for row in settling.sent})
        self._tell()
        with self._moved:
            self._moved.notify_all()
        self._uncheckpointed += (len(settling.sent) + len(settling.dead)) * _ROW_OVERHEAD
        if self._uncheckpointed >= self._options.checkpoint_bytes:
            self._checkpoint()

    def _obstruct(self, blocked: Blocked) -> None:
        self._reporter.held_up(blocked, known=self._blocked == blocked.reason)
        self._obstacles.note(blocked)
        self._tell()

    def _tell(self) -> None:
        """Publish what is in the way to other threads."""
        before, self._blocked = self._blocked, self._obstacles.reason
        if before is not None and self._blocked is None:
            self._reporter.unblocked()

    def _let_go(self) -> None:
        if self._courier is not None:
            # Relays that live shortly beside a producer that lives long: nobody else would do it.
            if self._outbox.database.log_size() >= self._options.checkpoint_bytes:
                self._checkpoint()
            self._courier[0].release()
            self._courier = None

    def _checkpoint(self) -> None:
        self._uncheckpointed = 0
        try:
            self._outbox.database.checkpoint()
        except OutboxError as error:
            # Everything is as durable as before; the log only grows until the next one.
            _log.warning("checkpoint put off: %s", error)

    def _pause(self, seconds: float, deadline: float) -> bool:
        """False when the deadline comes first, or somebody wants the relay to stop."""
        left = deadline - time.monotonic()
        stopped = self._stopping.wait(max(0.0, min(seconds, left)))
        return seconds < left and not stopped

    def _appended(self) -> None:
        # While everything is blocked, a new row must not shorten the pause between attempts.
        if self._obstacles.everything is None:
            self._wake.set()
