const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;
const utf8 = new TextEncoder();

/**
 * The 32-bit FNV-1a hash of the UTF-8 bytes of `text`, as an unsigned integer: h ← (h ⊕ byte)·16777619 mod 2³².
 * Stable across machines and versions; not for secrets, and not against an adversary.
 *
 * @see Fowler, Noll, Vo; IETF draft-eastlake-fnv, §6 (parameters) and appendix C (test vectors)
 */
export function fnv1a32(text: string): number {
  let hash = OFFSET_BASIS;
  for (const byte of utf8.encode(text)) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
}

/**
 * Stirs all 32 bits of `word` into all 32 bits of the answer; a bijection of 32-bit words.
 *
 * @see Appleby, MurmurHash3 (2011), the 32-bit finaliser
 */
export function mix32(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/**
 * A number in [0, 1) that belongs to `key` for ever: how holdouts and experiment arms are assigned without storing a draw.
 * FNV-1a alone leaves the high bits of similar keys alike, so the hash is mixed before it is scaled by 2⁻³².
 */
export function unitHash(key: string): number {
  return mix32(fnv1a32(key)) / 2 ** 32;
}
