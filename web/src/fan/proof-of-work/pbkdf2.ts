// PBKDF2 with SHA-256 (RFC 8018, FIPS 180-4) for challenges, where `crypto.subtle` is missing: on
// every page that came by plain HTTP from another machine. Pure.

const BLOCK = 64;
const W = new Uint32Array(64);
const [K, H] = constants();

/** A key of up to 32 bytes, which is one block of PBKDF2. */
export function pbkdf2(
  password: Uint8Array,
  salt: Uint8Array,
  cost: number,
  length: number,
): Uint8Array {
  const pad = new Uint8Array(BLOCK);
  pad.set(password.length > BLOCK ? bytesOf(hash(H, password, 0)) : password);
  const inner = hashBlock(
    H,
    pad.map((byte) => byte ^ 0x36),
  );
  const outer = hashBlock(
    H,
    pad.map((byte) => byte ^ 0x5c),
  );
  const first = new Uint8Array(salt.length + 4);
  first.set(salt);
  first[salt.length + 3] = 1;
  const round = hash(outer, bytesOf(hash(inner, first, BLOCK)), BLOCK);
  const key = round.slice();
  for (let i = 1; i < cost; i++) {
    hashAgain(inner, round);
    hashAgain(outer, round);
    for (let j = 0; j < 8; j++) key[j]! ^= round[j]!;
  }
  return bytesOf(key).slice(0, length);
}

/** SHA-256 of a text that follows `before` bytes, whose state is given. */
function hash(state: Uint32Array, text: Uint8Array, before: number): Uint32Array {
  const padded = new Uint8Array(Math.ceil((text.length + 9) / BLOCK) * BLOCK);
  padded.set(text);
  padded[text.length] = 0x80;
  new DataView(padded.buffer).setUint32(padded.length - 4, (before + text.length) * 8);
  let next = state;
  for (let at = 0; at < padded.length; at += BLOCK) {
    next = hashBlock(next, padded.subarray(at, at + BLOCK));
  }
  return next;
}

function hashBlock(state: Uint32Array, block: Uint8Array): Uint32Array {
  const view = new DataView(block.buffer, block.byteOffset, BLOCK);
  for (let i = 0; i < 16; i++) W[i] = view.getUint32(i * 4);
  const next = new Uint32Array(8);
  compress(state, next);
  return next;
}

/** The digest of a digest that follows one block, written over it: nothing is allocated, because
 * this is all that takes time. */
function hashAgain(state: Uint32Array, digest: Uint32Array): void {
  W.set(digest);
  W.fill(0, 8, 16);
  W[8] = 0x80000000;
  W[15] = (BLOCK + 32) * 8;
  compress(state, digest);
}

/** One round on the block in the first sixteen words of W. */
function compress(state: Uint32Array, next: Uint32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15]!;
    const y = W[i - 2]!;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = W[i - 16]! + s0 + W[i - 7]! + s1;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i]! + W[i]!) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  next[0] = state[0]! + a;
  next[1] = state[1]! + b;
  next[2] = state[2]! + c;
  next[3] = state[3]! + d;
  next[4] = state[4]! + e;
  next[5] = state[5]! + f;
  next[6] = state[6]! + g;
  next[7] = state[7]! + h;
}

function bytesOf(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < words.length; i++) view.setUint32(i * 4, words[i]!);
  return bytes;
}

/** The fractions of the cube and square roots of the first primes, as the standard defines them. */
function constants(): [Uint32Array, Uint32Array] {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++)
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  const fraction = (root: number): number => ((root % 1) * 2 ** 32) | 0;
  return [
    Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
    Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
  ];
}
