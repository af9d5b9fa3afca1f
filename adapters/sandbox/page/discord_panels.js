// What opens beside a channel: the message's menu, emoji, pinned messages, threads, members.

import { el, face } from "./dom.js";
import { renderComponents } from "./discord_components.js";
import { openMenu, trap } from "./menu.js";

const USUAL = ["👍", "❤️", "😂", "👏", "🤔", "😮", "😄", "🎉", "👀", "✅", "🔥", "🙏"];

/** Everything that this person may do with a message; the apps' own entries stand under "Apps". */
export function messageMenu(app, room, message, anchor) {
  const { may } = room;
  const mine = message.author.id === app.state.person && !message.webhook_id;
  const archived = Boolean(room.thread_metadata?.archived);
  const items = [
    may.react && !archived && { value: "react", label: "Add Reaction" },
    mine && !archived && { value: "edit", label: "Edit Message" },
    may.write && { value: "reply", label: "Reply" },
    may.thread && room.type === 0 && !message.thread && { value: "thread", label: "Create Thread" },
    may.pin && { value: "pin", label: message.pinned ? "Unpin Message" : "Pin Message" },
    { value: "link", label: "Copy Message Link" },
    ...room.menu.map((name) => ({ value: `app:${name}`, label: name, group: "Apps" })),
    (mine || may.moderate) && { line: true },
    (mine || may.moderate) && { value: "delete", label: "Delete Message", danger: true },
  ].filter(Boolean);
  openMenu(anchor, items, { search: false, label: "Message", done: (value) => carryOut(app, room, message, anchor, value) });
}

async function carryOut(app, room, message, anchor, value) {
  const at = { name: room.id, post: message.id };
  if (value === "react") pickEmoji(app, anchor, (sign) => app.react(room, message, sign, true));
  else if (value === "edit") app.edit(message.id);
  else if (value === "reply") app.reply(room, message);
  else if (value === "pin") app.act("pin", { ...at, remove: Boolean(message.pinned) });
  else if (value === "link") copyLink(app, room, message);
  else if (value === "thread") nameThread(app, room, message.id);
  else if (value.startsWith("app:")) app.useMenu(room, message, value.slice(4));
  else if (value === "delete" && (await app.api.confirm({ title: "Delete Message", text: "Are you sure you want to delete this message?", yes: "Delete", danger: true }))) app.act("delete", at);
}

function copyLink(app, room, message) {
  const address = `https://discord.com/channels/${room.guild_id || "@me"}/${room.id}/${message.id}`;
  navigator.clipboard?.writeText(address).then(() => app.api.say("The message's link is copied."), () => app.api.say(address));
}

export function pickEmoji(app, anchor, done) {
  const known = Object.entries(app.api.emoji || {}).map(([name, sign]) => ({ value: sign, label: `${sign}  :${name}:`, words: name }));
  const usual = USUAL.map((sign) => ({ value: sign, label: sign, words: sign, group: "Usual" }));
  openMenu(anchor, [...usual, ...known.map((each) => ({ ...each, group: "All" }))], { search: true, label: "Emoji", done });
}

/** A box over the channel, at its head; opened again it closes. */
function panel(app, anchor, title, children, className = "") {
  const root = anchor.closest(".pane");
  const open = root.querySelector(".panel");
  open?.remove();
  if (open?.dataset.title === title) return null;
  const close = () => {
    document.removeEventListener("pointerdown", outside, true);
    node.remove();
    if (anchor.isConnected) anchor.focus();
  };
  const outside = (event) => !node.contains(event.target) && !anchor.contains(event.target) && !event.target.closest?.(".menu-veil") && close();
  const node = trap(el("div", { class: `panel ${className}`, role: "dialog", "aria-label": title, "data-title": title, tabindex: "-1" }, el("h4", {}, title), el("div", { class: "panel-body" }, children)), close);
  root.append(node);
  node.focus();
  document.addEventListener("pointerdown", outside, true);
  return close;
}

export function togglePins(app, room, anchor) {
  const tools = { ...app.tools(room), press: null, choose: null, react: null };
  const shown = room.pins.map((each) => {
    const made = renderComponents(each, tools);
    for (const button of made.querySelectorAll("button.button, button.select, .reaction")) button.disabled = true;
    const tool = (label, onclick) => el("button", { type: "button", class: "link", onclick }, label);
    return el("div", { class: "pinned" }, made, el("div", { class: "pin-tools" }, tool("Jump", () => {
      close();
      app.jump(room, each.id);
    }), room.may.pin ? tool("Unpin", () => {
      close();
      app.act("pin", { name: room.id, post: each.id, remove: true });
    }) : null));
  });
  const close = panel(app, anchor, "Pinned Messages", shown.length ? shown : el("p", { class: "none" }, "This channel doesn't have any pinned messages... yet."), "pins");
}

