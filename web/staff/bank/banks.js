// banks.js: the banks of one's scope, their rules, who may do what in them, and how healthy they are.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, formatDate, formatNumber} from "/assets/shared/i18n.js";
import {field, showErrors} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {read, may, whoAmI} from "/assets/staff/app.js";
import {STATES, stateTag, rightName, topicName, kindName, levelName} from "/assets/staff/bank/words.js";
import {bankPage, readBanks, mayIn, send, sure} from "/assets/staff/bank/frame.js";

const RIGHTS = ["author", "reviewer", "assembler", "owner"];
const count = (label, value, note) => h("div", {}, h("div", {class: "muted"}, label), h("div", {class: "figure"}, value), note ? h("div", {class: "muted"}, note) : null);
const countOf = (bank, state) => bank.state_counts?.[state] ?? bank.counts?.[state] ?? 0;

export async function banksView() {
  const banks = await readBanks(true);
  const code = h("input", {type: "text", maxlength: "40", spellcheck: "false", autocomplete: "off", class: "code"}), name = h("input", {type: "text", maxlength: "200"});
  const form = h("form", {class: "card", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    if (!code.value.trim()) return showErrors(form, {code: t("rule.required", {field: t("banks.code")})});
    const made = await send("POST", "/banks", {code: code.value.trim().toUpperCase(), ...(name.value.trim() ? {name: name.value.trim()} : {})}, form);
    if (made) toast(t("banks.made")), await banksView();
  }}, h("h2", {}, t("banks.new")), h("div", {class: "grid"}, field("code", t("banks.code"), code, t("banks.code_hint")), field("name", t("banks.name"), name)), h("button", {type: "submit"}, t("banks.create")));
  bankPage("banks", t("banks.title"), h("h1", {}, t("banks.title")), h("p", {class: "muted"}, t("banks.text")),
    banks.length ? dataTable(t("banks.title"), [{title: t("banks.code"), value: (b) => h("a", {href: "#/banks/" + b.code}, b.code)}, {title: t("banks.name"), value: (b) => b.name ?? ""}, {title: t("banks.items"), number: true, value: (b) => formatNumber(b.items ?? 0)},
      ...STATES.map((state) => ({title: t("item.state." + state), number: true, value: (b) => h("a", {href: `#/items?bank=${b.code}&state=${state}`}, formatNumber(countOf(b, state)))})), {title: t("banks.rights"), value: (b) => (b.rights ?? []).map(rightName).join(", ")}], banks) : h("div", {class: "card empty"}, h("p", {}, t("banks.none"))),
    may("bank-write") ? h("div", {class: "after-table"}, form) : null);
}

const tabs = (code, here) => h("nav", {class: "subnav no-print", "aria-label": code}, [["", "health"], ["/members", "members"], ["/settings", "settings"]].map(([tail, name]) => h("a", {href: `#/banks/${code}${tail}`, "aria-current": name === here ? "page" : null}, t("banks.tab." + name))));
async function bankFrame(code, here, ...content) {
  const bank = (await readBanks()).find((b) => b.code === code);
  bankPage("banks", code, h("p", {class: "no-print"}, h("a", {href: "#/banks"}, "← " + t("banks.title"))), h("h1", {}, bank?.name && bank.name !== code ? `${code} · ${bank.name}` : code), tabs(code, here), content);
}

// ---- health ----

const itemLink = (row) => h("a", {href: "#/items/" + row.id}, row.code);
/** A part of the health page: what is wrong, how many, which, and what to do. */
function finding(name, rows, columns, more, total = rows.length) {
  return h("section", {class: "card finding"}, h("div", {class: "row between"}, h("h2", {}, t("health." + name)), h("span", {class: "tag " + (total ? (name === "waiting" ? "warn" : "stop") : "ok")}, total ? t("health.found", {n: formatNumber(total)}) : "✓ " + t("health.none"))),
    h("p", {class: "muted"}, t("health.text." + name)), total ? [dataTable(t("health." + name), columns, rows.slice(0, 20)), more ? h("p", {class: "no-print"}, h("a", {href: more}, t("health.see_all"))) : null] : null);
}

