/*
 * The learner's file, as it comes from another device, another year or another person's hand.
 */
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { NOT_HANDED_OUT } from "./cannot-keep.js";
import { isEvent } from "./record.js";
import { inOrder } from "./time.js";

/** @typedef {import("./record.js").CardRecord} CardRecord */
/** @typedef {import("./types.d.ts").RecordedEvent} RecordedEvent */
/** @typedef {import("./types.d.ts").Setting} Setting */

const words = wordsOf("file");

const FORMAT = "flash-record";
const VERSION = 1;

/**
 * The learner's file. Throws, said in a sentence, where the record cannot be read.
 * @param {CardRecord} record
 */
export async function exported(record) {
  const events = (await log(record)).sort(inOrder);
  const settings = Object.fromEntries(record.settings().map(({ name, value, at }) => [name, { value, at }]));
  return { format: FORMAT, version: VERSION, deck: record.deck, events, settings };
}

/**
 * What merging a file would do: how many of its events are fresh, how many are known, and how many
 * of the fresh ones are of cards that the deck lacks; or what is wrong with the file.
 * @param {CardRecord} record
 * @param {unknown} file a learner's file, or its text
 * @param {Iterable<string>} cards the ids of the deck's cards
 * @param {{anyDeck?: boolean}} [options] `anyDeck`: take another deck's file too
 */
export async function preview(record, file, cards, options) {
  try {
    const { events } = parse(file, record.deck, options);
    const fresh = await unknown(record, events);
    const present = new Set(cards);
    const foreign = fresh.filter(({ card }) => !present.has(record.now(card))).length;
    return { fresh: fresh.length, known: events.length - fresh.length, foreign, problem: "" };
  } catch (error) {
    return { fresh: 0, known: 0, foreign: 0, problem: /** @type {Error} */ (error).message };
  }
}

/**
 * Takes in a file. Throws what is wrong with it, said in a sentence.
 * @param {CardRecord} record
 * @param {unknown} file a learner's file, or its text
 * @param {{anyDeck?: boolean}} [options] `anyDeck`: take another deck's file too
 */
export async function merge(record, file, options) {
  const { events, settings } = parse(file, record.deck, options);
  await record.take(await unknown(record, events), settings);
}

/** @param {CardRecord} record */
async function log(record) {
  try {
    return await record.events();
  } catch {
    throw new Error(NOT_HANDED_OUT);
  }
}

/**
 * @param {CardRecord} record
 * @param {RecordedEvent[]} events
 */
async function unknown(record, events) {
  const known = new Set((await log(record)).map(({ id }) => id));
  return events.filter(({ id }) => !known.has(id));
}

/**
 * Reads a file. Throws what is wrong with it, said in a sentence.
 * @param {unknown} file a learner's file, or its text
 * @param {string} deck
 * @param {{anyDeck?: boolean}} [options]
 * @returns {{events: RecordedEvent[], settings: Setting[]}}
 */
function parse(file, deck, { anyDeck = false } = {}) {
  const content = typeof file === "string" ? fromText(file) : /** @type {any} */ (file);
  if (content?.format !== FORMAT) throw new Error(words.isOther);
  if (content.version > VERSION) throw new Error(words.isNewer);
  if (content.deck !== deck && !anyDeck)
    throw new Error(say(words.otherDeck, { other: content.deck, deck }));
  const { events = [], settings = {} } = content;
  if (!Array.isArray(events) || typeof settings !== "object" || !settings)
    throw new Error(words.noEvents);
  const bad = events.findIndex((event) => !isEvent(event));
  if (bad >= 0) throw new Error(say(words.badEvent, { at: bad + 1 }));
  return {
    events: [...new Map(events.map((event) => [event.id, event])).values()],
    settings: Object.entries(settings)
      .filter(([, setting]) => Number.isFinite(setting?.at) && "value" in setting)
      .map(([name, { value, at }]) => ({ name, value, at })),
  };
}

/** @param {string} text */
function fromText(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
