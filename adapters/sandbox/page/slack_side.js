// Slack's left side: whose app it is, the channels they are in or find, their direct messages, the apps.

import { el, face } from "./dom.js";
import { openMenu } from "./menu.js";

export function sidebar(half) {
  const { view } = half;
  const mine = view.rooms.filter((room) => room.member && !room.archived);
  const others = view.rooms.filter((room) => !room.member && !room.archived);
  const archived = view.rooms.filter((room) => room.archived);
  return [
    el("div", { class: "side-head" }, el("b", { class: "team" }, view.workspace.name),
      el("button", { type: "button", class: "person", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": `You are ${view.me.name}. Switch to somebody else`, onclick: (event) => people(half, event.currentTarget) },
        face(view.me.name, "face small"), el("span", {}, view.me.name), el("span", { class: "chevron", "aria-hidden": "true" }))),
    el("div", { class: "side-list" },
      group("Channels", mine.map((room) => row(half, room.id, sign(room), room.name, room))),
      el("button", { type: "button", class: "room add", "aria-haspopup": "menu", "aria-expanded": "false", onclick: (event) => more(half, event.currentTarget, others, archived) }, el("span", { class: "sign" }, "+"), "Add channels"),
      group("Direct messages", view.directs.filter((one) => !one.app).map((one) => row(half, one.id, face(one.name, "face tiny"), one.name, one))),
      el("button", { type: "button", class: "room add", "aria-haspopup": "menu", "aria-expanded": "false", onclick: (event) => direct(half, event.currentTarget) }, el("span", { class: "sign" }, "+"), "New message"),
      group("Apps", view.directs.filter((one) => one.app).map((one) => row(half, one.id, face(one.name, one.user === "USLACKBOT" ? "face tiny" : "face tiny app"), one.name, one)))),
  ];
}

function group(name, rows) {
  return el("section", { class: "side-group" }, el("h2", {}, name), el("ul", {}, rows.map((one) => el("li", {}, one))));
}

export function sign(room) {
  return room.private || room.kind === "group" ? "🔒" : "#";
}

function row(half, id, mark, name, room) {
  const here = half.view.channel === id || (half.view.channel === "@home" && half.view.apps.some((app) => app.direct === id));
  const unread = half.unread(room);
  const attributes = { type: "button", title: name, class: `room${here ? " here" : ""}${unread ? " unread" : ""}`, "aria-current": here ? "page" : null, "aria-label": `${name}${room.private ? ", private" : ""}${unread ? ", unread" : ""}`, onclick: () => half.go(id) };
  return el("button", attributes, el("span", { class: "sign", "aria-hidden": "true" }, mark), el("span", { class: "room-name" }, name), room.shared && el("span", { class: "shared", title: "Shared with another company" }, "◈"));
}

function people(half, anchor) {
  const items = half.api.people.map((one) => ({ value: one.id, label: one.name, words: one.name, note: one.note }));
  items.push({ value: "+reload", label: "Restart Slack", words: "Restart Slack", note: "What only you can see is gone then" });
  openMenu(anchor, items, { label: "Be somebody else", chosen: [half.user], search: items.length > 9, done: (id) => (id === "+reload" ? half.act("reload", {}) : half.become(id)) });
}

function more(half, anchor, others, archived) {
  const items = [
    { value: "+public", label: "Create a channel", words: "create" },
    { value: "+private", label: "Create a private channel", words: "create private" },
    ...others.map((room) => ({ value: room.id, label: `# ${room.name}`, words: room.name, group: "Channels that you can join" })),
    ...archived.map((room) => ({ value: room.id, label: `${sign(room)} ${room.name}`, words: room.name, group: "Archived" })),
  ];
  openMenu(anchor, items, { label: "Channels", done: (value) => (value.startsWith("+") ? half.create(value === "+private") : half.go(value)) });
}

function direct(half, anchor) {
  const items = half.view.people.filter((one) => one.id !== half.user).map((one) => ({ value: one.id, label: one.name, words: one.name, note: one.note }));
  openMenu(anchor, items, { label: "Write to", done: (id) => half.go(`@${id}`) });
}
