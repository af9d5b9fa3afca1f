// The window around both halves: who is there, what has changed, faults, toasts; it draws nothing of a platform.
//
// Each platform's module exports mount(root, api) → {open(address) → bool}; it fills its root, which is a container named "half", so that
// its style sheet asks for the half's width and not the window's. `open` is true where the address is one of that platform's own.
// api: platform, people, person (whom to begin as), chose(id), emoji {name: sign}, view(user, channel, more) and act(user, verb, body)
// → JSON or an Error with words, onChange(callback), file(address) → an address of ours or null, open(address) for a link to anywhere,
// say(words), confirm({title, text, yes, no, danger}) → Promise of a bool.

import { add, el, put } from "./dom.js";
import { trap } from "./menu.js";

const PLATFORMS = ["slack", "discord"];
const TOAST_MS = 5000;
const PRESS_MS = 1000;
const listeners = { slack: [], discord: [] };
const halves = {};

async function asked(path, body) {
  const how = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch(path, how);
  let told = null;
  try {
    told = await answer.json();
  } catch {
    // A server that ended in the middle of its answer.
  }
  if (!answer.ok || told === null) throw new Error((told && told.error) || `the stand-in server answered ${answer.status}`);
  return told;
}

let held = null;
addEventListener("pointerdown", () => (held ??= deferred()), true);
for (const name of ["pointerup", "pointercancel"]) {
  addEventListener(name, () => setTimeout(() => {
    if (held) held.resolve();
    held = null;
  }), true);
}

function deferred() {
  const made = {};
  made.promise = new Promise((resolve) => (made.resolve = resolve));
  return made;
}

/** A press on something that is drawn anew in its middle would be lost: nothing is drawn while a button is held down. */
async function released() {
  if (held) await Promise.race([held.promise, new Promise((resolve) => setTimeout(resolve, PRESS_MS))]);
}

export function say(words) {
  const node = el("div", { class: "toast" }, words);
  document.querySelector("#toasts").append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}

function confirmIn(root, { title = "Are you sure?", text = "", yes = "Yes", no = "Cancel", danger = false }) {
  return new Promise((resolve) => {
    const back = document.activeElement;
    const close = (answer) => {
      veil.remove();
      if (back && back.isConnected) back.focus();
      resolve(answer);
    };
    const sure = el("button", { type: "button", class: danger ? "button danger" : "button primary", onclick: () => close(true) }, yes);
    const box = el("div", { class: "dialog", role: "alertdialog", "aria-modal": "true", "aria-label": title }, el("h2", {}, title), el("p", {}, text),
      el("div", { class: "dialog-foot" }, el("button", { type: "button", class: "button", onclick: () => close(false) }, no), sure));
    const veil = el("div", { class: "veil" }, trap(box, () => close(false)));
    root.append(veil);
    sure.focus();
  });
}

function api(platform, people, signs, root) {
  const query = new URLSearchParams(location.search).get(platform);
  const wished = (query || sessionStorage.getItem(`${platform}.person`) || "").toLowerCase();
  return {
    platform,
    people,
    emoji: signs,
    person: people.find((one) => one.id.toLowerCase() === wished || one.name.toLowerCase() === wished) || people[0] || null,
    view: async (user, channel, more = {}) => {
      const told = await asked(`/api/${platform}/view?${new URLSearchParams({ user, ...(channel ? { channel } : {}), ...more })}`);
      await released();
      return told;
    },
    act: (user, verb, body = {}) => asked(`/api/${platform}/act`, { user, verb, ...body }),
    onChange: (callback) => listeners[platform].push(callback),
    file: (address) => {
      const at = /\/sandbox\/files\/[^?#]*/.exec(String(address || ""));
      return at ? `/api/${platform}/file?path=${encodeURIComponent(at[0])}` : null;
    },
    open,
    say,
    confirm: (words) => confirmIn(root, words),
    chose: (id) => {
      sessionStorage.setItem(`${platform}.person`, id);
      const url = new URL(location.href);
      url.searchParams.set(platform, (people.find((one) => one.id === id) || { name: id }).name);
      history.replaceState(null, "", url);
    },
  };
}

function open(address) {
  for (const platform of PLATFORMS) {
    if (halves[platform] && halves[platform].open && halves[platform].open(address)) {
      show(platform);
      return true;
    }
  }
  say(`This link leads to ${address}`);
  return false;
}

function show(platform) {
  document.body.dataset.shown = platform;
  for (const tab of document.querySelectorAll(".tabs button")) {
    tab.setAttribute("aria-selected", String(tab.dataset.platform === platform));
    tab.tabIndex = tab.dataset.platform === platform ? 0 : -1;
  }
}

function tabs() {
  const all = [...document.querySelectorAll(".tabs button")];
  for (const tab of all) {
    tab.addEventListener("click", () => show(tab.dataset.platform));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = all[(all.indexOf(tab) + 1) % all.length];
      show(other.dataset.platform);
      other.focus();
    });
  }
  show(new URLSearchParams(location.search).get("half") || "slack");
}

