// Slack's middle and right: the head of a channel, its messages, a thread, the app's Home.

import { el, redraw, sync } from "./dom.js";
import { openMenu } from "./menu.js";
import { isSystem, renderBlocks, renderView } from "./slack_blocks.js";
import { mrkdwn, plain } from "./slack_text.js";
import { pickEmoji } from "./slack_write.js";
import { sign } from "./slack_side.js";

const TOGETHER = 300;

export function head(half) {
  const { view } = half;
  const { room } = view;
  const app = half.app();
  const back = el("button", { type: "button", class: "plain back", "aria-label": "Back to channels", onclick: () => half.screen("list") }, "‹");
  if (app) return [el("div", { class: "room-head" }, back, el("h1", {}, app.name), el("span", { class: "badge" }, "APP")), appTabs(half, app)];
  if (!room) return [el("div", { class: "room-head" }, back, el("h1", {}, "No channel"))];
  const name = room.kind === "im" ? view.names[room.with] || "Slackbot" : `${sign(room)} ${room.name}`;
  return [
    el("div", { class: "room-head" }, back, el("div", { class: "room-title" }, room.kind === "im" ? el("h1", {}, name) : el("h1", {}, el("button", { type: "button", class: "plain name-button", title: name, "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": `${room.name}, channel menu`, onclick: (event) => half.manage(event.currentTarget) }, name)), room.topic && el("p", { class: "topic", title: room.topic }, mrkdwn(room.topic, half.tools("", "", "")))),
      room.kind !== "im" && el("button", { type: "button", class: "members", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": `${room.members.length} members`, onclick: (event) => members(event.currentTarget, room) }, `👤 ${room.members.length}`)),
    el("div", { class: "room-bar" },
      tab(half, "messages", "Messages"), room.pinned.length > 0 && tab(half, "pins", `Pins ${room.pinned.length}`),
      room.bookmarks.map((one) => el("a", { class: "bookmark", href: "#", onclick: (event) => (event.preventDefault(), half.api.open(one.link)) }, one.emoji ? plain(one.emoji, { emoji: half.api.emoji }) : "🔗", " ", one.title))),
  ];
}

function tab(half, name, words) {
  return el("button", { type: "button", class: `room-tab${half.pane === name ? " on" : ""}`, "aria-pressed": String(half.pane === name), onclick: () => half.show(name) }, words);
}

function appTabs(half, app) {
  const at = half.view.channel === "@home" ? "home" : "messages";
  const one = (name, words, go) => el("button", { type: "button", role: "tab", class: `room-tab${at === name ? " on" : ""}`, "aria-selected": String(at === name), onclick: go }, words);
  return el("div", { class: "room-bar", role: "tablist", "aria-label": app.name }, app.home && one("home", "Home", () => half.home()), app.messages && one("messages", "Messages", () => half.go(app.direct, true)));
}

function members(anchor, room) {
  const items = [...room.members.map((name) => ({ value: name, label: name, group: "People" })), ...room.apps.map((name) => ({ value: name, label: name, group: "Apps" }))];
  openMenu(anchor, items, { label: "Members" });
}

/** Messages with the days between them; one after another of the same person stand together. */
export function list(half, parent, messages, where) {
  const items = where === "room" && half.view.more ? [{ day: "earlier" }] : [];
  let before = null;
  for (const message of messages) {
    const day = new Date(Number(message.ts) * 1000).toDateString();
    if (where === "room" && (!before || before.day !== day)) items.push({ day, ts: message.ts });
    const who = message.username || message.user;
    const same = before && before.day === day && before.who === who && !isSystem(message) && !before.system && !message.private && !before.private && Number(message.ts) - Number(before.ts) < TOGETHER;
    items.push({ message, editing: half.editing === message.ts, follows: Boolean(same && !message.pinned_to && message.subtype !== "tombstone") });
    before = { day, who, ts: message.ts, system: isSystem(message), private: message.private };
  }
  const key = (item) => (item.message ? item.message.ts : `day ${item.day}`);
  sync(parent, items, key, (item) => (item.message ? row(half, item, where) : divider(item, half)), half.sign + where);
}

function divider(item, half) {
  if (item.day === "earlier") return el("div", { class: "day" }, el("button", { type: "button", class: "button", onclick: () => half.earlier() }, "Show earlier messages"));
  const at = new Date(Number(item.ts) * 1000);
  const words = item.day === new Date().toDateString() ? "Today" : at.toLocaleDateString(undefined, { weekday: "long", month: "long", day: "numeric" });
  return el("div", { class: "day", role: "separator", "aria-label": words }, el("span", {}, words));
}

function row(half, { message, editing, follows }, where) {
  const tools = {
    ...half.tools(half.view.channel, message.ts, message.ts),
    react: (one, name, mine) => half.act("react", { channel: half.view.channel, post: one.ts, emoji: `:${name}:`, remove: Boolean(mine) }),
    thread: (one) => half.thread(one.thread_ts || one.ts),
    menu: (one) => (isSystem(one) && !one.user ? null : bar(half, one, where)),
  };
  const node = renderBlocks(message, tools, follows);
  if (editing) edit(half, message, node);
  return node;
}

function bar(half, message, where) {
  const channel = half.view.channel;
  const quick = (name) => tool(half.api.emoji[name], `React with ${name.replaceAll("_", " ")}`, () => half.act("react", { channel, post: message.ts, emoji: `:${name}:` }));
  const writable = half.view.room && half.view.room.member && !half.view.room.archived;
  return el("div", { class: "hover-bar" },
    writable && !message.private && [quick("+1"), quick("heart"), tool("☺", "Add reaction", (event) => pickEmoji(event.currentTarget, half.api.emoji, (name) => half.act("react", { channel, post: message.ts, emoji: `:${name}:` })))].map((one) => (one.classList.add("wide-only"), one)),
    where === "room" && !message.private && tool("💬", "Reply in thread", () => half.thread(message.thread_ts || message.ts), "wide-only"),
    tool("⋯", "More actions", (event) => more(half, message, event.currentTarget, where)));
}

function tool(sign_, words, press, extra = "") {
  return el("button", { type: "button", class: `tool ${extra}`, "aria-label": words, title: words, "aria-haspopup": words === "More actions" ? "menu" : null, onclick: press }, sign_);
}

function more(half, message, anchor, where) {
  const { view } = half;
  const channel = view.channel;
  const mine = message.user === view.me.id && !message.bot_id;
  const items = [];
  const put_ = (value, label, done, extra = {}) => items.push({ value, label, done, ...extra });
  if (message.private) put_("dismiss", "Dismiss message", () => half.dismiss(message));
  else {
    put_("react", "Add reaction…", () => pickEmoji(anchor, half.api.emoji, (name) => half.act("react", { channel, post: message.ts, emoji: `:${name}:` })));
    if (where === "room") put_("thread", "Reply in thread", () => half.thread(message.thread_ts || message.ts));
    put_("link", "Copy link", () => half.copy(message));
    if (!isSystem(message)) put_("pin", message.pinned_to ? "Unpin from channel" : "Pin to channel", () => half.act("pin", { channel, post: message.ts, remove: Boolean(message.pinned_to) }));
    if (mine) put_("edit", "Edit message", () => half.edit(message.ts));
    if (mine || view.me.admin) put_("delete", "Delete message…", () => half.remove(message), { danger: true });
    const entries = isSystem(message) ? [] : view.apps.flatMap((app) => app.shortcuts.map((name) => ({ name, app: app.name })));
    for (const one of entries) put_(`app ${one.name}`, one.name, () => half.act("shortcut", { channel, post: message.ts, name: one.name }, true), { note: one.app });
  }
  openMenu(anchor, items, { label: "More actions", search: false, done: (_, item) => item.done() });
}

function edit(half, message, node) {
  const body = node.querySelector(".blocks, .words");
  const field = el("textarea", { class: "line", rows: 2, "aria-label": "Edit message" });
  field.value = half.plainText(message);
  const save = () => {
    const text = field.value.trim();
    half.edit(null);
    if (text) half.act("edit", { channel: half.view.channel, post: message.ts, text });
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") half.edit(null);
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save();
    else return;
    event.preventDefault();
  });
  const form = el("form", { class: "composer editing", onsubmit: (event) => (event.preventDefault(), save()) }, field,
    el("div", { class: "composer-foot" }, el("span", { class: "push" }), el("button", { type: "button", class: "button", onclick: () => half.edit(null) }, "Cancel"), el("button", { type: "submit", class: "button primary" }, "Save")));
  if (body) body.replaceWith(form);
  setTimeout(() => field.focus());
}

export function home(half, parent) {
  const { view } = half;
  const nothing = () => el("p", { class: "nothing" }, "This is the app's Home. The app has put nothing here yet.");
  redraw(parent, [view.home, half.sign], () => (view.home ? el("div", { class: "home-blocks" }, renderView(view.home, half.tools("@home", "", view.home.id))) : nothing()));
}
