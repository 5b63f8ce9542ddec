// result_second.mjs: ranks the fields of result files a second time, by the text of the rules and without any thought
// of speed, and compares with the decisions in them. Shares nothing with the engine but the file format.
//
//   node tests/unit/result_second.mjs FILE      a result file, or one result file a line

import {readFileSync} from "node:fs";

const cents = (text) => { const [whole, part = ""] = String(text).split("."); return BigInt(whole + part.padEnd(2, "0")); };
const isCombined = (stage, maxima) => stage.components.filter((c) => maxima[c.code] > 0n && !c.optional).length >= 2;
const STATES = ["absent", "suspended", "void"];
const unitOf = (pack, code) => (pack.formulas.find((f) => f.code === code) ?? pack.stages.flatMap((s) => s.components).find((c) => c.code === code)).unit;
/** A number of a unit as the packs and files write it. */
const parse = (unit, text) => (unit === "count" ? BigInt(text) : unit === "fine" ? fine(text) : cents(text));
const fine = (text) => { const [whole, part = ""] = String(text).split("."); return BigInt(whole + part.padEnd(7, "0")); };
const holds = (op, a, b) => (op === "ge" ? a >= b : op === "gt" ? a > b : op === "le" ? a <= b : a < b);

/** Largest value of every component in this cycle, by code. */
function maximaOf(inputs) {
  const maxima = {}, pack = inputs.pack;
  for (const stage of pack.stages) {
    for (const c of stage.components) {
      maxima[c.code] = c.statistic ? fine(c.statistic.max) : c.unit === "count" ? BigInt(inputs.scales[c.code] ?? c.questions) : c.mark_max === "cycle" ? cents(inputs.scales[c.code]) : cents(c.mark_max);
    }
  }
  for (const f of pack.formulas) {
    const ends = f.terms.map((term) => maxima[term.of]);
    if (f.kind === undefined || f.kind === "sum") maxima[f.code] = compute(pack, maxima, f, f.terms.map((term) => (BigInt(term.weight ?? 1) > 0n ? maxima[term.of] : 0n)));
    else if (f.kind === "count_of") maxima[f.code] = BigInt(f.terms.length);
    else if (f.kind === "band") maxima[f.code] = BigInt(f.bounds.length);
    else if (f.kind === "deduct") maxima[f.code] = ends[0];
    else if (f.kind === "composite") maxima[f.code] = cents(f.base) + cents(f.span);
    else maxima[f.code] = compute(pack, maxima, f, ends);
  }
  return maxima;
}

const floor = (a, b) => (a - (((a % b) + b) % b)) / b;
/** numerator / denominator to a multiple of the formula's step. */
function rounded(f, numerator, denominator) {
  const step = denominator * (f.round ? parse(f.unit, f.round.to) : 1n), down = floor(numerator, step), rest = numerator - down * step;
  const mode = f.round?.mode ?? "exact";
  if (mode === "exact" && rest !== 0n) return undefined;
  const up = mode === "half_up" ? rest * 2n >= step : mode === "half_even" ? rest * 2n > step || (rest * 2n === step && down % 2n !== 0n) : false;
  return (down + (up ? 1n : 0n)) * (f.round ? parse(f.unit, f.round.to) : 1n);
}

