// The six digits that an authenticator app shows (RFC 6238). An app never needs this: its user
// types the digits. The examples need it, because nobody holds a telephone here.

import { createHmac } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_SECONDS = 30;

function fromBase32(secret: string): Buffer {
  const bits = [...secret].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0"));
  const bytes = bits.join("").match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

/**
 * The code for the time step that is `stepsAhead` of now. The server takes each code once, and
 * also the one of the next step: who needs two codes in a row takes 0 and then 1.
 */
export function totpCode(secret: string, stepsAhead = 0): string {
  const step = Math.floor(Date.now() / 1000 / STEP_SECONDS) + stepsAhead;
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", fromBase32(secret)).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0xf;
  const code = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(code % 1_000_000).padStart(6, "0");
}
