// clock.js: the server's time. The offset is measured against the monotonic clock of the page, so that
// a wrong or changed clock of the computer matters nothing. That clock stands while the computer sleeps: an answer that cannot be
// squared with those before it by any delay on the way shows this, and they are forgotten.

const SLACK_MS = 1000;
const samples = [];
let guess = 0, least = 0; // as offsets, while there is no sample

/** Takes a `server_now` that came with an answer sent at `sent_ms` (performance.now()) and received now. */
export function clockSample(server_now, sent_ms) {
  const received_ms = performance.now();
  const offset = Date.parse(server_now) - (sent_ms + received_ms) / 2;
  if (!Number.isFinite(offset)) return;
  const sample = {offset, round_trip: received_ms - sent_ms};
  if (samples.every((s) => Math.abs(s.offset - offset) > (s.round_trip + sample.round_trip) / 2 + SLACK_MS)) samples.length = 0;
  samples.push(sample);
  if (samples.length > 5) samples.shift();
}

/** Without a line: what the server's time may be now, and what it is at the least. The first sample replaces both. */
export function clockGuess(server_ms, least_ms) {
  guess = server_ms - performance.now();
  least = Math.min(least_ms, server_ms) - performance.now();
}

function medianOffset() {
  if (samples.length === 0) return guess;
  const sorted = samples.map((s) => s.offset).sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

export const clockKnown = () => samples.length > 0;
/** The server's time in milliseconds since 1970. */
export const serverNow = () => medianOffset() + performance.now();
/** Before this it cannot be: where the time is a guess, nothing is over that this does not say to be over. */
export const serverLeast = () => (clockKnown() ? medianOffset() : least) + performance.now();
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
