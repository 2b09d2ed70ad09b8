# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Pictures: read PPM and xwd, compare, write PPM and PNG.

A Picture is w * h pixels of three bytes, red first, rows from the top
without padding. Nothing here knows where a picture comes from.
"""
import os
import struct
import time
import zlib

from .child import HarnessError, out_dir, until


class Picture:
    """w, h in pixels; rgb: bytes, 3 * w * h of them."""

    def __init__(self, w, h, rgb):
        if len(rgb) != 3 * w * h:
            raise HarnessError("%dx%d picture of %d bytes" % (w, h, len(rgb)))
        self.w = w
        self.h = h
        self.rgb = bytes(rgb)

    def __eq__(self, other):
        return (self.w, self.h, self.rgb) == (other.w, other.h, other.rgb)

    __hash__ = None

    def pixel(self, x, y):
        """(red, green, blue) at x, y."""
        at = 3 * (y * self.w + x)
        return tuple(self.rgb[at:at + 3])

    def row(self, y):
        return self.rgb[3 * y * self.w:3 * (y + 1) * self.w]

    def crop(self, x, y, w, h):
        """The part of w * h pixels at x, y, which must lie inside."""
        rows = [self.row(y + i)[3 * x:3 * (x + w)] for i in range(h)]
        return Picture(w, h, b"".join(rows))

    def centred_in(self, w, h):
        """What a screen of w * h shows of a picture no larger: black round it.

        The spare pixel of an odd difference is right of and below it.
        """
        left = (w - self.w) // 2
        top = (h - self.h) // 2
        lead = bytes(3 * left)
        tail = bytes(3 * (w - self.w - left))
        rows = [lead + self.row(y) + tail for y in range(self.h)]
        black = bytes(3 * w)
        return Picture(w, h, black * top + b"".join(rows) +
                       black * (h - self.h - top))

    def with_cursor(self, cursor):
        """The picture with a pointer laid over it.

        cursor: what Xspice.cursor() gives: premultiplied ARGB, a hot spot and
        the position of that hot spot.
        """
        rgb = bytearray(self.rgb)
        left = cursor.x - cursor.xhot
        top = cursor.y - cursor.yhot
        for row in range(max(0, -top), min(cursor.h, self.h - top)):
            for col in range(max(0, -left), min(cursor.w, self.w - left)):
                argb = cursor.argb[row * cursor.w + col]
                keep = 255 - (argb >> 24)
                at = 3 * ((top + row) * self.w + left + col)
                for i, shift in enumerate((16, 8, 0)):
                    under = (rgb[at + i] * keep + 127) // 255
                    rgb[at + i] = min(255, (argb >> shift & 255) + under)
        return Picture(self.w, self.h, rgb)

    def colours(self):
        """How many different colours, up to 256: tells a blank screen."""
        seen = set()
        for at in range(0, len(self.rgb), 3):
            seen.add(self.rgb[at:at + 3])
            if len(seen) >= 256:
                break
        return len(seen)

    @staticmethod
    def from_ppm(data):
        """Parse a binary PPM (P6, 255 levels)."""
        fields = []
        at = 0
        while len(fields) < 4:
            while data[at:at + 1].isspace():
                at += 1
            if data[at:at + 1] == b"#":
                at = data.index(b"\n", at)
                continue
            end = at
            while end < len(data) and not data[end:end + 1].isspace():
                end += 1
            if end == at:
                raise HarnessError("PPM header is cut off")
            fields.append(data[at:end])
            at = end
        if fields[0] != b"P6" or fields[3] != b"255":
            raise HarnessError("not a binary PPM: %r" % fields)
        w, h = int(fields[1]), int(fields[2])
        return Picture(w, h, data[at + 1:at + 1 + 3 * w * h])

    @staticmethod
    def read(path):
        with open(path, "rb") as f:
            return Picture.from_ppm(f.read())

    @staticmethod
    def from_xwd(data):
        """Parse what `xwd` writes of a true-colour window of depth 24.

        The header (X11/XWDFile.h) is 25 words, big endian, then a name and a
        colour map. Only 32 bits a pixel, least byte first, is understood.
        """
        head = struct.unpack(">25I", data[:100])
        header_size, version, form, depth, w, h = head[:6]
        byte_order, bits, line, colours = head[7], head[11], head[12], head[19]
        masks = head[14:17]
        if (version, form, byte_order, bits) != (7, 2, 0, 32) or depth != 24 \
                or masks != (0xff0000, 0xff00, 0xff):
            raise HarnessError("this xwd is of a kind not handled: %r"
                               % (head,))
        at = header_size + 12 * colours
        if line == 4 * w:
            bgrx = data[at:at + 4 * w * h]
        else:
            bgrx = b"".join(data[at + line * y:at + line * y + 4 * w]
                            for y in range(h))
        return Picture.from_bgrx(w, h, bgrx)

    @staticmethod
    def from_bgrx(w, h, bgrx):
        rgb = bytearray(3 * w * h)
        rgb[0::3] = bgrx[2::4]
        rgb[1::3] = bgrx[1::4]
        rgb[2::3] = bgrx[0::4]
        return Picture(w, h, rgb)

    def save_ppm(self, path):
        with open(path, "wb") as f:
            f.write(b"P6\n%d %d\n255\n" % (self.w, self.h) + self.rgb)

    def save_png(self, path):
        """Write a PNG (filter 0, zlib)."""
        def chunk(kind, body):
            body = kind + body
            return (struct.pack(">I", len(body) - 4) + body +
                    struct.pack(">I", zlib.crc32(body)))
        rows = b"".join(b"\0" + self.row(y) for y in range(self.h))
        header = struct.pack(">IIBBBBB", self.w, self.h, 8, 2, 0, 0, 0)
        with open(path, "wb") as f:
            f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
                    chunk(b"IDAT", zlib.compress(rows, 6)) +
                    chunk(b"IEND", b""))


class Difference:
    """Where two pictures differ; its text says it in a line or two."""

    def __init__(self, text, pixels=0, box=None, saved=()):
        self.text = text
        self.pixels = pixels
        self.box = box
        self.saved = saved

    def __str__(self):
        return self.text + "".join("\nsaved %s" % s for s in self.saved)


def _changed(a, b):
    """Per row of two equal sized pictures: a byte a pixel, 0 where equal."""
    blank = bytes(a.w)
    for y in range(a.h):
        one, two = a.row(y), b.row(y)
        if one == two:
            yield blank
            continue
        bits = 0
        for i in range(3):
            bits |= (int.from_bytes(one[i::3], "big") ^
                     int.from_bytes(two[i::3], "big"))
        yield bits.to_bytes(a.w, "big")


def _save(name, pictures):
    folder = out_dir()
    saved = []
    for part, picture in pictures:
        path = os.path.join(folder, "%s-%s.png" % (name, part))
        picture.save_png(path)
        saved.append(os.path.relpath(path, os.path.dirname(
            os.path.dirname(folder))))
    return saved


def compare(have, want, name=None):
    """Compare two pictures, pixel by pixel.

    have: what the client shows; want: the truth; name: file name stem for
    have, want and the difference (differing pixels white) as PNG below
    build/test-out when they differ, None: save nothing.

    Return None when equal, else a Difference.
    """
    if have == want:
        return None
    both = [("have", have), ("want", want)]
    if (have.w, have.h) != (want.w, want.h):
        text = "have %dx%d pixels, want %dx%d" % (have.w, have.h,
                                                  want.w, want.h)
        return Difference(text, saved=_save(name, both) if name else ())
    return _difference(have, want, name, both)


def _difference(have, want, name, both):
    count, left, right, rows, first = 0, have.w, 0, [], None
    mask = bytearray()
    for y, row in enumerate(_changed(have, want)):
        n = have.w - row.count(0)
        if n:
            x = have.w - len(row.lstrip(b"\0"))
            first = first or (x, y)
            left = min(left, x)
            right = max(right, len(row.rstrip(b"\0")) - 1)
            rows.append(y)
            count += n
        mask += row
    box = (left, rows[0], right - left + 1, rows[-1] - rows[0] + 1)
    text = "%d of %d pixels differ, in %dx%d+%d+%d; the first at %d,%d: " \
        "have %02x%02x%02x, want %02x%02x%02x" % (
            (count, have.w * have.h, box[2], box[3], box[0], box[1]) + first +
            have.pixel(*first) + want.pixel(*first))
    saved = ()
    if name:
        white = bytes([0] + [255] * 255)
        grey = bytes(mask).translate(white)
        rgb = bytearray(3 * len(grey))
        rgb[0::3] = rgb[1::3] = rgb[2::3] = grey
        saved = _save(name, both + [("diff", Picture(have.w, have.h, rgb))])
    return Difference(text, count, box, saved)


def wait_same(have, want, timeout, name=None, step=0.25):
    """Compare what two functions give until it is equal.

    have, want: functions without argument that return a Picture.
    Return None once equal, or the last Difference after timeout seconds.
    """
    end = until(timeout)
    while True:
        late = time.monotonic() > end
        a, b = have(), want()
        if a == b:
            return None
        if late:
            return compare(a, b, name)
        time.sleep(step)
