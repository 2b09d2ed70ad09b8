# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Every way in which a server can fail a client, as rows for the tests: what
the server does (for Scripted), and the sentence that it shall be told by."""
import struct
import time

from . import scripted as s
from .scripted import CURSOR, DISPLAY, INPUTS, MAIN


def says(words):
    """It is no SPICE server: it says its words and waits."""
    def act(link):
        link.hello()
        link.send(words)
        link.wait()
    return act


def silent(link):
    link.wait()


def hangs_up(link):
    link.hello()


def answers(*args, **named):
    """It answers our first words so, and waits."""
    def act(link):
        link.hello()
        link.reply(*args, **named)
        link.wait()
    return act


def half_an_answer(link):
    link.hello()
    link.send(link.answer()[:100])


def stops_in_its_answer(link):
    half_an_answer(link)
    link.wait()


def judges(error):
    """What it says to the ticket."""
    def act(link):
        link.hello()
        link.reply()
        link.ticket()
        link.result(error)
        link.wait()
    return act


def judges_display(error):
    """The same, but only the display's."""
    def act(link):
        if link.hello() == MAIN:
            link.reply()
            link.ticket()
            link.result()
            link.init()
            link.channels(DISPLAY)
            link.wait()
        link.reply()
        link.ticket()
        link.result(error)
        link.wait()
    return act


def silent_to_the_ticket(link):
    link.hello()
    link.reply()
    link.wait()


def main_only(*kinds):
    """It lists these channels; none: it does not even say INIT."""
    def act(link):
        if link.up() == MAIN and kinds:
            link.init()
            link.channels(*kinds)
        link.wait()
    return act


def silent_display(link):
    """Main comes up; the display's link gets no answer."""
    if link.hello() == MAIN:
        link.reply()
        link.ticket()
        link.result()
        link.init()
        link.channels(DISPLAY)
    link.wait()


def on_empty_display(then):
    """The session comes up; instead of a picture the display gets that."""
    def act(link):
        kind = link.up()
        if kind == MAIN:
            link.init()
            link.channels(DISPLAY, INPUTS, CURSOR)
        if kind == DISPLAY:
            then(link)
        link.wait()
    return act


def cut_in_a_message(link):
    link.message(s.SURFACE_CREATE, b"four", size=20)
    raise s.Gone


def cut_in_a_header(link):
    link.send(b"\x3a\x01\x14")
    raise s.Gone


def reset(link):
    link.reset()
    raise s.Gone


def stalls(link):
    link.message(304, b"part of a picture", size=100000)


def longer_than_it_says(link):
    """What is too much is read as the next header."""
    link.message(s.MARK, b"\xff" * 64, size=3)


def outside_of_itself(link):
    """A list whose member is longer than the list."""
    link.message(8, struct.pack("<HIHI", 1, 6, s.MARK, 4000))


def too_short(link):
    link.message(s.SURFACE_CREATE, bytes(19))


def absurd_message(link):
    link.message(304, b"", size=0xfffffff0)


def absurd_surface(link):
    link.surface(1000000, 1000000)


def big_surface(link):
    """132 MB: more than the PC of the tests has."""
    link.surface(7680, 4320)


def big_message(link):
    """130 MB of picture."""
    link.message(304, bytes(64), size=130 << 20)


def bad_picture(link):
    """An image of a type that does not exist."""
    link.surface()
    body = struct.pack("<5IB", 0, 0, 0, 8, 8, 0)   # surface, box, no clip
    at = len(body) + 36
    body += struct.pack("<I4IHB", at, 0, 0, 8, 8, 8, 0) + bytes(13)
    body += struct.pack("<QBBII", 1, 99, 0, 8, 8)
    link.message(304, body)


def waits_for_ever(link):
    """Display waits for the cursor's message 99."""
    time.sleep(0.5)  # until there is a cursor channel
    link.message(s.WAIT_FOR_CHANNELS, struct.pack("<BBBQ", 1, CURSOR, 0, 99))


def falls_silent():
    """A desktop; the list of channels twice, then not a word more."""
    asked = []

    def act(link):
        kind = link.up()
        if kind == MAIN:
            link.init()
            while len(asked) < 2:
                number, size = struct.unpack("<HI", link.recv(6))
                link.recv(size)
                if number == 104:
                    asked.append(number)
                    link.channels(DISPLAY, INPUTS, CURSOR)
        if kind == DISPLAY:
            link.surface()
            link.white()
            link.message(s.MARK)
        link.wait()
    return act