/** A formula over the values of its terms, undefined where one has none. */
function compute(pack, maxima, f, values) {
  const used = f.terms.map((term, i) => [term, values[i]]).filter(([term, v]) => (maxima[term.of] !== 0n || pack.formulas.some((g) => g.code === term.of)) && v !== null), there = used.filter(([, v]) => v !== undefined);
  const down = there.map(([, v]) => v).sort((a, b) => (a > b ? -1 : a < b ? 1 : 0)), divisor = BigInt(f.divisor ?? 1), sum = (list) => list.reduce((x, y) => x + y, 0n);
  const marks = (term, v) => (f.unit === "mark" && unitOf(pack, term.of) === "count" ? v * 100n : v);
  switch (f.kind ?? "sum") {
  case "sum": return there.length < used.length ? undefined : rounded(f, sum(there.map(([term, v]) => BigInt(term.weight ?? 1) * marks(term, v))), divisor);
  case "best": return there.length ? rounded(f, sum(down.slice(0, f.take)), divisor) : undefined;
  case "least": return there.length < used.length || !there.length ? undefined : down.at(-1);
  case "trimmed_mean": {
    const kept = down.slice(f.drop.high ?? 0, down.length - (f.drop.low ?? 0));
    return kept.length >= Math.max(1, f.drop.least ?? 1) ? rounded(f, sum(kept), BigInt(kept.length)) : undefined;
  }
  case "count_of": return BigInt(there.filter(([term, v]) => holds(f.op, v, parse(unitOf(pack, term.of), f.value))).length);
  case "deduct": return (values[0] ?? undefined) === undefined ? undefined : rounded(f, values[0] * (100n - (values[1] ?? 0n)), 100n);
  case "band": return (values[0] ?? undefined) === undefined ? undefined : BigInt(f.bounds.filter((bound) => values[0] >= parse(unitOf(pack, f.terms[0].of), bound)).length);
  case "composite": {
    if (there.length < f.terms.length) return undefined;
    const all = f.terms.map((term) => cents(term.deviation)).reduce((x, y) => x * y, 1n);
    const c = (of) => sum(f.terms.map((term, i) => BigInt(term.weight) * (of(term, i) - cents(term.pass)) * (all / cents(term.deviation))));
    const top = c((term) => maxima[term.of]);
    return rounded(f, cents(f.base) * top + cents(f.span) * c((_, i) => values[i]), top);
  }
  default: throw new Error(`no formula ${f.kind}`);
  }
}

/** The number behind a code for one candidate; undefined where there is none. */
function valueOf(pack, maxima, candidate, code) {
  const formula = pack.formulas.find((f) => f.code === code);
  // null: a part that need not be there, and is not
  const optional = (of) => pack.stages.some((s) => s.components.some((c) => c.code === of && c.optional)) && candidate.results[of] === undefined;
  if (formula) return compute(pack, maxima, formula, formula.terms.map((term) => (optional(term.of) ? null : valueOf(pack, maxima, candidate, term.of))));
  if (pack.stages.some((s) => s.components.some((c) => c.code === code && c.statistic))) return candidate.statistics?.[code];
  const result = candidate.results[code];
  if (typeof result === "number") return BigInt(result);
  return result === undefined || [...STATES, "exempt"].includes(result) ? undefined : cents(result);
}

/* ---- statistics of the field: whole fractions, roots to 30 places ---- */

const E = 10n ** 30n;
function root(x) { // of a whole number, down
  if (x < 2n) return x;
  let r = 1n << BigInt((x.toString(2).length + 1) >> 1);
  for (let next = (r + x / r) >> 1n; next < r; next = (r + x / r) >> 1n) r = next;
  return r;
}
/** numerator / denominator, half up at `places`, in 10^-7. */
const half = (numerator, denominator, places) => floor(2n * numerator * 10n ** BigInt(places) + denominator, 2n * denominator) * 10n ** BigInt(7 - places);
const NANO = 10n ** 9n;
const nano = (numerator, denominator) => floor(2n * numerator * NANO + denominator, 2n * denominator);

/** Mean plus deviation and the mean of the best thousandth, as a table would state them: nine places. */
function shiftOf(values) {
  const n = BigInt(values.length), sum = values.reduce((a, b) => a + b, 0n), squares = values.reduce((a, b) => a + b * b, 0n);
  const best = [...values].sort((a, b) => (a > b ? -1 : 1)).slice(0, Math.max(1, Math.floor(values.length / 1000)));
  const mean = nano(sum, n), sd = n > 1n ? nano(root((n * squares - sum * sum) * E * E / (n * (n - 1n))), E) : undefined;
  return {mean, q: sd === undefined ? undefined : mean + sd, top: nano(best.reduce((a, b) => a + b, 0n), BigInt(best.length))};
}

