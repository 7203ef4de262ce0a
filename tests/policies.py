"""The policies that come with the program, by key, and the first of them that has a form."""

from desktop.domain.policy import Policy
from desktop.services.policies import shipped_policies


def policy(key: str) -> Policy:
    """The shipped policy of that key."""
    return next(one for one in shipped_policies() if one.key == key)


def policy_of(form_key: str) -> Policy:
    """A policy that has the form, EPM's before others."""
    known = sorted(shipped_policies(), key=lambda one: one.key != "epm")
    return next(one for one in known if one.has_form(form_key))
