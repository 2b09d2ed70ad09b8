# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Certificates of every kind, made by the openssl program, and servers that
show them."""
import datetime
import hashlib
import os
import shutil
import ssl
import subprocess

from .child import HarnessError, root, scratch
from .listener import Listener, carry, connect

DAY = datetime.timedelta(days=1)


def openssl(*args, data=None):
    done = subprocess.run(["openssl"] + list(args), input=data,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=120)
    if done.returncode:
        raise HarnessError("openssl %s: %s" % (
            " ".join(args), done.stderr.decode(errors="replace")))
    return done.stdout


class Certs:
    """A folder of keys and certificates.

    key(): a private key by kind ("rsa2048", "p256", ...); the same kind and
    name give the same key. ca(), leaf(): certificates, as files.
    """

    def __init__(self):
        self.dir = scratch("certs-")
        self.count = 0

    def path(self, name):
        return os.path.join(self.dir, name)

    def key(self, kind="rsa2048", name=""):
        path = self.path("key-%s%s" % (kind, name))
        if not os.path.exists(path):
            if kind.startswith("rsa"):
                args = ["-algorithm", "RSA", "-pkeyopt",
                        "rsa_keygen_bits:" + kind[3:]]
            else:
                curve = {"p256": "P-256", "p384": "P-384",
                         "p521": "P-521"}[kind]
                args = ["-algorithm", "EC", "-pkeyopt",
                        "ec_paramgen_curve:" + curve]
            openssl("genpkey", *args, "-out", path)
        return path

    def make(self, subject, key, issuer=None, ca=False, san=None, days=(-1, 30),
             more=(), digest="sha256", raw=None):
        """One certificate; its file. issuer: (certificate, key), None: itself.

        subject: [("CN", "text"), ...] in order; days: (from, to), counted
        from now (a PC's clock may lag); more: lines of extensions; raw: {old:
        new} of bytes that are exchanged, equally long, in what is signed.
        """
        self.count += 1
        base = self.path("%03d" % self.count)
        rows = ["%d.%s = %s" % (i, field, value.replace("\\", "\\\\"))
                for i, (field, value) in enumerate(subject)]
        ext = ["basicConstraints=critical,CA:%s" % (ca and "TRUE" or "FALSE")]
        if ca:
            ext.append("keyUsage=critical,keyCertSign,cRLSign")
        if san:
            ext.append("subjectAltName=" + san)
        ext += list(more)
        with open(base + ".cnf", "w") as f:
            f.write("[req]\ndistinguished_name = dn\nprompt = no\n"
                    "string_mask = utf8only\nutf8 = yes\n"
                    "[dn]\n%s\n[ext]\n%s\n[ca]\ndefault_ca = c\n[c]\n"
                    "database = %s.db\nnew_certs_dir = %s\n"
                    "rand_serial = yes\npolicy = p\nunique_subject = no\n"
                    "default_md = %s\n"
                    "[p]\n" % ("\n".join(rows), "\n".join(ext), base,
                               self.dir, digest))
        open(base + ".db", "w").close()
        config = ["-config", base + ".cnf"]
        openssl("req", "-new", "-key", key, "-out", base + ".csr", *config)
        now = datetime.datetime.now(datetime.timezone.utc)
        start, end = [(now + DAY * d).strftime("%Y%m%d%H%M%SZ") for d in days]
        if issuer:
            signer = ["-cert", issuer[0], "-keyfile", issuer[1]]
        else:
            signer = ["-selfsign", "-keyfile", key]
        openssl("ca", "-batch", "-notext", "-preserveDN", "-in", base + ".csr", "-out",
                base + ".pem", "-startdate", start, "-enddate", end,
                "-extensions", "ext", *signer, *config)
        if raw:
            self.exchange(base + ".pem", raw, (issuer or (None, key))[1])
        return base + ".pem"

    def exchange(self, path, raw, key):
        """Exchange bytes in a certificate and sign it again (RSA, SHA-256)."""
        der = openssl("x509", "-in", path, "-outform", "DER")
        for old, new in raw.items():
            if der.count(old) < 1 or len(old) != len(new):
                raise HarnessError("%r cannot be exchanged" % old)
            der = der.replace(old, new)
        # SEQUENCE { tbs SEQUENCE, algorithm, BIT STRING of the key's length }
        tbs = der[4:4 + 4 + int.from_bytes(der[6:8], "big")]
        bits = openssl("dgst", "-sha256", "-sign", key, data=tbs)
        der = der[:-len(bits)] + bits
        with open(path, "wb") as f:
            f.write(openssl("x509", "-inform", "DER", data=der))

    def folder(self, cert, key, ca, chain=()):
        """QEMU's x509-dir of these files; chain: intermediates to send."""
        self.count += 1
        path = self.path("x509-%03d" % self.count)
        os.mkdir(path)
        with open(os.path.join(path, "server-cert.pem"), "w") as out:
            for name in (cert,) + tuple(chain):
                with open(name) as f:
                    out.write(f.read())
        shutil.copy(key, os.path.join(path, "server-key.pem"))
        shutil.copy(ca, os.path.join(path, "ca-cert.pem"))
        return path

    def joined(self, *files):
        """One file of several."""
        self.count += 1
        path = self.path("joined-%03d.pem" % self.count)
        with open(path, "w") as out:
            for name in files:
                with open(name) as f:
                    out.write(f.read())
        return path


