"""What `/metrics` tells: how much waits to be embedded, whether there is who embeds, and how long questions take."""

import math

import httpx
from prometheus_client.parser import text_string_to_metric_families

from hospes.modules.semantic import watching
from hospes.modules.semantic.asking import Asking
from hospes.modules.semantic.likening import Likening
from tests.semantic.builders import a_saying, needs_the_model
from tests.semantic.test_wishes import URL, ask, runtime_of, switched_on


async def told(client: httpx.AsyncClient) -> dict[str, float]:
    """All that is told of search by description."""
    families = text_string_to_metric_families((await client.get("/metrics")).text)
    ours = "hospes_semantic_"
    return {
        " ".join((each.name.removeprefix(ours), *each.labels.values())): each.value
        for family in families
        for each in family.samples
        if each.name.startswith(ours) and not each.name.endswith(("_bucket", "_created"))
    }


@needs_the_model
async def test_metrics_tell_what_waits_who_embeds_and_how_long_questions_take(
    client: httpx.AsyncClient, asking: Asking
) -> None:
    watching.UP.set(float("nan"))
    assert math.isnan((await told(client))["embedder_up"])  # nobody has asked: no alarm
    async with runtime_of(client).db.write() as tx:
        await a_saying(tx, "One", "A house.")
        two = await a_saying(tx, "Two", "A house.")
    rt = await switched_on(client, asking)
    async with rt.db.write() as tx:
        await tx.run("DELETE FROM semantic.said WHERE property_id = %s", (two,))
    await rt.ports.index.look_around()
    await rt.ports.likeness.look()
    before = await told(client)
    await ask(client, "a house that nobody has asked for before")
    after = await told(client)
    assert (after["embedder_up"], after["behind_places"]) == (1.0, 1.0)
    for name in ("question_seconds_count embedded", "question_seconds_count compared", "questions_total answered"):
        assert after[name] == before.get(name, 0.0) + 1, name
    assert after["question_seconds_sum embedded"] > before.get("question_seconds_sum embedded", 0.0)
    gone = Asking(rt.settings.data_dir / "gone")
    gone.socket.mkdir()  # nobody can listen there
    rt.ports.likeness = Likening(rt, gone)
    rt.ports.likeness.on = True
    assert (await client.get(URL, params={"q": "a boat"})).status_code == 503
    away = await told(client)
    assert away["embedder_up"] == 0.0
    assert away["questions_total away"] == after.get("questions_total away", 0.0) + 1
    assert away["question_seconds_count compared"] == after["question_seconds_count compared"]
