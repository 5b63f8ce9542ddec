// result_second.mjs: ranks the fields of result files a second time, by the text of the rules and without any thought
// of speed, and compares with the decisions in them. Shares nothing with the engine but the file format.
//
//   node tests/unit/result_second.mjs FILE      a result file, or one result file a line

import {readFileSync} from "node:fs";

const cents = (text) => BigInt(text.replace(".", ""));
const isCombined = (stage, maxima) => stage.components.filter((c) => maxima[c.code] > 0n).length >= 2;
const STATES = ["absent", "suspended", "void"];

/** Largest value of every component in this cycle, by code. */
function maximaOf(inputs) {
  const maxima = {};
  for (const stage of inputs.pack.stages) {
    for (const c of stage.components) {
      maxima[c.code] = c.unit === "count" ? BigInt(c.questions) : c.mark_max === "cycle" ? cents(inputs.scales[c.code]) : cents(c.mark_max);
    }
  }
  for (const f of inputs.pack.formulas) maxima[f.code] = f.terms.reduce((sum, term) => sum + BigInt(term.weight ?? 1) * maxima[term.of], 0n) / BigInt(f.divisor ?? 1);
  return maxima;
}

/** The number behind a code for one candidate; undefined where there is none. */
function valueOf(pack, maxima, candidate, code) {
  const formula = pack.formulas.find((f) => f.code === code);
  if (!formula) {
    const result = candidate.results[code];
    if (typeof result === "number") return BigInt(result);
    return result === undefined || [...STATES, "exempt"].includes(result) ? undefined : cents(result);
  }
  let sum = 0n;
  for (const term of formula.terms) {
    if (maxima[term.of] === 0n) continue;
    const value = valueOf(pack, maxima, candidate, term.of);
    if (value === undefined) return undefined;
    sum += BigInt(term.weight ?? 1) * value;
  }
  if (formula.divisor || formula.round) throw new Error("this second program rounds nothing");
  return sum;
}

/** {outcome, at} of whoever does not pass, or null. */
function stopOf(pack, maxima, candidate) {
  for (const stage of pack.stages) {
    for (const c of stage.components) {
      if (maxima[c.code] > 0n && STATES.includes(candidate.results[c.code])) return {outcome: candidate.results[c.code], reason: candidate.results[c.code], at: c.code};
    }
    for (const gate of stage.gates) {
      if (maxima[gate.on] === 0n || (gate.when === "combined" && !isCombined(stage, maxima))) continue;
      const value = valueOf(pack, maxima, candidate, gate.on);
      if (value === undefined) continue;
      const [left, right] = gate.share ? [value * 100n, cents(gate.share) * maxima[gate.on]] : [value, cents(gate.value)];
      if (gate.op === "ge" ? left < right : left <= right) return {outcome: "failed", reason: "gate", at: gate.code};
    }
  }
  return null;
}

/** Below 0: a goes before b by the chain; 0: it cannot tell. */
function chain(pack, maxima, a, b) {
  for (const tie of pack.ties) {
    if (tie.manual) return 0;
    const stage = pack.stages.find((s) => s.components.some((c) => c.code === tie.key || pack.formulas.some((f) => f.code === tie.key && f.terms.some((t) => t.of === c.code))));
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

const OUTCOMES = {within_quota: "selected", tie_won: "selected", tie_won_manual: "selected", list_exhausted: "selected", agency_waits: "selected",
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

/** The choice of agency: whoever is better goes first; equals matter only where their order would change something. */
function chooseAgencies(inputs, maxima, post, winners, decide) {
  let left = Object.fromEntries(post.seats.map((s) => [s.agency, s.quota])), waiting = false;
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
      for (const [c, agency] of choice.taken) decide(c, agency ? null : "list_exhausted", agency);
    }
  }
}

function byWishes(inputs, maxima, post, field, decide) {
  const left = Object.fromEntries(post.seats.map((s) => [s.agency, s.quota])), done = new Set();
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
}

/** Decisions by roll number. */
function rank(inputs) {
  const maxima = maximaOf(inputs), decisions = new Map(), pack = inputs.pack;
  const passed = [];
  for (const c of inputs.candidates) {
    if (c.withheld) {
      c.results = {};
      c.total = cents(c.withheld.total);
      passed.push(c);
      continue;
    }
    const stop = stopOf(pack, maxima, c);
    if (stop) { decisions.set(c.roll_number, stop); continue; }
    c.raw = valueOf(pack, maxima, c, pack.rank.key);
    c.total = c.raw + (c.priority ? cents(c.priority) : 0n);
    passed.push(c);
  }
  for (const post of inputs.posts) {
    const field = passed.filter((c) => c.post === post.code);
    for (const c of field) decisions.set(c.roll_number, {raw: c.raw, total: c.total, place: 1 + field.filter((d) => d.total > c.total).length});
    const decide = (c, reason, agency) => {
      const d = decisions.get(c.roll_number);
      if (reason) Object.assign(d, {reason, outcome: OUTCOMES[reason]});
      Object.assign(d, agency ? {agency, preference: c.agencies.indexOf(agency) + 1} : {agency: undefined, preference: undefined});
    };
    if (pack.allocation.mode === "wish_by_wish") { byWishes(inputs, maxima, post, field, decide); continue; }
    const verdicts = places(inputs, maxima, field, post.seats.reduce((sum, s) => sum + s.quota, 0));
    for (const [c, reason] of verdicts) decide(c, reason, null);
    chooseAgencies(inputs, maxima, post, field.filter((c) => OUTCOMES[verdicts.get(c)] === "selected"), decide);
  }
  return decisions;
}

/** Properties of a list, stated apart from how it was made. */
function properties(inputs, decisions) {
  const faults = [], maxima = maximaOf(inputs);
  const of = (c) => decisions.find((d) => d.roll_number === c.roll_number);
  for (const post of inputs.posts) {
    const field = inputs.candidates.filter((c) => c.post === post.code), ties = field.some((c) => of(c).outcome === "tied");
    for (const seat of post.seats) {
      if (field.filter((c) => of(c).agency === seat.agency).length > seat.quota) faults.push(`${post.code}: too many at ${seat.agency}`);
    }
    if (ties) continue;
    const pooled = inputs.pack.allocation.mode !== "wish_by_wish";
    for (const c of field.filter((one) => of(one).place)) {
      const mine = of(c);
      for (const d of field.filter((one) => of(one).agency)) {
        const other = of(d), rank = c.agencies.indexOf(other.agency);
        if (!pooled || rank < 0 || cents(mine.total) <= cents(other.total)) continue;
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
    if (stopOf(inputs.pack, maxima, {...c, priority: undefined}) && of(c).place) faults.push(`${c.roll_number} passes by priority points`);
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
    for (const name of ["outcome", "reason", "at", "place", "agency", "preference"]) {
      if (!same(stated[name], mine[name])) { faults++; console.log(`file ${files}, ${stated.roll_number}: ${name} is ${stated[name]}, by the rules ${mine[name]}`); }
    }
    for (const name of ["raw", "total"]) {
      if (!same(stated[name] === undefined ? undefined : cents(stated[name]), mine[name])) { faults++; console.log(`file ${files}, ${stated.roll_number}: ${name} differs`); }
    }
  }
  for (const fault of properties(inputs, decisions)) { faults++; console.log(`file ${files}: ${fault}`); }
  if (faults > 20) break;
}
console.log(`${files} lists, ${people} persons ranked a second time, ${faults} differences`);
process.exit(faults || !files ? 1 : 0);
