// What can go wrong with the store, each with a sentence and a remedy its owner understands.

export type StoreProblem =
  /** The address (`store:` in the configuration) says nothing we can open. */
  | 'address'
  /** Another process has the file open. */
  | 'occupied'
  /** Not a store of ours, or broken. */
  | 'damaged'
  /** Written by a newer bridge. */
  | 'newer'
  /** The disk is full. */
  | 'full'
  /** The folder or file cannot be read or written; the server does not let us. */
  | 'inaccessible'
  /** The server is away, or does not answer. Passes by itself, as a rule: calls work again once it is back. */
  | 'unreachable'
  /** A value or key that cannot be stored: a defect of the caller. The other writes of its batch are not harmed. */
  | 'invalid'
  /** More writes wait than the store can take. */
  | 'overloaded'
  | 'closed'
  /** Written under a lease that is somebody else's by now: nothing was stored, and it is theirs to go on. */
  | 'superseded'

/** Thrown by `openStore`; every store call that fails rejects with it. Holds no key and no value. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly problem: StoreProblem
  /** What the owner can do about it. Empty where only a change of code helps. */
  readonly remedy: string

  constructor(problem: StoreProblem, message: string, remedy = '', cause?: unknown) {
    super(remedy === '' ? message : `${message} ${remedy}`, cause === undefined ? undefined : { cause })
    this.problem = problem
    this.remedy = remedy
  }
}

/** Translates what SQLite or the file system threw, once, at the border. `where` is the file as the owner wrote it. */
export function toStoreError(error: unknown, where: string): StoreError {
  if (error instanceof StoreError) return error
  const problem = problemOf(error)
  const detail = error instanceof Error ? error.message : String(error)
  return new StoreError(
    problem,
    `The store ${where} ${sentences[problem].says} (${detail}).`,
    sentences[problem].remedy,
    error,
  )
}

type ForeignProblem = 'occupied' | 'damaged' | 'full' | 'inaccessible' | 'closed'

const sentences: Readonly<Record<ForeignProblem, { readonly says: string; readonly remedy: string }>> = {
  occupied: {
    says: 'is in use by another process',
    remedy: 'Stop the other bridge, or give this one a store of its own: one process per file.',
  },
  damaged: {
    says: 'is damaged, or is not a store of this bridge',
    remedy: 'Move the file away and start again, or put a backup in its place.',
  },
  full: { says: 'cannot be written: the disk is full', remedy: 'Make room on the disk.' },
  inaccessible: {
    says: 'cannot be read or written',
    remedy: 'Check that the folder exists, is writable and belongs to the user the bridge runs as.',
  },
  closed: { says: 'is closed', remedy: '' },
}

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const problemBySqliteCode: ReadonlyMap<number, ForeignProblem> = new Map([
  [5, 'occupied'], // SQLITE_BUSY
  [6, 'occupied'], // SQLITE_LOCKED
  [11, 'damaged'], // SQLITE_CORRUPT
  [13, 'full'], // SQLITE_FULL
  [26, 'damaged'], // SQLITE_NOTADB
])

function problemOf(error: unknown): ForeignProblem {
  if (typeof error !== 'object' || error === null) return 'inaccessible'
  // Extended codes carry the primary one in their lowest byte.
  if ('errcode' in error && typeof error.errcode === 'number') {
    return problemBySqliteCode.get(error.errcode & 0xff) ?? 'inaccessible'
  }
  if ('code' in error && error.code === 'ENOSPC') return 'full'
  if ('code' in error && error.code === 'ERR_INVALID_STATE') return 'closed'
  return 'inaccessible'
}
