/*
 * IndexedDB: one database, and work done in one transaction at a time.
 */

/** @typedef {import("./types.d.ts").Stores} Stores */

// Stores are only ever added. A database that a newer version has made has these too.
const STORES = { events: "id", schedules: "card", settings: "name", meta: "key" };
// That a database has to open, in ms.
export const PATIENCE = 3000;

export class Storage {
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
    const kept = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error ?? problem);
    });
    // It is waited for below, perhaps after it has failed.
    kept.catch(() => {});
    const stores = (/** @type {string} */ name) => transaction.objectStore(name);
    try {
      const result = await work(stores, [...transaction.objectStoreNames]);
      await kept;
      return result;
    } catch (error) {
      problem = error;
      if (!transaction.error) transaction.abort();
      await kept;
      throw error;
    }
  }

  /**
   * Leaves word whether there is a record where it can be read without opening a database, for pages
   * that fetch what shows it only then.
   * @param {boolean} isThere
   */
  tell(isThere) {
    local((store) => (isThere ? store.setItem(this.#name, "held") : store.removeItem(this.#name)));
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
export function got(request) {
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
