"""A step in the same breath as what it follows; where nobody answers at once, with all patience."""

from __future__ import annotations

from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import FailureError
from temporalio.types import MethodAsyncSingleParam

with workflow.unsafe.imports_passed_through():
    from domain.errors import UnavailableError
    from workflows.options import ActivityOptions
    from workflows.refusal import refusal_of

Given = TypeVar("Given")
Result = TypeVar("Result")


async def at_once(
    step: MethodAsyncSingleParam[Any, Given, Result],
    given: Given,
    quickly: ActivityOptions,
    patiently: ActivityOptions,
    summary: str,
) -> Result:
    """As a local activity, and once that finds nobody there as a normal one. A refusal is raised as it is.

    Not for what starts something under an id that is made in the workflow task: a worker that dies within the task
    forgets the id.
    """
    try:
        return await workflow.execute_local_activity_method(step, given, **quickly)
    except FailureError as failure:  # an only attempt's comes without an ActivityError around it
        if refusal_of(failure).code != UnavailableError.code:
            raise
        return await workflow.execute_activity_method(step, given, **patiently, summary=summary)
