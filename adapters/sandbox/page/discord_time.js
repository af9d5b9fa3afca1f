// Times as the Discord client writes them, in the reader's own zone: <t:…> of every style, and the time of a message.

import { el } from "./dom.js";

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { day: "2-digit", month: "2-digit", year: "numeric" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" },
  S: { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" },
};
const STEPS = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];

function written(at, style) {
  return new Intl.DateTimeFormat(undefined, STYLES[style]).format(new Date(at * 1000));
}

/** "in 5 minutes", "an hour ago". */
export function relative(at, now) {
  let away = Math.round(Math.abs(at - now));
  let unit = "second";
  for (const [name, most] of STEPS) {
    unit = name;
    if (away < most) break;
    away = Math.max(1, Math.round(away / most));
  }
  const one = unit === "hour" ? "an hour" : `a ${unit}`;
  const words = away === 1 ? one : `${away} ${unit}s`;
  return at > now ? `in ${words}` : `${words} ago`;
}

/** <t:at:style>; one that is relative is drawn anew by `tick`. */
export function drawTime(at, style, tools = {}) {
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e12) return el("span", { class: "time" }, "Invalid Date");
  const node = el("time", { class: "time", datetime: new Date(at * 1000).toISOString(), title: written(at, "F") });
  if (style === "R") {
    node.dataset.relative = String(at);
    node.textContent = relative(at, now(tools));
  } else {
    node.textContent = written(at, style);
  }
  return node;
}

/** Every relative time under the node, as it reads now. */
export function tick(root, tools = {}) {
  for (const node of root.querySelectorAll("time[data-relative]")) {
    const words = relative(Number(node.dataset.relative), now(tools));
    if (node.textContent !== words) node.textContent = words;
  }
}

export function now(tools) {
  return (tools.now ? Number(tools.now()) : Date.now()) / 1000;
}

/** What stands beside an author's name: the hour today, "Yesterday at …", else the date. */
export function stamp(iso, tools = {}) {
  const then = new Date(iso);
  const today = new Date(now(tools) * 1000);
  const hour = new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(then);
  const before = new Date(today);
  before.setDate(before.getDate() - 1);
  if (then.toDateString() === today.toDateString()) return hour;
  if (then.toDateString() === before.toDateString()) return `Yesterday at ${hour}`;
  return `${new Intl.DateTimeFormat(undefined, STYLES.d).format(then)}, ${hour}`;
}

export function day(iso) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "long" }).format(new Date(iso));
}
