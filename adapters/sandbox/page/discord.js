// The Discord half: what one person's app shows. It draws the view of its stand-in server and keeps nothing of its own but
// what an app keeps: where this person is, what is read, drafts, the last failure under a message.

import { add } from "./dom.js";
import { createForm } from "./discord_form.js";
import { createKnown, createReads } from "./discord_known.js";
import { createPane } from "./discord_pane.js";
import { createRooms } from "./discord_rooms.js";
import { closeMenu } from "./menu.js";

const ADDRESS = /^https?:\/\/(?:\w+\.)?discord\.com\/channels\/(?:@me|\d+)\/(\d+)(?:\/(\d+))?$/;
const QUIET = 1 << 6;

export function mount(root, api) {
  const app = createApp(root, api);
  app.start();
  return { open: app.open };
}

function createApp(root, api) {
  const state = { person: api.person?.id, channel: null, thread: null, guild: null, home: false, more: 0, busy: null, failed: {}, editing: null, at: "list" };
  const last = {}; // person and server → the channel that was open there
  const kept = {}; // person → where that person was
  const reads = createReads(state, () => rooms.draw());
  let told = {}; // person and channel → what only this app tells (a command that nobody answered)
  let running = null;
  let again = false;
  let place = "";

  const app = { api, root, state, view: null, open, go, thread, home, back, act, interact, command, react, edit, dismiss, useMenu, jump, more, reload, switchTo, reply, type, down,
    told: (id) => told[`${state.person}:${id}`] || [], unread: reads.unread, waiting: reads.waiting, read: reads.read, lastRead: reads.last };
  Object.assign(app, createKnown(app));
  const rooms = createRooms(app);
  const main = createPane(app, "main");
  const side = createPane(app, "thread");
  const form = createForm(app, root);
  add(root, [rooms.node, main.node, side.node]);
  side.node.hidden = true;

  function start() {
    api.onChange(refresh);
    addEventListener("focus", () => main.seen());
    return refresh();
  }

  /** Look anew; many calls at once are one look, and one more when something came meanwhile. */
  function refresh() {
    again = Boolean(running);
    running ??= look().finally(() => {
      running = null;
      if (again) refresh();
    });
    return running;
  }

  async function look() {
    const where = `${state.person}:${state.channel}:${state.thread}`;
    let view;
    try {
      view = await api.view(state.person, state.channel, { ...(state.thread ? { thread: state.thread } : {}), more: state.more });
    } catch (error) {
      root.dataset.lost = error.message;
      return;
    }
    if (where !== `${state.person}:${state.channel}:${state.thread}`) {
      again = true;
      return;
    }
    app.view = view;
    if (state.thread && !view.thread) state.thread = null;
    if (view.channel) {
      state.channel = view.channel.id;
      last[`${state.person}:${view.channel.guild_id || "direct"}`] = view.channel.id;
      state.guild = view.channel.guild_id || state.guild || view.guilds[0]?.id;
      if (state.guild && !place) state.home = !view.channel.guild_id;
    }
    reads.first(view);
    draw();
  }

  function draw() {
    const { view } = app;
    place = `${state.person}:${state.channel}`;
    rooms.draw();
    main.node.hidden = !view.channel;
    if (view.channel) main.draw(view.channel);
    side.node.hidden = !view.thread;
    if (view.thread) side.draw(view.thread);
    root.dataset.at = state.thread ? "thread" : state.at;
    form.draw(view.form);
  }

  const pane = (room) => (room && app.view.thread?.id === room.id ? side : main);

  // Going about

  async function go(channel, message = null) {
    closeMenu();
    Object.assign(state, { channel, thread: null, more: 0, editing: null, at: "room" });
    state.home = channel.startsWith("@") || Boolean(app.view?.directs.some((each) => each.id === channel));
    await refresh();
    await running;
    if (message) main.find(message);
    else if (matchMedia("(pointer: fine)").matches) main.focus();
  }

  async function thread(id, parent = null, message = null) {
    const known = app.view.guilds.flatMap((each) => each.channels).find((each) => each.id === id);
    Object.assign(state, { thread: id, channel: parent || known?.parent_id || state.channel, at: "room", home: false });
    await refresh();
    await running;
    if (!app.view.thread) api.say("You do not have access to this thread.");
    else if (message) side.find(message);
  }

  function home(direct, guild = null) {
    Object.assign(state, { home: direct, guild: guild || state.guild, at: "list" });
    const first = direct ? app.view.directs[0] : app.view.guilds.find((each) => each.id === guild)?.channels.find((each) => each.type === 0);
    const inside = direct ? app.view.directs.some((each) => each.id === state.channel) : app.view.channel?.guild_id === guild;
    if (first && !inside) Object.assign(state, { channel: last[`${state.person}:${guild || "direct"}`] || first.id, thread: null });
    refresh();
  }

  function back(kind) {
    if (kind === "thread") state.thread = null;
    else state.at = "list";
    if (kind === "thread") app.view.thread = null;
    draw();
  }

  function open(address) {
    const found = ADDRESS.exec(String(address));
    if (!found) return false;
    const [, channel, message] = found;
    const known = app.view?.names[channel];
    if (known?.thread) thread(channel, null, message);
    else if (known || app.view?.directs.some((each) => each.id === channel)) go(channel, message);
    else api.say("You do not have access to this link.");
    return true;
  }

  function switchTo(person) {
    kept[state.person] = { channel: state.channel, thread: state.thread, guild: state.guild, home: state.home };
    Object.assign(state, { person, channel: null, thread: null, home: false, more: 0, editing: null, busy: null, failed: {} }, kept[person]);
    place = "";
    api.chose(person);
    return refresh();
  }

  async function reload() {
    await act("reload");
    Object.assign(state, { failed: {}, editing: null });
    told = {};
    await refresh();
  }

  function more(count = 80) {
    state.more += count;
    refresh();
  }

  function jump(room, id) {
    pane(room).find(id);
  }

  // Doing things

  /** The answer, or null when it was refused: the words stand in a toast then. */
  async function act(verb, body = {}) {
    try {
      const answer = await api.act(state.person, verb, body);
      await refresh();
      return answer ?? {};
    } catch (error) {
      api.say(error.message);
      return null;
    }
  }

  async function interact(message, part, verb, body) {
    if (state.busy) return;
    state.busy = `${message.id}:${part.custom_id}`;
    delete state.failed[message.id];
    draw();
    const answer = await act(verb, body);
    state.busy = null;
    if (answer && !answer.ok && !answer.sheet) state.failed[message.id] = answer.error;
    draw();
  }

  async function command(room, leaf, values) {
    const answer = await act("command", { name: room.id, line: `/${leaf.path}`, values });
    if (answer && !answer.ok) unanswered(room, `/${leaf.path}`, leaf.app, answer.error);
  }

  async function useMenu(room, message, name) {
    const answer = await act("menu", { name: room.id, post: message.id, label: name });
    if (answer && !answer.ok) unanswered(room, name, "", answer.error);
  }

  /** What the app itself says, to this person alone, of a command that nobody answered. */
  function unanswered(room, words, by, error) {
    const key = `${state.person}:${room.id}`;
    const bot = room.people.find((each) => each.bot) || { id: "0", name: by };
    const id = `local-${Date.now()}`;
    const user = { id: state.person, username: app.view.me.name };
    told[key] = [...(told[key] || []), { id, local: true, type: 20, flags: QUIET, author: { id: bot.id, username: by || bot.name, bot: true }, timestamp: new Date().toISOString(),
      command: words, interaction_metadata: { user } }];
    state.failed[id] = error;
    draw();
  }

  function dismiss(room, message) {
    if (!message.local) return act("delete", { name: room.id, post: message.id });
    const key = `${state.person}:${room.id}`;
    told[key] = (told[key] || []).filter((each) => each.id !== message.id);
    return draw();
  }

  function react(room, message, emoji, on) {
    return act("react", { name: room.id, post: message.id, emoji, on });
  }

  function edit(id) {
    state.editing = id;
    draw();
    if (!id) main.focus();
  }

  function reply(room, message) {
    pane(room).reply(message);
  }

  function type(text, room) {
    pane(room).writer.type(text);
  }

  function down(room) {
    pane(room).bottom();
  }

  app.start = start;
  return app;
}

