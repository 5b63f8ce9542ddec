// list.js: the items of the banks in one's scope: search with or without diacritics, filters, order, pages, acts on many.

import {h, fill} from "/assets/shared/dom.js";
import {t, formatDate, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field} from "/assets/shared/form.js";
import {may} from "/assets/staff/app.js";
import {searchField} from "/assets/staff/candidates.js";
import {KINDS, STATES, LEVELS, kindName, levelName, topicName, stateTag, flagTag, facilityText, actName} from "/assets/staff/bank/words.js";
import {bankPage, bankOptions, readBanks, keepBank, mayIn} from "/assets/staff/bank/frame.js";
import {ACTS, actOnItems} from "/assets/staff/bank/acts.js";

const FILTERS = ["bank", "q", "topic", "state", "kind", "level", "tag", "author", "stale", "sort"];
const SORTS = ["-updated", "updated", "code", "-code", "topic", "-exposure", "facility", "-facility"];
const LIMITS = [50, 100, 200];

/** A list of items with everything around it. `fixed`: filters that the page sets itself. */
export class ItemList {
  constructor(query, {fixed = {}, acts = ACTS, empty = t("items.empty"), address = "#/items"} = {}) {
    Object.assign(this, {fixed, acts, empty, address, chosen: new Map(), pages: [""], limit: Number(query.get("limit")) || 50, rows: []});
    this.filters = Object.fromEntries(FILTERS.map((name) => [name, fixed[name] ?? query.get(name) ?? ""]));
    this.box = h("div", {});
    this.last = h("div", {class: "no-print"});
    this.bar = h("div", {class: "bulk-bar no-print", role: "region", "aria-label": t("acts.bar"), hidden: true});
  }

  address_of() {
    const parts = FILTERS.filter((name) => this.filters[name] && !(name in this.fixed)).map((name) => `${name}=${encodeURIComponent(this.filters[name])}`);
    return parts.length ? "?" + parts.join("&") : "";
  }
  set(name, value) {
    if (location.hash.split("?")[0] !== this.address) return undefined; // another page was asked for while she typed
    this.filters[name] = value;
    this.pages.length = 1;
    this.chosen.clear();
    history.replaceState(null, "", location.pathname + location.search + this.address + this.address_of());
    return this.load();
  }

  filterBar(banks) {
    const choice = (name, label, options) => {
      const select = h("select", {onchange: () => this.set(name, select.value)}, options.map(([value, text]) => h("option", {value, selected: String(value) === this.filters[name]}, text)));
      return name in this.fixed ? null : field("filter-" + name, label, select);
    };
    const typed = (name, label, hint, list) => {
      const input = h("input", {type: "text", autocomplete: "off", spellcheck: "false", value: this.filters[name], list});
      input.addEventListener("change", () => this.set(name, input.value.trim()));
      return field("filter-" + name, label, input, hint);
    };
    const search = searchField("q", t("items.search"), t("items.search_hint"), () => this.set("q", search.input.value.trim()));
    search.input.value = this.filters.q;
    const bank = h("select", {onchange: () => { keepBank(bank.value); void this.set("bank", bank.value); }}, bankOptions(banks, this.filters.bank, t("items.all_banks")));
    this.topics = h("datalist", {id: "filter-topics"});
    const more = ["kind", "level", "tag", "author", "stale", "topic"].some((name) => this.filters[name]);
    return h("div", {class: "no-print"}, h("div", {class: "filters"}, search.box, "bank" in this.fixed ? null : field("filter-bank", t("meta.bank"), bank), choice("state", t("item.state"), [["", t("items.all_states")], ...STATES.map((s) => [s, t("item.state." + s)])]),
      choice("sort", t("items.sort"), SORTS.map((s, i) => [i ? s : "", t("items.sort." + s)]))),
    h("details", {class: "more-filters", open: more}, h("summary", {}, t("items.more_filters")), this.topics, h("div", {class: "filters"}, typed("topic", t("meta.topic"), t("items.topic_hint"), "filter-topics"), choice("kind", t("meta.kind"), [["", t("items.all_kinds")], ...KINDS.map((k) => [k, kindName(k)])]),
      choice("level", t("meta.level"), [["", t("items.all_levels")], ...LEVELS.map((l) => [l, levelName(l)])]), typed("tag", t("meta.tags")), choice("author", t("item.author"), [["", t("items.all_authors")], ["me", t("items.mine")]]), choice("stale", t("items.stale"), [["", t("items.stale_any")], ["true", t("items.stale_only")]]),
      h("button", {type: "button", onclick: () => this.clear()}, t("items.clear_filters")))));
  }
  clear() {
    location.hash = this.address;
    if (location.hash === this.address) void this.restart();
  }

