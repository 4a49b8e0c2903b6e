"""The peers: the barest Temporal workflows that do what a payment must, and what a turn of a conversation must."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity, workflow


@activity.defn
async def first_step() -> None:
    """Nothing."""


@activity.defn
async def second_step() -> None:
    """Nothing."""


@workflow.defn
class BareWorkflow:
    """Waits for one signal, then runs two empty activities."""

    def __init__(self) -> None:
        self._answered = False

    @workflow.run
    async def run(self) -> None:
        """Wait, then act."""
        await workflow.wait_condition(lambda: self._answered)
        for step in (first_step, second_step):
            await workflow.execute_activity(step, start_to_close_timeout=timedelta(seconds=10))

    @workflow.signal
    def answer(self) -> None:
        """The countersign."""
        self._answered = True


@workflow.defn
class BareConversation:
    """Answers updates, with nothing to decide and nobody to ask."""

    @workflow.run
    async def run(self) -> None:
        """Until terminated."""
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def turn(self, text: str) -> str:
        """The same words."""
        return text
