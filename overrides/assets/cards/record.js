/*
 * What a learner did with a deck: a log of events in the browser's storage, and the schedules that
 * come of it.
 *
 * The log is the truth. The schedules are made again in the very transaction that adds to the log,
 * so no tab can store one that another has outdated. What storage does not take stays in memory and
 * in notes outside the database, and is tried again with what comes next, on the next page too.
 */

/** @typedef {import("./types.d.ts").RecordedEvent} RecordedEvent */
/** @typedef {import("./types.d.ts").Schedule} Schedule */
/** @typedef {import("./types.d.ts").Setting} Setting */
/** @typedef {import("./types.d.ts").Snapshot} Snapshot */
/** @typedef {import("./types.d.ts").Stores} Stores */

/** @type {{[name: string]: any}} what holds until it is set */
export const DEFAULTS = { retention: 0.9, newADay: 20, reviewsADay: 200, recordQuizzes: true, keys: true };

// Raised when the same events come to give other schedules.
const SNAPSHOT = 3;
// A database reads a few long rows many times sooner than many short ones, and writes one soon.
const BUCKETS = 128;
// In reviews.
const WORTH_KEEPING = 10;
/** @type {{[error: string]: string}} */
const WHY = { QuotaExceededError: "full", TimeoutError: "late" };

// Stores are only ever added. A database that a newer version has made has these too.
const STORES = { events: "id", buckets: "bucket", settings: "name", meta: "key" };
// Why work ended in a page that was left.
const LEFT = new Error();
// That a database has to open, in ms.
const PATIENCE = 3000;

/** @type {Map<string, CardRecord>} */
const records = new Map();

/**
 * Opens the record of a deck: one in a page, whoever asks for it.
 * @param {string} deck its id
 * @param {{formerly?: {[old: string]: string}}} [options] `formerly`: the ids that cards had -> those they have
 */
export async function openRecord(deck, { formerly = {} } = {}) {
  const record = recordOf(deck);
  await record.open();
  await record.rename(formerly);
  return record;
}

/**
 * The record of a deck, which may not be open yet: what is added is noted at once, and waits for that.
 * @param {string} deck its id
 */
export function recordOf(deck) {
  const record = records.get(deck) ?? new CardRecord(deck);
  records.set(deck, record);
  return record;
}

/**
 * Fires "change", in whichever tab the change was made, with the cards' ids in `detail.cards`, and with
 * `detail.cleared` where all was deleted.
 */
