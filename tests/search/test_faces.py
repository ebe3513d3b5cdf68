"""Short texts by row: what was put is what comes out, whatever happens in between."""

from random import Random

import numpy as np
import pytest

from hospes.modules.search.tables.faces import Face, Faces, Packed


def test_a_face_is_unpacked_as_it_was_packed() -> None:
    face = Face("Casa Ω 東京", "Suite", "Lisboa", "PT", "ab/cd.webp", "A bed", 2, 4.25, 17)
    assert Face.unpacked(face.packed()) == face
    assert Face.unpacked(b"") == Face()


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_added_changed_moved_and_stored_is_found_again(seed: int) -> None:
    random, faces, known = Random(seed), Faces(), dict[int, bytes]()
    count = 0
    for _ in range(60):
        match random.randrange(5):
            case 0:
                added = [_face(random) for _ in range(random.randrange(5))]
                faces.extend(count, Packed.of(added))
                known.update(enumerate(added, count))
                count += len(added)
            case 1:
                row = random.randrange(count + 1)
                count = max(count, row + 1)
                known[row] = _face(random)
                faces.put(row, known[row])
            case 2 if count:
                order = random.sample(range(count), random.randint(0, count))
                faces.move(np.array(order, np.int64))
                known = {new: known.get(old, b"") for new, old in enumerate(order)}
                count = len(order)
            case 3:
                faces = Faces.from_parts(*faces.parts())
            case _:
                assert [faces.packed(row) for row in range(count)] == [known.get(row, b"") for row in range(count)]
    assert [faces.of(row) for row in range(count)] == [Face.unpacked(known.get(row, b"")) for row in range(count)]


def test_control_a_move_that_is_forgotten_shows_the_face_of_another() -> None:
    faces = Faces()
    faces.extend(0, Packed.of([Face("one").packed(), Face("two").packed()]))
    assert faces.of(0).title == "one"
    faces.move(np.array([1, 0]))
    assert faces.of(0).title == "two"


def _face(random: Random) -> bytes:
    return Face("x" * random.randrange(9), random.choice(("", "é", "山"))).packed() if random.random() < 0.9 else b""