const STATISTICS = {
  percentile: (c, own, v) => half(100n * BigInt(own.filter((x) => x <= v).length), BigInt(own.length), c.statistic.places),
  standard: (c, own, v) => { // mean + deviation * (v - m) / s
    const n = BigInt(own.length), sum = own.reduce((a, b) => a + b, 0n), squares = own.reduce((a, b) => a + b * b, 0n), d = n * v - sum;
    const size = root(fine(c.statistic.deviation) ** 2n * d * d * (n - 1n) * E * E / (n * (n * squares - sum * sum)));
    return half(fine(c.statistic.mean) * E + (d < 0n ? -size : size), E * 10n ** 7n, c.statistic.places);
  },
  linear: (c, own, v, groups, unit) => {
    const mine = shiftOf(own), all = shiftOf([...groups.values()].flat());
    const shifts = [...groups.entries()].sort((a, b) => a[0] - b[0]).map(([, list]) => shiftOf(list));
    const base = c.statistic.base === "best" ? shifts.reduce((x, y) => (y.mean > x.mean ? y : x)).q : all.q;
    const scale = unit === "mark" ? 100n : 1n;
    return half((all.top - all.q) * (v * NANO - mine.q) + base * (mine.top - mine.q), (mine.top - mine.q) * NANO * scale, c.statistic.places);
  },
  equipercentile: (c, own, v, groups) => { // P = F(v-1) + f(v)/2; the base's score of the same P, each spread over a point
    const base = groups.get(c.statistic.base_group), n = BigInt(own.length), m = BigInt(base.length), max = groups.max;
    const at = (list, x) => BigInt(list.filter((y) => y === x).length), below = (list, x) => BigInt(list.filter((y) => y < x).length);
    const p = 2n * below(own, v) + at(own, v); // of 2n
    let x = 0n;
    while (x < max && (below(base, x) + at(base, x)) * 2n * n <= p * m) x++;
    const f = at(base, x);
    return f ? half((2n * x - 1n) * 2n * n * f + 2n * (p * m - below(base, x) * 2n * n), 4n * n * f, c.statistic.places) : half(2n * x - 1n, 2n, c.statistic.places);
  },
};
function deriveAll(inputs, maxima) {
  for (const c of inputs.pack.stages.flatMap((s) => s.components).filter((one) => one.statistic)) {
    const unit = unitOf(inputs.pack, c.statistic.of), groups = new Map(), of = (p) => p.shifts?.[c.statistic.of] ?? 0;
    const value = (p) => valueOf(inputs.pack, maxima, p, c.statistic.of);
    groups.max = maxima[c.statistic.of];
    for (const p of inputs.candidates) if (value(p) !== undefined) groups.set(of(p), [...(groups.get(of(p)) ?? []), value(p)]);
    for (const p of inputs.candidates) if (value(p) !== undefined) (p.statistics ??= {})[c.code] = STATISTICS[c.statistic.kind](c, groups.get(of(p)), value(p), groups, unit);
  }
}

/** {outcome, at} of whoever does not pass a stage by itself, or null. */
function stopAt(pack, maxima, candidate, stage) {
  for (const c of stage.components) {
    if (maxima[c.code] > 0n && STATES.includes(candidate.results[c.code])) return {outcome: candidate.results[c.code], reason: candidate.results[c.code], at: c.code};
  }
  for (const gate of stage.gates) {
    if (maxima[gate.on] === 0n || (gate.when === "combined" && !isCombined(stage, maxima))) continue;
    const value = valueOf(pack, maxima, candidate, gate.on);
    if (value === undefined) continue;
    const [left, right] = gate.share ? [value * 100n, cents(gate.share) * maxima[gate.on]] : [value, parse(unitOf(pack, gate.on), gate.value)];
    if (!holds(gate.op, left, right)) return {outcome: "failed", reason: "gate", at: gate.code, gate, value};
  }
  return null;
}
/** The same over all stages, as if the candidate were alone. */
function stopOf(pack, maxima, candidate) {
  for (const stage of pack.stages) {
    const stop = stopAt(pack, maxima, candidate, stage);
    if (stop) return stop;
  }
  return null;
}

