"""One vector for a place: mostly what it says, a little what it is called."""

from math import sqrt

from hospes.modules.semantic.contracts import Vector

OF_THE_NAME = 0.2  # measured: names mislead more than they tell, and sometimes they alone tell of the jacuzzi


def blend(text: Vector | None, name: Vector) -> list[float]:
    """Of length one; a place without descriptions is what its name says."""
    if text is None:
        return normed(name)
    return normed([(1 - OF_THE_NAME) * a + OF_THE_NAME * b for a, b in zip(text, name, strict=True)])


def normed(vector: Vector) -> list[float]:
    """The same direction with length one."""
    length = sqrt(sum(each * each for each in vector)) or 1.0
    return [each / length for each in vector]
