// What went wrong with Redis, in a sentence with a remedy. Of what Redis said only the code is repeated: the rest may hold a key,
// a value, or (from servers that repeat a command they do not know) the password.

import { StoreError } from './store-error.ts'
import type { StoreProblem } from './store-error.ts'

interface Said {
  readonly problem: StoreProblem
  readonly says: string
  readonly remedy: string
}

/** Error codes: https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors and the server's source. */
const byCode: Readonly<Record<string, Said>> = {
  WRONGPASS: {
    problem: 'inaccessible',
    says: 'refuses the user or password',
    remedy: 'Correct them in the address of the store.',
  },
  NOAUTH: {
    problem: 'inaccessible',
    says: 'wants a password',
    remedy: 'Put it into the address of the store: redis://:password@host:6379/0.',
  },
  NOPERM: {
    problem: 'inaccessible',
    says: 'does not let this user do what a store needs',
    remedy:
      'Allow it all keys and channels beginning with the prefix, and @read, @write, @scripting, @pubsub, @connection.',
  },
  READONLY: {
    problem: 'inaccessible',
    says: 'is a replica that takes no writes',
    remedy: 'Use the address of the primary.',
  },
  MOVED: { problem: 'address', says: 'is part of a cluster', remedy: 'Use a server of its own.' },
  CROSSSLOT: { problem: 'address', says: 'is part of a cluster', remedy: 'Use a server of its own.' },
  OOM: {
    problem: 'full',
    says: 'cannot be written: its memory is full',
    remedy: 'Raise its maxmemory.',
  },
  MISCONF: {
    problem: 'full',
    says: 'takes no writes because it cannot save to its disk',
    remedy: 'Make room on its disk; its log says more.',
  },
  LOADING: { problem: 'unreachable', says: 'is still loading its data', remedy: '' },
  BUSY: { problem: 'unreachable', says: 'is busy with a script of another program', remedy: '' },
  TRYAGAIN: { problem: 'unreachable', says: 'asks to try again', remedy: '' },
  MASTERDOWN: { problem: 'unreachable', says: 'has lost its primary', remedy: '' },
  NOREPLICAS: { problem: 'unreachable', says: 'has too few replicas to take writes', remedy: '' },
  WRONGTYPE: {
    problem: 'damaged',
    says: 'holds something else under our keys',
    remedy: 'Give the bridge a prefix or database of its own.',
  },
}

/** `where`: the address without its secrets. */
export function toRedisStoreError(error: unknown, where: string): StoreError {
  if (error instanceof StoreError) return error
  const { problem, says, remedy } = saidOf(error)
  const detail = detailOf(error)
  return new StoreError(problem, `The store ${where} ${says}${detail === '' ? '' : ` (${detail})`}.`, remedy)
}

/** A try later has the same end. */
export function isFinal({ problem }: StoreError): boolean {
  return problem !== 'unreachable' && problem !== 'full'
}

function saidOf(error: unknown): Said {
  const message = messageOf(error)
  const known = byCode[codeIn(message)]
  if (known) return known
  if (/DB index|invalid DB/i.test(message)) {
    return { problem: 'address', says: 'has no database of this number', remedy: 'Use /0.' }
  }
  if (/without any password configured|no password is set/i.test(message)) {
    return {
      problem: 'inaccessible',
      says: 'has no password, but was given one',
      remedy: 'Take it out of the address, or set it in Redis.',
    }
  }
  if (/Unknown RESP type/i.test(message)) {
    return { problem: 'address', says: 'does not answer as Redis does', remedy: 'Check host and port.' }
  }
  if (/^ERR unknown command/i.test(message)) {
    return {
      problem: 'address',
      says: 'does not know a command a store needs',
      remedy: 'Redis 6.2 or newer, or Valkey, is needed.',
    }
  }
  if (nameOf(error).endsWith('ErrorReply') || nameOf(error) === 'SimpleError') {
    return { problem: 'damaged', says: 'refuses a command', remedy: '' }
  }
  if (/certificate|self-signed|SSL|TLS|EPROTO/i.test(`${codeOf(error)} ${message}`)) {
    return {
      problem: 'inaccessible',
      says: 'cannot be spoken to over TLS',
      remedy: 'Check its certificate, and whether it speaks TLS at all (redis:// without, rediss:// with).',
    }
  }
  return { problem: 'unreachable', says: 'cannot be reached', remedy: '' }
}

/** A code of the system or of Redis, or what kind of error the client met: never its words. */
function detailOf(error: unknown): string {
  const message = messageOf(error)
  return codeOf(error) || codeIn(message) || nameOf(error).replace(/^(?:Error|SimpleError)$/, '')
}

function codeIn(message: string): string {
  return /^([A-Z]{2,20}) /.exec(message)?.[1] ?? ''
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** The client's errors have no `name` of their own. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : ''
}
