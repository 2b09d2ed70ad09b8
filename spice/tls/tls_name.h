/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Whom a certificate names. A chain that verified is no success yet: this says
 * whether the certificate is the wanted server's.
 *
 * Documents: RFC 6125 6.4 (host names), RFC 5280 4.1.2.4 (Name), RFC 4514 2.4
 * and what spice-common writes (host-subject).
 *
 * This is a policy decision, each the narrower reading:
 * - A wildcard is a whole first label, above at least two others.
 * - A literal address is looked for among the addresses, not the names.
 * - The common name counts only without a subjectAltName, and where it is one.
 * - A value with a NUL in it is nobody's.
 */
#ifndef SPICE_TLS_NAME_H
#define SPICE_TLS_NAME_H

#include "spice/tls/tls_cert.h"

/* Is @cert for the host that the person named as @host? */
bool tls_name_is_host(const struct tls_cert *cert, const char *host);

#define TLS_NAME_DNS_BYTES 254

/*
 * Write @host as it stands in a ClientHello as the server's name: without a dot
 * at its end (RFC 6066 3). Returns whether it may: no address may.
 */
bool tls_name_dns(const char *host, char name[TLS_NAME_DNS_BYTES]);

/*
 * Is the subject of @cert just that of @text: the same fields with the same
 * values in the same order, and no other?
 *
 * @text: "O=Example,OU=A\,B,CN=host": fields by their short or long names or
 *        in digits ("2.5.4.3"), values in UTF-8; \ before one of ,\+"<>;=#
 *        and space, or before two hexadecimal digits for a byte
 * Returns 0; -EACCES: it is another; -EINVAL: @text makes no sense.
 */
int tls_name_is_subject(const struct tls_cert *cert, const char *text);

/*
 * For a person: a Name as "O=Example, CN=host"; the hosts of @cert as
 * "a.example, 10.0.0.1", "nobody" where there are none. Printable ASCII,
 * all else is "?"; cut, with "..." at the end, where the room ends (at least
 * 8).
 */
void tls_name_text(struct tls_der name, char *buf, size_t room);
void tls_name_hosts_text(const struct tls_cert *cert, char *buf, size_t room);

#endif
