#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""First inputs for fuzz_fetch, fuzz_option and fuzz_sasl: answers as servers
give them, among them SASL's proofs, which chance does not find.

    seeds_text.py WHAT FOLDER        writes a file for each
"""
import base64
import hashlib
import hmac
import os
import sys

# ---- fetch ----

RECEIVE, OPEN, CLOSE, PASS, MUCH = range(5)
NO_CONNECTION, LITTLE_ROOM = 1, 2


def step(what, n=0, more=0, body=b""):
    """One record of fuzz_fetch."""
    return bytes((what | more << 3, n)) + body


def came(text, more=0):
    """@text is received, in pieces that a record has room for."""
    data = text if isinstance(text, bytes) else text.encode()
    return b"".join(step(RECEIVE, len(data[i:i + 255]), more, data[i:i + 255])
                    for i in range(0, len(data), 255))


def tftp(kind, number, body=b""):
    """A datagram from port 2."""
    return came(bytes((0, kind, number >> 8, number & 255)) + body, 2)


def fetch_inputs():
    """All of fuzz_fetch."""
    ok = "HTTP/1.1 200 OK\r\n"
    chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
    go = "HTTP/1.1 302 x\r\nLocation: "
    http = [
        "HTTP/1.1 301 x\r\nLocation: /y\r\n\r\n",
        "HTTP/1.1 302 x\r\nLocation: " + 505 * "y" + "\r\n\r\n",
        "HTTP/1.1 302 x\r\nLocation: " + 600 * "y" + "\r\n\r\n",
        go + "/" + 505 * "y" + "\r\n\r\n",
        go + "http://k:81/z\r\n\r\n" + "x",
        go + "https://k/\r\n\r\n",
        "HTTP/1.1 401 x\r\n\r\n", "HTTP/1.1 403 x\r\n\r\n",
        "HTTP/1.1 404 x\r\n\r\n", "HTTP/1.1 500 x\r\n\r\n",
        "HTTP/1.1 100 x\r\n\r\n" + ok + "Content-Length: 1\r\n\r\ny",
        ok + "Content-Length: 0\r\n\r\n", ok + "Content-Length: x\r\n\r\n",
        ok + "Transfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 2\r\n", "HTTP/2\r\n",
        chunked + "3;x\r\nabc\r\n0\r\nX: y\r\n\r\n", chunked + "3\r\nabcd\r\n",
        chunked + "x\r\n", chunked + "ffffff\r\n", ok + "x", ""]
    out = [b"\0http://h/x\0" + step(OPEN) + came(text) + step(CLOSE)
           for text in http]
    out += [
        b"\0http://h/x\0" + step(OPEN) + came(ok + "\r\n") + step(MUCH, 129),
        b"\0http://h/x\0" + step(OPEN) + came(ok) + step(MUCH, 20),
        b"\0http://h/x\0" + step(OPEN) + came(go + "/y\r\n\r\n") * 7,
        b"\0http://h/x\0" + step(OPEN) + step(PASS, 100),
        b"\0http://h/x\0" + (came("x") + step(PASS, 70)) * 5,
        b"\0http://h/x\0" + came(ok) + (came("x") + step(PASS, 70)) * 5,
        b"\2http://u%20:p@[2001:db8::1]:81?q\0" + step(OPEN) + 9 * step(PASS),
        b"\0http://" + 130 * b"u" + b"@h/\0" + step(OPEN),
        b"\0http://%@h/\0" + step(OPEN),
        b"\1http://h/x\0", b"\1tftp://h/x\0", b"\0http://[::1\0",
        b"\0http://h:0\0", b"\0http://h/ \0", b"\0http://h/x\x7f\0",
        b"\0ftp://h/\0", b"\0http://" + 600 * b"h" + b"\0",
        b"\0tftp://h/%\0" + step(OPEN),
        b"\0tftp://h/x%20y\0" + step(OPEN) + tftp(3, 1, bytes(20)),
        b"\0tftp://h/x\0" + step(OPEN) + step(MUCH, 3, 2) + tftp(3, 2)
        + tftp(3, 4) + tftp(3, 5),
        b"\0tftp://h/x\0" + step(OPEN) + step(MUCH, 129, 2),
        b"\0tftp://h/x\0" + step(OPEN) + 9 * step(PASS, 5),
        b"\0tftp://h/x\0" + step(OPEN) + tftp(3, 1) + tftp(4, 2),
        b"\0tftp://h/x\0" + step(OPEN) + step(MUCH, 1, 2) + came(b"\0\3\0\2", 3)
        + came(b"\0\3", 2),
    ]
    out += [b"\0tftp://h/x\0" + step(OPEN) + tftp(5, code)
            for code in range(4)]
    out += [scheme + b"\0" + step(OPEN) + step(CLOSE, 0, why)
            for scheme in (b"\0http://h", b"\0tftp://h") for why in range(6)]
    return out


# ---- option ----

def option_inputs():
    """All of fuzz_option."""
    good = b"\n".join((
        b"port=5900", b"tls-port=5901", b"username=u", b"password=p",
        b"compression=glz", b"on-end=poweroff",
        b"proxy=http://u:p@h:3128", b"secure-channels=main;inputs",
        b"disable-channels=all", b"host-subject=CN=h,O=x",
        b"ca=http://h/ca.pem", b"ca-sha256=" + 31 * b"ab:" + b"cd",
        b"title=desk", b"keymap=de"))
    bad = [b"port=0", b"port=-1", b"tls-port=", b"compression=x", b"on-end=x",
           b"proxy=ftp://h", b"secure-channels=main,x", b"ca=x",
           b"ca-sha256=ab", b"ca-sha256=" + 64 * b"x", b"keymap=12345678",
           b"ca-sha256=" + 65 * b"a", b"nobody=1", b"no\x01body" + 40 * b"y",
           b"port", b"compression=server", b"title=" + 90 * b"t"]
    hosts = (b"h", b"2001:db8::1", b"pvespiceproxy:6:100:n::a", b"", b"a:b")
    out = []
    for who in range(8):
        out += [bytes((who,)) + host + b"\n" + good for host in hosts]
        out += [bytes((who,)) + b"h\n" + line for line in bad]
        # Nobody named them: they are settings.
        out.append(bytes((who,)) + b"h\n\n" + good.replace(b"=", b" =")
                   + b"\n" + good)
        out += [bytes((who,)) + line for line in bad]
    return out


# ---- sasl ----

NO_TLS, ODD, QUOTED, LONG_PASSWORD, LONG_NAME, LONG_HOST, NO_ENTROPY = (
    1 << i for i in range(7))
ALGORITHMS = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256"}


def scram(mechanism, nonce, user="user", password=b"pencil", rounds=4096,
          salt=b"saltsalt"):
    """A SCRAM server's two messages to one whose nonce is known."""
    algorithm = ALGORITHMS[mechanism]
    first = (f"r={nonce}server,s={base64.b64encode(salt).decode()}"
             f",i={rounds}")
    auth = f"n={user},r={nonce},{first},c=biws,r={nonce}server".encode()
    key = hashlib.pbkdf2_hmac(algorithm, password, salt, rounds)
    key = hmac.digest(key, b"Server Key", algorithm)
    proof = base64.b64encode(hmac.digest(key, auth, algorithm))
    return first.encode(), b"v=" + proof


