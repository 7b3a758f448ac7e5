from tests.contactcenter.conftest import Running


async def test_a_running_house_is_ready(house: Running) -> None:
    answer = await house.client.get("/health/ready")
    assert (answer.status_code, answer.json()["state"]) == (200, "ready")
