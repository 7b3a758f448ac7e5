"""What the engine knows: records, and the indexes that are derived from them.

Everything beside the records can be built from them again: lines of waiting items, idle agents by
class, who carries what, and when the first bar of each item and agent ends.
"""

from routing import capacity, priority
from routing.eligibility import AgentClass, Catalogue, Line
from routing.heap import Key, LiveHeap
from routing.model import DEFAULT_QUEUE, SECOND, ItemState
from routing.records import Agent, Ended, Item, Ledger

# How long an ended item is remembered, so that late facts about it are known to be late.
ENDED_KEPT = 3600 * SECOND


class Seat:
    """An agent's record with what is derived for it.

    `carried`: the items that take their capacity. `followers`: the items that prefer them.
    `units`: how much that is. `open`: the channels of which one more item fits now. `rank`: (idle
    since, units, agent), the order in which they are chosen. `private`: items that wait for nobody
    else.
    """

    __slots__ = ("carried", "followers", "group", "open", "private", "rank", "record", "units")

    def __init__(self, record: Agent) -> None:
        """Start with empty hands."""
        self.record = record
        self.group: AgentClass | None = None
        self.carried: dict[int, None] = {}
        self.followers: dict[int, None] = {}
        self.units = 0
        self.open: tuple[str, ...] = ()
        self.rank: Key = (0, 0, record.agent)
        self.private: dict[tuple[object, ...], Line] = {}


