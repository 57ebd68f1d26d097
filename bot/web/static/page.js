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
    const focused = document.activeElement;
    const fresh = new DOMParser().parseFromString(news.html, "text/html");
    for (const part of fresh.querySelectorAll("[data-live]")) {
      const old = document.getElementById(part.id);
      old.className = part.className;
      old.hidden = part.hidden;
      if (old.innerHTML !== part.innerHTML) old.replaceChildren(...part.childNodes);
    }
    if (!focused.isConnected) focusLike(focused);
    if (isGreen() && navigator.vibrate) navigator.vibrate(200);
    if (final && !isGreen()) sleep(); // nothing to scan any more
    finishWhenStale();
  }

  function focusLike(gone) {
    const same = document.querySelector(`[href="${gone.getAttribute("href")}"]`);
    if (same) same.focus({ preventScroll: true });
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
    document.querySelector("main").replaceChildren(done.content.cloneNode(true));
    document.title = document.querySelector("h1").textContent;
    history.replaceState(null, "", done.dataset.address); // loaded anew, it stays the last screen
    sleep();
  }

  function finishWhenStale() {
    if (!isGreen()) return;
    const left = changedAt + GREEN_FOR - Date.now();
    if (left <= 0) finish();
    else setTimeout(finishWhenStale, left);
  }

  async function stayAwake() {
    if (!done || final || document.hidden || !navigator.wakeLock || (lock && !lock.released)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
    } catch {
      // Refused (battery saver): the screen may go dark, nothing else
    }
  }

  function sleep() {
    if (lock) lock.release();
  }

  document.addEventListener("click", event => {
    const pressed = event.target.closest("[data-pay], [data-copy], .close");
    if (!pressed) return;
    if ("pay" in pressed.dataset) open(pressed);
    else if ("copy" in pressed.dataset) copy(pressed);
    else if (pressed.pathname === location.pathname || !navigator.onLine) { // else it leads back to the till
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
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.classList.add("copied");
      setTimeout(() => button.classList.remove("copied"), 4000);
    } catch { // an app's own browser may forbid it: then a finger can
      button.replaceWith(button.dataset.copy);
    }
  }

  if (navigator.clipboard) document.documentElement.classList.add("can-copy");
  function seen() {
    if (document.hidden) return;
    finishWhenStale();
    stayAwake();
    ask();
  }

  document.addEventListener("visibilitychange", seen);
  addEventListener("pageshow", event => { if (event.persisted) seen(); });
  addEventListener("online", ask);
  addEventListener("offline", () => connected(false));
  finishWhenStale();
  stayAwake();
  plan();
})();
