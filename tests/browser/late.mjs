// Parts of a paper and single questions with a time of their own, with a line and without one, by whatever clock the computer has; and what
// comes too late: laid aside and handed in afterwards, or brought as an emergency file; one officer proposes, another confirms, and
// only then it counts.

import {AGAIN, computer, step, check, same, until, stage, officer, signInCandidate, signInOfficer, axe, screens} from "./harness.mjs";
import {ownLine} from "./line.mjs";
import {saved} from "./candidate.mjs";

const openItem = (page, n) => page.locator(".palette button").nth(n - 1).click();
const choose = (page, n) => page.locator("#question label.option").nth(n).click();
const rowsOf = (candidate) => stage("sql", `SELECT count(*) FROM khoacu.response WHERE sitting_id = ${BigInt("0x" + candidate.sitting)}`)[0][0];

async function sit(candidate, options) {
  const context = await computer(options), page = await context.newPage();
  await signInCandidate(page, candidate);
  await page.waitForSelector("input[name=practice]");
  await page.click("label.option:has(input[value=a])");
  await page.click("button.primary:has-text('phòng chờ')");
  await page.waitForSelector("#question .top");
  return {context, page};
}

/** A computer's clock that is wrong by what the address names in hours; its monotonic count goes on as ever. */
function wrongClock() {
  const real = Date, shift_ms = Number(new URL(location.href).searchParams.get("hours") ?? 0) * 3600000;
  globalThis.Date = class extends real {
    constructor(...a) { a.length ? super(...a) : super(real.now() + shift_ms); }
    static now() { return real.now() + shift_ms; }
  };
}
async function partsWithoutALine() {
  const hall = stage("plain", "GI", "1", `sections = '${JSON.stringify([{first: 1, last: 3, minutes: 20}, {first: 4, last: 6, minutes: 35}])}'`), [me] = hall.candidates;
  const line = await ownLine(), {context, page} = await sit(me, {baseURL: line.url}), client = await context.newCDPSession(page);
  const seconds = (text) => text.match(/(\d+:)?\d\d:\d\d$/)[0].split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  /** What the page says is left, of the part and of the whole, and between which two moments it said so. */
  const look = async () => {
    const from = Date.now(), [words, clock] = await page.evaluate(() => [".part", ".clock"].map((place) => document.querySelector(place).textContent));
    return {words, part: seconds(words), whole: seconds(clock), from, to: Date.now()};
  };
  const reload = async (hours) => {
    await page.goto("about:blank");
    await page.goto(`/thi/?hours=${hours}`);
    await page.waitForSelector("#question .top");
  };
  await context.addInitScript(wrongClock);
  await step("a reload without a line and with a clock that was changed by hours: the part that runs and what is left of it are as before", async () => {
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await page.waitForSelector("#question .top");
    await until(() => page.evaluate(() => new Promise((resolve) => {
      const {port1, port2} = new MessageChannel(), worker = navigator.serviceWorker.controller;
      port1.onmessage = (event) => resolve(event.data !== null && localStorage.getItem("khoacu.server-time") !== null);
      if (worker) worker.postMessage("time", [port2]);
      else resolve(false);
    })), "the time is noted, here and with the worker");
    await context.setOffline(true);
    await line.cut();
    const before = await look();
    for (const hours of [6, -9]) {
      await reload(hours);
      const now = await look(), least = (now.from - before.to) / 1000, most = (now.to - before.from) / 1000;
      check(/^Phần 1 \/ 2 \(câu 1–3\): còn khoảng 1\d:\d\d$/.test(now.words), now.words);
      for (const gone of [before.part - now.part, before.whole - now.whole]) check(gone > least - 4 && gone < most + 4, `${hours} h: ${gone} s have passed by the page, ${least} to ${most} s in truth`);
      same(await page.locator(".palette button.locked").count(), 3, "locked");
    }
    await axe(page, "a part without a line");
    await screens(page, "section-offline-vi");
  });
  await step("where only that clock is left to go by, nothing that may still run is closed, and nothing is called known that is not", async () => {
    await page.goto("about:blank"); // a page that goes on tells the worker the time again
    await client.send("ServiceWorker.enable");
    await client.send("ServiceWorker.stopAllWorkers");
    await reload(6);
    same(await page.textContent(".clock"), "Chưa rõ giờ còn lại");
    check((await page.textContent(".part")).startsWith("Chưa biết phần nào đang mở"), await page.textContent(".part"));
    await openItem(page, 2);
    await choose(page, 1);
    await until(async () => (await page.textContent(".save-state")).includes("1 thay đổi"), "it waits");
  });
  await step("when the line is back the server's time counts again, to the second, and what was answered has arrived", async () => {
    await line.mend();
    await context.setOffline(false);
    await until(async () => /^Phần 1 \/ 2 \(câu 1–3\): còn 1\d:\d\d$/.test(await page.textContent(".part")), "the part that runs");
    await saved(page);
    same(rowsOf(me), "1", "recorded");
    const {whole: most} = await look(), [[left]] = stage("sql", `SELECT ceil(extract(epoch FROM closes_at - clock_timestamp())) FROM khoacu.sitting WHERE sitting_id = ${BigInt("0x" + me.sitting)}`), {whole: least} = await look();
    check(Number(left) >= least - 3 && Number(left) <= most + 3, `${most} s, then ${least} s; the server has ${left} s`);
  });
  same(context.pageErrors, [], "errors of scripts:");
  await context.close();
  await line.close();
}

