"""What every request passes through stays cheap."""

from inspect import isasyncgenfunction, iscoroutinefunction
from pathlib import Path

from fastapi.routing import iter_route_contexts

from hospes.entrypoints.app import create_app
from hospes.platform.settings import Settings


def test_no_dependency_is_overridden_in_the_application(tmp_path: Path) -> None:
    """While there is one override, FastAPI looks through every dependency of a route anew on every request: 6 ms."""
    app = create_app(Settings(data_dir=tmp_path))
    assert app.dependency_overrides == {}


def test_no_handler_and_no_dependency_waits_for_a_thread(tmp_path: Path) -> None:
    """A plain function is run in another thread, which costs more than what it does."""
    app = create_app(Settings(data_dir=tmp_path))
    looked_at, waiting = 0, set[str]()
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        if dependant is not None:
            looked_at += 1
            calls = [each.call for each in (dependant, *dependant.dependencies) if each.call]
            waiting |= {
                f"{context.path}: {call}"
                for call in calls
                if not (iscoroutinefunction(call) or isasyncgenfunction(call))
            }
    assert looked_at > 400
    assert waiting == set()
