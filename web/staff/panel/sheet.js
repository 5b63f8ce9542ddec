// sheet.js: the page of a panel, live: its next step by one's office, the order, and the hearing that is chosen.

import {h, fill} from "/assets/shared/dom.js";
import {t, currentLanguage, formatMark, formatNumber, formatTime, formatDate, formatDateTime} from "/assets/shared/i18n.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read} from "/assets/staff/app.js";
import {stateTag} from "/assets/staff/panel/list.js";
import {watch, timeLeft, hearingTag} from "/assets/staff/panel/live.js";
import {markable, markCard, markedNote} from "/assets/staff/panel/mark.js";
import {drawCard, phaseButtons, exceptionButtons, decisionCard, minutesCard, marksTable, lackCard, officeName} from "/assets/staff/panel/acts.js";

const ACTIVE = ["questions", "presentation", "marking", "open", "preparation", "called"];

function steps(sheet, hearing) {
  const order = ["called", ...(sheet.prepare_min > 0 ? ["preparation"] : []), "presentation", "questions", "marking", "settled"];
  const at = hearing.state === "open" ? order.indexOf("marking") : order.indexOf(hearing.state);
  return h("ol", {class: "steps"}, order.map((name, i) => h("li", {class: i < at || hearing.state === "settled" ? "done" : null, "aria-current": i === at && hearing.state !== "settled" ? "step" : null}, t("panel.hearing." + name))));
}

/** One hearing: where it stands, who has marked, how it was settled. */
function detail(sheet, hearing, refresh, next) {
  const facts = [
    ...hearing.phases.map((one) => [t("panel.phase." + one.phase), formatTime(one.began_at) + (one.over_s > 0 ? ` · ${t("panel.over_s", {seconds: one.over_s})}` : "") + (one.reason ? ` · ${one.reason}` : "")]),
    ...hearing.conflicts.map((one) => [t("panel.conflict"), `${one.full_name}: ${one.reason ?? t("panel.tie." + one.why)}`]),
    ...hearing.absences.map((one) => [t("panel.absent_member"), `${one.full_name}: ${one.reason} · ${one.confirmed_by ? t("panel.absence.confirmed", {name: one.confirmed_by}) : t("panel.absence.waits")}`]),
    ...hearing.substitutes.map((one) => [t("panel.office.substitute"), `${one.full_name}: ${one.reason} · ${one.appointed_by}, ${formatDateTime(one.appointed_at)}`]),
    ...(hearing.dialogue ? [[t("panel.dialogue"), hearing.dialogue.minutes + (hearing.dialogue.agreed ? ` · ${t("panel.agreed")}: ${formatMark(hearing.dialogue.agreed)}` : "")]] : []),
    ...hearing.words.map((one) => [t("panel.word." + one.office), `${one.full_name}: ${one.value ? formatMark(one.value) : t("panel.passed_up")} · ${one.reason}`])];
  const left = hearing.markers.filter((one) => !one.final_at);
  return h("section", {class: "card hearing", "aria-label": hearing.full_name}, h("div", {class: "row between"}, h("h2", {}, hearing.full_name), timeLeft(hearing)),
    h("p", {class: "muted"}, `${hearing.place ? t("panel.number", {place: hearing.place}) + " · " : ""}${hearing.roll_number} · ${formatDate(hearing.birth_date)} · ${hearing.post}`),
    hearing.status && hearing.status !== "awarded" ? h("p", {}, hearingTag(hearing)) : steps(sheet, hearing),
    sheet.office === "secretary" && sheet.state === "drawn" ? phaseButtons(sheet, hearing, refresh) : null,
    hearing.state === "marking" ? h("p", {role: "status"}, t("panel.in", {done: hearing.markers.length - left.length, all: hearing.markers.length}), left.length ? ` ${t("panel.missing", {names: left.map((one) => one.full_name).join(", ")})}` : "") : null,
    decisionCard(sheet, hearing, refresh), marksTable(sheet, hearing),
    hearing.state === "settled" && hearing.value ? h("p", {}, h("span", {class: "figure"}, formatMark(hearing.value)), " ", hearing[currentLanguage() === "vi" ? "sentence_vi" : "sentence_en"]) : null,
    facts.length ? h("dl", {class: "facts"}, facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])) : null, exceptionButtons(sheet, hearing, refresh),
    next ? h("button", {type: "button", onclick: next}, t("panel.next") + " →") : null);
}