export function toggleThreads(app, room, anchor) {
  const go = (id) => {
    close();
    app.thread(id, room.id);
  };
  const row = (each) => el("button", { type: "button", class: "thread-row", onclick: () => go(each.id) },
    el("strong", {}, each.name), el("span", {}, `${each.type === 12 ? "Private · " : ""}${each.message_count} message${each.message_count === 1 ? "" : "s"}${each.joined ? " · joined" : ""}${each.thread_metadata.locked ? " · locked" : ""}`));
  const [active, archived] = [false, true].map((old) => room.threads.filter((each) => each.thread_metadata.archived === old));
  const make = (words, secret) => el("button", { type: "button", class: "button secondary", onclick: () => {
    close();
    nameThread(app, room, null, secret);
  } }, words);
  const close = panel(app, anchor, "Threads", [
    room.may.thread || room.may.private_thread ? el("div", { class: "row" }, room.may.thread ? make("Create Thread", false) : null, room.may.private_thread ? make("Private Thread", true) : null) : null,
    active.length ? [el("h5", {}, `Active threads: ${active.length}`), active.map(row)] : null,
    archived.length ? [el("h5", {}, "Older threads"), archived.map(row)] : null,
    room.threads.length ? null : el("p", { class: "none" }, "There are no threads."),
  ]);
}

/** Ask for the name of a new thread. */
export function nameThread(app, room, post, secret = false) {
  askName(app, secret ? "Private Thread" : "Create Thread", "Thread name", async (title) => {
    const answer = await app.act("start_thread", { name: room.id, title, post, private: secret });
    if (answer) app.thread(answer.result, room.id);
    return Boolean(answer);
  });
}

/** What who may manage channels does with the server. */
export function serverMenu(app, anchor) {
  const kinds = { text: "Create Text Channel", private: "Create Private Channel", voice: "Create Voice Channel", stage: "Create Stage Channel", category: "Create Category" };
  openMenu(anchor, Object.entries(kinds).map(([value, label]) => ({ value, label })), { search: false, label: "Server", done: (kind) =>
    askName(app, kinds[kind], "Name", async (text) => {
      const answer = await app.act("make_channel", { text, kind: kind === "private" ? "text" : kind, private: kind === "private" });
      if (answer && (kind === "text" || kind === "private")) app.go(answer.result);
      return Boolean(answer);
    }) });
}

/** A small form with one name; it closes when `done` says so. */
function askName(app, title, label, done) {
  const close = () => node.remove();
  const field = el("input", { type: "text", maxlength: "100", "aria-label": label });
  const made = async (event) => {
    event.preventDefault();
    if (await done(field.value)) close();
  };
  const box = el("form", { class: "form small", role: "dialog", "aria-modal": "true", "aria-label": title, onsubmit: made },
    el("header", {}, el("h2", {}, title)), el("div", { class: "form-body" }, el("div", { class: "labelled" }, el("label", { class: "label" }, label), el("div", { class: "typed" }, field))),
    el("footer", {}, el("button", { type: "button", class: "button secondary", onclick: close }, "Cancel"), el("button", { type: "submit", class: "button primary" }, title.split(" ")[0] === "Create" ? title : "Create Thread")));
  const node = el("div", { class: "form-shade" }, trap(box, close));
  app.root.append(node);
  field.focus();
}

export function togglePeople(app, room, anchor) {
  const inside = room.parent_id && room.thread_metadata ? room.people.filter((each) => each.inside) : room.people;
  const row = (each) => el("button", { type: "button", class: "person", onclick: (event) => personMenu(app, room, each, event.currentTarget) },
    face(each.name, "avatar small"), el("span", { class: "label" }, each.name), each.bot ? el("span", { class: "badge" }, "APP") : null);
  panel(app, anchor, room.thread_metadata ? "Members of the thread" : "Members", [el("h5", {}, `${inside.length} ${inside.length === 1 ? "member" : "members"}`), inside.map(row)], "people");
}

function personMenu(app, room, each, anchor) {
  const items = [
    each.id !== app.state.person && { value: "message", label: "Message" },
    { value: "mention", label: "Mention" },
  ].filter(Boolean);
  openMenu(anchor, items, { search: false, label: each.name, done: (value) => {
    anchor.closest(".panel")?.remove();
    if (value === "message") app.go(`@${each.id}`);
    else app.type(`@${each.username} `, room);
  } });
}

/** Join, leave, close, lock, and add people. */
export function threadMenu(app, room, anchor) {
  const { archived, locked } = room.thread_metadata;
  const inside = room.people.some((each) => each.id === app.state.person && each.inside);
  const others = room.people.filter((each) => !each.inside).map((each) => ({ value: `add:${each.id}`, label: each.name, group: "Add to the thread" }));
  const mine = room.owner_id === app.state.person && !locked;
  const items = [
    !archived && { value: inside ? "leave_thread" : "join_thread", label: inside ? "Leave Thread" : "Join Thread" },
    (room.may.manage_threads || mine || (archived && !locked)) && { value: "archive", label: archived ? "Open Thread" : "Close Thread" },
    room.may.manage_threads && { value: "lock", label: locked ? "Unlock Thread" : "Lock Thread" },
    ...(archived ? [] : others),
  ].filter(Boolean);
  openMenu(anchor, items, { search: others.length > 8, label: "Thread", done: (value) => {
    const name = room.id;
    if (value === "archive") app.act("archive", { name, archived: !archived });
    else if (value === "lock") app.act("archive", { name, archived, locked: !locked });
    else if (value.startsWith("add:")) app.act("bring", { name, whom: value.slice(4) });
    else app.act(value, { name });
  } });
}