export class CardRecord extends EventTarget {
  /** Whether what is added outlives the page. */
  kept = true;
  /** Why it does not: "denied", "full" or "late". */
  why = "";
  #storage;
  /** @type {BroadcastChannel | undefined} */
  #channel;
  /** @type {Map<string, Schedule[]>} by card */
  #schedules = new Map();
  /** @type {Map<string, Setting>} */
  #settings = new Map();
  /** @type {import("./types.d.ts").Names} */
  #names = new Map();
  /** @type {Map<string, RecordedEvent>} what storage has not taken yet */
  #pending = new Map();
  /** @type {Setting[]} what storage has not taken yet */
  #changed = [];
  // Whether all schedules must be made again.
  #stale = false;
  // Whether what is stored was read.
  #read = false;
  #asked = false;
  /** @type {Promise<void> | undefined} */
  #opening;
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /** @param {string} deck */
  constructor(deck) {
    super();
    this.deck = deck;
    this.#storage = new Storage(`flash-record:${deck}`, () => this.#open());
    try {
      this.#channel = new BroadcastChannel(`flash-record:${deck}`);
      this.#channel.onmessage = ({ data }) => this.#next(() => this.#load(data));
    } catch {
      // Where storage is denied, this may be too.
    }
    // A page that comes back, as it was left, has missed what others did.
    addEventListener("pageshow", ({ persisted }) => persisted && this.#open());
  }

  open() {
    this.#opening ??= this.#open();
    this.#opening.catch(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #open() {
    await this.#next(() => this.#load({}));
    // What a page that is gone has left behind.
    for (const event of this.#storage.noted()) if (isEvent(event)) this.#pending.set(event.id, event);
    if (this.#stale || this.#pending.size) await this.#commit();
  }

  /** @param {{[old: string]: string}} formerly */
  async rename(formerly) {
    const fresh = Object.entries(formerly).filter(([old, now]) => this.now(old) !== now);
    for (const [old, now] of fresh) this.#names.set(old, now);
    this.#stale ||= fresh.length > 0 && this.#schedules.size > 0;
    if (this.#stale) await this.#commit();
  }

  /**
   * Puts an event into the log, and makes its card's schedules again.
   * @param {Partial<RecordedEvent>} event
   * @returns {Promise<RecordedEvent>} as it was recorded, once the disk has it or, where `kept` is false, did not take it
   */
  async add(event) {
    const filled = { ...event, id: event.id ?? random(), at: event.at ?? Date.now() };
    // What a file could not hold must not get in.
    const whole = JSON.parse(JSON.stringify(filled));
    if (!isEvent(whole)) throw new TypeError("An event needs a kind, a card and a time.");
    this.#storage.note(whole);
    await this.take([whole]);
    this.#askToKeep();
    return whole;
  }

  /**
   * Takes in events that are not known, and those settings that are later than ours.
   * @param {RecordedEvent[]} events
   * @param {Setting[]} [settings]
   */
  async take(events, settings = []) {
    for (const event of events) this.#pending.set(event.id, event);
    this.#changed.push(...settings);
    this.#adopt(settings);
    await this.#commit();
  }

  /**
   * @param {string} card
   * @param {string} [prompt]
   */
  schedule(card, prompt = "") {
    for (const schedule of this.#schedules.get(this.now(card)) ?? []) if (schedule.prompt === prompt) return schedule;
  }

  schedules() {
    return [...this.#schedules.values()].flat();
  }

  /** All events. Rejects where the database holds some and does not hand them out. */
  events() {
    return this.#next(() => this.#log());
  }

  settings() {
    return [...this.#settings.values()];
  }

  /** @param {string} name */
  setting(name) {
    return (this.#settings.get(name) ?? { value: DEFAULTS[name] }).value;
  }

  /**
   * @param {string} name
   * @param {any} value
   */
  async set(name, value) {
    // Later than the one before, also where the clock was set back.
    const at = Math.max(Date.now(), (this.#settings.get(name)?.at ?? 0) + 1);
    await this.take([], [{ name, value, at }]);
  }

  /** Deletes all that this browser holds of the deck. Rejects where the database may still hold some. */
  clear() {
    return this.#next(async () => {
      this.#storage.forget();
      this.#pending.clear();
      this.#changed = [];
      await this.#storage
        .run("readwrite", (stores, all) => all.forEach((name) => stores(name).clear()))
        .catch(this.#unlessHeld);
      this.#channel?.postMessage({ cleared: true });
      await this.#load({ cleared: true });
    });
  }

  /**
   * The id that a card has now.
   * @param {string} card
   */
  now(card) {
    return this.#names.get(card) ?? card;
  }

  /**
   * Does work when all that was begun before has ended.
   * @template T
   * @param {() => Promise<T>} work
   */
  #next(work) {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  /**
   * Reads what is stored, of some cards or of all.
   * @param {{cards?: string[], cleared?: boolean}} what
   */
  async #load({ cards, cleared }) {
    if (cleared) {
      this.#settings.clear();
      this.#show(undefined, new Map(), cleared);
    }
    try {
      const rows = await this.#storage.run("readonly", async (stores) => {
        const buckets = stores("buckets");
        const wanted = cards && [...new Set(cards.map(bucketOf))];
        const found = await (wanted ? Promise.all(wanted.map((bucket) => got(buckets.get(bucket)))) : got(buckets.getAll()));
        this.#adopt(await got(stores("settings").getAll()));
        this.#asked = (await got(stores("meta").count("asked"))) > 0;
        const fits = this.#fits(await got(stores("meta").get("snapshot"))) && (cards || found.length > 0) && found.every(isBucket);
        this.#stale ||= !fits && (await got(stores("events").count())) > 0;
        return found.filter(isBucket).flatMap((bucket) => bucket.cards);
      });
      this.#read = true;
      if (!this.#pending.size) this.#keep();
      this.#show(cards, new Map(cards ? rows.filter(([card]) => cards.includes(card)) : rows));
    } catch (error) {
      this.#lose(error);
    }
  }

  /** Stores what is pending, and makes the schedules of its cards again, or all where they are stale. */
  #commit() {
    return this.#next(async () => {
      const events = [...this.#pending.values()];
      const changed = [...this.#changed];
      const derive = events.length || this.#stale ? await scheduler() : undefined;
      // Decided at one moment: a setting or a name may come while storage is at work.
      let all = false;
      const cards = () => (all ? undefined : [...new Set(events.map(({ card }) => this.now(card)))]);
      const options = () => ({ retention: this.setting("retention"), names: new Map(this.#names) });
      try {
        const rows = await this.#storage.run("readwrite", async (stores) => {
          for (const event of events) stores("events").put(event);
          this.#adopt([...(await got(stores("settings").getAll())), ...changed]);
          for (const { name } of changed) stores("settings").put(this.#settings.get(name));
          const fits = this.#fits(await got(stores("meta").get("snapshot")));
          all = this.#stale || !fits || (!derive && events.length > 0);
          this.#stale = all && !derive;
          if (all) stores("meta").delete("snapshot");
          if (!derive) return;
          const chosen = options();
          const rows = derive(await this.#stored(stores, cards()), chosen);
          if (all) {
            stores("buckets").clear();
            stores("meta").put({ key: "snapshot", made: SNAPSHOT, ...chosen });
          }
          await store(stores("buckets"), rows);
          return rows;
        });
        for (const { id } of events) this.#pending.delete(id);
        this.#changed.splice(0, changed.length);
        this.#storage.forget(events.map(({ id }) => id));
        this.#keep();
        this.#channel?.postMessage({ cards: cards() });
        if (!this.#read) await this.#load({});
        else if (rows) this.#show(cards(), rows);
      } catch (error) {
        this.#lose(error);
        all ||= this.#stale;
        this.#stale = all && !derive;
        if (!derive) return;
        const log = await this.#log(cards()).catch(() => undefined);
        const rows = derive(log ?? events, options());
        this.#show(log ? cards() : [...rows.keys()], rows);
      }
    });
  }

  /**
   * Whether a snapshot was made as we would make it. It may know of more new ids.
   * @param {Snapshot | undefined} snapshot
   */
  #fits(snapshot) {
    if (snapshot?.made !== SNAPSHOT || !(snapshot.names instanceof Map)) return false;
    const { names, retention } = snapshot;
    for (const [old, now] of names) if (!this.#names.has(old)) this.#names.set(old, now);
    return retention === this.setting("retention") && [...this.#names].every(([old, now]) => names.get(old) === now);
  }

  /**
   * Takes over the settings that are later than ours. Two of one moment must not depend on who came first.
   * @param {Setting[]} settings
   */
  #adopt(settings) {
    for (const setting of settings) {
      const ours = this.#settings.get(setting.name);
      const later = ours ? setting.at - ours.at || (JSON.stringify(setting) > JSON.stringify(ours) ? 1 : 0) : 1;
      if (later <= 0) continue;
      this.#stale ||= setting.name === "retention" && setting.value !== this.setting("retention");
      this.#settings.set(setting.name, setting);
    }
  }

  /**
   * The events that are stored, of some cards or of all.
   * @param {Stores} stores
   * @param {string[]} [cards]
   * @returns {Promise<RecordedEvent[]>}
   */
  async #stored(stores, cards) {
    const ids = cards && [...cards, ...[...this.#names.keys()].filter((old) => cards.includes(this.now(old)))];
    const events = stores("events");
    const found = ids ? ids.map((id) => got(events.index("card").getAll(id))) : [got(events.getAll())];
    return (await Promise.all(found)).flat().filter(isEvent);
  }

  /**
   * The events of some cards or of all, also those that storage has not taken.
   * @param {string[]} [cards]
   */
  async #log(cards) {
    const stored = await this.#storage
      .run("readonly", (stores) => this.#stored(stores, cards))
      .catch(this.#unlessHeld);
    return [...new Map([...stored, ...this.#pending.values()].map((event) => [event.id, event])).values()];
  }

  /**
   * @param {string[] | undefined} cards none is all
   * @param {Map<string, Schedule[]>} rows their schedules
   * @param {boolean} [cleared]
   */
  #show(cards, rows, cleared) {
    if (!cards) this.#schedules.clear();
    for (const [card, prompts] of rows) this.#schedules.set(card, prompts);
    if (this.kept || cleared) this.#storage.tell(this.#schedules.size > 0);
    this.dispatchEvent(new CustomEvent("change", { detail: { cards: cards ?? [...rows.keys()], cleared } }));
  }

  #keep() {
    this.kept = true;
    this.why = "";
  }

  /** @param {any} error */
  #lose(error) {
    if (error === LEFT) return;
    this.kept = false;
    this.why = WHY[error?.name] ?? "denied";
  }

  /** Passes over that the database cannot be had, where nothing of the deck is known to be in it. */
  #unlessHeld = (/** @type {unknown} */ error) => {
    if (this.#storage.held) throw error;
    return [];
  };

  /** Asks the browser, once, not to clear away what a learner would miss. */
  #askToKeep() {
    if (this.#asked || this.schedules().reduce((sum, { reps }) => sum + reps, 0) < WORTH_KEEPING) return;
    this.#asked = true;
    this.#storage
      .run("readwrite", (stores) => stores("meta").put({ key: "asked" }))
      .then(() => navigator.storage?.persist())
      // It was a wish.
      .catch(() => {});
  }
}

/** None where it cannot be had soon: offline, or at the end of a bad line. What was done is stored without it. */
async function scheduler() {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, undefined));
  const found = await Promise.race([import("./scheduler.js"), late]).catch(() => undefined);
  return /** @type {typeof import("./scheduler.js") | undefined} */ (found)?.deriveAll;
}

/**
 * Whether something can be recorded. Its kind and grade may be any: newer versions have more.
 * @param {any} event
 * @returns {event is RecordedEvent}
 */
export function isEvent(event) {
  const texts = [event?.id, event?.kind, event?.card];
  return texts.every((each) => each && typeof each === "string") && Number.isFinite(event.at);
}

/**
 * Puts the schedules of cards among those of others that are stored.
 * @param {IDBObjectStore} buckets
 * @param {Map<string, Schedule[]>} rows
 */
async function store(buckets, rows) {
  /** @type {Map<number, Map<string, Schedule[]>>} */
  const changed = new Map();
  for (const [card, prompts] of rows) {
    const bucket = bucketOf(card);
    const cards = changed.get(bucket) ?? new Map((await got(buckets.get(bucket)))?.cards);
    changed.set(bucket, cards.set(card, prompts));
  }
  for (const [bucket, cards] of changed) buckets.put({ bucket, cards: [...cards] });
}

/** @param {string} card */
function bucketOf(card) {
  let sum = 0;
  for (const char of card) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65521;
  return sum % BUCKETS;
}

/** @param {any} row */
function isBucket(row) {
  /** @param {any} one */
  const isSchedule = (one) => typeof one?.prompt === "string" && Number.isFinite(one.due + one.last + one.stability);
  /** @param {any} entry */
  const isEntry = (entry) => typeof entry?.[0] === "string" && Array.isArray(entry[1]) && entry[1].every(isSchedule);
  return Array.isArray(row?.cards) && row.cards.every(isEntry);
}

function random() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("");
}

/** One database, with work done in one transaction at a time, and notes of what it is yet to take. */
class Storage {
  #name;
  /** @type {Promise<IDBDatabase> | undefined} */
  #opening;
  /** @type {Promise<never> | undefined} */
  #tooLate;

  /**
   * @param {string} name
   * @param {() => void} late called when a database has opened after it was given up
   */
  constructor(name, late) {
    this.#name = name;
    this.late = late;
  }

  /**
   * Does work in one transaction over all stores; all of it is kept, or nothing is.
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(stores: Stores, all: string[]) => T | Promise<T>} work it must wait for nothing but the database
   * @returns {Promise<T>} what the work gave, when it is on the disk
   */
  async run(mode, work) {
    const database = await this.#open();
    // Strict: a learner's answer survives the battery's end too.
    const transaction = database.transaction(database.objectStoreNames, mode, { durability: "strict" });
    /** @type {unknown} */
    let problem;
    // In WebKit, work that a page leaves behind may hold up every page after it. Its answers are noted.
    const leave = () => {
      problem = LEFT;
      transaction.abort();
    };
    addEventListener("pagehide", leave);
    const kept = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error ?? problem);
    });
    // It is waited for below, perhaps after it has failed.
    kept.catch(() => {}).finally(() => removeEventListener("pagehide", leave));
    const stores = (/** @type {string} */ name) => transaction.objectStore(name);
    try {
      const result = await work(stores, [...transaction.objectStoreNames]);
      await kept;
      return result;
    } catch (error) {
      if (!transaction.error && problem !== LEFT) {
        problem = error;
        transaction.abort();
      }
      await kept;
      throw error;
    }
  }

  /**
   * Leaves word whether there is a record where it can be read without opening a database, for pages
   * that fetch what shows it only then. What is noted is told of already.
   * @param {boolean} isThere
   */
  tell(isThere) {
    if (isThere) local((store) => store.setItem(this.#name, "held"));
    else if (!this.#notes().length) local((store) => store.removeItem(this.#name));
  }

  /** Whether the database is known to hold a record, even where it cannot be opened now. */
  get held() {
    return local((store) => store[this.#name] === "held");
  }

  /**
   * Notes, before it returns, what the database is yet to take: a page may be gone before that has.
   * @param {{id: string}} event
   */
  note(event) {
    local((store) => {
      store[`${this.#name}:${event.id}`] = JSON.stringify(event);
      store[this.#name] ||= "noted";
    });
  }

  /**
   * What is noted. It may be anything: others write there too.
   * @returns {any[]}
   */
  noted() {
    return this.#notes().map((key) => local((store) => JSON.parse(store[key])));
  }

  /** @param {string[]} [ids] of events that need no note any more; none: of all */
  forget(ids) {
    const keys = ids?.map((id) => `${this.#name}:${id}`) ?? this.#notes();
    for (const key of keys) local((store) => store.removeItem(key));
  }

  #notes() {
    return local((store) => Object.keys(store).filter((key) => key.startsWith(`${this.#name}:`))) ?? [];
  }

  /** A database that opens too late is used from then on, and one that did not open is tried again. */
  #open() {
    if (!this.#opening) {
      const gone = () => (this.#opening = this.#tooLate = undefined);
      const opening = (this.#opening = connect(this.#name, gone));
      this.#tooLate = new Promise((_, reject) => {
        const patience = setTimeout(() => {
          reject(new DOMException("", "TimeoutError"));
          opening.then(this.late, () => {});
        }, PATIENCE);
        opening.catch(gone).finally(() => clearTimeout(patience));
      });
    }
    return Promise.race([this.#opening, /** @type {Promise<never>} */ (this.#tooLate)]);
  }
}

/**
 * What a request gives.
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function got(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Does something with local storage; nothing comes of it where that is denied, full or holds garbage.
 * @template T
 * @param {(store: globalThis.Storage) => T} work
 */
function local(work) {
  try {
    return work(localStorage);
  } catch {
    return undefined;
  }
}

/**
 * @param {string} name
 * @param {() => void} gone called when the connection has ended
 * @param {number} [version] none: the one that it has, though a newer one than ours
 * @returns {Promise<IDBDatabase>}
 */
async function connect(name, gone, version) {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => addStores(request.result);
  const database = await got(request);
  database.onclose = gone;
  database.onversionchange = () => {
    database.close();
    gone();
  };
  if (Object.keys(STORES).every((store) => database.objectStoreNames.contains(store))) return database;
  database.close();
  return connect(name, gone, database.version + 1);
}

/** @param {IDBDatabase} database */
function addStores(database) {
  for (const [name, keyPath] of Object.entries(STORES)) {
    if (database.objectStoreNames.contains(name)) continue;
    const store = database.createObjectStore(name, { keyPath });
    if (name === "events") store.createIndex("card", "card");
  }
}
