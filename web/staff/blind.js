// blind.js: the code of a script as it is read and said, from its id: as marking_blind_code writes it.

const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export function blindCode(id) {
  let bits = BigInt("0x" + id) << 1n, text = "";
  for (let i = 0; i < 13; i++, bits >>= 5n) text = SYMBOLS[Number(bits & 31n)] + text;
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
}
