#!/usr/bin/env python3
"""Rebuilds the font files of this folder from their published sources.

    pip install fonttools brotli
    python3 build.py INTER_UI PHOSPHOR DEJAVU

INTER_UI is the unpacked npm package `inter-ui`, PHOSPHOR the unpacked npm package
`@phosphor-icons/web`, DEJAVU the file `DejaVuSans.ttf`. README.md names the versions.
"""
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent

# Latin, IPA, Greek, Cyrillic, combining accents, punctuation, super- and subscripts,
# currency, letter-like, number forms, arrows, operators, geometric shapes.
INTER_RANGES = [
    (0x0020, 0x024F), (0x0250, 0x02FF), (0x0300, 0x036F), (0x0370, 0x03FF), (0x0400, 0x052F),
    (0x1D00, 0x1D7F), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x20CF), (0x2100, 0x218F),
    (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2300, 0x23FF), (0x25A0, 0x25FF), (0x2605, 0x2606),
    (0x2713, 0x2717), (0x2C60, 0x2C7F), (0x27E8, 0x27EB), (0xFB01, 0xFB02), (0xFFFD, 0xFFFD),
]

# The fallback draws what formulas need and Inter lacks.
SYMBOL_RANGES = [
    (0x0250, 0x036F), (0x1D2C, 0x1D6A), (0x2010, 0x206F), (0x2070, 0x209C), (0x20D0, 0x20DF),
    (0x2100, 0x218F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2300, 0x23FF), (0x2500, 0x25FF),
    (0x2600, 0x2606), (0x2610, 0x2612), (0x2660, 0x2667), (0x2713, 0x2718), (0x2C60, 0x2C7F), (0x27C0, 0x27FF),
    (0x2900, 0x297F), (0x29C0, 0x29FF), (0x2A00, 0x2A7F), (0x1D538, 0x1D56B), (0xFFFD, 0xFFFD),
]


def cut(font, ranges, features, hinting):
    """Keeps only the characters of `ranges` and the layout features named."""
    options = subset.Options()
    options.layout_features = features
    options.hinting = hinting
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += ["DSIG", "FFTM", "MATH"]
    subsetter = subset.Subsetter(options)
    present = font.getBestCmap()
    subsetter.populate(unicodes=[c for a, b in ranges for c in range(a, b + 1) if c in present])
    subsetter.subset(font)


def bake_tabular_digits(font):
    """Maps the digits to their equal-width forms, which Inter keeps behind the feature `tnum`.

    egui offers no OpenType features, and figures that change must not make the text jump.
    """
    for table in font["cmap"].tables:
        for code in range(ord("0"), ord("9") + 1):
            if code in table.cmap and f"{table.cmap[code]}.tf" in font.getReverseGlyphMap():
                table.cmap[code] = f"{table.cmap[code]}.tf"
    widths = {font["hmtx"][font.getBestCmap()[code]][0] for code in range(ord("0"), ord("9") + 1)}
    assert len(widths) == 1, f"digits still differ in width: {widths}"


def save(font, name):
    font.flavor = None
    path = HERE / name
    font.save(path)
    print(f"{name}: {path.stat().st_size // 1024} kB, {len(font.getBestCmap())} characters")


def main(inter_ui, phosphor, dejavu):
    for weight in ["Regular", "SemiBold"]:
        font = TTFont(Path(inter_ui) / "web" / f"Inter-{weight}.woff2")
        bake_tabular_digits(font)
        cut(font, INTER_RANGES, ["kern", "mark", "mkmk", "ccmp", "locl"], hinting=True)
        save(font, f"Inter-{weight}.ttf")

    font = TTFont(Path(phosphor) / "src" / "regular" / "Phosphor.ttf")
    cut(font, [(0xE000, 0xF8FF)], [], hinting=True)
    save(font, "Phosphor.ttf")

    font = TTFont(dejavu)
    cut(font, SYMBOL_RANGES, ["mark", "mkmk", "ccmp"], hinting=False)
    save(font, "DejaVuSans-Symbols.ttf")


if __name__ == "__main__":
    main(*sys.argv[1:])
