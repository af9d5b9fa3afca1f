// Slack's half: one person's app, drawn anew from what the stand-in server shows them whenever something has changed.

import { el, put } from "./dom.js";
import { closeMenu, trap } from "./menu.js";
import { Modals } from "./slack_modal.js";
import { renderBlocks } from "./slack_blocks.js";
import { head, home, list } from "./slack_room.js";
import { sidebar } from "./slack_side.js";
import { unescape } from "./slack_text.js";
import { composer } from "./slack_write.js";

const FAILED = {
  operation_timeout: "The app did not answer in time, so Slack shows a warning sign beside the button.",
  dispatch_failed: "The app could not be reached, so Slack shows a warning sign beside the button.",
};

export function mount(root, api) {
  return new Half(root, api);
}

class Half {
  constructor(root, api) {
    Object.assign(this, { root, api, user: api.person ? api.person.id : "", channel: "", threadTs: "", pane: "messages", editing: null, view: null, sign: "" });
    this.held = new Map(); // container → {block_id/action_id: what was put there}
    this.seen = new Map(); // person → {channel: newest message that they have read}
    this.local = new Map(); // person and channel → what Slackbot said to them alone
    this.busy = false;
    this.again = false;
    this.parts();
    this.modals = new Modals(root, this);
    api.onChange(() => this.refresh());
    if (this.user) this.refresh();
    else put(this.main, el("p", { class: "nothing" }, "Nobody is there to be played."));
  }

  parts() {
    this.side = el("nav", { class: "side", "aria-label": "Channels" });
    this.head = el("header", { class: "head" });
    this.messages = el("div", { class: "messages", role: "log", "aria-label": "Messages", tabindex: 0 });
    this.foot = el("div", { class: "foot" });
    this.homeNode = el("div", { class: "home", role: "tabpanel", "aria-label": "Home" });
    this.main = el("section", { class: "room-pane", "aria-label": "Channel" }, this.head, this.messages, this.homeNode, this.foot);
    this.threadList = el("div", { class: "messages", role: "log", "aria-label": "Thread" });
    this.threadFoot = el("div", { class: "foot" });
    this.threadPane = el("section", { class: "thread-pane", "aria-label": "Thread", hidden: true },
      el("header", { class: "thread-head" }, el("h2", {}, "Thread"), el("span", { class: "note" }), el("button", { type: "button", class: "plain", "aria-label": "Close thread", onclick: () => this.thread("") }, "✕")),
      this.threadList, this.threadFoot);
    this.root.dataset.screen = "room";
    put(this.root, el("div", { class: "app" }, this.side, this.main, this.threadPane));
  }

  // -- what the server shows ----------------------------------------------------------------------------------------

  async refresh() {
    if (this.busy) return void (this.again = true);
    this.busy = true;
    do {
      this.again = false;
      const asked = [this.user, this.channel, this.threadTs].join();
      try {
        const view = await this.api.view(this.user, this.channel, this.threadTs ? { thread: this.threadTs } : {});
        if (asked !== [this.user, this.channel, this.threadTs].join()) this.again = true;
        else this.draw(view);
      } catch (error) {
        if (this.channel) this.go(""); // The channel is out of their sight now.
        this.api.say(error.message);
      }
    } while (this.again);
    this.busy = false;
  }

  draw(view) {
    const moved = !this.view || this.view.channel !== view.channel || this.view.me.id !== view.me.id;
    this.view = view;
    this.channel = view.channel;
    this.read();
    const rooms = Object.fromEntries(view.rooms.map((room) => [room.id, room.name]));
    this.common = { names: view.names, rooms, people: view.people, emoji: this.api.emoji, me: view.me.id, file: this.api.file, open: (url) => this.api.open(url), go: (id) => this.go(id) };
    const signed = JSON.stringify([view.names, rooms, view.people.length, view.me, this.channel, view.room && [view.room.member, view.room.archived], view.apps, this.editing]);
    this.sign = signed;
    put(this.side, sidebar(this));
    put(this.head, head(this));
    const onHome = view.channel === "@home";
    this.messages.hidden = onHome;
    this.homeNode.hidden = !onHome;
    if (onHome) home(this, this.homeNode);
    else this.drawMessages(moved);
    this.drawFoot(moved);
    this.drawThread();
    this.modals.draw(view.modal);
  }

  drawMessages(moved) {
    const low = moved || this.messages.scrollHeight - this.messages.scrollTop - this.messages.clientHeight < 60;
    if (this.pane === "pins") return void put(this.messages, this.view.room.pinned.map((one) => renderBlocks(one, this.common)));
    if (moved) this.messages.replaceChildren();
    const said = this.local.get(`${this.user} ${this.channel}`) || [];
    const shown = [...this.view.messages, ...said].sort((one, other) => Number(one.ts) - Number(other.ts));
    list(this, this.messages, shown, "room");
    if (!shown.length) put(this.messages, el("p", { class: "nothing", "data-key": "nothing" }, "Nothing has been written here yet."));
    if (low) this.messages.scrollTop = this.messages.scrollHeight;
    if (this.wanted) this.flash();
  }

