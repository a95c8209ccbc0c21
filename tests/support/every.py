"""Many small cases in one test: what thousands of collected tests cost is saved, and each case that fails is named."""

import functools
import inspect

import pytest

FAILURES = (Exception, pytest.fail.Exception)
"""What a case can fail with: the failure of a `pytest.raises` that saw no error is no `Exception`."""


def every(argnames, argvalues, ids=repr):
    """Decorate a test that is to hold for every case: the arguments of `pytest.mark.parametrize`, but it counts as one test.

    `ids` says what a case is called where it fails: a list, or a function of the case; a `pytest.param` may have its own name.
    The cases share the fixtures of the test. All are tried. A test that has no case fails, for it would hold for nothing.
    """
    names = [name.strip() for name in argnames.split(",")] if isinstance(argnames, str) else list(argnames)
    cases = list(argvalues)
    labels = [getattr(case, "id", None) or ids(case) for case in cases] if callable(ids) else list(ids)

    def decorate(test):
        @functools.wraps(test)
        def of_every_case(**fixtures):
            assert cases, "there is no case"
            failed = []
            for label, case in zip(labels, cases, strict=True):
                try:
                    test(**fixtures, **dict(zip(names, _values(case, len(names)), strict=True)))
                except FAILURES as error:
                    error.add_note(f"in the case {label}")
                    failed.append(error)
            if failed:
                raise BaseExceptionGroup(f"{len(failed)} of {len(cases)} cases fail", failed)

        signature = inspect.signature(test)
        left = [parameter for name, parameter in signature.parameters.items() if name not in names]
        of_every_case.__signature__ = signature.replace(parameters=left)
        return of_every_case

    return decorate


def _values(case, count):
    """The values of a case, one for each name."""
    if isinstance(case, type(pytest.param())):
        return case.values
    return case if count > 1 else (case,)
