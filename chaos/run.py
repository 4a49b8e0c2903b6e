"""One run: a town, its customers, the faults, and at the end the truth."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

import httpx

from adapters.tokens import ServiceTokens, Signer
from chaos import town
from chaos.aftermath import audited, running
from chaos.books import Books
from chaos.breaking import Breaking
from chaos.client import Client, Doors, PatienceError
from chaos.others import Desk, Typed, mandate
from chaos.play import HangingError, Play
from chaos.schedule import schedule
from chaos.told import Told
from chaos.verdict import ENDED, Verdict, judge
from chaos.wishes import Kind, typists, wishes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chaos.links import Links
    from chaos.verdict import Payment
    from runtime.local.stack import Stack

_SIGN_INS: Final = 8
_CARRIER: Final = "countersign"
_LOOK_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run goes. `every_s`: the mean between two faults; `patience_s`: how long anything may take to end.

    `faults`: after so many of them there is peace; None: only when everybody has been served.
    """

    seed: int
    count: int
    customers: int
    every_s: float
    elicitation_s: float = 60.0
    patience_s: float = 240.0
    faults: int | None = None


@dataclass
class Report:
    """What came of it."""

    verdicts: list[Verdict] = field(default_factory=list[Verdict])
    faults: list[str] = field(default_factory=list[str])
    took_s: float = 0.0
    hung: dict[int, str] = field(default_factory=dict[int, str])

    @property
    def wrong(self) -> list[Verdict]:
        """The broken promises."""
        return [each for each in self.verdicts if each.wrong]

    @property
    def clean(self) -> bool:
        """No promise was broken, nobody hung, and the books agree."""
        return not (self.wrong or self.faults or self.hung)


