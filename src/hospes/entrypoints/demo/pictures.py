"""Pictures of the demo world, drawn as SVG: flat, layered scenes in a few palettes. No photographs, nothing borrowed."""

from collections.abc import Callable
from itertools import pairwise
from random import Random

WIDTH, HEIGHT = 1200, 800
VARIANTS = 14

# sky high, sky low, far, middle, near, light, accent
PALETTES = (
    ("#f6d7b0", "#fbeede", "#d9a98a", "#a9705c", "#5d3f43", "#fff6e6", "#c8553d"),
    ("#bfdde0", "#eef6f1", "#8fb8b5", "#4f8285", "#264653", "#fffaf0", "#e9a23b"),
    ("#27304f", "#6d6a8d", "#3c4468", "#232a45", "#141a30", "#ffe2a6", "#f2a65a"),
    ("#f2c6b4", "#fae6d5", "#cf9d97", "#8d6a78", "#493a50", "#fff3e4", "#a23e48"),
    ("#cfe3f1", "#f5f9f6", "#a7c4a0", "#6b9474", "#34554a", "#fffdf5", "#d97742"),
    ("#f5e3c0", "#fdf4e1", "#e0bd86", "#b98b52", "#6b4a2f", "#fff8ea", "#2f6f73"),
)
Shapes = list[str]


def scene(kind: str, variant: int) -> str:
    """An SVG document; the same kind and variant always give the same picture."""
    random = Random(f"{kind}:{variant}")  # the seed is text, so it is stable between runs
    palette = PALETTES[(variant + sum(map(ord, kind))) % len(PALETTES)]
    shapes = _SCENES[kind](random, palette)
    body = "".join(shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"{body}</svg>"
    )


def kinds() -> tuple[str, ...]:
    """Every kind of scene."""
    return tuple(_SCENES)


def _rect(x: float, y: float, w: float, h: float, fill: str, r: float = 0, opacity: float = 1) -> str:
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="{w:.0f}" height="{h:.0f}" rx="{r:.0f}" fill="{fill}" opacity="{opacity:g}"/>'


def _circle(x: float, y: float, r: float, fill: str, opacity: float = 1) -> str:
    return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}" fill="{fill}" opacity="{opacity:g}"/>'


def _path(d: str, fill: str, opacity: float = 1) -> str:
    return f'<path d="{d}" fill="{fill}" opacity="{opacity:g}"/>'


def _sky(p: tuple[str, ...], random: Random, *, sun: bool = True) -> Shapes:
    shapes = [
        f'<defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="{p[0]}"/><stop offset="1" stop-color="{p[1]}"/>'
        f'</linearGradient></defs><rect width="{WIDTH}" height="{HEIGHT}" fill="url(#s)"/>'
    ]
    if sun:
        x, y = random.randint(220, 980), random.randint(130, 270)
        shapes += [_circle(x, y, 120, p[5], 0.35), _circle(x, y, 76, p[5], 0.9)]
    for _ in range(3):
        x, y, w = random.randint(0, 1000), random.randint(60, 240), random.randint(140, 260)
        shapes.append(_rect(x, y, w, 16, p[5], 8, 0.45))
        shapes.append(_rect(x + 40, y + 22, w * 0.6, 12, p[5], 6, 0.35))
    return shapes


def _ridge(random: Random, base: float, height: float, fill: str, steps: int = 7) -> str:
    points = [(WIDTH * i / steps, base - random.uniform(0.15, 1) * height) for i in range(steps + 1)]
    d = f"M0 {HEIGHT} L0 {points[0][1]:.0f}"
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        d += f" C{middle:.0f} {y0:.0f} {middle:.0f} {y1:.0f} {x1:.0f} {y1:.0f}"
    return _path(f"{d} L{WIDTH} {HEIGHT} Z", fill)


def _tree(x: float, y: float, size: float, p: tuple[str, ...], leaf: str) -> Shapes:
    return [
        _rect(x - size * 0.06, y - size * 0.6, size * 0.12, size * 0.6, p[4]),
        _circle(x, y - size, size * 0.42, leaf), _circle(x - size * 0.26, y - size * 0.74, size * 0.3, leaf),
        _circle(x + size * 0.26, y - size * 0.76, size * 0.3, leaf),
    ]  # fmt: skip


