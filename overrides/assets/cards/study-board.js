/*
 * <study-board data-deck="ID">: the learner's page. Under the session that stands in it, it tells
 * of the learner's record: how it is kept, copies of it, its numbers, and what can be set.
 *
 * Each part is fetched when it is opened.
 */
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { cannotKeep, NOT_HANDED_OUT } from "./cannot-keep.js";
import { button, make } from "./dom.js";
import { renames } from "./opening.js";
import { openRecord } from "./record.js";

/** @typedef {import("./record.js").CardRecord} CardRecord */

const words = wordsOf("board");

const UNCOPIED = 50; // reviews that may be in no copy before it is said
const PAUSE = 300; // ms from a change to the numbers that are made of it

/** @typedef {{fill: (room: HTMLElement, board: StudyBoard, tell: (text: string) => void) => unknown}} Part */
/** @typedef {"numbers" | "aside" | "settings" | "delete"} PartName */
/** @type {Record<PartName, (board: StudyBoard) => Promise<Part>>} */
const PARTS = {
  numbers: (board) => board.listCards().then(() => import("./number-tables.js")),
  aside: (board) => board.listCards().then(() => import("./set-aside.js")),
  settings: () => import("./settings.js"),
  delete: () => import("./delete-all.js"),
};

export class StudyBoard extends HTMLElement {
  /** @type {AbortController | undefined} */
  #listening;
  /** @type {CardRecord | undefined} */
  #record;
  #stands = make("p", { class: "board-stands" });
  #reminder = make("p", { class: "board-reminder" });
  #status = make("p", { role: "status" });
  /** Where keep-copy.js shows what a file holds. */
  inFile = make("div", { class: "board-file", role: "group", tabindex: "-1", hidden: "" });
  #refilling = 0;
  /** @type {import("./study-session.js").Entry[]} the cards that the page does without */
  #others = [];

  async connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    markChoice(this);
    this.#record ??= await openRecord(this.dataset.deck ?? "", { formerly: renames() });
    if (signal.aborted) return;
    if (!this.querySelector(".board")) await this.#build();
    if (signal.aborted) return;
    this.record.addEventListener("change", () => this.#changed(), { signal });
    this.show();
  }

