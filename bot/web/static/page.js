/* Keeps the shopper's page and the assistant's big QR true without reloading. Without it both still work.
 *
 * The server is asked for the state; when the page's version differs, it sends the new body, and each part marked
 * data-live takes over what changed. The script never redirects and never scrolls. */
"use strict";
(() => {
  const OFTEN = 3000, RARELY = 15000, PATIENCE = 5 * 60000; // ms; a page left open asks rarely
  const ANSWER_WITHIN = 5000; // ms; longer means that the link is lost
  const GREEN_FOR = 20000; // ms; then the next shopper must not see the last sale
  const { body } = document;
  const lost = document.getElementById("lost");
  const done = document.getElementById("done");
  let version = body.dataset.version;
  let final = "final" in body.dataset;
  let changedAt = Date.now();
  let timer = 0, asking = false, lock = null;

  async function ask() {
    clearTimeout(timer);
    if (final || asking) return;
    asking = true;
    const patience = new AbortController();
    const limit = setTimeout(() => patience.abort(), ANSWER_WITHIN);
    try {
      const answer = await fetch(`${body.dataset.ask}&version=${version}`, { cache: "no-store", signal: patience.signal });
      if (!answer.ok && answer.status !== 404) throw new Error(answer.status); // 404 is news too: the link was closed
      const news = await answer.json();
      if (!final && news.version !== version) change(news);
      connected(true);
    } catch {
      connected(false);
    }
    clearTimeout(limit);
    asking = false;
    plan();
  }

  function plan() {
    clearTimeout(timer);
    if (!final && !document.hidden) timer = setTimeout(ask, Date.now() - changedAt < PATIENCE ? OFTEN : RARELY);
  }

  function change(news) {
    ({ version, final } = news);
    changedAt = Date.now();
    document.title = news.title;
    body.className = news.look;
    const fresh = new DOMParser().parseFromString(news.html, "text/html");
    for (const part of fresh.querySelectorAll("[data-live]")) {
      const old = document.getElementById(part.id);
      old.className = part.className;
      old.hidden = part.hidden;
      if (old.innerHTML !== part.innerHTML) old.replaceChildren(...part.childNodes);
    }
    if (isGreen() && navigator.vibrate) navigator.vibrate(200);
    stayAwake();
  }

  /* The big QR only, from here on: `done` is its last screen. */

  const isGreen = () => Boolean(done) && body.classList.contains("paid");

  function connected(yes) {
    if (lost) lost.hidden = yes || final;
  }

  function finish() {
    final = true;
    clearTimeout(timer);
    body.className = "done";
    document.querySelector("header").hidden = true;
    document.getElementById("stripe").hidden = true;
    document.querySelector("main").replaceChildren(done.content.cloneNode(true));
    document.title = document.querySelector("h1").textContent;
    if (lock) lock.release();
  }

  function finishWhenStale() {
    if (!isGreen()) return;
    const left = changedAt + GREEN_FOR - Date.now();
    if (left <= 0) finish();
    else setTimeout(finishWhenStale, left);
  }

  async function stayAwake() {
    finishWhenStale();
    if (!done || document.hidden || body.classList.contains("done") || !navigator.wakeLock) return;
    try {
      lock = await navigator.wakeLock.request("screen");
    } catch {
      // Refused (battery saver): the screen may go dark, nothing else
    }
  }

  document.addEventListener("click", event => {
    const pressed = event.target.closest("[data-pay], [data-copy], .close");
    if (!pressed) return;
    if ("pay" in pressed.dataset) open(pressed);
    else if ("copy" in pressed.dataset) copy(pressed);
    else if (done) {
      event.preventDefault();
      finish();
    }
  });

  function open(button) {
    const label = button.textContent;
    if (label === body.dataset.opening) return;
    button.textContent = body.dataset.opening;
    setTimeout(() => { button.textContent = label; }, 4000);
  }

  async function copy(button) {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 4000);
  }

  if (navigator.clipboard) document.documentElement.classList.add("can-copy");
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    stayAwake();
    ask();
  });
  addEventListener("pageshow", event => { if (event.persisted) ask(); });
  addEventListener("online", ask);
  addEventListener("offline", () => connected(false));
  stayAwake();
  plan();
})();