export async function bankHealthView(code) {
  const health = await read(`/banks/${code}/health`);
  if (!health) return;
  const bank = (await readBanks()).find((b) => b.code === code) ?? {};
  const list = (value) => value?.items ?? value ?? [], total = (value) => value?.total ?? list(value).length;
  const gaps = list(health.gaps), all = `#/items?bank=${code}`;
  await bankFrame(code, "health", h("div", {class: "counts-row"}, STATES.map((state) => count(t("item.state." + state), formatNumber(countOf(health, state) || countOf(bank, state))))),
    finding("gaps", gaps, [{title: t("blueprint.title"), value: (g) => (g.blueprint_id ? h("a", {href: "#/blueprints/" + g.blueprint_id}, g.blueprint) : g.blueprint)}, {title: t("health.cell"), value: (g) => [g.section, g.topic ? topicName(g.topic) : "", g.level ? levelName(g.level) : "", g.kind ? kindName(g.kind) : ""].filter(Boolean).join(" · ") || t("health.any")}, {title: t("health.needed"), number: true, value: (g) => formatNumber(g.needed ?? g.min)}, {title: t("health.have"), number: true, value: (g) => formatNumber(g.have ?? g.supply ?? 0)}, {title: t("health.missing"), number: true, value: (g) => formatNumber((g.needed ?? g.min) - (g.have ?? g.supply ?? 0))},
      {title: "", value: (g) => h("a", {href: `#/items/new?bank=${code}${g.topic ? "&topic=" + encodeURIComponent(g.topic) : ""}${g.kind ? "&kind=" + g.kind : ""}${g.level ? "&level=" + g.level : ""}`}, t("health.write"))}], null, total(health.gaps)),
    finding("stale", list(health.stale), [{title: t("items.code"), value: itemLink}, {title: t("meta.source"), value: (i) => i.source ?? ""}, {title: t("meta.source_expires_on"), value: (i) => formatDate(i.source_expires_on ?? i.expires_on)}, {title: t("item.state"), value: (i) => stateTag(i.state)}], all + "&stale=true", total(health.stale)),
    finding("exposed", list(health.exposed ?? health.over_exposed), [{title: t("items.code"), value: itemLink}, {title: t("meta.topic"), value: (i) => topicName(i.topic)}, {title: t("item.exposure"), number: true, value: (i) => formatNumber(i.exposure)}, {title: t("item.state"), value: (i) => stateTag(i.state)}], all + "&sort=-exposure", total(health.exposed ?? health.over_exposed)),
    finding("waiting", list(health.waiting ?? health.drafts), [{title: t("items.code"), value: itemLink}, {title: t("item.state"), value: (i) => stateTag(i.state)}, {title: t("item.author"), value: (i) => i.author ?? ""}, {title: t("health.since"), value: (i) => formatDate(i.updated_at ?? i.since)}], all + "&state=in_review&sort=updated", total(health.waiting ?? health.drafts)),
    finding("duplicates", list(health.duplicates), [{title: t("items.code"), value: (d) => itemLink(d.a ?? d)}, {title: t("health.like"), value: (d) => (d.b ? itemLink(d.b) : d.other)}, {title: t("item.likeness"), number: true, value: (d) => formatNumber(Math.round((d.likeness ?? 0) / 10)) + " %"}], null, total(health.duplicates)),
    h("button", {type: "button", class: "no-print", onclick: () => print()}, t("print")));
}

// ---- members ----

