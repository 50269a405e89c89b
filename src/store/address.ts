// Which store does an address name? What is said of one never holds what may be a password.

import { resolve } from 'node:path'
import { StoreError } from './store-error.ts'

export type Address =
  | { readonly kind: 'memory'; readonly where: string }
  | { readonly kind: 'sqlite'; readonly where: string; readonly path: string }
  | RedisAddress

export interface RedisAddress {
  readonly kind: 'redis'
  /** For sentences: the address without user, password and prefix. */
  readonly where: string
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly database: number
  readonly username?: string
  readonly password?: string
  /** What every key begins with, in braces: one hash tag. */
  readonly prefix: string
}

const DEFAULT_PORT = 6379
const DEFAULT_PREFIX = 'coze-bridge'

/** `memory:`, `sqlite:` and a path, or `redis://[user:password@]host[:port][/database][?prefix=…]`; `rediss://` for TLS. */
export function readAddress(url: string, baseDir: string): Address {
  if (url === 'memory:') return { kind: 'memory', where: url }
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1]
  if (path !== undefined) return { kind: 'sqlite', where: path, path: resolve(baseDir, path) }
  if (/^rediss?:/i.test(url)) return readRedisAddress(url)
  // Whatever stands behind the scheme may hold a password.
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? 'an address without a scheme'
  throw new StoreError(
    'address',
    `The store cannot be opened: ${scheme} is not a store this version knows, or its path is missing.`,
    'Use "sqlite:./data/bridge.db", "redis://host:6379/0", or "memory:" for a trial.',
  )
}

function readRedisAddress(text: string): RedisAddress {
  const url = URL.parse(text)
  if (url === null || url.hostname === '' || url.hash !== '') {
    throw wrong(
      'cannot be read',
      'Write it as redis://user:password@host:6379/0, with %-escapes for signs in the password that mean something in an address.',
    )
  }
  const database = /^\/?(\d*)$/.exec(url.pathname)?.[1]
  if (database === undefined)
    throw wrong('has no number for a database behind its host', 'Write /0, or nothing.')
  const unknown = [...url.searchParams.keys()].some((key) => key !== 'prefix')
  if (unknown) throw wrong('has parameters that are not known', 'Only "prefix" may stand behind the "?".')
  const prefix = url.searchParams.get('prefix') ?? DEFAULT_PREFIX
  if (!/^[\w.:-]{1,64}$/.test(prefix)) {
    throw wrong('has a prefix that is no name', 'Use up to 64 letters, digits, ".", ":", "-" and "_".')
  }
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port)
  const tls = url.protocol === 'rediss:'
  const number = Number(database)
  return {
    kind: 'redis',
    where: `${url.protocol}//${url.hostname}:${port}/${number}`,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    tls,
    database: number,
    ...(url.username === '' ? {} : { username: decoded(url.username) }),
    ...(url.password === '' ? {} : { password: decoded(url.password) }),
    prefix,
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw wrong('has a "%" that escapes nothing in its user or password', 'Write %25 for a "%".')
  }
}

function wrong(what: string, remedy: string): StoreError {
  return new StoreError('address', `The store cannot be opened: its redis:// address ${what}.`, remedy)
}