  async load() {
    const mine = (this.turn = (this.turn ?? 0) + 1);
    const query = new URLSearchParams(Object.entries(this.filters).filter(([, value]) => value));
    query.set("limit", String(this.limit));
    if (this.pages.at(-1)) query.set("after", this.pages.at(-1));
    this.box.setAttribute("aria-busy", "true");
    let answer;
    try {
      answer = await api("GET", "/items?" + query);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
    }
    if (mine !== this.turn) return;
    this.box.removeAttribute("aria-busy");
    if (!answer?.ok) return void fill(this.box, h("div", {class: "banner warn", role: "alert"}, h("p", {}, answer ? problemText(answer) : t("problem.network")), h("button", {type: "button", onclick: () => this.load()}, t("try_again"))));
    this.rows = answer.data.items;
    this.draw(answer.data);
  }

  /** What divides the items found, with counts, to narrow by one key; and what is set, to take away. */
  facets({facets, total}) {
    const rows = [["state", Object.entries(facets.states), (v) => t("item.state." + v)], ["topic", facets.topics.slice(0, 8).map((f) => [f.name, f.count]), topicName], ["kind", facets.kinds.map((f) => [f.name, f.count]), kindName],
      ["level", facets.levels.map((count, level) => [String(level), count]).slice(1), (v) => levelName(v)], ["tag", facets.tags.slice(0, 8).map((f) => [f.name, f.count]), (v) => v]];
    const chips = rows.filter(([name]) => !(name in this.fixed)).flatMap(([name, values, text]) => (this.filters[name]
      ? [h("button", {type: "button", class: "chip", "aria-pressed": "true", onclick: () => this.reset(name)}, text(this.filters[name]), h("span", {"aria-hidden": "true"}, " ✕"), h("span", {class: "visually-hidden"}, " " + t("items.remove_filter")))]
      : values.filter(([, count]) => count > 0 && count < total).map(([value, count]) => h("button", {type: "button", class: "chip", onclick: () => this.reset(name, value)}, text(value), " ", h("span", {class: "muted"}, formatNumber(count))))));
    return chips.length ? h("div", {class: "chips no-print", role: "group", "aria-label": t("items.narrow")}, chips) : null;
  }
  async reset(name, value = "") {
    await this.set(name, value);
    const control = document.getElementById("filter-" + name);
    if (control) control.value = value;
    this.box.querySelector(".chip[aria-pressed], .chip")?.focus();
  }

  draw({items, next, total, facets}) {
    this.last_row = undefined;
    const first = (this.pages.length - 1) * this.limit;
    if (this.topics) fill(this.topics, facets.topics.map((f) => h("option", {value: f.name}, topicName(f.name))));
    const size = h("select", {"aria-label": t("items.page_size"), class: "short", onchange: () => { this.limit = Number(size.value); this.pages.length = 1; void this.load(); }}, LIMITS.map((n) => h("option", {value: n, selected: n === this.limit}, t("items.per_page", {n}))));
    fill(this.box, this.facets({facets, total}), items.length ? this.table(items) : h("div", {class: "table-wrap"}, h("div", {class: "empty"}, h("p", {}, this.empty), this.address_of() ? h("button", {type: "button", onclick: () => this.clear()}, t("items.clear_filters")) : null)),
      h("nav", {class: "pager no-print", "aria-label": t("table.pages")}, h("button", {type: "button", disabled: this.pages.length === 1, onclick: () => { this.pages.pop(); void this.load(); }}, "← " + t("table.previous")),
        h("span", {role: "status"}, items.length ? t("table.range", {from: formatNumber(first + 1), to: formatNumber(first + items.length), total: formatNumber(total)}) : t("items.found_none")),
        h("button", {type: "button", disabled: !next, onclick: () => { this.pages.push(next); void this.load(); }}, t("table.next") + " →"), size));
    this.drawBar();
  }