export async function bankMembersView(code) {
  const data = await read(`/banks/${code}/members`);
  if (!data) return;
  const rows = (data.items ?? data.members ?? data).map((m) => ({...m, login_name: m.login_name ?? m.staff?.login_name, full_name: m.full_name ?? m.staff?.full_name, rights: [...m.rights], topic: m.topic ?? ""}));
  const bank = (await readBanks()).find((b) => b.code === code), owner = mayIn(bank, "owner") && (bank?.rights ?? []).includes("owner");
  const me = whoAmI().login_name;
  const form = h("form", {novalidate: true, onsubmit: save});
  const draw = (focus) => {
    fill(form, h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": t("banks.tab.members")}, h("table", {}, h("caption", {class: "visually-hidden"}, t("banks.tab.members")), h("thead", {}, h("tr", {}, h("th", {scope: "col"}, t("members.person")), RIGHTS.map((r) => h("th", {scope: "col"}, rightName(r))), h("th", {scope: "col"}, t("members.topic")), owner ? h("td", {}) : null)),
      h("tbody", {}, rows.map((row, i) => h("tr", {}, h("th", {scope: "row"}, row.made ? field(`members[${i}].login_name`, t("sign_in.name"), input(row, "login_name"), null) : `${row.full_name ?? ""} (${row.login_name})`),
        RIGHTS.map((right) => h("td", {}, right_box(row, right, i))), h("td", {}, owner ? field(`members[${i}].topic`, t("members.topic_of", {name: row.login_name || i + 1}), input(row, "topic", row.rights.includes("owner")), null) : row.topic ? topicName(row.topic) : t("members.whole")),
        owner ? h("td", {}, h("button", {type: "button", class: "quiet", onclick: () => remove(i)}, t("members.remove"), h("span", {class: "visually-hidden"}, " " + row.login_name))) : null))))),
    owner ? h("div", {class: "row after-table"}, h("button", {type: "button", onclick: () => { rows.push({login_name: "", rights: ["author"], topic: "", made: true}); draw(`#${CSS.escape(`members[${rows.length - 1}].login_name`)}`); }}, "+ " + t("members.add")), h("button", {type: "submit", class: "primary"}, t("members.save"))) : h("p", {class: "muted"}, t("members.only_owner")));
    if (focus) form.querySelector(focus)?.focus();
  };
  function input(row, name, disabled = false) {
    const control = h("input", {type: "text", value: row[name], spellcheck: "false", autocapitalize: "none", autocomplete: "off", disabled});
    control.addEventListener("input", () => { row[name] = control.value.trim(); });
    return control;
  }
  function right_box(row, right, i) {
    const box = h("input", {type: "checkbox", checked: row.rights.includes(right), disabled: !owner, "aria-label": `${row.login_name || i + 1}: ${rightName(right)}`});
    box.addEventListener("change", () => {
      row.rights = RIGHTS.filter((r) => (r === right ? box.checked : row.rights.includes(r)));
      if (right === "owner") row.topic = "", draw();
    });
    return h("label", {class: "choose-target"}, box);
  }
  function remove(i) {
    const [row] = rows.splice(i, 1);
    draw("button.primary");
    toast(t("members.removed", {name: row.login_name}), {label: t("undo"), run: () => { rows.splice(i, 0, row); draw(); }});
  }
  async function save(event) {
    event.preventDefault();
    const errors = {};
    rows.forEach((row, i) => { if (!row.login_name) errors[`members[${i}].login_name`] = t("rule.required", {field: t("sign_in.name")}); });
    if (!rows.some((row) => row.rights.includes("owner"))) errors[""] = t("members.no_owner");
    if (rows.some((row) => row.rights.length === 0)) errors[""] ??= t("members.no_rights");
    showErrors(form, errors);
    if (Object.keys(errors).length) return;
    const mine = rows.find((row) => row.login_name === me);
    if (!mine?.rights.includes("owner") && !(await sure(t("members.save"), h("p", {}, t("members.lose_own")), t("members.save"), "danger"))) return;
    const done = await send("PUT", `/banks/${code}/members`, {members: rows.map(({login_name, rights, topic}) => ({login_name, rights, topic}))}, form, (path) => path.replace(/\.staff_id$/, ".login_name").replace(/^(members\[\d+\])$/, "$1.login_name"));
    if (!done) return;
    toast(t("members.saved"));
    await readBanks(true);
    await bankMembersView(code);
  }
  draw();
  await bankFrame(code, "members", h("p", {}, t("members.text")), form);
}

export async function bankSettingsView(code) {
  const bank = await read("/banks/" + code);
  if (!bank) return;
  const owner = (bank.rights ?? []).includes("owner");
  const name = h("input", {type: "text", maxlength: "200", value: bank.name ?? "", disabled: !owner}), exposure = h("input", {type: "number", min: "0", max: "1000", class: "short", value: String(bank.exposure_max ?? 0), disabled: !owner});
  const reviewers = h("select", {disabled: !owner}, [1, 2].map((n) => h("option", {value: n, selected: n === bank.reviewers_needed}, t("banks.reviewers." + n))));
  const form = h("form", {class: "card", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    if (!(await send("PATCH", "/banks/" + code, {name: name.value.trim() || code, reviewers_needed: Number(reviewers.value), exposure_max: Number(exposure.value) || 0}, form))) return;
    await readBanks(true);
    toast(t("banks.saved"));
    await bankSettingsView(code);
  }}, field("name", t("banks.name"), name), field("reviewers_needed", t("banks.reviewers"), reviewers, t("banks.reviewers_hint")), field("exposure_max", t("banks.exposure_max"), exposure, t("banks.exposure_hint")), owner ? h("button", {type: "submit", class: "primary"}, t("banks.save")) : h("p", {class: "muted"}, t("members.only_owner")));
  await bankFrame(code, "settings", form);
}
