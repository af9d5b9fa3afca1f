// The left side: servers, channels by category, direct messages, voice, and who is sitting before this app.

import { el, face, put } from "./dom.js";
import { icon } from "./discord_icons.js";
import { serverMenu } from "./discord_panels.js";
import { openMenu } from "./menu.js";

const TEXT = 0;
const VOICE = 2;
const CATEGORY = 4;
const STAGE = 13;

/** app: {view, state, go(channel), thread(id), switchTo(person), act(verb, body), api, unread(id, last)} */
export function createRooms(app) {
  const rail = el("nav", { class: "rail", "aria-label": "Servers" });
  const list = el("div", { class: "list" });
  const title = el("header", { class: "title" });
  const voice = el("div", { class: "voice-panel" });
  const me = el("div", { class: "me" });
  const node = el("aside", { class: "rooms" }, rail, el("div", { class: "side" }, title, list, voice, me));
  const folded = new Set();

  function draw() {
    const { view, state } = app;
    const inDirects = state.home || !view.guilds.length;
    const guild = view.guilds.find((each) => each.id === state.guild) || view.guilds[0];
    drawRail(inDirects ? null : guild);
    const more = !inDirects && guild.manages ? el("button", { type: "button", class: "round", "aria-label": "Server menu", "aria-haspopup": "menu", onclick: (event) => serverMenu(app, event.currentTarget) }, icon("down")) : null;
    put(title, el("h2", {}, inDirects ? "Direct Messages" : guild.name), more);
    if (inDirects) put(list, view.directs.map(direct));
    else put(list, channels(guild));
    drawVoice();
    drawMe(guild);
  }

  function drawRail(current) {
    const waiting = app.view.directs.map((each) => app.waiting(each)).reduce((sum, each) => sum + each, 0);
    put(rail,
      server("Direct Messages", icon("chat"), !current, () => app.home(true), waiting),
      el("div", { class: "rule" }),
      app.view.guilds.map((each) => server(each.name, initialsOf(each.name), current === each, () => app.home(false, each.id), 0,
        each.channels.some((one) => one.type === TEXT && app.unread(one.id, one.last_message_id)))));
  }

  function server(name, inner, on, onclick, count, dot = false) {
    return el("button", { type: "button", class: `server${on ? " on" : ""}${dot ? " unread" : ""}`, title: name, "aria-label": name, "aria-current": on ? "true" : null, onclick },
      inner, count ? el("span", { class: "count" }, String(count)) : null);
  }

  function channels(guild) {
    const all = guild.channels;
    const threads = all.filter((each) => each.type > 9 && each.type < 13);
    const of = (parent) => all.filter((each) => each.parent_id === parent && (each.type === TEXT || each.type === VOICE || each.type === STAGE))
      .sort((one, other) => (one.type === TEXT ? 0 : 1) - (other.type === TEXT ? 0 : 1));
    const rows = (each) => room(each, threads.filter((one) => one.parent_id === each.id && one.member && !one.thread_metadata.archived));
    const made = of(null).map(rows);
    for (const category of all.filter((each) => each.type === CATEGORY)) {
      const shut = folded.has(category.id);
      made.push(el("button", { type: "button", class: "category", "aria-expanded": shut ? "false" : "true", onclick: () => fold(category.id) }, icon("down", shut ? "shut" : ""), category.name));
      made.push(of(category.id).filter((each) => !shut || app.state.channel === each.id || app.unread(each.id, each.last_message_id)).map(rows));
    }
    return made;
  }

  function fold(id) {
    if (!folded.delete(id)) folded.add(id);
    draw();
  }

  function room(each, threads) {
    const spoken = each.type === VOICE || each.type === STAGE;
    const on = app.view.channel?.id === each.id && !app.state.thread;
    const fresh = !on && app.unread(each.id, each.last_message_id);
    const inside = each.voices || [];
    const row = el("button", {
      type: "button", class: `room${on ? " on" : ""}${fresh ? " unread" : ""}`, "aria-current": on ? "page" : null, title: each.topic || each.name,
      "aria-label": `${each.name}${each.locked ? ", private" : ""}${spoken ? `, voice channel, ${inside.length} inside` : ""}${fresh ? ", unread" : ""}`,
      onclick: () => (spoken ? app.act("voice", { name: each.id, ...voiceNow() }) : app.go(each.id)),
    }, el("span", { class: "sign" }, icon(spoken ? "voice" : "hash"), each.locked ? icon("lock", "locked") : null), el("span", { class: "label" }, each.name));
    const chat = spoken ? el("button", { type: "button", class: "round chat", "aria-label": `Open the chat of ${each.name}`, title: "Open Chat", onclick: () => app.go(each.id) }, icon("chat")) : null;
    return el("div", { class: "room-box" }, row, chat,
      inside.map((one) => el("div", { class: "speaker" }, face(nameOf(one.user_id), "avatar mini"), el("span", { class: "label" }, nameOf(one.user_id)),
        one.self_mute || one.self_deaf ? icon("mic", "off") : null, one.self_deaf ? icon("ears", "off") : null)),
      threads.map((one) => el("button", {
        type: "button", class: `room thread${app.state.thread === one.id ? " on" : ""}${app.unread(one.id, one.last_message_id) && app.state.thread !== one.id ? " unread" : ""}`,
        onclick: () => app.thread(one.id, each.id),
      }, el("span", { class: "label" }, one.name))));
  }

  function direct(each) {
    const other = each.recipients[0] || {};
    const on = app.view.channel?.id === each.id;
    const count = on ? 0 : app.waiting(each);
    return el("button", { type: "button", class: `room direct${on ? " on" : ""}${count ? " unread" : ""}`, "aria-current": on ? "page" : null, onclick: () => app.go(each.id) },
      face(nameOf(other.id) || other.username, "avatar small"), el("span", { class: "label" }, nameOf(other.id) || other.global_name || other.username),
      other.bot ? el("span", { class: "badge" }, "APP") : null, count ? el("span", { class: "count" }, String(count)) : null);
  }

  const nameOf = (id) => app.view.names[id]?.name ?? "";
  const voiceNow = () => (app.view.voice ? { deafened: app.view.voice[1], muted: app.view.voice[2] } : {});

  function drawVoice() {
    if (!app.view.voice) return put(voice);
    const [channel, deafened, muted] = app.view.voice;
    const change = (more) => app.act("voice", { name: channel, deafened, muted, ...more });
    return put(voice, el("div", { class: "told" }, el("strong", {}, "Voice Connected"), el("span", {}, nameOf(channel))),
      toggle("mic", muted ? "Unmute" : "Mute", muted, () => change({ muted: !muted })),
      toggle("ears", deafened ? "Undeafen" : "Deafen", deafened, () => change({ deafened: !deafened })),
      el("button", { type: "button", class: "round leave", "aria-label": "Disconnect", title: "Disconnect", onclick: () => app.act("voice", { name: null }) }, icon("leave")));
  }

  function toggle(name, label, on, onclick) {
    return el("button", { type: "button", class: `round${on ? " off" : ""}`, "aria-label": label, "aria-pressed": on ? "true" : "false", title: label, onclick }, icon(name));
  }

  function drawMe(guild) {
    const { me: who } = app.view;
    const roles = guild?.roles.join(", ") || "Member";
    put(me, el("button", { type: "button", class: "switch", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": `You are ${who.name}. Switch person`, onclick: switchPerson },
      face(who.name, "avatar small"), el("span", { class: "told" }, el("strong", {}, who.name), el("span", {}, roles)), icon("down")));
  }

  function switchPerson(event) {
    const anchor = event.currentTarget;
    const people = app.api.people.map((each) => ({ value: each.id, label: each.name, words: each.name, note: each.note === "manages" ? "runs the server" : each.note === "owner" ? "owns the server" : "", group: "Be somebody else" }));
    const closed = !app.view.me.open_to_messages;
    openMenu(anchor, [...people, { line: true },
      { value: "dms", label: closed ? "Open my direct messages" : "Close my direct messages", note: closed ? "The bot cannot write to me now" : "The bot cannot write to me then" },
      { value: "reload", label: "Start the app again", note: "Private messages are gone then" }], {
      search: people.length > 12, label: "You",
      done: (value) => {
        if (value === "dms") app.act("direct_messages", { on: closed });
        else if (value === "reload") app.reload();
        else app.switchTo(value);
      },
    });
  }

  return { node, draw };
}

function initialsOf(name) {
  return name.split(/\s+/).map((each) => [...each][0] || "").join("").slice(0, 3);
}
