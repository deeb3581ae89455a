#!/usr/bin/env python3
"""What the compiler made of the inner loops that multiply matrices.

Lists every innermost loop of a program (x86-64, read by `objdump`) with at least so many vector
multiply-adds: how many there are in a turn, in vectors of how many bits, of how many instructions
in all, and how many of these go to the stack. A loop that keeps its sums in registers goes there
a few times at most. Loops that are alike are listed once, with their number: more than one means
that the same source was compiled more than once.

    python3 benches/loops.py target/release/netsmith 40
"""

import collections
import re
import subprocess
import sys

FUNCTION = re.compile(r"([0-9a-f]+) <.*>:")
INSTRUCTION = re.compile(r"\s*([0-9a-f]+):\s+(.*)")
JUMP = re.compile(r"j\w+\s+([0-9a-f]+)")
LONGEST = 400


def functions(program):
    """The instructions of each function, as addresses and texts."""
    command = ["objdump", "-d", "--no-show-raw-insn", program]
    instructions = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listing:
        for line in listing.stdout:
            if FUNCTION.match(line):
                yield instructions
                instructions = []
            elif found := INSTRUCTION.match(line):
                instructions.append((int(found[1], 16), found[2]))
    yield instructions


def loops(instructions):
    """Every innermost loop: what lies between a jump back and where it goes."""
    place = {address: index for index, (address, _) in enumerate(instructions)}
    jumps = [
        (index, place[int(found[1], 16)])
        for index, (_, text) in enumerate(instructions)
        if (found := JUMP.match(text)) and int(found[1], 16) in place
    ]
    back = [(begin, end) for end, begin in jumps if begin < end <= begin + LONGEST]
    for begin, end in back:
        if not any(begin <= b and e <= end and (b, e) != (begin, end) for b, e in back):
            yield [text for _, text in instructions[begin : end + 1]]


def main():
    program, least = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 40
    found = collections.Counter()
    for instructions in functions(program):
        if not any("vfmadd" in text for _, text in instructions):
            continue
        for loop in loops(instructions):
            additions = [text for text in loop if re.match(r"vfmadd\w+ps", text)]
            if len(additions) >= least:
                bits = 512 if "%zmm" in additions[0] else 256 if "%ymm" in additions[0] else 128
                stack = sum("(%rsp" in text for text in loop)
                found[bits, len(additions), len(loop), stack] += 1
    print("bits  multiply-adds  instructions  to the stack  loops")
    for (bits, additions, length, stack), count in sorted(found.items()):
        print(f"{bits:4}  {additions:13}  {length:12}  {stack:12}  {count:5}")


main()
