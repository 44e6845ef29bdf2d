/* Keeps a page up to date: new changes in <ol data-live>, figures in [data-live-total], the state in #live.
 *
 *   <p id="live" data-as-of="2026-05-01T06:30:00Z"><span data-live-text>…</span></p>
 *   <ol data-live data-last-id="1840" data-max="50" data-province="LIM">newest first</ol>
 *     data-entity-type="discrepancy" data-entity-id="7" narrow it to one kind, or one thing
 *   <p data-live-empty>No changes yet.</p>      hidden at the first change
 *   <strong data-live-total="projects">512</strong>
 *
 * #live[data-state]: connecting, live, reconnecting, polling, offline. Without this script the page is whole.
 */
(() => {
  "use strict";

  const list = document.querySelector("ol[data-live]");
  if (!list) return;

  const FILTERS = ["project", "municipality", "province", "severity"];
  const MOST_ROWS = Number(list.dataset.max) || 50;
  const SILENCE = 60000; // the server pings every 25 seconds
  const FAILURES_UNTIL_POLLING = 4;
  const POLL = 15000;

  const badge = document.getElementById("live");
  const query = new URLSearchParams();
  for (const name of FILTERS) if (list.dataset[name]) query.set(name, list.dataset[name]);

  let last = list.dataset.lastId ? Number(list.dataset.lastId) : null; // all up to this id is on the page
  let asOf = (badge && Date.parse(badge.dataset.asOf)) || Date.now();
  let socket = null;
  let failures = 0;
  let heardAt = 0;
  let retryTimer = 0;
  let pollTimer = 0;
  let waiting = []; // changes that the next redraw shows
  let liveFrom = Infinity; // changes past this id came live, not replayed
  let toldAt = 0; // when the server last heard from us what is painted
  let sleptAt = 0; // when the tab was last hidden: nothing is painted then
  let redrawTimer = 0;

  // --- what the reader sees ---------------------------------------------------------------------------

  function say(state) {
    if (!badge) return;
    const time = new Date(asOf).toLocaleTimeString("en-ZA", {
      hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Africa/Johannesburg",
    });
    const text = {
      connecting: "Connecting…",
      live: "Live",
      reconnecting: "Reconnecting… (updates continue when back)",
      polling: "Updated every 15 seconds",
      offline: `Offline: showing data as of ${time}`,
    }[state];
    const place = badge.querySelector("[data-live-text]") || badge;
    if (badge.dataset.state !== state || state === "offline") place.textContent = text;
    badge.dataset.state = state;
  }

  const crier = document.createElement("p");
  crier.setAttribute("role", "status"); // polite; at most one sentence in ten seconds
  crier.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
  document.body.append(crier);
  let unsaid = 0;
  let crierTimer = 0;

  function announce(count) {
    unsaid += count;
    if (!crierTimer) crierTimer = setTimeout(cry, crier.textContent ? 10000 : 1000);
  }

  function cry() {
    crier.textContent = unsaid === 1 ? "1 new change" : `${unsaid} new changes`;
    unsaid = 0;
    crierTimer = 0;
  }

  function redraw() {
    redrawTimer = 0;
    const fresh = waiting;
    waiting = [];
    for (const change of fresh.slice(-MOST_ROWS)) {
      const template = document.createElement("template");
      template.innerHTML = change.html;
      const row = template.content.firstElementChild;
      if (row) show(row);
    }
    while (list.children.length > MOST_ROWS) list.lastElementChild.remove();
    for (const note of document.querySelectorAll("[data-live-empty]")) note.hidden = true;
    list.hidden = false;
    list.dataset.lastId = last;
    tellShown(fresh.slice(-MOST_ROWS));
    announce(fresh.length);
    refreshTotals();
  }

  function show(row) {
    row.classList.add("is-new"); // how it looks, and whether it moves, is for the style sheet to say
    setTimeout(() => row.classList.remove("is-new"), 5000);
    list.prepend(row);
  }

  // The server measures how long a change takes from its log to a screen: tell it what is painted, at most
  // once a second, and only where somebody may be looking.
  function tellShown(fresh) {
    const change = fresh.find((one) => one.id > liveFrom && one.visible);
    if (!change || !socket || Date.now() - toldAt < 1000) return;
    const asked = socket;
    toldAt = Date.now();
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (asked !== socket || asked.readyState !== WebSocket.OPEN || sleptAt > change.heard) return;
      asked.send(JSON.stringify({ type: "shown", id: change.id }));
    }));
  }

  // --- parts fetched again ----------------------------------------------------------------------------

  async function fetchPage(fragment) {
    const url = new URL(location.href);
    if (fragment) url.searchParams.set("fragment", fragment);
    const response = await fetch(url, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return new DOMParser().parseFromString(await response.text(), "text/html");
  }

  function replaceTotals(page) {
    for (const old of document.querySelectorAll("[data-live-total]")) {
      const name = CSS.escape(old.dataset.liveTotal);
      const fresh = page.querySelector(`[data-live-total="${name}"]`);
      if (fresh && fresh.innerHTML !== old.innerHTML) old.innerHTML = fresh.innerHTML;
    }
  }

  let totalsTimer = 0;
  let totalsAt = 0;

  function refreshTotals() {
    if (totalsTimer || !document.querySelector("[data-live-total]")) return;
    totalsTimer = setTimeout(() => {
      totalsAt = Date.now();
      totalsTimer = 0;
      fetchPage("totals").then(replaceTotals).catch(() => {}); // the next change tries again
    }, Math.max(200, totalsAt + 2000 - Date.now()));
  }

  async function refreshAll() {
    const page = await fetchPage();
    const fresh = page.querySelector("ol[data-live]");
    if (!fresh) throw new Error("the page has no live list any more");
    list.replaceChildren(...document.adoptNode(fresh).children);
    list.hidden = fresh.hidden;
    for (const note of document.querySelectorAll("[data-live-empty]")) note.hidden = list.children.length > 0;
    const seen = last;
    waiting = [];
    last = Number(fresh.dataset.lastId) || 0;
    asOf = Date.now();
    replaceTotals(page);
    if (last < seen && socket) connect(); // a change came while the page was on its way: have it again
  }

  // --- the socket -------------------------------------------------------------------------------------

  function connect() {
    clearTimeout(retryTimer);
    drop();
    if (!navigator.onLine) return say("offline");
    if (!badge || badge.dataset.state !== "polling") say(failures ? "reconnecting" : "connecting");
    if (last !== null) query.set("after", last);
    const address = new URL(`/ws/changes/?${query}`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const opened = new WebSocket(address);
    socket = opened;
    heardAt = Date.now();
    opened.onmessage = (event) => opened === socket && hear(JSON.parse(event.data));
    opened.onclose = (event) => opened === socket && lost(event.code);
  }

  function drop() {
    if (!socket) return;
    const old = socket;
    socket = null; // its events are nobody's business now
    old.close();
  }

  // The socket knows places, not kinds: a list of one kind, or of one thing, passes over all others.
  function isOurs(frame) {
    const { entityType, entityId } = list.dataset;
    return (!entityType || entityType === frame.entity_type) && (!entityId || Number(entityId) === frame.entity_id);
  }

  function hear(frame) {
    heardAt = asOf = Date.now();
    if (frame.type === "hello") {
      failures = 0;
      clearInterval(pollTimer);
      pollTimer = 0;
      liveFrom = frame.last_id;
      if (last === null) last = frame.last_id;
      say("live");
    } else if (frame.type === "change") {
      if (frame.id <= last) return;
      last = frame.id;
      if (!isOurs(frame)) return;
      frame.heard = heardAt;
      frame.visible = !document.hidden;
      waiting.push(frame);
      if (waiting.length > 2 * MOST_ROWS) waiting.splice(0, MOST_ROWS); // a tab asleep: the timer waits
      if (!redrawTimer) redrawTimer = setTimeout(redraw, 100);
    } else if (frame.type === "ping") {
      last = Math.max(last, frame.last_id);
    } else if (frame.type === "resync") {
      last = frame.last_id;
      refreshAll().catch(() => connect());
    }
  }

  function lost(code) {
    socket = null;
    failures += 1;
    if (code === 4400) failures = Infinity; // the server cannot read our filters: asking again is no use
    if (failures >= FAILURES_UNTIL_POLLING) startPolling();
    else say(navigator.onLine ? "reconnecting" : "offline");
    if (failures === Infinity) return;
    const pause = Math.min(30000, 1000 * 2 ** Math.min(failures, 6));
    retryTimer = setTimeout(connect, pause * (0.25 + 0.75 * Math.random())); // all clients at once: no
  }

  // --- without a socket -------------------------------------------------------------------------------

  function startPolling() {
    if (pollTimer) return;
    pollTimer = setInterval(poll, POLL);
    poll();
  }

  async function poll() {
    try {
      if (await anythingNew()) await refreshAll();
      asOf = Date.now();
      if (pollTimer) say("polling");
    } catch {
      if (pollTimer) say("offline");
    }
  }

  async function anythingNew() {
    const url = new URL("/api/v1/changes/", location.href);
    url.search = query;
    url.searchParams.set("after", last ?? 0);
    url.searchParams.set("page_size", 1);
    const response = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return (await response.json()).count > 0;
  }

  // --- what happens to the page -----------------------------------------------------------------------

  function wake() {
    if (document.hidden) sleptAt = Date.now();
    if (document.hidden || failures === Infinity) return;
    const silent = Date.now() - heardAt > SILENCE / 2;
    if (!socket || silent || socket.readyState > WebSocket.OPEN) connect();
  }

  addEventListener("online", wake);
  addEventListener("offline", () => { drop(); say("offline"); });
  addEventListener("pageshow", (event) => event.persisted && connect());
  addEventListener("pagehide", drop);
  document.addEventListener("visibilitychange", wake);
  setInterval(() => {
    if (socket && Date.now() - heardAt > SILENCE) connect();
    if (!document.hidden && document.querySelector("[data-reading]")) refreshTotals(); // how far the reading is
  }, 5000);
  connect();
})();
