// What this person's app knows without asking: the names for its drawing, whom and what one may choose, what is read.

import { messageMenu } from "./discord_panels.js";

/** Tools for drawing a room's messages, and the lists to choose from. */
export function createKnown(app) {
  const { api, state } = app;

  function tools(room = null) {
    const { view } = app;
    const guild = view.guilds.find((each) => each.id === room?.guild_id);
    return {
      now: () => Date.now(), names: view.names, me: state.person, roles: guild?.role_ids || [], file: api.file, open: (url) => app.open(url) || api.open(url), busy: state.busy, failed: state.failed,
      options: (part) => options(part, room),
      press: (message, part) => app.interact(message, part, "press", { name: room.id, post: message.id, label: part.custom_id }),
      choose: (message, part, values) => app.interact(message, part, "choose", { name: room.id, post: message.id, label: part.custom_id, options: values }),
      react: (message, emoji, on) => app.react(room, message, emoji, on),
      thread: (id) => app.thread(id, room.id), jump: (id) => app.jump(room, id), dismiss: (message) => app.dismiss(room, message),
      type: (text) => app.type(text, room), menu: (message, anchor) => messageMenu(app, room, message, anchor),
    };
  }

  function options(part, room = app.view.channel) {
    const made = { 5: () => people(room), 6: roles, 7: () => [...people(room), ...roles()], 8: channels }[part.type]?.() ?? [];
    const before = new Set((part.default_values || []).map((each) => each.id));
    return made.map((each) => ({ ...each, default: before.has(each.value) }));
  }

  function people(room) {
    return (room?.people || []).map((each) => ({ value: each.id, label: each.name, words: each.username, note: each.username }));
  }

  function roles() {
    const guild = app.view.guilds.find((each) => each.id === app.view.channel?.guild_id);
    return Object.entries(app.view.names).filter(([id, each]) => "color" in each && !("bot" in each) && guild && id !== guild.id).map(([id, each]) => ({ value: id, label: each.name }));
  }

  function channels() {
    return app.view.guilds.flatMap((each) => each.channels).filter((each) => each.type === 0).map((each) => ({ value: each.id, label: each.name }));
  }

  /** Mentions as they are typed, for editing a line. */
  function spelled(text) {
    return text.replace(/<(@[!&]?|#)(\d+)>/g, (whole, mark, id) => (app.view.names[id] ? `${mark[0]}${app.view.names[id].name}` : whole));
  }

  return { tools, options, people, roles, channels, spelled };
}

/** Which message of two came later; ids are numbers that are too long for one. */
export function isAfter(one, other) {
  return one.length === other.length ? one > other : one.length > other.length;
}

/** Person → channel → the last message that was read; what stood there at the first look counts as read. */
export function createReads(state, changed) {
  const all = {};
  const mine = () => all[state.person] || {};

  function first(view) {
    if (all[state.person]) return;
    all[state.person] = {};
    for (const each of [...view.guilds.flatMap((guild) => guild.channels), ...view.directs]) mine()[each.id] = each.last_message_id || "0";
  }

  function read(id, last) {
    if (!last || last.startsWith("local") || !isAfter(last, mine()[id] || "0")) return;
    mine()[id] = last;
    changed();
  }

  return {
    first, read,
    unread: (id, last) => Boolean(last) && isAfter(last, mine()[id] || "0"),
    waiting: (direct) => (direct.recent || []).filter((each) => isAfter(each, mine()[direct.id] || "0")).length,
    last: (id) => mine()[id],
  };
}