function about(sheet) {
  const limit = (minutes) => (minutes > 0 ? t("panel.minutes_of", {minutes}) : "–");
  const facts = [[t("panel.cycle"), sheet.cycle], [t("panel.kind"), t("panel.kind." + sheet.kind)], [t("panel.room"), sheet.room], [t("panel.members"), sheet.members.map((one) => `${one.full_name} (${officeName(one)})`).join("; ")],
    [t("panel.least"), formatNumber(sheet.least)], [t("panel.hearing.preparation"), limit(sheet.prepare_min)], [t("panel.hearing.presentation"), limit(sheet.present_min)], [t("panel.hearing.questions"), sheet.questions_min > 0 ? limit(sheet.questions_min) : t("panel.shared")],
    [t("panel.criteria"), sheet.criteria.map((one) => `${one.title} (${formatMark(one.mark_max)})`).join("; ")]];
  if (sheet.committee) facts.splice(4, 0, [currentLanguage() === "vi" ? sheet.committee.title_vi : sheet.committee.title_en, t("panel.committee.of", {sit: formatNumber(sheet.committee.sit), size: formatNumber(sheet.committee.size)})]);
  if (sheet.seed) facts.push([t("panel.plan"), sheet.entropy_plan], [t("panel.commitment"), sheet.commitment], [t("panel.entropy"), sheet.entropy], [t("panel.seed"), sheet.seed]);
  return h("details", {class: "card"}, h("summary", {}, t("panel.about")), h("dl", {class: "facts"}, facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
}

export async function panelView(panel_id) {
  const first = await read("/panels/" + panel_id);
  if (!first) return;
  const top = h("div", {}), marking = h("div", {}), chosen = h("div", {}), list = h("div", {}), ground = h("div", {}), tag = h("span", {}), progress = h("p", {}), seen = h("p", {class: "muted", role: "status"});
  const sits = ["chair", "member"].includes(first.office);
  let selected = null, card = null, sheet = first;

  const refresh = watch(panel_id, list, seen, (data) => { sheet = data; draw(); });

  function drawMarking() {
    if (!sits || sheet.state !== "drawn") return void fill(marking);
    const hearing = markable(sheet);
    if (!hearing) {
      card = null;
      return void fill(marking, markedNote(sheet));
    }
    if (card?.hearing_id !== hearing.hearing_id) {
      card = markCard(sheet, hearing, refresh);
      fill(marking, card.card);
    }
    card.update(hearing);
  }

  function drawChosen() {
    const now = sheet.hearings.find((one) => one.hearing_id === selected)
      ?? (sheet.office === "secretary" ? ACTIVE.map((state) => sheet.hearings.find((one) => one.state === state)).find(Boolean) ?? sheet.hearings.find((one) => one.state === "waiting") : sheet.hearings.find((one) => one.state === "open"));
    const next = selected && sheet.office === "secretary" && sheet.state === "drawn" ? () => { selected = null; drawChosen(); } : null;
    fill(chosen, now && (sheet.seed || selected) ? detail(sheet, now, refresh, next) : null);
  }

  function draw() {
    const done = sheet.hearings.filter((one) => one.state === "settled").length;
    fill(tag, stateTag(sheet.state));
    fill(progress, t("panel.done", {done: formatNumber(done), all: formatNumber(sheet.hearings.length)}), " ", h("progress", {max: String(sheet.hearings.length), value: String(done), "aria-label": t("panel.progress")}));
    fill(top, lackCard(sheet, refresh), sheet.seed ? minutesCard(sheet, refresh) : drawCard(sheet, refresh));
    drawMarking();
    drawChosen();
    fill(list, h("h2", {}, t("panel.order")), dataTable(t("panel.order"), [{title: t("panel.place"), value: (one) => String(one.place ?? "–")}, {title: t("column.roll_number"), value: (one) => one.roll_number}, {title: t("column.name"), value: (one) => one.full_name},
      {title: t("panel.hearing"), value: hearingTag}, {title: t("panel.in.short"), number: true, value: (one) => `${one.markers.filter((m) => m.final_at).length} / ${one.markers.length}`},
      {title: t("panel.value"), number: true, value: (one) => (one.value ? formatMark(one.value) : "–")}], sheet.hearings, {open: (one) => { selected = one.hearing_id; drawChosen(); chosen.scrollIntoView({block: "nearest"}); }}));
    fill(ground, about(sheet));
  }
  page(`${t("panel.title")} ${first.code}`, h("p", {}, h("a", {href: "#/panels"}, "← " + t("panel.list"))),
    h("div", {class: "row between"}, h("h1", {}, `${t("panel.title")} ${first.code} · ${first.room}`), h("div", {class: "row"}, tag, h("a", {class: "button", href: `#/panels/${panel_id}/call`}, t("panel.call")))),
    first.office ? h("p", {class: "muted"}, t("panel.you", {office: t("panel.office." + first.office)})) : null, progress, top, marking, chosen, list, ground, seen);
  draw();
  await refresh();
}
