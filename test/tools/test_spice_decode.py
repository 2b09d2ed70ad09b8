#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 300
"""bin/spice-decode gives every recorded picture, and errors where it cannot."""
import hashlib
import os
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
VECTORS = "test/vectors"
LARGE = {"lz": ["lz"], "quic": ["quic"], "lz4": ["lz4"], "lz4b": ["lz4"],
         "jpeg": ["jpeg"], "mjpeg0": ["mjpeg"], "mjpeg1": ["mjpeg"]}
TYPES = {"lz": "lz", "lz_plt": "lz", "glz": "glz", "zglz": "zlib-glz",
         "quic": "quic", "lz4": "lz4", "jpeg": "jpeg",
         "jpeg_alpha": "jpeg-alpha"}
bad = []


def result(good, name, why=""):
    """Prints a case's line."""
    if not good:
        print("# " + why)
        bad.append(name)
    print(f"{'ok' if good else 'not ok'} {name}")


def decode(*args):
    """Runs it. Returns its exit status, output and complaint."""
    done = subprocess.run(["bin/spice-decode", *args], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout, done.stderr.decode()


def words(line):
    """key=value words of a text file's line."""
    return dict(w.split("=", 1) for w in line.split() if "=" in w)


def large():
    """The large pictures, raw and as a PPM."""
    runs = {name: (kind[0], [name]) for name, kind in LARGE.items()}
    runs["mjpeg1"] = ("mjpeg", ["mjpeg0", "mjpeg1"])
    for kind, name in (("glz", "glz"), ("zlib-glz", "zglz")):
        for i in range(3):
            runs[f"{name}{i}"] = (kind, [f"{name}{k}" for k in range(i + 1)])
    for name, (kind, files) in sorted(runs.items()):
        with open(f"{VECTORS}/text.{name}.txt", encoding="ascii") as file:
            known = words(file.read())
        args = ["--type", kind, "--size",
                f"{known['width']}x{known['height']}",
                *(f"{VECTORS}/text.{f}" for f in files)]
        status, raw, said = decode("--raw", *args)
        # Ours is the accurate transform with smooth colours, bit for bit.
        want = known.get("out_sha256_islow_fancy", known["out_sha256"])
        good = status == 0 and hashlib.sha256(raw).hexdigest() == want
        status, ppm, _ = decode(*args)
        rgb = bytearray(len(raw) // 4 * 3)
        rgb[0::3], rgb[1::3], rgb[2::3] = raw[2::4], raw[1::4], raw[0::4]
        head = f"P6\n{known['width']} {known['height']}\n255\n".encode()
        good = good and status == 0 and ppm == head + bytes(rgb)
        result(good, f"decode_{name}", said)


def small(folder):
    """The small ones of 32 bits, each with all before it of its window."""
    palette = os.path.join(folder, "palette")
    with open(palette, "wb") as file:
        for i in range(256):
            file.write(struct.pack("<I", (i * 0x0a1b2c + 0x102030 * i * i)
                                   % (1 << 24)))
    before, count, wrong = {}, 0, []
    with open(f"{VECTORS}/small/index.txt", encoding="ascii") as index:
        lines = [words(line) for line in index]
    for known in lines:
        codec = known["codec"]
        args = ["--size", f"{known['width']}x{known['height']}",
                f"{VECTORS}/small/{known['file']}"]
        if codec in ("glz", "zglz"):
            before[codec] = args = before.get(codec, []) + args
        if not known["format"].startswith("32"):
            continue
        if "palette" in known:
            args = ["--palette", palette, *args]
        if "jpeg_size" in known:
            args = ["--jpeg-size", known["jpeg_size"], *args]
        status, raw, said = decode("--raw", "--type", TYPES[codec], *args)
        count += 1
        if status or hashlib.sha256(raw).hexdigest() != known["out_sha256"]:
            wrong.append(f"{known['file']}: {said}")
    result(count > 40 and not wrong, "decode_small", "; ".join(wrong))


def bitmaps(folder):
    """Raw bitmaps: each format's name, strides, both row orders."""
    path, palette = (os.path.join(folder, n) for n in ("bitmap", "colours"))
    with open(palette, "wb") as file:
        file.write(b"".join(bytes((i, 255 - i, i // 2, 0))
                            for i in range(256)))

    def index(i):
        return bytes((i, 255 - i, i // 2, 0))

    cases = {
        "1le": (b"\x05", [index(1), index(0), index(1)]),
        "1be": (b"\xa0", [index(1), index(0), index(1)]),
        "4le": (b"\x21\x03", [index(1), index(2), index(3)]),
        "4be": (b"\x12\x30", [index(1), index(2), index(3)]),
        "8": (b"\x01\x80\xff", [index(1), index(128), index(255)]),
        "16": (struct.pack("<3H", 0x7c00, 0x03e0, 0x001f),
               [b"\0\0\xff\xff", b"\0\xff\0\xff", b"\xff\0\0\xff"]),
        "24": (b"\1\2\3\4\5\6\7\x08\x09",
               [b"\1\2\3\0", b"\4\5\6\0", b"\7\x08\x09\0"]),
        "32": (b"\1\2\3\4" * 3, [b"\1\2\3\0"] * 3),
        "rgba": (b"\1\2\3\4" * 3, [b"\1\2\3\4"] * 3),
        "a8": (b"\x01\x80\xff", [b"\1" * 4, b"\x80" * 4, b"\xff" * 4]),
    }
    wrong = []
    for name, (row, pixels) in cases.items():
        # Two rows, the second one zeros, seven bytes of gap.
        for up in ([], ["--bottom-up"]):
            with open(path, "wb") as file:
                file.write(row + b"\xee" * 7 + bytes(len(row)) + b"\xee" * 7)
            status, raw, said = decode(
                "--type", "bitmap", "--format", name, "--size", "3x2",
                "--raw", *(["--palette", palette] if len(row) < 6
                           and name != "a8" else []), *up, path)
            rows = raw[12:] if up else raw[:12]
            if status or len(raw) != 24 or rows != b"".join(pixels):
                wrong.append(f"{name} {up}: {raw} {said}")
    result(not wrong, "decode_bitmap_formats", "; ".join(wrong))


def errors(folder):
    """What is wrong is said, with the exit status that tells whose fault."""
    size = ["--size", "1920x1080"]
    lz = f"{VECTORS}/text.lz"
    cut = os.path.join(folder, "cut")
    with open(lz, "rb") as file, open(cut, "wb") as out:
        out.write(file.read()[:-1])
    cases = [
        (2, []), (2, ["--type", "png", *size, lz]), (2, ["--type", "lz", lz]),
        (2, ["--type", "lz", "--size", "1920", lz]),
        (2, ["--type", "lz", "--size", "0x5", lz]),
        (2, ["--type", "lz", "--size", "99999x99999", lz]),
        (2, ["--type", "lz", *size]), (2, ["--type", "lz", "--wat", lz]),
        (2, ["--type", "bitmap", *size, "--format", "7", lz]),
        (1, ["--type", "lz", *size, cut]), (1, ["--type", "lz4", *size, lz]),
        (1, ["--type", "lz", "--size", "1920x1081", lz]),
        (1, ["--type", "glz", *size, f"{VECTORS}/text.glz1"]),
        (1, ["--type", "lz", *size, "/nonexistent"]),
        (1, ["--type", "bitmap", "--format", "8", *size, lz]),
        (1, ["--type", "zlib-glz", *size, lz]),
    ]
    wrong = []
    for want, args in cases:
        status, out, said = decode(*args)
        if status != want or out or not said.startswith("spice-decode: "):
            wrong.append(f"{args}: {status} {said}")
    status, out, _ = decode("--help")
    if status or b"--format F" not in out:
        wrong.append("--help")
    result(not wrong, "decode_errors", "; ".join(wrong))


def main():
    """All cases."""
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        large()
        small(folder)
        bitmaps(folder)
        errors(folder)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