  drawFoot(moved) {
    const { room, channel } = this.view;
    const app = this.app();
    const can = room && room.member && !room.archived && !(app && app.read_only);
    const kind = `${this.user} ${channel} ${can} ${room ? [room.member, room.archived] : ""}`;
    if (this.footKind === kind && !moved) return;
    this.footKind = kind;
    if (channel === "@home" || !room) return void put(this.foot);
    if (room.archived) return void put(this.foot, el("p", { class: "closed" }, "This channel is archived."));
    if (!room.member) return void put(this.foot, el("div", { class: "closed" }, el("b", {}, `# ${room.name}`), el("button", { type: "button", class: "button primary", onclick: () => this.act("join", { channel: room.id }) }, "Join Channel")));
    if (!can) return void put(this.foot, el("p", { class: "closed" }, "Sending messages to this app has been turned off."));
    const label = room.kind === "im" ? `Message ${this.view.names[room.with] || "Slackbot"}` : `Message ${room.kind === "group" ? "🔒 " : "#"}${room.name}`;
    put(this.foot, composer(this, () => ({ channel: this.channel, thread: "" }), label));
  }

  drawThread() {
    const { thread, room } = this.view;
    this.threadPane.hidden = !thread;
    this.root.classList.toggle("with-thread", Boolean(thread));
    if (!thread) {
      this.threadKind = "";
      if (this.root.dataset.screen === "thread") this.screen("room");
      return;
    }
    const low = this.threadKind !== thread.ts || this.threadList.scrollHeight - this.threadList.scrollTop - this.threadList.clientHeight < 60;
    this.threadPane.querySelector(".note").textContent = room.kind === "im" ? "" : `# ${room.name}`;
    const said = this.local.get(`${this.user} ${thread.ts}`) || [];
    list(this, this.threadList, [thread.root, ...thread.messages, ...said], "thread");
    if (this.threadKind !== thread.ts) {
      this.threadKind = thread.ts;
      put(this.threadFoot, room.member && !room.archived && composer(this, () => ({ channel: this.channel, thread: this.threadTs }), "Reply…"));
    }
    if (low) this.threadList.scrollTop = this.threadList.scrollHeight;
  }

  // -- where they are -----------------------------------------------------------------------------------------------

  app() {
    return this.view.apps.find((one) => this.view.channel === "@home" || one.direct === this.view.channel) || null;
  }

  /** An app opens at its Home where it has one. */
  go(channel, messages = false) {
    closeMenu();
    const app = this.view && this.view.apps.find((one) => one.direct === channel);
    if (app && app.home && !messages) return this.home();
    if (channel !== this.channel) this.threadTs = "";
    this.channel = channel;
    this.pane = "messages";
    this.editing = null;
    this.screen("room");
    return this.refresh();
  }

  async home() {
    this.channel = "@home";
    this.threadTs = "";
    this.screen("room");
    await this.act("home", { tab: "home" });
  }

  screen(name) {
    this.root.dataset.screen = name;
  }

  show(pane) {
    this.pane = pane;
    this.messages.replaceChildren();
    this.refresh();
  }

  thread(ts) {
    this.threadTs = ts;
    this.screen(ts ? "thread" : "room");
    return this.refresh();
  }

  become(id) {
    this.user = id;
    this.channel = "";
    this.threadTs = "";
    this.editing = null;
    this.messages.replaceChildren();
    this.threadList.replaceChildren();
    this.api.chose(id);
    this.refresh();
  }

  /** A link of this workspace: to a channel, a message, the app's Home. */
  open(address) {
    const url = (() => {
      try {
        return new URL(address);
      } catch {
        return null;
      }
    })();
    if (!url || !this.view) return false;
    if (url.protocol === "slack:") {
      if (url.searchParams.get("tab") === "messages") this.go(this.view.apps[0].direct, true);
      else this.home();
      return true;
    }
    if (url.host !== `${this.view.workspace.domain}.slack.com`) return false;
    const hit = /^\/archives\/(\w+)(?:\/p(\d{10})(\d{6}))?/.exec(url.pathname);
    if (!hit) return false;
    const ts = hit[2] ? `${hit[2]}.${hit[3]}` : "";
    this.wanted = ts;
    const under = url.searchParams.get("thread_ts");
    this.go(hit[1], true);
    if (under) this.thread(under);
    return true;
  }

  flash() {
    const node = this.root.querySelector(`[data-ts="${CSS.escape(this.wanted)}"]`);
    this.wanted = "";
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.classList.add("flash");
    setTimeout(() => node.classList.remove("flash"), 2500);
  }

  unread(room) {
    const seen = this.seen.get(this.user) || {};
    return Boolean(room.last) && Number(room.last) > Number(seen[room.id] || 0);
  }