async function secondsForEach() {
  const SECONDS = 300, RUNS = 3, hall = stage("plain", "GG", "1", `item_seconds = ${SECONDS}`), [me] = hall.candidates;
  const over_s = () => Number(stage("sql", `SELECT extract(epoch FROM clock_timestamp() - starts_at) - ${RUNS * SECONDS} FROM khoacu.shift WHERE shift_id = ${BigInt("0x" + hall.shift)}`)[0][0]);
  stage("move", hall.shift, String((RUNS - 1) * SECONDS)); // the third one runs
  const {context, page} = await sit(me);
  const running = async () => Number((await page.textContent("h1")).match(/^Câu (\d)/)[1]);
  await step("each question has its own seconds: the one that runs is shown with its time, the others are locked and say why", async () => {
    check(/^Câu này còn 0[0-4]:\d\d$/.test(await page.textContent(".part")), await page.textContent(".part"));
    same(await running(), RUNS, "question");
    same(await page.locator(".palette button.locked").count(), 5, "locked");
    await openItem(page, RUNS - 1);
    check((await page.textContent("#question")).includes("đã hết giờ"), "over");
    await openItem(page, 6);
    check(/mở lúc \d\d:\d\d/.test(await page.textContent("#question")), "not yet");
    same(await page.locator("#question input").count(), 0, "nothing to answer");
    await openItem(page, RUNS);
    check(await page.locator(".move button.primary").isDisabled(), "no way on before its time is over");
    await axe(page, "a question with its own time");
  });
  await step("an answer counts within them; when they are over the next question comes by itself, and the server refuses the one before", async () => {
    await choose(page, 1);
    await saved(page);
    await screens(page, "item-seconds-vi");
    stage("move", hall.shift, String(Math.floor(-over_s()) - 10)); // ten seconds are left of it
    await until(async () => (await running()) === RUNS + 1, "the next question");
    same(rowsOf(me), "1", "recorded");
    await until(() => over_s() > 6, "the grace of the shift is over too");
    const refused = await page.evaluate(async ([sitting, position]) => {
      const {api} = await import("/assets/shared/api.js"), paper = await api("GET", `/sittings/${sitting}/paper`);
      const answer = await api("PUT", `/sittings/${sitting}/responses/${position}`, {seq: 2, choice: paper.data.items[position - 1].options[0].id, flagged: false});
      return [answer.status, answer.problem.code];
    }, [me.sitting, RUNS]);
    same(refused, [409, "section-closed"], "the server");
    await choose(page, 0);
    await saved(page);
    same(rowsOf(me), "2", "the next one's answer");
  });
  same(context.pageErrors, [], "errors of scripts:");
  await context.close();
}