/** Who stays out of `field` at a cut: whoever has so many before her that she is no longer among the first. */
function cutOut(inputs, maxima, cut, field) {
  const pack = inputs.pack, seats = (post) => post.seats.reduce((n, s) => n + s.quota, 0), out = new Set();
  const groups = cut.scope === "all" ? [field] : inputs.posts.map((post) => field.filter((c) => c.post === post.code));
  for (const group of groups) {
    const with_value = group.filter((c) => valueOf(pack, maxima, c, cut.on) !== undefined), of = (c) => valueOf(pack, maxima, c, cut.on);
    if (!with_value.length) continue;
    const places = inputs.posts.filter((post) => cut.scope === "all" || post.code === group[0].post).reduce((n, post) => n + seats(post), 0);
    const wanted = Math.max(cut.count ?? Number((BigInt(places) * cents(cut.per_seat) + 99n) / 100n), cut.least ?? 0);
    const better = (c) => with_value.filter((d) => of(d) > of(c)).length, equal = (c) => with_value.filter((d) => of(d) === of(c)).length;
    for (const c of with_value) {
      const whole = better(c) + equal(c) <= wanted, across = better(c) < wanted && !whole;
      const admitted = whole || (across && cut.ties === "all" && !(cut.cap && better(c) + equal(c) > cut.cap));
      if (!admitted) out.add(c);
    }
  }
  return out;
}

/** Those who pass every stage; of the others why not. */
function throughStages(inputs, maxima, decisions) {
  const pack = inputs.pack;
  let field = [...inputs.candidates];
  if (pack.min_candidates) {
    const few = (c) => inputs.candidates.filter((d) => d.post === c.post && !d.withdrawn).length < pack.min_candidates;
    field.filter(few).forEach((c) => decisions.set(c.roll_number, {outcome: "not_held", reason: "field_small"}));
    field = field.filter((c) => !few(c));
  }
  for (const stage of pack.stages) {
    const stops = new Map(field.filter((c) => !c.withheld).map((c) => [c, stopAt(pack, maxima, c, stage)]));
    for (const gate of stage.gates.filter((g) => g.relief)) {
      for (const post of inputs.posts) {
        const passed = field.filter((c) => c.post === post.code && !stops.get(c)).length, failing = field.filter((c) => c.post === post.code && stops.get(c)?.gate === gate);
        const let_in = failing.filter((c) => passed + failing.filter((d) => stops.get(d).value > stops.get(c).value).length < gate.relief);
        let_in.forEach((c) => stops.set(c, null));
      }
    }
    for (const [c, stop] of stops) if (stop) decisions.set(c.roll_number, {outcome: stop.outcome, reason: stop.reason, at: stop.at});
    field = field.filter((c) => !stops.get(c));
    for (const cut of stage.cuts ?? []) {
      const out = cutOut(inputs, maxima, cut, field);
      out.forEach((c) => decisions.set(c.roll_number, {outcome: "not_shortlisted", reason: "cut", at: cut.code}));
      field = field.filter((c) => !out.has(c));
    }
  }
  return field;
}

/** Points of the highest class as they count for this raw result. */
function pointsOf(pack, candidate, raw) {
  if (!pack.rank.plus_priority || !candidate.priority) return 0n;
  const {window, cap} = pack.priority, points = cents(candidate.priority);
  if (window && (raw < cents(window.low) || raw > cents(window.high))) return 0n;
  return cap && raw + points > cents(cap) ? (cents(cap) > raw ? cents(cap) - raw : 0n) : points;
}