  /** What stood there at the first look counts as read, and so does what is on the screen. */
  read() {
    const all = [...this.view.rooms, ...this.view.directs];
    if (!this.seen.has(this.user)) this.seen.set(this.user, Object.fromEntries(all.map((room) => [room.id, room.last])));
    const here = all.find((room) => room.id === this.view.channel);
    if (here) this.seen.get(this.user)[here.id] = here.last;
  }

  // -- what they do -------------------------------------------------------------------------------------------------

  typed(container) {
    if (!this.held.has(container)) this.held.set(container, {});
    return this.held.get(container);
  }

  /** What blocks need to be alive in one place. */
  tools(channel, post, container, failed = null) {
    const state = this.typed(container);
    const key = (block, element) => `${block.block_id}/${element.action_id}`;
    return {
      ...this.common,
      value: (block, element) => state[key(block, element)],
      set: (block, element, value) => (state[key(block, element)] = value),
      confirm: (words) => this.api.confirm({ title: words.title.text, text: words.text.text, yes: words.confirm.text, no: words.deny.text, danger: words.style === "danger" }),
      act: async (block, element, value) => {
        const told = await this.act("tap", { channel, post, key: key(block, element), value, state });
        if (told && told.error) (failed || ((words) => this.api.say(words)))(FAILED[told.error] || `Slack could not do that: ${told.error}`);
      },
    };
  }

  /** null when it was refused; the words are told. */
  async act(verb, body, tell = false) {
    try {
      const told = await this.api.act(this.user, verb, body);
      if (tell && told.error) this.api.say(FAILED[told.error] || told.error);
      this.refresh();
      return told;
    } catch (error) {
      this.api.say(error.message);
      this.refresh();
      return null;
    }
  }

  /** Slackbot says what went wrong with a command, to this person alone. */
  async command(channel, thread, line) {
    const told = await this.act("command", { channel, line, thread: thread || null });
    if (told && told.error) {
      const name = line.split(" ")[0];
      const words = /^[a-z_]+$/.test(told.error) ? `${name} failed with the error "${told.error}"` : told.error;
      const where = `${this.user} ${thread || this.channel}`;
      const said = { ts: (Date.now() / 1000).toFixed(6), user: "USLACKBOT", text: words, private: true, local: true };
      this.local.set(where, [...(this.local.get(where) || []), said]);
      this.refresh();
    }
    return told;
  }

  dismiss(message) {
    if (!message.local) return this.act("delete", { channel: this.view.channel, post: message.ts });
    for (const [where, said] of this.local) this.local.set(where, said.filter((one) => one !== message && one.ts !== message.ts));
    return this.refresh();
  }

  edit(ts) {
    this.editing = ts;
    this.refresh();
  }

  async remove(message) {
    const sure = await this.api.confirm({ title: "Delete message", text: "Are you sure you want to delete this message? This cannot be undone.", yes: "Delete", no: "Cancel", danger: true });
    if (sure) this.act("delete", { channel: this.view.channel, post: message.ts });
  }

  async copy(message) {
    const thread = message.thread_ts && message.thread_ts !== message.ts ? `?thread_ts=${message.thread_ts}&cid=${this.view.channel}` : "";
    const link = `https://${this.view.workspace.domain}.slack.com/archives/${this.view.channel}/p${message.ts.replace(".", "")}${thread}`;
    try {
      await navigator.clipboard.writeText(link);
      this.api.say("Link copied.");
    } catch {
      this.api.say(link);
    }
  }

  /** A stored text as it was typed. */
  plainText(message) {
    const name = (id) => this.view.names[id] || id;
    return unescape(message.text.replace(/<@(\w+)>/g, (_, id) => `@${name(id)}`).replace(/<#(\w+)\|([^>]*)>/g, "#$2").replace(/<!(\w+)>/g, "@$1").replace(/<((?:https?|mailto):[^>|]+)(?:\|[^>]*)?>/g, "$1"));
  }

  create(secret) {
    const field = el("input", { class: "write", "aria-label": "Name", placeholder: "e.g. plan-budget" });
    const close = () => veil.remove();
    const make = async (event) => {
      event.preventDefault();
      const name = field.value.trim().toLowerCase().replace(/\s+/g, "-");
      const told = name && (await this.act("create", { name, private: secret }));
      if (told) {
        close();
        this.go(told.id);
      }
    };
    const box = el("form", { class: "dialog", role: "dialog", "aria-modal": "true", "aria-label": "Create a channel", onsubmit: make }, el("h2", {}, secret ? "Create a private channel" : "Create a channel"), el("p", {}, field),
      el("div", { class: "dialog-foot" }, el("button", { type: "button", class: "button", onclick: close }, "Cancel"), el("button", { type: "submit", class: "button primary" }, "Create")));
    const veil = el("div", { class: "veil" }, trap(box, close));
    this.root.append(veil);
    field.focus();
  }

  get emoji() {
    return this.api.emoji;
  }

  say(words) {
    this.api.say(words);
  }
}