def fingerprint(path):
    """SHA-256 of the first certificate of a file, in hex."""
    with open(path) as f:
        text = f.read()
    end = "-----END CERTIFICATE-----"
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(
        text[text.index("-----BEGIN"):text.index(end) + len(end)] +
        "\n")).hexdigest()


def make_with(ca, goal, folder, *parts):
    """`make CA=ca goal` into a folder of its own: (exit status, words).

    goal: a file of bin/, or a name without one; parts: of build/, which hold all
    but the CA, so that make finds it there.
    """
    for part in parts:
        shutil.copytree(os.path.join(root(), "build", part),
                        os.path.join(folder, part), symlinks=True)
    if "/" in goal:
        goal = os.path.join(folder, goal)
    env = {name: value for name, value in os.environ.items()
           if not name.startswith("MAKE") and name != "MFLAGS"}
    done = subprocess.run(
        ["make", "-j1", "O=" + folder, "B=" + os.path.join(folder, "bin"),
         "SETUP=build/.setup-done", "CA=" + ca, goal],
        cwd=root(), env=env, timeout=500, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode()


class TlsFront(Listener):
    """Speaks TLS with a certificate of ours, and hands what is inside to the
    port behind it (None: to nobody). For what no SPICE server would do: an old
    version, a weak key, a stranger's certificate.

    Attributes: port, inside (bytes that came in the clear or out of TLS),
    errors (what clients said of it).
    """

    def __init__(self, cert, key, behind=None, versions=None,
                 ciphers="DEFAULT:@SECLEVEL=0", forgets=False):
        def make():
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.set_ciphers(ciphers)
            if versions:
                context.minimum_version, context.maximum_version = versions
            context.load_cert_chain(cert, key)
            return context
        one = make()
        self.context = make if forgets else lambda: one
        self.behind = behind
        self.inside, self.errors, self.suites = b"", [], []
        super().__init__(self._front)

    def _front(self, raw):
        raw.settimeout(30)
        try:
            with self.context().wrap_socket(raw, server_side=True) as tls:
                self.conns[self.conns.index(raw)] = tls
                self.suites.append(tls.cipher()[0])
                if self.behind:
                    carry(tls, connect(self.behind))
                else:
                    self.talk(tls)
        except (OSError, ssl.SSLError) as error:
            self.errors.append(str(error))

    def talk(self, tls):
        """With nobody behind: what is done with a client."""
        self.inside += tls.recv(4096)