  disconnectedCallback() {
    this.#listening?.abort();
    clearTimeout(this.#refilling);
  }

  get record() {
    return /** @type {CardRecord} */ (this.#record);
  }

  /** The ids of the deck's cards: of all, once they are listed. */
  get cards() {
    return new Set(this.topics.keys());
  }

  /** The topics of these cards, by card. */
  get topics() {
    /** @type {NodeListOf<HTMLElement>} */
    const cards = this.querySelectorAll("flash-card[data-card]");
    const topics = new Map([...cards].map(({ dataset: { card = "", topicId = "" } }) => [card, topicId]));
    for (const { id, topic } of this.#others) topics.set(id, topic);
    return topics;
  }

  /** Lists all cards, for what counts them; fails where that cannot be fetched now. */
  async listCards() {
    /** @type {HTMLElement | null} */
    const deck = this.querySelector("flash-deck[data-rest]");
    if (!deck) return;
    const { restOf } = await import("./rest.js");
    this.#others = (await restOf(deck)?.list()) ?? [];
  }

  /** How many reviews stand in the record. */
  get reviews() {
    return this.record.schedules().reduce((sum, { reps }) => sum + reps, 0);
  }

  async #build() {
    const sheet = make("link", { rel: "stylesheet", href: new URL("board.css", import.meta.url).href });
    const styled = new Promise((done) => (sheet.onload = sheet.onerror = done));
    this.append(sheet);
    await styled;
    const file = make("input", { type: "file", accept: ".json,application/json", hidden: "", "aria-label": words.bring });
    const save = button({ "data-do": "save" }, words.save);
    const bring = button({ "data-do": "bring" }, words.bring);
    save.addEventListener("click", () => this.#copying(({ save }) => save(this)));
    bring.addEventListener("click", () => file.click());
    file.addEventListener("change", () => {
      const [chosen] = file.files ?? [];
      if (chosen) this.#copying(({ look }) => look(this, chosen, bring), this.listCards());
      file.value = ""; // so that the same file can be chosen once more
    });
    const board = make(
      "section",
      { class: "board" },
      make("h2", {}, words.title),
      this.#stands,
      this.#reminder,
      make("div", { class: "board-buttons" }, save, bring, file),
      this.inFile,
      this.#status,
      ...Object.keys(PARTS).map((name) => this.#part(/** @type {PartName} */ (name))),
    );
    this.append(board);
  }

  /** @param {PartName} name */
  #part(name) {
    const room = make("div");
    const details = make("details", { "data-part": name }, make("summary", {}, words[name]), room, make("p", { role: "status" }));
    details.addEventListener("toggle", () => details.open && this.#fill(details));
    return details;
  }

  /** @param {HTMLDetailsElement} details */
  async #fill(details) {
    const [room, status] = [...details.children].slice(1);
    const tell = (/** @type {string} */ text) => (status.textContent = text);
    const part = await PARTS[/** @type {PartName} */ (details.dataset.part)](this).catch(() => undefined);
    try {
      if (part) await part.fill(/** @type {HTMLElement} */ (room), this, tell);
      else tell(words.failed);
    } catch {
      tell(NOT_HANDED_OUT);
    }
  }

  /**
   * @param {(part: typeof import("./keep-copy.js")) => unknown} use
   * @param {Promise<void>} [needed] what must be there too
   */
  async #copying(use, needed) {
    const [part] = await Promise.all([import("./keep-copy.js"), needed]).catch(() => []);
    if (part) use(part);
    else this.say(words.failed);
  }

  /**
   * Says what was done with a copy.
   * @param {string} text
   */
  say(text) {
    this.#status.textContent = text;
  }

  #changed() {
    clearTimeout(this.#refilling);
    this.#refilling = setTimeout(() => {
      this.show();
      /** @type {NodeListOf<HTMLDetailsElement>} */
      const open = this.querySelectorAll(".board > details[open]");
      // What one is about to do is not taken from under one's hands.
      for (const details of open) if (!details.children[1].contains(document.activeElement)) this.#fill(details);
    }, PAUSE);
  }

  /** Tells how the record stands now. */
  async show() {
    const lasting = await isLasting();
    const { record, reviews } = this;
    const uncopied = reviews - (Number(record.setting("copied")) || 0);
    this.#reminder.textContent = uncopied > UNCOPIED ? say(words.remind, { n: uncopied }) : "";
    if (!record.kept) this.#stands.textContent = cannotKeep(record.why);
    else if (!reviews) this.#stands.textContent = words.nothing;
    else this.#showKept(reviews, lasting);
  }

  /**
   * @param {number} reviews
   * @param {boolean} lasting
   */
  #showKept(reviews, lasting) {
    const cards = new Set(this.record.schedules().flatMap(({ card, reps }) => (reps ? [card] : [])));
    const stands = say(words.stands, { reviews: say(words.reviews, { n: reviews }), cards: say(words.cards, { n: cards.size }) });
    this.#stands.textContent = `${stands} ${lasting ? words.lasting : words.passing} `;
    if (lasting || !navigator.storage?.persist) return;
    const ask = button({ "data-do": "last" }, words.askLasting);
    ask.addEventListener("click", () => this.#askLasting());
    this.#stands.append(ask);
  }

  async #askLasting() {
    const agreed = await navigator.storage.persist().catch(() => false);
    this.say(agreed ? words.lasting : words.refused);
    if (agreed) this.show();
  }
}

/**
 * Marks the links that lead to the cards which the address has chosen.
 * @param {Element} board
 */
function markChoice(board) {
  const address = new URLSearchParams(location.search);
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = board.querySelectorAll("nav a");
  for (const link of links) {
    const leads = [...new URLSearchParams(link.search)];
    if (leads.length && leads.every(([name, value]) => address.get(name) === value)) link.ariaCurrent = "true";
  }
}

/** Whether the browser has agreed not to clear away what is stored. */
async function isLasting() {
  return (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
}

if (!customElements.get("study-board")) customElements.define("study-board", StudyBoard);