def _house(
    x: float, base: float, w: float, h: float, wall: str, p: tuple[str, ...], random: Random, roof: str
) -> Shapes:
    shapes = [_rect(x, base - h, w, h, wall)]
    if roof == "gable":
        shapes.append(
            _path(
                f"M{x - 8:.0f} {base - h:.0f} L{x + w / 2:.0f} {base - h - w * 0.42:.0f} L{x + w + 8:.0f} {base - h:.0f} Z",
                p[6],
            )
        )
    elif roof == "dome":
        shapes.append(
            _path(
                f"M{x + w * 0.15:.0f} {base - h:.0f} A{w * 0.35:.0f} {w * 0.35:.0f} 0 0 1 {x + w * 0.85:.0f} {base - h:.0f} Z",
                p[6],
            )
        )
    else:
        shapes.append(_rect(x - 6, base - h - 12, w + 12, 14, p[4], 3))
    columns, rows = max(int(w // 58), 2), max(int(h // 92), 2)
    for column in range(columns):
        for row in range(rows):
            wx = x + w * (column + 0.5) / columns - 14
            wy = base - h + 24 + row * (h - 90) / rows
            lit = random.random() < 0.3
            shapes.append(
                _rect(wx, wy, 28, 44, p[5] if lit else p[4], 14 if roof == "dome" else 3, 0.95 if lit else 0.55)
            )
    shapes.append(_rect(x + w / 2 - 20, base - 66, 40, 66, p[4], 18))
    return shapes


def _street(random: Random, p: tuple[str, ...], roof: str, base: float) -> Shapes:
    shapes: Shapes = []
    x = float(random.randint(-60, 0))
    walls = (p[2], p[3], p[5], p[1])
    turn = 0
    while x < WIDTH:
        w, h = random.randint(150, 230), random.randint(240, 430)
        shapes += _house(x, base, w, h, walls[turn % len(walls)], p, random, roof)
        x, turn = x + w + random.choice((0, 4, 14)), turn + 1
    return shapes


def _city(random: Random, p: tuple[str, ...]) -> Shapes:
    shapes = _sky(p, random)
    for _ in range(14):
        w, h = random.randint(60, 130), random.randint(180, 420)
        shapes.append(_rect(random.randint(-30, 1150), 620 - h, w, h, p[2], 2, 0.55))
    shapes += _street(random, p, random.choice(("gable", "flat", "gable")), 690)
    shapes += [_rect(0, 690, WIDTH, 110, p[4]), _rect(0, 690, WIDTH, 8, p[5], 0, 0.5)]
    for x in range(random.randint(60, 160), WIDTH, random.randint(230, 320)):
        shapes += _tree(x, 722, 120, p, p[3])
    return shapes


def _coast(random: Random, p: tuple[str, ...]) -> Shapes:
    shapes = _sky(p, random)
    shapes += [_ridge(random, 430, 130, p[2], 6), _rect(0, 430, WIDTH, 370, p[3])]
    for i in range(9):
        y = 450 + i * 24
        shapes.append(_rect(random.randint(0, 900), y, random.randint(90, 330), 5, p[5], 3, 0.35))
    for _ in range(2):
        x, y = random.randint(240, 900), random.randint(470, 540)
        shapes += [_path(f"M{x} {y} l110 0 l-24 30 l-62 0 Z", p[4]), _path(f"M{x + 54} {y - 8} l0 -104 l56 96 Z", p[5])]
        shapes.append(_path(f"M{x + 46} {y - 8} l0 -88 l-42 80 Z", p[6]))
    shapes += _house(70, 740, 210, 250, p[5], p, random, "flat")
    shapes += _house(284, 740, 170, 200, p[1], p, random, "gable")
    shapes += [_path("M0 740 C300 690 700 780 1200 720 L1200 800 L0 800 Z", p[4])]
    return shapes


def _hills(random: Random, p: tuple[str, ...]) -> Shapes:
    shapes = _sky(p, random)
    peak = random.randint(380, 800)
    shapes += [
        _path(f"M{peak - 420} 560 L{peak} 150 L{peak + 420} 560 Z", p[2]),
        _path(f"M{peak - 92} 240 L{peak} 150 L{peak + 92} 240 L{peak + 40} 226 L{peak} 262 L{peak - 44} 224 Z", p[5]),
        _ridge(random, 540, 150, p[3]), _ridge(random, 660, 130, p[4], 5),
    ]  # fmt: skip
    x = random.randint(160, 760)
    shapes += _house(x, 690, 230, 150, p[5], p, random, "gable")
    for _ in range(9):
        tx, ty, size = random.randint(0, WIDTH), random.randint(640, 760), random.randint(70, 130)
        shapes.append(
            _path(f"M{tx} {ty - size * 1.6:.0f} l{size * 0.4:.0f} {size * 1.6:.0f} l-{size * 0.8:.0f} 0 Z", p[3])
        )
    return shapes


def _desert(random: Random, p: tuple[str, ...]) -> Shapes:
    shapes = _sky(p, random)
    shapes += [_ridge(random, 520, 120, p[2], 5)]
    shapes += _street(random, p, "dome", 700)
    shapes += [_rect(0, 700, WIDTH, 100, p[3])]
    for x in (random.randint(40, 240), random.randint(900, 1140)):
        shapes.append(
            _path(
                f"M{x} 740 C{x - 12} 620 {x + 16} 540 {x + 4} 470 l16 0 C{x + 32} 560 {x + 10} 640 {x + 22} 740 Z", p[4]
            )
        )
        for dx, dy in ((-120, 30), (-90, -40), (0, -80), (90, -40), (130, 34)):
            shapes.append(
                _path(
                    f"M{x + 12} 474 Q{x + 12 + dx * 0.6:.0f} {474 + dy - 40:.0f} {x + 12 + dx} {474 + dy} Q{x + 12 + dx * 0.5:.0f} {474 + dy:.0f} {x + 12} 486 Z",
                    p[4],
                )
            )
    return shapes


def _room(p: tuple[str, ...], random: Random) -> Shapes:
    wall, floor = p[1], p[2]
    shapes = [_rect(0, 0, WIDTH, 590, wall), _rect(0, 590, WIDTH, 210, floor), _rect(0, 582, WIDTH, 12, p[5])]
    x = random.choice((110, 800))
    shapes += [_rect(x - 14, 86, 318, 358, p[5], 6), _rect(x, 100, 290, 330, p[0], 4)]
    shapes += [
        _circle(x + 200, 190, 44, p[5], 0.9),
        _path(f"M{x} 430 L{x} 350 Q{x + 90} 290 {x + 170} 350 T{x + 290} 330 L{x + 290} 430 Z", p[3]),
    ]
    shapes += [_rect(x + 140, 100, 10, 330, p[5]), _rect(x, 258, 290, 10, p[5])]
    shapes += [
        _path(f"M{x - 60} 70 h70 q14 200 -26 400 h-54 Z", p[6], 0.85),
        _path(f"M{x + 350} 70 h-70 q-14 200 26 400 h54 Z", p[6], 0.85),
    ]
    return shapes


def _frame(x: float, y: float, random: Random, p: tuple[str, ...]) -> Shapes:
    return [
        _rect(x, y, 120, 150, p[4], 3), _rect(x + 9, y + 9, 102, 132, p[5]),
        _circle(x + 60, y + 62, random.randint(20, 34), p[6]), _rect(x + 26, y + 106, 68, 10, p[3], 5),
    ]  # fmt: skip


def _lamp(x: float, y: float, p: tuple[str, ...]) -> Shapes:
    return [
        _circle(x, y, 130, p[5], 0.25),
        _path(f"M{x - 44} {y + 36} L{x - 26} {y - 34} h52 L{x + 44} {y + 36} Z", p[5]),
        _rect(x - 4, y + 36, 8, 90, p[4]),
    ]


def _plant(x: float, y: float, p: tuple[str, ...]) -> Shapes:
    leaves = [
        _path(
            f"M{x} {y} Q{x + dx * 0.2:.0f} {y + dy * 0.9:.0f} {x + dx} {y + dy} Q{x + dx * 0.9:.0f} {y + dy * 0.2:.0f} {x} {y} Z",
            p[3],
        )
        for dx, dy in ((-90, -120), (-44, -180), (10, -200), (60, -160), (96, -96))
    ]
    return [*leaves, _path(f"M{x - 44} {y - 4} h88 l-14 90 h-60 Z", p[6])]


def _bedroom(random: Random, p: tuple[str, ...]) -> Shapes:
    shapes = _room(p, random)
    x = 430 if random.random() < 0.5 else 360
    shapes += _frame(x + 60, 130, random, p) + _frame(x + 230, 150, random, p)
    shapes += [
        _rect(x - 20, 360, 480, 200, p[4], 26),
        _rect(x, 470, 440, 200, p[5], 18),
        _rect(x + 24, 430, 170, 80, p[1], 22),
    ]
    shapes += [
        _rect(x + 246, 430, 170, 80, p[1], 22),
        _rect(x - 6, 540, 452, 150, p[6], 16),
        _rect(x - 6, 540, 452, 34, p[2], 10),
    ]
    shapes += [
        _rect(x - 150, 540, 110, 120, p[4], 6),
        *_lamp(x - 95, 420, p),
        _rect(x + 20, 690, 24, 30, p[4]),
        _rect(x + 396, 690, 24, 30, p[4]),
    ]
    return [*shapes, *_plant(1090 if x > 400 else 1020, 640, p)]


def _living(random: Random, p: tuple[str, ...]) -> Shapes:
    shapes = _room(p, random)
    x = 380
    shapes += _frame(x + 120, 140, random, p) + _frame(x + 270, 120, random, p)
    shapes += [_path("M240 760 Q600 690 980 760 Q600 800 240 760 Z", p[5], 0.8)]
    shapes += [
        _rect(x, 430, 460, 170, p[6], 30),
        _rect(x - 40, 480, 90, 170, p[6], 30),
        _rect(x + 410, 480, 90, 170, p[6], 30),
    ]
    shapes += [
        _rect(x + 40, 540, 190, 70, p[3], 16),
        _rect(x + 234, 540, 190, 70, p[3], 16),
        _rect(x + 70, 470, 90, 84, p[5], 14),
        _rect(x + 300, 470, 90, 84, p[2], 14),
    ]
    shapes += [
        _rect(x + 90, 690, 280, 18, p[4], 8),
        _rect(x + 120, 706, 14, 60, p[4]),
        _rect(x + 326, 706, 14, 60, p[4]),
        _rect(x + 190, 660, 70, 30, p[5], 10),
    ]
    return [*shapes, *_lamp(300, 380, p), *_plant(1060, 650, p)]


def _kitchen(random: Random, p: tuple[str, ...]) -> Shapes:
    shapes = [_rect(0, 0, WIDTH, 600, p[1]), _rect(0, 600, WIDTH, 200, p[2])]
    for row in range(5):
        left = (row % 2) * 30 - 30
        shapes += [_rect(column * 60 + left, 250 + row * 34, 56, 30, p[5], 3, 0.7) for column in range(20)]
    shapes += [
        _rect(60, 90, 300, 140, p[3], 6),
        _rect(840, 90, 300, 140, p[3], 6),
        _rect(208, 90, 4, 140, p[1]),
        _rect(988, 90, 4, 140, p[1]),
    ]
    shapes += [_rect(0, 440, WIDTH, 26, p[5]), _rect(0, 466, WIDTH, 180, p[4])]
    shapes += [_rect(x, 482, 180, 150, p[3], 5) for x in range(20, WIDTH, 200)]
    for x in (480, 600, 720):
        shapes += [_rect(x - 2, 0, 4, 120, p[4]), _path(f"M{x - 44} 170 Q{x} 90 {x + 44} 170 Z", p[6])]
    x = random.randint(420, 560)
    shapes += [
        _rect(x, 380, 90, 60, p[6], 10),
        _rect(x + 20, 366, 50, 14, p[4], 6),
        _circle(x + 190, 420, 22, p[6]),
        _circle(x + 226, 424, 18, p[0]),
    ]
    return [*shapes, *_plant(1080, 360, p)]


def _bath(random: Random, p: tuple[str, ...]) -> Shapes:
    shapes = [_rect(0, 0, WIDTH, 620, p[1])]
    shapes += [_rect(c * 100 + 4, r * 100 + 4, 92, 92, p[5], 4, 0.65) for c in range(12) for r in range(6)]
    shapes += [_rect(0, 620, WIDTH, 180, p[3]), _circle(300, 240, 130, p[4]), _circle(300, 240, 116, p[0])]
    shapes += [
        _rect(160, 450, 280, 34, p[5], 14),
        _rect(190, 484, 220, 150, p[2], 8),
        _rect(290, 400, 14, 54, p[4]),
        _rect(290, 400, 54, 12, p[4], 6),
    ]
    shapes += [
        _path("M580 500 H1120 Q1112 690 1000 690 H700 Q588 690 580 500 Z", p[5]),
        _rect(566, 484, 568, 26, p[2], 12),
        _rect(1060, 380, 14, 110, p[4]),
        _rect(1010, 380, 64, 14, p[4], 7),
    ]
    shapes += [
        _rect(700, 690, 30, 34, p[4], 6),
        _rect(960, 690, 30, 34, p[4], 6),
        _rect(640, 220, 150, 16, p[4], 6),
        _path("M660 236 h110 v170 h-110 Z", p[6]),
    ]
    return [*shapes, *_plant(520 + random.randint(-20, 20), 600, p)]


def _work(random: Random, p: tuple[str, ...]) -> Shapes:
    shapes = _room(p, random)
    shapes += [_rect(300, 520, 640, 24, p[4], 6), _rect(330, 544, 18, 190, p[4]), _rect(892, 544, 18, 190, p[4])]
    shapes += [_rect(520, 350, 220, 140, p[4], 10), _rect(532, 362, 196, 112, p[0], 4), _rect(616, 490, 28, 32, p[4])]
    shapes += [
        _rect(360, 470, 60, 50, p[6], 6),
        _rect(372, 452, 44, 20, p[3], 3),
        _rect(790, 496, 90, 12, p[6], 4),
        _rect(796, 484, 80, 12, p[3], 4),
    ]
    shapes += [_path("M560 640 h120 q20 0 20 24 v30 h-160 v-30 q0 -24 20 -24 Z", p[6]), _rect(612, 694, 16, 70, p[4])]
    return [*shapes, *_lamp(860, 400, p), *_plant(1070, 650, p)]


def _salon(random: Random, p: tuple[str, ...]) -> Shapes:
    shapes = [_rect(0, 0, WIDTH, 600, p[1]), _rect(0, 600, WIDTH, 200, p[2])]
    for x in (180, 530, 880):
        shapes += [
            _rect(x, 110, 190, 270, p[4], 95),
            _rect(x + 12, 122, 166, 246, p[0], 83),
            _rect(x - 20, 400, 230, 20, p[5], 6),
        ]
        shapes += [
            _rect(x + 20, 470, 150, 130, p[6], 30),
            _rect(x + 6, 560, 178, 60, p[6], 20),
            _rect(x + 86, 620, 18, 70, p[4]),
            _rect(x + 40, 690, 110, 14, p[4], 7),
        ]
    return [*shapes, *_plant(60 + random.randint(0, 20), 640, p)]


def _clinic(random: Random, p: tuple[str, ...]) -> Shapes:
    shapes = _room(p, random)
    shapes += [
        _rect(360, 500, 460, 60, p[5], 24),
        _rect(360, 548, 460, 30, p[3], 8),
        _rect(400, 578, 20, 120, p[4]),
        _rect(760, 578, 20, 120, p[4]),
        _rect(372, 470, 120, 44, p[6], 18),
    ]
    shapes += [_rect(470, 150, 110, 110, p[5], 16), _rect(512, 170, 26, 70, p[6], 4), _rect(490, 192, 70, 26, p[6], 4)]
    return [*shapes, *_plant(1080, 640, p)]


def _tour(random: Random, p: tuple[str, ...]) -> Shapes:
    shapes = _hills(random, p) if random.random() < 0.5 else _city(random, p)
    for i in range(5):
        x, y = 360 + i * 96 + random.randint(-16, 16), 700 + random.randint(-8, 20)
        shapes += [
            _circle(x, y - 92, 20, p[5]),
            _rect(x - 22, y - 72, 44, 76, (p[6], p[3], p[2])[i % 3], 18),
            _rect(x - 16, y, 12, 44, p[4]),
            _rect(x + 4, y, 12, 44, p[4]),
        ]
    return shapes


_SCENES: dict[str, Callable[[Random, tuple[str, ...]], Shapes]] = {
    "city": _city, "coast": _coast, "hills": _hills, "desert": _desert, "bedroom": _bedroom, "living": _living,
    "kitchen": _kitchen, "bath": _bath, "work": _work, "salon": _salon, "clinic": _clinic, "tour": _tour,
}  # fmt: skip
