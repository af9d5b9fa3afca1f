// One open channel or thread: its head, its messages, what can be done with each of them, and the line to write in.

import { el, put } from "./dom.js";
import { renderComponents } from "./discord_components.js";
import { icon } from "./discord_icons.js";
import { isAfter } from "./discord_known.js";
import { messageMenu, pickEmoji, threadMenu, togglePeople, togglePins, toggleThreads } from "./discord_panels.js";
import { day, tick } from "./discord_time.js";
import { createWriter } from "./discord_writer.js";

const TOGETHER_MS = 7 * 60 * 1000;
const QUIET = 1 << 6;

/** kind: "main" or "thread". `draw(room)`: the room as the view has it. */
export function createPane(app, kind) {
  const head = el("header", { class: "head" });
  const list = el("div", { class: "messages", role: "log", "aria-label": "Messages", tabindex: "0" });
  const down = el("button", { type: "button", class: "to-present", hidden: true, onclick: () => bottom() }, "Jump To Present", icon("down"));
  const writer = createWriter(app);
  const node = el("section", { class: `pane ${kind}`, "aria-label": kind === "main" ? "Channel" : "Thread" }, head, el("div", { class: "listed" }, list, down), writer.node);
  let drawn = new Map();
  let room = null;
  let unread = null; // the first message that was not read when this channel was opened: "NEW" stands over it
  let headed = "";
  let wanted = null;

  list.addEventListener("scroll", () => {
    down.hidden = atBottom();
    if (atBottom()) seen();
  });
  setInterval(() => node.isConnected && tick(list), 1000);

  const atBottom = () => list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const bottom = () => {
    list.scrollTop = list.scrollHeight;
    seen();
  };
  const seen = () => room && !document.hidden && app.read(room.id, room.messages.at(-1)?.id);

  function draw(next) {
    const fresh = room?.id !== next.id || drawn.person !== app.state.person;
    const stick = fresh || atBottom();
    if (fresh) {
      const read = app.lastRead(next.id);
      unread = next.messages.find((each) => read && isAfter(each.id, read) && each.author.id !== app.state.person && !(each.flags & QUIET))?.id;
      drawn = new Map();
      drawn.person = app.state.person;
    }
    room = next;
    drawHead();
    drawMessages();
    writer.draw(room);
    if (wanted) find(wanted);
    else if (stick) bottom();
    else down.hidden = false;
  }

  function drawHead() {
    const key = JSON.stringify([room.id, room.name, room.topic, room.archived, room.threads.length, room.pins.map((each) => each.id), room.people, room.may, app.view.names[room.parent_id]]);
    if (key === headed) return;
    headed = key;
    const other = room.type === 1 ? room.recipients[0] : null;
    const name = other ? app.view.names[other.id]?.name || other.global_name || other.username : room.name;
    const tool = (sign, label, onclick) => el("button", { type: "button", class: "round", "aria-label": label, title: label, onclick }, icon(sign));
    const thread = kind === "thread";
    put(head,
      el("button", { type: "button", class: "round back", "aria-label": thread ? "Back to the channel" : "Back to the channels", onclick: () => app.back(kind) }, icon("back")),
      icon(thread ? "thread" : other ? "chat" : "hash", "kind"), el("h3", {}, name), room.topic ? el("span", { class: "topic", title: room.topic }, room.topic) : el("span", { class: "topic" }),
      thread || other ? null : tool("thread", "Threads", (event) => toggleThreads(app, room, event.currentTarget)),
      tool("pin", "Pinned Messages", (event) => togglePins(app, room, event.currentTarget)),
      other ? null : tool("people", thread ? "Members of the thread" : "Members", (event) => togglePeople(app, room, event.currentTarget)),
      thread ? tool("dots", "More", (event) => threadMenu(app, room, event.currentTarget)) : null,
      thread ? el("button", { type: "button", class: "round shut", "aria-label": "Close", onclick: () => app.back(kind) }, icon("close")) : null);
  }

  function drawMessages() {
    const names = JSON.stringify(app.view.names);
    const tools = app.tools(room);
    const made = [];
    let last = null;
    if (room.older) made.push(el("button", { type: "button", class: "older", onclick: () => app.more() }, `Show ${Math.min(room.older, 80)} earlier messages`));
    else made.push(beginning());
    for (const each of [...room.messages, ...app.told(room.id)]) {
      const other = !last || day(each.timestamp) !== day(last.timestamp);
      if (other) made.push(el("div", { class: "day", role: "separator" }, el("span", {}, day(each.timestamp))));
      if (each.id === unread) made.push(el("div", { class: "new", role: "separator" }, el("span", {}, "New")));
      const follows = !other && continues(each, last);
      const key = JSON.stringify([each, follows, tools.busy?.startsWith(`${each.id}:`) && tools.busy, tools.failed[each.id], app.state.editing === each.id]) + names;
      const before = drawn.get(each.id);
      const shown = before?.key === key ? before : { key, node: line(each, tools, follows) };
      drawn.set(each.id, shown);
      made.push(shown.node);
      last = each;
    }
    keep(made);
  }

  /** Put the nodes into the list in this order, touching only those that are not there yet. */
  function keep(made) {
    const wish = new Set(made);
    for (const each of [...list.childNodes]) if (!wish.has(each)) each.remove();
    made.forEach((each, index) => {
      if (list.childNodes[index] !== each) list.insertBefore(each, list.childNodes[index] || null);
    });
  }

  function beginning() {
    const words = { 1: ["", "This is the beginning of your direct messages."], 11: ["Thread", ""], 12: ["Private thread", ""] }[room.type] || [`Welcome to #${room.name}!`, `This is the start of the #${room.name} channel.`];
    const title = kind === "thread" ? room.name : words[0] || app.view.names[room.recipients?.[0]?.id]?.name;
    return el("div", { class: "beginning" }, el("h4", {}, title), el("p", {}, kind === "thread" ? `${words[0]} in #${app.view.names[room.parent_id]?.name ?? ""}` : words[1]));
  }

  function line(each, tools, follows) {
    const made = renderComponents(each, tools, { follows });
    const hidden = Boolean(each.flags & QUIET);
    if (app.state.editing === each.id) editor(made, each);
    if (each.local || hidden || made.classList.contains("system")) return made; // a private message has its own "Dismiss"
    const menu = (event) => {
      event.preventDefault();
      messageMenu(app, room, each, event.currentTarget.closest(".message").querySelector(".more") || event.currentTarget);
    };
    const tool = (sign, label, onclick, name = "") => el("button", { type: "button", class: name, "aria-label": label, title: label, onclick }, icon(sign));
    const bar = el("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions" },
      room.may.react ? tool("smile", "Add Reaction", (event) => pickEmoji(app, event.currentTarget, (sign) => app.react(room, each, sign, true))) : null,
      room.may.write ? tool("reply", "Reply", () => writer.reply(each)) : null,
      tool("dots", "More", menu, "more"));
    bar.querySelector(".more").setAttribute("aria-haspopup", "menu");
    made.append(bar);
    made.addEventListener("contextmenu", (event) => {
      if (!event.target.closest("a, button, input, textarea") && !String(getSelection())) menu(event);
    });
    return made;
  }

  function editor(made, each) {
    const field = el("textarea", { "aria-label": "Edit message", rows: "2", value: app.spelled(each.content) });
    const done = async (save) => {
      if (save && field.value.trim()) await app.act("edit", { name: room.id, post: each.id, text: field.value.trim() });
      app.edit(null);
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") done(false);
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        done(true);
      }
    });
    made.querySelector(".markdown")?.replaceWith(el("div", { class: "editor" }, field,
      el("div", { class: "told" }, el("button", { type: "button", class: "link", onclick: () => done(false) }, "Cancel"), " • ", el("button", { type: "button", class: "link", onclick: () => done(true) }, "Save"))));
    requestAnimationFrame(() => field.isConnected && field.focus());
  }

  function continues(each, last) {
    return Boolean(last) && each.type === 0 && (last.type === 0 || last.type === 20 || last.type === 19) && !each.message_reference
      && each.author.id === last.author.id && each.author.username === last.author.username && !(last.flags & QUIET) && !(each.flags & QUIET)
      && Date.parse(each.timestamp) - Date.parse(last.timestamp) < TOGETHER_MS;
  }

  /** Show that message, if it is here; true then. */
  function find(id) {
    const node_ = [...list.querySelectorAll(".message")].find((each) => each.dataset.id === id);
    if (!node_) {
      wanted = room?.older ? id : null;
      if (wanted) app.more(500);
      return false;
    }
    wanted = null;
    node_.scrollIntoView({ block: "center" });
    node_.classList.add("found");
    setTimeout(() => node_.classList.remove("found"), 2400);
    return true;
  }

  return { node, draw, find, bottom, writer, seen, reply: (each) => writer.reply(each), focus: () => writer.focus() };
}
