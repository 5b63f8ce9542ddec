// clock.js: the server's time. The offset is measured against the monotonic clock of the page, so that
// a wrong or changed clock of the computer matters nothing.

const samples = [];

/** Takes a `server_now` that came with an answer sent at `sent_ms` (performance.now()) and received now. */
export function clockSample(server_now, sent_ms) {
  const received_ms = performance.now();
  const offset = Date.parse(server_now) - (sent_ms + received_ms) / 2;
  if (!Number.isFinite(offset)) return;
  samples.push({offset, round_trip: received_ms - sent_ms});
  if (samples.length > 5) samples.shift();
}

function medianOffset() {
  const sorted = samples.map((s) => s.offset).sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

export const clockKnown = () => samples.length > 0;
/** The server's time in milliseconds since 1970. */
export const serverNow = () => medianOffset() + performance.now();
/** How far this computer's own clock is off, in milliseconds (for the machine check only). */
export const clientError = () => Date.now() - serverNow();
export const roundTrip = () => Math.min(...samples.map((s) => s.round_trip));
/** "1:02:07" or "42:07". */
export function formatLeft(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}