/** Below 0: a goes before b by the chain; 0: it cannot tell. */
function chain(pack, maxima, a, b) {
  for (const tie of pack.ties) {
    if (tie.manual) return 0;
    const stage = pack.stages.find((s) => s.components.some((c) => c.code === tie.key || pack.formulas.some((f) => f.code === tie.key && f.terms.some((t) => t.of === c.code))));
    if (tie.class) {
      const [x, y] = [a, b].map((c) => (c.priority ? cents(c.priority) : 0n));
      if (x !== y) return x > y ? -1 : 1;
      continue;
    }
    if (tie.exempt) {
      const [x, y] = [a, b].map((c) => c.results[tie.exempt] === "exempt");
      if (x !== y) return x ? -1 : 1;
      continue;
    }
    if (maxima[tie.key] === 0n || (tie.when === "combined" && !isCombined(stage, maxima))) continue;
    const [x, y] = [a, b].map((c) => valueOf(pack, maxima, c, tie.key));
    if (x === y) continue;
    if (x === undefined || y === undefined) return y === undefined ? -1 : 1;
    return (x > y) === (tie.order === "desc") ? -1 : 1;
  }
  return 0;
}

/** The recorded place of each member, if one and the same decision holds all of them. */
function recorded(inputs, members) {
  const latest = (c) => inputs.ties.filter((tie) => tie.order.includes(c.roll_number)).at(-1);
  const tie = latest(members[0]);
  return tie && members.every((c) => latest(c) === tie) ? (c) => tie.order.indexOf(c.roll_number) : null;
}

/** Who of `field` gets one of `seats` places: by counting who stands before whom. */
function places(inputs, maxima, field, seats) {
  const pack = inputs.pack, out = new Map();
  for (const c of field) {
    const better = field.filter((d) => d.total > c.total), equal = field.filter((d) => d.total === c.total);
    const left = seats - better.length;
    if (seats === 0 && field.length > 0) { out.set(c, "no_seats"); continue; }
    if (equal.length <= left) { out.set(c, "within_quota"); continue; }
    if (left <= 0) { out.set(c, "below_last_seat"); continue; }
    if (pack.allocation.equals === "admit") { out.set(c, "equal_admitted"); continue; }
    const before = equal.filter((d) => chain(pack, maxima, d, c) < 0), same = equal.filter((d) => chain(pack, maxima, d, c) === 0);
    const still = left - before.length;
    if (same.length <= still) { out.set(c, "tie_won"); continue; }
    if (still <= 0) { out.set(c, "tie_lost"); continue; }
    const place = recorded(inputs, same);
    if (!place) { out.set(c, "tied_last_seat"); continue; }
    out.set(c, same.filter((d) => place(d) < place(c)).length < still ? "tie_won_manual" : "tie_lost_manual");
  }
  return out;
}

const OUTCOMES = {within_quota: "selected", tie_won: "selected", tie_won_manual: "selected", list_exhausted: "selected", agency_waits: "selected", equal_admitted: "selected", seat_kept: "selected", placed: "selected", seat_left: "selected",
  below_last_seat: "not_selected", tie_lost: "not_selected", tie_lost_manual: "not_selected", no_seats: "not_selected", tied_last_seat: "tied", tied_agency: "tied"};

function permutations(list) {
  if (list.length < 2) return [list];
  return list.flatMap((one, i) => permutations([...list.slice(0, i), ...list.slice(i + 1)]).map((rest) => [one, ...rest]));
}

/** One after the other takes the best agency that is left; the agencies taken, by roll number. */
function chooseInOrder(order, left) {
  const now = {...left}, taken = new Map();
  for (const c of order) {
    const agency = c.agencies.find((a) => now[a] > 0);
    if (agency) now[agency]--;
    taken.set(c, agency ?? null);
  }
  return {taken, now};
}
const sameChoice = (a, b) => [...a.keys()].every((c) => a.get(c) === b.get(c));

/** How many places are left once those who keep theirs sit on them. */
const placesLeft = (post, keeping) => Object.fromEntries(post.seats.map((s) => [s.agency, s.quota - keeping.filter((c) => c.kept === s.agency).length]));

