"""Pictures for the demo content, drawn by code: neighbourhoods, gatherings, portraits and logotypes.

Everything is drawn at twice the size and scaled down, which smooths the edges. The same seed gives the same picture.
"""

import io
import math
import random

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]

PAPER: Colour = (251, 248, 243)
INK: Colour = (28, 36, 48)
PINE: Colour = (31, 92, 77)
FALU: Colour = (156, 47, 39)
SUN: Colour = (240, 180, 41)
SKY: Colour = (44, 107, 152)
BRICKS: list[Colour] = [(178, 84, 62), (201, 130, 88), (222, 188, 140), (158, 66, 52), (214, 202, 184), (120, 142, 150)]
CLOTHES: list[Colour] = [PINE, FALU, SUN, SKY, (116, 84, 120), (72, 120, 104), (206, 122, 66)]
SKIN: list[Colour] = [(244, 208, 178), (224, 172, 132), (190, 132, 94), (142, 94, 66), (98, 64, 46)]
HAIR: list[Colour] = [(44, 34, 30), (92, 62, 42), (150, 106, 60), (204, 168, 104), (120, 118, 120)]
SKIES: list[tuple[Colour, Colour]] = [
    ((173, 207, 226), (250, 240, 222)),
    ((246, 205, 160), (252, 240, 220)),
    ((150, 188, 204), (228, 238, 232)),
    ((204, 216, 226), (250, 246, 238)),
]


