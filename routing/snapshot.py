"""All records as bytes, and the state built from them again.

A restored state gives the same bytes. Indexes are not part of them but derived anew, and the next
decision looks at everybody and everything; it finds no more than it would have found otherwise.
"""

from msgspec import Struct, msgpack

from routing.records import Agent, Item, Ledger
from routing.state import State


class Snapshot(Struct, frozen=True):
    """The records, agents and items in the order of their ids."""

    ledger: Ledger
    agents: list[Agent]
    items: list[Item]


def encode(state: State) -> bytes:
    """Return all records."""
    agents = [state.seats[each].record for each in sorted(state.seats)]
    items = [state.items[each] for each in sorted(state.items)]
    return _ENCODER.encode(Snapshot(state.ledger, agents, items))


def decode(records: bytes) -> State:
    """Build the state. Raises `msgspec.DecodeError` for what is no snapshot."""
    found = _DECODER.decode(records)
    state = State(found.ledger)
    for agent in found.agents:
        state.seat(agent.agent).record = agent
    for item in found.items:
        state.items[item.entry.item] = item
        if item.agent is not None:
            state.seat(item.agent).carried[item.entry.item] = None
    for seat in state.seats.values():
        state.regroup(seat)
        state.refresh(seat)
        state.changed[seat.record.agent] = None
    for item in found.items:
        state.admit(item)
    return state


_ENCODER = msgpack.Encoder()
_DECODER = msgpack.Decoder(Snapshot)
