const DATABASE = 'qwenvl';
const STORE = 'attachments';

/** What was attached since the page was loaded. @type {Map<string, Blob>} */
const recent = new Map();

/**
 * Keeps a file in this browser, so that the conversation can go on after a reload.
 *
 * @param {string} id
 * @param {Blob} file
 */
export async function keepAttachment(id, file) {
  recent.set(id, file);
  await inStore('readwrite', (store) => store.put(file, id));
}

/**
 * @param {string} id
 * @returns {Promise<Blob | undefined>} nothing where the browser has cleared its storage since
 */
export async function findAttachment(id) {
  return recent.get(id) ?? (await inStore('readonly', (store) => store.get(id)));
}

export async function forgetAttachments() {
  recent.clear();
  await inStore('readwrite', (store) => store.clear());
}

/**
 * @template Result
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<Result>} use
 * @returns {Promise<Result | undefined>}
 */
async function inStore(mode, use) {
  try {
    const database = await open();
    const result = await done(use(database.transaction(STORE, mode).objectStore(STORE)));
    database.close();
    return result;
  } catch (error) {
    // Private windows may have no storage, and it may be full: then files last as long as the page does.
    console.warn('Attachments cannot be stored in this browser.', error);
    return undefined;
  }
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  const opening = indexedDB.open(DATABASE, 1);
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(STORE));
  return done(opening);
}

/**
 * @template Result
 * @param {IDBRequest<Result>} request
 * @returns {Promise<Result>}
 */
function done(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}