def digest(cnonce, user="user", realm="desk", password="pencil", host="desk",
           nonce="nonce"):
    """A DIGEST-MD5 server's two messages to the same."""
    def md5(data):
        return hashlib.md5(data).digest()
    key = md5(f"{user}:{realm}:{password}".encode())
    a1 = md5(key + f":{nonce}:{cnonce}".encode()).hex()
    a2 = md5(f":spice/{host}".encode()).hex()
    proof = md5(f"{a1}:{nonce}:00000001:{cnonce}:auth:{a2}".encode()).hex()
    return (f'nonce="{nonce}",realm="{realm}",qop="auth"'.encode(),
            f"rspauth={proof}".encode())


def pieces(flags, *texts):
    """One input of fuzz_sasl."""
    return bytes((flags,)) + b"".join(
        len(text).to_bytes(2, "little") + text for text in texts)


def sasl_inputs():
    """All of fuzz_sasl."""
    nonce = 16 * "05"
    out = []
    for name in ALGORITHMS:
        listed = name.encode()
        first, proof = scram(name, nonce)
        out += [pieces(0, listed, first, proof),
                pieces(0, listed, first, proof, b""),
                pieces(0, listed, first, proof, b"x"),
                pieces(0, listed, first, b"v=" + b"A" * 40),
                pieces(0, listed, first, b"e=other-error"),
                pieces(NO_ENTROPY, listed, first),
                pieces(LONG_PASSWORD, listed, first),
                pieces(LONG_NAME, listed, first),
                pieces(ODD, listed,
                       *scram(name, nonce, "us=3Der=2C")),
                pieces(0, listed, first + b",x=" + 300 * b"x", proof)]
        for wrong in (first.replace(b"4096", b"4095"),
                      first.replace(b"4096", b"100001"),
                      first.replace(b"4096", b"4x96"),
                      first.replace(b"r=05", b"r=15"),
                      first.replace(b"server", b""),
                      first.replace(b"s=", b"s=*"), first.replace(b"s=", b"x="),
                      b"r=" + nonce.encode() + 440 * b"r" + b",s=YQ==,i=4096",
                      b"r", b"", 500 * b"r"):
            out.append(pieces(0, listed, wrong))
            out.append(pieces(LONG_NAME, listed, wrong))
    listed = b"x,DIGEST-MD5"
    first, proof = digest(nonce)
    out += [pieces(0, listed, first, proof), pieces(0, listed, first, b"x=y"),
            pieces(0, listed, first, proof, b"x"),
            pieces(NO_ENTROPY, listed, first), pieces(QUOTED, listed, first),
            pieces(LONG_HOST, listed, first), pieces(LONG_NAME, listed, first)]
    out += [pieces(0, listed, wrong) for wrong in (
        b"nonce=x", b'nonce="x\\"y"', b'nonce="x",qop="auth-int"', b"realm=x",
        b"nonce=" + 300 * b"x", b'nonce="x",realm="' + 255 * b"r" + b'"',
        b'nonce="' + 200 * b"n" + b'",realm="' + 230 * b"r" + b'"', b"nonce")]
    out += [pieces(flags, b"PLAIN", text) for flags in (0, NO_TLS)
            for text in (b"", b"x")]
    out += [pieces(0, b"GSSAPI"), pieces(0, b""), pieces(0)]
    return out


def main():
    """Writes the files."""
    what, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    inputs = {"fetch": fetch_inputs, "option": option_inputs,
              "sasl": sasl_inputs}[what]()
    for number, data in enumerate(inputs):
        with open(os.path.join(folder, f"hand-{number}"), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
