import pytest

from contactcenter.loadtest.run import Plan, run

ENOUGH = 100


@pytest.mark.timeout(90)
@pytest.mark.parametrize("fault", ["kill", "postgres"])
async def test_nothing_is_lost_while_servers_break_again_and_again(fault: str) -> None:
    plan = Plan(seconds=6, rate=40, agents=8, kill_every=1, fault=fault, seed=1)
    lines: list[str] = []
    verdict = await run(plan, lines.append)
    assert verdict.broken == {}
    assert verdict.counts["faults"] >= 2
    assert verdict.counts["acknowledged"] > ENOUGH
    assert verdict.counts["commands done"] > ENOUGH
