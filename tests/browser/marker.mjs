// An examiner marks forty scripts (MARKER_SCRIPTS: as many as one wants) without touching a mouse: by the guide, with a remark and a report, while the network goes
// for minutes and comes, over a reload, with some (BACK) handed back and an undo, up to the final word.
//
// Scripts, guide and examiner are put straight into the tables of a cycle of their own: how they come about is the ground of
// the HTTP scenarios.

import {randomBytes} from "node:crypto";
import {deflateSync, crc32} from "node:zlib";
import {AGAIN, computer, step, check, same, until, officer, signInOfficer, sql, axe, screens} from "./harness.mjs";

const COUNT = Number(process.env.MARKER_SCRIPTS ?? 40), BACK = 4, WORDS = ["Công khai, minh bạch là nguyên tắc của mọi kỳ tuyển dụng.", "Người dân có quyền biết điểm được chấm như thế nào và vì sao.", "Bởi vậy mỗi quyết định phải có lý do, có người chịu trách nhiệm.",
  "Thứ ba, kết quả phải kiểm chứng được mà không cần tin vào ai.", "Khi có sai sót, cơ quan sửa công khai và nói rõ đã sửa gì.", "Em cho rằng niềm tin đến sau bằng chứng."];

function png(width, height) {
  const part = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind), data]), out = Buffer.alloc(8 + body.length);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32 ? crc32(body) : plainCrc(body), 4 + body.length);
    return out;
  };
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size[8] = 8;
  const row = Buffer.alloc(width + 1, 230), ruled = Buffer.alloc(width + 1, 120);
  row[0] = ruled[0] = 0;
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), part("IHDR", size), part("IDAT", deflateSync(Buffer.concat(Array.from({length: height}, (_, y) => (y % 40 === 0 ? ruled : row))))), part("IEND", Buffer.alloc(0))]);
}
function plainCrc(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const newId = () => BigInt.asUintN(62, BigInt("0x" + randomBytes(8).toString("hex"))) + 1n;

/** Scripts of one question for an examiner of their own, who has the password of the demonstration's first one; what she hands back goes to another of the draw. */
function prepare(like) {
  const cycle = newId(), marker = newId(), chief = newId(), other = newId(), draw = newId(), ids = Array.from({length: COUNT}, newId).sort((a, b) => (a < b ? -1 : 1));
  const essay = (i) => WORDS.map((_, k) => WORDS[(k * 5 + i) % WORDS.length]).join(i % 2 ? " " : "\n\n");
  sql(`BEGIN;
    INSERT INTO staff (staff_id, login_name, full_name, password_hash) SELECT ${marker}, 'cham.phim', 'Nguyễn Thị Hồng Ánh', password_hash FROM staff WHERE login_name = '${like}';
    INSERT INTO staff (staff_id, login_name, full_name, password_hash) SELECT ${chief}, 'truong.phim', 'Phạm Văn Trưởng', password_hash FROM staff WHERE login_name = '${like}';
    INSERT INTO staff (staff_id, login_name, full_name, password_hash) SELECT ${other}, 'cham.thay', 'Lê Văn Thay', password_hash FROM staff WHERE login_name = '${like}';
    INSERT INTO staff_role (staff_id, role) VALUES (${marker}, 'examiner'), (${other}, 'examiner'), (${chief}, 'chief_marker');
    INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id, pack_version, written_max, interview_max, created_by, state)
      SELECT ${cycle}, 'CHAM-PHIM', title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id, pack_version, 40, 60, created_by, 'round2' FROM cycle ORDER BY code LIMIT 1;
    ${ids.map((id, i) => `INSERT INTO script (blind_id, cycle_id, component, mark_max, mark_step, question) VALUES (${id}, ${cycle}, 'written', 40, 0.25, 2);
      INSERT INTO marking_assignment (blind_id, marking_round, marker_id) VALUES (${id}, 1, ${marker});
      ${i === 3 ? `INSERT INTO script_page (blind_id, page, question, kind, type, bytes, width, height, sha256) VALUES (${id}, 1, 2, 'image', 'image/png', '\\x${png(600, 800).toString("hex")}', 600, 800, sha256('x'));`
    : `INSERT INTO script_page (blind_id, page, question, kind, body, sha256) VALUES (${id}, 1, 2, 'text', '${essay(i)}', sha256('x'));`}`).join("")}
    INSERT INTO marking_draw (draw_id, cycle_id, component, per_script, marker_ids, scripts, commitment, committed_at) VALUES (${draw}, ${cycle}, 'written', 1, '{${marker},${other}}', ${COUNT}, sha256('x'), clock_timestamp());
    INSERT INTO marking_draw_outcome (draw_id, entropy, seed, outcome, least, most, drawn_by, drawn_at) VALUES (${draw}, '1', sha256('s'), sha256('x'), 0, ${COUNT}, ${chief}, now());
    INSERT INTO rubric (cycle_id, component, question, version, task_vi, task_en, reason, made_at) VALUES (${cycle}, 'written', 2, 1, 'Anh, chị hãy trình bày vì sao kỳ tuyển dụng phải công khai.', 'Explain why recruitment must be open.', 'item', now());
    INSERT INTO rubric_criterion (cycle_id, component, question, version, place, title_vi, title_en, mark_max, mark_step, levels) VALUES
      (${cycle}, 'written', 2, 1, 1, 'Hiểu đúng vấn đề', 'Understands the question', 20, 0.25, '[{"value":"0.00","vi":"lạc đề","en":"off the question"},{"value":"10.00","vi":"hiểu một phần","en":"in part"},{"value":"20.00","vi":"hiểu đủ và sâu","en":"fully"}]'),
      (${cycle}, 'written', 2, 1, 2, 'Lập luận và dẫn chứng', 'Argument and evidence', 15, 0.5, '[]'), (${cycle}, 'written', 2, 1, 3, 'Diễn đạt', 'Expression', 5, 0.25, '[]');
    COMMIT;`);
  return {cycle, ids};
}

/** How many scripts this computer could show without a network. */
const readHere = (page) => page.evaluate(() => new Promise((resolve) => {
  const open = indexedDB.open("khoacu-marking");
  open.onsuccess = () => {
    const count = open.result.transaction("scripts").objectStore("scripts").count();
    count.onsuccess = () => { open.result.close(); resolve(count.result); };
  };
}));
const left = async (page) => Number((await page.textContent(".progress-line")).match(/\d+/)[0]);
const type = async (page, text) => { await page.keyboard.type(text); await page.keyboard.press("Enter"); };

/** One script by three numbers. */
async function markOne(page, marks, last = "Enter") {
  const before = await left(page);
  await type(page, marks[0]);
  await type(page, marks[1]);
  await page.keyboard.type(marks[2]);
  await page.keyboard.press(last);
  await until(async () => (await left(page)) === before - 1, "the next script comes");
}

export default async function () {
  const like = officer("examiner"), {cycle, ids} = prepare(like.name), who = {...like, name: "cham.phim"};
  const stored = (what) => sql(`SELECT ${what} FROM mark m WHERE m.blind_id IN (SELECT s.blind_id FROM script s WHERE s.cycle_id = ${cycle})`);
  const context = await computer(), page = await context.newPage();
  const pointers = () => page.evaluate(() => Number(sessionStorage.getItem("pointers")));
  await page.addInitScript(() => addEventListener("pointerdown", () => sessionStorage.setItem("pointers", Number(sessionStorage.getItem("pointers")) + 1), true));
  await page.clock.install();
  await step("the desk shows the script on the left and the guide on the right, in every width and language", async () => {
    await signInOfficer(page, who);
    await page.goto("/can-bo/#/marking");
    await page.waitForSelector("#value");
    check((await page.textContent(".script-text")).includes("Công khai"), "the script is there");
    check(await page.locator(".criterion").count() === 3, "three criteria");
    await screens(page, "desk-vi");
    await axe(page, "desk");
    await page.click("button[lang=en]");
    await page.waitForSelector("html[lang=en] #value");
    await page.waitForSelector(`.progress-line:has-text('${COUNT}')`);
    await screens(page, "desk-en");
    await axe(page, "desk, English");
    await page.click("button[lang=vi]");
    await page.waitForSelector("html[lang=vi] #value");
    await page.waitForSelector(".progress-line:has-text('Còn')");
    await page.evaluate(() => sessionStorage.removeItem("pointers")); // from here on no mouse
  });
  await step("digits, comma, Enter, arrows and Ctrl+Enter mark; what is off the scale or the step is refused at the field", async () => {
    for (const wrong of ["20,5", "12,3", "x"]) {
      await page.keyboard.press("Control+a");
      await type(page, wrong);
      await page.waitForSelector("#value[aria-invalid=true]");
    }
    await page.keyboard.press("Control+a");
    await markOne(page, ["12,25", "7.5", "4"]);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    check(await page.inputValue("#value") === "10", "the arrows go from level to level");
    await page.keyboard.press("Enter");
    await type(page, "15");
    await page.keyboard.type("5");
    await page.keyboard.press("Control+Enter");
    await until(async () => (await left(page)) === COUNT - 2, "the third script");
    await until(async () => stored("string_agg(m.value::text || ' ' || m.criteria::text, ';' ORDER BY m.value)") === "23.75 {12.25,7.50,4.00};30.00 {10.00,15.00,5.00}", "the server has both");
    check((await page.textContent(".save-state")).includes("Đã lưu"), "kept");
  });
  await step("a sentence and a part of a picture are remarked on by keys; a report goes to the head", async () => {
    await page.keyboard.press("a");
    await page.waitForSelector("mark.choosing");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog textarea");
    await page.keyboard.type("Ý này rất hay");
    await page.keyboard.press("Control+Enter");
    await page.waitForSelector("mark.note");
    await page.keyboard.press("r");
    await page.waitForSelector("dialog select");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Hai màu mực ở trang đầu");
    await screens(page, "desk-report");
    await page.keyboard.press("Control+Enter");
    await page.waitForSelector(".remarks .banner");
    await markOne(page, ["20", "10", "3,75"]);
    await page.waitForSelector(".script-picture img");
    await page.keyboard.press("a");
    await page.waitForSelector(".frame.choosing");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog textarea");
    await page.keyboard.type("Hình vẽ sạch");
    await page.keyboard.press("Control+Enter");
    await page.waitForSelector("button.frame:not(.choosing)");
    await screens(page, "desk-picture");
    await axe(page, "desk with a picture");
    await markOne(page, ["5", "5", "5"]);
    await until(async () => sql(`SELECT count(*) FROM script_annotation WHERE task_id IN (SELECT blind_id FROM script WHERE cycle_id = ${cycle})`) === "2", "both remarks are stored");
    same(sql(`SELECT r.article FROM script_report r JOIN script s USING (blind_id) WHERE s.cycle_id = ${cycle}`), "two_scripts", "the report");
  });
  await step("without a network marking goes on, and nothing is called kept; with it all is sent", async () => {
    await until(async () => stored("count(*)") === "4", "four marks");
    await until(async () => (await readHere(page)) >= Math.min(COUNT, 4 + 1 + 12), "scripts are read ahead");
    await context.setOffline(true);
    for (let i = 0; i < 5; i++) {
      await markOne(page, [String(i + 10), "8,5", "2"]);
      await page.clock.fastForward("03:00"); // a quarter of an hour in all: what is retried is retried
    }
    await page.waitForSelector(".save-state.stop:has-text('5')"); // acts are held here
    same(stored("count(*)"), "4", "nothing reached the server");
    await screens(page, "desk-offline");
    await context.setOffline(false);
    await page.waitForSelector(".save-state.ok");
    same(stored("count(*)"), "9", "all came");
  });
  await step("what could not be sent survives a reload", async () => {
    await page.route("**/mark", (route) => route.abort());
    await markOne(page, ["1", "1", "1"]);
    await page.waitForSelector(".save-state.stop");
    await page.reload();
    await page.waitForSelector("#value");
    same(await left(page), COUNT - 10, "it counts as marked here");
    await page.waitForSelector(".save-state.stop");
    await page.unroute("**/mark");
    await page.waitForSelector(".save-state.ok", AGAIN);
    same(stored("count(*)"), "10", "it came");
  });
  await step("by b and c a script is handed back with a reason, also without a network: it goes from the list at once and to another who is drawn", async () => {
    const returned = () => sql(`SELECT coalesce(string_agg(w.why || ' ' || w.reason || ' ' || s.login_name, ';' ORDER BY w.drawn_at), '') FROM marking_redraw w JOIN staff s ON s.staff_id = w.marker_id JOIN script c USING (blind_id) WHERE c.cycle_id = ${cycle}`);
    const code = () => page.textContent(".blind"), first = await code();
    await page.keyboard.press("b");
    await page.waitForSelector("dialog[open] textarea:focus");
    await screens(page, "desk-return");
    await axe(page, "handing back");
    await page.keyboard.press("Control+Enter");
    await page.waitForSelector("dialog textarea[aria-invalid=true]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", {state: "detached"});
    check(await code() === first && await left(page) === COUNT - 10, "who leaves the dialog keeps the script");
    await page.keyboard.press("b");
    await page.waitForSelector("dialog[open] textarea:focus");
    await page.keyboard.type("Chữ quá mờ, tôi không đọc được");
    await page.keyboard.press("Control+Enter");
    await until(async () => (await left(page)) === COUNT - 11, "it is off the list");
    check(await code() !== first, "another script is open");
    await until(async () => returned() === "given_back Chữ quá mờ, tôi không đọc được cham.thay", "another is drawn for it");
    await page.waitForSelector(".save-state.ok");
    await context.setOffline(true);
    const second = await code();
    await page.keyboard.press("c");
    await page.waitForSelector("dialog[open] textarea:focus");
    await page.keyboard.type("Tôi nhận ra nét chữ học trò cũ");
    await page.keyboard.press("Control+Enter");
    await until(async () => (await left(page)) === COUNT - 12, "off the list without a network");
    check(await code() !== second, "the next is open");
    await page.waitForSelector(".save-state.stop");
    check(!returned().includes("conflict"), "the server does not know yet");
    await context.setOffline(false);
    await until(async () => returned().endsWith(";conflict Tôi nhận ra nét chữ học trò cũ cham.thay"), "it is told");
    await page.waitForSelector(".save-state.ok");
    await page.reload();
    await page.waitForSelector("#value");
    same(await left(page), COUNT - 12, "neither comes back");
    for (const gone of [first, second]) {
      const listed = await page.evaluate(async () => (await (await fetch("/api/v1/scripts?state=all&limit=200")).json()).items.map((s) => s.blind_code));
      check(!listed.includes(gone), "the server lists it no more");
    }
  });
  await step("the server's list that comes late takes nothing from under her hands: what she types stays, what she hands back goes, the last mark can be taken back", async () => {
    const code = () => page.textContent(".blind"), LIST = /\/api\/v1\/scripts\?state=all/, slowly = async () => {
      let release, hold;
      const held = new Promise((resolve) => { release = resolve; }), asked = new Promise((resolve) => { hold = resolve; });
      await page.route(LIST, async (route) => {
        const answer = await route.fetch();
        hold();
        await held;
        await route.fulfill({response: answer}).catch(() => {});
      }, {times: 1});
      return {asked, come: async () => {
        const there = page.waitForEvent("requestfinished", (request) => LIST.test(request.url()));
        release();
        await there;
        await page.waitForTimeout(300);
      }};
    };
    const handBack = async (key) => {
      await page.keyboard.press(key);
      await page.waitForSelector("dialog[open] textarea:focus");
      return async () => {
        const gone = await code(), before = await left(page);
        await page.keyboard.type("Không chấm được");
        await page.keyboard.press("Control+Enter");
        await until(async () => (await left(page)) === before - 1, "it is off the list");
        check(await code() !== gone, "another script is open");
      };
    };
    const marked = await code();
    await markOne(page, ["3", "3", "3"]);
    let list = await slowly();
    await (await handBack("b"))();
    await list.asked;
    const confirm = await handBack("b");
    await list.come();
    list = await slowly();
    await confirm();
    await list.asked;
    await type(page, "7");
    await page.keyboard.type("5");
    await list.come();
    same([await page.textContent(".criterion strong"), await page.inputValue("#value")], ["7 / 20", "5"], "typed");
    await page.keyboard.press("u");
    await until(async () => (await code()) === marked, "the last mark is open again");
    await page.keyboard.press("Alt+ArrowRight");
    await until(async () => (await code()) !== marked, "and left as it was");
    await page.waitForSelector(".save-state.ok");
  });
  await step("a key held down keeps one mark, and nothing is kept for a script that is not there yet: digits wait for its field", async () => {
    let asked = 0, release;
    const held = new Promise((resolve) => { release = resolve; });
    await page.goto("about:blank");
    await page.route("**/api/v1/scripts/*", async (route) => {
      if (asked++ > 0) await held; // a slow line: the first one is here, what comes next is not read ahead yet
      await route.continue().catch(() => {}); // the page may have gone on without it
    });
    await page.goto("/can-bo/#/marking");
    await page.waitForSelector("#value");
    const before = await left(page), first = await page.textContent(".blind"), marks = stored("count(*)");
    await type(page, "13");
    await type(page, "9");
    await page.keyboard.type("4");
    for (let i = 0; i < 5; i++) await page.keyboard.down("Enter"); // held down, it repeats itself
    await page.keyboard.up("Enter");
    await page.keyboard.type("12,5");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+Enter");
    check(await page.textContent(".blind") === first, "the next script is not there yet");
    release();
    await until(async () => (await page.textContent(".blind")) !== first, "now it is");
    same(await page.inputValue("#value"), "12,5", "what was typed stands in its first field");
    await page.waitForSelector(".save-state.ok");
    same(await left(page), before - 1, "one script is marked");
    same(Number(stored("count(*)")) - Number(marks), 1, "by one mark");
    await page.unroute("**/api/v1/scripts/*");
    await page.keyboard.press("Control+a");
    await markOne(page, ["12,5", "8", "3"]);
  });
  await step("the last mark is taken back to be changed; all are declared final and stay", async () => {
    await markOne(page, ["2", "2", "2"]);
    await page.keyboard.press("u");
    await until(async () => (await page.inputValue("#value")) === "2", "the script is open again");
    await page.keyboard.press("Control+a");
    await type(page, "19,5");
    await page.keyboard.press("Control+Enter");
    while ((await left(page)) > 0) {
      const before = await left(page);
      await page.waitForFunction(() => document.querySelector("#value")?.value === "");
      await type(page, "11");
      await type(page, "9");
      await page.keyboard.type("4");
      await page.keyboard.press("Enter");
      await until(async () => (await left(page)) === before - 1, "the next script comes");
    }
    await page.waitForSelector(".save-state.ok");
    same(stored("count(DISTINCT m.blind_id)"), String(COUNT - BACK), "every script is marked");
    await page.keyboard.press("f");
    await page.waitForSelector("dialog[open] button.primary");
    await screens(page, "desk-final");
    await page.keyboard.press("Enter");
    await until(async () => sql(`SELECT count(*) FROM mark_final f JOIN script s USING (blind_id) WHERE s.cycle_id = ${cycle}`) === String(COUNT - BACK), "all are final");
    same(await pointers(), 0, "no mouse was touched");
    await page.waitForSelector(".tag.ok");
    check(await page.locator("#value").count() === 0, "a final mark has no field");
    same(sql(`SELECT value FROM mark WHERE blind_id IN (${ids.join(",")}) AND revision = 2`), "23.50", "the one that was changed");
  });
  same(context.pageErrors, [], "script errors");
  await context.close();
  await step("the chief marker sets what is asked, reads a script and makes it a sample, and decides a report", async () => {
    const office = await computer(), desk = await office.newPage();
    await signInOfficer(desk, {...like, name: "truong.phim"});
    await desk.goto("/can-bo/#/marking-guides/CHAM-PHIM");
    await desk.waitForSelector("h2:has-text('câu 2')");
    const part = desk.locator("section.card:has(h2:has-text('câu 2'))");
    await part.locator("summary:has-text('Yêu cầu')").click();
    await part.locator("#written-2-seed_every").fill("5");
    await part.locator("#written-2-tolerance").fill("1,5");
    await part.locator("#written-2-reason").fill("hướng dẫn chấm");
    await screens(desk, "alike-standard");
    await axe(desk, "standards");
    await part.locator("button:has-text('Lưu yêu cầu')").click();
    await until(async () => sql(`SELECT seed_every || ' ' || tolerance FROM script_standard WHERE cycle_id = ${cycle}`) === "5 1.50", "the standard is kept");
    await until(async () => (await part.locator("#written-2-reason").inputValue()) === "", "the page is drawn anew"); // and closes what was open
    await part.locator("summary:has-text('Bài mẫu')").click();
    await part.locator(".sample-pool .row button").first().click();
    await desk.waitForSelector("#sample-0");
    for (const [i, mark] of ["20", "15", "4,5"].entries()) await desk.fill(`#sample-${i}`, mark);
    await desk.fill("#sample-reason", "bài đủ ý");
    await desk.selectOption("#sample-purpose", "seed");
    await screens(desk, "alike-sample");
    await axe(desk, "a sample");
    await desk.click("button:has-text('Chọn làm bài mẫu')");
    await until(async () => sql(`SELECT p.purpose || ' ' || p.value FROM script_sample p JOIN script s USING (blind_id) WHERE s.cycle_id = ${cycle}`) === "seed 39.50", "the sample is kept");
    await desk.locator("button:has-text('Không chấp nhận')").click();
    await desk.fill("dialog textarea", "đã xem bài, một màu mực");
    await desk.click("dialog button.primary");
    await until(async () => sql(`SELECT d.verdict FROM script_report_decision d JOIN script_report r USING (report_id) JOIN script s USING (blind_id) WHERE s.cycle_id = ${cycle}`) === "dismissed", "the word is kept");
    same(office.pageErrors, [], "script errors");
    await office.close();
  });
  await step("what the head decides is asked for at its fields: the dialog stays, with what she wrote, until it holds", async () => {
    sql(`INSERT INTO marking_call (blind_id, position, next, stage, tier, gap, called_at) VALUES (${ids[COUNT - 1]}, 1, 'head', 'tiers', 1, 6, now())`);
    const office = await computer(), desk = await office.newPage();
    await signInOfficer(desk, {...like, name: "truong.phim"});
    await desk.goto("/can-bo/#/marking-lead/CHAM-PHIM");
    await desk.click("button:has-text('Quyết định…')");
    await desk.click("dialog button.primary");
    await desk.waitForSelector("dialog [data-field=decide-value] .error:not([hidden])");
    await desk.waitForSelector("dialog [data-field=decide-words] .error:not([hidden])");
    await axe(desk, "a decision with faults");
    await screens(desk, "lead-decide");
    await desk.fill("#decide-words", "Theo biên bản đối thoại");
    await desk.fill("#decide-value", "40,5");
    await desk.click("dialog button.primary");
    await desk.waitForSelector("dialog [data-field=decide-value] .error:not([hidden])");
    await desk.fill("#decide-value", "33,33");
    await desk.click("dialog button.primary");
    await desk.waitForSelector("dialog [data-field=decide-value] .error:has-text('bước điểm')"); // the server's word
    check(await desk.inputValue("#decide-words") === "Theo biên bản đối thoại", "her words stand");
    check(await desk.locator("dialog [data-field=decide-words] .error:not([hidden])").count() === 0, "and are right now");
    await desk.keyboard.press("Escape");
    same(office.pageErrors, [], "script errors");
    await office.close();
  });
  await step("the head of the marking board sees agreement, severity and drift, plotted and as tables, in every width and language; a request to mark again names scripts", async () => {
    const office = await computer(), desk = await office.newPage();
    await signInOfficer(desk, officer("chief_marker"));
    await desk.goto("/can-bo/#/marking-quality");
    await desk.click("a:has-text('CC-2026-MINH-HOA')");
    await desk.waitForSelector("h1:has-text('Chất lượng chấm thi · CC-2026-MINH-HOA')");
    const former = await desk.textContent("main");
    await desk.click("button:has-text('Tính báo cáo'), button:has-text('Tính lại')");
    await until(async () => (await desk.locator("main button.primary:enabled").count()) === 1 && (await desk.textContent("main")) !== former, "another report is shown");
    await desk.waitForSelector("figure:has-text('Mức rộng tay của từng giám khảo') svg");
    await desk.waitForSelector("figure:has-text('Lượt 1 trừ lượt 2') svg");
    const text = await desk.textContent("main");
    for (const word of ["Kappa", "ICC"]) check(text.toLowerCase().includes(word.toLowerCase()), `${word} is told`);
    await desk.locator("details.marker summary").first().click();
    await desk.waitForSelector("figure:has-text('CUSUM') svg");
    await axe(desk, "quality of marking");
    await screens(desk, "marking-quality");
    await desk.locator("button:has-text('Yêu cầu chấm lại…')").first().click();
    await desk.waitForSelector("dialog[open] textarea");
    await axe(desk, "a request to mark again");
    await screens(desk, "marking-quality-ask");
    await desk.keyboard.press("Escape");
    await desk.click("button[lang=en]");
    await desk.waitForSelector("figure:has-text('How generous each marker is') svg");
    await screens(desk, "marking-quality-en");
    same(office.pageErrors, [], "script errors");
    await office.close();
  });
}