export default async function () {
  await partsWithoutALine();
  await secondsForEach();
  const parts = [{first: 1, last: 3, minutes: 20}, {first: 4, last: 6, minutes: 35}];
  const hall = stage("plain", "PH", "2", `sections = '${JSON.stringify(parts)}'`), [me, other] = hall.candidates;
  const {context, page} = await sit(me), second = await sit(other);
  const console_url = `/can-bo/#/cycles/${hall.cycle}/shifts/${hall.shift}/halls/${hall.room}`;
  const proposer = await computer(), confirmer = await computer(), desk = await proposer.newPage(), checker = await confirmer.newPage();
  let file;

  await step("the part that runs is named with its own time; later questions are locked, and say when they open", async () => {
    check(/^Phần 1 \/ 2 \(câu 1–3\): còn 1\d:\d\d$/.test(await page.textContent(".part")), await page.textContent(".part"));
    same(await page.locator(".palette button.locked").count(), 3, "locked");
    check((await page.locator(".palette button").nth(3).getAttribute("aria-label")).endsWith("chưa mở"), "said to screen readers");
    await openItem(page, 5);
    check(/mở lúc \d\d:\d\d/.test(await page.textContent("#question")), "when it opens");
    same(await page.locator("#question input").count(), 0, "nothing to answer");
    await axe(page, "a locked question");
    await openItem(page, 3);
    check(await page.locator(".move button.primary").isDisabled(), "no way on from the last question of the part");
    await page.keyboard.press("Alt+ArrowRight");
    check((await page.textContent("h1")).includes("Câu 3 "), "nor by keys");
    await screens(page, "section-vi");
  });
  await step("when the part is over the screen goes on to the next; an answer that was made in time and comes after it is laid aside, not lost, and never called saved", async () => {
    await openItem(page, 1);
    await choose(page, 0);
    await saved(page);
    await page.route("**/responses/*", (route) => route.abort());
    await openItem(page, 2);
    await choose(page, 1);
    await until(async () => (await page.locator(".save-state.unsent").count()) === 1, "not sent");
    stage("move", hall.shift, "1200");
    await until(async () => (await page.textContent("h1")).includes("Câu 4 "), "the next part");
    check((await page.textContent(".part")).startsWith("Phần 2 / 2"), await page.textContent(".part"));
    await page.unroute("**/responses/*");
    await until(async () => (await page.textContent(".save-state")).includes("1 thay đổi tới sau giờ của phần"), "laid aside", AGAIN.timeout);
    check((await page.textContent(".banner")).includes("chờ hội đồng quyết định"), "says what becomes of it");
    same(rowsOf(me), "1", "only the first answer is recorded");
  });
  await step("the work goes on, and a hand-in takes along what lay aside", async () => {
    await choose(page, 2);
    await until(() => rowsOf(me) === "2", "the answer of the second part is recorded");
    same(await page.locator(".save-state.saved").count(), 0, "still not called saved");
    await page.click(".side button.primary");
    await page.click("dialog button.danger");
    await page.click("dialog button.primary");
    await page.waitForSelector(".receipt-code");
    await until(async () => (await page.textContent("main")).includes("chờ hội đồng quyết định"), "kept for a decision");
    await axe(page, "receipt with late answers");
  });
  await step("a computer without a line writes an emergency file", async () => {
    await until(async () => (await second.page.textContent("h1")).includes("Câu 4 "), "the second part");
    await second.page.route("**/responses/*", (route) => route.abort());
    await choose(second.page, 1);
    await until(async () => (await second.page.locator(".save-state.unsent").count()) === 1, "not sent");
    await second.page.click("summary:has-text('Khi không gửi được')");
    const [download] = await Promise.all([second.page.waitForEvent("download"), second.page.click("button:has-text('Ghi tệp cấp cứu')")]);
    file = await download.path();
  });
  await step("the console lists what came late; a wrong file is refused with what to do; the right one waits beside it", async () => {
    await signInOfficer(desk, officer("invigilator", 0));
    await desk.goto(console_url);
    await desk.waitForSelector("#late-card tbody tr");
    check((await desk.textContent("#late-card tbody")).includes(me.roll), "her late answers");
    await desk.click("summary:has-text('Nạp tệp cấp cứu')");
    await desk.click("#late-card button[type=submit]");
    check((await desk.textContent("#late-card .error-summary")).includes("Chọn tệp"), "no file");
    await desk.setInputFiles("#late-file", {name: "thu.khoacu", mimeType: "application/octet-stream", buffer: Buffer.from("{}")});
    await desk.click("#late-card button[type=submit]");
    await until(async () => (await desk.textContent("#late-card")).includes("thu.khoacu: Đây không phải tệp cấp cứu"), "not a file");
    await axe(desk, "late answers");
    await screens(desk, "late-vi");
    await desk.setInputFiles("#late-file", file);
    await desk.click("#late-card button[type=submit]");
    await until(async () => (await desk.textContent("#late-card .banner.ok").catch(() => "")).includes("1 thay đổi máy chủ chưa có"), "taken in");
    check((await desk.textContent("#late-card tbody")).includes("tệp cấp cứu"), "listed");
    await desk.setInputFiles("#late-file", file);
    await desk.click("#late-card button[type=submit]");
    await until(async () => (await desk.textContent("#late-card .banner.ok")).includes("máy chủ đã có đủ"), "twice changes nothing");
  });
  await step("one proposes, the same cannot confirm, another does: then it counts", async () => {
    const line = (page) => page.locator("#late-card tbody tr", {hasText: me.roll});
    await line(desk).locator("button:has-text('Đề nghị')").click();
    await desk.click("dialog button[type=submit]");
    check((await desk.textContent("dialog .error-summary")).includes("Lý do"), "a reason is wanted");
    await desk.fill("#hall-reason", "mất mạng trước khi phần một hết giờ");
    await desk.click("dialog button[type=submit]");
    await until(async () => (await line(desk).textContent()).includes("chờ xác nhận"), "proposed");
    same(await line(desk).locator("button.primary").count(), 0, "not by the same person");
    same(rowsOf(me), "2", "nothing counts yet");
    await signInOfficer(checker, officer("invigilator", 1));
    await checker.goto(console_url);
    await line(checker).locator("button.primary").click();
    await until(async () => (await line(checker).textContent()).includes("được tính"), "counted");
    same(rowsOf(me), "3", "the answer is among the others");
  });
  for (const one of [context, second.context, proposer, confirmer]) {
    same(one.pageErrors, [], "errors of scripts:");
    await one.close();
  }
}
