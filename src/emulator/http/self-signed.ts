import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { DAY_MS } from "../../options/named-durations.ts";

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";
const BASIC_CONSTRAINTS = "2.5.29.19";
const SUBJECT_ALT_NAME = "2.5.29.17";

/** A private key and its certificate, as PEM. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

/**
 * Makes a certificate for `localhost`, `127.0.0.1` and `::1` signed by itself, valid for 30 days.
 * Node can read certificates but not make them, so the DER is written here.
 *
 * Source: RFC 5280, section 4.1.
 */
export function selfSigned(now: Date = new Date()): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
  const name = sequence(
    der(0x31, sequence(objectId(COMMON_NAME), der(0x0c, Buffer.from("taskwait emulator")))),
  );
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    positiveInteger(serialNumber()),
    algorithm,
    name,
    sequence(utcTime(new Date(now.getTime() - DAY_MS)), utcTime(new Date(now.getTime() + 30 * DAY_MS))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(basicConstraints(), subjectAltName())),
  );
  const certificate = sequence(toBeSigned, algorithm, bitString(sign("sha256", toBeSigned, privateKey)));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`,
  };
}

// A client can then name it as its own authority.
function basicConstraints(): Buffer {
  const isAuthority = der(0x01, Buffer.from([0xff]));
  return sequence(objectId(BASIC_CONSTRAINTS), isAuthority, der(0x04, sequence(isAuthority)));
}

function subjectAltName(): Buffer {
  const names = [
    der(0x82, Buffer.from("localhost", "ascii")),
    der(0x87, Buffer.from([127, 0, 0, 1])),
    der(0x87, Buffer.from([...Array(15).fill(0), 1])),
  ];
  return sequence(objectId(SUBJECT_ALT_NAME), der(0x04, sequence(...names)));
}

// In its shortest form a magnitude that begins with 0x80 or more needs exactly the one zero byte put before it.
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}

// Just enough of ASN.1's DER to write a certificate.

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content]);
}

// SEQUENCE.
function sequence(...items: readonly Uint8Array[]): Buffer {
  return der(0x30, ...items);
}

// INTEGER, of the magnitude's bytes.
function positiveInteger(magnitude: Uint8Array): Buffer {
  // A first bit of one would make it negative.
  return der(0x02, Buffer.from([0]), magnitude);
}

// OBJECT IDENTIFIER, such as `2.5.4.3`.
function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

// BIT STRING of whole bytes.
function bitString(bytes: Uint8Array): Buffer {
  return der(0x03, Buffer.from([0]), bytes);
}

// UTCTime, for years before 2050.
function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`, "ascii"));
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) {
    return [length];
  }
  const bytes: number[] = [];
  for (let left = length; left > 0; left >>= 8) {
    bytes.unshift(left & 0xff);
  }
  return [0x80 | bytes.length, ...bytes];
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) {
    bytes.unshift(0x80 | (left & 0x7f));
  }
  return bytes;
}