/** The choice of agency: whoever is better goes first; equals matter only where their order would change something. */
function chooseAgencies(inputs, maxima, post, winners, decide, left) {
  let waiting = false;
  const exhausted = [];
  const levels = [...new Set(winners.map((c) => c.total))].sort((a, b) => (a > b ? -1 : 1));
  for (const total of levels) {
    let group = winners.filter((c) => c.total === total);
    while (group.length > 0) {
      const first = group.filter((c) => group.every((d) => chain(inputs.pack, maxima, d, c) >= 0));
      group = group.filter((c) => !first.includes(c));
      if (waiting) { first.forEach((c) => decide(c, "agency_waits", null)); continue; }
      // Seven equals have 5,040 orders; beyond that a walk over adjacent swaps of one order finds a dependence as well.
      const some = chooseInOrder(first, left);
      const orders = first.length <= 6 ? permutations(first) : first.flatMap((_, i) => [[...first.slice(i), ...first.slice(0, i)], [...first.slice(i), ...first.slice(0, i)].reverse()]);
      const matters = orders.some((order) => !sameChoice(some.taken, chooseInOrder(order, left).taken));
      const place = matters ? recorded(inputs, first) : () => 0;
      if (!place) { first.forEach((c) => decide(c, "tied_agency", null)); waiting = true; continue; }
      const choice = chooseInOrder([...first].sort((a, b) => place(a) - place(b)), left);
      left = choice.now;
      for (const [c, agency] of choice.taken) {
        decide(c, agency ? null : "list_exhausted", agency);
        if (!agency) exhausted.push(c);
      }
    }
  }
  if (waiting) return;
  const word = (c) => (inputs.placements ?? []).filter((p) => p.roll_number === c.roll_number).at(-1);
  const before = (a, b) => (a.total !== b.total ? (a.total > b.total ? -1 : 1) : chain(inputs.pack, maxima, a, b) || word(a).number - word(b).number);
  for (const c of exhausted.filter(word).sort(before)) { // the council's word, where a place is left there
    const {agency} = word(c);
    if (!(left[agency] > 0)) continue;
    left[agency]--;
    decide(c, "placed", agency, undefined, true);
  }
}

function byWishes(inputs, maxima, post, field, decide, left) {
  const done = new Set();
  for (const c of field) decide(c, "no_seats", null);
  for (let wish = 0; wish < inputs.pack.allocation.wishes; wish++) {
    for (const {agency} of post.seats) {
      if (left[agency] === 0) continue;
      const wishing = field.filter((c) => !done.has(c) && c.agencies[wish] === agency);
      const verdicts = places(inputs, maxima, wishing, left[agency]);
      for (const [c, reason] of verdicts) {
        const won = OUTCOMES[reason] === "selected";
        decide(c, reason, won ? agency : null);
        if (won) left[agency]--;
        if (won || OUTCOMES[reason] === "tied") done.add(c);
      }
      if ([...verdicts.values()].includes("tied_last_seat")) left[agency] = 0;
    }
  }
  const empty = post.seats.flatMap((s) => Array(left[s.agency]).fill(s.agency)), others = field.filter((c) => !done.has(c));
  if (inputs.pack.allocation.rest !== "next_ranked" || empty.length === 0) return;
  const verdicts = places(inputs, maxima, others, empty.length), order = [...others].sort((a, b) => (a.total === b.total && chain(inputs.pack, maxima, a, b)) || inOrder(inputs, maxima, a, b));
  for (const c of order) {
    const won = OUTCOMES[verdicts.get(c)] === "selected", reason = verdicts.get(c) === "within_quota" ? "seat_left" : verdicts.get(c);
    decide(c, reason, won ? empty.shift() : null, undefined, true);
  }
}

/** Best first; equals as the candidates stand in the file. */
const inOrder = (inputs, maxima, a, b) => (a.total !== b.total ? (a.total > b.total ? -1 : 1) : inputs.candidates.indexOf(a) - inputs.candidates.indexOf(b));

