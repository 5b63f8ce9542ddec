// What goes wrong on the day: lost network, closed tab, second tab, another computer, a wrong clock.

import {computer, step, check, same, until, logins, signInCandidate, axe} from "./harness.mjs";
import {ownLine} from "./line.mjs";
import {toPaper, saved} from "./candidate.mjs";

const choose = (page, n) => page.locator("label.option").nth(n).click();
const chosen = async (page) => (await page.locator("input[type=radio]").evaluateAll((list) => list.map((r) => r.checked))).indexOf(true);
const openItem = (page, n) => page.locator(".palette button").nth(n - 1).click();

export default async function () {
  const me = logins().candidates[1];
  const line = await ownLine(), context = await computer({baseURL: line.url});
  const page = await context.newPage();

  await step("answers made without a network are kept, shown as not sent, and sent when it is back", async () => {
    await signInCandidate(page, me);
    await toPaper(page);
    await choose(page, 0);
    await saved(page);
    await context.setOffline(true);
    for (const n of [2, 3, 4]) {
      await openItem(page, n);
      await choose(page, 1);
    }
    await until(async () => (await page.locator(".save-state.unsent:has-text('3 thay đổi')").count()) === 1, "the state is «not sent», with the count of what waits");
    await context.setOffline(false);
    await saved(page);
  });
  await step("what was changed offline survives a closed tab", async () => {
    await openItem(page, 5);
    await context.setOffline(true);
    await choose(page, 2);
    await until(async () => (await page.locator(".save-state.unsent").count()) === 1, "not sent");
    await page.close({runBeforeUnload: false});
    await context.setOffline(false);
    const again = await context.newPage();
    await again.goto("/thi/");
    await again.waitForSelector("#question legend");
    await saved(again);
    await openItem(again, 5);
    same(await chosen(again), 2, "the answer");
    await again.close();
  });
  await step("a reload without a network: the paper, her answers and what waits are there; she goes on, and all arrives when it is back", async () => {
    const tab = await context.newPage();
    await tab.goto("/thi/");
    await tab.waitForSelector("#question legend");
    await saved(tab);
    await tab.evaluate(() => navigator.serviceWorker.ready.then(() => caches.keys()));
    await context.setOffline(true);
    await line.cut();
    await openItem(tab, 8);
    await choose(tab, 0);
    await until(async () => (await tab.locator(".save-state.unsent").count()) === 1, "not sent");
    for (const again of [() => tab.reload(), () => tab.goto("about:blank").then(() => tab.goto("/thi/"))]) {
      await again();
      await tab.waitForSelector("#question legend");
      check((await tab.textContent(".banner")).includes("chỉ là ước tính"), "says where it comes from");
      check(/^Còn khoảng (\d+:)?\d+:\d\d$/.test(await tab.textContent(".clock")), "a guess is called one");
      same(await tab.locator(".palette button.answered").count(), 6, "answers, sent and waiting");
      await until(async () => (await tab.textContent(".save-state")).includes("1 thay đổi"), "what waits is counted");
    }
    await openItem(tab, 9);
    await choose(tab, 3);
    await until(async () => (await tab.textContent(".save-state")).includes("2 thay đổi"), "counts the new one");
    const stored = await tab.evaluate(async () => {
      const urls = [];
      for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) urls.push(new URL(request.url).pathname);
      const {keptThing} = await import("/assets/candidate/store.js"), {lastSitting} = await import("/assets/candidate/rescue.js");
      const kept = await keptThing((await lastSitting()).id, "open-paper");
      return {odd: urls.filter((url) => url !== "/thi/" && !/^\/assets\/(candidate|shared)\//.test(url)), extractable: kept.key.extractable, clear: new TextDecoder().decode(kept.bytes).includes("items")};
    });
    same(stored, {odd: [], extractable: false, clear: false}, "only pages are cached, and the paper lies encrypted");
    await axe(tab, "paper without a network");
    await line.mend();
    await context.setOffline(false);
    await saved(tab);
    await until(async () => (await tab.locator(".banner").count()) === 0, "the notice goes away");
    check(/^Còn (\d+:)?\d+:\d\d$/.test(await tab.textContent(".clock")), "the server's time again");
    await tab.reload();
    await tab.waitForSelector("#question legend");
    same(await tab.locator(".palette button.answered").count(), 7, "all arrived");
    await tab.close();
  });
  await step("a second tab shows what the first one saved, and neither overwrites the other unseen", async () => {
    const one = await context.newPage(), two = await context.newPage();
    for (const tab of [one, two]) {
      await tab.goto("/thi/");
      await tab.waitForSelector("#question legend");
      await openItem(tab, 6);
    }
    await choose(one, 3);
    await saved(one);
    await until(async () => (await chosen(two)) === 3, "the second tab follows");
    await choose(two, 1);
    await saved(two);
    await until(async () => (await chosen(one)) === 1, "the first tab follows");
    await one.close();
    await two.close();
  });
  await step("another computer continues with all answers, and the first is told that it is signed out", async () => {
    const first = await context.newPage();
    await first.goto("/thi/");
    await first.waitForSelector("#question legend");
    const other = await computer();
    const there = await other.newPage();
    await signInCandidate(there, me);
    await there.waitForSelector("#question legend, input[name=practice]");
    if (await there.locator("input[name=practice]").count()) await toPaper(there);
    same(await there.locator(".palette button.answered").count(), 8, "answers");
    // she goes on there, unless its own look at the server has told her already
    await first.evaluate(() => {
      document.querySelectorAll(".palette button")[6]?.click();
      document.querySelector("label.option input")?.click();
    });
    await first.waitForSelector(".frozen .banner.warn");
    await other.close();
    await first.close();
  });
  await step("a client clock that is wrong by hours or stepped in the middle changes nothing", async () => {
    const odd = await computer();
    await odd.addInitScript(() => {
      const real = Date, shift_ms = 5 * 3600000;
      globalThis.Date = class extends real {
        constructor(...a) { a.length ? super(...a) : super(real.now() + shift_ms + (globalThis.stepped ?? 0)); }
        static now() { return real.now() + shift_ms + (globalThis.stepped ?? 0); }
      };
    });
    const tab = await odd.newPage();
    await signInCandidate(tab, logins().candidates[2]);
    await toPaper(tab);
    /** The seconds that the clock shows, in the moment in which it is drawn. */
    const drawn = () => tab.evaluate(() => new Promise((resolve, reject) => {
      const clock = document.querySelector(".clock"), seen = new MutationObserver(() => {
        if (!clock.textContent) return;
        seen.disconnect();
        resolve({left: clock.textContent.match(/[\d:]+$/)[0].split(":").reduce((sum, part) => sum * 60 + Number(part), 0), at_s: performance.now() / 1000});
      });
      seen.observe(clock, {childList: true});
      setTimeout(reject, 20000, new Error("the clock stands"));
    }));
    const before = await drawn();
    check(before.left > 59 * 60 - 30 && before.left <= 3600, `about an hour is left, not ${before.left} s`);
    await tab.evaluate(() => { globalThis.stepped = -9 * 3600000; });
    let after = before;
    while (after.at_s - before.at_s < 2) after = await drawn();
    const passed = before.left - after.left, real = after.at_s - before.at_s;
    check(passed >= 1 && passed >= Math.floor(real) - 1 && passed <= Math.ceil(real) + 1, `the countdown goes on: ${before.left} to ${after.left} in ${real} s`);
    await choose(tab, 1);
    await saved(tab);
    const [slow, slept] = await tab.evaluate(async () => {
      const {clockSample, serverNow} = await import("/assets/shared/clock.js"), before_ms = serverNow() - performance.now();
      const answer = (later_ms, way_ms) => {
        clockSample(new Date(before_ms + performance.now() + later_ms).toISOString(), performance.now() - way_ms);
        return serverNow() - performance.now() - before_ms;
      };
      return [answer(-6000, 8000), answer(600000, 20)];
    });
    check(Math.abs(slow) < 1000 && Math.abs(slept - 600000) < 1000, `a slow answer moves nothing (${slow} ms), ten minutes of sleep are seen at once (${slept} ms)`);
    await odd.close();
  });
  await step("no script of a page failed", async () => same(context.pageErrors, []));
  await context.close();
  await line.close();
}
