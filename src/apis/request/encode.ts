import { encodeRfc3986 } from "../../openapi/request/signature.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import type { Encode } from "./template.ts";

// What RFC 3986 calls reserved, of which `{+name}` keeps all that can't begin a query or a fragment of its own.
const KEPT = /%(?:2F|3A|3B|3D|40|24|2C|2B|26|21|27|28|29|2A)/g;

// Of a host name, between its dots.
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** As it is, for the values of parameters, which are encoded later. */
export const verbatim: Encode = (value) => value;

/** For a path, where `{name}` is one segment and `{+name}` may be several. */
export const inPath: Encode = (value, isReserved) => {
  for (const segment of isReserved ? value.split("/") : [value]) {
    if (segment === "." || segment === "..") {
      throw new InvalidOptionError(`${quoted(value)} would leave its place in the path`);
    }
  }
  const encoded = encodeRfc3986(value);
  return isReserved ? encoded.replace(KEPT, decodeURIComponent) : encoded;
};

/** For a query. */
export const inQuery: Encode = (value) => encodeRfc3986(value);

/** For a host name: letters, digits and hyphens, so that no other host comes of it. */
export const inHost: Encode = (value) => {
  if (!LABEL.test(value)) {
    throw new InvalidOptionError(
      `${quoted(value)} can't be part of a host name: letters, digits and hyphens only`,
    );
  }
  return value;
};

/** For the place of a whole host: a name with its dots, and perhaps a port. Which hosts it may be, `hosts` says. */
export const inAuthority: Encode = (value) => {
  const [, name = ""] = /^([^:]{1,253})(?::\d{1,5})?$/.exec(value) ?? [];
  if (!name.split(".").every((label) => LABEL.test(label))) {
    throw new InvalidOptionError(
      `${quoted(value)} can't be a host: a name such as "api.example.com", perhaps with a port, only`,
    );
  }
  return value;
};

/** For a header: no control characters. */
export const inHeader: Encode = (value) => {
  if (!/^[\x20-\x7e]*$/.test(value)) {
    throw new InvalidOptionError(
      "a value can't be part of a header, which takes printable ASCII only (the value is not shown)",
    );
  }
  return value;
};