/** Open seats on merit, then each group's own; what a group leaves goes to merit where the pack says so. */
function byGroups(inputs, maxima, post, field, decide, keeping) {
  const done = new Set(), left = new Map(post.seats.map((s) => [s.group ?? "", s.quota - keeping.filter((c) => c.kept_group === s.group).length]));
  for (const c of field) decide(c, "no_seats", null);
  const fill = (group) => {
    const field_now = field.filter((c) => !done.has(c) && (group ? (c.groups ?? []).includes(group) : !c.relaxed));
    const verdicts = places(inputs, maxima, field_now, left.get(group));
    for (const [c, reason] of verdicts) {
      const won = OUTCOMES[reason] === "selected";
      decide(c, reason, won ? post.seats[0].agency : null, won ? group || undefined : undefined);
      if (won) left.set(group, left.get(group) - 1);
      if (won || OUTCOMES[reason] === "tied") done.add(c);
    }
    if ([...verdicts.values()].includes("tied_last_seat")) left.set(group, 0);
  };
  for (const group of ["", ...inputs.pack.allocation.groups.map((g) => g.code)]) if (left.get(group) > 0) fill(group);
  if (inputs.pack.allocation.unfilled !== "open" || !left.has("") || left.get("") > 0) return;
  const rest = [...left].filter(([group]) => group).reduce((n, [, places_left]) => n + places_left, 0);
  left.set("", rest);
  if (rest > 0) fill("");
}

/** Decisions by roll number. */
function rank(inputs) {
  const maxima = maximaOf(inputs), decisions = new Map(), pack = inputs.pack;
  for (const c of inputs.candidates) if (c.withheld) c.results = {};
  deriveAll(inputs, maxima);
  const passed = throughStages(inputs, maxima, decisions).filter((c) => {
    if (c.withheld) { c.total = cents(c.withheld.total); return true; }
    c.raw = valueOf(pack, maxima, c, pack.rank.key);
    c.total = c.raw + pointsOf(pack, c, c.raw);
    if (pack.rank.min && c.total < cents(pack.rank.min)) { decisions.set(c.roll_number, {outcome: "failed", reason: "total_low"}); return false; }
    if (c.withdrawn) { decisions.set(c.roll_number, {outcome: "withdrawn", reason: "withdrawn"}); return false; }
    return true;
  });
  for (const post of inputs.posts) {
    const all = passed.filter((c) => c.post === post.code);
    for (const c of all) decisions.set(c.roll_number, {raw: c.raw, total: c.total, place: 1 + all.filter((d) => d.total > c.total).length});
    // Whoever has a place of an earlier list keeps it, best first, as far as the agency has so many.
    const keeping = [], rowOf = (c) => post.seats.find((s) => s.agency === c.kept && s.group === c.kept_group);
    for (const c of [...all].sort((a, b) => inOrder(inputs, maxima, a, b))) {
      if (c.kept && keeping.filter((d) => rowOf(d) === rowOf(c)).length < rowOf(c).quota) keeping.push(c);
    }
    const field = all.filter((c) => !keeping.includes(c)), left = placesLeft(post, keeping);
    for (const c of keeping) Object.assign(decisions.get(c.roll_number), {reason: "seat_kept", outcome: "selected", agency: c.kept, group: c.kept_group});
    const decide = (c, reason, agency, group, sent) => {
      const d = decisions.get(c.roll_number);
      if (reason) Object.assign(d, {reason, outcome: OUTCOMES[reason], group});
      Object.assign(d, agency ? {agency, preference: !sent && c.agencies.includes(agency) ? c.agencies.indexOf(agency) + 1 : undefined} : {agency: undefined, preference: undefined});
    };
    if (pack.allocation.mode === "reserved_groups") byGroups(inputs, maxima, post, field, decide, keeping);
    else if (pack.allocation.mode === "wish_by_wish") byWishes(inputs, maxima, post, field, decide, left);
    else {
      const verdicts = places(inputs, maxima, field, Object.values(left).reduce((sum, n) => sum + n, 0));
      for (const [c, reason] of verdicts) decide(c, reason, null);
      const winners = field.filter((c) => OUTCOMES[verdicts.get(c)] === "selected");
      if (pack.allocation.equals === "admit") winners.forEach((c) => decide(c, null, post.seats[0].agency));
      else chooseAgencies(inputs, maxima, post, winners, decide, left);
    }
    const waiting = field.filter((c) => decisions.get(c.roll_number).outcome === "not_selected"), size = pack.reserve?.size ?? 0;
    for (const c of waiting) {
      const place = 1 + waiting.filter((d) => d.total > c.total).length;
      if (size < 0 || (size > 0 && place <= size)) decisions.get(c.roll_number).reserve = place;
    }
  }
  return decisions;
}

