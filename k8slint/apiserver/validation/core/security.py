"""Security contexts of containers, and the profiles that security contexts of pods have too."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.field import Check, Field, between, fields, given, one_of
from k8slint.apiserver.validation.formats import dns_subdomain, local_descending_path
from k8slint.values.regex import regex

_ID: Final = given(between(0, 2**31 - 1))
_IDS: Final = fields(runAsUser=_ID, runAsGroup=_ID)
_PROC_MOUNT: Final = one_of("Default", "Unmasked")
_PROFILES: Final = one_of("Localhost", "RuntimeDefault", "Unconfined")
_LONGEST_PROFILE: Final = 4095

_LARGEST_SPEC: Final = 64 * 1024
_CONTROL = regex(r"[\x00-\x1f\x7f]")
_NET_BIOS = regex(r"""[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}""")
_DOMAIN_LABEL: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DOMAIN = regex(rf"{_DOMAIN_LABEL}(?:\.{_DOMAIN_LABEL})*")
_DOTS_AND_SPACES = regex(r"[. ]+")
_NOT_IN_USERS = regex(r"""["/\\:;|=,+*?<>@\[\]]""")


def container_security(context: Field, host_users: Field) -> None:
    """The security context of a container.

    Mirrors: pkg/apis/core/validation/validation.go ValidateSecurityContext @ v1.37
    """
    _IDS(context)
    proc_mount = context["procMount"]
    # Without the gate, the server drops any value but the default.
    if proc_mount.is_set and context.run.has("ProcMountType"):
        _PROC_MOUNT(proc_mount)
        if proc_mount.value == "Unmasked" and not host_users.may_be(False):
            proc_mount.invalid("`hostUsers` must be false to use `Unmasked`", fix="write hostUsers: false in the pod")
    if context["seccompProfile"].is_set:
        seccomp_profile(context["seccompProfile"])
    if context["allowPrivilegeEscalation"].value is False:
        _no_escalation(context)
    if context["windowsOptions"].is_set:
        windows_options(context["windowsOptions"])
    if context["appArmorProfile"].is_set:
        app_armor_profile(context["appArmorProfile"])


def _no_escalation(context: Field) -> None:
    at = ("allowPrivilegeEscalation",)
    said = "cannot set `allowPrivilegeEscalation` to false and `{}"
    if context["privileged"].value is True:
        context.invalid(said.format("privileged` to true"), at=at, fix="remove allowPrivilegeEscalation, or privileged")
    for capability in context["capabilities"]["add"]:
        if capability.value == "CAP_SYS_ADMIN":
            context.invalid(said.format("capabilities.Add` CAP_SYS_ADMIN"), at=at, fix="remove one of the two")


def seccomp_profile(profile: Field) -> None:
    """A seccomp profile.

    Mirrors: pkg/apis/core/validation/validation.go validateSeccompProfileField @ v1.37
    """
    kind, name = profile["type"], profile["localhostProfile"]
    if kind:
        _PROFILES(kind)
    else:
        kind.required("type is required when seccompProfile is set")
    if kind.value == "Localhost":
        if name.is_set:
            local_descending_path(name)
        else:
            name.required("must be set when seccomp type is Localhost")
    elif name.is_set and not kind.is_hole:
        name.invalid("can only be set when seccomp type is Localhost", profile.value)


def app_armor_profile(profile: Field) -> None:
    """An AppArmor profile.

    Mirrors: pkg/apis/core/validation/validation.go ValidateAppArmorProfileField @ v1.37
    """
    kind, name = profile["type"], profile["localhostProfile"]
    needed = "must be set when AppArmor type is Localhost"
    if not kind:
        kind.required("type is required when appArmorProfile is set")
    elif kind.value == "Localhost":
        if not name.is_set:
            name.required(needed)
        elif name.value.__class__ is str:
            if name.value != name.value.strip():
                name.invalid("must not be padded with whitespace")
            elif not name.value:
                name.required(needed)
            if len(name.value) > _LONGEST_PROFILE:
                name.too_long(_LONGEST_PROFILE)
    elif kind.value in ("RuntimeDefault", "Unconfined"):
        if name.is_set:
            name.invalid("can only be set when AppArmor type is Localhost")
    else:
        _PROFILES(kind)


def windows_options(options: Field) -> None:
    """The options of Windows, which has them in place of users and groups.

    Mirrors: pkg/apis/core/validation/validation.go validateWindowsSecurityContextOptions @ v1.37
    """
    _WINDOWS(options)


def _credential_spec(field: Field) -> None:
    if field.value == "":
        field.invalid("gmsaCredentialSpec cannot be an empty string")
    elif field.value.__class__ is str and len(field.value.encode(errors="surrogatepass")) > _LARGEST_SPEC:
        field.invalid("gmsaCredentialSpec size must be under 64 KiB")


def _user_name(field: Field) -> None:
    name = field.value
    if name.__class__ is not str:
        return
    *domains, user = name.split("\\")
    if not name:
        field.invalid("runAsUserName cannot be an empty string")
    elif _CONTROL.search(name):
        field.invalid("runAsUserName cannot contain control characters")
    elif len(domains) > 1:
        field.invalid("runAsUserName cannot contain more than one backslash")
    else:
        for domain in domains:
            _domain(field, domain)
        _user(field, user)


def _domain(field: Field, domain: str) -> None:
    if len(domain) >= 256:
        field.invalid("runAsUserName's Domain length must be under 256 characters")
    if not _NET_BIOS.fullmatch(domain) and not _DOMAIN.fullmatch(domain):
        field.invalid("runAsUserName's Domain doesn't match the NetBios nor the DNS format")


def _user(field: Field, user: str) -> None:
    if not user:
        field.invalid("runAsUserName's User cannot be empty")
    elif len(user) > 104:
        field.invalid("runAsUserName's User length must not be longer than 104 characters")
    if _DOTS_AND_SPACES.fullmatch(user):
        field.invalid("runAsUserName's User cannot contain only periods or spaces")
    if _NOT_IN_USERS.search(user):
        field.invalid("runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]")


_WINDOWS: Final[Check] = fields(
    gmsaCredentialSpecName=given(dns_subdomain),
    gmsaCredentialSpec=given(_credential_spec),
    runAsUserName=given(_user_name),
)