// -- faults -----------------------------------------------------------------------------------------------------------

const NAMES = { slack: "Slack", discord: "Discord" };

function faults() {
  const button = document.querySelector("#faults");
  let panel = null;
  const close = () => {
    if (!panel) return;
    panel.remove();
    panel = null;
    button.setAttribute("aria-expanded", "false");
    button.focus();
  };
  const draw = (all) => {
    const on = Object.values(all).flat().filter((one) => one.on).length;
    button.textContent = on ? `Faults (${on} on)` : "Faults";
    button.classList.toggle("on", on > 0);
    if (panel) put(panel.querySelector(".fault-lists"), PLATFORMS.map((name) => group(name, all[name] || [])));
  };
  const turn = async (platform, key, on) => {
    try {
      await asked("/api/faults", { platform, key, on });
      if (on === null) say("Done.");
      draw(await asked("/api/faults"));
    } catch (error) {
      say(error.message);
    }
  };
  const group = (platform, list) =>
    el("fieldset", {}, el("legend", {}, NAMES[platform]), list.map((one) => one.on === null
      ? el("div", { class: "fault" }, el("button", { type: "button", class: "once", onclick: () => turn(platform, one.key, null) }, one.label), el("small", {}, one.words))
      : el("label", { class: "fault" }, el("span", {}, el("input", { type: "checkbox", checked: one.on, onchange: (event) => turn(platform, one.key, event.target.checked) }), one.label), el("small", {}, one.words))));
  button.addEventListener("click", async () => {
    if (panel) return close();
    panel = trap(el("div", { class: "faults", role: "dialog", "aria-label": "Faults" },
      el("div", { class: "faults-head" }, el("h2", {}, "Faults"), el("button", { type: "button", class: "plain", "aria-label": "Close", onclick: close }, "✕")),
      el("p", {}, "What real servers do on bad days. A switch stays on until you turn it off."), el("div", { class: "fault-lists" })), close);
    document.body.append(panel);
    button.setAttribute("aria-expanded", "true");
    panel.querySelector("button").focus();
    draw(await asked("/api/faults"));
  });
}

// -- begin ------------------------------------------------------------------------------------------------------------

function listen() {
  const source = new EventSource("/api/events");
  let lost = false;
  source.onmessage = (event) => {
    if (lost) say("The stand-in servers are back.");
    lost = false;
    const { platform } = JSON.parse(event.data);
    for (const callback of listeners[platform] || []) callback();
  };
  source.onerror = () => {
    if (!lost) say("The page has lost its server; it keeps trying.");
    lost = true;
  };
}

async function begin() {
  tabs();
  faults();
  const [people, signs] = await Promise.all([asked("/api/people"), asked("/emoji.json")]);
  for (const platform of PLATFORMS) {
    const root = document.querySelector(`#${platform}`);
    try {
      const half = await import(`./${platform}.js`);
      halves[platform] = half.mount(root, api(platform, people[platform] || [], signs, root)) || {};
    } catch (error) {
      add(root, el("p", { class: "broken" }, `This half could not be drawn: ${error.message}`));
      console.error(error);
    }
  }
  listen();
}

begin();