/** A total as it stands in a decision: a number for counts, else a text. */
const number = (value) => (typeof value === "number" ? BigInt(value) : cents(value));

/** Properties of a list, stated apart from how it was made. */
function properties(inputs, decisions) {
  const faults = [], maxima = maximaOf(inputs);
  const of = (c) => decisions.find((d) => d.roll_number === c.roll_number);
  for (const post of inputs.posts) {
    const field = inputs.candidates.filter((c) => c.post === post.code), ties = field.some((c) => of(c).outcome === "tied");
    const groups = inputs.pack.allocation.mode === "reserved_groups", open = inputs.pack.allocation.unfilled === "open";
    for (const seat of inputs.pack.allocation.equals === "admit" || open ? [] : post.seats) {
      if (field.filter((c) => of(c).agency === seat.agency && (!groups || of(c).group === seat.group)).length > seat.quota) faults.push(`${post.code}: too many at ${seat.agency}`);
    }
    if (ties || groups) continue;
    const pooled = inputs.pack.allocation.mode !== "wish_by_wish";
    for (const c of field.filter((one) => of(one).place)) {
      const mine = of(c);
      if (mine.reason === "seat_kept") continue;
      for (const d of field.filter((one) => of(one).agency && of(one).reason !== "seat_kept")) {
        const other = of(d), rank = c.agencies.indexOf(other.agency);
        if (!pooled || rank < 0 || number(mine.total) <= number(other.total)) continue;
        if (mine.outcome === "not_selected" || (mine.preference && rank + 1 < mine.preference)) faults.push(`${d.roll_number} sits where the better ${c.roll_number} wanted to be`);
      }
      const held = (agency) => field.filter((one) => of(one).agency === agency).length;
      const wanted = pooled ? [] : c.agencies.slice(0, inputs.pack.allocation.wishes);
      if (mine.outcome === "not_selected" && wanted.some((a) => held(a) < post.seats.find((s) => s.agency === a).quota)) faults.push(`${c.roll_number} waits beside an empty place`);
      const all = post.seats.reduce((sum, s) => sum + s.quota, 0);
      if (pooled && mine.outcome === "not_selected" && field.filter((one) => of(one).outcome === "selected").length < all) faults.push(`${c.roll_number} waits, and a place is empty`);
    }
  }
  for (const c of inputs.candidates.filter((one) => !one.withheld)) {
    if (stopOf(inputs.pack, maxima, {...c, priority: undefined}) && of(c).place && !of(c).relieved) faults.push(`${c.roll_number} passes by priority points`);
  }
  return faults;
}

const same = (a, b) => (a ?? undefined) === (b ?? undefined);
let files = 0, people = 0, faults = 0;
for (const text of readFileSync(process.argv[2], "utf8").split("\n")) {
  if (!text) continue;
  const {inputs, decisions} = JSON.parse(text);
  const expected = rank(inputs);
  files++;
  for (const stated of decisions) {
    people++;
    const mine = expected.get(stated.roll_number);
    for (const name of ["outcome", "reason", "at", "place", "agency", "preference", "group", "reserve"]) {
      if (!same(stated[name], mine[name])) { faults++; console.log(`file ${files}, ${stated.roll_number}: ${name} is ${stated[name]}, by the rules ${mine[name]}`); }
    }
    for (const name of ["raw", "total"]) {
      if (!same(stated[name] === undefined ? undefined : number(stated[name]), mine[name])) { faults++; console.log(`file ${files}, ${stated.roll_number}: ${name} differs`); }
    }
  }
  for (const fault of properties(inputs, decisions)) { faults++; console.log(`file ${files}: ${fault}`); }
  if (faults > 20) break;
}
console.log(`${files} lists, ${people} persons ranked a second time, ${faults} differences`);
process.exit(faults || !files ? 1 : 0);
