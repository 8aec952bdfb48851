/*
 * IndexedDB: one database, and work done in one transaction at a time.
 */

/** @typedef {import("./types.d.ts").Stores} Stores */

// Stores are only ever added. A database that a newer version has made has these too.
const STORES = { events: "id", schedules: "card", settings: "name", meta: "key" };
export const PATIENCE = 3000; // ms that a database has to open

export class Storage {
  #name;
  /** @type {Promise<IDBDatabase> | undefined} */
  #opening;
  /** @type {Promise<never> | undefined} */
  #tooLate;

  /** @param {string} name */
  constructor(name) {
    this.#name = name;
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
    kept.catch(() => {}); // it is waited for below, perhaps after it has failed
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
    try {
      if (isThere) localStorage.setItem(this.#name, "");
      else localStorage.removeItem(this.#name);
    } catch {
      // Storage is denied: there is no record either.
    }
  }

  /**
   * Notes, before it returns, what the database is yet to take: a page may be gone before that has.
   * @param {{id: string}} event
   */
  note(event) {
    try {
      localStorage.setItem(`${this.#name}:${event.id}`, JSON.stringify(event));
      localStorage.setItem(this.#name, "");
    } catch {
      // Storage is denied or full. The database may still take it.
    }
  }

  /**
   * What is noted. It may be anything: others write there too.
   * @returns {any[]}
   */
  noted() {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(`${this.#name}:`));
      return keys.flatMap((key) => parsed(localStorage.getItem(key)));
    } catch {
      return [];
    }
  }

  /** @param {Iterable<string>} ids of events that need no note any more */
  forget(ids) {
    try {
      for (const id of ids) localStorage.removeItem(`${this.#name}:${id}`);
    } catch {
      // Storage is denied: nothing is noted.
    }
  }

  /** A database that opens too late is used from then on. */
  #open() {
    const gone = () => (this.#opening = undefined);
    this.#opening ??= connect(this.#name, gone);
    this.#tooLate ??= new Promise((_, reject) =>
      setTimeout(() => reject(new DOMException("The database does not open", "TimeoutError")), PATIENCE),
    );
    return Promise.race([this.#opening, this.#tooLate]);
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

/** @param {string | null} text */
function parsed(text) {
  try {
    return [JSON.parse(text ?? "")];
  } catch {
    return [];
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
