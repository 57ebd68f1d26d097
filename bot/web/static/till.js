/* The web till. The server decides and draws; this sends what was typed, once, and keeps list and card true.
 *
 *   draft     what is typed stays in the browser, under one id, until the server has said what became of it
 *   state     asked for every 3 s; what came is laid over what is there, so that focus, typing and scroll stay
 *   ring      a payment that became paid: two notes, and the title
 *   card      one payment in place of the form, with the chat's buttons; «back» of the browser leaves it */
"use strict";
(() => {
  const OFTEN = 3000, RARELY = 15000, PATIENCE = 5 * 60000; // ms; a till left alone asks rarely
  const SOON = 400; // ms; while a link is being made, or a button's cell is empty for a moment
  const ANSWER_WITHIN = 10000; // ms; longer means that the link is lost
  const STALE = 10 * 60000; // ms; a sale kept longer is not sent by itself: the shopper has gone
  const LINK_WITHIN = 1500; // ms that a new sale waits on the form for its QR, before its card is shown
  const { body } = document;
  const words = body.dataset;
  const $ = id => document.getElementById(id);

  const kept = store => ({ // a browser may forbid its stores: then nothing outlives the page
    get(key) { try { return JSON.parse(store()[key]); } catch { return null; } },
    set(key, value) { try { store()[key] = JSON.stringify(value); } catch { /* not kept */ } },
  });
  const local = kept(() => localStorage), session = kept(() => sessionStorage);

  /* Inside Telegram the address brings who asks, signed; there is no cookie. */
  const given = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
  if (given) {
    session.set("telegram", given);
    history.replaceState(null, "", location.pathname);
  }
  const signed = session.get("telegram");
  const identity = signed ? { Authorization: `tma ${signed}` } : {};
  if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent("web_app_expand", "{}");

  /* Throws when the answer is none. 401 and 403: whoever was here is not any more. */
  async function call(path, data) {
    const patience = new AbortController();
    const limit = setTimeout(() => patience.abort(), ANSWER_WITHIN);
    const posted = data && { method: "POST", body: JSON.stringify(data) };
    const headers = data ? { ...identity, "Content-Type": "application/json", "X-Till": "1" } : identity;
    try {
      const answer = await fetch(path, { cache: "no-store", signal: patience.signal, headers, ...posted });
      if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
      if (answer.status === 401) location.reload();
      return await answer.json().catch(() => ({}));
    } finally {
      clearTimeout(limit);
    }
  }

  if (!$("form")) return enter();

  /* The door: in Telegram, the till takes its place. */
  async function enter() {
    if (!signed) return;
    const answer = await fetch("/till", { headers: identity });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.getElementById("form")) {
      document.title = page.title;
      body.replaceWith(page.body);
      const script = document.createElement("script");
      script.src = document.querySelector("script").src;
      document.body.append(script);
    } else if (given === null || answer.status === 401) $("word").textContent = words.reopen;
  }

  /* Draft and form */

  const FIELDS = ["amount", "phone", "what"];
  let draft = local.get("draft") || fresh();
  let sending = false, reading = 0, again = 0;

  function fresh() {
    return { id: uuid(), amount: "", phone: "", what: "", attempt: null };
  }

  function uuid() { // crypto.randomUUID is not there without TLS
    const hex = [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})/, "$1-$2-4$3-8$4-");
  }

  const typed = () => FIELDS.map(name => draft[name]).join("\n");

  function save() {
    for (const name of FIELDS) draft[name] = $(name).value.trim();
    local.set("draft", draft);
  }

  /* Groups digits while they are typed, and never changes one. What has a letter in it stays as it was typed. */
  function grouped(name, text) {
    const digits = text.replace(/\D/g, "");
    if (name === "amount") return /^[\d\u00a0]*$/.test(text) ? digits.replace(/\B(?=(\d{3})+$)/g, "\u00a0") : text;
    const form = /^(\+?7|8|(?=9))(\d{0,3})(\d{0,3})(\d{0,2})(\d{0,2})$/.exec((text.trim()[0] === "+" ? "+" : "") + digits);
    if (!form || /[^\d\s+()\-\u2010-\u2015]/.test(text)) return text;
    const [, first, ...rest] = form;
    const [code, three, two, last] = rest;
    return [first.replace(/^7/, "+7"), code, [three, two, last].filter(Boolean).join("-")].filter(Boolean).join("\u00a0");
  }

  function group(input) {
    const text = input.value.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ""); // what a contact brings along
    const before = text.slice(0, input.selectionStart).replace(/\D/g, "").length;
    const shown = grouped(input.id, text);
    if (shown === input.value) return;
    const atEnd = input.selectionStart >= input.value.length;
    input.value = shown;
    let place = 0;
    for (let seen = 0; seen < before; place++) if (/\d/.test(shown[place])) seen++;
    if (atEnd) place = shown.length;
    if (document.activeElement === input) input.setSelectionRange(place, place);
  }

  function label() {
    $("submit").textContent = sending ? words.sending : draft.phone ? words.sms : words.qr;
    for (const id of ["submit", "hold"]) $(id).setAttribute("aria-busy", sending);
    for (const name of FIELDS) $(name).readOnly = sending || Boolean(draft.attempt);
  }

  function fault(name, text) {
    const note = $(`${name}-note`);
    note.textContent = text || "";
    note.classList.toggle("fault", Boolean(text) || name !== "amount");
    const field = $(name) || $("answer-text");
    if (name === "form" || !field) return;
    if (text) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }

  function forgive() {
    for (const name of ["form", ...FIELDS]) fault(name);
  }

  /* Under the sum: how it reads, or what it may mean. Without a network, nothing. */
  async function read() {
    const text = draft.amount;
    let answer = {};
    if (text) {
      try {
        answer = await call(`/till/reading?amount=${encodeURIComponent(text)}`);
      } catch {
        return;
      }
    }
    if (text !== draft.amount || $("amount").hasAttribute("aria-invalid")) return;
    $("amount-note").textContent = answer.words || answer.amount || answer.error || "";
    pick($("readings"), answer.readings, index => {
      draft.reading = index;
      $("amount-note").textContent = answer.readings[index];
      $("phone").focus();
    });
  }

  function pick(place, readings, chosen) {
    place.hidden = !readings;
    place.replaceChildren(...(readings || []).map((text, index) => button(text, () => {
      place.hidden = true;
      chosen(index);
    })));
  }

  function button(text, pressed) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button";
    made.textContent = text;
    made.onclick = pressed;
    return made;
  }

  /* The same id until the server has answered: however often it is pressed or sent again, it is one sale. */
  async function send(wish) {
    if (sending) return;
    clearTimeout(again);
    save();
    sending = true;
    draft.attempt = { ...wish, since: wish.since || Date.now() };
    draft.sent = draft.sent || typed();
    local.set("draft", draft);
    forgive();
    label();
    const { id, amount, phone, what } = draft;
    const { hold = false, accepted = false, reading: index = draft.reading ?? null } = wish;
    let answer = null;
    try {
      answer = await call("/till/payments", { id, amount, phone, what, hold, reading: index, accepted });
    } catch {
      again = setTimeout(resume, OFTEN);
    }
    sending = false;
    if (answer) await took(answer, wish);
    connected(Boolean(answer));
    label();
  }

  async function took(answer, wish) {
    const changed = draft.sent !== typed();
    draft.attempt = null;
    if (answer.number) {
      draft = fresh();
      local.set("draft", null);
      for (const name of FIELDS) $(name).value = "";
      $("amount-note").textContent = "";
      if (answer.again && changed) say(words.made, true);
      await open(answer.number, !(answer.again && changed));
      return;
    }
    draft.sent = null; // nothing was made
    save();
    if (answer.readings) {
      pick($("readings"), answer.readings, index => send({ ...wish, reading: index }));
      $("readings").firstChild.focus();
    } else if (answer.twin) {
      const { text, labels, number, press: verb, show } = answer.twin;
      choose(text, labels, async index => {
        if (index === labels.length - 1) return send({ ...wish, accepted: true });
        await open(number, Boolean(show));
        if (verb) press(verb);
      });
    } else if (answer.sellers) {
      choose(words.who, answer.sellers.map(seller => seller.name), async index => {
        await sells(answer.sellers[index].id);
        send(wish);
      });
    } else {
      const name = answer.field || "form";
      fault(name, answer.error || words.failed);
      if (answer.field) $(name).focus();
    }
  }

  function resume() {
    const { attempt } = draft;
    if (!attempt) return;
    if (Date.now() - attempt.since < STALE) send(attempt);
    else stop();
  }

  function stop() {
    clearTimeout(again);
    draft.attempt = null;
    save();
    label();
    connected(true);
    $("amount").focus();
  }

  $("form").addEventListener("submit", event => {
    event.preventDefault();
    send(draft.attempt || { hold: event.submitter?.id === "hold" });
  });
  $("form").addEventListener("keydown", event => {
    const next = { amount: "phone", phone: "what" }[event.target.id];
    if (event.key !== "Enter" || !next) return;
    event.preventDefault();
    $(next).focus();
  });
  $("form").addEventListener("input", event => {
    const { id } = event.target;
    const isTyped = !event.data || /^\d+$/.test(event.data);
    if (id === "phone" || (id === "amount" && isTyped)) group(event.target);
    if (id === "amount") {
      delete draft.reading;
      pick($("readings"));
      clearTimeout(reading);
      reading = setTimeout(read, 250);
    }
    if ($(id).hasAttribute("aria-invalid")) fault(id);
    save();
    label();
  });
  addEventListener("storage", event => { // another window of this till has sold what stands here too
    const theirs = event.key === "draft" && JSON.parse(event.newValue);
    if (event.key === "draft" && theirs?.id !== draft.id && !draft.attempt) draft.id = uuid();
  });
  $("edit").onclick = stop;

  /* State */

  let version = "", card = 0, wanted = null, turn = 0, timer = 0, news = Date.now(), online = true;

  async function ask() {
    clearTimeout(timer);
    const mine = ++turn;
    let answer = null;
    try {
      answer = await call(`/till/state?version=${version}&card=${card || ""}`);
    } catch {
      // said by the band
    }
    if (mine !== turn) return;
    connected(Boolean(answer));
    if (answer?.version && answer.version !== version) update(answer);
    if (wanted && Date.now() - wanted.since > LINK_WITHIN) look();
    plan();
  }

  function plan() {
    clearTimeout(timer);
    const lively = !document.hidden && Date.now() - news < PATIENCE;
    const soon = !document.hidden && (wanted?.show || $("card").querySelector(".gap"));
    timer = setTimeout(ask, soon ? SOON : lively ? OFTEN : RARELY);
  }

  function update(answer) {
    ({ version } = answer);
    news = Date.now();
    $("today").textContent = answer.today;
    lay($("list"), answer.list);
    mark();
    ring(answer.paid || []);
    if (!card) return;
    if (!answer.card) return leave();
    const asked = $("question")?.textContent;
    const focused = $("card").contains(document.activeElement);
    lay($("card"), answer.card);
    if (answer.show && wanted?.show) return show(answer.show);
    if (wanted && !wanted.show) look();
    else if (focused && !$("card").contains(document.activeElement)) ($("answer-text") || $("card-head")).focus({ preventScroll: true });
    if ($("question") && $("question").textContent !== asked) ($("answer-text") || $("question")).scrollIntoView({ block: "nearest" });
  }

  function connected(yes) {
    online = yes;
    $("lost").hidden = yes && !draft.attempt;
    $("lost-text").textContent = draft.attempt ? words.kept : words.lost;
    $("edit").hidden = !draft.attempt;
    if (sending) $("lost").hidden = true;
  }

  /* Lays new HTML over the old: an element that is the same stays, with its focus and what was typed in it. */
  function lay(place, html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    children(place, page.body);
  }

  function children(old, given) {
    let at = old.firstChild;
    for (const node of [...given.childNodes]) {
      const same = [...old.children].find(child => node.id && child.id === node.id) || (at && alike(at, node) ? at : null);
      if (!same) {
        old.insertBefore(node, at);
        continue;
      }
      if (same === at) at = at.nextSibling;
      else old.insertBefore(same, at);
      if (same.nodeType !== Node.ELEMENT_NODE) same.nodeValue = node.nodeValue;
      else if (!same.isEqualNode(node)) {
        for (const name of same.getAttributeNames()) if (!node.hasAttribute(name)) same.removeAttribute(name);
        for (const name of node.getAttributeNames()) same.setAttribute(name, node.getAttribute(name));
        if (!same.id.endsWith("-note") && !same.id.endsWith("readings")) children(same, node);
      }
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  const alike = (old, node) => old.nodeName === node.nodeName && (old.id || "") === (node.id || "");

  /* Ring */

  let audio = null, unseen = 0;
  const rung = new Set(session.get("rung"));

  function ring(paid) {
    const fresh = paid.filter(number => !rung.has(number));
    if (!fresh.length) return;
    silence(...fresh);
    unseen += fresh.length;
    document.title = `(${unseen}) ${title}`;
    if (navigator.vibrate) navigator.vibrate(200);
    if (local.get("mute")) return;
    for (const [note, start] of [[880, 0], [1319, .16]]) tone(note, start);
  }

  function silence(...numbers) {
    for (const number of numbers) rung.add(number);
    session.set("rung", [...rung].slice(-50));
  }

  function tone(frequency, start) {
    if (!audio) return;
    const from = audio.currentTime + start, sound = audio.createOscillator(), volume = audio.createGain();
    sound.frequency.value = frequency;
    volume.gain.setValueAtTime(.25, from);
    volume.gain.exponentialRampToValueAtTime(.001, from + .4);
    sound.connect(volume).connect(audio.destination);
    sound.start(from);
    sound.stop(from + .4);
  }

  const { title } = document;
  function touched() { // browsers let a page sound only after somebody has touched it
    if (!audio && window.AudioContext) audio = new AudioContext();
    if (audio?.state === "suspended") audio.resume();
    news = Date.now();
    if (!unseen) return;
    unseen = 0;
    document.title = title;
  }
  addEventListener("pointerdown", touched, true);
  addEventListener("keydown", touched, true);

  /* Card */

  let scrolled = 0;

  /* `qr`: its big QR opens as soon as there is a link. */
  async function open(number, qr = false) {
    wanted = { show: qr, since: qr ? Date.now() : 0 };
    if (!card) scrolled = scrollY;
    const entry = { card: number };
    if (history.state?.card) history.replaceState(entry, "");
    else history.pushState(entry, "");
    card = number;
    version = "";
    sending = qr;
    label();
    await ask();
    if (!online && card === number) {
      say(words.pressAgain, true);
      back();
    }
  }

  /* From form to card. */
  function look() {
    const first = $("payment").hidden;
    wanted = wanted?.show ? { show: true, since: Infinity } : null;
    sending = false;
    label();
    $("sale").hidden = true;
    $("payment").hidden = false;
    mark();
    if (first) scrollTo(0, 0);
    $("card-head").focus({ preventScroll: true });
  }

  function back() {
    if (history.state?.card) history.back();
    else leave();
  }

  function leave() {
    const number = card;
    card = 0;
    wanted = null;
    version = "";
    sending = false;
    label();
    $("payment").hidden = true;
    $("sale").hidden = false;
    $("card").replaceChildren();
    mark();
    scrollTo(0, scrolled);
    const row = document.querySelector(`[data-number="${number}"]`);
    if (row) row.focus({ preventScroll: true });
    ask();
  }

  function mark() {
    for (const row of document.querySelectorAll(".row")) {
      if (Number(row.dataset.number) === card) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  function show(url) {
    const { pathname } = new URL(url, location.href);
    silence(card); // its green is on that screen
    wanted = null;
    if (window.parent !== window) window.open(`${pathname}?from=till`); // a frame may hold the till alone
    else location.assign(`${pathname}?from=till`);
  }

  async function press(data, pressed) {
    if (pressed) pressed.setAttribute("aria-busy", "true");
    try {
      const { toast, alert } = await call("/till/press", { data });
      if (toast) say(toast, alert);
      await ask();
    } catch {
      say(words.pressAgain, true);
    }
    if (pressed) pressed.removeAttribute("aria-busy");
  }

  async function reply(text, index = null) {
    try {
      const answer = await call("/till/answer", { text, reading: index });
      if (answer.readings) return pick($("answer-readings"), answer.readings, chosen => reply(text, chosen));
      if (!answer.error) $("answer-text").value = "";
      fault("answer", answer.error);
      if (answer.toast) say(answer.toast);
      await ask();
    } catch {
      say(words.pressAgain, true);
    }
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      say(words.copied);
    } catch { // an app's own browser may forbid it: then a finger can
      say(text, true);
    }
  }

  document.addEventListener("click", event => {
    const pressed = event.target.closest("[data-number], [data-press], [data-copy], [data-show], [data-seller], [data-close]");
    if (!pressed || pressed.getAttribute("aria-busy") === "true") return;
    const { number, press: verb, copy: text, seller } = pressed.dataset;
    if (pressed.matches(".row")) open(Number(number));
    else if (verb) press(verb, pressed);
    else if (text) copy(text);
    else if (seller) sells(Number(seller)).then(() => $("menu").close());
    else if ("close" in pressed.dataset) $("menu").close();
    else if ("show" in pressed.dataset) {
      event.preventDefault();
      show(pressed.href);
    }
  });
  $("card").addEventListener("submit", event => {
    event.preventDefault();
    reply($("answer-text").value.trim());
  });
  $("back").onclick = back;
  addEventListener("popstate", event => {
    if (event.state?.card) open(event.state.card);
    else if (card) leave();
  });

  /* Who sells, and the rest */

  async function sells(id) {
    try {
      const { name } = await call("/till/seller", { id });
      if (name) $("who").textContent = $("menu-heading").textContent = name;
    } catch {
      say(words.pressAgain, true);
    }
  }

  function choose(text, labels, chosen) {
    $("choice-text").textContent = text;
    $("choices").replaceChildren(...labels.map((name, index) => button(name, () => {
      $("choice").close();
      chosen(index);
    })));
    $("choice").showModal();
  }

  let silent = 0;
  function say(text, long = false) {
    clearTimeout(silent);
    $("toast").hidden = false;
    $("toast").textContent = text;
    silent = setTimeout(() => { $("toast").hidden = true; }, long ? 8000 : 4000);
  }

  $("seller").onclick = () => $("menu").showModal();
  $("sound").checked = !local.get("mute");
  $("sound").onchange = event => local.set("mute", !event.target.checked);
  $("leave").onclick = async () => {
    try {
      await call("/till/leave", {});
      local.set("draft", null);
      session.set("telegram", null);
      location.reload();
    } catch {
      say(words.pressAgain, true);
    }
  };

  function seen() {
    if (document.hidden) return;
    news = Date.now();
    ask();
  }
  document.addEventListener("visibilitychange", seen);
  addEventListener("pageshow", event => { if (event.persisted) seen(); });
  addEventListener("online", () => { resume(); ask(); });
  addEventListener("offline", () => connected(false));

  for (const name of FIELDS) $(name).value = draft[name];
  for (const id of ["submit", "hold"]) $(id).disabled = false;
  connected(true);
  label();
  if (draft.amount) read();
  resume();
  if (history.state?.card) open(history.state.card);
  else ask();
})();