class State:
    """All of it.

    What the next decision has to look at: `fresh` items, agents who `gained` room, and agents who
    `changed` otherwise. `roster` numbers who is signed in, as what, and who of them is away.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Start with a ledger and nobody in the system."""
        self.ledger = ledger
        self.items: dict[int, Item] = {}
        self.seats: dict[int, Seat] = {}
        self.catalogue = Catalogue()
        self.lines: dict[int, Line] = {}
        self.agent_bars = LiveHeap()
        self.item_bars = LiveHeap()
        self.fresh: dict[int, None] = {}
        self.gained: dict[int, None] = {}
        self.changed: dict[int, None] = {}
        self.roster = 0

    def seat(self, agent: int) -> Seat:
        """Return an agent's seat, known or not."""
        found = self.seats.get(agent)
        if found is None:
            found = self.seats[agent] = Seat(Agent(agent))
        return found

    def load(self, seat: Seat) -> capacity.Load:
        """Return what an agent carries."""
        if not seat.carried:
            return capacity.NOTHING
        return capacity.load([self.items[each] for each in seat.carried], self.ledger.rules)

    # --- agents

    def regroup(self, seat: Seat) -> None:
        """Put an agent into the class of their profile, or into none when signed out."""
        profile = seat.record.profile
        group = None
        if profile is not None and seat.record.signed_in:
            group = self.catalogue.agent_class(profile)
        if group is seat.group:
            return
        self.roster += 1
        agent = seat.record.agent
        self.agent_bars.discard(agent)
        if seat.group is not None:
            for channel in seat.open:
                seat.group.idle[channel].discard(agent)
            for roll in (seat.group.members, seat.group.away, seat.group.resting):
                roll.pop(agent, None)
        seat.group, seat.open = group, ()
        if group is not None:
            group.members[agent] = None

    def refresh(self, seat: Seat, excuse: str = "") -> None:
        """Work out anew what an agent can take; `excuse` says why it may be too much already."""
        record, group, profile = seat.record, seat.group, seat.record.profile
        if group is None or profile is None:
            return
        load = self.load(seat)
        if excuse or record.excused:
            excess = capacity.exceeds(load, profile)
            record.excused = (record.excused or excuse) if excess else ""
        opened: tuple[str, ...] = ()
        if self._attends(group, record):
            opened = capacity.open_channels(load, profile, self.ledger.rules)
        before, seat.open = seat.open, opened
        for channel in before:
            if channel not in opened:
                group.idle[channel].discard(record.agent)
        for channel in opened:
            if channel not in before:
                self.gained[record.agent] = None
        seat.units = load.total
        self.rerank(seat)

    def rerank(self, seat: Seat) -> None:
        """Put an agent where the idle clock says; a pending offer puts them behind."""
        latest = seat.record.idle_since
        for each in seat.carried:
            item = self.items[each]
            if item.state is ItemState.OFFERED and item.offered_at > latest:
                latest = item.offered_at
        seat.rank = latest, seat.units, seat.record.agent
        if seat.group is not None:
            for channel in seat.open:
                seat.group.idle_in(channel).put(seat.rank)

    def _attends(self, group: AgentClass, record: Agent) -> bool:
        agent = record.agent
        away = not record.takes_work
        resting = not away and record.rests_until > self.ledger.now
        if away != (agent in group.away):
            self.roster += 1
            _toggle(group.away, agent)
        if resting:
            self.agent_bars.put((record.rests_until, 0, agent))
        if resting != (agent in group.resting):
            _toggle(group.resting, agent)
            if not resting:
                self.agent_bars.discard(agent)
        return not (away or resting)

    def reroute(self, seat: Seat) -> None:
        """Look again at where those wait who prefer this agent."""
        for each in tuple(seat.followers):
            self.place(self.items[each])

    # --- items

    def admit(self, item: Item) -> None:
        """Take an item in, or what is new of it."""
        entry = item.entry
        self.forget_preference(self.items.get(entry.item))
        self.items[entry.item] = item
        if entry.sticky_agent is not None:
            self.seat(entry.sticky_agent).followers[entry.item] = None
        self.place(item)

    def forget_preference(self, item: Item | None) -> None:
        """Let an item no longer follow its preferred agent."""
        if item is not None and item.entry.sticky_agent is not None:
            self.seat(item.entry.sticky_agent).followers.pop(item.entry.item, None)

    def place(self, item: Item) -> None:
        """Let an item stand in the one line where it belongs now, or in none."""
        member = item.entry.item
        line = None
        if item.state is ItemState.QUEUED:
            self._await_bars(item)
            line = self._line_for(item)
        else:
            self.item_bars.discard(member)
        before = self.lines.get(member)
        if before is not None and before is not line:
            before.discard(member)
            del self.lines[member]
        if line is not None:
            self.lines[member] = line
            line.put(priority.key(item.entry))
            self.fresh[member] = None

    def _line_for(self, item: Item) -> Line | None:
        if item.rests_until > self.ledger.now:
            return None
        signature = self.catalogue.signature(item.entry)
        preferred = self.kept_for(item)
        if preferred is None:
            return signature.waiting
        line = preferred.private.get(signature.key)
        if line is None:
            line = preferred.private[signature.key] = Line(signature, preferred.record.agent)
        return line

    def kept_for(self, item: Item) -> Seat | None:
        """Return the agent for whom an item waits though others could take it."""
        rules = self.ledger.rules.queues.get(item.entry.queue, DEFAULT_QUEUE)
        return self.preferred(item) if rules.sticky_waits else None

    def preferred(self, item: Item) -> Seat | None:
        """Return the agent an item prefers now: here for work, able, not left out, in patience."""
        agent = item.entry.sticky_agent
        if agent is None or item.entry.sticky_until <= self.ledger.now:
            return None
        seat = self.seat(agent)
        if not seat.record.takes_work or item.excluded.get(agent, 0) > self.ledger.now:
            return None
        if seat.group not in self.catalogue.signature(item.entry).fits:
            return None
        return seat

    def _await_bars(self, item: Item) -> None:
        """Look at a waiting item again when the first of its bars ends."""
        entry, now = item.entry, self.ledger.now
        ends = [item.rests_until, *item.excluded.values()]
        if entry.sticky_agent is not None:
            ends.append(entry.sticky_until)
        first = min([end for end in ends if end > now], default=None)
        if first is None:
            self.item_bars.discard(entry.item)
        else:
            self.item_bars.put((first, 0, entry.item))

    def barred(self, item: Item) -> frozenset[int]:
        """Return the agents who may not get this item now."""
        if not item.excluded:
            return _NOBODY
        now = self.ledger.now
        return frozenset(agent for agent, until in item.excluded.items() if until > now)

    def attach(
        self, item: Item, seat: Seat, state: ItemState, units: int, excuse: str = ""
    ) -> None:
        """Give an item to an agent; from here on it takes so much of their capacity."""
        item.agent, item.state, item.units = seat.record.agent, state, units
        seat.carried[item.entry.item] = None
        self.place(item)
        self.refresh(seat, excuse)

    def detach(self, item: Item) -> Seat | None:
        """Take an item from its agent and return whose it was; the caller refreshes the agent."""
        if item.agent is None:
            return None
        seat = self.seat(item.agent)
        del seat.carried[item.entry.item]
        if item.offer is not None:
            item.closed.append(item.offer)
        item.agent = item.offer = None
        item.state, item.units = ItemState.QUEUED, 0
        item.withdrawn = item.forced = False
        return seat

    def drop(self, item: Item, generation: int, at: int) -> None:
        """Let an item leave the system for good; only a higher generation comes in again."""
        member, ended = item.entry.item, self.ledger.ended
        line = self.lines.pop(member, None)
        if line is not None:
            line.discard(member)
        self.forget_preference(item)
        del self.items[member]
        self.item_bars.discard(member)
        self.fresh.pop(member, None)
        ended[member] = Ended(generation, at)
        while ended[oldest := next(iter(ended))].at < at - ENDED_KEPT:
            del ended[oldest]

    # --- time

    def advance(self, now: int) -> None:
        """Let time pass: whatever was barred until now is looked at again."""
        self.ledger.now = now = max(self.ledger.now, now)
        while (bars := self.agent_bars).heap and bars.heap[0][0] <= now:
            self.refresh(self.seat(bars.heap[0][2]))
        while (bars := self.item_bars).heap and bars.heap[0][0] <= now:
            self.place(self.items[bars.heap[0][2]])

    def next_bar(self) -> int | None:
        """Return when the next bar ends, of an item that waits or an agent who takes work."""
        ends = [bars.heap[0][0] for bars in (self.agent_bars, self.item_bars) if bars.heap]
        return min(ends, default=None)


_NOBODY: frozenset[int] = frozenset()


def _toggle(roll: dict[int, None], agent: int) -> None:
    if agent in roll:
        del roll[agent]
    else:
        roll[agent] = None
