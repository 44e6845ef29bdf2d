/* Keeps a page up to date. What is new waits behind a button, so that nothing moves while somebody reads.
 *
 *   {% live %}                                  the badge #live with its words, its pause button, and the button of
 *                                               what waits
 *   <ol data-live data-last-id="1840" data-max="50" data-province="LIM">newest first</ol>
 *     data-entity-type data-entity-id data-source data-cause narrow it to changes of one kind, thing or source
 *   <div data-live="page" data-last-id="1840">  no list of changes: what is new is shown by fetching the page
 *     data-live-check                           only if the page is another one then
 *   <p data-live-empty>No changes yet.</p>      hidden at the first change
 *   <div id="totals" data-live-total="totals">  a part that is kept up to date; at once, where nothing moves by it
 *     data-live-waits                           never at once
 *     data-filling                              (anywhere) a first reading fills the page: at once, all of it
 *   <ol data-live data-board="dashboard">       the server sends the parts of the page that change: nothing is asked
 *
 * Parts that were replaced are told to other scripts as a `live:parts` event.
 * #live[data-state]: connecting, catching-up, live, reconnecting, polling, offline, paused. Without this script
 * the page is whole.
 */
(() => {
  "use strict";

  const list = document.querySelector("[data-live]");
  if (!list) return;

  const FILTERS = ["project", "municipality", "province", "severity", "source"];
  const MOST_ROWS = Number(list.dataset.max) || 50;
  const SILENCE = 60000; // the server pings every 25 seconds
  const FAILURES_UNTIL_POLLING = 4;
  const POLL = 15000;
  const CHECK = 10000;
  const isPage = list.dataset.live === "page";

  const badge = document.getElementById("live");
  const news = document.querySelector("[data-live-news]");
  const pause = document.querySelector("[data-live-pause]");
  const [pauseText, pauseLabel] = [pause?.textContent, pause?.getAttribute("aria-label")];
  const query = new URLSearchParams();
  for (const name of FILTERS) if (list.dataset[name]) query.set(name, list.dataset[name]);
  const kinds = { entity_type: list.dataset.entityType, entity_id: list.dataset.entityId, cause: list.dataset.cause };

  let last = list.dataset.lastId ? Number(list.dataset.lastId) : null; // all up to this id is known here
  let shownTo = last; // all up to this id is on the page
  let asOf = (badge && Date.parse(badge.dataset.asOf)) || Date.now();
  let socket = null;
  let failures = 0;
  let heardAt = 0;
  let retryTimer = 0;
  let pollTimer = 0;
  let rows = []; // the newest changes that wait to be shown
  let unseen = 0; // how many wait
  let isStale = false; // more waits than rows: the page has to be fetched
  const held = new Map(); // name → a part that waits
  let liveFrom = Infinity; // changes past this id came live, not replayed
  let toldAt = 0; // when the server last heard from us what is painted
  let sleptAt = 0; // when the tab was last hidden: nothing is painted then
  let noticeTimer = 0;
  let checkTimer = 0;
  let partsAt = last; // the server's parts on the page are of this id
  let isPushed = false; // the server sends the parts that change: nothing is asked
  let isPaused = kept("live-paused") === "yes";

  // A reader who paused one page has paused the next one, too, until the tab is closed.
  function kept(name, value) {
    try {
      if (value) sessionStorage.setItem(name, value);
      return sessionStorage.getItem(name);
    } catch {
      return null; // the browser keeps nothing for this site
    }
  }

  // --- what the reader sees ---------------------------------------------------------------------------

  // In the page's language: the badge has them, one attribute each; `{time}` in them is filled in here.
  function words(name, values = {}) {
    const text = badge?.getAttribute(`data-say-${name}`) || "";
    return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }

  function newChanges(number) {
    return words(number === 1 ? "change" : "changes", { number });
  }

  function say(state) {
    if (!badge) return;
    const time = new Date(asOf).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Africa/Johannesburg",
    });
    const text = words(state, { time });
    const place = badge.querySelector("[data-live-text]") || badge;
    if (place.textContent !== text) place.textContent = text;
    badge.dataset.state = state;
  }

  const crier = document.createElement("p");
  crier.setAttribute("role", "status"); // polite; at most one sentence in ten seconds
  crier.className = "visually-hidden";
  (document.querySelector("main") || document.body).append(crier);
  let unsaid = 0;
  let crierTimer = 0;

  function announce(count) {
    unsaid += count;
    if (!crierTimer) crierTimer = setTimeout(cry, crier.textContent ? 10000 : 1000);
  }

  function cry() {
    crier.textContent = newChanges(unsaid);
    unsaid = 0;
    crierTimer = 0;
  }

  // --- what waits, and how it is shown ----------------------------------------------------------------

  function notice() {
    noticeTimer = 0;
    if (!isPage && !isStale && unseen && !list.children.length) return showRows(); // nothing there to be moved
    if (!unseen && !isStale && !held.size) return;
    if (!news) return show();
    news.textContent = words("show", { what: unseen ? newChanges(unseen) : words("something") });
    news.hidden = false;
    tellShown();
  }

  function noticeSoon() {
    if (!noticeTimer) noticeTimer = setTimeout(notice, 100);
  }

  async function show() {
    if (news) news.hidden = true;
    try {
      if (isPage || isStale) await refreshAll();
      else showRows();
    } catch {
      return noticeSoon(); // offline just now: it goes on waiting
    }
    const top = list.getBoundingClientRect().top;
    if (top < 0 || top > innerHeight) list.scrollIntoView();
    list.tabIndex = -1;
    list.focus({ preventScroll: true });
  }

  function showRows() {
    if (news) news.hidden = true;
    for (const change of rows) {
      const row = parsed(change.html).firstElementChild;
      if (row) add(row);
    }
    while (list.children.length > MOST_ROWS) list.lastElementChild.remove();
    for (const note of document.querySelectorAll("[data-live-empty]")) note.hidden = true;
    list.hidden = false;
    tellShown();
    shownTo = last;
    rows = [];
    unseen = 0;
    for (const [name, fresh] of held) if (partOf(name)) replace(partOf(name), fresh);
    held.clear();
    if (!isPushed) refreshTotals();
  }

  // The one place where text becomes elements: partials that the server rendered.
  function parsed(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  }

  function add(row) {
    row.classList.add("is-new"); // how it looks, and whether it moves, is for the style sheet to say
    setTimeout(() => row.classList.remove("is-new"), 5000);
    list.prepend(row);
  }

  // The server measures how long a change takes from its log to a screen: tell it what is painted, at most
  // once a second, and only where somebody may be looking.
  function tellShown() {
    const change = rows.find((one) => one.id > liveFrom && one.visible && !one.told);
    if (!change || !socket || Date.now() - toldAt < 1000) return;
    const asked = socket;
    toldAt = Date.now();
    for (const one of rows) one.told = true;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (asked !== socket || asked.readyState !== WebSocket.OPEN || sleptAt > change.heard) return;
      asked.send(JSON.stringify({ type: "shown", id: change.id }));
    }));
  }

  // --- parts ------------------------------------------------------------------------------------------

  async function fetchPage(fragment) {
    const url = new URL(location.href);
    if (fragment) url.searchParams.set("fragment", fragment);
    const response = await fetch(url, { headers: { Accept: "text/html" }, cache: "no-cache" });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return new DOMParser().parseFromString(await response.text(), "text/html");
  }

  function partOf(name, page = document) {
    return page.querySelector(`[data-live-total="${CSS.escape(name)}"]`);
  }

  // `isAsked`: somebody wants to see it; what moves the page waits otherwise.
  function replaceParts(page, isAsked) {
    const isFilling = page.querySelector("[data-filling]")
      || document.querySelector("[data-filling], .empty[data-live-empty]:not([hidden])");
    for (const old of document.querySelectorAll("[data-live-total]")) {
      const name = old.dataset.liveTotal;
      const fresh = partOf(name, page);
      if (!fresh) continue;
      carryOver(old, fresh);
      held.delete(name);
      if (fresh.innerHTML === old.innerHTML) continue;
      if (isAsked || isFilling || !moves(old, fresh)) replace(old, fresh);
      else held.set(name, fresh);
    }
    if (held.size) noticeSoon();
    else if (news && !unseen && !isStale) news.hidden = true;
  }

  // Whether what stands below would be moved: the new part is measured where the old one is, before it is painted.
  function moves(old, fresh) {
    if ("liveWaits" in old.dataset) return true;
    const heights = [old, fresh].map((part) => {
      const trial = document.importNode(part, true);
      trial.style.cssText = `position:absolute;visibility:hidden;width:${old.offsetWidth}px`;
      old.after(trial);
      const height = trial.offsetHeight;
      trial.remove();
      return height;
    });
    return Math.abs(heights[0] - heights[1]) > 1;
  }

  // What the reader folded or unfolded stays so.
  function carryOver(old, fresh) {
    for (const one of fresh.querySelectorAll("details[id]")) {
      const known = document.getElementById(one.id);
      if (known && old.contains(known)) one.open = known.open;
    }
  }

  function replace(old, fresh) {
    const boxes = (part) => part.querySelectorAll(".scroll");
    const title = (box) => box.getAttribute("aria-labelledby") || box.getAttribute("aria-label");
    const scrolled = new Map([...boxes(old)].map((box) => [title(box), box.scrollLeft]));
    const focus = focused(old);
    for (const attribute of fresh.attributes) old.setAttribute(attribute.name, attribute.value);
    old.toggleAttribute("data-filling", "filling" in fresh.dataset);
    old.replaceChildren(...document.adoptNode(fresh).childNodes);
    for (const box of boxes(old)) box.scrollLeft = scrolled.get(title(box)) || 0;
    if (focus) old.querySelector(focus)?.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("live:parts", { detail: old }));
  }

  // What has the focus, as a selector that finds its like in the new part.
  function focused(part) {
    const here = part.contains(document.activeElement) && document.activeElement;
    if (!here) return null;
    if (here.matches("details[id] > summary")) return `#${CSS.escape(here.parentElement.id)} > summary`;
    if (here.matches(".scroll[aria-labelledby]")) return `.scroll[aria-labelledby="${CSS.escape(here.getAttribute("aria-labelledby"))}"]`;
    return here.matches("a[href]") ? `a[href="${CSS.escape(here.getAttribute("href"))}"]` : null;
  }

  let totalsTimer = 0;
  let totalsAt = 0;

  function refreshTotals(isAsked = true) {
    if (totalsTimer || isPushed || isPaused || !document.querySelector("[data-live-total]")) return;
    const spread = 200 + 1800 * Math.random(); // not all readers at once
    totalsTimer = setTimeout(() => {
      totalsAt = Date.now();
      totalsTimer = 0;
      fetchPage("totals").then((page) => replaceParts(page, isAsked)).catch(() => {}); // the next change tries again
    }, Math.max(spread, totalsAt + 2000 - Date.now()));
  }

  async function refreshAll() {
    const page = await fetchPage();
    const fresh = page.querySelector("[data-live]");
    if (!fresh) throw new Error("the page has nothing live any more");
    const seen = last;
    last = shownTo = partsAt = Number(fresh.dataset.lastId) || 0;
    asOf = Date.now();
    rows = [];
    unseen = 0;
    isStale = false;
    if (!isPage) {
      list.hidden = fresh.hidden;
      list.replaceChildren(...document.adoptNode(fresh).children);
      for (const note of document.querySelectorAll("[data-live-empty]")) note.hidden = list.children.length > 0;
    }
    replaceParts(page, true);
    if (last < seen && socket) connect(); // a change came while the page was on its way: have it again
  }

  // --- the socket -------------------------------------------------------------------------------------

  function connect() {
    clearTimeout(retryTimer);
    drop();
    if (isPaused) return say("paused");
    if (!navigator.onLine) return say("offline");
    if (!badge || badge.dataset.state !== "polling") say(failures ? "reconnecting" : "connecting");
    query.set("lang", document.documentElement.lang.split("-")[0]); // of the page; its rows come in it
    if (last !== null) query.set("after", last);
    if (list.dataset.board) query.set("board", list.dataset.board);
    if (list.dataset.board && partsAt !== null) query.set("board_at", partsAt);
    const address = new URL(`/ws/changes/?${query}`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const opened = new WebSocket(address);
    socket = opened;
    heardAt = Date.now();
    opened.onmessage = (event) => opened === socket && hear(JSON.parse(event.data));
    opened.onclose = (event) => opened === socket && lost(event.code);
  }

  function drop() {
    isPushed = false;
    if (!socket) return;
    const old = socket;
    socket = null; // its events are nobody's business now
    old.close();
  }

  // The socket knows places, not kinds: a list of one kind, or of one thing, passes over all others.
  function isOurs(frame) {
    return Object.entries(kinds).every(([name, value]) => !value || value === String(frame[name]));
  }

  function hear(frame) {
    heardAt = asOf = Date.now();
    if (frame.type === "hello") {
      failures = 0;
      clearInterval(pollTimer);
      pollTimer = 0;
      liveFrom = frame.last_id;
      isPushed = Boolean(list.dataset.board);
      if (last === null) last = frame.last_id;
      say(last < liveFrom ? "catching-up" : "live");
    } else if (frame.type === "change") {
      if (frame.id <= last) return;
      last = frame.id;
      if (isOurs(frame)) wait(frame);
      if (last >= liveFrom) say("live");
    } else if (frame.type === "parts") {
      partsAt = frame.last_id;
      replaceParts(parsed(Object.values(frame.parts).join("")), false);
    } else if (frame.type === "ping") {
      last = Math.max(last, frame.last_id);
      say("live");
    } else if (frame.type === "resync") {
      last = frame.last_id;
      isStale = true;
      say("live");
      noticeSoon();
    }
  }

  function wait(frame) {
    if ("liveCheck" in list.dataset) return checkSoon();
    frame.heard = heardAt;
    frame.visible = !document.hidden;
    unseen += 1;
    rows.push(frame);
    if (rows.length > 2 * MOST_ROWS) rows.splice(0, MOST_ROWS);
    announce(1);
    noticeSoon();
  }

  // Not each change is one of the list, and only the server can tell: look whether the page is another one now.
  // Not all readers at once.
  function checkSoon() {
    if (checkTimer) return;
    checkTimer = setTimeout(() => {
      checkTimer = 0;
      fetchPage().then((page) => replaceParts(page, false)).catch(() => {}); // the next change tries again
    }, CHECK * (0.2 + 0.8 * Math.random()));
  }

  function lost(code) {
    socket = null;
    isPushed = false;
    failures += 1;
    // Too many sockets of this address, or in all: whoever is there stays; the page looks now and then.
    const isFull = code === 4429 || code === 4503;
    if (code === 4429) failures = Math.max(failures, FAILURES_UNTIL_POLLING);
    if (code === 4400) failures = Infinity; // the server cannot read our filters: asking again is no use
    if (failures >= FAILURES_UNTIL_POLLING) startPolling();
    else say(navigator.onLine ? "reconnecting" : "offline");
    if (failures === Infinity) return;
    const pauseMs = code === 4429 ? 120000 : Math.min(isFull ? 120000 : 30000, 1000 * 2 ** Math.min(failures, 7));
    retryTimer = setTimeout(connect, pauseMs * (0.25 + 0.75 * Math.random())); // all clients at once: no
  }

  // --- without a socket -------------------------------------------------------------------------------

  function startPolling() {
    if (pollTimer) return;
    pollTimer = setInterval(poll, POLL);
    poll();
  }

  async function poll() {
    try {
      const count = await countNewer();
      asOf = Date.now();
      if (!pollTimer) return;
      say("polling");
      if (!count || (isStale && count === unseen)) return;
      if ("liveCheck" in list.dataset) return checkSoon();
      announce(count - unseen);
      unseen = count;
      isStale = true;
      if (!isPage && !list.children.length) await refreshAll();
      else notice();
    } catch {
      if (pollTimer) say("offline");
    }
  }

  async function countNewer() {
    const url = new URL("/api/v1/changes/", location.href);
    for (const name of FILTERS) if (query.has(name)) url.searchParams.set(name, query.get(name));
    for (const [name, value] of Object.entries(kinds)) if (value) url.searchParams.set(name, value);
    url.searchParams.set("after", shownTo ?? 0);
    url.searchParams.set("page_size", 1);
    const response = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-cache" });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return (await response.json()).count;
  }

  // --- what happens to the page -----------------------------------------------------------------------

  function wake() {
    if (document.hidden) sleptAt = Date.now();
    if (document.hidden || isPaused || failures === Infinity) return;
    const silent = Date.now() - heardAt > SILENCE / 2;
    if (!socket || silent || socket.readyState > WebSocket.OPEN) connect();
  }

  function begin() {
    if (pause) pause.textContent = isPaused ? pause.dataset.other : pauseText;
    pause?.setAttribute("aria-label", isPaused ? pause.dataset.otherLabel : pauseLabel);
    clearInterval(pollTimer);
    pollTimer = 0;
    if (failures === Infinity && !isPaused) startPolling();
    else connect();
  }

  news?.addEventListener("click", show);
  pause?.addEventListener("click", () => {
    isPaused = !isPaused;
    kept("live-paused", isPaused ? "yes" : "no");
    begin();
  });
  addEventListener("online", wake);
  addEventListener("offline", () => { drop(); if (!isPaused) say("offline"); });
  addEventListener("pageshow", (event) => event.persisted && connect()); // back from the browser's memory
  addEventListener("pagehide", drop); // a page with an open socket is not kept there
  document.addEventListener("visibilitychange", wake);
  setInterval(() => {
    if (socket && Date.now() - heardAt > SILENCE) connect();
    if (!document.hidden && document.querySelector("[data-reading]")) refreshTotals(false); // how far the reading is
  }, 5000);
  begin();
})();