# Name, what the server does, the sentence, after how many seconds at most.
# Those on the first list are known at once.
QUICK = (
    ("not_spice", says(b"220 mail.example ESMTP\r\n"),
     "is not a SPICE server. Check the port"),
    ("http", says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "is a web server"),
    ("ssh", says(b"SSH-2.0-OpenSSH_9.2p1\r\n"), "is an SSH server"),
    ("vnc", says(b"RFB 003.008\n"), "is a VNC server"),
    ("tls_alert", says(b"\x15\x03\x01\x00\x02\x02\x46"), "speaks only TLS"),
    ("hangs_up", hangs_up, "closed it without a word"),
    ("garbage", says(bytes(range(7, 250))), "is not a SPICE server"),
    ("cut_answer", half_an_answer, r"middle of a message \(channel main\)"),
    ("other_version", answers(major=3), "speaks version 3 of SPICE"),
    ("version_refused", answers(s.VERSION),
     "refuses this client's version of SPICE"),
    ("no_mini_header", answers(caps=0x03), "newer server there helps"),
    ("answer_too_long", answers(size=100000), "is not a SPICE server"),
    ("wants_tls", answers(s.NEED_TLS), "wants TLS for channel main"),
    ("wants_plain", answers(s.NEED_PLAIN), "wants channel main without TLS"),
    ("wants_sasl", answers(caps=0x0d), "asks for a user name and a password"),
    ("link_error", answers(s.ERROR), r"refused channel main \(link error 1\)"),
    ("other_client", judges_display(s.BAD_SESSION),
     r"refused channel display \(link error 8\)"),
    ("cut_message", on_empty_display(cut_in_a_message),
     r"middle of a message \(channel display\)"),
    ("cut_header", on_empty_display(cut_in_a_header),
     r"middle of a message \(channel display\)"),
    # QEMU's user network makes a FIN of it.
    ("reset", on_empty_display(reset),
     r"was lost \(channel display\)|closed the session"),
    ("list_outside", on_empty_display(outside_of_itself),
     r"makes no sense \(channel display, message 8\)"),
    ("too_short", on_empty_display(too_short),
     r"makes no sense \(channel display, message 314\)"),
    ("absurd_message", on_empty_display(absurd_message),
     r"makes no sense \(channel display, message 304\)"),
    ("absurd_surface", on_empty_display(absurd_surface),
     r"makes no sense \(channel display, message 314\)"),
    ("longer_than_it_says", on_empty_display(longer_than_it_says),
     r"makes no sense \(channel display, message 65535\)"),
    ("bad_picture", on_empty_display(bad_picture),
     r"cannot be decoded \(message 304\)"),
)

# In 64 MB of memory.
MEMORY = (
    ("big_surface", on_empty_display(big_surface),
     "Too little memory for the screen of .*, which needs 129600 KiB"),
    ("big_message", on_empty_display(big_message),
     r"Too little memory for what .* sends \(channel display\)"),
)

PASSWORD = (
    ("password", judges(s.DENIED), "refused the password: it is wrong"),
    ("password_ran_out", judges_display(s.DENIED),
     "took this password before and refuses it now"),
)

# These need a while to be sure.
SLOW = (
    ("silent", silent, "connection but says nothing", 10),
    ("stops_in_its_answer", stops_in_its_answer,
     "connection but says nothing", 10),
    ("silent_display", silent_display, "connection but says nothing", 10),
    ("silent_to_the_ticket", silent_to_the_ticket,
     "says nothing to the password", 10),
    ("silent_when_let_in", main_only(), "let this PC in but sends nothing", 10),
    ("no_display", main_only(INPUTS), "offers no display", 10),
    ("silent_display_link", main_only(DISPLAY), "sends no picture", 20),
    ("stalls", on_empty_display(stalls),
     r"stopped in the middle of a message \(channel display\)", 20),
    ("waits_for_ever", on_empty_display(waits_for_ever),
     r"makes no sense \(channel display, message 5\)", 20),
)
