"""Settings: what is set where, what is in force, and how it changes.

A subject's own settings come first, then its context's, then those of the context ``.__GLOBAL``. What is
set for the whole registry without naming a context counts for the default one.
Source: Confluent Schema Registry, configuration and mode.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from avroforge.registry import refusal
from avroforge.registry.qualified_subject import DEFAULT_CONTEXT, GLOBAL_CONTEXT, QualifiedSubject
from avroforge.registry.setting import DEFAULT_COMPATIBILITY, RegistryConfig, RegistryMode

if TYPE_CHECKING:
    from avroforge.registry.state import RegistryState, Settings
    from avroforge.schema.model import JsonValue

_WHOLE = QualifiedSubject(DEFAULT_CONTEXT, "")


def config_in_force(state: RegistryState, subject: QualifiedSubject) -> RegistryConfig:
    """The configuration that counts for a subject or a context: each key as the nearest place sets it."""
    level, others = DEFAULT_COMPATIBILITY, dict[str, "JsonValue"]()
    for settings in reversed(_chain(state, subject)):
        if settings.config is not None:
            level = settings.config.compatibility or level
            others.update(settings.config.others)
    return RegistryConfig(level, others)


def mode_in_force(state: RegistryState, subject: QualifiedSubject) -> RegistryMode:
    """The mode that counts for a subject or a context."""
    if state.settings(_WHOLE).mode is RegistryMode.READONLY_OVERRIDE:
        return RegistryMode.READONLY_OVERRIDE
    modes = (settings.mode for settings in _chain(state, subject) if settings.mode is not None)
    return next(modes, RegistryMode.READWRITE)


def _chain(state: RegistryState, subject: QualifiedSubject) -> list[Settings]:
    places = [
        subject,
        QualifiedSubject(subject.context, ""),
        QualifiedSubject(GLOBAL_CONTEXT, ""),
    ]
    return [state.settings(place) for place in dict.fromkeys(places)]


def own_config(state: RegistryState, subject: QualifiedSubject) -> RegistryConfig:
    """The configuration that is set at a place; the whole registry always has one.

    Raises:
        NotConfiguredError: nothing is set there.
    """
    if subject == _WHOLE:
        return config_in_force(state, subject)
    config = state.settings(subject).config
    if config is None:
        raise refusal.no_config(subject)
    return config


def own_mode(state: RegistryState, subject: QualifiedSubject) -> RegistryMode:
    """The mode that is set at a place; the whole registry always has one.

    Raises:
        NotConfiguredError: nothing is set there.
    """
    if subject == _WHOLE:
        return mode_in_force(state, subject)
    mode = state.settings(subject).mode
    if mode is None:
        raise refusal.no_mode(subject)
    return mode


def check_writable(state: RegistryState, subject: QualifiedSubject) -> None:
    """Refuse to change what is read-only.

    Raises:
        OperationNotPermittedError: the mode in force forbids it.
    """
    if mode_in_force(state, subject) in {RegistryMode.READONLY, RegistryMode.READONLY_OVERRIDE}:
        raise refusal.read_only(subject)


def update_config(
    state: RegistryState, subject: QualifiedSubject, changes: RegistryConfig
) -> tuple[RegistryState, RegistryConfig]:
    """The registry with what `changes` names changed, and the configuration there now.

    Raises:
        InvalidArgumentError: no subject may be called that.
        OperationNotPermittedError: the mode in force forbids it.
    """
    _check_name(subject)
    check_writable(state, subject)
    settings = state.settings(subject)
    before = settings.config or RegistryConfig()
    named = {**before.others, **changes.others}
    others = {key: value for key, value in named.items() if value is not None}
    config = RegistryConfig(changes.compatibility or before.compatibility, others)
    after = state.with_settings(subject, replace(settings, config=config))
    return after, own_config(after, subject)


def delete_config(state: RegistryState, subject: QualifiedSubject) -> tuple[RegistryState, RegistryConfig]:
    """The registry without a configuration at a place, and what that was.

    Raises:
        NotConfiguredError: nothing was set there.
        OperationNotPermittedError: the mode in force forbids it.
    """
    settings = state.settings(subject)
    if settings.config is None and subject != _WHOLE:
        raise refusal.nothing_set(subject, "configuration")
    check_writable(state, subject)
    before = own_config(state, subject)
    return state.with_settings(subject, replace(settings, config=None)), before


def set_mode(
    state: RegistryState, subject: QualifiedSubject, mode: RegistryMode, *, force: bool
) -> RegistryState:
    """The registry with another mode at a place.

    Raises:
        InvalidArgumentError: no subject may be called that.
        OperationNotPermittedError: to IMPORT while there are schemas, without `force`.
    """
    _check_name(subject)
    importing = mode is RegistryMode.IMPORT and mode_in_force(state, subject) is not RegistryMode.IMPORT
    if importing and not force and _has_schemas(state, subject):
        raise refusal.schemas_exist(subject)
    return state.with_settings(subject, replace(state.settings(subject), mode=mode))


def delete_mode(state: RegistryState, subject: QualifiedSubject) -> tuple[RegistryState, RegistryMode]:
    """The registry without a mode at a place, and what that was.

    Raises:
        NotConfiguredError: nothing was set there.
    """
    settings = state.settings(subject)
    if settings.mode is None and subject != _WHOLE:
        raise refusal.nothing_set(subject, "mode")
    before = own_mode(state, subject)
    return state.with_settings(subject, replace(settings, mode=None)), before


def _check_name(subject: QualifiedSubject) -> None:
    if not subject.may_have_settings:
        raise refusal.invalid_subject(subject)


def _has_schemas(state: RegistryState, subject: QualifiedSubject) -> bool:
    """Whether a subject, a context, or for the default context any of them has a version."""
    if subject.name:
        return bool(state.subject(subject).versions)
    inside = state.contexts.values() if subject == _WHOLE else [state.context(subject.context)]
    return any(each.versions for context in inside for each in context.subjects.values())