def blend(one: Colour, other: Colour, share: float) -> Colour:
    """The colour `share` (0–1) of the way from `one` to `other`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def neighbourhood(seed: int, size: tuple[int, int] = (1600, 1000)) -> bytes:
    """A housing area in daylight, as JPEG bytes."""
    dice = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    width, height = size[0] * 2, size[1] * 2
    image, draw = _sky(dice, width, height)
    horizon = int(height * 0.72)
    _hills(draw, dice, width, horizon)
    x = -dice.randint(0, width // 8)
    while x < width:
        house_width = dice.randint(width // 9, width // 5)
        floors = dice.randint(3, 7)
        _house(draw, dice, x, horizon, house_width, floors, height // 15)
        x += house_width + dice.randint(-width // 60, width // 18)
    ground = blend(PINE, (196, 206, 160), 0.55)
    draw.rectangle([0, horizon, width, height], fill=ground)
    draw.polygon(
        [(width * 0.36, height), (width * 0.66, height), (width * 0.54, horizon), (width * 0.5, horizon)],
        fill=(226, 214, 192),
    )
    for _ in range(dice.randint(5, 8)):
        _tree(
            draw,
            dice,
            dice.randint(0, width),
            horizon + dice.randint(0, height // 12),
            dice.randint(height // 10, height // 6),
        )
    people = sorted(
        (horizon + dice.randint(height // 14, height // 5), dice.randint(width // 12, width - width // 12))
        for _ in range(dice.randint(3, 7))
    )
    for foot, middle in people:
        _person(draw, dice, middle, foot, (foot - horizon) // 2 + height // 9)
    return _jpeg(image)


def gathering(seed: int, size: tuple[int, int] = (1600, 1000)) -> bytes:
    """People around a table, as JPEG bytes."""
    dice = random.Random(seed)  # noqa: S311
    width, height = size[0] * 2, size[1] * 2
    wall = dice.choice([(236, 224, 200), (206, 220, 214), (232, 208, 190), (214, 222, 230)])
    image = Image.new("RGB", (width, height), wall)
    draw = ImageDraw.Draw(image)
    for number in range(3):
        left = int(width * (0.08 + number * 0.31))
        _window(draw, dice, left, int(height * 0.1), int(width * 0.22), int(height * 0.34))
    draw.rectangle([0, height * 0.8, width, height], fill=blend(wall, INK, 0.22))
    count = dice.randint(5, 7)
    for number in range(count):
        _person(
            draw,
            dice,
            int(width * (number + 0.8) / (count + 0.6)),
            int(height * 0.82),
            int(height * dice.uniform(0.42, 0.5)),
        )
    draw.rounded_rectangle(
        [width * 0.06, height * 0.68, width * 0.94, height * 0.75], radius=height // 50, fill=(186, 134, 88)
    )
    draw.rectangle([width * 0.12, height * 0.75, width * 0.14, height * 0.96], fill=(140, 98, 62))
    draw.rectangle([width * 0.86, height * 0.75, width * 0.88, height * 0.96], fill=(140, 98, 62))
    for _ in range(dice.randint(5, 8)):
        x = dice.randint(int(width * 0.12), int(width * 0.86))
        draw.rounded_rectangle(
            [x, height * 0.645, x + width // 45, height * 0.685], radius=8, fill=dice.choice([PAPER, FALU, SKY, SUN])
        )
    return _jpeg(image)


def portrait(seed: int, size: tuple[int, int] = (640, 640)) -> bytes:
    """A plainly drawn face that is nobody's, as JPEG bytes."""
    dice = random.Random(seed)  # noqa: S311
    width, height = size[0] * 2, size[1] * 2
    skin, hair = dice.choice(SKIN), dice.choice(HAIR)
    image = Image.new("RGB", (width, height), blend(dice.choice(CLOTHES), PAPER, 0.72))
    draw = ImageDraw.Draw(image)
    draw.ellipse([width * 0.12, height * 0.74, width * 0.88, height * 1.5], fill=dice.choice(CLOTHES))
    long_hair = dice.random() < 0.5
    if long_hair:
        draw.rounded_rectangle([width * 0.25, height * 0.2, width * 0.75, height * 0.82], radius=width // 5, fill=hair)
    draw.rectangle([width * 0.43, height * 0.6, width * 0.57, height * 0.8], fill=blend(skin, INK, 0.12))
    draw.ellipse([width * 0.3, height * 0.22, width * 0.7, height * 0.7], fill=skin)
    draw.pieslice([width * 0.285, height * 0.16, width * 0.715, height * 0.62], 180, 360, fill=hair)
    draw.ellipse([width * 0.3, height * 0.34, width * 0.7, height * 0.5], fill=skin)
    for eye in (0.42, 0.58):
        draw.ellipse([width * eye - 14, height * 0.455, width * eye + 14, height * 0.455 + 30], fill=INK)
    draw.arc([width * 0.43, height * 0.5, width * 0.57, height * 0.61], 20, 160, fill=blend(skin, FALU, 0.7), width=12)
    return _jpeg(image)


def logotype(name: str, seed: int, size: tuple[int, int] = (400, 200)) -> bytes:
    """A geometric mark for a demo company, as PNG bytes."""
    dice = random.Random(seed)  # noqa: S311
    width, height = size[0] * 2, size[1] * 2
    image = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(image)
    first, second = dice.sample([PINE, FALU, SKY, SUN], 2)
    middle, radius = height // 2, int(height * 0.34)
    left = width // 2 - radius
    shape = dice.randrange(4)
    if shape == 0:
        draw.ellipse([left, middle - radius, left + 2 * radius, middle + radius], fill=first)
        draw.pieslice([left, middle - radius, left + 2 * radius, middle + radius], -90, 90, fill=second)
    elif shape == 1:
        for number in range(3):
            top = middle - radius + number * radius * 2 // 3
            draw.rounded_rectangle(
                [left + number * radius // 4, top, left + 2 * radius, top + radius // 2],
                radius=radius // 6,
                fill=first if number % 2 else second,
            )
    elif shape == 2:
        draw.polygon(
            [(left, middle + radius), (left + radius, middle - radius), (left + 2 * radius, middle + radius)],
            fill=first,
        )
        draw.rectangle([left + radius * 0.7, middle + radius * 0.2, left + radius * 1.3, middle + radius], fill=second)
    else:
        for number in range(len(name) % 3 + 4):
            angle = number * math.tau / (len(name) % 3 + 4)
            x, y = left + radius + math.cos(angle) * radius * 0.62, middle + math.sin(angle) * radius * 0.62
            draw.ellipse(
                [x - radius * 0.3, y - radius * 0.3, x + radius * 0.3, y + radius * 0.3],
                fill=first if number % 2 else second,
            )
    result = io.BytesIO()
    image.reduce(2).save(result, "PNG", optimize=True)
    return result.getvalue()


def _sky(dice: random.Random, width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    top, bottom = dice.choice(SKIES)
    strip = Image.new("RGB", (1, 256))
    for row in range(256):
        strip.putpixel((0, row), blend(top, bottom, row / 255))
    image = strip.resize((width, height), Image.Resampling.BILINEAR)
    draw = ImageDraw.Draw(image)
    x, y, radius = dice.randint(width // 8, width - width // 8), dice.randint(height // 9, height // 4), height // 14
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=blend(SUN, PAPER, 0.45))
    return image, draw


def _hills(draw: ImageDraw.ImageDraw, dice: random.Random, width: int, horizon: int) -> None:
    for layer in range(2):
        colour = blend(PINE, (214, 224, 220), 0.72 - layer * 0.2)
        phase, swing = dice.uniform(0, 6), horizon * (0.05 + 0.02 * layer)
        points = [
            (x, horizon * (0.74 + 0.1 * layer) - math.sin(x / width * 7 + phase) * swing)
            for x in range(0, width + 40, 40)
        ]
        draw.polygon([(0, horizon), *points, (width, horizon)], fill=colour)


def _house(
    draw: ImageDraw.ImageDraw, dice: random.Random, left: int, ground: int, width: int, floors: int, storey: int
) -> None:
    colour = dice.choice(BRICKS)
    top = ground - floors * storey - storey // 3
    draw.rectangle([left, top, left + width, ground], fill=colour)
    draw.rectangle([left - 10, top - storey // 6, left + width + 10, top + storey // 12], fill=blend(colour, INK, 0.45))
    columns = max(3, width // (storey + 10))
    step = width / columns
    for floor in range(floors):
        for column in range(columns):
            x, y = left + column * step + step * 0.24, top + storey * 0.3 + floor * storey
            lit = dice.random() < 0.22
            pane = blend(SUN, PAPER, 0.35) if lit else blend(SKY, INK, 0.35)
            if floor == floors - 1 and column == columns // 2:
                draw.rectangle([x, y, x + step * 0.52, ground], fill=blend(FALU, INK, 0.3))
                continue
            draw.rectangle([x - 5, y - 5, x + step * 0.52 + 5, y + storey * 0.56 + 5], fill=blend(colour, PAPER, 0.7))
            draw.rectangle([x, y, x + step * 0.52, y + storey * 0.56], fill=pane)
            if dice.random() < 0.18:
                draw.rectangle(
                    [x - 12, y + storey * 0.42, x + step * 0.52 + 12, y + storey * 0.7], fill=blend(colour, PAPER, 0.45)
                )


def _tree(draw: ImageDraw.ImageDraw, dice: random.Random, x: int, ground: int, size: int) -> None:
    draw.rectangle([x - size // 18, ground - size // 2, x + size // 18, ground], fill=(104, 78, 58))
    colour = blend(PINE, SUN, dice.uniform(0, 0.35))
    if dice.random() < 0.4:
        for number in range(3):
            half, top = size * (0.18 + 0.08 * number), ground - size * (1.15 - 0.28 * number)
            draw.polygon(
                [(x, top), (x - half, top + size * 0.42), (x + half, top + size * 0.42)], fill=blend(colour, INK, 0.15)
            )
        return
    for dx, dy, radius in ((0, -0.85, 0.32), (-0.24, -0.62, 0.26), (0.24, -0.62, 0.26), (0, -0.55, 0.3)):
        centre_x, centre_y = x + dx * size, ground + dy * size
        draw.ellipse(
            [centre_x - radius * size, centre_y - radius * size, centre_x + radius * size, centre_y + radius * size],
            fill=colour,
        )


def _person(draw: ImageDraw.ImageDraw, dice: random.Random, x: int, foot: int, size: int) -> None:
    skin, hair, shirt, legs = (
        dice.choice(SKIN),
        dice.choice(HAIR),
        dice.choice(CLOTHES),
        blend(INK, dice.choice(CLOTHES), 0.3),
    )
    head, shoulder = size * 0.11, size * 0.15
    draw.rounded_rectangle(
        [x - shoulder * 0.75, foot - size * 0.45, x - shoulder * 0.08, foot], radius=int(size * 0.04), fill=legs
    )
    draw.rounded_rectangle(
        [x + shoulder * 0.08, foot - size * 0.45, x + shoulder * 0.75, foot], radius=int(size * 0.04), fill=legs
    )
    draw.rounded_rectangle(
        [x - shoulder, foot - size * 0.78, x + shoulder, foot - size * 0.36], radius=int(size * 0.09), fill=shirt
    )
    draw.ellipse([x - head, foot - size * 1.01, x + head, foot - size * 0.77], fill=skin)
    draw.pieslice([x - head * 1.08, foot - size * 1.04, x + head * 1.08, foot - size * 0.8], 180, 360, fill=hair)


def _window(draw: ImageDraw.ImageDraw, dice: random.Random, left: int, top: int, width: int, height: int) -> None:
    draw.rectangle([left - 14, top - 14, left + width + 14, top + height + 14], fill=PAPER)
    draw.rectangle([left, top, left + width, top + height], fill=dice.choice(SKIES)[0])
    for _ in range(3):
        _tree(
            draw,
            dice,
            left + dice.randint(width // 6, width - width // 6),
            top + height,
            dice.randint(height // 3, height // 2),
        )
    draw.rectangle([left + width // 2 - 7, top, left + width // 2 + 7, top + height], fill=PAPER)
    draw.rectangle([left - 14, top + height, left + width + 14, top + height + 26], fill=PAPER)


def _jpeg(image: Image.Image) -> bytes:
    result = io.BytesIO()
    image.reduce(2).save(result, "JPEG", quality=86, optimize=True)
    return result.getvalue()