  table(items) {
    const heading = (name, sort) => {
      const now = this.filters.sort || "-updated", up = now === sort, down = now === "-" + sort;
      return h("th", {scope: "col", "aria-sort": up ? "ascending" : down ? "descending" : null}, sort ? h("button", {type: "button", class: "sort", onclick: () => this.set("sort", up ? "-" + sort : down ? sort : ["updated", "exposure"].includes(sort) ? "-" + sort : sort)}, name, up ? " ↑" : down ? " ↓" : "") : name);
    };
    const all = h("input", {type: "checkbox", "aria-label": t("items.choose_page"), checked: items.length > 0 && items.every((i) => this.chosen.has(i.id))});
    all.addEventListener("change", () => {
      for (const item of items) all.checked ? this.chosen.set(item.id, item) : this.chosen.delete(item.id);
      for (const box of body.querySelectorAll("input[type=checkbox]")) box.checked = all.checked;
      this.drawBar();
    });
    const row = (item, i) => {
      const box = h("input", {type: "checkbox", "aria-label": t("items.choose", {code: item.code}), checked: this.chosen.has(item.id)});
      box.addEventListener("click", (event) => {
        if (event.shiftKey && this.last_row !== undefined) for (let n = Math.min(i, this.last_row); n <= Math.max(i, this.last_row); n++) {
          box.checked ? this.chosen.set(items[n].id, items[n]) : this.chosen.delete(items[n].id);
          body.children[n].querySelector("input").checked = box.checked;
        }
        this.last_row = i;
        box.checked ? this.chosen.set(item.id, item) : this.chosen.delete(item.id);
        all.checked = items.every((it) => this.chosen.has(it.id));
        this.drawBar();
      });
      const cell = (name, ...content) => h("td", {"data-label": name}, content);
      return h("tr", {}, h("td", {class: "choose"}, h("label", {class: "choose-target"}, box)), h("th", {scope: "row"}, h("a", {href: "#/items/" + item.id}, item.code)),
        h("td", {class: "wide"}, item.title ? h("strong", {}, item.title + " ") : null, h("span", {class: "excerpt"}, item.excerpt ?? item.stem ?? ""), (item.flags ?? []).length ? h("span", {class: "flags"}, item.flags.map(flagTag)) : null),
        cell(t("meta.kind"), kindName(item.kind)), cell(t("meta.topic"), topicName(item.topic)), cell(t("meta.level"), levelName(item.level)), cell(t("item.state"), stateTag(item.state)), cell(t("meta.facility"), facilityText(item.facility)),
        cell(t("item.exposure"), formatNumber(item.exposure ?? 0)), cell(t("item.author"), typeof item.author === "string" ? item.author : item.author?.full_name ?? ""), cell(t("item.updated"), formatDate(item.updated_at)));
    };
    const body = h("tbody", {}, items.map(row));
    return h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": t("items.title")}, h("table", {class: "items"}, h("caption", {class: "visually-hidden"}, t("items.title")), h("thead", {}, h("tr", {}, h("td", {class: "choose"}, h("label", {class: "choose-target"}, all)), heading(t("items.code"), "code"),
      heading(t("items.stem")), heading(t("meta.kind")), heading(t("meta.topic"), "topic"), heading(t("meta.level")), heading(t("item.state")), heading(t("meta.facility"), "facility"), heading(t("item.exposure"), "exposure"), heading(t("item.author")), heading(t("item.updated"), "updated"))), body));
  }

  /** What was done last stays here with its undo: the passing note is gone before a slow reader has found it. */
  drawLast(text, undo) {
    const button = h("button", {type: "button", onclick: async () => {
      button.disabled = true;
      fill(this.last);
      await undo();
    }}, t("undo"));
    fill(this.last, h("div", {class: "banner last-act"}, h("p", {}, text), button));
  }

  drawBar() {
    const count = this.chosen.size, was = this.bar.hidden;
    this.bar.hidden = count === 0;
    if (count === 0) return fill(this.bar);
    const select = h("select", {"aria-label": t("acts.choose"), class: "short"}, this.acts.map((name) => h("option", {value: name}, actName(name))));
    if (this.act && this.acts.includes(this.act)) select.value = this.act;
    select.addEventListener("change", () => { this.act = select.value; });
    fill(this.bar, h("strong", {role: was ? "status" : null}, t("acts.count", {count: formatNumber(count)})), select, h("button", {type: "button", class: "primary", onclick: async () => {
      const rest = await actOnItems(select.value, [...this.chosen.values()], {again: () => this.load(), done: (text, undo) => this.drawLast(text, undo)});
      if (!rest) return;
      this.chosen = new Map(rest.map((item) => [item.id, item]));
      await this.load();
    }}, t("acts.do")), h("button", {type: "button", class: "quiet", onclick: () => { this.chosen.clear(); void this.load(); }}, t("acts.none")));
  }
}

export async function itemsView(query) {
  const banks = await readBanks();
  const list = new ItemList(query, {empty: banks.length ? t("items.empty") : t("banks.none")});
  list.restart = () => itemsView(new URLSearchParams());
  const writer = may("bank-write") && banks.some((bank) => mayIn(bank, "author"));
  bankPage("items", t("items.title"), h("div", {class: "row between"}, h("h1", {}, t("items.title")), writer ? h("div", {class: "row no-print"}, h("a", {class: "button", href: "#/bank-import"}, t("items.import")), h("a", {class: "button primary", href: "#/items/new"}, t("editor.new"))) : null),
    h("p", {class: "muted"}, t("items.text")), list.filterBar(banks), list.last, list.box, list.bar);
  await list.load();
}

/** What waits for a reviewer: other people's items in review, the oldest first. */
export async function reviewView(query) {
  const banks = await readBanks();
  const list = new ItemList(query, {fixed: {state: "in_review", sort: "updated"}, acts: ["approve", "return"], empty: t("review.empty"), address: "#/review"});
  list.restart = () => reviewView(new URLSearchParams());
  bankPage("review", t("review.queue"), h("h1", {}, t("review.queue")), h("p", {class: "muted"}, t("review.queue_text")), list.filterBar(banks), list.last, list.box, list.bar);
  await list.load();
}