class Run:
    """A stack that is up, links that are clean, and a plan."""

    def __init__(self, plan: Plan, stack: Stack, links: Links, say: Callable[[str], None]) -> None:
        self.plan = plan
        self.told = Told()
        self.breaking = Breaking(stack, links, say, self.told.now_s, self._starving)
        self._since: dict[int, float] = {}
        self.wishes = wishes(plan.seed, plan.count, plan.customers)
        self._stack, self._links, self._say = stack, links, say
        self._books = Books(stack.env["COUNTERSIGN_MIGRATIONS_URL"], town.TENANT)
        self._report = Report()
        self._served, self._every = 0, max(10, plan.count // 20)

    async def run(self) -> Report:
        """Found the town, let everybody in, break things while they pay, wait until all is quiet, judge."""
        url = self._stack.env["COUNTERSIGN_MIGRATIONS_URL"]
        plan, password = self.plan, self._stack.env["COUNTERSIGN_DEMO_PASSWORD"]
        await asyncio.to_thread(town.found, url, password, plan.seed, plan.count, plan.customers)
        admin = self._stack.site.secret("rail_admin").strip()
        await asyncio.to_thread(town.behave, self._stack.env["COUNTERSIGN_RAIL_URL"], admin)
        async with AsyncExitStack() as stack:
            doors = await self._doors(stack)
            customers = [Client(doors, town.customer(number), self.told) for number in range(plan.customers)]
            desks = [Client(doors, town.supervisor(name), self.told) for name in town.SUPERVISORS]
            await self._let_in(customers, desks)
            self.told.begin()
            await self._pay(customers, desks)
            await self._settle()
            self._report.took_s = self.told.now_s()
            ends = await self._events(customers)
        await asyncio.to_thread(self._judge, ends)
        self._report.faults += self.told.broken()
        self._report.faults += await audited(self._stack)
        self._report.faults += [f"{each} still runs" for each in await running(self._stack)]
        return self._report

    async def _doors(self, stack: AsyncExitStack) -> Doors:
        many = httpx.Limits(max_connections=self.plan.customers * 3)
        keys = self._stack.site.layout.keys
        login = (_CARRIER, (keys / "sms_auth").read_text().strip())
        urls = (self._links.url("api"), self._links.url("mcp"))
        api, tools = [await stack.enter_async_context(httpx.AsyncClient(base_url=url, limits=many)) for url in urls]
        phones = await stack.enter_async_context(
            httpx.AsyncClient(base_url=self._stack.env["COUNTERSIGN_SMS_URL"], auth=login)
        )
        tokens = ServiceTokens(Signer.from_files(keys / "service.pem", keys / "jwks.json"))
        password = self._stack.env["COUNTERSIGN_DEMO_PASSWORD"]
        return Doors(api, tools, phones, tokens, password, self.plan.patience_s)

    async def _let_in(self, customers: Sequence[Client], desks: Sequence[Client]) -> None:
        gate = asyncio.Semaphore(_SIGN_INS)
        mandated = {wish.customer for wish in self.wishes if wish.kind is Kind.MANDATE}

        async def enter(number: int, client: Client) -> None:
            async with gate:
                await client.begin()
                if number in mandated:
                    await mandate(client, number)

        await asyncio.gather(*(enter(number, client) for number, client in enumerate(customers)))
        await asyncio.gather(*(client.sign_in() for client in desks))

    async def _pay(self, customers: Sequence[Client], desks: Sequence[Client]) -> None:
        others = [asyncio.create_task(Desk(client).run()) for client in desks]
        faults = islice(schedule(self.plan.seed, self.plan.every_s), self.plan.faults)
        breaking = asyncio.create_task(self.breaking.run(faults))
        await asyncio.gather(*(self._one(number, client) for number, client in enumerate(customers)))
        breaking.cancel()
        with suppress(asyncio.CancelledError):
            await breaking
        await self.breaking.all_back()
        self._say(f"{self.told.now_s():8.2f} s  everybody has been served; no more faults")
        for other in others:
            other.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _one(self, number: int, client: Client) -> None:
        """All wishes of one customer, one after another."""
        typed = number < typists(self.plan.customers)
        for wish in self.wishes[number :: self.plan.customers]:
            play = (Typed if typed else Play)(client, wish, self.plan.patience_s)
            self._since[number] = self.told.now_s()
            try:
                await play.run()
            except (HangingError, PatienceError) as error:
                self._report.hung[wish.number] = str(error)
                self._say(f"{self.told.now_s():8.2f} s  wish {wish.number} hangs: {error}")
            self._served += 1
            del self._since[number]
            if self._served % self._every == 0:
                self._say(f"{self.told.now_s():8.2f} s  {self._served} of {self.plan.count} have been served")

    def _starving(self) -> bool:
        """Whether a customer has waited for half of what is bearable: the other half is then without faults."""
        waits = self.plan.patience_s / 2
        return any(self.told.now_s() - since > waits for since in self._since.values())

    async def _settle(self) -> None:
        """What nobody follows any more must end as well, within the time of its questions."""
        end = self.told.now_s() + self.plan.patience_s
        while self.told.now_s() < end and await self._unsettled():  # noqa: ASYNC110 - rows, not events
            await asyncio.sleep(_LOOK_S)

    async def _unsettled(self) -> bool:
        books = await asyncio.to_thread(lambda: self._books.unsettled() or self._books.unpublished())
        return bool(books or await running(self._stack))

    async def _events(self, customers: Sequence[Client]) -> dict[str, list[str]]:
        """The ends that the events tell, by payment."""
        ends: dict[str, list[str]] = defaultdict(list)
        for client in customers:
            seen = 0
            while found := (await client.ask("GET", f"/api/events/backlog?after={seen}")).get("events"):
                seen = found[-1]["seq"]
                for event in found:
                    if event["kind"] in ENDED:
                        ends[event["body"]["payment_id"]].append(event["body"]["state"])
        return ends

    def _judge(self, ends: dict[str, list[str]]) -> None:
        known = self._books.payments(ends)
        typing = typists(self.plan.customers)
        by_amount: dict[tuple[str, int], list[Payment]] = defaultdict(list)
        for user_id, payment in known.values():
            by_amount[user_id, payment.amount_minor].append(payment)
        for wish in self.wishes:
            if wish.customer < typing:
                found = by_amount[town.customer(wish.customer).user_id, wish.amount_minor]
            else:
                found = [known[wish.payment_id][1]] if wish.payment_id in known else []
            self._report.verdicts.append(judge(wish, self.told.of(wish.number), found, typed=wish.customer < typing))
